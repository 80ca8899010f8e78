"""``and``, ``or``, ``not``, chains of comparisons; reads of variables that may be unset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pygraph.autograph.operators.branches import staged_expr
from pygraph.autograph.operators.comparisons import compared
from pygraph.autograph.operators.effects import require
from pygraph.autograph.operators.protocols import tested
from pygraph.autograph.operators.variables import run
from pygraph.control.tensors import as_predicate, logical_not, stages
from pygraph.control.unset import Maybe


def read(value: Any) -> Any:
    """Read a variable that may be unset when the graph runs; then that read is an error."""
    return value.read() if type(value) is Maybe else value


def read_free(value: Any, name: str) -> Any:
    """Read a variable of an enclosing function that may be unset when the graph runs."""
    if type(value) is not Maybe or value.none:
        return read(value)
    require(value.defined, NameError, _FREE.format(name))
    return value.value


_FREE = (
    "cannot access free variable {!r} where it is not associated with a value in enclosing scope"
)


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
    result = compared(left, symbol, right)
    if not others:
        return result

    def rest() -> Any:
        return compare(right, others[0], run(others[1]), *others[2:], names=names)

    if not stages(result):
        return rest() if result else result
    return staged_expr(result, rest, lambda: result, names, others[1::2])
