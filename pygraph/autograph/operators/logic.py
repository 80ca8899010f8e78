"""``and``, ``or``, ``not``, chains of comparisons; reads of variables that may be unset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pygraph._hot import SymbolicTensor
from pygraph.autograph.operators.branches import staged_expr
from pygraph.autograph.operators.comparisons import compared
from pygraph.autograph.operators.protocols import tested
from pygraph.autograph.operators.variables import run
from pygraph.control.effects.raising import require
from pygraph.control.join.unset import Maybe, given, known
from pygraph.control.tensors import as_predicate, logical_not, stages


def read(value: Any) -> Any:
    """Read a variable, or an attribute or item, that may be unset when the graph runs.

    Then that read is an error.
    """
    return given(value)


def read_free(value: Any, name: str) -> Any:
    """Read a variable of an enclosing function that may be unset when the graph runs."""
    if type(value) is not Maybe or value.none or value.part is not None:
        return given(value)
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
    return _logic(value, _Operands(operands, names, truth, True), 0, len(operands))


def or_(
    value: Any, *operands: Callable[[], Any], names: Sequence[str] = (), truth: bool = False
) -> Any:
    """``value or operand or ...``: an operand is evaluated when none before it holds.

    ``names`` and ``truth`` are as for ``and_``.
    """
    return _logic(value, _Operands(operands, names, truth, False), 0, len(operands))


class _Operands(NamedTuple):
    """The operands of ``and`` or ``or`` that may be left out.

    The next one is evaluated where a value's truth is ``goes_on``.
    """

    helpers: Sequence[Callable[[], Any]]
    names: Sequence[str]
    truth: bool
    goes_on: bool


def _logic(value: Any, operands: _Operands, index: int, end: int) -> Any:
    """Return what ``value`` and the operands from ``index`` to ``end`` give."""
    while index < end:
        test = tested(value)
        if stages(test):
            group = min(index + _GROUP, end)
            value = _staged_logic(value, test, operands, index, group)
            index = group
        elif bool(test) is not operands.goes_on:
            return value
        else:
            value = run(operands.helpers[index])
            index += 1
    return value


# So many operands nest; the next ones stand behind them.
_GROUP = 16


def _staged_logic(value: Any, test: Any, operands: _Operands, index: int, end: int) -> Any:
    def truth(result: Any) -> Any:
        return _truth(result) if operands.truth else result

    def rest() -> Any:
        return truth(_logic(run(operands.helpers[index]), operands, index + 1, end))

    # Where a value decides because it holds, it is not None.
    decided = value if operands.goes_on else known(value)
    branches = (rest, lambda: truth(decided))
    then, otherwise = branches if operands.goes_on else reversed(branches)
    # The variables are found in all operands; those of the group are enough for anything else.
    helpers = operands.helpers if operands.names else operands.helpers[index:end]
    result = staged_expr(test, then, otherwise, operands.names, helpers)
    if type(result) is SymbolicTensor and type(test) is SymbolicTensor:
        result.builder.note_implied(result, operands.goes_on, test, operands.goes_on)
    return result


def _truth(value: Any) -> Any:
    value = tested(value)
    return as_predicate(value) if stages(value) else bool(value)


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
