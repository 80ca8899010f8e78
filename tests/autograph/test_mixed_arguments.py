"""The cases with each part of their numbers as tensors, the others as Python values."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from case_table import Call, Case, Raises, read_cases
from support import mixtures
from ways import WORDS, Arguments, Outcome, Static, as_tensor, fits, same

import pygraph as pg

NUMBERS = (bool, int, float)


def mixed(call: Call, names: dict[str, Any]) -> Iterator[tuple[str, Arguments]]:
    """Yield which numbers of a call become tensors, and the arguments then."""
    given, by_name = eval(call.arguments, {**names, **WORDS})
    numbers = [index for index, value in enumerate(given) if type(value) in NUMBERS]
    for which in mixtures(len(numbers)):
        if all(which):
            continue
        staged = set(itertools.compress(numbers, which))
        arguments = [
            Static(value) if index in numbers and index not in staged else value
            for index, value in enumerate(given)
        ]
        yield f"arguments {sorted(staged)}", Arguments.made(arguments, by_name, as_tensor)


def check(case: Case) -> None:
    for call in case.calls:
        if call.value is None and call.raises is None:
            continue  # what plain Python does is not asked
        names = case.namespace()
        for which, arguments in mixed(call, names):
            names = case.namespace()
            outcome = arguments.passed_to(pg.function(names["f"]))
            said = f"{case.file}:{call.line}: {call.source.strip()}, {which}: it {outcome}"
            assert is_expected(call, names, outcome), said


def is_expected(call: Call, names: dict[str, Any], outcome: Outcome) -> bool:
    """Return whether a call gave what it gives in Python, or all staged."""
    errors: list[Raises | None] = [call.raises, call.staged_raises]
    if any(error is not None and fits(error, outcome, "staged") for error in errors):
        return True
    values = [eval(value, {**names, **WORDS}) for value in (call.value, call.staged_value) if value]
    return outcome.error is None and any(same(outcome.value, value) for value in values)


CASES = read_cases()


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES[::25]])
def test_mixed(case: Case) -> None:
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_all_mixed(case: Case) -> None:
    check(case)
