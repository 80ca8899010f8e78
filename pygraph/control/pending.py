"""Variables of a staged loop that have no value in the loop's first trace, but may have one later.

Where a branch of a staged ``if`` reads such a variable, nothing is known of that branch yet: it is
left out until the loop is traced again with the type that the rest of the body gave the variable.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

_T = TypeVar("_T")

_NAME = re.compile(r"variable '(\w+)'")


class _State(threading.local):
    def __init__(self) -> None:
        self.names: list[frozenset[str]] = []
        self.skipped: list[NameError] = []


_state = _State()


@contextmanager
def pending(names: Sequence[str]) -> Iterator[list[NameError]]:
    """Trace a body in which ``names`` have no value yet; yields the reads that were left out."""
    outer = _state.skipped
    _state.names.append(frozenset(names))
    skipped: list[NameError] = []
    _state.skipped = skipped
    try:
        yield skipped
    finally:
        _state.names.pop()
        _state.skipped = outer


def unreachable(branch: Callable[[], _T]) -> _T | None:
    """Run a branch; return None if it reads a variable that has no value in this trace."""
    try:
        return branch()
    except NameError as error:
        name = error.name or _quoted(str(error))
        if not any(name in names for names in _state.names):
            raise
        _state.skipped.append(error)
        return None


def skipped_read() -> NameError:
    """Return the read that was left out last."""
    return _state.skipped[-1]


def _quoted(message: str) -> str:
    """Return the name in an UnboundLocalError, which has no attribute for it."""
    found = _NAME.search(message)
    return found[1] if found is not None else ""
