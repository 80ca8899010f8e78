"""``with``, ``try``, ``match`` and what else stays Python's: only what is inside is converted."""

from __future__ import annotations

import ast
from copy import deepcopy
from typing import cast

from pygraph.autograph.converters.base import STATEMENTS, Converter
from pygraph.autograph.converters.nodes import (
    LOAD,
    STORE,
    assign,
    at,
    at_start,
    call,
    constant,
    load,
    thunk,
)


def convert_with(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert the context expressions and the body of a ``with``."""
    assert isinstance(node, ast.With)
    for item in node.items:
        converter.children(item)
        place = item.context_expr
        item.context_expr = call(converter.operator("manager", place), [place], place)
    before = converter.take_before()
    node.body = converter.block(node.body, converter.place)
    return [*before, node]


def convert_try(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert the blocks of a ``try``."""
    assert isinstance(node, (ast.Try, ast.TryStar))
    place = converter.place
    for handler in node.handlers:
        if handler.type is not None:
            handler.type = converter.expression(handler.type)
        if handler.name is not None:
            place.bound |= converter.scope.bit(handler.name)
    before = converter.take_before()
    node.body = converter.block(node.body, place)
    for handler in node.handlers:
        handler.body = converter.block(handler.body, place)
    node.orelse = converter.block(node.orelse, place)
    node.finalbody = converter.block(node.finalbody, place)
    return [*before, _attempt(converter, node)]


def _attempt(converter: Converter, node: ast.Try | ast.TryStar) -> ast.With:
    """``with ag.attempt(lambda: (KeyError,)) as attempt: try: ...``, which learns of each part."""
    name = converter.naming.fresh("attempt")

    def says(what: str, place: ast.AST) -> ast.stmt:
        method = at_start(ast.Attribute(load(name, place), what, LOAD), place)
        return at_start(ast.Expr(at_start(ast.Call(method, [], []), place)), place)

    arguments: list[ast.expr] = []
    if node.handlers:
        types: list[ast.expr] = [
            load("BaseException", handler) if handler.type is None else deepcopy(handler.type)
            for handler in node.handlers
        ]
        all_types = types[0] if len(types) == 1 else at_start(ast.Tuple(types, LOAD), node)
        arguments.append(thunk(all_types))
        for handler in node.handlers:
            handler.body.insert(0, says("body_ended", handler))
        node.body.append(says("body_ended", node.body[-1]))
    if node.finalbody:
        node.finalbody.insert(0, says("finally_starts", node.finalbody[0]))
    context = call(converter.operator("Attempt", node), arguments, node)
    item = ast.withitem(at_start(context, node), at_start(ast.Name(name, STORE), node))
    return at_start(ast.With([item], [node]), node)


def convert_match(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert the subject, the guards and the blocks of a ``match``."""
    assert isinstance(node, ast.Match)
    node.subject = converter.expression(node.subject)
    for case in node.cases:
        if case.guard is not None:
            case.guard = converter.expression(case.guard)
    before = converter.take_before()
    for case in node.cases:
        case.body = converter.block(case.body, converter.place)
    return [*before, node]


def convert_augmented(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert ``x += y``; a variable that may be unset is checked first."""
    assert isinstance(node, ast.AugAssign)
    out: list[ast.stmt] = []
    target = node.target
    if isinstance(target, ast.Name) and converter.is_checked(target.id):
        checked = call(converter.operator("read", target), [load(target.id, target)], target)
        out.append(assign(target.id, checked, target))
    elif isinstance(target, ast.Name) and not _adds_number(node):
        changing = call(converter.operator("augmented", target), [load(target.id, target)], target)
        out.append(at(ast.Expr(changing), target))
    else:
        node.target = converter.expression(target)  # type: ignore[assignment]
        if isinstance(node.target, ast.Attribute):
            # What the attribute is may be changed as well.
            changes = cast(ast.Call, node.target.value)
            changes.args.append(constant(converter.naming.mangled(node.target.attr), node))
    node.value = converter.expression(node.value)
    return [*out, node]


def _adds_number(node: ast.AugAssign) -> bool:
    """Return whether a statement adds what is written as a number, which no container takes."""
    return isinstance(node.op, (ast.Add, ast.Sub)) and _is_number(node.value)


def _is_number(value: ast.expr) -> bool:
    if isinstance(value, ast.UnaryOp):
        return _is_number(value.operand)
    if isinstance(value, ast.BinOp) and not isinstance(value.op, (ast.Mult, ast.Mod)):
        return _is_number(value.left) or _is_number(value.right)
    return isinstance(value, ast.Constant) and isinstance(value.value, (int, float, complex))


def convert_declaration(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Drop ``global`` and ``nonlocal``: every function written says its own."""
    return []


def convert_annotated(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert ``x: T = y``; without a value only the name is declared.

    Python forbids an annotation of a name that is declared ``nonlocal``.
    """
    assert isinstance(node, ast.AnnAssign)
    if node.value is None and isinstance(node.target, ast.Name):
        return []
    if not isinstance(node.target, ast.Name) or node.value is None:
        converter.children(node)
        return [node]
    value = converter.expression(node.value)
    return [at(ast.Assign([node.target], value), node)]


def convert_nothing(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Leave a statement as it is."""
    return [node]


STATEMENTS.update(
    {
        ast.With: convert_with,
        ast.Try: convert_try,
        ast.TryStar: convert_try,
        ast.Match: convert_match,
        ast.AugAssign: convert_augmented,
        ast.AnnAssign: convert_annotated,
        ast.Global: convert_declaration,
        ast.Nonlocal: convert_declaration,
        ast.Import: convert_nothing,
        ast.ImportFrom: convert_nothing,
        ast.Pass: convert_nothing,
    }
)
