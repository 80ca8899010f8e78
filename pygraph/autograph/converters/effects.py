"""``raise``, ``assert``, and text made of values: f-strings and ``%``."""

from __future__ import annotations

import ast

from pygraph.autograph.converters.base import EXPRESSIONS, STATEMENTS, Converter
from pygraph.autograph.converters.expressions import lazy
from pygraph.autograph.converters.nodes import at, call, constant

_CONVERSIONS = {-1: "", ord("s"): "!s", ord("r"): "!r"}


def convert_raise(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert ``raise error``: ``raise ag.raised(error)`` notes where that stands."""
    assert isinstance(node, ast.Raise)
    converter.children(node)
    if node.exc is not None:
        node.exc = call(converter.operator("raised", node.exc), [node.exc], node.exc)
    return [node]


def convert_assert(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert ``assert test, message``: ``ag.assert_stmt(test, lambda: message)``."""
    assert isinstance(node, ast.Assert)
    if not __debug__:
        return [at(ast.Pass(), node)]
    arguments = [converter.expression(node.test)]
    if node.msg is not None:
        arguments.append(lazy(converter, converter.expression(node.msg)))
    return [at(ast.Expr(call(converter.operator("assert_stmt", node), arguments, node)), node)]


def convert_f_string(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert ``f"{x:.3f}"``: ``ag.text("{:.3f}", x)``."""
    assert isinstance(node, ast.JoinedStr)
    values: list[ast.expr] = []
    template = _template(node, values, 0)
    if template is None or not values:
        converter.children(node)
        return node
    arguments = [constant(template, node), *(converter.expression(value) for value in values)]
    return call(converter.operator("text", node), arguments, node)


def _template(node: ast.JoinedStr, values: list[ast.expr], depth: int) -> str | None:
    """Return an f-string as a format string; None where it nests deeper than those may."""
    out = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            literal = str(part.value)
            if depth and ("{" in literal or "}" in literal):
                return None
            out += literal.replace("{", "{{").replace("}", "}}")
            continue
        assert isinstance(part, ast.FormattedValue)
        if depth > 1 or part.conversion not in _CONVERSIONS:
            return None
        values.append(part.value)
        spec: str | None = ""
        if part.format_spec is not None:
            assert isinstance(part.format_spec, ast.JoinedStr)
            spec = _template(part.format_spec, values, depth + 1)
        if spec is None:
            return None
        out += "{" + _CONVERSIONS[part.conversion] + (":" + spec if spec else "") + "}"
    return out


STATEMENTS[ast.Raise] = convert_raise
STATEMENTS[ast.Assert] = convert_assert
EXPRESSIONS[ast.JoinedStr] = convert_f_string
