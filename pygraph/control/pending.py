"""What a staged loop's first trace does not know yet: variables without value, lists without items.

Where a branch of a staged ``if`` reads such a variable, or an item that is not there yet, nothing
is known of that branch: it is left out until the loop is traced again with the type that the rest
of the body gave the variable or the list.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

_T = TypeVar("_T")

_NAME = re.compile(r"variable '(\w+)'")


class MissingItemError(IndexError):
    """A list has no such item while a graph is traced; a later trace may find one."""


# To the user it is Python's own error.
MissingItemError.__name__ = MissingItemError.__qualname__ = IndexError.__name__
MissingItemError.__module__ = IndexError.__module__


Unknown = NameError | MissingItemError


class _State(threading.local):
    def __init__(self) -> None:
        self.names: list[frozenset[str]] = []
        self.skipped: list[Unknown] = []


_state = _State()


@contextmanager
def pending(names: Sequence[str]) -> Iterator[list[Unknown]]:
    """Trace a body in which ``names`` have no value yet; yields the reads that were left out."""
    outer = _state.skipped
    _state.names.append(frozenset(names))
    skipped: list[Unknown] = []
    _state.skipped = skipped
    try:
        yield skipped
    finally:
        _state.names.pop()
        _state.skipped = outer


def unreachable(branch: Callable[[], _T]) -> _T | None:
    """Run a branch; return None if it reads what has no value in this trace."""
    try:
        return branch()
    except MissingItemError as error:
        if not _state.names:
            raise
        _state.skipped.append(error)
        return None
    except NameError as error:
        name = error.name or _quoted(str(error))
        if not any(name in names for names in _state.names):
            raise
        _state.skipped.append(error)
        return None


def skipped_read() -> Unknown:
    """Return the read that was left out last."""
    return _state.skipped[-1]


def _quoted(message: str) -> str:
    """Return the name in an UnboundLocalError, which has no attribute for it."""
    found = _NAME.search(message)
    return found[1] if found is not None else ""
