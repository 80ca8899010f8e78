"""`cond`, `while_loop` and `range`: the same results eager and staged, the same errors."""

# ruff: noqa: RUF043, SIM201
from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

import pygraph as pg
from pygraph.graph.structure import map_structure


def as_python(value):
    return map_structure(lambda leaf: leaf.tolist() if isinstance(leaf, pg.Tensor) else leaf, value)


def both(function, *arguments):
    """Run a function eager and staged, without AutoGraph; results must agree."""
    tensors = [pg.asarray(argument) for argument in arguments]
    eager = as_python(function(*tensors))
    staged = as_python(pg.function(function, autograph=False)(*tensors))
    assert eager == staged
    return staged


Pair = namedtuple("Pair", "first second")


@dataclass
class State:
    position: object
    history: list


def test_cond():
    def use(x, y):
        return pg.cond(x > y, lambda a, b: a - b, lambda a, b: {"d": b}["d"] - a, x, y)

    assert both(use, 5, 3) == 2
    assert both(use, 3, 5) == 2


def test_cond_with_nested_results():
    def use(x):
        return pg.cond(
            x > 0,
            lambda: {"a": [x, 1], "b": Pair(x * 2, (x,))},
            lambda: {"b": Pair(x, (x * 3,)), "a": [2, x]},
        )

    assert both(use, 5) == {"a": [5, 1], "b": Pair(10, (5,))}
    assert both(use, -5) == {"a": [2, -5], "b": Pair(-5, (-15,))}


def test_cond_predicates():
    assert pg.cond(True, lambda: 1, lambda: 2) == 1
    assert pg.cond(0, lambda: 1, lambda: 2) == 2
    assert both(lambda x: pg.cond(x, lambda: x + 1, lambda: x - 1), 3.5) == 4.5
    assert both(lambda x: pg.cond(x, lambda: x + 1, lambda: x - 1), 0.0) == -1
    for function in (
        lambda x: pg.cond(x > 0, lambda: 1, lambda: 2),
        lambda x: pg.while_loop(lambda v: v > 0, lambda v: v - 1, [x]),
    ):
        with pytest.raises(ValueError, match=r"scalar.*any\(x\).*all\(x\)"):
            function(pg.asarray([1, 2]))
        with pytest.raises(ValueError, match=r"scalar.*any\(x\).*all\(x\)"):
            pg.function(function, autograph=False)(pg.asarray([1, 2]))


def test_cond_with_unequal_dims():
    def use(x, flag):
        return pg.cond(flag, lambda: pg.concat([x, x]), lambda: x)

    assert both(use, [1, 2], True) == [1, 2, 1, 2]
    assert both(use, [1, 2], False) == [1, 2]


def test_cond_whose_results_differ():
    def dtype(x):
        return pg.cond(x > 0, lambda: x, lambda: x * 1.5)

    def structure(x):
        return pg.cond(x > 0, lambda: (x,), lambda: [x])

    for function, kind, text in (
        (dtype, TypeError, r"result of cond is int64\[\] in true_fn and float64\[\] in false_fn"),
        (structure, TypeError, r"result of cond is \(\*,\) in true_fn and \[\*\] in false_fn"),
    ):
        with pytest.raises(kind, match=text) as caught:
            pg.function(function, autograph=False)(pg.asarray(1))
        line = function.__code__.co_firstlineno + 1
        assert f"test_control.py:{line}" in str(caught.value)


def test_nested_cond_and_loop():
    def use(n):
        def body(i, total):
            step = pg.cond(
                i % 2 == 0,
                lambda: pg.while_loop(lambda k, t: k < i, lambda k, t: (k + 1, t + k), (0, 0))[1],
                lambda: i * 10,
            )
            return i + 1, total + step

        return pg.while_loop(lambda i, total: i < n, body, (0, n * 0))

    assert both(use, 5) == (5, 0 + 10 + 1 + 30 + 6)


def test_while_loop_keeps_the_kind_of_its_variables():
    def body(state, pair):
        history = [state.history[0] + pair.second, state.history[1] * 2]
        return State(state.position + 1, history), Pair(pair.first, pair.second + 1)

    def use(n):
        start = State(0, [n, 1.0]), Pair("name", n)
        state, pair = pg.while_loop(lambda s, p: s.position < n, body, start)
        assert isinstance(state, State)
        assert isinstance(pair, Pair)
        assert pair.first == "name"
        return state.position, state.history, pair.second

    assert both(use, 3) == (3, [15, 8.0], 6)
    assert both(use, 0) == (0, [0, 1.0], 0)


def test_zero_iterations_give_the_inputs_back():
    def use(x):
        return pg.while_loop(lambda i, v: i < 0, lambda i, v: (i + 1, v * 2), [0, x])

    assert both(use, [1.5, 2.5]) == [0, [1.5, 2.5]]


def test_numbers_settle():
    def use(x):
        return pg.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, t + x), (0, 0))[1]

    x = pg.asarray(1.5, dtype=pg.float32)
    for function in (use, pg.function(use, autograph=False)):
        result = function(x)
        assert result.dtype == pg.float32
        assert as_python(result) == 4.5


def test_a_single_variable():
    assert both(lambda n: pg.while_loop(lambda i: i < n, lambda i: i + 2, [0])[0], 5) == 6
    assert both(lambda n: pg.while_loop(lambda i: i < n, lambda i: (i + 2,), (0,))[0], 5) == 6


def test_maximum_iterations():
    def use(n):
        return pg.while_loop(lambda i: i < n, lambda i: i + 1, [0], maximum_iterations=3)[0]

    assert both(use, 10) == 3
    assert both(use, 2) == 2


def test_shapes():
    def grow(n):
        return pg.while_loop(
            lambda i, x: i < n, lambda i, x: (i + 1, pg.concat([x, x])), (0, pg.asarray([1, 2]))
        )[1]

    def invariant(n):
        return pg.while_loop(
            lambda i, x: i < n,
            lambda i, x: (i + 1, x[1:]),
            (0, pg.asarray([1, 2, 3])),
            shape_invariants=((), (None,)),
        )[1]

    assert both(grow, 2) == [1, 2] * 4
    assert both(invariant, 2) == [3]
    with pytest.raises(ValueError, match=r"shape_invariants gives 'x' the shape \(5,\)"):
        pg.function(
            lambda n: pg.while_loop(
                lambda x: n > 0, lambda x: x, [pg.asarray([1])], shape_invariants=[(5,)]
            ),
            autograph=False,
        )(pg.asarray(1))


def test_faults_of_loops_name_the_variable():
    def dtype(n):
        def body(i, value):
            return i + 1, value * 0.5

        return pg.while_loop(lambda i, value: i < n, body, (0, n))

    def rank(n):
        return pg.while_loop(
            lambda i, value: i < n, lambda i, value: (i + 1, pg.stack([value, value])), (0, n)
        )

    def structure(n):
        return pg.while_loop(
            lambda i, value: i < n, lambda i, value: (i + 1, {"value": value}), (0, n)
        )

    def arity(n):
        return pg.while_loop(lambda i, value: i < n, lambda i, value: (i, value, n), (0, n))

    cases = (
        (dtype, TypeError, "variable 'value' is int64[] before the loop and float64[] after"),
        (rank, ValueError, "variable 'value' is int64[] before the loop and int64[2] after"),
        (
            structure,
            TypeError,
            "variable 'value' is int64[] before the loop and {'value': *} after",
        ),
        (arity, ValueError, "must return 2 variables (i, value), got 3"),
    )
    for function, kind, text in cases:
        for run in (function, pg.function(function, autograph=False)):
            with pytest.raises(kind) as caught:
                run(pg.asarray(2))
            assert text in str(caught.value)
    with pytest.raises(TypeError, match="list or tuple"):
        pg.while_loop(lambda i: i, lambda i: i, 3)


def test_functions_given_to_control_are_converted():
    def step(x):
        if x > 3:
            return x * 2
        return x + 1

    def use(n):
        return pg.while_loop(lambda x: x < n and not x == 7, step, [0])[0]

    compiled = pg.function(use)
    for n in (2, 5, 50):
        expected = 0
        while expected < n:
            expected = step(expected)
        assert as_python(compiled(pg.asarray(n))) == expected


def test_range_as_an_array():
    for function in (
        lambda n: pg.range(n) * 2,
        lambda n: pg.range(1, n).array(),
        lambda n: 1 + pg.range(n, 0, -1),
        lambda n: pg.range(n)[1],
        lambda n: pg.range(n) < 2,
    ):
        assert both(function, 4) == as_python(function(4))
    assert np.asarray(pg.range(3)).tolist() == [0, 1, 2]
    assert [as_python(i) for i in pg.range(3)] == [0, 1, 2]
    assert len(pg.range(1, 10, 4)) == 3
    assert next(iter(pg.range(pg.asarray(3, dtype=pg.int32)))).dtype == pg.int32
    assert repr(pg.range(1, 4)) == "pygraph.range(1, 4)"


def test_range_faults():
    with pytest.raises(TypeError, match=r"range: stop must be a scalar.*\(2,\)"):
        pg.range(pg.asarray([1, 2]))
    with pytest.raises(TypeError, match="range: start must be an integer.*float64"):
        pg.range(pg.asarray(1.5), 3)
    with pytest.raises(TypeError, match="range: stop must be an integer.*str"):
        pg.range("3")
    with pytest.raises(ValueError, match="zero"):
        pg.range(1, 2, 0)
    with pytest.raises(TypeError, match="1 to 3 arguments"):
        pg.range()


@pytest.mark.parametrize("n", [0, 1, 7])
@pytest.mark.parametrize("maximum", [None, 3])
def test_the_count_of_iterations(n, maximum):
    def f(n, x):
        (i, y), count = pg.while_loop(
            lambda i, y: i < n,
            lambda i, y: (i + 1, pg.concat([y, y])),
            (pg.asarray(0), x),
            maximum_iterations=maximum,
            shape_invariants=((), (None,)),
            count_iterations=True,
        )
        return i, pg.sum(y), count

    times = n if maximum is None else min(n, maximum)
    for way in (f, pg.function(f)):
        i, y, count = way(pg.asarray(n), pg.ones(2))
        assert (i.item(), y.item(), count.item()) == (times, 2.0 * 2**times, times)
        assert (count.dtype, count.shape) == (pg.int64, ())


def test_the_count_of_iterations_of_nested_loops():
    def inner(n):
        (total,), count = pg.while_loop(
            lambda t: t < n, lambda t: [t + 2], [pg.asarray(0)], count_iterations=True
        )
        return total, count

    def f(n):
        (i, total), count = pg.while_loop(
            lambda i, t: i < n, lambda i, t: (i + 1, t + inner(i)[1]), [0, 0], count_iterations=True
        )
        return i, total, count

    expected = sum(-(-i // 2) for i in range(6))
    for way in (f, pg.function(f)):
        assert [int(part) for part in way(pg.asarray(6))] == [6, expected, 6]


def test_the_count_of_iterations_leaves_errors_as_they_are():
    def f(n):
        return pg.while_loop(
            lambda i, k: i < n, lambda i, k: i + 1, (pg.asarray(0), n), count_iterations=True
        )

    for way in (f, pg.function(f)):
        with pytest.raises(ValueError, match=r"must return 2 variables \(i, k\), got"):
            way(pg.asarray(3))
