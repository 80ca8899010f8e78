"""Walks a complete graph and lets a rule make each node anew: the one loop over finished graphs.

Rules are callables ``rule(node, operands) -> results``. :class:`Evaluation` computes results at
once; ``graph/inline.py`` records nodes into the graph being traced.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from pygraph._hot import apply, apply_to_variable
from pygraph.graph.exceptions import KeptException, make_exception
from pygraph.graph.faults import add_lines
from pygraph.graph.op_rows import OP_ROWS
from pygraph.graph.text import render
from pygraph.graph.view import Graph, GraphNode

Rule = Callable[[GraphNode, list[Any]], Sequence[Any]]


def replay(graph: Graph, inputs: Sequence[Any], rule: Rule, function: int = 0) -> list[Any]:
    """Return what the results of a function of the graph are, when a rule makes its nodes.

    ``inputs`` stand for the function's parameters, in order. Nodes come in program order, each with
    what stands for its inputs; a rule that gets one with subgraphs replays those that it needs.
    """
    body = graph.functions[function]
    values: dict[int, Any] = dict(enumerate(inputs))
    for node in body.nodes:
        made = rule(node, [values[value] for value in node.inputs])
        values.update(zip(node.outputs, made, strict=True))
    return [values[value] for value in body.results]


class Evaluation:
    """The rule that computes: tensors in, tensors out, each op by itself.

    Operands are tensors, and a Variable for each parameter that is one. It is slow and plain, what
    the executor is compared with.
    """

    def __init__(self, graph: Graph, exceptions: Sequence[KeptException] = ()) -> None:
        self._graph = graph
        self._exceptions = exceptions

    def __call__(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        """Return the results of a node; a fault shows its line."""
        if node.subgraphs:
            return getattr(self, f"_{node.op}")(node, operands)  # type: ignore[no-any-return]
        try:
            return getattr(self, f"_{node.op}", self._op)(node, operands)
        except Exception as error:
            add_lines(error, node.location)
            raise

    def _op(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        if "writes" in OP_ROWS[node.op]["effects"]:
            apply_to_variable(node.op, operands[0], tuple(operands[1:]), node.attributes)
            return ()
        results: Any = apply(node.op, tuple(operands), node.attributes)
        return results if type(results) is tuple else (results,)

    def _run(self, function: int, inputs: Sequence[Any]) -> list[Any]:
        return replay(self._graph, inputs, self, function)

    def _constant(self, node: GraphNode, _: list[Any]) -> Sequence[Any]:
        return (self._graph.constants[node.attributes["index"]],)

    def _read_variable(self, _: GraphNode, operands: list[Any]) -> Sequence[Any]:
        return (operands[0].read(),)

    def _cond(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        return self._run(node.subgraphs[0 if operands[0] else 1], operands[1:])

    def _while_loop(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        test, body = node.subgraphs
        count = node.attributes["captures"]
        captures, state = operands[:count], operands[count:]
        while self._run(test, captures + state)[0]:
            state = self._run(body, captures + state)
        return state

    def _call(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        return self._run(node.attributes["function"], operands)

    def _print(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        stream = sys.stdout if node.attributes["stream"] == 1 else sys.stderr
        stream.write(render(node.attributes["text"], operands))
        if node.attributes["flush"]:
            stream.flush()
        return ()

    def _raise(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        text, exception, builtin, number = node.attributes.values()
        raise make_exception(text, exception, builtin, number, operands, self._exceptions)
