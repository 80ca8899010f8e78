"""Random programs give the same in all ways: results, printed output, types of exceptions."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from generate import CALLS, as_arrays, build, program, shrink
from hypothesis import settings
from ways import Arguments, Outcome, agree, as_tensor, attempt, rerun, run_eagerly

import pygraph as pg
from pygraph import autograph

# How many programs: with `tests/check.py --fuzz`, in the slow tests, in the fast ones.
FUZZ, SLOW = 20_000, 2000
FAST = FUZZ if settings().max_examples > 1000 else 300
CHUNK = 25


def chunks(first: int, last: int) -> list[range]:
    """Return numbers of programs in parts that are tests of their own."""
    return [range(start, start + CHUNK) for start in range(first, last, CHUNK)]


@pytest.fixture(autouse=True)
def _forget_sources() -> Iterator[None]:
    yield
    for name in [name for name in linecache.cache if name.startswith("<program ")]:
        del linecache.cache[name]


@pytest.mark.fuzz
@pytest.mark.parametrize("numbers", chunks(0, FAST), ids=str)
def test_programs(numbers: range) -> None:
    check_all(numbers)


@pytest.mark.slow
@pytest.mark.parametrize("numbers", chunks(FAST, SLOW), ids=str)
def test_more_programs(numbers: range) -> None:
    check_all(numbers)


def check_all(numbers: range) -> None:
    # NumPy warns of an overflow of one number, not of one in an array.
    with np.errstate(over="ignore"):
        check_each(numbers)


def check_each(numbers: range) -> None:
    for number in numbers:
        text = program(number, unset=number % 3 == 0)
        found = find_difference(text)
        if found is not None:
            small = shrunk(text, found)
            pytest.fail(f"program {number}: {found}\n{small}{find_difference(small)}")


@dataclass(frozen=True)
class Difference:
    """How one way to run a program differs from plain Python."""

    way: str
    call: tuple[object, ...]
    outcome: Outcome
    wanted: Outcome

    def __str__(self) -> str:
        return f"{self.way} {self.call}: it {self.outcome}, but in Python it {self.wanted}"


def shrunk(text: str, found: Difference) -> str:
    return shrink(text, lambda smaller: is_like(found, find_difference(smaller)))


def is_like(one: Difference, other: Difference | None) -> bool:
    """Return whether a smaller program shows the same: the same way, the same kinds of errors."""
    return (
        other is not None
        and one.way == other.way
        and type(one.outcome.error) is type(other.outcome.error)
        and str(one.outcome.error)[:20] == str(other.outcome.error)[:20]
        and type(one.wanted.error) is type(other.wanted.error)
    )


def find_difference(text: str) -> Difference | None:
    """Return how a program differs from plain Python in one way or another, if it does."""
    function = build(text)
    expected = [attempt(function, *as_arrays(call)) for call in CALLS]
    if any(too_large(outcome.value) for outcome in expected):
        return None
    converted, staged = autograph.convert(function), pg.function(function)
    for call, wanted in zip(CALLS, expected, strict=True):
        outcomes = {
            "converted": attempt(converted, *as_arrays(call)),
            "eager": tensors_of(call).passed_to(function),
            "staged": tensors_of(call).passed_to(staged),
        }
        outcomes.update(rerun(staged, tensors_of(call)))
        with run_eagerly():
            outcomes["run eagerly"] = tensors_of(call).passed_to(staged)
            outcomes["run eagerly, arrays"] = attempt(staged, *as_arrays(call))
        for way, outcome in outcomes.items():
            if staged.tracing_count == 0 and is_unset(outcome):
                # A read that can never succeed is an error when the function is traced.
                return None
            if "one object, or is not" in str(outcome.error):
                # `v` gets another array on some ways, and is written into.
                return None
            if not agree(outcome, wanted):
                return Difference(way, call, outcome, wanted)
    return None


def tensors_of(call: tuple[object, ...]) -> Arguments:
    return Arguments([as_tensor(value) for value in call], {})


def too_large(value: object) -> bool:
    """Return whether a result holds an integer that may not have fitted into int64 on the way."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return any(map(too_large, value))
    return isinstance(value, int) and abs(value) > 10**12


def is_unset(outcome: Outcome) -> bool:
    return isinstance(outcome.error, NameError) and "'u'" in str(outcome.error)
