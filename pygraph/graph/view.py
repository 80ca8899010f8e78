"""Graph: the view of a complete graph that users inspect."""

from __future__ import annotations

from typing import Any, NamedTuple

from pygraph import _core


class GraphNode(NamedTuple):
    """One node: its op, value ids in and out, output types, attributes and the user's lines.

    ``function`` numbers the function of the graph that the node stands in: 0 is the entry, others
    are branches and loop bodies. ``location`` is innermost first: (file, line, function) each.
    """

    op: str
    function: int
    inputs: list[int]
    outputs: list[int]
    types: list[tuple[str, tuple[int, ...]]]
    attributes: dict[str, Any]
    location: list[tuple[str, int, str]]


class Graph:
    """A complete, immutable graph: ``as_text()`` prints it, ``from_text`` reads it back."""

    __slots__ = ("module",)

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

    @property
    def nodes(self) -> list[GraphNode]:
        """Every node, those of branches and loop bodies included."""
        return [
            GraphNode(
                op,
                function,
                list(inputs),
                list(range(first, first + len(types))),
                [(dtype, tuple(dims)) for dtype, dims in types],
                attributes,
                location,
            )
            for op, function, inputs, first, types, attributes, location in self.module.nodes()
        ]

    def __repr__(self) -> str:
        return f"<Graph of {len(self.module.nodes())} nodes>"
