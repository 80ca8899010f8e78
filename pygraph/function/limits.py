"""Bounds on the graphs kept: per Function, and in bytes for the whole process."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from pygraph._hot import CompiledGraph, hooks

if TYPE_CHECKING:
    from pygraph.function.concrete import ConcreteFunction
    from pygraph.function.function import Function

_functions: weakref.WeakSet[Function[..., Any]] = weakref.WeakSet()
_limit: int | None = None


def register(function: Function[..., Any]) -> None:
    """Let the graphs of a Function count in the limit of the process."""
    _functions.add(function)


def set_limit(limit: int | None) -> None:
    """Set how many bytes all graphs may hold, and drop what is above that.

    Raises ValueError for a negative limit and TypeError for what is no integer.
    """
    global _limit
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool)):
        raise TypeError(f"the cache limit must be a number of bytes or None, got {limit!r}")
    if limit is not None and limit < 0:
        raise ValueError(f"the cache limit must be at least 0 bytes, got {limit}")
    _limit = limit
    trim(None)


def trim(newest: CompiledGraph | None) -> None:
    """Drop the graphs used least recently until the rest is within the limit; never ``newest``."""
    if _limit is None:
        return
    held = [
        (concrete.last_used, concrete.bytes_held(), index, function, concrete)
        for index, function in enumerate(list(_functions))
        for concrete in function.own_graphs()
    ]
    total = sum(entry[1] for entry in held)
    for _, size, _, function, concrete in sorted(held, key=lambda entry: (entry[0], entry[2])):
        if total <= _limit:
            return
        if concrete is not newest:
            function.drop(concrete)
            total -= size


def trim_function(function: Function[..., Any], newest: ConcreteFunction, limit: int) -> None:
    """Drop the graphs of one Function used least recently until there are ``limit`` at most."""
    graphs = sorted(function.own_graphs(), key=lambda concrete: concrete.last_used)
    for concrete in graphs[: max(0, len(graphs) - limit)]:
        if concrete is not newest:
            function.drop(concrete)


hooks.limit_caches = set_limit
hooks.trim_caches = trim
