"""``while`` and ``for``: a function for the body, one for the test, an operator that runs them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pygraph.autograph.converters.base import STATEMENTS, Converter, Place
from pygraph.autograph.converters.expressions import condition, lazy
from pygraph.autograph.converters.nodes import at, call, constant, helper, load, parameters


def convert_while(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert a ``while`` loop without jumps and ``else``."""
    assert isinstance(node, ast.While)
    facts = converter.facts(node)
    names = converter.modified(node.body) & (facts.live_out | facts.live_body)
    directly = _assigned(converter, node)
    augmented = _only_augmented(converter, node) & names
    test = lazy(converter, condition(converter, node.test))
    options = _take_options(converter, node)
    body = converter.helper_body(node.body, names, 0, node)
    definition = helper("loop_body", parameters(), body, node)
    arguments: list[ast.expr] = [test, load(definition.name, node)]
    if names:
        arguments.append(converter.name_tuple(names, node))
    result = call(converter.operator("while_stmt", node.test), arguments, node.test)
    converter.mention_guarded(result, names, directly)
    converter.mention("augmented", augmented, result)
    result.keywords.extend(options)
    return [definition, at(ast.Expr(result), node.test)]


def convert_for(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert a ``for`` loop without jumps and ``else``."""
    assert isinstance(node, ast.For)
    facts = converter.facts(node)
    targets = facts.writes
    names = (converter.modified(node.body) | targets) & (facts.live_out | facts.live_body)
    directly = _assigned(converter, node)
    augmented = _only_augmented(converter, node) & names
    iterable = converter.expression(node.iter)
    options = _take_options(converter, node)
    before = converter.take_before()
    exit_test = converter.lowering.exits.get(node)
    keywords: list[ast.keyword] = []
    if exit_test is not None:
        going = lazy(converter, converter.expression(exit_test))
        keywords.append(at(ast.keyword("test", going), node))

    target = node.target
    if isinstance(target, ast.Name) and not targets & names:
        item = target.id
        body = converter.helper_body(node.body, names, targets, node)
    else:
        item = converter.naming.fresh("item")
        unpack = at(ast.Assign([target], load(item, target)), target)

        def prologue(place: Place) -> list[ast.stmt]:
            place.bound |= targets
            place.local |= targets & ~names
            unpack.targets = [converter.expression(target)]
            return [unpack]

        body = converter.helper_body(node.body, names, 0, node, prologue)
    definition = helper("loop_body", parameters([(item, None)]), body, node)
    arguments: list[ast.expr] = [iterable, load(definition.name, node)]
    if names:
        arguments.append(converter.name_tuple(names, node))
    elif keywords:
        arguments.append(constant((), node))
    result = call(converter.operator("for_stmt", node.iter), arguments, node.iter)
    result.keywords.extend(keywords)
    converter.mention_guarded(result, names, directly)
    converter.mention("augmented", augmented, result)
    result.keywords.extend(options)
    return [*before, definition, at(ast.Expr(result), node.iter)]


def _only_augmented(converter: Converter, node: ast.While | ast.For) -> int:
    """Return the names that a loop assigns by ``x += y`` and the like only."""
    scope = converter.scope
    augmented = otherwise = 0
    for statement in _statements(node):
        facts = converter.facts(statement)
        own = 0
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            own = scope.bit(statement.target.id)
        elif isinstance(statement, ast.FunctionDef):
            otherwise |= scope.assigned_inside
        augmented |= own
        otherwise |= (facts.writes | facts.deletes) & ~own
    return augmented & ~otherwise


def _statements(node: ast.While | ast.For) -> Iterator[ast.stmt]:
    """Yield a loop and the statements in it, without those of functions and classes."""
    pending: list[ast.AST] = [node]
    for part in pending:
        if isinstance(part, ast.stmt):
            yield part
        if isinstance(part, _WITH_STATEMENTS):
            for name in ("body", "orelse", "handlers", "finalbody", "cases"):
                pending.extend(getattr(part, name, ()))


_WITH_STATEMENTS = (
    *(ast.If, ast.While, ast.For, ast.With, ast.Try, ast.TryStar, ast.Match),
    *(ast.ExceptHandler, ast.match_case),
)


def _take_options(converter: Converter, node: ast.While | ast.For) -> list[ast.keyword]:
    """Take ``set_loop_options(...)`` out of a body; return it for the operator, as a function."""
    keywords = []
    for statement in [s for s in node.body if _sets_options(s)]:
        assert isinstance(statement, ast.Expr)
        node.body.remove(statement)
        options = lazy(converter, converter.expression(statement.value))
        keywords = [at(ast.keyword("options", options), statement)]
    return keywords


def _sets_options(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    function = node.value.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "set_loop_options"


def _assigned(converter: Converter, node: ast.While | ast.For) -> int:
    """Return the names that the statements in a loop assign themselves."""
    assigned = converter.facts(node).writes
    for statement in _statements(node) if converter.scope.assigned_inside else ():
        assigned |= converter.facts(statement).writes
    return assigned


STATEMENTS[ast.While] = convert_while
STATEMENTS[ast.For] = convert_for
