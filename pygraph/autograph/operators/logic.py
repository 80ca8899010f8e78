"""``and``, ``or``, ``not``, comparisons, ``in``, ``is``; reads of variables that may be unset."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from pygraph.autograph.operators.branches import if_expr, staged_expr
from pygraph.autograph.operators.variables import run
from pygraph.control.lists import count, is_staged, same_items, scalars, tested
from pygraph.control.tensors import any_equal, as_predicate, is_tensor, logical_not, stages
from pygraph.control.unset import Maybe

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def read(value: Any) -> Any:
    """Read a variable that may be unset when the graph runs; then that read is an error."""
    return value.read() if type(value) is Maybe else value


def not_(value: Any) -> Any:
    """``not value``."""
    value = tested(value)
    return logical_not(value) if stages(value) else not value


def and_(
    value: Any, *operands: Callable[[], Any], names: Sequence[str] = (), truth: bool = False
) -> Any:
    """``value and operand and ...``: an operand is evaluated when all before it hold.

    ``names`` are variables that operands assign with ``:=``; with ``truth`` only that of the result
    matters, and operands may have any types.
    """
    for index, operand in enumerate(operands):
        value = tested(value)
        if stages(value):
            return _staged_and(value, operands[index:], names, truth)
        if not value:
            return value
        value = run(operand)
    return value


def _staged_and(
    value: Any, operands: Sequence[Callable[[], Any]], names: Sequence[str], truth: bool
) -> Any:
    def rest() -> Any:
        result = and_(run(operands[0]), *operands[1:], names=names, truth=truth)
        return _truth(result) if truth else result

    return staged_expr(value, rest, lambda: _truth(value) if truth else value, names, operands)


def _truth(value: Any) -> Any:
    value = tested(value)
    return as_predicate(value) if stages(value) else bool(value)


def or_(
    value: Any, *operands: Callable[[], Any], names: Sequence[str] = (), truth: bool = False
) -> Any:
    """``value or operand or ...``: an operand is evaluated when none before it holds.

    ``names`` are variables that operands assign with ``:=``; with ``truth`` only that of the result
    matters, and operands may have any types.
    """
    for index, operand in enumerate(operands):
        value = tested(value)
        if stages(value):
            return _staged_or(value, operands[index:], names, truth)
        if value:
            return value
        value = run(operand)
    return value


def _staged_or(
    value: Any, operands: Sequence[Callable[[], Any]], names: Sequence[str], truth: bool
) -> Any:
    def rest() -> Any:
        result = or_(run(operands[0]), *operands[1:], names=names, truth=truth)
        return _truth(result) if truth else result

    return staged_expr(value, lambda: _truth(value) if truth else value, rest, names, operands)


def compare(left: Any, symbol: str, right: Any, *others: Any, names: Sequence[str] = ()) -> Any:
    """``left < right < ...``: ``others`` are symbols and functions that give the next operands.

    ``names`` are variables that operands assign with ``:=``.
    """
    result = _compare(left, symbol, right)
    if not others:
        return result

    def rest() -> Any:
        return compare(right, others[0], run(others[1]), *others[2:], names=names)

    if not stages(result):
        return rest() if result else result
    return staged_expr(result, rest, lambda: result, names, others[1::2])


def _compare(left: Any, symbol: str, right: Any) -> Any:
    comparison = _COMPARISONS.get(symbol)
    if is_staged(left) or is_staged(right):
        return _compare_lists(left, symbol, right)
    if comparison is not None:
        return comparison(left, right)
    return _OTHERS[symbol](left, right)


def _compare_lists(left: Any, symbol: str, right: Any) -> Any:
    if symbol in _OTHERS:
        return _OTHERS[symbol](left, right)
    if symbol not in ("==", "!="):
        raise TypeError(f"lists whose length the graph decides have no order: {symbol!r}")
    if type(left) is not type(right):
        return symbol == "!="
    equal = count(left) == count(right)
    if len(left) and len(right):
        equal = if_expr(equal, lambda: same_items(left, right), lambda: False)
    return equal if symbol == "==" else not_(equal)


def is_(left: Any, right: Any) -> Any:
    """``left is right``; of a variable that may be unset or None, ``is None`` asks its flag."""
    for value, other in ((left, right), (right, left)):
        if type(value) is Maybe:
            return value.is_none() if other is None else value.read() is other
    return left is right


def is_not(left: Any, right: Any) -> Any:
    """``left is not right``."""
    return not_(is_(left, right))


def in_(value: Any, container: Any) -> Any:
    """``value in container``: with tensors, whether any element is equal."""
    if is_tensor(container):
        return any_equal(value, container) if _staged(value, container) else value in container
    if is_staged(container):
        return any_equal(value, scalars(container, "in"))
    if isinstance(container, (list, tuple)) and (
        stages(value) or any(stages(item) for item in container)
    ):
        return _any_equal(value, list(container))
    return value in container


def _any_equal(value: Any, items: list[Any]) -> Any:
    """Compare with one item after the other, up to the first that is equal."""
    if not items:
        return False
    first, *others = items
    equal = first is value or first == value
    return or_(equal, lambda: _any_equal(value, others))


def _staged(*values: Any) -> bool:
    return any(stages(value) for value in values)


def not_in(value: Any, container: Any) -> Any:
    """``value not in container``."""
    return not_(in_(value, container))


_OTHERS: dict[str, Callable[[Any, Any], Any]] = {
    "is": is_,
    "is not": is_not,
    "in": in_,
    "not in": not_in,
}
