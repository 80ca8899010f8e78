"""Long chains of ``if ... elif ...`` and ``x if c else y``: one operator, however many there are.

What follows a branch that leaves stands in its ``else`` by now, so that a row of branches that
return, or of ``continue``, is a chain as well.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from pygraph.autograph.analysis.scopes import Facts
from pygraph.autograph.converters.base import LONG, Converter
from pygraph.autograph.converters.expressions import note_condition
from pygraph.autograph.converters.nodes import at, call, helper, load, parameters


class _Link(NamedTuple):
    """A branch of a chain: what runs before its test, the test, and what runs where it holds."""

    node: ast.If
    before: list[ast.stmt]
    test: ast.expr
    body: list[ast.stmt]


class _Chain(NamedTuple):
    links: list[_Link]
    otherwise: list[ast.stmt]


def chain_of(converter: Converter, node: ast.If) -> _Chain | None:
    """Return the chain that starts with a branch, None where it is not a long one."""
    links: list[_Link] = []
    before: list[ast.stmt] = []
    following: ast.stmt | None = node
    otherwise: list[ast.stmt] = []
    while isinstance(following, ast.If) and following not in converter.lowering.needs:
        inverse = not following.orelse
        test, body, otherwise = following.test, following.body, following.orelse
        if inverse:
            test = at(ast.UnaryOp(ast.Not(), test), test)
            body, otherwise = [], body
        links.append(_Link(following, before, test, body))
        before, following = otherwise[:-1], otherwise[-1] if otherwise else None
        if any(isinstance(statement, _WITH_BLOCKS) for statement in before):
            break
    return _Chain(links, otherwise) if len(links) > LONG else None


# What may return by itself, as the last thing of the function.
_WITH_BLOCKS = (ast.With, ast.Try, ast.TryStar, ast.Match)


def convert_chain(converter: Converter, node: ast.If, chain: _Chain) -> list[ast.stmt]:
    """Convert a long chain: helpers for the tests and the branches, side by side."""
    scope, facts = converter.scope, converter.facts(node)
    inside = [converter.facts(link.node) for link in chain.links]
    live = facts.live_out
    passing = 0
    for link, own in zip(chain.links, inside, strict=True):
        live |= own.live_body | own.live_orelse
        passing |= own.writes | converter.modified(link.before)
    names = facts.modified & (live | passing)
    out: list[ast.stmt] = []

    def define(name: str, statements: list[ast.stmt], place: ast.stmt) -> ast.expr:
        body = converter.helper_body(statements, names, 0, place)
        definition = helper(f"{name}_{len(out)}", parameters(), body, place)
        out.append(definition)
        return load(definition.name, place)

    tests: list[ast.expr] = []
    branches: list[ast.expr] = []
    for link, own in zip(chain.links, inside, strict=True):
        note_condition(converter, link.test)
        decide = at(ast.Return(link.test), link.node)
        scope.facts[decide] = Facts(
            reads=own.reads, writes=own.writes, modified=own.writes, checked=own.checked
        )
        tests.append(define("if_test", [*link.before, decide], link.node))
        branches.append(define("if_body", link.body, link.node))
    converter.moved |= facts.writes
    branches.append(define("else_body", chain.otherwise, chain.links[-1].node))
    arguments: list[ast.expr] = [
        at(ast.Tuple(part, ast.Load()), node) for part in (tests, branches)
    ]
    if names:
        arguments.append(converter.name_tuple(names, node))
    result = call(converter.operator("if_chain", node.test), arguments, node.test)
    converter.mention_guarded(result, names)
    converter.mention("passing", passing & ~facts.live_out, result)
    terminal = node in converter.lowering.terminal
    out.append(at(ast.Return(result) if terminal else ast.Expr(result), node.test))
    return out
