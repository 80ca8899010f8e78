"""Finding objects from the code that uses them: by its variables, then by attributes and items.

It tells whether an object is one that some code can reach, and how the user would write it there.
"""

from __future__ import annotations

import functools
import sys
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from pygraph._hot import DType, Tensor

_ATOMS = (
    bool, int, float, complex, str, bytes, bytearray, type(None), range, slice, Tensor, DType,
    np.ndarray, np.generic, CodeType,
)  # fmt: skip
# Items of these types are passed over: lists of them may be long.
_PLAIN = frozenset({bool, int, float, str, type(None)})
# How many objects are looked at in search of arrays.
_MOST = 10_000
_LIBRARIES = sys.stdlib_module_names - {"test"} | {"numpy", "pygraph", "pytest", "_pytest"}


def paths(roots: Iterable[tuple[Any, str]], wanted: Collection[int]) -> dict[int, str]:
    """Return, by identity, how the wanted objects are written that can be reached from others.

    ``roots`` are these, functions mostly, with their names. The nearest way to an object counts.
    """
    found: dict[int, str] = {}
    seen: dict[int, Any] = {}  # they stay alive, so that no other object gets their identity
    waiting: deque[tuple[Any, str]] = deque(roots)
    while waiting and len(found) < len(wanted):
        value, name = waiting.popleft()
        if id(value) in seen:
            continue
        seen[id(value)] = value
        if id(value) in wanted:
            found[id(value)] = name
        if not isinstance(value, _ATOMS):
            waiting.extend(_children(value, name))
    return found


def arrays(roots: Iterable[tuple[Any, str]]) -> Iterator[Any]:
    """Yield the NumPy arrays that can be reached from others, up to a number of objects."""
    seen: dict[int, Any] = {}
    waiting: deque[tuple[Any, str]] = deque(roots)
    while waiting and len(seen) < _MOST:
        value, _ = waiting.popleft()
        if id(value) in seen:
            continue
        seen[id(value)] = value
        if isinstance(value, np.ndarray):
            yield value
        elif not isinstance(value, _ATOMS):
            waiting.extend(_children(value, ""))


def _children(value: Any, name: str) -> Iterator[tuple[Any, str]]:
    if isinstance(value, FunctionType):
        yield from _of_function(value)
    elif isinstance(value, CellType):
        try:
            yield value.cell_contents, name
        except ValueError:
            return
    elif isinstance(value, dict):
        if "__builtins__" not in value:  # a module's variables are looked up by name
            for key, item in list(value.items()):
                if type(item) not in _PLAIN:
                    yield item, f"{name}[{key!r}]"
    elif isinstance(value, (list, tuple, deque)):
        for index, item in enumerate(value):
            if type(item) not in _PLAIN:
                yield item, f"{name}[{index}]"
    elif isinstance(value, (set, frozenset)):
        yield from ((item, f"an element of {name}") for item in value)
    elif isinstance(value, MethodType):
        yield value.__self__, name
        yield value.__func__, name
    elif isinstance(value, functools.partial):
        yield from ((part, name) for part in (value.func, value.args, value.keywords))
    elif hasattr(type(value), "__pygraph_call__"):
        yield value.python_function, name
        yield getattr(value, "__self__", None), name
    else:
        yield from _of_object(value, name)


def _of_function(function: FunctionType) -> Iterator[tuple[Any, str]]:
    code = function.__code__
    yield from zip(function.__closure__ or (), code.co_freevars, strict=True)
    if _is_library(function.__module__):
        return
    module_globals = function.__globals__
    yield module_globals, ""
    for name in _global_names(code):
        if name in module_globals:
            yield module_globals[name], name
    yield from ((value, "a default value") for value in function.__defaults__ or ())
    for name, value in (function.__kwdefaults__ or {}).items():
        yield value, name


def _of_object(value: Any, name: str) -> Iterator[tuple[Any, str]]:
    kind = value if isinstance(value, type) else type(value)
    module = value.__name__ if isinstance(value, ModuleType) else kind.__module__
    if _is_library(module):
        return
    for attribute, part in list(getattr(value, "__dict__", {}).items()):
        # Classes show their variables as an object's; a function in one is found by name as well.
        yield part, f"{name}.{attribute}" if name else attribute
    if not isinstance(value, (type, ModuleType)):
        for base in kind.__mro__:
            for slot in base.__dict__.get("__slots__", ()):
                if hasattr(value, slot):
                    yield getattr(value, slot), f"{name}.{slot}"
        yield kind, kind.__name__


@functools.lru_cache(maxsize=4096)
def _global_names(code: CodeType) -> tuple[str, ...]:
    names = dict.fromkeys(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names.update(dict.fromkeys(_global_names(constant)))
    return tuple(names)


def _is_library(module: str | None) -> bool:
    return (module or "").partition(".")[0] in _LIBRARIES
