"""`set_loop_options` in a loop, and the warning of a Python loop that makes a large graph."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from support import nodes, staged

import pygraph as pg
from pygraph.autograph import set_loop_options
from pygraph.autograph.operators import loops


def test_maximum_iterations() -> None:
    def use_for(x, n, limit):
        total = 0
        for i in range(n):
            y = x * i
            set_loop_options(maximum_iterations=limit)
            total += y
        return total

    def use_while(x, n, limit):
        while x < n:
            """Doubles."""
            pg.autograph.set_loop_options(maximum_iterations=limit)
            if x == 12:
                break
            x = x * 2
        return x

    for limit in (0, 2, 9):
        assert staged(use_for, 3, 5, limit) == sum(3 * i for i in range(min(5, limit)))
        assert staged(use_while, 3, 100, limit) == min(3 * 2**limit, 12)


def test_shape_invariants() -> None:
    def grown(x, n, by_name):
        for _ in range(n):
            set_loop_options(shape_invariants={"x": (None,)} if by_name else [(x, (None,))])
            x = pg.concat([x, x[:1]])
        return x

    for by_name in (True, False):
        concrete = pg.function(grown).get_concrete_function(
            pg.asarray([1.0, 2.0]), pg.asarray(2), by_name
        )
        assert concrete(pg.asarray([1.0, 2.0]), pg.asarray(2), by_name).tolist() == [1, 2, 1, 1]

    def fixed(x, n):
        y = x + 0
        while n > 0:
            set_loop_options(shape_invariants=[(y, (None,))])
            x, n = x + 1, n - 1
        return x

    with pytest.raises(ValueError, match=r"is no variable that the loop changes.*n"):
        staged(fixed, [1.0], 2)

    def wrong(x, n):
        while n > 0:
            set_loop_options(shape_invariants=[(x, (None, 2))])
            x, n = x + 1, n - 1
        return x

    with pytest.raises(ValueError, match=r"'x'.*shape.*\(None, 2\)"):
        staged(wrong, [1.0], 2)


def test_unroll() -> None:
    def use(x):
        total = 0.0
        for index, row in enumerate(x):
            set_loop_options(unroll=True)
            if row > 2.0:
                break
            total += row * index
        return total

    x = [1.0, 2.0, 1.5, 3.0, 1.0]
    assert staged(use, x) == 5.0
    assert "while_loop" not in nodes(use, x)

    def unknown(n):
        for i in range(n):
            set_loop_options(unroll=True)
            n = n + i
        return n

    def endless(n):
        while n > 0:
            set_loop_options(unroll=True)
            n = n - 1
        return n

    with pytest.raises(ValueError, match=r"length is known while tracing.*test_loop_options"):
        staged(unknown, 3)
    with pytest.raises(ValueError, match=r"`while` loop.*cannot be unrolled.*test_loop_options"):
        staged(endless, 3)
    with pytest.raises(TypeError, match="unroll must be True or False, got 3"):
        set_loop_options(unroll=3)  # type: ignore[arg-type]


def test_python_loops_ignore_them() -> None:
    def use(x):
        for i in range(4):
            set_loop_options(maximum_iterations=2)
            x = x + i
        return x

    assert staged(use, 1) == use(1) == 7


def many_times(x: Any) -> Any:
    for _ in range(30):
        x = x + 1
    return x


def long_while(x: Any) -> Any:
    i = 0
    while i < 30:
        x, i = x + 1, i + 1
    return x


@pytest.mark.parametrize("function", [many_times, long_while])
def test_a_large_unrolled_loop_warns(
    function: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert loops.MANY == 10_000
    monkeypatch.setattr(loops, "MANY", 20)
    where = rf"test_loop_options.py:\d+, in {function.__name__}"
    with pytest.warns(UserWarning, match=f"more than 20 iterations.*{where}"):
        assert staged(function, 1) == 31


def test_shape_invariants_are_kept() -> None:
    kept = r"(?s)variable 't' has the shape \(5,\).*shape_invariants says \(1,\).*t = pg.arange"

    def grown(n, k):
        t = pg.zeros(1)
        i = 0
        while i < n:
            set_loop_options(shape_invariants={"t": (1,)})
            t = pg.arange(k) * 1.0
            i += 1
        return t

    for way in (pg.function(grown), pg.autograph.convert(grown)):
        for n in (pg.asarray(2), 2):
            with pytest.raises(ValueError, match=kept):
                way(n, 5)
            with pytest.raises(ValueError, match=kept):
                way(n, pg.asarray(5))
            assert way(n, pg.asarray(1)).tolist() == [0.0]
            assert way(n, 1).tolist() == [0.0]
        assert way(pg.asarray(0), pg.asarray(5)).tolist() == [0.0]

    program = pickle.loads(
        pickle.dumps(pg.function(grown).get_concrete_function(pg.asarray(2), pg.asarray(5)))
    )
    assert program(pg.asarray(2), pg.asarray(1)).tolist() == [0.0]
    with pytest.raises(ValueError, match=kept):
        program(pg.asarray(2), pg.asarray(5))


def test_shape_invariants_of_while_loop() -> None:
    def use(n, k):
        def body(i, pair):
            return i + 1, {"a": pair["a"], "b": pg.arange(k) * 1.0}

        start = (pg.asarray(0), {"a": pg.zeros((2, 2)), "b": pg.zeros(1)})
        shapes = ((), {"a": (2, None), "b": (1,)})
        return pg.while_loop(lambda i, pair: i < n, body, start, shape_invariants=shapes)[1]["b"]

    kept = r"(?s)variable 'pair\['b'\]' has the shape \(4,\).*shape_invariants says \(1,\)"
    for way in (use, pg.function(use), pg.autograph.convert(use)):
        assert way(pg.asarray(2), pg.asarray(1)).tolist() == [0.0]
        for k in (4, pg.asarray(4)):
            with pytest.raises(ValueError, match=kept):
                way(pg.asarray(2), k)
