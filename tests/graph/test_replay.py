"""Complete graphs as values: what they show, walking them, and calling them while tracing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg
from pygraph.graph import Graph, GraphNode, GraphParameter
from pygraph.graph.replay import Evaluation, replay


class OverdrawnError(Exception):
    """What a program of these tests raises."""


class Calling:
    """Calls a graph."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph

    def __call__(self, x: Any) -> Any:
        """Call it."""
        return self.graph(x)


@pg.function
def collatz(n: Any) -> Any:
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


@pg.function
def factorial(n: Any) -> Any:
    return _factorial(n)


def _factorial(n: Any) -> Any:
    if n <= 1:
        return n * 0 + 1
    return n * _factorial(n - 1)


def graph_of(function: Any, *args: Any) -> Graph:
    return function.get_concrete_function(*args).graph  # type: ignore[no-any-return]


def ops(graph: Graph) -> list[str]:
    return [node.op for node in graph.nodes]


def test_a_graph_shows_all_of_itself() -> None:
    graph = graph_of(collatz, pg.asarray(7))
    entry = graph.functions[0]
    assert entry.name == "collatz"
    assert entry.parameters == [GraphParameter("n", ("int64", ()), False)]
    assert entry.result_names == ["result"]
    assert entry.declared == []
    (loop,) = [node for node in entry.nodes if node.op == "while_loop"]
    assert entry.results[0] in loop.outputs
    assert loop.types == [("int64", ()), ("int64", ())]
    test, body = (graph.functions[number] for number in loop.subgraphs)
    assert [node.op for node in test.nodes][-1] == "not_equal"
    (branch,) = [node for node in body.nodes if node.op == "cond"]
    assert len(branch.subgraphs) == 2
    assert {node.function for node in graph.functions[branch.subgraphs[0]].nodes} == {
        branch.subgraphs[0]
    }
    numbers = [node.attributes["index"] for node in entry.nodes if node.op == "constant"]
    assert {graph.constants[number].tolist() for number in numbers} == {0, 1}
    assert loop.location[0][2] == "collatz"


def test_variables_and_called_functions_are_shown() -> None:
    total = pg.Variable([1.0, 2.0], name="total")

    @pg.function
    def add(x: Any) -> Any:
        total.assign_add(x)
        return total.read()

    entry = graph_of(add, pg.asarray([1.0, 1.0])).functions[0]
    assert entry.parameters[1] == GraphParameter("total", ("float64", (2,)), True)
    graph = graph_of(factorial, pg.asarray(4))
    called = graph.functions[
        next(node for node in graph.nodes if node.op == "call").attributes["function"]
    ]
    assert called.declared == [("int64", ())]


def test_a_rule_makes_each_node_anew() -> None:
    @pg.function
    def affine(x: Any) -> Any:
        return x * 3.0 + 1.0

    graph = graph_of(affine, pg.asarray(2.0))
    evaluate = Evaluation(graph)

    def as_sum(node: GraphNode, operands: list[Any]) -> Any:
        return evaluate(node._replace(op="add") if node.op == "multiply" else node, operands)

    (result,) = replay(graph, [pg.asarray(2.0)], as_sum)
    assert result.tolist() == 6.0


def test_evaluation_is_what_the_executor_gives() -> None:
    graph = graph_of(collatz, pg.asarray(7))
    for n in (1, 7, 27):
        (steps,) = replay(graph, [pg.asarray(n)], Evaluation(graph))
        assert steps.tolist() == collatz(pg.asarray(n)).tolist()
    graph = graph_of(factorial, pg.asarray(4))
    assert replay(graph, [pg.asarray(5)], Evaluation(graph))[0].tolist() == 120


def test_calls_share_one_body() -> None:
    concrete = collatz.get_concrete_function(pg.asarray(7))

    @pg.function
    def twice(n: Any, m: Any) -> Any:
        return concrete(n) + concrete(m)

    graph = graph_of(twice, pg.asarray(7), pg.asarray(27))
    assert [node.op for node in graph.functions[0].nodes] == ["call", "call", "add"]
    assert ops(graph).count("while_loop") == 1
    assert twice(pg.asarray(7), pg.asarray(27)).tolist() == 16 + 111


def test_calls_in_branches_and_loops() -> None:
    concrete = collatz.get_concrete_function(pg.asarray(7))

    @pg.function
    def total(n: Any) -> Any:
        steps = 0
        for i in pg.range(1, n):
            if i % 2 == 1:
                steps += concrete(i)
        return steps

    assert total(pg.asarray(10)).tolist() == sum(
        collatz(pg.asarray(i)).tolist() for i in (3, 5, 7, 9)
    )


def test_a_recursion_is_called() -> None:
    concrete = factorial.get_concrete_function(pg.asarray(3))
    outer = pg.function(lambda n: concrete(n) + concrete(n + 1))
    assert outer(pg.asarray(4)).tolist() == 24 + 120


def test_variables_are_those_of_the_graph() -> None:
    total = pg.Variable(1.0, name="total")

    @pg.function
    def add(x: Any) -> Any:
        total.assign_add(x)
        return total * 2

    concrete = add.get_concrete_function(pg.TensorSpec((), pg.float64))

    @pg.function
    def outer(x: Any) -> Any:
        first = concrete(x)
        total.assign(total * 10)
        return first, concrete(x)

    first, second = outer(pg.asarray(2.0))
    assert (first.tolist(), second.tolist(), total.tolist()) == (6.0, 64.0, 32.0)


def test_variables_among_the_arguments() -> None:
    @pg.function
    def move(source: Any, target: Any) -> None:
        target.assign_add(source)
        source.assign(0.0)

    a, b, c = pg.Variable(1.0), pg.Variable(2.0), pg.Variable(4.0)
    concrete = move.get_concrete_function(a, b)

    @pg.function
    def outer() -> None:
        concrete(a, b)
        concrete(b, c)

    outer()
    assert [v.tolist() for v in (a, b, c)] == [0.0, 0.0, 7.0]


def test_programs_from_files_are_called(tmp_path: Path) -> None:
    scale = pg.Variable(3.0)

    @pg.function
    def scaled(x: Any) -> Any:
        return x * scale, pg.sum(x)

    scaled(np.ones(3))
    pg.save(scaled, tmp_path / "scaled.pgraph")
    program = pg.load(tmp_path / "scaled.pgraph")

    @pg.function
    def outer(x: Any) -> Any:
        product, _ = program(x)
        program.variables[0].assign(5.0)
        return program(product)

    product, total = outer(np.ones(3))
    assert product.tolist() == [15.0] * 3
    assert total.tolist() == 9.0


def test_structures_and_numbers_come_out_as_they_were() -> None:
    @pg.function
    def parts(x: Any, scale: int) -> Any:
        kept = []
        for v in x:
            if v > 0:
                kept.append(v * scale)
        return {"kept": kept, "scale": scale, "first": None if len(kept) == 0 else kept[0]}

    x = pg.asarray([1.0, -2.0, 3.0])
    concrete = parts.get_concrete_function(x, 2)

    @pg.function
    def outer(x: Any) -> Any:
        found = concrete(x, 2)
        total = 0.0
        for v in found["kept"]:
            total += v
        if found["first"] is not None:
            total += 100 * found["first"]
        return total, found

    total, found = outer(x)
    assert total.tolist() == 208.0
    assert found["scale"] == 2
    assert [v.tolist() for v in found["kept"]] == [2.0, 6.0]
    total, found = outer(-pg.ones(3))
    assert (total.tolist(), found["kept"], found["first"]) == (0.0, [], None)


def test_the_exceptions_are_the_users() -> None:
    @pg.function
    def withdraw(balance: Any, amount: Any) -> Any:
        if amount > balance:
            raise OverdrawnError("short of", amount - balance)
        return balance - amount

    two = pg.asarray(2.0)
    concrete = withdraw.get_concrete_function(two, two)

    @pg.function
    def outer(x: Any) -> Any:
        if x < 0:
            raise ValueError("negative")
        return concrete(x, 5.0)

    assert outer(pg.asarray(7.0)).tolist() == 2.0
    with pytest.raises(OverdrawnError) as found:
        outer(pg.asarray(1.0))
    assert found.value.args[1].tolist() == 4.0
    names = [entry.name for entry in found.traceback]
    assert names[-2:] == ["outer", "withdraw"]


def test_captured_values_are_those_of_the_concrete_function() -> None:
    array = np.asarray([1.0, 2.0])
    f = pg.function(lambda x: x * array)
    concrete = f.get_concrete_function(pg.asarray(2.0))
    outer = pg.function(lambda x: concrete(x) + array)
    array[:] = 10.0
    assert outer(pg.asarray(2.0)).tolist() == [12.0, 14.0]


def test_sizes_that_are_not_known() -> None:
    @pg.function(input_signature=[pg.TensorSpec((None,), pg.float64)])
    def centred(x: Any) -> Any:
        return x - pg.mean(x)

    concrete = centred.get_concrete_function()

    @pg.function(input_signature=[pg.TensorSpec((None,), pg.float64)])
    def outer(x: Any) -> Any:
        return concrete(x) + concrete(x[1:])[0]

    assert outer(np.arange(3.0)).tolist() == [-1.5, -0.5, 0.5]
    assert outer(np.arange(5.0)).tolist() == [-3.5, -2.5, -1.5, -0.5, 0.5]


def test_what_does_not_fit_is_named() -> None:
    concrete = collatz.get_concrete_function(pg.asarray(7))
    outer = pg.function(lambda x: concrete(x))
    with pytest.raises(
        TypeError, match=r"collatz: argument 'n' must be int64\[\], got float64\[1\]"
    ):
        outer(pg.asarray([1.0]))


def test_graphs_that_call_are_saved(tmp_path: Path) -> None:
    concrete = collatz.get_concrete_function(pg.asarray(7))
    outer = pg.function(lambda n: concrete(n) * 2)
    outer(pg.asarray(7))
    pg.save(outer, tmp_path / "outer.pgraph")
    assert pg.load(tmp_path / "outer.pgraph")(pg.asarray(27))[0].tolist() == 222


def test_nothing_is_kept_alive() -> None:
    before = pg.runtime.live_graphs()
    inner = pg.function(lambda x: x + 1)
    concrete = inner.get_concrete_function(pg.asarray(1.0))
    outer = pg.function(Calling(concrete))
    outer(pg.asarray(1.0))
    del inner, concrete, outer
    assert pg.runtime.live_graphs() == before
