"""Every case of the table in every way: as Python, eager, staged, optimised or not, from bytes."""

from __future__ import annotations

import pytest
from case_table import Case, read_cases
from ways import WORDS, any_size, every_way, fits, same


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in read_cases()])
def test_case(case: Case) -> None:
    lines = {}
    for way, call, names, outcome in every_way(case):
        where = f"{case.file}:{call.line}: {call.source.strip()}, {way}: it {outcome}"
        staged = way.startswith("staged")
        expected = call.staged_raises if staged and call.staged_raises else call.raises
        value = call.staged_value if staged else call.value
        if expected is not None:
            assert fits(expected, outcome, way), where
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


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in read_cases()])
def test_case_of_any_size(case: Case) -> None:
    for call, outcome, wanted in any_size(case):
        if any(text in str(outcome.error) for text in NEEDS_SIZES):
            continue
        where = f"{case.file}:{call.line}: {call.source.strip()}: it {outcome}, not {wanted}"
        assert same(outcome.value, wanted.value), where
        assert type(outcome.error) is type(wanted.error), where
        assert call.raises is None or call.raises.text in str(outcome.error), where
        assert outcome.printed == wanted.printed, where


# What a graph for arrays of any size refuses.
NEEDS_SIZES = ("not known while tracing", "may be raised here when the graph runs")
