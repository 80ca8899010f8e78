"""``with``: what the user's context managers do when they are entered and left is converted."""

from __future__ import annotations

import contextlib
import inspect
from types import FunctionType
from typing import Any

from pygraph.autograph.operators.calls import call
from pygraph.control.effects.attempts import Attempt
from pygraph.control.tensors import is_tracing


def manager(value: Any) -> Any:
    """Return a context manager, or what stands for it and calls its methods converted."""
    if isinstance(value, contextlib.suppress) and is_tracing():
        return _Suppressing(value)
    enter = inspect.getattr_static(type(value), "__enter__", None)
    if not is_tracing() or type(enter) is not FunctionType or call(enter) is enter:
        return value
    return _Converting(value)


class _Suppressing:
    """Stands for ``contextlib.suppress``: a ``try`` whose handler does nothing."""

    __slots__ = ("_attempt", "_manager")

    def __init__(self, manager: contextlib.suppress) -> None:
        self._manager = manager
        self._attempt = Attempt(lambda: manager._exceptions)  # type: ignore[attr-defined]

    def __enter__(self) -> None:
        self._attempt.__enter__()

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool | None:
        suppressed = self._manager.__exit__(kind, error, traceback)
        if suppressed or kind is None:
            self._attempt.body_ended(error)
            self._attempt.__exit__(None)
        return suppressed


class _Converting:
    """Stands for a context manager."""

    __slots__ = ("_manager",)

    def __init__(self, manager: Any) -> None:
        self._manager = manager

    def __enter__(self) -> Any:
        return call(type(self._manager).__enter__)(self._manager)

    def __exit__(self, *arguments: Any) -> Any:
        return call(type(self._manager).__exit__)(self._manager, *arguments)
