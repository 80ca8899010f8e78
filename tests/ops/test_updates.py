"""`x[key] = value` and `set_item` against NumPy, what shares a tensor's memory, and the errors."""

from __future__ import annotations

import copy
import inspect
import operator
import pickle
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_keys import ADVANCED, BASIC, text
from modes import DTYPES, check, sample

import pygraph as pg
from pygraph.ops import set_item


def values_for(part: np.ndarray) -> list[Any]:
    """Return values that can be written to a part: a scalar, one of its shape, one that repeats."""
    whole = np.arange(100, 100 + part.size).reshape(part.shape)
    repeated = [whole[:1], np.arange(part.shape[-1])] if part.ndim > 0 else []
    return [7, whole, *repeated]


@pytest.mark.parametrize("key", BASIC + ADVANCED, ids=text)
def test_every_key(key: Any) -> None:
    x = sample("int64", (3, 4, 5))
    for value in values_for(x[key]):
        expected = x.copy()
        expected[key] = value
        tensor = pg.asarray(x)
        tensor[key] = value
        np.testing.assert_array_equal(tensor.numpy(), expected)
        np.testing.assert_array_equal(set_item(pg.asarray(x), key, value).numpy(), expected)


@pytest.mark.parametrize(
    "key",
    [1, (0, -1), (slice(1, None), 2), (1, slice(None, None, -2)), (..., None, 0), ([0, 2], [1, 1]),
     (slice(None), [0, 2]), ([True, False, True],), ([0, 1], slice(None), [2, 3])],
    ids=text,
)  # fmt: skip
def test_staged(key: Any) -> None:
    x = sample("float64", (3, 4, 5))
    value = sample("float64", x[key].shape, seed=1)

    def write(x: Any, value: Any) -> Any:
        other = x
        part = x[...]
        x[key] = value
        x[key] += 1
        return other, part

    expected = x.copy()
    expected[key] = value
    expected[key] += 1
    check(lambda x, value: write(x.copy(), value), (expected, x), x, value)


def test_slices_between_tensors() -> None:
    x = sample("float64", (5, 4))

    def write(x: Any, i: Any, j: Any) -> Any:
        x = x.copy()
        x[i:j] = 1.0
        x[:, j:i:-1] += 2
        x[0, i:] = x[1, :-i] * 2
        x[i:j, i:j] = 7
        return x

    for i, j in ((1, 3), (2, 2), (-2, -1), (3, 1)):
        check(write, write(x, i, j), x, np.asarray(i), np.asarray(j))


def test_dtypes_convert_within_their_kind() -> None:
    for dtype in DTYPES:
        for other in DTYPES:
            x, value = pg.zeros(3, dtype=dtype), pg.ones((), dtype=other)
            expected = np.zeros(3, dtype)
            if "bif".index(np.dtype(other).kind) > "bif".index(np.dtype(dtype).kind):
                with pytest.raises(TypeError, match=f"dtype {other} .* of dtype {dtype}"):
                    x[1] = value
            else:
                x[1] = value
                expected[1] = 1
            np.testing.assert_array_equal(x.numpy(), expected)
            assert x.dtype == dtype


NUMBERS = (
    True,
    0,
    -7,
    2**31,
    2**63,
    2**70,
    1.5,
    float("nan"),
    np.float32(2.5),
    np.int64(3),
    "one",
    None,
)
PLACES = ((0, 0), (1, -1), (-2, 2), (2, 0), (0, 2**70), (True, 0), (np.int64(1), 1))


@pytest.mark.parametrize("dtype", DTYPES)
def test_single_elements_are_written_in_place_as_the_op_writes_them(dtype: str) -> None:
    for number in NUMBERS:
        for place in PLACES:
            x = pg.asarray(sample(dtype, (2, 3)), copy=True)
            before = pg.asarray(sample(dtype, (2, 3)), copy=True)
            wanted = outcome(lambda: set_item(before, place, number))  # noqa: B023
            got = outcome(lambda: x.__setitem__(place, number) or x)  # noqa: B023
            assert got == wanted, (number, place)


def outcome(action: Callable[[], Any]) -> tuple[Any, ...]:
    """Return the bytes of a result, or the type and text of an error."""
    try:
        result = action()
    except Exception as error:
        return type(error), str(error)
    return result.dtype, result.shape, result.numpy().tobytes()


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="temporary objects look like others there")
def test_a_write_that_would_be_lost_is_refused() -> None:
    x = pg.zeros((2, 3))
    with pytest.raises(TypeError, match=r"would be lost.*x\[i, j\] = value"):
        x[0][1] = 1.0
    with pytest.raises(TypeError, match="would be lost"):
        x[0:1][0, 1] += 1.0
    held = [x]
    held[0][0, 1] = 2.0
    part = x[0].copy()
    part[1] = 3.0
    assert (x[0, 1].item(), part[1].item()) == (2.0, 3.0)


def test_a_write_is_seen_by_aliases_only() -> None:
    x = pg.asarray([1.0, 2.0, 3.0])
    alias = x
    others = [
        x[:], x[...], x.copy(), +x, copy.copy(x), copy.deepcopy(x), pg.astype(x, "float64"),
        pg.asarray(x, copy=True), pg.reshape(x, (3,)), pg.roll(x, 3), pg.broadcast_to(x, (3,)),
        pg.positive(x), pickle.loads(pickle.dumps(x)), x.numpy(), pg.Variable(x),
    ]  # fmt: skip
    x[0] = 9
    assert alias.tolist() == [9.0, 2.0, 3.0]
    for other in others:
        assert other.tolist() == [1.0, 2.0, 3.0]
    others[2][1] = 5
    assert others[2].tolist() == [1.0, 5.0, 3.0]
    assert x.tolist() == [9.0, 2.0, 3.0]


def test_memory_of_others_is_not_written() -> None:
    array = np.zeros(3)
    shared = pg.asarray(array, copy=False)
    shared[0] = 1
    assert (array.tolist(), shared.tolist()) == ([0, 0, 0], [1, 0, 0])
    captured = pg.asarray([1.0, 2.0])
    f = pg.function(lambda: captured, autograph=False)
    assert f().tolist() == [1, 2]
    result = f()
    result[0] = 5
    assert f().tolist() == [1, 2]
    captured[1] = 7
    assert (f().tolist(), result.tolist()) == ([1, 7], [5, 2])
    variable = pg.Variable([1.0, 2.0])
    value = variable.read()
    value[0] = 3
    assert variable.tolist() == [1, 2]


def test_an_unshared_tensor_is_written_in_place() -> None:
    x = pg.zeros(1000)
    before = pg.runtime.memory_stats()["bytes_in_use"]
    place = x.numpy().ctypes.data
    x[5] = 1
    x[10:20] = 2
    assert x.numpy().ctypes.data == place
    assert pg.runtime.memory_stats()["bytes_in_use"] == before


def test_a_value_may_be_a_part_of_the_same_tensor() -> None:
    x = pg.asarray([1, 2, 3, 4])
    x[::-1] = x
    assert x.tolist() == [4, 3, 2, 1]
    x[1:] = x[:-1]
    assert x.tolist() == [4, 4, 3, 2]
    x = pg.asarray([1, 2, 0])
    x[x] = x
    assert x.tolist() == [0, 1, 2]


def test_arguments_pass_by_value() -> None:
    @pg.function
    def f(x):
        x[0] = 5
        return x

    x = pg.asarray([1, 2])
    assert (f(x).tolist(), x.tolist()) == ([5, 2], [1, 2])
    array = np.asarray([1, 2])
    assert (f(array).tolist(), array.tolist()) == ([5, 2], [1, 2])


def test_functions_called_by_functions_take_values() -> None:
    @pg.function
    def inner(x, parts):
        x[0] = 5
        parts[0][0] = 6
        return x

    @pg.function
    def outer(x, y):
        return inner(x, [y]), x, y

    for eagerly in (False, True):
        x, y = pg.asarray([1, 2]), pg.asarray([3, 4])
        pg.runtime.run_functions_eagerly(eagerly)
        try:
            results = outer(x, y)
        finally:
            pg.runtime.run_functions_eagerly(False)
        assert [result.tolist() for result in (*results, x, y)] == [
            [5, 2], [1, 2], [3, 4], [1, 2], [3, 4],
        ]  # fmt: skip


def test_arrays_made_while_tracing_can_be_written() -> None:
    @pg.function
    def f(i):
        x = pg.asarray([1, 2, 3])
        y = pg.asarray(np.zeros(2))
        x[i] = 0
        y[-1] = 1
        return x, y

    for _ in range(2):
        x, y = f(pg.asarray(1))
        assert (x.tolist(), y.tolist()) == ([1, 0, 3], [0, 1])


def test_faults() -> None:
    x = pg.zeros((2, 3))
    whole = pg.zeros(2, dtype="int32")
    faults: list[tuple[Any, Any, Any, type[Exception], str]] = [
        (x, 2, 1, IndexError, "index 2 is out of range for axis 0 of size 2"),
        (x, (0, 0, 0), 1, IndexError, "too many indices: 3 for an array"),
        (x, [0, 5], 1, IndexError, "index 5 is out of range for an axis of size 2"),
        (x, 0, [1.0, 2.0], ValueError, r"a value of shape \[2\] does not fit .* shape \[3\]"),
        (x, slice(1), [[1.0], [2.0]], ValueError, r"shape \[2, 1\] does not fit .* \[1, 3\]"),
        (x, "a", 1, TypeError, "an index is"),
        (x, 0, "text", TypeError, "str"),
        (whole, 0, 1.5, TypeError, "float64 cannot be written into a tensor of dtype int32"),
        (whole, 0, 2**40, OverflowError, "does not fit int32"),
    ]
    for tensor, key, value, kind, match in faults:
        before = tensor.tolist()
        with pytest.raises(kind, match=match):
            tensor[key] = value
        assert tensor.tolist() == before


def test_a_fault_of_a_staged_write_names_the_line() -> None:
    @pg.function
    def f(x, i):
        x = x + 0
        x[i] = 1.0  # here
        return x

    with pytest.raises(IndexError, match="index 7 is out of range for an axis of size 3") as error:
        f(pg.zeros(3), pg.asarray(7))
    assert error.traceback[-1].lineno == f.python_function.__code__.co_firstlineno + 2


def test_a_captured_tensor_cannot_be_written() -> None:
    captured = pg.zeros(2)

    @pg.function
    def f():
        captured[0] = 1
        return captured

    with pytest.raises(TypeError, match="outside of the function being traced"):
        f()

    @pg.function
    def g():
        first, second = captured.copy(), +captured
        first[0] = 1
        second[1] = 2
        return first, second, captured

    assert [result.tolist() for result in g()] == [[1, 0], [0, 2], [0, 0]]
    assert captured.tolist() == [0, 0]


@given(
    st.lists(st.tuples(st.integers(-5, 4), st.floats(-1e3, 1e3)), max_size=12),
    st.booleans(),
)
def test_many_writes(writes: list[tuple[int, float]], shared: bool) -> None:
    expected = np.zeros(5)
    x = pg.asarray(expected)
    kept = []
    for index, value in writes:
        if shared:
            kept.append((x.copy(), expected.copy()))
        expected[index] = value
        x[index] = value
    np.testing.assert_array_equal(x.numpy(), expected)
    for tensor, array in kept:
        np.testing.assert_array_equal(tensor.numpy(), array)


OPERATORS = {
    "+=": operator.iadd, "-=": operator.isub, "*=": operator.imul, "//=": operator.ifloordiv,
    "%=": operator.imod, "**=": operator.ipow, "&=": operator.iand, "|=": operator.ior,
    "^=": operator.ixor, "<<=": operator.ilshift, ">>=": operator.irshift,
    "/=": operator.itruediv, "@=": operator.imatmul,
}  # fmt: skip


@pytest.mark.parametrize("symbol", OPERATORS)
def test_augmented_assignment_writes_into_the_tensor(symbol: str) -> None:
    change = OPERATORS[symbol]
    dtype = np.float32 if symbol in ("/=", "@=") else np.int32
    array, other = np.asarray([[5, 6], [7, 9]], dtype), np.asarray([[1, 2], [2, 1]], np.int64)
    other = other.astype(dtype) if symbol == "@=" else other

    def program(x: Any, y: Any) -> Any:
        z = x
        return change(x, y) is x, z

    want = array.copy()
    change(want, other)
    for run in (
        program,
        pg.function(program),
        pg.function(program, input_signature=UNKNOWN[dtype, other.dtype.type]),
    ):
        same, got = run(pg.asarray(array), pg.asarray(other))
        assert same
        assert got.dtype.name == want.dtype.name
        np.testing.assert_array_equal(got, want)


UNKNOWN = {
    (one, other): [pg.TensorSpec((None, None), np.dtype(d).name) for d in (one, other)]
    for one in (np.float32, np.int32)
    for other in (np.float32, np.int64)
}


def add_into(x: Any, y: Any) -> Any:
    x += y
    return x


def divide_into(x: Any, y: Any) -> Any:
    x /= y
    return x


@pytest.mark.parametrize("wrap", [lambda f: f, pg.function], ids=["eager", "staged"])
def test_augmented_assignment_holds_to_dtype_and_shape(wrap: Any) -> None:
    x = pg.asarray([1, 2])
    with pytest.raises(TypeError, match=r"`x /= ...` gives float64.*int64.*write `x = x / ...`"):
        wrap(divide_into)(x, 2)
    with pytest.raises(TypeError, match="float64, which a tensor of dtype int64 cannot hold"):
        wrap(add_into)(x, 1.5)
    with pytest.raises(ValueError, match=r"gives shape \[2, 2\].*x of shape \[2\]"):
        wrap(add_into)(x, pg.zeros((2, 2), dtype="int64"))
    assert x.tolist() == [1, 2]
    small = pg.asarray([1.0, 2.0], dtype="float32")
    result = wrap(add_into)(small, np.asarray([1.0, 1.0]))
    assert (result.dtype.name, result.tolist()) == ("float32", [2.0, 3.0])
    assert wrap(add_into)(pg.asarray(1), 1.5).item() == 2.5


def test_augmented_assignment_of_unknown_sizes_is_checked_at_run_time() -> None:
    vector = pg.TensorSpec((None,), "float64")
    add = pg.function(add_into, input_signature=[vector, vector])
    assert add(np.ones(3), np.ones(1)).tolist() == [2.0, 2.0, 2.0]
    with pytest.raises(ValueError, match="broadcast"):
        add(np.ones(1), np.ones(3))


def test_a_captured_tensor_is_not_written() -> None:
    captured = pg.asarray([1.0, 2.0])

    @pg.function
    def f(x: Any) -> Any:
        nonlocal captured
        captured += x
        return captured

    with pytest.raises(TypeError, match=r"make it a pygraph\.Variable"):
        f(pg.asarray([1.0, 1.0]))
    assert captured.tolist() == [1.0, 2.0]


class Layer:
    def __init__(self, buffer: Any) -> None:
        self.buffer = buffer

    def accumulate(self, x: Any) -> Any:
        self.buffer += x
        return self.buffer


def test_attributes() -> None:
    layer = Layer(pg.asarray([1.0, 2.0]))
    with pytest.raises(TypeError, match=r"make it a pygraph\.Variable"):
        pg.function(layer.accumulate)(pg.asarray([1.0, 1.0]))
    buffer = layer.buffer
    layer.accumulate(pg.asarray([1.0, 1.0]))
    assert buffer.tolist() == [2.0, 3.0]
    layer = Layer(pg.Variable([1.0, 2.0], name="w"))
    for method in (layer.accumulate, pg.function(layer.accumulate)):
        with pytest.raises(TypeError, match=r"'w'.*assign_add"):
            method(pg.asarray([1.0, 1.0]))


@pg.function
def clear(x: Any) -> Any:
    x *= 0
    x[0] = 5
    return x


def test_a_function_works_on_copies_of_its_arguments() -> None:
    x, array = pg.asarray([1.0, 2.0]), np.asarray([1.0, 2.0])

    @pg.function
    def outer(x: Any) -> Any:
        return clear(x), x

    for argument, eagerly in ((x, False), (array, False), (x, True)):
        pg.runtime.run_functions_eagerly(eagerly)
        try:
            assert clear(argument).tolist() == [5.0, 0.0]
            assert [part.tolist() for part in outer(argument)] == [[5.0, 0.0], [1.0, 2.0]]
            assert argument.tolist() == [1.0, 2.0]
        finally:
            pg.runtime.run_functions_eagerly(False)


def test_writes_into_a_view_are_refused_eagerly() -> None:
    x = pg.asarray([[1.0, 2.0], [3.0, 4.0]])
    views = [
        x[0], x[:, 1], x[0:1], x.T, pg.reshape(x, (-1,)), x[None], pg.flip(x), x[0:1][0],
        pg.expand_dims(x, axis=0), pg.permute_dims(x, (1, 0)), next(iter(x)), pg.unstack(x)[1],
    ]  # fmt: skip
    for view in views:
        with pytest.raises(TypeError) as raised:
            view += 1
        assert "made at" in str(raised.value)
        assert "copy()" in str(raised.value)
        with pytest.raises(TypeError, match=r"test_updates.py:\d+"):
            view[...] = 0
    for own in (x[[0, 1]], x[x > 0], x[0] + 0, x[0].copy(), pg.take(x, pg.asarray([0]), axis=0)):
        own += 1
        own[...] = 0
    assert x.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    x = x[0]
    x += 1  # the whole is gone
    assert x.tolist() == [2.0, 3.0]


def test_the_text_names_both_lines() -> None:
    x = pg.asarray([[1.0, 2.0], [3.0, 4.0]])
    row = x[0]
    line = inspect.currentframe().f_lineno - 1  # type: ignore[union-attr]
    with pytest.raises(TypeError) as raised:
        row += 1
    text = str(raised.value)
    assert f"test_updates.py:{line}, in test_the_text" in text
    assert f"test_updates.py:{line + 3}, in test_the_text" in text
