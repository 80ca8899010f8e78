"""What converted code may change without saying so, by what it can reach.

``items += [x]`` changes a list in place, whatever name it goes by. A property, an operator, a
generator or a ``defaultdict`` runs code that is not converted. Most programs have no such code
within reach of a branch or loop, which is found out here at little cost.
"""

from __future__ import annotations

import opcode
import weakref
from array import array
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
)
from typing import Any

import numpy as np

from pygraph._hot import DType, EagerTensor, SymbolicTensor
from pygraph.control.changes.search import functions_in, is_library_class, keeps_values, names_in

# How many objects are looked at.
LIMIT = 1_000

_INERT = frozenset(
    {bool, int, float, complex, str, bytes, type(None), range, slice, type, CodeType}
    | {SymbolicTensor, EagerTensor, DType, np.ndarray, np.float64, np.int64, np.bool_}
    | {ModuleType, BuiltinFunctionType}
)
_CONTAINERS = (list, dict, set, deque)
_SEQUENCES = frozenset({list, tuple, set, frozenset, deque})
_STORES = frozenset(
    opcode.opmap[name]
    for name in opcode.opname
    if name.startswith(("STORE_", "DELETE_")) and not name.endswith(("_FAST", "_NAME"))
)
_CALLS = frozenset(opcode.opmap[name] for name in opcode.opname if name.startswith("CALL"))
# By identity: types, and whether code of the user's runs unseen where an object of one is used.
_types: dict[int, tuple[weakref.ref[type], bool]] = {}


def unseen(functions: Iterable[Any]) -> tuple[list[Any], bool]:
    """Return the containers that functions reach, and whether code of the user's runs unseen.

    Where it does, what it may change is not known, and the containers may be incomplete.
    """
    containers: list[Any] = []
    waiting = [value for function in functions for value in _referred(function)]
    seen: set[int] = set()
    while waiting and len(seen) < LIMIT:
        value = waiting.pop()
        kind = type(value)
        if kind in _INERT or id(value) in seen:
            continue
        seen.add(id(value))
        parts: Any
        if kind is dict:
            parts = value.values()
            containers.append(value)
        elif kind in _SEQUENCES:
            parts = value
            if kind is not tuple and kind is not frozenset:
                containers.append(value)
        elif kind is bytearray or kind is array:
            containers.append(value)
            continue
        elif kind is FunctionType:
            parts = _contents(value)
        elif kind is MethodType:
            parts = (value.__self__,)
        elif _runs_unseen(kind):
            return containers, True
        else:
            parts = _attributes(value)
            if isinstance(value, _CONTAINERS):
                containers.append(value)
        if not _INERT.issuperset(map(type, parts)):
            waiting.extend(parts)
    return containers, False


def _referred(function: Any) -> Iterator[Any]:
    inner = getattr(function, "__func__", function)
    if inner is not function:
        yield function.__self__
    if type(inner) is FunctionType:
        yield from _contents(inner)
        variables = inner.__globals__
        for name in names_in(inner.__code__):
            if name in variables:
                yield variables[name]
    elif inner is not None:
        yield inner


def _contents(function: FunctionType) -> list[Any]:
    found = []
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:
            continue
    return found


def _attributes(value: Any) -> list[Any]:
    if isinstance(value, type) or not keeps_values(type(value)):
        return []
    try:
        found = list(object.__getattribute__(value, "__dict__").values())
    except AttributeError:
        found = []
    if isinstance(value, dict):
        found += dict.values(value)
    elif isinstance(value, (list, tuple, deque)):
        found += tuple(value)
    return found


def _runs_unseen(kind: type) -> bool:
    known = _types.get(id(kind))
    if known is None:
        key = id(kind)
        reference = weakref.ref(kind, lambda _: _types.pop(key, None))
        known = _types[key] = (reference, _find_unseen(kind))
    return known[1]


def _find_unseen(kind: type) -> bool:
    if kind is GeneratorType or issubclass(kind, defaultdict):
        return True
    if is_library_class(kind):
        return hasattr(kind, "__next__") and kind.__module__ != "io"
    return any(
        _may_change(function.__code__)
        for base in kind.__mro__
        if not is_library_class(base)
        for name, part in vars(base).items()
        for function in functions_in(part)
        if is_implicit(name, part)
    )


# Methods that converted code calls itself.
_EXPLICIT = frozenset(
    {"__init__", "__new__", "__call__", "__enter__", "__exit__", "__setattr__", "__setitem__"}
)


def is_implicit(name: str, part: Any) -> bool:
    """Whether Python calls a function in a class without that the user's code writes a call."""
    if type(part) is not FunctionType:
        return True
    return name.startswith("__") and name.endswith("__") and name not in _EXPLICIT


def _may_change(code: CodeType) -> bool:
    """Return whether code may change an object: it stores, calls, or is left in between."""
    operations = set(code.co_code[::2])
    return not operations.isdisjoint(_STORES) or not operations.isdisjoint(_CALLS)
