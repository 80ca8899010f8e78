"""Calls: ``f(x)`` becomes ``ag.call(f)(x)``, which converts ``f`` when it is one of the user's."""

from __future__ import annotations

import ast

from pygraph.autograph.converters.base import EXPRESSIONS, Converter
from pygraph.autograph.converters.nodes import call, load


def convert_call(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert a call and its arguments."""
    assert isinstance(node, ast.Call)
    function = node.func
    if isinstance(function, ast.Name) and function.id == "super" and not node.args:
        return _super(converter, node)
    converter.children(node)
    if isinstance(function, ast.Attribute) and function.end_lineno != function.lineno:
        # Python counts the call of a method from the line where the method's name stands.
        assert function.end_lineno is not None
        assert function.end_col_offset is not None
        node.lineno = function.end_lineno
        node.col_offset = function.end_col_offset - len(function.attr)
    node.func = call(converter.operator("call", function), [node.func], function)
    return node


def _super(converter: Converter, node: ast.Call) -> ast.expr:
    """``super()`` finds its class and object in the frame, which a helper's frame does not have."""
    arguments = converter.scope.node.args
    first = [*arguments.posonlyargs, *arguments.args][:1]
    if first and not converter.scope.bits.get("super", 0) & converter.scope.variables:
        node.args = [load("__class__", node), load(first[0].arg, node)]
    return node


EXPRESSIONS[ast.Call] = convert_call
