"""What changes objects when it is called: methods of containers, functions that assign elsewhere.

Each notes the object in the journal of the graph at hand before it is changed, so that a change in
a staged branch or loop can be undone and joins what that passes on.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable
from typing import Any

from pygraph.control.journal import note
from pygraph.control.lists import check_own

_CONTAINERS = (list, dict, set, deque)
_METHODS = (
    frozenset()
    .union(*map(dir, _CONTAINERS))
    .difference(
        dir(tuple),
        ("copy", "keys", "values", "items", "get", "index"),
        (
            "difference",
            "intersection",
            "isdisjoint",
            "issubset",
            "issuperset",
            "symmetric_difference",
        ),
    )
)
# Functions in C that change what they are given.
_MODULES = ("_operator", "_heapq", "_bisect")
_FUNCTIONS = (setattr, delattr)


def changing_builtin(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function in C such that it notes what it changes."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, _CONTAINERS):
        if function.__name__ in _METHODS:
            check_own(owner)
            note(owner)
        return function
    if function in _FUNCTIONS or getattr(owner, "__name__", "") in _MODULES:

        @functools.wraps(function)
        def noting(*arguments: Any, **keywords: Any) -> Any:
            for argument in arguments[:1]:
                note(argument)
            return function(*arguments, **keywords)

        return noting
    return function
