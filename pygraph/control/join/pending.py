"""What has no type yet in the first trace of a loop or a recursion, but may have one later.

That is a variable which a staged loop has given no value so far, an item that a list does not have
yet, and the result of a function that calls itself. Where a branch of a staged ``if`` reads such a
value, nothing is known of that branch yet: it is left out until the body is traced again with the
type that the rest of it gave the value.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

_T = TypeVar("_T")

_NAME = r"variable '(\w+)'"


class UnknownResult(BaseException):
    """A call's result is needed, and its type is not known in this trace, which is discarded.

    ``depth`` tells functions under way from those that they call. It is no Exception: the user's
    handlers are not asked.
    """

    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self.depth = depth


class MissingItemError(IndexError):
    """A list has no such item while a graph is traced; a later trace may find one."""


# To the user it is Python's own error.
MissingItemError.__name__ = MissingItemError.__qualname__ = IndexError.__name__
MissingItemError.__module__ = IndexError.__module__


Unknown = NameError | MissingItemError


class _State(threading.local):
    def __init__(self) -> None:
        self.names: list[frozenset[str]] = []
        self.waits: list[bool] = []  # whether items may still come, of each loop
        self.skipped: list[Unknown] = []


_state = _State()


@contextmanager
def pending(names: Sequence[str], waits: bool = True) -> Iterator[list[Unknown]]:
    """Trace a body in which ``names`` have no value yet; yields the reads that were left out.

    Unless it ``waits``, no list will have more items in another trace.
    """
    outer = _state.skipped
    _state.names.append(frozenset(names))
    _state.waits.append(waits)
    skipped: list[Unknown] = []
    _state.skipped = skipped
    try:
        yield skipped
    finally:
        _state.names.pop()
        _state.waits.pop()
        _state.skipped = outer
        skipped.clear()  # the frames of their tracebacks hold this list


def items_may_come(*, outside: bool = False) -> bool:
    """Return whether a later trace may find an item that a list does not have in this one.

    ``outside`` asks for the loops around the innermost one.
    """
    return any(_state.waits[:-1] if outside else _state.waits)


def unreachable(branch: Callable[[], _T]) -> _T | UnknownResult | None:
    """Run a branch that may read what has no type in this trace.

    Return None where that is a variable or an item, and the UnknownResult where it is one.
    """
    try:
        return branch()
    except UnknownResult as unknown:
        return unknown.with_traceback(None)  # whose frames hold this one's caller, and so a cycle
    except MissingItemError as error:
        if not items_may_come():
            raise
        _state.skipped.append(error)
        return None
    except NameError as error:
        name = error.name or _quoted(str(error))
        if not any(name in names for names in _state.names):
            raise
        _state.skipped.append(error)
        return None


def leave_out(read: Unknown) -> None:
    """Note that a read was left out, which a loop inside of the one at hand still waits for."""
    _state.skipped.append(read)


def skipped_read() -> Unknown:
    """Return the read that was left out last."""
    return _state.skipped[-1]


def _quoted(message: str) -> str:
    """Return the name in an UnboundLocalError, which has no attribute for it."""
    found = re.search(_NAME, message)
    return found[1] if found is not None else ""
