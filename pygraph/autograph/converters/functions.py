"""Functions, lambdas and classes inside a function: their own conversion, where they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from pygraph.autograph.analysis.scopes import FunctionNode, is_generator
from pygraph.autograph.converters.base import EXPRESSIONS, STATEMENTS, Converter


def convert_function(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert a nested function; its decorators and defaults belong to the function around it."""
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    node.decorator_list = [converter.expression(item) for item in node.decorator_list]
    _convert_defaults(converter, node.args)
    _convert_inside(converter, node)
    return [node]


def convert_lambda(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert a lambda."""
    assert isinstance(node, ast.Lambda)
    _convert_defaults(converter, node.args)
    _convert_inside(converter, node)
    return node


def convert_class(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert the methods of a nested class."""
    assert isinstance(node, ast.ClassDef)
    node.decorator_list = [converter.expression(item) for item in node.decorator_list]
    node.bases = [converter.expression(item) for item in node.bases]
    naming = converter.naming
    outer_class, naming.class_name = naming.class_name, node.name
    for method in _methods(node.body):
        _convert_inside(converter, method)
    naming.class_name = outer_class
    return [node]


def _methods(body: Sequence[ast.stmt]) -> Iterator[FunctionNode]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            yield statement
        elif not isinstance(statement, (ast.ClassDef, ast.AsyncFunctionDef)):
            for name in ("body", "orelse", "finalbody"):
                yield from _methods(getattr(statement, name, ()))


def _convert_defaults(converter: Converter, arguments: ast.arguments) -> None:
    arguments.defaults = [converter.expression(default) for default in arguments.defaults]
    arguments.kw_defaults = [
        None if default is None else converter.expression(default)
        for default in arguments.kw_defaults
    ]


def _convert_inside(converter: Converter, node: FunctionNode) -> None:
    if is_generator(node):
        # It stays as it is; a tensor that decides something in it is an error of its own.
        return
    scope = converter.scope
    own = scope.names(scope.ever_checked)
    checked = (converter.outer_checked | frozenset(own)) - converter.hidden
    enclosing = converter.enclosing | frozenset(scope.names(scope.local)) | converter.hidden
    inner = Converter(scope.nested[node], converter.naming, checked, enclosing)
    inner.convert()


STATEMENTS[ast.FunctionDef] = convert_function
STATEMENTS[ast.AsyncFunctionDef] = convert_function
STATEMENTS[ast.ClassDef] = convert_class
EXPRESSIONS[ast.Lambda] = convert_lambda
