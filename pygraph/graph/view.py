"""Graph: a complete graph as a value, which shows all that it consists of."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

from pygraph import _core
from pygraph._hot import EagerTensor

ValueType = tuple[str, tuple[int, ...]]
"""The type of a value: the name of its dtype, and its dims; an unknown one is negative."""


class GraphParameter(NamedTuple):
    """A parameter of a function of a graph. A variable is handed down from the entry."""

    name: str
    type: ValueType
    is_variable: bool


class GraphNode(NamedTuple):
    """One node: its op, value ids in and out, output types, attributes and the user's lines.

    ``function`` numbers the function of the graph that the node stands in, ``subgraphs`` those that
    belong to it: branches, or the test and the body of a loop. The attribute ``index`` of a
    constant numbers the graph's constants, ``function`` of a ``call`` its functions. ``location``
    is innermost first: (file, line, function) each.
    """

    op: str
    function: int
    inputs: list[int]
    outputs: list[int]
    types: list[ValueType]
    attributes: dict[str, Any]
    subgraphs: list[int]
    location: list[tuple[str, int, str]]


class GraphFunction(NamedTuple):
    """One function of a graph. Its values are numbered: parameters first, then nodes' outputs.

    ``declared`` has the result types of a function that ``call`` nodes name, and is empty for
    others: theirs are what their nodes give.
    """

    name: str
    parameters: list[GraphParameter]
    nodes: list[GraphNode]
    results: list[int]
    result_names: list[str]
    declared: list[ValueType]


class Graph:
    """A complete, immutable graph: ``as_text()`` prints it, ``from_text`` reads it back.

    ``functions`` are its parts: 0 is the entry, others are branches, loop bodies, and functions
    that are called.
    """

    def __init__(self, module: _core.Module) -> None:
        self.module = module

    @classmethod
    def from_text(cls, text: str) -> Graph:
        """Return the graph of a text. Raises ValueError with line and column of the first fault."""
        return cls(_core.parse(text))

    @classmethod
    def from_bytes(cls, data: bytes) -> Graph:
        """Return the graph of its bytes. Raises ValueError naming the first fault."""
        return cls(_core.read(data))

    def as_text(self) -> str:
        """Return the graph as text: control flow nested, each node with the user's line."""
        return self.module.as_text()

    def as_bytes(self) -> bytes:
        """Return the graph as bytes, constants included."""
        return self.module.write()

    @cached_property
    def functions(self) -> list[GraphFunction]:
        """The functions, the entry first."""
        return [
            GraphFunction(
                name,
                [GraphParameter(own, _type(plain), place) for own, plain, place in parameters],
                [_node(number, *node) for node in nodes],
                results,
                result_names,
                [_type(plain) for plain in declared],
            )
            for number, (name, parameters, nodes, results, result_names, declared) in enumerate(
                self.module.functions()
            )
        ]

    @cached_property
    def constants(self) -> list[EagerTensor]:
        """The tensors that are part of the graph."""
        return self.module.constants()

    @property
    def nodes(self) -> list[GraphNode]:
        """Every node, those of branches and loop bodies included."""
        return [node for function in self.functions for node in function.nodes]

    def __repr__(self) -> str:
        return f"<Graph of {self.module.node_count()} nodes>"


def _type(plain: tuple[str, list[int]]) -> ValueType:
    dtype, dims = plain
    return dtype, tuple(dims)


def _node(
    function: int,
    op: str,
    inputs: list[int],
    first: int,
    types: list[tuple[str, list[int]]],
    attributes: dict[str, Any],
    subgraphs: list[int],
    location: list[tuple[str, int, str]],
) -> GraphNode:
    outputs = list(range(first, first + len(types)))
    kinds = [_type(plain) for plain in types]
    return GraphNode(op, function, inputs, outputs, kinds, attributes, subgraphs, location)
