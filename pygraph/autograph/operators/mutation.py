"""What changes objects when it is called: methods of containers, functions that assign elsewhere.

Each notes the object in the journal of the graph at hand before it is changed, so that a change in
a staged branch or loop can be undone and joins what that passes on.
"""

from __future__ import annotations

import dis
import functools
from collections import deque
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from pygraph.control.journal import note
from pygraph.control.lists import check_own
from pygraph.graph.locations import mark_of

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


def note_outer_variables(function: FunctionType) -> None:
    """Note the variables of modules and enclosing functions that a function assigns."""
    variables, free = _assigned_outside(function.__code__)
    if variables:
        note(function.__globals__, variables)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        if name in free:
            note(cell)


@functools.lru_cache(maxsize=4096)
def _assigned_outside(code: CodeType) -> tuple[frozenset[str], frozenset[str]]:
    """Return the globals and the free variables that a function, or a helper in it, assigns."""
    variables: set[str] = set()
    free: set[str] = set()
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            variables.add(instruction.argval)
        elif instruction.opname in ("STORE_DEREF", "DELETE_DEREF"):
            free.add(instruction.argval)
    for constant in code.co_consts:
        mark = mark_of(constant) if isinstance(constant, CodeType) else None
        if mark is not None and mark.owner is not None:
            inner = _assigned_outside(constant)
            variables |= inner[0]
            free |= inner[1]
    return frozenset(variables), frozenset(free.intersection(code.co_freevars))
