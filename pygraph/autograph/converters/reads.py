"""Reads of variables, attributes and items: the code that is run tells of them while it is traced.

``to_code`` shows the code without that. So they are noted while a function is converted, and turned
into calls of operators in the finished tree.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from pygraph.autograph.converters.nodes import LOAD, at, at_start, constant, thunk

if TYPE_CHECKING:
    from pygraph.autograph.converters.base import Converter


class Noted:
    """The reads in one function of the user's, by the nodes that stand for them.

    ``free`` are the variables of functions around it.
    """

    def __init__(self, free: Collection[str]) -> None:
        self.free = frozenset(free)
        self.nodes: dict[ast.expr, str] = {}  # with the name of the variable or attribute
        # What only a part is read of: `a` in `a.b` and `a[0]`.
        self.partial: set[ast.expr] = set()


def note_variable(converter: Converter, node: ast.Name) -> None:
    """Note the read of a variable that lives outside of the user's function."""
    scope, noted, name = converter.scope, converter.naming.noted, node.id
    assert noted is not None
    local = scope.bits.get(name, 0) & scope.local
    if local or name in converter.enclosing or name in converter.hidden:
        return
    if name not in ("__class__", "super"):
        noted.nodes[node] = converter.naming.mangled(name)


def note_part(converter: Converter, node: ast.Attribute | ast.Subscript) -> None:
    """Note the read of an attribute or item, and that only this part of the object is read."""
    noted = converter.naming.noted
    assert noted is not None
    noted.partial.add(node.value)
    if type(node.ctx) is not ast.Load:
        return
    if isinstance(node, ast.Attribute):
        noted.nodes[node] = converter.naming.mangled(node.attr)
    elif isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        noted.nodes[node] = ""


def tell(noted: Noted, operators: str) -> None:
    """Turn the reads into calls of operators, in place."""
    write = _Writer(operators)
    for node, name in noted.nodes.items():
        whole = node not in noted.partial
        if isinstance(node, ast.Name):
            value: ast.expr = at(ast.Name(node.id, LOAD), node)
            if node.id in noted.free:
                write.call(node, "free", [thunk(value), write.text(name, node)], whole)
            else:
                write.call(node, "variable", [value, write.text(name, node)], whole)
        elif isinstance(node, ast.Attribute):
            write.call(node, "attribute", [node.value, write.text(name, node)], whole)
        elif isinstance(node, ast.Subscript):
            write.call(node, "entry", [node.value, node.slice], whole)


class _Writer:
    """Makes the calls. What is equal and on one line is one node: nodes take their time to make."""

    def __init__(self, operators: str) -> None:
        self._operators = operators
        self._made: dict[tuple[str, Any, int], ast.expr] = {}

    def call(self, node: Any, operator: str, arguments: list[ast.expr], whole: bool) -> None:
        """Make a node another kind of node: whoever refers to it need not be found."""
        if not whole:
            arguments.append(self.text(False, node))
        node.func = self._operator(operator, node)
        node.args, node.keywords = arguments, []
        node.__class__ = ast.Call

    def text(self, value: Any, node: ast.expr) -> ast.expr:
        """Return a literal on the line of a node."""
        key = ("", value, node.lineno)
        if key not in self._made:
            self._made[key] = constant(value, node)
        return self._made[key]

    def _operator(self, name: str, node: ast.expr) -> ast.expr:
        key = (name, None, node.lineno)
        if key not in self._made:
            operators = at_start(ast.Name(self._operators, LOAD), node)
            self._made[key] = at_start(ast.Attribute(operators, name, LOAD), node)
        return self._made[key]
