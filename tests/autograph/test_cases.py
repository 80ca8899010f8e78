"""Every case of the table in every way: as Python, eager, staged, optimised or not, from bytes."""

from __future__ import annotations

import pytest
from case_table import Case, Raises, read_cases
from ways import WORDS, Outcome, every_way, same

# Cases that wait for something that is being built.
NOT_YET = {
    "builtin_functions-sorted",
    "comprehensions-over_a_tensor_range",
    "comprehensions-over_a_tensor_with_a_condition",
    "for_range-zero_step",
    "match_statements-match_in_a_loop",
    "match_statements-match_with_continue",
    "match_statements-tensor_alternatives",
    "match_statements-tensor_guards",
    "match_statements-tensor_literals",
    "match_statements-tensor_without_a_match",
}


def listed() -> list[object]:
    """Return the cases as parameters."""
    waiting = pytest.mark.xfail(strict=False)
    return [
        pytest.param(case, id=case.id, marks=waiting if case.id in NOT_YET else ())
        for case in read_cases()
    ]


@pytest.mark.parametrize("case", listed())
def test_case(case: Case) -> None:
    lines = {}
    for way, call, names, outcome in every_way(case):
        where = f"{case.file}:{call.line}: {call.source.strip()}, {way}: it {outcome}"
        staged = way.startswith("staged")
        expected = call.staged_raises if staged and call.staged_raises else call.raises
        value = call.staged_value if staged else call.value
        if expected is not None:
            assert fits(expected, outcome), where
        elif value is not None:
            assert outcome.error is None, where
            wanted = eval(value, {**names, **WORDS})
            assert same(outcome.value, wanted), where
        if expected is not None or value is not None:
            assert outcome.printed == call.prints, where
        # A fault is shown where it is in Python.
        line = outcome.line_in(case.file)
        if expected is call.raises and lines.setdefault(call, line) != line:
            pytest.fail(f"{where}, in line {line} and not {lines[call]}")


def fits(expected: Raises, outcome: Outcome) -> bool:
    """Return whether an outcome is the exception that is expected."""
    error = outcome.error
    return type(error).__name__ == expected.kind and expected.text in str(error)
