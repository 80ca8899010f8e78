"""Calls of what is not converted, while a graph is built: what they change is found by comparing.

A method of a list, dict, set or deque changes that object, which is noted first. Of all other code
nothing is known: what it can reach is compared before and after, in a branch or loop, so that a
change can be undone and joins what that passes on.
"""

from __future__ import annotations

import builtins
import functools
import sys
from collections import deque
from collections.abc import Callable, Sequence
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any

import numpy as np

from pygraph._hot import DType, EagerTensor, SymbolicTensor, Variable
from pygraph.control.changes.journal import Journal, in_region, note
from pygraph.control.changes.parts import attributes
from pygraph.control.changes.reads import enter
from pygraph.control.changes.search import names_in
from pygraph.control.containers.lists import check_own, is_staged
from pygraph.control.tensors import current
from pygraph.graph.locations import describe, user_line

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
# What depends on the frame that calls it, and so is not called from another one.
_OF_FRAMES = frozenset(
    {builtins.globals, builtins.locals, builtins.vars, builtins.dir, builtins.super}
    | {builtins.__import__, builtins.breakpoint}
)
_RUNNING = {builtins.exec: "exec", builtins.eval: "eval"}
# Functions that never run code of the user's.
_PURE = frozenset(
    {builtins.isinstance, builtins.issubclass, builtins.id, builtins.callable, builtins.type}
    | {builtins.ord, builtins.chr, builtins.object, builtins.property, builtins.staticmethod}
)
# Functions that change nothing themselves; what they are given may run code of the user's.
_READING = frozenset(
    value
    for value in vars(builtins).values()
    if isinstance(value, (type, BuiltinFunctionType))
    and value not in (builtins.setattr, builtins.delattr, builtins.next)
)
_OPAQUE = ("pygraph", "numpy")

_INERT = frozenset(
    {bool, int, float, complex, str, bytes, type(None), range, slice, CodeType, type, ModuleType}
    | {SymbolicTensor, EagerTensor, Variable, DType, np.ndarray}
)
_COLLECTIONS = frozenset({list, tuple, dict, set, frozenset, deque})


def watched(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what is not converted such that what its call changes is noticed."""
    kind = type(function)
    is_known = kind is BuiltinFunctionType or kind is type
    if is_known and (function in _OF_FRAMES or function in _PURE):
        return function
    if is_known and function in _RUNNING:
        return _running(function)
    module = getattr(function, "__module__", None) or type(function).__module__
    if isinstance(module, str) and module.partition(".")[0] in _OPAQUE:
        return function
    if kind is BuiltinFunctionType or kind is MethodWrapperType:
        owner = function.__self__  # type: ignore[attr-defined]
        if isinstance(owner, _CONTAINERS):
            if function.__name__ in _METHODS:
                check_own(owner)
                note(owner)
            return _calling(function, reading=type(owner) in _CONTAINERS)
        if type(owner) is not ModuleType:
            return _calling(function, reading=is_inert(owner))
    return _calling(function, reading=is_known and function in _READING)


def _calling(function: Callable[..., Any], reading: bool) -> Callable[..., Any]:
    """Return a function whose call is watched where it may change anything but what is noted."""
    owner = getattr(function, "__self__", None)
    takes_staged = owner is builtins or getattr(function, "__name__", "") in _ON_STAGED_LISTS
    if not takes_staged and is_staged(owner):
        raise _refused_list(function)

    def call(*arguments: Any, **keywords: Any) -> Any:
        if type(function) is FunctionType:
            enter(function, function, arguments, keywords)
        given = (*arguments, *keywords.values()) if keywords else arguments
        if not takes_staged and any(map(_holds_staged_list, given)):
            raise _refused_list(function)
        journal = in_region()
        if journal is None:
            journal = _outermost() if SymbolicTensor in map(type, given) else None
        if journal is None or (reading and all(map(is_inert, given))):
            return function(*arguments, **keywords)
        return _compared(journal, function, arguments, keywords)

    return call


# Methods of lists that treat staged items as any other items, and so do the right thing.
_ON_STAGED_LISTS = frozenset({"append", "extend", "copy", "clear", "__iadd__", "__add__"})


def _holds_staged_list(value: Any) -> bool:
    """Return whether a value, or an attribute of it, is a list whose length the graph decides."""
    if is_staged(value):
        return True
    kind = type(value)
    if kind in _INERT or kind in _COLLECTIONS or isinstance(value, type):
        return False
    return any(map(is_staged, attributes(value).values()))


def _namespace(frame: FrameType) -> dict[str, Any]:
    """Return the variables of a frame as ``locals()`` gives them: those of a function as a copy.

    From Python 3.13 on, what is written into a function's `f_locals` changes its variables.
    """
    variables = frame.f_locals
    return variables if isinstance(variables, dict) else dict(variables)


def _running(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``exec`` or ``eval`` such that what its text changes is noticed."""

    def call(source: Any, /, *spaces: Any, **keywords: Any) -> Any:
        frame = sys._getframe(1)
        spaces = spaces or (frame.f_globals, _namespace(frame))
        journal = in_region()
        if journal is None:
            return function(source, *spaces, **keywords)
        code = source
        if isinstance(source, str):
            code = compile(source, "<string>", _RUNNING[function], dont_inherit=True)
        names = names_in(code) if isinstance(code, CodeType) else ()
        known = [space for space in spaces if isinstance(space, dict)]
        for space in known:
            for name in names:
                note(space, (name,))
        named = [space[name] for space in known for name in names if name in space]
        return _compared(journal, function, (code, *spaces), keywords, named)

    return call


def watched_form(replacement: Callable[..., Any]) -> Callable[..., Any]:
    """Return the form of a built-in function that takes tensors, watched like the function."""
    if in_region() is None:
        return replacement

    def call(*arguments: Any, **keywords: Any) -> Any:
        given = (*arguments, *keywords.values()) if keywords else arguments
        journal = in_region()
        if journal is None or all(map(is_inert, given)):
            return replacement(*arguments, **keywords)
        return _compared(journal, replacement, arguments, keywords)

    return call


def is_inert(value: Any) -> bool:
    """Return whether no code of the user's runs where a value is used."""
    kind = type(value)
    if kind in _INERT:
        return True
    if kind not in _COLLECTIONS:
        return False
    return _INERT.issuperset(map(type, value.values() if kind is dict else value))


def _compared(
    journal: Journal,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    others: Sequence[Any] = (),
) -> Any:
    """Call a function; note what it changes of what it, and ``others``, can reach."""
    before = journal.watch((function, *arguments, *keywords.values(), *others))
    changed: list[Any] = []
    try:
        result = function(*arguments, **keywords)
    finally:
        changed = journal.note_changed(before)
    if changed and type(function) is functools._lru_cache_wrapper and in_region() is not None:
        raise TypeError(
            f"{function.__qualname__} changes an object, and functools.lru_cache runs it only when "
            f"it is called with new arguments: a graph cannot\n  {describe(user_line())}\n"
            "Call it before the branch or loop, or change the object outside of it."
        )
    return result


def _outermost() -> Journal | None:
    builder = current()
    return None if builder is None else builder.journal


def _refused_list(function: Any) -> TypeError:
    name = getattr(function, "__qualname__", type(function).__name__)
    return TypeError(
        f"{name} is not converted by AutoGraph, and is given a list whose "
        f"length the graph decides\n  {describe(user_line())}\n"
        "Give it a tensor, as in pygraph.stack(items)."
    )
