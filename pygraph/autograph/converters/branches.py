"""``if``: two functions, and an operator that calls one of them or stages both."""

from __future__ import annotations

import ast

from pygraph.autograph.converters.base import STATEMENTS, Converter
from pygraph.autograph.converters.chains import chain_of, convert_chain
from pygraph.autograph.converters.expressions import condition
from pygraph.autograph.converters.nodes import at, call, helper, load, parameters


def convert_if(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert an ``if`` statement without jumps in it, or one in which every way returns."""
    assert isinstance(node, ast.If)
    chain = chain_of(converter, node)
    if chain is not None:
        return convert_chain(converter, node, chain)
    facts = converter.facts(node)
    body_modified, orelse_modified = converter.modified(node.body), converter.modified(node.orelse)
    test = condition(converter, node.test)
    shared = converter.scope.captured_by(facts.live_body | facts.live_orelse)
    names = (body_modified | orelse_modified) & (facts.live_out | shared)
    guarded = converter.lowering.guarded
    # What a branch reads and overwrites, but nothing reads later, it gets as a parameter.
    unstable = facts.maybe_unset | facts.writes
    body_given = body_modified & facts.live_body & ~(names | guarded)
    orelse_given = orelse_modified & facts.live_orelse & ~(names | guarded)
    names |= (body_given | orelse_given) & unstable

    out = converter.take_before()
    arguments: list[ast.expr] = [test]
    branches = [("if_body", node.body, body_given, body_modified)]
    if node.orelse:
        branches.append(("else_body", node.orelse, orelse_given, orelse_modified))
    for name, statements, given, modified in branches:
        given &= ~unstable
        body = converter.helper_body(statements, names & modified, given, node)
        snapshots = [(name, load(name, node)) for name in converter.scope.names(given)]
        definition = helper(name, parameters(snapshots), body, node)
        out.append(definition)
        arguments.append(load(definition.name, node))
        converter.place.reads |= given

    if names:
        if not node.orelse:
            arguments.append(at(ast.Constant(None), node))
        arguments.append(converter.name_tuple(names, node))
    result = call(converter.operator("if_stmt", node.test), arguments, node.test)
    converter.mention_guarded(result, names)
    needed = converter.lowering.needs.get(node)
    if needed is not None:
        value = converter.name_tuple(converter.scope.bit(needed), result)
        result.keywords.append(at(ast.keyword("needs", value), result))
    if node in converter.lowering.terminal:
        out.append(at(ast.Return(result), node.test))
    else:
        out.append(at(ast.Expr(result), node.test))
    return out


STATEMENTS[ast.If] = convert_if
