"""Comprehensions with ``:=`` as loops: what they assign outlives them, as a loop's variables do.

Done before anything is analysed, where nothing of the statement is evaluated before the
comprehension: it is the statement's value, or the one argument of a function that takes all items.
"""

from __future__ import annotations

import ast
from typing import cast

from pygraph.autograph.analysis.scopes import children_of, comprehension_targets, names_in
from pygraph.autograph.converters.nodes import LOAD, at, call, load, store

_Comprehension = ast.ListComp | ast.GeneratorExp
# Functions that take all items of an iterator, whatever these are.
_TAKERS = frozenset(("sum", "list", "tuple", "sorted", "max", "min", "set"))
_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def spell_out(node: ast.AST) -> None:
    """Rewrite the statements of a function, and of those in it, in place."""
    _Rewriting(set(names_in(node))).block_of(node)


class _Rewriting:
    def __init__(self, taken: set[str]) -> None:
        self._taken = taken

    def block_of(self, node: ast.AST) -> None:
        for name, value in ast.iter_fields(node):
            if name in ("body", "orelse", "finalbody", "handlers") and isinstance(value, list):
                setattr(node, name, [new for old in value for new in self._statement(old)])

    def _statement(self, node: ast.AST) -> list[ast.AST]:
        self.block_of(node)
        value = getattr(node, "value", None)
        if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.Return, ast.Expr)) or value is None:
            return [node]
        if _is_spelled_out(value):
            before, node.value = self._loop(value)
        elif _takes_one(value) and _is_spelled_out(value.args[0]):
            before, value.args[0] = self._loop(value.args[0])
        else:
            return [node]
        return [*before, node]

    def _loop(self, node: _Comprehension) -> tuple[list[ast.stmt], ast.expr]:
        """Return the statements that collect the items, and what reads them."""
        found = self._fresh("items")
        targets = sorted(comprehension_targets(node.generators))
        renamed = {name: self._fresh(name) for name in targets}
        method = at(ast.Attribute(load(found, node), "append", LOAD), node)
        statement: ast.stmt = at(ast.Expr(call(method, [node.elt], node)), node)
        for generator in reversed(node.generators):
            for test in reversed(generator.ifs):
                statement = at(ast.If(test, [statement], []), node)
            statement = at(ast.For(generator.target, generator.iter, [statement], []), node)
        loop = cast(ast.For, statement)
        first = loop.iter  # evaluated outside of the comprehension
        loop.iter = at(ast.Constant(None), node)
        _rename(loop, renamed)
        loop.iter = first
        made = at(ast.Assign([store(found, node)], at(ast.List([], LOAD), node)), node)
        return [made, loop], load(found, node)

    def _fresh(self, name: str) -> str:
        number = 1
        while f"{name}_{number}" in self._taken:
            number += 1
        self._taken.add(f"{name}_{number}")
        return f"{name}_{number}"


def _is_spelled_out(node: ast.AST) -> bool:
    if not isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        return False
    inner = [part for child in children_of(node) for part in ast.walk(child)]
    simple = not any(isinstance(part, _SCOPES) for part in inner)
    return (
        simple
        and any(isinstance(part, ast.NamedExpr) for part in inner)
        and not any(generator.is_async for generator in node.generators)
    )


def _takes_one(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _TAKERS
        and len(node.args) == 1
        and not node.keywords
    )


def _rename(node: ast.AST, renamed: dict[str, str]) -> None:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in renamed:
            part.id = renamed[part.id]
