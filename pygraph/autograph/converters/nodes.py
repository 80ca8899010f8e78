"""Making syntax nodes that stand where the user's own code stands."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, TypeVar

_Node = TypeVar("_Node", bound=ast.AST)

LOAD = ast.Load()
STORE = ast.Store()

# Ends the names of helper functions. No identifier of a user's can hold it.
MARK = "\N{DAGGER}"


def at(node: _Node, place: Any) -> _Node:
    """Give a node the place of another one."""
    positioned: Any = node
    positioned.lineno = place.lineno
    positioned.col_offset = place.col_offset
    positioned.end_lineno = place.end_lineno
    positioned.end_col_offset = place.end_col_offset
    return node


def at_start(node: _Node, place: Any) -> _Node:
    """Give a node the start of another one as its place.

    Python counts a call of a method from the line where the method's name ends, so the operators
    have to end where they start.
    """
    positioned: Any = node
    positioned.lineno = positioned.end_lineno = place.lineno
    positioned.col_offset = positioned.end_col_offset = place.col_offset
    return node


def load(name: str, place: ast.AST) -> ast.Name:
    """Return a read of a name."""
    return at(ast.Name(name, LOAD), place)


def store(name: str, place: ast.AST) -> ast.Name:
    """Return a name as the target of an assignment."""
    return at(ast.Name(name, STORE), place)


def assign(name: str, value: ast.expr, place: ast.AST) -> ast.Assign:
    """Return ``name = value``."""
    return at(ast.Assign([store(name, place)], value), place)


def constant(value: Any, place: ast.AST) -> ast.Constant:
    """Return a literal."""
    return at(ast.Constant(value), place)


def call(function: ast.expr, arguments: list[ast.expr], place: ast.AST) -> ast.Call:
    """Return a call with positional arguments."""
    return at(ast.Call(function, arguments, []), place)


def parameters(names: Sequence[tuple[str, ast.expr | None]] = ()) -> ast.arguments:
    """Return a parameter list of names with their defaults."""
    arguments = [at(ast.arg(name), _NOWHERE) for name, _ in names]
    defaults = [default for _, default in names if default is not None]
    # By position: a node with keyword arguments takes four times as long to make.
    return ast.arguments([], arguments, None, [], [], None, defaults)


def thunk(body: ast.expr, *names: str) -> ast.Lambda:
    """Return ``lambda names: body``, marked as a helper."""
    arguments = parameters([(name, None) for name in names])
    arguments.vararg = at(ast.arg(MARK), body)
    return at(ast.Lambda(arguments, body), body)


def helper(
    name: str, arguments: ast.arguments, body: list[ast.stmt], place: ast.AST
) -> ast.FunctionDef:
    """Return the definition of a helper function, standing at the keyword of a statement."""
    definition = ast.FunctionDef(name + MARK, arguments, body, [])
    at_start(definition, place)
    for argument in arguments.args:
        at(argument, definition)
    return definition


_NOWHERE = ast.Constant(None, lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
