"""The functions of ``math`` on numbers: Python's results, and its errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from ways import run_eagerly

import pygraph as pg

NUMBERS = [
    0.0,
    -0.0,
    0.5,
    -0.5,
    1.0,
    -1.0,
    2.0,
    -2.0,
    1.5,
    30.0,
    710.0,
    -800.0,
    1e308,
    -1e308,
    5e-324,
]
NUMBERS += [math.inf, -math.inf, math.nan]

ONE = [
    *("sqrt", "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "asin", "acos"),
    *("atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "fabs", "floor", "ceil"),
    *("trunc", "isnan", "isinf", "isfinite"),
]
TWO = ["pow", "atan2", "hypot", "copysign", "log"]


def outcome(function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return float(function(*arguments))
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        return type(error), str(error)


def check_equal(function: Callable[..., Any], name: str, cases: list[tuple[float, ...]]) -> None:
    # What Python's libm and ours have of 1e308 differs in more than the last bits.
    original = getattr(math, name)
    for numbers in cases:
        wanted = outcome(original, *numbers)
        got = outcome(function, *map(pg.asarray, numbers))
        if isinstance(wanted, float):
            assert got == pytest.approx(wanted, rel=1e-12, nan_ok=True), (name, numbers)
        elif "beyond" not in str(got):  # Python's int has no limit
            assert got[0] is wanted[0], (name, numbers, got)
            if "cannot" not in wanted[1]:
                assert got[1] == wanted[1], (name, numbers)


def staged(name: str) -> Callable[..., Any]:
    original = getattr(math, name)
    if name in TWO and name != "log":
        return pg.function(lambda x, y: original(x, y))
    return pg.function(lambda *x: original(*x))


@pytest.mark.parametrize("name", ONE)
def test_of_one_number(name: str) -> None:
    cases = [
        (number,)
        for number in NUMBERS
        if name not in ("floor", "ceil", "trunc") or abs(number) < 1e300
    ]
    check_equal(staged(name), name, cases)
    with run_eagerly():
        check_equal(staged(name), name, cases)


@pytest.mark.parametrize("name", TWO)
def test_of_two_numbers(name: str) -> None:
    cases = [(one, other) for one in NUMBERS for other in NUMBERS]
    check_equal(staged(name), name, cases)


def test_in_a_loop() -> None:
    @pg.function
    def total(n):
        result = 0.0
        for i in range(n):
            result += math.sqrt(5.0 - i)
        return result

    assert float(total(pg.asarray(6))) == pytest.approx(sum(math.sqrt(5.0 - i) for i in range(6)))
    with pytest.raises(ValueError, match="math domain error"):
        total(pg.asarray(7))


def test_caught() -> None:
    @pg.function
    def root(x):
        try:
            return math.sqrt(x)
        except ValueError:
            return -1.0

    with pytest.raises(
        TypeError, match=r"ValueError may be raised here(.|\n)*Test for it with `if`"
    ):
        root(pg.asarray(9.0))


def test_of_arrays() -> None:
    @pg.function
    def roots(x):
        return math.sqrt(x)

    assert math.isnan(float(roots(pg.asarray([-1.0, 4.0]))[0]))


def test_isinstance_of_numbers() -> None:
    def kinds(x):
        both = isinstance(x, (int, float))
        return isinstance(x, int), isinstance(x, float), both, isinstance(x, bool)

    for value in (3, 2.5, True):
        for function in (pg.function(kinds), pg.autograph.convert(kinds)):
            assert function(pg.asarray(value)) == kinds(value)
