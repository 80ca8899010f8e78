"""Profiles count every operation, name every line, and write a trace that viewers take."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg


def settle(x: Any, w: Any) -> Any:
    steps = 0
    while pg.sum(x) > 1.0:
        x = pg.tanh(x @ w)
        x = x * 0.5
        steps += 1
    return x, steps


FIRST = settle.__code__.co_firstlineno
X, W = pg.ones((4, 8)), pg.ones((8, 8)) * 0.1


def lines_of(row: pg.profiling.ProfileRow) -> list[int]:
    return [line.number - FIRST for line in row.lines]


def test_every_operation_is_counted_and_every_line_named() -> None:
    staged = pg.function(settle)
    _, steps = staged(X, W)
    with pg.profile() as p:
        for _ in range(5):
            staged(X, W)
    turns = 5 * int(steps)
    calls = {row.op.split("(")[0]: row.calls for row in p.rows}
    assert calls["matmul"] == turns
    assert calls["sum"] == turns + 5
    assert sorted({line for row in p.rows for line in lines_of(row)}) == [2, 3, 4, 5]
    assert {line.file for row in p.rows for line in row.lines} == {__file__}
    assert [(graph.graph, graph.calls) for graph in p.graphs] == [("settle", 5)]
    assert all(row.total > 0 and row.mean == row.total / row.calls for row in p.rows)
    assert sum(row.total for row in p.rows) <= p.graphs[0].total
    assert [row.total for row in p.rows] == sorted([row.total for row in p.rows], reverse=True)


def test_operations_that_run_as_one_are_a_row_with_all_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PYGRAPH_PASSES", raising=False)

    def chain(x: Any, n: Any) -> Any:
        y = pg.exp(x)
        y = y + 1.0
        y = pg.sqrt(y)
        k = 0
        for i in pg.range(n):
            k = k + i * 2
        return y, k

    first = chain.__code__.co_firstlineno
    staged = pg.function(chain)
    x, n = pg.ones((64,)), pg.asarray(10)
    with pg.profile() as p:
        staged(x, n)
    rows = {row.op.split("(")[0]: [line.number - first for line in row.lines] for row in p.rows}
    assert rows["tiles"] == [1, 2, 3]
    assert set(rows["registers"]) >= {5, 6}
    text = staged.get_concrete_function(x, n).plan.as_text()
    assert f"{__file__}:{first + 1}, {first + 2}, {first + 3}" in text
    assert "input0: float64[64], 512 bytes" in text


def test_the_table() -> None:
    staged = pg.function(settle)
    with pg.profile() as p:
        staged(X, W)
    header, run, *rows = p.as_text().splitlines()
    assert header.split() == ["total", "mean", "calls", "operation", "graph", "lines"]
    assert "(run)" in run
    assert len(rows) == len(p.rows)
    assert any(f"test_profiling.py:{FIRST + 3}" in row and "matmul" in row for row in rows)
    assert str(p) == p.as_text()


def test_the_trace_nests_operations_in_runs_of_their_thread(tmp_path: Path) -> None:
    staged = pg.function(settle)
    staged(X, W)
    with pg.profile() as p:
        staged(X, W)
        other = threading.Thread(target=staged, args=(X, W), name="other")
        other.start()
        other.join()
    p.save(tmp_path / "trace.json")
    trace = json.loads((tmp_path / "trace.json").read_text())
    complete = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    runs = [event for event in complete if event["cat"] == "graph"]
    assert len(runs) == len({run["tid"] for run in runs}) == 2
    assert len(complete) - 2 == sum(row.calls for row in p.rows)
    for event in complete:
        run = next(run for run in runs if run["tid"] == event["tid"])
        assert run["ts"] <= event["ts"]
        assert event["ts"] + event["dur"] <= run["ts"] + run["dur"] + 0.001
    names = [event for event in trace["traceEvents"] if event["ph"] == "M"]
    assert {event["tid"] for event in names} == {run["tid"] for run in runs}
    assert any(event["args"]["name"] == "MainThread" for event in names)
    assert trace["otherData"]["dropped"] == 0


def test_overlapping_profiles_each_have_their_runs() -> None:
    staged = pg.function(lambda x: x @ x)
    x = pg.ones((2, 2))
    with pg.profile() as outer:
        staged(x)
        with pg.profile() as inner:
            staged(x)
        staged(x)
    staged(x)
    assert [graph.calls for graph in outer.graphs] == [3]
    assert [graph.calls for graph in inner.graphs] == [1]


def test_a_run_that_fails_is_in_it_up_to_its_fault() -> None:
    @pg.function
    def f(x: Any, i: Any) -> Any:
        y = x @ x
        return y[i]

    x = pg.ones((2, 2))
    with pytest.raises(IndexError), pg.profile() as p:
        f(x, pg.asarray(7))
    assert [row.calls for row in p.rows if row.op == "matmul"] == [1]
    assert [graph.calls for graph in p.graphs] == [1]


def test_functions_that_are_called_and_eager_operations() -> None:
    @pg.function
    def factorial(n: Any) -> Any:
        if n <= 1:
            return 1
        return n * factorial(n - 1)

    factorial(pg.asarray(5))
    with pg.profile() as p:
        assert int(factorial(pg.asarray(5))) == 120
        np.asarray(X @ W)
    assert sum(row.calls for row in p.rows if row.graph == "factorial") > 0
    assert [(row.op, row.lines, row.calls) for row in p.rows if row.graph == "eager"] == [
        ("matmul", (), 1)
    ]


def test_loaded_programs_are_recorded_with_their_lines(tmp_path: Path) -> None:
    staged = pg.function(settle)
    staged(X, W)
    pg.save(staged, tmp_path / "settle.pg")
    loaded = pg.load(tmp_path / "settle.pg")
    with pg.profile() as p:
        loaded(X, W)
    assert {line for row in p.rows if row.op == "matmul" for line in lines_of(row)} == {3}


def test_misuse() -> None:
    p = pg.profile()
    with pytest.raises(RuntimeError, match="the profile is empty"):
        print(p)
    with p, pytest.raises(RuntimeError, match="is being recorded"):
        p.save("nowhere.json")
    with pytest.raises(RuntimeError, match="recorded once"), p:
        pass
    assert p.rows == []
