"""Deep graphs on threads with little stack: read, checked, planned, run, written and printed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pygraph as pg
from pygraph.graph import Graph

DEEPEST = 198  # that is accepted is 200, the function and a loop around it included
LITTLE = 256 * 1024


def on_a_small_stack(action: Callable[[], Any]) -> Any:
    """The result of an action, or its exception, from a thread with little stack."""
    result: list[Any] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            result.append(action())
        except BaseException as error:
            failure.append(error)

    former = threading.stack_size(LITTLE)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(former)
    thread.join()
    if failure:
        raise failure[0]
    return result[0]


def deep_function(depth: int) -> Callable[..., Any]:
    def level(x: Any, left: int) -> Any:
        if left == 0:
            return x + 1
        return pg.cond(x > 0, lambda: level(x * 1, left - 1), lambda: x)

    return lambda x: level(x, depth)


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    function = pg.function(deep_function(DEEPEST), autograph=False)
    function(pg.asarray(1.0))
    path = tmp_path_factory.mktemp("deep") / "deep.pgraph"
    pg.save(function, path)
    return path


def test_a_loaded_program(deep: Path) -> None:
    def use() -> tuple[float, str]:
        loaded = pg.load(deep)
        return loaded(2.0)[0].item(), loaded.graphs[0].as_text()

    value, text = on_a_small_stack(use)
    assert value == 3
    again = on_a_small_stack(lambda: Graph.from_text(text).as_text())
    assert again == text
    assert pg.load(deep).graphs[0].as_text() == text


def test_other_shapes_are_planned(tmp_path: Path) -> None:
    def level(x: Any, left: int) -> Any:
        if left == 0:
            return x + 1
        return pg.cond(pg.all(x > 0), lambda: level(x * 1, left - 1), lambda: x)

    spec = pg.TensorSpec((None,), pg.float64)
    function = pg.function(lambda x: level(x, 150), autograph=False, input_signature=[spec])
    function.get_concrete_function()
    for size in (1, 2):
        assert on_a_small_stack(lambda size=size: function(pg.ones(size))[0].item()) == 2


def works_or_is_refused(action: Callable[[], Any], wanted: float) -> None:
    try:
        result = on_a_small_stack(action)
    except RecursionError as error:
        said = str(error)
    else:
        assert result.item() == wanted
        return
    assert "stack" in said
    assert "threading.stack_size" in said


def test_a_trace_works_or_is_refused() -> None:
    shallow = pg.function(deep_function(20), autograph=False)
    assert on_a_small_stack(lambda: shallow(pg.asarray(2.0))).item() == 3
    deep = pg.function(deep_function(DEEPEST), autograph=False)
    works_or_is_refused(lambda: deep(pg.asarray(2.0)), 3)


def test_a_recursion_of_python_values_works_or_is_refused() -> None:
    @pg.function
    def down(x, n):  # type: ignore[no-untyped-def]
        return x if n == 0 else down(x, n - 1) + 1

    for depth in (20, 200, 700):
        works_or_is_refused(lambda depth=depth: down(pg.asarray(1), depth), depth + 1)
