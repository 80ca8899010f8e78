"""``with``: what the user's context managers do when they are entered and left is converted."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import Any

from pygraph.autograph.operators.calls import call
from pygraph.control.tensors import is_tracing


def manager(value: Any) -> Any:
    """Return a context manager, or what stands for it and calls its methods converted."""
    enter = inspect.getattr_static(type(value), "__enter__", None)
    if not is_tracing() or type(enter) is not FunctionType or call(enter) is enter:
        return value
    return _Converting(value)


class _Converting:
    """Stands for a context manager."""

    __slots__ = ("_manager",)

    def __init__(self, manager: Any) -> None:
        self._manager = manager

    def __enter__(self) -> Any:
        return call(type(self._manager).__enter__)(self._manager)

    def __exit__(self, *arguments: Any) -> Any:
        return call(type(self._manager).__exit__)(self._manager, *arguments)
