"""What the run loop evaluates itself gives the bits of the kernels, faults included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pygraph as pg

INTEGERS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "square": lambda a, b: a**2,
    "floor_divide": lambda a, b: a // b,
    "remainder": lambda a, b: a % b,
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
}
FLOATS = {**INTEGERS, "divide": lambda a, b: a / b}
LOGIC = {
    "logical_and": pg.logical_and,
    "logical_or": pg.logical_or,
    "logical_not": lambda a, b: pg.logical_not(a),
}

EDGES = st.sampled_from([0, 1, -1, 2, -2, 7, 2**63 - 1, -(2**63), 2**62, -(2**62) - 1])


def outcome(function: Callable[..., Any], a: object, b: object, passes: str) -> object:
    """Return the bits of a staged result, or the type of its error."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYGRAPH_PASSES", passes)
        try:
            return np.asarray(pg.function(function)(a, b)).tobytes()
        except ZeroDivisionError:
            return ZeroDivisionError


@pytest.mark.parametrize("name", INTEGERS)
@given(a=EDGES | st.integers(-100, 100), b=EDGES | st.integers(-100, 100))
def test_integers(name: str, a: int, b: int) -> None:
    x, y = np.asarray(a), np.asarray(b)
    assert outcome(INTEGERS[name], x, y, "") == outcome(INTEGERS[name], x, y, "-scalar_codes")


@pytest.mark.parametrize("name", FLOATS)
@given(a=st.floats(), b=st.floats())
def test_floats(name: str, a: float, b: float) -> None:
    x, y = np.asarray(a), np.asarray(b)
    assert outcome(FLOATS[name], x, y, "") == outcome(FLOATS[name], x, y, "-scalar_codes")


@pytest.mark.parametrize("name", LOGIC)
@pytest.mark.parametrize("a", [False, True])
@pytest.mark.parametrize("b", [False, True])
def test_logic(name: str, a: bool, b: bool) -> None:
    x, y = np.asarray(a), np.asarray(b)
    assert outcome(LOGIC[name], x, y, "") == outcome(LOGIC[name], x, y, "-scalar_codes")
