"""What changes objects: assignments to attributes and items, methods of containers, other scopes.

Each notes the object in the journal of the graph at hand before it is changed, so that a change in
a staged branch or loop can be undone and joins what that passes on.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable
from types import BuiltinFunctionType
from typing import Any, TypeVar

from pygraph.control.journal import note
from pygraph.control.tensors import is_tensor, is_tracing

_T = TypeVar("_T")

_CONTAINERS = (list, dict, set, deque)
_METHODS = frozenset(
    name
    for kind in _CONTAINERS
    for name in dir(kind)
    if name not in dir(tuple) and name not in ("copy", "keys", "values", "items", "get", "index")
) - {"difference", "intersection", "isdisjoint", "issubset", "issuperset", "symmetric_difference"}
# Functions in C that change what they are given.
_MODULES = ("_operator", "_heapq", "_bisect")
_FUNCTIONS = (setattr, delattr)


def changes(owner: _T) -> _T:
    """Return an object, an attribute or item of which is about to be assigned or deleted."""
    if is_tracing() and not is_tensor(owner):
        note(owner)
    return owner


def changing_builtin(function: BuiltinFunctionType) -> Callable[..., Any]:
    """Return a function in C such that it notes what it changes."""
    owner = function.__self__
    if isinstance(owner, _CONTAINERS):
        if function.__name__ in _METHODS:
            note(owner)
        return function
    if function in _FUNCTIONS or getattr(owner, "__name__", "") in _MODULES:

        @functools.wraps(function)
        def noting(*arguments: Any, **keywords: Any) -> Any:
            for argument in arguments[:1]:
                changes(argument)
            return function(*arguments, **keywords)

        return noting
    return function
