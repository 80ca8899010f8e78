"""The staged programs with each optimisation off, and after a round trip through bytes and text."""

from __future__ import annotations

import pytest
from programs import PROGRAMS
from support import as_python, as_tensors

import pygraph as pg
from pygraph import _core
from pygraph.graph import Graph

IDS = [function.__name__ for function, _ in PROGRAMS]
PASSES = [
    "none",
    "-fold_constants",
    "-simplify",
    "-dead_code",
    "-coalesce",
    "-reuse_memory",
    "-register_programs",
    "-index_ranges",
    "-native_code",
    "-fuse",
    "-loop_invariants,-common_subexpressions",
]


@pytest.mark.parametrize("passes", PASSES)
@pytest.mark.parametrize(("function", "calls"), PROGRAMS, ids=IDS)
def test_without_optimisations(function, calls, passes, monkeypatch):
    monkeypatch.setenv("PYGRAPH_PASSES", passes)
    compiled = pg.function(function)
    for arguments in calls:
        tensors = as_tensors(arguments, [True] * len(arguments))
        assert as_python(compiled(*tensors)) == function(*arguments)


@pytest.mark.parametrize(("function", "calls"), PROGRAMS, ids=IDS)
def test_after_a_round_trip(function, calls):
    compiled = pg.function(function)
    for arguments in calls:
        tensors = as_tensors(arguments, [True] * len(arguments))
        compiled(*tensors)
        (concrete,) = compiled.concrete_functions
        flat = list(compiled.tensors_of_arguments(tuple(tensors)))
        expected = [t.tolist() for t in concrete._executable.run(flat)]
        graph = concrete.graph
        for copy in (Graph.from_bytes(graph.as_bytes()), Graph.from_text(graph.as_text())):
            assert copy.as_bytes() == graph.as_bytes()
            assert [t.tolist() for t in _core.Executable(copy.module).run(flat)] == expected
