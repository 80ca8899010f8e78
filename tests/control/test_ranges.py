"""Ranges at the ends of their dtype: as Python's, whichever bounds are tensors."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from modes import passes_off

import pygraph as pg


def items(start, stop, step):
    out = []
    for i in pg.range(start, stop, step):
        out.append(i)
    return out


def numbers(start, stop, step):
    out = []
    for i in range(start, stop, step):
        out.append(i)
    return out


def counted(start, stop, step):
    out = []
    for _, i in enumerate(pg.range(start, stop, step)):
        out.append(i)
    return out


def length(start, stop, step):
    return len(pg.range(start, stop, step))


LOOPS = [items, numbers, counted]


def bounds(dtype: Any) -> list[tuple[int, int, int]]:
    """Bounds of ranges with a few items each, and of empty ones, near the ends of a dtype."""
    least, greatest = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    ends = [least, least + 1000, -1, 0, greatest - 1000, greatest]
    steps = [1, 3, -2, 999, -1000, greatest, least, greatest // 2, least // 2]
    every = [(a, b, s) for a in ends for b in ends for s in steps]
    return [bound for bound in every if expected_length(bound) <= 12]


def expected_length(bound: tuple[int, int, int]) -> int:
    start, stop, step = bound
    distance = stop - start if step > 0 else start - stop
    return max(0, -(-distance // abs(step)))


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@pytest.mark.parametrize("loop", LOOPS)
def test_tensor_bounds(loop: Callable[..., Any], dtype: Any) -> None:
    staged, plain = pg.function(loop), pg.function(loop)
    with passes_off():
        interpreted = plain.get_concrete_function(*(pg.asarray(0, dtype=dtype),) * 3)
    for bound in bounds(dtype):
        given = [np.asarray(number, dtype) for number in bound]
        wanted = list(range(*bound))
        for function in (staged, interpreted):
            assert [int(i) for i in function(*given)] == wanted, bound
        assert np.asarray(pg.arange(*map(pg.asarray, given))).tolist() == wanted, bound


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@pytest.mark.parametrize("loop", LOOPS)
def test_some_bounds_are_python_numbers(loop: Callable[..., Any], dtype: Any) -> None:
    greatest = int(np.iinfo(dtype).max)
    for start, stop, step in [
        (greatest - 2500, greatest, 1000),
        (greatest, greatest - 2500, -1000),
        (-greatest + 2500, -greatest - 1, -1000),
        (greatest - 3, greatest, 1),
        (-greatest + 2, -greatest - 1, -1),
        (0, greatest, greatest // 3),
    ]:
        wanted = list(range(start, stop, step))
        low, high, by = (np.asarray(number, dtype) for number in (start, stop, step))
        for given in [(low, stop, step), (start, high, step), (start, stop, by)]:
            tensors = [pg.asarray(x) if isinstance(x, np.ndarray) else x for x in given]
            assert [int(i) for i in pg.function(loop)(*tensors)] == wanted, given
        static = pg.function(lambda c, a=start, b=stop, s=step: c + len(loop(a, b, s)))
        assert static(pg.asarray(0)) == len(wanted)


def test_lengths() -> None:
    staged = pg.function(length)
    for dtype in (np.int32, np.int64):
        greatest = int(np.iinfo(dtype).max)
        for bound in [
            (-2_000_000_000, 2_000_000_000, 1000),
            (-greatest - 1, greatest, 3),
            (greatest, -greatest - 1, -3),
            (-greatest - 1, greatest, greatest),
            *bounds(dtype),
        ]:
            given = [np.asarray(number, dtype) for number in bound]
            assert staged(*given) == expected_length(bound), bound
    with pytest.raises(OverflowError, match="63 bits"):
        staged(*(np.asarray(number) for number in (-(2**63), 2**63 - 1, 1)))


@pytest.mark.parametrize("loop", [*LOOPS, length])
def test_a_step_of_zero(loop: Callable[..., Any]) -> None:
    given = [pg.asarray(number) for number in (0, 4, 0)]
    with pytest.raises(ValueError, match=r"range\(\) arg 3 must not be zero") as caught:
        pg.function(loop)(*given)
    line = traceback.extract_tb(caught.value.__traceback__)[-1].line
    assert line is not None
    assert "range(" in line
    for function in (pg.autograph.convert(loop), pg.range):
        with pytest.raises(ValueError, match=r"range\(\) arg 3 must not be zero"):
            function(*given)


def test_a_step_of_zero_that_is_not_reached() -> None:
    @pg.function
    def use(n, step):
        total = 0
        if step != 0:
            for i in range(0, n, step):
                total += i
        return total

    assert use(pg.asarray(5), pg.asarray(0)) == 0
    assert use(pg.asarray(5), pg.asarray(2)) == 6
