"""Comprehensions and generator expressions: functions of what they go over, for operators to call.

``[f(x) for x in t]`` becomes ``ag.collected(t, lambda items: [f(x) for x in items])``; a condition
becomes an inner loop over ``ag.kept(condition, lambda: [...])``.
"""

from __future__ import annotations

import ast

from pygraph.autograph.analysis.scopes import comprehension_targets
from pygraph.autograph.converters.base import EXPRESSIONS, Converter
from pygraph.autograph.converters.expressions import condition, walrus_names
from pygraph.autograph.converters.nodes import LOAD, at, call, load, store, thunk


def convert_comprehension(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert a comprehension; one that assigns with ``:=`` keeps its own loop."""
    generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
    assigns = bool(walrus_names(converter, node))
    _convert_parts(converter, node, generators)
    if assigns or any(generator.is_async for generator in generators):
        return node
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        return _loops(converter, node, generators)
    first = generators[0]
    iterable, first.iter = first.iter, _items(converter, node)
    part = thunk(node, first.iter.id)
    return call(converter.operator("refused", node), [iterable, part], node)


def _convert_parts(
    converter: Converter, node: ast.expr, generators: list[ast.comprehension]
) -> None:
    first = generators[0]
    first.iter = converter.expression(first.iter)
    outer = converter.hidden
    converter.hidden = outer | comprehension_targets(generators)
    for generator in generators:
        if generator is not first:
            generator.iter = converter.expression(generator.iter)
        generator.ifs = [condition(converter, test) for test in generator.ifs]
    for name in ("elt", "key", "value"):
        part = getattr(node, name, None)
        if part is not None:
            setattr(node, name, converter.expression(part))
    converter.hidden = outer


def _loops(
    converter: Converter,
    node: ast.ListComp | ast.GeneratorExp,
    generators: list[ast.comprehension],
) -> ast.expr:
    """Return the operator's call for the first loop, which holds those for the others."""
    first, *others = generators
    iterable, first.iter = first.iter, _items(converter, node)
    items = first.iter.id
    loops, item = [first], node.elt
    if others or first.ifs:
        inner: ast.expr = at(ast.List([node.elt], LOAD), node)
        if others:
            inner = _loops(converter, node, others)
        for test in reversed(first.ifs):
            inner = call(converter.operator("kept", test), [test, thunk(inner)], node)
        found = converter.naming.reused("item")
        loops.append(ast.comprehension(store(found, node), inner, [], 0))
        item, first.ifs = load(found, node), []
    kind = type(node)
    name = "collected" if kind is ast.ListComp else "generated"
    part = thunk(at(kind(item, loops), node), items)
    return call(converter.operator(name, node), [iterable, part], node)


def _items(converter: Converter, node: ast.expr) -> ast.Name:
    return load(converter.naming.reused("items"), node)


EXPRESSIONS.update(
    {
        ast.ListComp: convert_comprehension,
        ast.SetComp: convert_comprehension,
        ast.DictComp: convert_comprehension,
        ast.GeneratorExp: convert_comprehension,
    }
)
