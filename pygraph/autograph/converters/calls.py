"""Calls: ``f(x)`` becomes ``ag.call(f)(x)``, which converts ``f`` when it is one of the user's."""

from __future__ import annotations

import ast

from pygraph.autograph.analysis.activity import FRAME_READERS
from pygraph.autograph.converters.base import EXPRESSIONS, Converter
from pygraph.autograph.converters.nodes import LOAD, at, call, load, thunk


def convert_call(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert a call and its arguments."""
    assert isinstance(node, ast.Call)
    function = node.func
    if isinstance(function, ast.Name) and function.id == "super" and not node.args:
        return _super(converter, node)
    if isinstance(function, ast.Name) and _reads_frame(converter, node, function.id):
        return _frame_reader(converter, node)
    node.func = converter.expression(function)
    node.args = [converter.value(argument) for argument in node.args]
    for keyword in node.keywords:
        keyword.value = converter.value(keyword.value)
    if isinstance(function, ast.Attribute) and function.end_lineno != function.lineno:
        # Python counts the call of a method from the line where the method's name stands.
        assert function.end_lineno is not None
        assert function.end_col_offset is not None
        node.lineno = function.end_lineno
        node.col_offset = function.end_col_offset - len(function.attr)
    node.func = call(converter.operator("call", function), [node.func], function)
    return node


def _reads_frame(converter: Converter, node: ast.Call, name: str) -> bool:
    """Return whether a call looks at the variables where it stands, which a helper has not all."""
    if name not in FRAME_READERS or node.keywords:
        return False
    if converter.scope.bits.get(name, 0) & converter.scope.variables:
        return False
    return len(node.args) == (1 if name in ("eval", "exec") else 0)


def _frame_reader(converter: Converter, node: ast.Call) -> ast.expr:
    """Convert ``locals()``: ``ag.frame_reader(locals, ("x",), (lambda: x,))()``."""
    variables = converter.own_variables
    converter.place.reads |= variables
    names = converter.name_tuple(variables, node)
    reads: list[ast.expr] = [thunk(load(name, node)) for name in converter.scope.names(variables)]
    function = node.func
    node.args = [converter.expression(argument) for argument in node.args]
    given = [function, names, at(ast.Tuple(reads, LOAD), node)]
    node.func = call(converter.operator("frame_reader", function), given, function)
    return node


def _super(converter: Converter, node: ast.Call) -> ast.expr:
    """``super()`` finds its class and object in the frame, which a helper's frame does not have."""
    arguments = converter.scope.node.args
    first = [*arguments.posonlyargs, *arguments.args][:1]
    if first and not converter.scope.bits.get("super", 0) & converter.scope.variables:
        node.args = [load("__class__", node), load(first[0].arg, node)]
    return node


EXPRESSIONS[ast.Call] = convert_call
