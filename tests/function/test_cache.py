"""When the same graph serves, and when a new one is traced."""

from __future__ import annotations

import gc
import queue
from typing import Any

import numpy as np
import pytest

import pygraph as pg
from pygraph._hot import EagerTensor, SymbolicTensor


def test_sum_squares_as_documented() -> None:
    @pg.function
    def sum_squares(n):  # type: ignore[no-untyped-def]
        s = 0
        for i in pg.range(n + 1):
            s += i**2
        return s

    assert sum_squares(pg.asarray(10)).item() == 385
    assert sum_squares(pg.asarray(20)).item() == 2870
    assert sum_squares.tracing_count == 1
    assert int(sum_squares(10)) == 385
    assert int(sum_squares(11)) == 506
    assert int(sum_squares(10)) == 385
    assert sum_squares.tracing_count == 3
    with pytest.raises(TypeError, match="range") as caught:
        sum_squares(pg.asarray([1, 2]))
    assert "test_cache.py" in str(caught.value)
    assert sum_squares.tracing_count == 3
    assert sum_squares(pg.asarray(3)).item() == 14


def test_one_graph_per_shape_and_dtype() -> None:
    @pg.function
    def cube(x):  # type: ignore[no-untyped-def]
        return x**3

    calls = [
        (pg.asarray(2.0), 1),
        (pg.asarray(3.0), 1),
        (np.float64(4.0), 1),
        (pg.asarray(2), 2),
        (pg.asarray([1.0, 2.0]), 3),
        (np.array([3.0, 4.0]), 3),
        (np.array([[3.0, 4.0]]).T[:, 0], 3),
        (np.array([3.0, 4.0])[::-1], 3),
        (np.float32(1.5), 4),
    ]
    for value, traces in calls:
        np.testing.assert_array_equal(np.asarray(cube(value)), np.asarray(value) ** 3)
        assert cube.tracing_count == traces


def test_python_values_are_told_apart_by_type_and_value() -> None:
    @pg.function
    def describe(x):  # type: ignore[no-untyped-def]
        return repr(x)

    values = [1, 1.0, True, 0.0, -0.0, "1", b"1", None, (1,), [1], {"a": 1}, float("nan")]
    for count, value in enumerate(values, start=1):
        assert describe(value) == repr(value)
        assert describe.tracing_count == count
    for value in [1, 1.0, True, -0.0, float("nan"), [1], {"a": 1}]:
        assert describe(value) == repr(value)
    assert describe.tracing_count == len(values)


def test_arguments_are_canonical() -> None:
    @pg.function
    def add(x, y=2, *rest, scale=1, **more):  # type: ignore[no-untyped-def]
        return (x + y + sum(rest)) * scale + more.get("extra", 0)

    x = pg.asarray(1.0)
    assert add(x).item() == 3
    assert add(x, 2).item() == 3
    assert add(y=2, x=x).item() == 3
    assert add(x, scale=1).item() == 3
    assert add.tracing_count == 1
    assert add(x, 2, 3, 4, scale=10).item() == 100
    assert add(x, extra=7).item() == 10
    assert add.tracing_count == 3


def test_wrong_calls_raise_type_error_as_python_does() -> None:
    @pg.function
    def two(x, y):  # type: ignore[no-untyped-def]
        return x + y

    for args, kwargs in [((1,), {}), ((1, 2, 3), {}), ((1, 2), {"y": 3}), ((1, 2), {"z": 3})]:
        with pytest.raises(TypeError):
            two(*args, **kwargs)
    assert two.tracing_count == 0


def test_nested_structures_go_in_and_come_out() -> None:
    @pg.function
    def swap(pair, named):  # type: ignore[no-untyped-def]
        return {"first": pair[1], "both": [pair[0] + named["b"], (named["a"], None, 3)]}

    a, b = pg.asarray(1.0), pg.asarray([2.0, 3.0])
    result = swap((a, b), {"b": a, "a": b})
    np.testing.assert_array_equal(result["first"], [2.0, 3.0])
    assert result["both"][0].item() == 2.0
    np.testing.assert_array_equal(result["both"][1][0], [2.0, 3.0])
    assert result["both"][1][1:] == (None, 3)
    swap((a, b), {"a": b, "b": a})
    assert swap.tracing_count == 1
    swap([a, b], {"a": b, "b": a})
    assert swap.tracing_count == 2


def test_input_signature_makes_one_graph() -> None:
    @pg.function(input_signature=[pg.TensorSpec((None, 2), "float32"), pg.TensorSpec((), "int64")])
    def scale(x, k):  # type: ignore[no-untyped-def]
        return pg.sum(x * k, axis=0)

    for rows in (1, 3, 7):
        x = np.arange(2 * rows, dtype=np.float32).reshape(rows, 2)
        np.testing.assert_array_equal(scale(x, 3), (x * 3).sum(axis=0))
    np.testing.assert_array_equal(scale([[1, 2], [3, 4]], 2), [8, 12])
    assert scale.tracing_count == 1
    with pytest.raises(TypeError, match=r"argument 'x' is float64\[2, 2\].*float32"):
        scale(np.zeros((2, 2)), 1)
    with pytest.raises(TypeError, match=r"argument 'x' is float32\[2, 3\]"):
        scale(np.zeros((2, 3), np.float32), 1)


def test_bad_input_signatures_are_refused_at_decoration() -> None:
    def two(x, y, *, flag):  # type: ignore[no-untyped-def]
        return x

    spec = pg.TensorSpec((), "float64")
    with pytest.raises(TypeError, match="input_signature"):
        pg.function(two, input_signature=[spec])
    with pytest.raises(TypeError, match="input_signature"):
        pg.function(two, input_signature=[spec, spec])
    with pytest.raises(TypeError, match="TensorSpec"):
        pg.function(lambda x: x, input_signature=[3])


def test_parameters_outside_the_signature_keep_their_defaults() -> None:
    @pg.function(input_signature=[pg.TensorSpec((2,), "float64")])
    def power(x, exponent=2, *, offset=None):  # type: ignore[no-untyped-def]
        return x**exponent

    np.testing.assert_array_equal(power([1, 3]), [1, 9])
    np.testing.assert_array_equal(power([1, 3], 2), [1, 9])
    with pytest.raises(TypeError, match=r"'exponent' .* default 2, got 3"):
        power([1, 3], 3)


def test_concrete_functions() -> None:
    @pg.function
    def f(x, n):  # type: ignore[no-untyped-def]
        return x * n, n

    concrete = f.get_concrete_function(pg.TensorSpec((2,), "float64"), 3)
    assert f.tracing_count == 1
    result, n = f(pg.asarray([1.0, 2.0]), 3)
    assert f.tracing_count == 1
    np.testing.assert_array_equal(result, [3.0, 6.0])
    assert n == 3
    np.testing.assert_array_equal(concrete(np.array([1.0, 1.0]))[0], [3.0, 3.0])
    assert concrete.inputs == [pg.TensorSpec((2,), "float64")]
    assert concrete.outputs == [pg.TensorSpec((2,), "float64")]
    assert concrete.structured_input_signature == (pg.TensorSpec((2,), "float64"), 3)
    assert concrete.structured_outputs == (pg.TensorSpec((2,), "float64"), 3)
    with pytest.raises(TypeError, match=r"input 0 \(x\) must be float64\[2\], got float64\[3\]"):
        concrete(np.zeros(3))


def test_unknown_dims_in_a_concrete_function() -> None:
    @pg.function
    def mean_row(x):  # type: ignore[no-untyped-def]
        return pg.sum(x, axis=0) / x.shape[0]

    concrete = mean_row.get_concrete_function(pg.TensorSpec((None, 3), "float64"))
    for rows in (1, 2, 5):
        x = np.random.default_rng(rows).normal(size=(rows, 3))
        np.testing.assert_allclose(concrete(x), x.mean(axis=0), rtol=1e-15)


def test_methods_have_graphs_of_their_own_instance() -> None:
    class Scaler:
        def __init__(self, factor: float) -> None:
            self.factor = factor

        @pg.function
        def scale(self, x):  # type: ignore[no-untyped-def]
            return x * self.factor

    two, three = Scaler(2.0), Scaler(3.0)
    x = pg.asarray([1.0, 2.0])
    np.testing.assert_array_equal(two.scale(x), [2.0, 4.0])
    np.testing.assert_array_equal(three.scale(x), [3.0, 6.0])
    np.testing.assert_array_equal(two.scale(x), [2.0, 4.0])
    assert Scaler.scale.tracing_count == 2


def test_a_failed_trace_leaves_nothing_behind() -> None:
    fail = True

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        if fail:
            raise RuntimeError("on purpose")
        return x + 1

    gc.collect()  # what other tests left in cycles of their own
    graphs = pg.runtime.live_graphs()
    with pytest.raises(RuntimeError, match="on purpose"):
        f(pg.asarray(1.0))
    assert pg.runtime.live_graphs() == graphs
    assert f.cache_info().graphs == 0
    fail = False
    assert f(pg.asarray(1.0)).item() == 2.0


def test_functions_run_eagerly_for_debugging() -> None:
    seen = []

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        seen.append(type(x))
        return x + 1

    pg.runtime.run_functions_eagerly(True)
    try:
        assert f(pg.asarray(1.0)).item() == 2.0
    finally:
        pg.runtime.run_functions_eagerly(False)
    assert f(pg.asarray(1.0)).item() == 2.0
    assert seen == [EagerTensor, SymbolicTensor]


def test_functions_nest() -> None:
    @pg.function
    def inner(x):  # type: ignore[no-untyped-def]
        if x > 0:
            return x * 2
        return -x

    @pg.function
    def outer(x):  # type: ignore[no-untyped-def]
        return inner(x) + inner(x - 10)

    for value in (3.0, 20.0, -1.0):
        plain = (value * 2 if value > 0 else -value) + (
            (value - 10) * 2 if value > 10 else 10 - value
        )
        assert outer(pg.asarray(value)).item() == plain
    assert inner.tracing_count == 1
    assert outer.tracing_count == 1


def test_symbolic_tensors_that_escape_are_named() -> None:
    kept: queue.SimpleQueue[Any] = queue.SimpleQueue()  # whose items nothing can look at

    @pg.function
    def leak(x):  # type: ignore[no-untyped-def]
        kept.put(x + 1)
        return x

    leak(pg.asarray(1.0))
    escaped = kept.get()
    for use in (lambda t: t + 1, lambda t: pg.sum(t), leak):
        with pytest.raises(TypeError, match=r"while leak was traced \(.*test_cache.py:\d+"):
            use(escaped)


def test_unsupported_results_and_arguments_are_named() -> None:
    @pg.function
    def gives_object(x):  # type: ignore[no-untyped-def]
        return {"a": x, "b": object()}

    with pytest.raises(TypeError, match=r"gives_object returns an object of type object .*'b'"):
        gives_object(pg.asarray(1.0))

    @pg.function
    def takes(x):  # type: ignore[no-untyped-def]
        return 1

    with pytest.raises(TypeError, match="int8"):
        takes(np.zeros(3, np.int8))


def test_results_do_not_alias_numpy_inputs() -> None:
    @pg.function
    def same(x):  # type: ignore[no-untyped-def]
        return x, pg.reshape(x, (2, 2))

    array = np.arange(4.0)
    first, second = same(array)
    array[:] = -1
    np.testing.assert_array_equal(first, [0, 1, 2, 3])
    np.testing.assert_array_equal(second, [[0, 1], [2, 3]])
