"""The programs on tensors: eager, staged, and with some arguments staged."""

from __future__ import annotations

import pytest
from programs import PROGRAMS
from support import as_python, as_tensors, mixtures

import pygraph as pg
from pygraph import autograph

IDS = [function.__name__ for function, _ in PROGRAMS]


@pytest.mark.parametrize(("function", "calls"), PROGRAMS, ids=IDS)
def test_eager_tensors(function, calls):
    converted = autograph.convert(function)
    for arguments in calls:
        expected = function(*arguments)
        tensors = as_tensors(arguments, [True] * len(arguments))
        assert as_python(function(*tensors)) == expected
        assert as_python(converted(*tensors)) == expected


@pytest.mark.parametrize(("function", "calls"), PROGRAMS, ids=IDS)
def test_staged(function, calls):
    compiled = pg.function(function)
    for arguments in calls:
        tensors = as_tensors(arguments, [True] * len(arguments))
        assert as_python(compiled(*tensors)) == function(*arguments)
    assert compiled.tracing_count == 1


@pytest.mark.parametrize(
    ("function", "calls"),
    [pair for pair in PROGRAMS if len(pair[1][0]) > 1],
    ids=[function.__name__ for function, calls in PROGRAMS if len(calls[0]) > 1],
)
def test_staged_in_part(function, calls):
    compiled = pg.function(function)
    for arguments in calls:
        for which in mixtures(len(arguments)):
            assert as_python(compiled(*as_tensors(arguments, which))) == function(*arguments)
