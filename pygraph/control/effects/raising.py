"""``raise`` in converted code, and what must hold when a graph runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pygraph.control.conditional import each_way, stage_cond
from pygraph.control.join.chosen_values import chosen_in, decided
from pygraph.control.join.errors import CallSite
from pygraph.control.tensors import current, stages
from pygraph.graph.exceptions import RAISED_AT
from pygraph.graph.locations import current_chain


def raised(error: Any) -> Any:
    """Note where the user raises an exception; return it, for ``raise`` to raise."""
    if current() is None:
        return error
    if isinstance(error, type) and issubclass(error, BaseException):
        error = error()
    if isinstance(error, BaseException):
        error = _decided(error)
        setattr(error, RAISED_AT, current_chain())
    return error


def _decided(error: BaseException) -> BaseException:
    """Record the exception with each of the values that a tensor chooses in it, but for the last.

    Return that one.
    """
    choice = chosen_in(error)
    if choice is None:
        return error
    ways = [_copied(error, choice, number) for number in range(len(choice.values))]

    def fail(number: int) -> None:
        if number + 1 < len(ways):
            raise raised(ways[number])

    each_way(choice, fail)
    return _decided(ways[-1])


def _copied(error: BaseException, choice: Any, number: int) -> BaseException:
    """Return an exception like another one, with one of the values in the place of a choice."""
    made = type(error).__new__(type(error), *decided(error.args, choice, number))
    made.args = decided(error.args, choice, number)
    made.__dict__.update(decided(vars(error), choice, number))
    made.__cause__, made.__suppress_context__ = error.__cause__, error.__suppress_context__
    return made


def require(holds: Any, kind: type[Exception], *message: Any) -> None:
    """Raise an exception unless something holds: now, or when the graph runs."""
    require_or(holds, lambda: kind(*message))


def require_or(holds: Any, error: Callable[[], Exception]) -> None:
    """As ``require``, of an exception that is made only where it is needed."""

    def fail() -> list[Any]:
        raise raised(error())

    if stages(holds):
        site = CallSite(("where it holds", "where it does not"), (fail, fail))
        stage_cond(holds, list, fail, (), site=site)
    elif not holds:
        fail()
