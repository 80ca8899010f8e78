"""`match` on tensors gives what it gives on Python values; on structures it stays Python's."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from support import as_python

import pygraph as pg


class Color(enum.Enum):
    RED = 1
    BLUE = 2


@dataclass
class Point:
    x: Any
    y: Any


LIMIT = enum.IntEnum("LIMIT", {"LOW": 4})


def flat(x):
    match x:
        case 0:
            y = x + 10
        case 1 | 2:
            return x * 100
        case n if n > 10:
            y = n
        case (3 | LIMIT.LOW) as k if k == 3:
            y = -k
        case -1:
            y = 77
        case _:
            y = x - 1
    return y


def pairs(p, q):
    match (p, q):
        case (0, y):
            return y
        case (y, 0) if y > 3:
            return y * 2
        case (1 | 2, z) if z > 5:
            r = z
        case [u, v]:
            r = u - v
    return r


def in_loop(n):
    total = 0
    for i in range(n):
        match i % 3:
            case 0:
                continue
            case 1:
                total += i
            case _:
                if i > 6:
                    break
                total += 10
    else:
        total -= 1
    return total


def nothing_matches(x):
    y = 0
    match x:
        case 1:
            y = 5
        case 2 if y > 3:
            y = 6
    return y


def raises(x):
    match x:
        case 1 | 2:
            return x
        case _:
            raise ValueError(f"not {x}")


@pytest.mark.parametrize(
    ("function", "calls"),
    [
        (flat, [(i,) for i in range(-1, 13)]),
        (pairs, [(i, j) for i in range(5) for j in (0, 1, 6)]),
        (in_loop, [(0,), (3,), (9,), (20,)]),
        (nothing_matches, [(0,), (1,), (2,)]),
    ],
)
def test_as_on_python_values(function: Callable[..., Any], calls: list[tuple[int, ...]]) -> None:
    staged = pg.function(function)
    for arguments in calls:
        assert as_python(staged(*map(pg.asarray, arguments))) == function(*arguments), arguments
    assert staged.tracing_count == 1


def test_a_case_that_raises() -> None:
    staged = pg.function(raises)
    assert staged(pg.asarray(2)).item() == 2
    with pytest.raises(ValueError, match="not 3"):
        staged(pg.asarray(3))


def chosen(x, mode):
    match mode:
        case "sin":
            return pg.sin(x)
        case Color.RED:
            return x
        case None:
            return x * 0
        case int(k):
            return x + k
        case {"a": v, **rest}:
            return x * v + len(rest)
        case [first, *others]:
            return x + first + len(others)
        case Point(x=0, y=w):
            return x + w
        case Point(a, y=b) if a is not b:
            return x + a * b
    return x - 1


def test_structures_and_python_values() -> None:
    modes = ["sin", Color.RED, Color.BLUE, None, 7, {"a": 3, "b": 1}, [1.0, 2.0], (), "cos"]
    modes += [Point(0, 5.0), Point(2.0, 5.0)]
    staged = pg.function(chosen)
    x = pg.asarray(2.0)
    for mode in modes:
        assert staged(x, mode).item() == pytest.approx(float(chosen(2.0, mode)))
    for a in (0.0, 3.0):
        tensors = Point(pg.asarray(a), pg.asarray(4.0))
        assert staged(x, tensors).item() == float(chosen(2.0, Point(a, 4.0)))


def test_a_subject_that_is_no_scalar() -> None:
    with pytest.raises(ValueError, match=r"must be a scalar.*shape \(2\)"):
        pg.function(flat)(pg.asarray([1, 2]))
