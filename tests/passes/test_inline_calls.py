"""Bodies of functions in the place of their calls: where that pays, and the same results."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np
import pytest

import pygraph as pg
from pygraph.graph import Graph


def calls_in_plan(function: Callable[..., Any], *args: Any) -> int:
    return pg.function(function).get_concrete_function(*args).plan.as_text().count(" call ")


def concrete_of(body: Callable[..., Any], *args: Any) -> pg.ConcreteFunction:
    return pg.function(body).get_concrete_function(*args)


def long_body(x: Any) -> Any:
    for step in range(60):
        x = pg.sort(x * (step + 1.0))
    return x


X = pg.asarray([3.0, 1.0, 2.0])


def test_a_short_body_stands_where_it_is_called() -> None:
    short = concrete_of(lambda x: x * 2.0 + 1.0, X)
    assert calls_in_plan(lambda x: short(short(x)) + short(x), X) == 0


def test_a_long_body_is_inlined_where_it_is_called_once() -> None:
    body = concrete_of(long_body, X)
    assert calls_in_plan(lambda x: body(x) + 1.0, X) == 0
    assert calls_in_plan(lambda x: body(x) + body(x + 1.0), X) == 2


def test_a_recursion_stays() -> None:
    @pg.function
    def count(n: Any) -> Any:
        return _count(n)

    def _count(n: Any) -> Any:
        if n < 1:
            return n
        return _count(n - 1) + 1

    n = pg.asarray(3)
    body = count.get_concrete_function(n)
    assert calls_in_plan(lambda n: body(n), n) > 0
    assert pg.function(lambda n: body(n))(n).tolist() == count(n).tolist()


def test_sizes_are_known_where_a_body_is_inlined() -> None:
    spec = pg.TensorSpec((None,), pg.float64)
    body = pg.function(long_body, input_signature=[spec]).get_concrete_function()
    assert calls_in_plan(lambda x: body(x) + body(x), X) == 0


@pytest.mark.parametrize("passes", ["", "-inline_calls", "none"])
def test_results_are_the_same(passes: str) -> None:
    with mock.patch.dict(os.environ, PYGRAPH_PASSES=passes):
        inner = concrete_of(lambda x, y: (x - y, x * y), X, X)

        def mix(x: Any, n: Any) -> Any:
            total = x
            for i in pg.range(n):
                difference, product = inner(total, x)
                total = difference if i % 2 == 0 else product
            return total

        middle = concrete_of(mix, X, pg.asarray(3))
        outer = pg.function(lambda x, n: middle(x, n) + middle(x * 2.0, n + 1))
        got = outer(X, pg.asarray(3)).numpy()
    x = X.numpy()

    def plain(x: Any, n: int) -> Any:
        total = x
        for i in range(n):
            total = total - x if i % 2 == 0 else total * x
        return total

    np.testing.assert_array_equal(got, plain(x, 3) + plain(x * 2, 4))


@pytest.mark.parametrize("passes", ["", "-inline_calls"])
def test_a_fault_shows_all_lines(passes: str) -> None:
    def item(x: Any, i: Any) -> Any:
        return x[i]

    with mock.patch.dict(os.environ, PYGRAPH_PASSES=passes):
        inner = concrete_of(item, X, pg.asarray(0))

        def middle(x: Any, i: Any) -> Any:
            if i > 0:
                return inner(x, i)
            return x[0]

        body = concrete_of(middle, X, pg.asarray(0))

        def outer(x: Any, i: Any) -> Any:
            return body(x, i) * 2.0

        staged = pg.function(outer)
        with pytest.raises(IndexError) as found:
            staged(X, pg.asarray(5))
    names = [entry.name for entry in traceback.extract_tb(found.value.__traceback__)]
    assert names[-3:] == ["outer", "middle", "item"]


def test_a_long_chain_of_functions() -> None:
    count = 5000
    functions = [
        f"function {n} f{n}(x: float64[]) -> (float64[]) {{\n"
        f"  %1: float64[] = call x {{function={n + 1}}}\n  return %1\n}}\n"
        for n in range(count)
    ]
    last = (
        f"function {count} last(x: float64[]) -> (float64[]) {{\n"
        "  %1: float64[] = add x, x\n  return %1\n}\n"
    )
    entry = (
        "graph chain(x: float64[]) -> (float64[]) {\n"
        "  %1: float64[] = call x {function=0}\n  return %1\n}\n"
    )
    graph = Graph.from_text(entry + "".join(functions) + last)
    executable = pg._core.Executable(graph.module)
    assert executable.run([pg.asarray(2.0)])[0].tolist() == 4.0
