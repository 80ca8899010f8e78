"""``and``, ``or``, ``not``, comparisons, ``x if c else y``, checked reads: operators where needed.

A single comparison of two values stays as it is: the tensor's own operators serve it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from pygraph.autograph.analysis.scopes import children_of
from pygraph.autograph.converters.base import EXPRESSIONS, LONG, STATEMENTS, Converter
from pygraph.autograph.converters.nodes import (
    LOAD,
    at,
    call,
    constant,
    helper,
    load,
    parameters,
    thunk,
)
from pygraph.autograph.converters.reads import note_part, note_variable

_SYMBOLS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_SINGLE: dict[type[ast.cmpop], str] = {
    ast.Is: "is_",
    ast.IsNot: "is_not",
    ast.In: "in_",
    ast.NotIn: "not_in",
}


def lazy(converter: Converter, node: ast.expr) -> ast.expr:
    """Return a function that evaluates an expression when it is called."""
    assigned = walrus_names(converter, node)
    if not assigned:
        return thunk(node)
    # A walrus in a lambda would assign the lambda's own variable.
    scope = converter.scope
    body: list[ast.stmt] = [at(ast.Return(node), node)]
    mask = scope.mask(assigned)
    if mask & scope.declared_global:
        body.insert(0, at(ast.Global(scope.names(mask & scope.declared_global)), node))
    shared = mask & ~scope.declared_global
    if shared:
        body.insert(0, at(ast.Nonlocal(scope.names(shared)), node))
        converter.place.wanted |= shared
        converter.moved |= shared
    definition = helper("operand_" + str(len(converter.before)), parameters(), body, node)
    converter.before.append(definition)
    return load(definition.name, node)


def can_be_lazy(converter: Converter, nodes: list[ast.expr]) -> bool:
    """Return whether expressions can become functions: not with a walrus inside a lambda."""
    if not converter.scope.walrus:
        return True
    inside = bool(converter.hidden) or isinstance(converter.scope.node, ast.Lambda)
    return not inside or not any(walrus_names(converter, node) for node in nodes)


def walrus_names(converter: Converter, node: ast.expr) -> list[str]:
    """Return the names that an expression assigns with ``:=``."""
    if not converter.scope.walrus:
        return []
    names = []
    pending: list[ast.AST] = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, ast.NamedExpr):
            names.append(current.target.id)
        if not isinstance(current, ast.Lambda) or current.args.vararg is not None:
            pending.extend(children_of(current))
    return names


def convert_name(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert a read of a variable that may be unset: ``ag.read(x)``, ``ag.read_free(x, "x")``."""
    assert isinstance(node, ast.Name)
    if type(node.ctx) is not ast.Load:
        return node
    if converter.naming.noted is not None:
        note_variable(converter, node)
    if not converter.is_checked(node.id):
        return node
    scope = converter.scope
    if scope.bits.get(node.id, 0) & scope.variables:
        return call(converter.operator("read", node), [node], node)
    name = constant(converter.naming.mangled(node.id), node)
    return call(converter.operator("read_free", node), [node, name], node)


def convert_constant(converter: Converter, node: ast.expr) -> ast.expr:
    """Leave a literal alone."""
    return node


def condition(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert an expression of which only the truth matters, not the value."""
    note_condition(converter, node)
    return converter.expression(node)


def note_condition(converter: Converter, node: ast.expr) -> None:
    """Note that of an expression only the truth matters."""
    converter.conditions.update(_mixed_logic(node))


def _mixed_logic(node: ast.expr) -> Iterator[ast.expr]:
    """Yield each ``and`` and ``or`` that decides the truth and may give what is no bool."""
    if isinstance(node, ast.BoolOp):
        if not _is_bool(node):
            yield node
        for value in node.values:
            yield from _mixed_logic(value)


def _is_bool(node: ast.expr) -> bool:
    if isinstance(node, ast.BoolOp):
        return all(map(_is_bool, node.values))
    return isinstance(node, ast.Compare) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def convert_attribute(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert an attribute; what one is assigned to, or deleted from, is noted first."""
    assert isinstance(node, ast.Attribute)
    converter.children(node)
    if converter.naming.noted is not None:
        note_part(converter, node)
    if type(node.ctx) is not ast.Load:
        node.value = call(converter.operator("changes", node.value), [node.value], node.value)
    return node


def convert_bool_op(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert ``a and b``: ``ag.and_(a, lambda: b)``."""
    assert isinstance(node, ast.BoolOp)
    if not can_be_lazy(converter, node.values[1:]):
        converter.children(node)
        return node
    first, *others = [converter.expression(value) for value in node.values]
    name = "and_" if isinstance(node.op, ast.And) else "or_"
    assigned = _walrus_mask(converter, others)
    arguments = [first, *(lazy(converter, other) for other in others)]
    result = call(converter.operator(name, node), arguments, node)
    if node in converter.conditions:
        result.keywords.append(at(ast.keyword("truth", constant(True, node)), node))
    return _with_names(converter, result, assigned)


def convert_unary_op(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert ``not x``."""
    assert isinstance(node, ast.UnaryOp)
    if isinstance(node.op, ast.Not):
        operand = condition(converter, node.operand)
        return call(converter.operator("not_", node), [operand], node)
    node.operand = converter.expression(node.operand)
    return node


def convert_if_exp(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert ``x if c else y``: ``ag.if_expr(c, lambda: x, lambda: y)``."""
    assert isinstance(node, ast.IfExp)
    tests, values = _expression_chain(node)
    if len(tests) > LONG and not any(walrus_names(converter, part) for part in (*tests, *values)):
        return _convert_chain(converter, node, tests, values)
    if not can_be_lazy(converter, [node.body, node.orelse]):
        converter.children(node)
        return node
    test = condition(converter, node.test)
    branches = [converter.expression(node.body), converter.expression(node.orelse)]
    assigned = _walrus_mask(converter, branches)
    arguments = [test, *(lazy(converter, branch) for branch in branches)]
    result = call(converter.operator("if_expr", node), arguments, node)
    return _with_names(converter, result, assigned)


def _expression_chain(node: ast.expr) -> tuple[list[ast.expr], list[ast.expr]]:
    """Return the tests of ``a if test else b if test else ...``, and the values."""
    tests: list[ast.expr] = []
    values: list[ast.expr] = []
    while isinstance(node, ast.IfExp):
        tests.append(node.test)
        values.append(node.body)
        node = node.orelse
    return tests, [*values, node]


def _convert_chain(
    converter: Converter, node: ast.IfExp, tests: list[ast.expr], values: list[ast.expr]
) -> ast.expr:
    """Convert a long chain: ``ag.expr_chain((lambda: c, ...), (lambda: x, ..., lambda: y))``."""
    made = [thunk(condition(converter, test)) for test in tests]
    given = [thunk(converter.expression(value)) for value in values]
    arguments: list[ast.expr] = [at(ast.Tuple([*part], LOAD), node) for part in (made, given)]
    return call(converter.operator("expr_chain", node), arguments, node)


def convert_compare(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert ``in``, ``is``, ``==`` and chains like ``a < b < c``."""
    assert isinstance(node, ast.Compare)
    operands = [node.left, *node.comparators]
    if len(node.ops) > 1:
        return _chain(converter, node, operands)
    operation = type(node.ops[0])
    if operation in (ast.Is, ast.IsNot):
        unread = [isinstance(o, ast.Name) and converter.is_checked(o.id) for o in operands]
        # An operand that may be unset is not read: `is None` asks for just that.
        left, right = [
            operand if raw else converter.expression(operand)
            for operand, raw in zip(operands, unread, strict=True)
        ]
        return call(converter.operator(_SINGLE[operation], node), [left, right], node)
    if operation in _SINGLE:
        arguments = [converter.expression(operand) for operand in operands]
        return call(converter.operator(_SINGLE[operation], node), arguments, node)
    converter.children(node)
    equality = operation in (ast.Eq, ast.NotEq)
    if (equality and not any(isinstance(o, _NO_CONTAINER) for o in operands)) or any(
        isinstance(o, (ast.Tuple, ast.List)) for o in operands
    ):
        arguments = [node.left, constant(_SYMBOLS[operation], node), node.comparators[0]]
        return call(converter.operator("compare", node), arguments, node)
    return node


# Expressions that are no list, tuple, dict or object.
_NO_CONTAINER = (ast.Constant, ast.UnaryOp, ast.Compare, ast.JoinedStr, ast.Lambda)


def _chain(converter: Converter, node: ast.Compare, operands: list[ast.expr]) -> ast.expr:
    if not can_be_lazy(converter, operands[2:]):
        converter.children(node)
        return node
    values = [converter.expression(operand) for operand in operands]
    assigned = _walrus_mask(converter, values[2:])
    arguments = [values[0]]
    for index, (operation, value) in enumerate(zip(node.ops, values[1:], strict=True)):
        arguments.append(constant(_SYMBOLS[type(operation)], node))
        arguments.append(value if index == 0 else lazy(converter, value))
    result = call(converter.operator("compare", node), arguments, node)
    return _with_names(converter, result, assigned)


def _walrus_mask(converter: Converter, nodes: list[ast.expr]) -> int:
    return converter.scope.mask(name for node in nodes for name in walrus_names(converter, node))


def _with_names(converter: Converter, result: ast.Call, assigned: int) -> ast.Call:
    """Tell an operator which variables its operands assign."""
    if assigned:
        value = converter.name_tuple(assigned, result)
        result.keywords.append(at(ast.keyword("names", value), result))
    return result


def convert_subscript(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert ``x[i]``: ``ag.item(x, i)``; what an item is assigned to is noted first.

    Several indices with a slice or number among them are a tensor's, which needs no help.
    """
    assert isinstance(node, ast.Subscript)
    if type(node.ctx) is not ast.Load:
        value = _place(converter, node.value)
        node.slice = converter.expression(node.slice)
        node.value = call(converter.operator("changes", value), [value], value)
        return node
    converter.children(node)
    if converter.naming.noted is not None:
        note_part(converter, node)
    return _item(converter, node, "item")


def _place(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert what an item is assigned to: an item itself may be a part of a tensor by then."""
    if not isinstance(node, ast.Subscript):
        return converter.expression(node)
    node.value = _place(converter, node.value)
    node.slice = converter.expression(node.slice)
    return _item(converter, node, "place")


def _item(converter: Converter, node: ast.Subscript, operator: str) -> ast.expr:
    key = node.slice
    named = isinstance(key, ast.Constant) and isinstance(key.value, str)
    # No list takes a tuple for a key; an array does, of tensors too.
    if named:
        noted = converter.naming.noted
        if noted is not None and node in noted.nodes:
            return node  # which becomes this operator's call
        return call(converter.operator("entry", node), [node.value, key], node)
    if isinstance(key, ast.Tuple) and operator == "item" and not _has_names(key):
        return node
    return call(converter.operator(operator, node), [node.value, _key(converter, key)], node)


def _has_names(key: ast.expr) -> bool:
    return any(isinstance(part, (ast.Name, ast.Attribute)) for part in ast.walk(key))


def _key(converter: Converter, key: ast.expr) -> ast.expr:
    """Return a key as an argument: its slices become calls."""
    if isinstance(key, ast.Tuple):
        key.elts = [_key(converter, part) for part in key.elts]
    if not isinstance(key, ast.Slice):
        return key
    bounds = [bound or constant(None, key) for bound in (key.lower, key.upper)]
    bounds += [] if key.step is None else [key.step]
    return call(converter.operator("slice", key), bounds, key)


def convert_binary_op(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert ``[x] * n`` and ``"..." % values``; other arithmetic is the tensors' own."""
    assert isinstance(node, ast.BinOp)
    operands = [node.left, node.right]
    operator = ""
    if isinstance(node.op, ast.Mult) and any(isinstance(o, ast.List) for o in operands):
        operator = "repeated"
    elif isinstance(node.op, ast.Mod) and _is_text(node.left):
        operator = "percent"
    converter.children(node)
    if not operator:
        return node
    return call(converter.operator(operator, node), [node.left, node.right], node)


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, ast.JoinedStr)


def convert_assign(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert an assignment; a variable may get None on some ways, and is checked when read."""
    assert isinstance(node, ast.Assign)
    node.value = converter.value(node.value)
    node.targets = [converter.expression(target) for target in node.targets]
    counts = _unpacked_counts(node)
    if counts:
        arguments = [node.value, *(constant(count, node.value) for count in counts)]
        node.value = call(converter.operator("unpacked", node.value), arguments, node.value)
    return [node]


def convert_return(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    """Convert a ``return``."""
    assert isinstance(node, ast.Return)
    if node.value is not None:
        node.value = converter.value(node.value)
    return [node]


def convert_display(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert a tuple, list or set, which holds what is read in it."""
    assert isinstance(node, (ast.Tuple, ast.List, ast.Set))
    if isinstance(node, ast.Set) or type(node.ctx) is ast.Load:
        node.elts = [converter.value(part) for part in node.elts]
    else:
        converter.children(node)
    return _keyed(converter, node, node.elts) if isinstance(node, ast.Set) else node


def convert_dict(converter: Converter, node: ast.expr) -> ast.expr:
    """Convert a dict display."""
    assert isinstance(node, ast.Dict)
    converter.children(node)
    return _keyed(converter, node, node.keys)


def _keyed(converter: Converter, node: ast.expr, keys: Sequence[ast.expr | None]) -> ast.expr:
    """Convert a display in which Python tells objects apart by their hashes."""
    if all(isinstance(key, ast.Constant) for key in keys if key is not None):
        return node
    return call(converter.operator("keyed", node), [node], node)


def _unpacked_counts(node: ast.Assign) -> list[int]:
    """Return how many items of its value an assignment takes apart; nothing if it does not.

    Two counts are those before and behind a starred target.
    """
    if isinstance(node.value, (ast.Tuple, ast.Constant)):
        return []
    for target in node.targets:
        if isinstance(target, (ast.Tuple, ast.List)):
            count = len(target.elts)
            for place, part in enumerate(target.elts):
                if isinstance(part, ast.Starred):
                    return [place, count - place - 1]
            return [count]
    return []


EXPRESSIONS.update(dict.fromkeys((ast.Tuple, ast.List, ast.Set), convert_display))
EXPRESSIONS[ast.Dict] = convert_dict
STATEMENTS[ast.Assign] = convert_assign
STATEMENTS[ast.Return] = convert_return
EXPRESSIONS.update(
    {
        ast.Attribute: convert_attribute,
        ast.Name: convert_name,
        ast.Constant: convert_constant,
        ast.BinOp: convert_binary_op,
        ast.BoolOp: convert_bool_op,
        ast.UnaryOp: convert_unary_op,
        ast.IfExp: convert_if_exp,
        ast.Compare: convert_compare,
        ast.Subscript: convert_subscript,
    }
)
