"""Finding objects from the code that uses them: by its variables, then by attributes and items.

It tells whether an object is one that some code can reach, and how the user would write it there.
"""

from __future__ import annotations

import functools
import gc
import itertools
import sys
import weakref
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from types import (
    BuiltinFunctionType,
    CellType,
    CodeType,
    FunctionType,
    GeneratorType,
    MappingProxyType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any, NamedTuple

import numpy as np

from pygraph._hot import DType, Tensor
from pygraph.control.changes.parts import referent, slots_of


class _Step(NamedTuple):
    """How an object is written, as a step from what it was found in."""

    base: _Name
    form: str
    key: Any


_Name = str | _Step
_Found = tuple[Any, _Name]
_Expand = Callable[[Any, _Name], Iterable[_Found]]

_ATOMS = (
    bool, int, float, complex, str, bytes, bytearray, type(None), range, slice, Tensor, DType,
    np.ndarray, np.generic, CodeType,
)  # fmt: skip
# Items of these types are passed over: lists of them may be long.
_PLAIN = frozenset({bool, int, float, str, type(None)})
# How many objects are looked at in search of arrays.
_MOST = 10_000
_LIBRARIES = sys.stdlib_module_names - {"test"} | {"numpy", "pygraph", "pytest", "_pytest"}
# What the standard library has for keeping the user's values.
_CONTAINERS = frozenset(
    {"_ctypes", "_thread", "argparse", "collections", "contextlib", "ctypes", "os", "queue"}
    | {"random", "string", "types", "weakref", "_collections", "configparser", "threading"}
)
_EXCEPT = frozenset({"threading.Thread", "threading._MainThread", "threading._DummyThread"})
_INDEX, _ITEM, _ATTRIBUTE, _ELEMENT = "{0}[{1}]", "{0}[{1!r}]", "{0}.{1}", "an element of {0}"


def paths(roots: Iterable[tuple[Any, str]], wanted: Collection[int]) -> dict[int, str]:
    """Return, by identity, how the wanted objects are written that can be reached from others.

    ``roots`` are these, functions mostly, with their names. The nearest way to an object counts.
    """
    found: dict[int, str] = {}
    for value, name in _walk(roots, _Walk(wanted)):
        if id(value) in wanted:
            found[id(value)] = _text(name)
            if len(found) == len(wanted):
                break
    return found


def reached(roots: Iterable[Any], limit: int) -> tuple[list[Any], bool]:
    """Return the objects nearest to others, and whether there are more than ``limit``."""
    found: list[Any] = []
    for value, _ in _walk([(root, "") for root in roots], _Walk()):
        if len(found) == limit:
            return found, True
        found.append(value)
    return found, False


def arrays(roots: Iterable[tuple[Any, str]]) -> Iterator[Any]:
    """Yield the NumPy arrays that can be reached from others, up to a number of objects."""
    for value, _ in itertools.islice(_walk(roots, _Walk()), _MOST):
        if isinstance(value, np.ndarray):
            yield value


def _walk(roots: Iterable[_Found], walk: _Walk) -> Iterator[_Found]:
    seen: dict[int, Any] = {}  # they stay alive, so that no other object gets their identity
    waiting: deque[_Found] = deque(roots)
    while waiting:
        value, name = waiting.popleft()
        if id(value) in seen:
            continue
        seen[id(value)] = value
        yield value, name
        expand = walk.expand[type(value)]
        if expand is not None:
            waiting.extend(expand(value, name))


def _text(name: _Name) -> str:
    if isinstance(name, str):
        return name
    base = _text(name.base)
    if name.form is _ATTRIBUTE and not base:
        return str(name.key)
    return name.form.format(base, name.key)


class _Walk:
    """How a search goes on from objects of each type.

    The dict of an object's attributes is passed over, unless it is one of the objects ``wanted``.
    """

    def __init__(self, wanted: Collection[int] = ()) -> None:
        self.wanted = wanted
        self.expand = _Expanders(self)

    def function(self, value: FunctionType, name: _Name) -> Iterator[_Found]:
        """Yield what a function refers to."""
        if value.__module__ is not None and value.__module__.startswith("pygraph."):
            return
        code = value.__code__
        closure = value.__closure__ or ()
        yield from zip(closure, code.co_freevars, strict=True)
        yield from ((part, "a default value") for part in value.__defaults__ or ())
        yield from ((part, key) for key, part in (value.__kwdefaults__ or {}).items())
        yield from ((part, _Step(name, _ATTRIBUTE, key)) for key, part in value.__dict__.items())
        if not is_library(value.__module__):
            module_globals = value.__globals__
            yield module_globals, ""
            yield from _named(code, module_globals, closure)

    def cls(self, value: type, name: _Name) -> Iterator[_Found]:
        """Yield what the attributes of a class are; a function in one is found by name as well."""
        for key, part in list(vars(value).items()):
            if type(part) not in _IN_CLASSES:
                if type(part) not in _PLAIN:
                    yield part, _Step(name, _ATTRIBUTE, key)
            else:
                for function in functions_in(part):
                    yield function, _Step(name, _ATTRIBUTE, key)
        for kind in (*value.__bases__, type(value)):
            if not is_library_class(kind):
                yield kind, kind.__name__

    def instance(self, value: Any, name: _Name) -> Iterator[_Found]:
        """Yield the attributes of an object, and its class where that is the user's."""
        yield from self.attributes(value, name)
        kind = type(value)
        if not is_library_class(kind):
            yield kind, kind.__name__

    def attributes(self, value: Any, name: _Name) -> Iterator[_Found]:
        """Yield the attributes of an object."""
        for key in ("__dict__", *slots_of(type(value))):
            try:
                part = object.__getattribute__(value, key)
            except AttributeError:
                continue
            if key == "__dict__":
                for attribute, item in list(part.items()):
                    if type(item) not in _PLAIN:
                        yield item, _Step(name, _ATTRIBUTE, attribute)
            if key != "__dict__" or id(part) in self.wanted:
                yield part, _Step(name, _ATTRIBUTE, key)

    def container(self, items: _Expand, value: Any, name: _Name) -> Iterator[_Found]:
        """Yield the items of an object, then what it has besides."""
        yield from items(value, name)
        yield from self.instance(value, name)

    def module(self, value: ModuleType, name: _Name) -> Iterable[_Found]:
        """Yield the variables of a module of the user's."""
        return () if is_library(value.__name__) else self.attributes(value, name)


class _Expanders(dict[type, _Expand | None]):
    """What the search goes on with from an object, by its type."""

    def __init__(self, walk: _Walk) -> None:
        self._walk = walk

    def __missing__(self, kind: type) -> _Expand | None:
        expand = self[kind] = self._of(kind)
        return expand

    def _of(self, kind: type) -> _Expand | None:
        if kind in _EXPANDERS:
            return _EXPANDERS[kind]
        if kind is FunctionType:
            return self._walk.function
        if kind is ModuleType:
            return self._walk.module
        if issubclass(kind, type):
            return self._walk.cls
        if issubclass(kind, _ATOMS):
            return None
        for base in (dict, list, tuple, deque, set, frozenset):
            if issubclass(kind, base):
                return functools.partial(self._walk.container, _EXPANDERS[base])
        if hasattr(kind, "__pygraph_call__"):
            return _of_staged
        if hasattr(kind, "__pygraph_optional__"):
            return _of_optional
        if keeps_values(kind):
            return self._walk.instance
        return _of_iterator if hasattr(kind, "__next__") else None


def _of_dict(value: dict[Any, Any], name: _Name) -> Iterable[_Found]:
    if "__builtins__" in value:  # a module's variables are looked up by name
        return ()
    return [
        (item, _Step(name, _ITEM, key))
        for key, item in list(dict.items(value))
        if type(item) not in _PLAIN
    ]


def _of_sequence(value: Any, name: _Name) -> Iterable[_Found]:
    items = deque.__iter__(value) if isinstance(value, deque) else type(value).__iter__(value)
    return [
        (item, _Step(name, _INDEX, index))
        for index, item in enumerate(items)
        if type(item) not in _PLAIN
    ]


def _of_set(value: Any, name: _Name) -> Iterable[_Found]:
    return [(item, _Step(name, _ELEMENT, None)) for item in value if type(item) not in _PLAIN]


def _of_cell(value: CellType, name: _Name) -> Iterable[_Found]:
    try:
        return ((value.cell_contents, name),)
    except ValueError:
        return ()


def _of_method(value: MethodType, name: _Name) -> Iterable[_Found]:
    return (value.__self__, name), (value.__func__, name)


def _of_builtin(value: Any, name: _Name) -> Iterable[_Found]:
    return ((value.__self__, name),)


def _of_partial(value: Any, name: _Name) -> Iterable[_Found]:
    return (value.func, name), (value.args, name), (value.keywords, name)


def _of_staged(value: Any, name: _Name) -> Iterable[_Found]:
    return (value.python_function, name), (getattr(value, "__self__", None), name)


def _of_optional(value: Any, name: _Name) -> Iterable[_Found]:
    return ((value.value, name),)


def _of_reference(value: Any, name: _Name) -> Iterable[_Found]:
    target = value() if isinstance(value, weakref.ref) else referent(value)
    return ((target, name),)


def _of_cached(value: Any, name: _Name) -> Iterable[_Found]:
    return ((value.__wrapped__, name),)


def _of_generator(value: GeneratorType[Any, Any, Any], name: _Name) -> Iterator[_Found]:
    frame = value.gi_frame
    if frame is not None:
        yield from ((part, key) for key, part in frame.f_locals.items())
        if not is_library(frame.f_globals.get("__name__")):
            yield from _named(frame.f_code, frame.f_globals, ())


def _of_iterator(value: Any, name: _Name) -> Iterable[_Found]:
    return [(part, name) for part in gc.get_referents(value) if not isinstance(part, type)]


_EXPANDERS: dict[type, _Expand] = {
    dict: _of_dict,
    list: _of_sequence,
    tuple: _of_sequence,
    deque: _of_sequence,
    set: _of_set,
    frozenset: _of_set,
    CellType: _of_cell,
    MethodType: _of_method,
    BuiltinFunctionType: _of_builtin,
    MethodWrapperType: _of_builtin,
    MappingProxyType: _of_iterator,
    functools.partial: _of_partial,
    functools._lru_cache_wrapper: _of_cached,
    GeneratorType: _of_generator,
    weakref.ref: _of_reference,
    weakref.KeyedRef: _of_reference,
    weakref.ProxyType: _of_reference,
    memoryview: _of_reference,
}


def _named(
    code: CodeType, module_globals: dict[str, Any], closure: Iterable[CellType]
) -> Iterator[_Found]:
    """Yield the globals that code names; of modules the attributes that it names."""
    names = names_in(code)
    modules: list[_Found] = []
    for name in names:
        value = module_globals.get(name)
        if type(value) is ModuleType:
            if not _is_opaque(value):
                modules.append((value, name))
        elif type(value) not in _PLAIN:
            yield value, name
    for cell in closure:
        for value, _ in _of_cell(cell, ""):
            if type(value) is ModuleType and not _is_opaque(value):
                modules.append((value, value.__name__))
    for module, written in modules:
        yield module, written
        for name in names:
            value = vars(module).get(name)
            if type(value) not in _PLAIN and type(value) is not ModuleType:
                yield value, _Step(written, _ATTRIBUTE, name)


def _is_opaque(module: ModuleType) -> bool:
    """Return whether a module holds nothing that the user's code could change."""
    return module.__name__.partition(".")[0] in ("pygraph", "numpy")


@functools.lru_cache(maxsize=4096)
def names_in(code: CodeType) -> tuple[str, ...]:
    """Return the globals and attributes that code names, functions in it included.

    Text counts as well: so converted code names what it reads.
    """
    names = dict.fromkeys(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names.update(dict.fromkeys(names_in(constant)))
        elif isinstance(constant, str) and constant.isidentifier():
            names[constant] = None
    return tuple(names)


_IN_CLASSES = (FunctionType, property, classmethod, staticmethod, functools.cached_property)


def functions_in(part: Any) -> Iterator[FunctionType]:
    """Yield the functions of what stands in a class."""
    names = ("fget", "fset", "fdel") if isinstance(part, property) else ("__func__", "func")
    for candidate in (part, *(getattr(part, name, None) for name in names)):
        if type(candidate) is FunctionType:
            yield candidate


def keeps_values(kind: type) -> bool:
    """Return whether the objects of a class are the user's, or keep what the user put into them."""
    module: Any = kind.__module__
    if not is_library_class(kind):
        return True
    root = str(module).partition(".")[0]
    return root in _CONTAINERS and f"{module}.{kind.__name__}" not in _EXCEPT


def is_library(module: Any) -> bool:
    """Return whether a module's functions and classes are no code of the user's.

    Classes that are not Python's may give anything for the module's name.
    """
    return not isinstance(module, str | None) or (module or "").partition(".")[0] in _LIBRARIES


def is_library_class(kind: type) -> bool:
    """Return whether a class is not the user's.

    One that ``exec`` makes in an empty namespace takes its module's name from the built-in ones.
    """
    made_by_exec = kind.__module__ == "builtins" and kind.__flags__ & _HEAP_TYPE
    return is_library(kind.__module__) and not made_by_exec


_HEAP_TYPE = 1 << 9
