"""What a trace reads as Python values: variables, attributes and items that it did not make.

Converted code and the calls it makes tell of their reads while a graph is built. What is read of an
object counts only if the object was there before: if it is the value of another read, or an
argument. The Function makes checks of them (`pygraph.function.guards`).
"""

from __future__ import annotations

import array
import functools
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from pygraph import _hot
from pygraph._hot import (
    DType,
    Tensor,
    Variable,
    class_attribute,
    current,
    has_plain_attributes,
    plain_attribute,
)
from pygraph.control.changes.code_reads import assigned_attributes, code_reads
from pygraph.control.join.unset import UNSET
from pygraph.graph.locations import is_installed_file, is_library_module, mark_of

Seen = tuple[int, Any, tuple[Any, ...]]
"""What a value must be like, as `Guards.add` takes it."""

_LITERALS = (
    bool, int, float, complex, str, bytes, type(None), type(Ellipsis), type(NotImplemented), range,
)  # fmt: skip
_ATOMS = frozenset((*_LITERALS, DType))
_TENSORS = (Tensor, Variable, np.ndarray, np.generic)
CONTAINERS = (list, tuple, dict, set, frozenset, deque, array.array, bytearray)
_CALL = "__call__"
# How many parts of containers one trace compares at most.
MOST_PARTS = 10_000
_DEEPEST = 16
# What Python itself calls for an operator on an object; other such calls are in converted code.
_OPERATORS = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow"),
    *("and", "or", "xor", "lshift", "rshift"),
)
_SPECIAL = frozenset(
    f"__{name}__"
    for name in (
        *(f"{side}{name}" for side in ("", "r") for name in _OPERATORS),
        *("neg", "pos", "abs", "invert", "int", "float", "complex", "index", "round"),
    )
)


class Read(NamedTuple):
    """One read: the kind of place (`GUARD_...` of `_hot`), the place, and what was seen there.

    ``name`` is how the user writes it.
    """

    kind: int
    owner: Any
    key: Any
    value: Any
    seen: Seen
    name: str


class Reads:
    """The reads of one trace. It keeps all objects alive until the trace is over."""

    def __init__(self) -> None:
        self._reads: dict[tuple[int, int, Any], Read] = {}
        # Objects that were there before, by identity, with their names.
        self._older: dict[int, tuple[Any, str]] = {}
        self._yielding: dict[int, tuple[int, int, Any]] = {}  # containers, by the read of each
        self._cells: dict[int, tuple[FunctionType, int]] = {}
        self._entered: set[tuple[int | None, ...]] = set()
        self._alive: list[Any] = []
        self._parts_left = MOST_PARTS
        self.nested: list[Any] = []  # the checks of other functions' graphs that this one calls
        self.unguarded: dict[str, str] = {}  # what is baked in without a check, and why

    def all(self) -> list[Read]:
        """Return the reads: what a read is of comes before it."""
        return list(self._reads.values())

    def yielding(self, container: Any) -> tuple[int, int, Any] | None:
        """Return the place of the read that gave a container."""
        return self._yielding.get(id(container))

    def add_older(self, value: Any, name: str) -> None:
        """Note an object that was there before the trace, by the name that it goes by."""
        if type(value) in _ATOMS or id(value) in self._older:
            return
        self._older[id(value)] = (value, name)
        for part in _inner_callables(value):
            self.add_older(part, name)
        if not isinstance(value, (*_TENSORS, *CONTAINERS, type, ModuleType, FunctionType)):
            self._special_methods(value)

    # ---- what converted code tells ----

    def variable(self, namespace: dict[str, Any], name: str, whole: bool = True) -> None:
        """Note the read of a module's variable; without ``whole``, of one of its parts only."""
        if not self._knows(_hot.GUARD_NAME, namespace, name, whole):
            self._add(_hot.GUARD_NAME, namespace, name, namespace.get(name, UNSET), name, whole)

    def free_variable(self, cell: CellType, name: str, whole: bool = True) -> None:
        """Note the read of a variable of an enclosing function."""
        found = self._cells.get(id(cell))
        if found is not None:
            function, index = found
            self._add(_hot.GUARD_CELL, function, index, _contents(cell), name, whole)

    def attribute(self, owner: Any, name: str, whole: bool = True) -> None:
        """Note the read of an attribute, whether or not there is one."""
        kind = type(owner)
        if kind in _ATOMS or isinstance(owner, _TENSORS):
            return
        if self._knows(_hot.GUARD_ATTRIBUTE, owner, name, whole):
            return
        if isinstance(owner, ModuleType):
            space = vars(owner)
            if is_library_module(owner.__name__) or self._knows(
                _hot.GUARD_NAME, space, name, whole
            ):
                return
            label = f"{owner.__name__.rpartition('.')[2]}.{name}"
            self._add(_hot.GUARD_NAME, space, name, space.get(name, UNSET), label, whole)
        elif kind is super:
            self._inherited(owner, name)
        elif id(owner) in self._older:
            self._own_attribute(owner, kind, name, whole)

    def item(self, owner: Any, key: Any, whole: bool = True) -> None:
        """Note the read of an item, whether or not there is one."""
        if type(owner) in _ATOMS or isinstance(owner, _TENSORS) or id(owner) not in self._older:
            return
        label = f"{self._name(owner)}[{key!r}]" if type(key) in _ATOMS else ""
        if isinstance(owner, dict) and label:
            self._add(_hot.GUARD_ENTRY, owner, key, dict.get(owner, key, UNSET), label, whole)
        elif isinstance(owner, (list, tuple)) and type(key) is int and 0 <= key < len(owner):
            self._add(_hot.GUARD_ITEM, owner, key, owner[key], label, whole)
        else:
            method = getattr(type(owner), "__getitem__", None)
            if type(method) is FunctionType:
                self.attribute(owner, "__getitem__")
                self.enter(method, (owner, key), {}, False)
            self.contents(owner)

    def contents(self, owner: Any) -> None:
        """Note that all that a container holds was read."""
        place = self._yielding.get(id(owner))
        if place is not None and self._reads[place].seen[0] == _hot.SEEN_TYPE:
            read = self._reads[place]
            self._reads[place] = read._replace(seen=self._seen(read.value, read.name, True))

    def enter(
        self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], tells: bool
    ) -> None:
        """Note that a function runs; one that does not tell of its reads is looked through."""
        if type(function) is not FunctionType:
            method = _method_behind(function, args)
            if method is not None:
                self.enter(method[0], method[1], kwargs, tells)
            return
        if (id(function),) not in self._entered:
            self._entered.add((id(function),))
            self._alive.append(function)
            for index, cell in enumerate(function.__closure__ or ()):
                self._cells.setdefault(id(cell), (function, index))
            if id(function) in self._older:
                self._add_code(function)
        if not tells and not is_installed_file(function.__code__.co_filename):
            self._look_through(function, args, kwargs)

    # ---- how it is noted ----

    def _knows(self, kind: int, owner: Any, key: Any, whole: bool) -> bool:
        known = self._reads.get((kind, id(owner), (type(key), key)))
        if known is None:
            return False
        if whole and isinstance(known.value, CONTAINERS):
            self.contents(known.value)
        return True

    def _add(self, kind: int, owner: Any, key: Any, value: Any, name: str, whole: bool) -> None:
        place = (kind, id(owner), (type(key), key))
        if self._knows(kind, owner, key, whole):
            return
        self._alive.append(owner)
        self._reads[place] = Read(kind, owner, key, value, self._seen(value, name, whole), name)
        if isinstance(value, CONTAINERS):
            self._yielding.setdefault(id(value), place)
        if value is not UNSET:
            self.add_older(value, name)

    def _add_code(self, function: FunctionType) -> None:
        name = self._name(function)
        seen = self.code_seen(function)
        place = (_hot.GUARD_ITSELF, id(function), None)
        self._reads.setdefault(
            place, Read(_hot.GUARD_ITSELF, function, None, function, seen, f"{name}()")
        )
        for value in function.__defaults__ or ():
            self.add_older(value, f"a default of {name}")
        for key, value in (function.__kwdefaults__ or {}).items():
            self.add_older(value, f"{name}({key}=)")

    def code_seen(self, function: FunctionType) -> Seen:
        """Return what tells that a function has the same code and the same defaults."""
        defaults = [
            self._seen(UNSET if value is None else value, "a default", True)
            for value in (function.__defaults__, function.__kwdefaults__)
        ]
        return (_hot.SEEN_CODE, function.__code__, tuple(defaults))

    def _own_attribute(self, owner: Any, kind: type, name: str, whole: bool) -> None:
        label = f"{self._name(owner)}.{name}"
        if isinstance(owner, CONTAINERS) and not _has_attributes(owner):
            self.contents(owner)
            return
        if isinstance(owner, type):
            if not is_library_class(owner):
                raw = class_attribute(owner, name)
                self._add(_hot.GUARD_CLASS, owner, name, raw[0] if raw else UNSET, label, whole)
            return
        if not is_guarded(kind, name):
            if isinstance(owner, CONTAINERS):
                self.contents(owner)
            return
        if not has_plain_attributes(owner):
            self.unguarded.setdefault(label, f"{kind.__name__} has its own __getattribute__")
            return
        raw = plain_attribute(owner, name)
        self._add(_hot.GUARD_ATTRIBUTE, owner, name, raw[0] if raw else UNSET, label, whole)
        for getter, arguments in _getters(owner, kind, raw):
            if type(getter) is FunctionType:
                self.enter(getter, arguments, {}, False)

    def _inherited(self, parent: super, name: str) -> None:
        """``super().name``: an attribute of the next class that has one."""
        of: Any = parent
        order = of.__self_class__.__mro__
        for base in order[order.index(of.__thisclass__) + 1 :]:
            if name in vars(base):
                if not is_library_class(base):
                    self.add_older(base, base.__name__)
                    self._own_attribute(base, type(base), name, True)
                return

    def _special_methods(self, value: Any) -> None:
        kind = type(value)
        for base in kind.__mro__:
            if base is object or is_library_class(base):
                continue
            for name, method in list(vars(base).items()):
                if name in _SPECIAL and type(method) is FunctionType:
                    self.enter(method, (value,), {}, False)

    def _name(self, owner: Any) -> str:
        found = self._older.get(id(owner))
        return found[1] if found is not None and found[1] else type(owner).__name__

    def _look_through(
        self, function: FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Note what a function that is not converted may read: all that its code names."""
        code = function.__code__
        found = code_reads(code)
        given = dict(zip(code.co_varnames, args[: code.co_argcount], strict=False))
        given.update(kwargs)
        used = [given.get(name) for root, name, steps in found if root == "argument" and steps]
        once = (id(function), *map(id, used), None)
        if once in self._entered:
            return
        self._entered.add(once)
        self._alive += used
        for root, name, steps in found:
            if root == "argument":
                if name not in given:
                    continue
                value = given[name]
            elif root == "global":
                self.variable(function.__globals__, name, not steps)
                value = function.__globals__.get(name, UNSET)
            else:
                cell = (function.__closure__ or ())[code.co_freevars.index(name)]
                self.free_variable(cell, name, not steps)
                value = _contents(cell)
            self._follow(value, steps)

    def _follow(self, value: Any, steps: tuple[tuple[bool, Any], ...]) -> None:
        owner: Any = None
        for number, (is_attribute, key) in enumerate(steps, 1):
            if value is UNSET:
                return
            owner = value
            if is_attribute:
                self.attribute(owner, key, number == len(steps))
                value = _peek(owner, key)
            else:
                self.item(owner, key, number == len(steps))
                value = owner[key] if _has_plain_item(owner, key) else UNSET
        if type(value) is FunctionType and id(value) in self._older:
            bound = owner is not None and not isinstance(owner, (type, ModuleType))
            self.enter(value, (owner,) if bound else (), {}, False)

    # ---- what a value is like ----

    def _seen(self, value: Any, name: str, whole: bool, depth: int = 0) -> Seen:
        kind = type(value)
        if value is UNSET:
            return (_hot.SEEN_ABSENT, None, ())
        if kind in _ATOMS or isinstance(value, np.generic):
            return (_hot.SEEN_LITERAL, value, ())
        if isinstance(value, CONTAINERS):
            parts = self._parts(value, name, depth) if whole else None
            return (_hot.SEEN_TYPE, kind, ()) if parts is None else parts
        if isinstance(value, np.ndarray):  # which cannot be resized while there are weak references
            return (_hot.SEEN_SAME, value, ())
        try:
            return (_hot.SEEN_ALIVE, weakref.ref(value), ())
        except TypeError:
            return (_hot.SEEN_SAME, value, ())

    def _parts(self, value: Any, name: str, depth: int) -> Seen | None:
        self._parts_left -= len(value)
        if self._parts_left < 0 or depth > _DEEPEST:
            self.unguarded.setdefault(name, "it is too large to be compared at each call")
            return None
        kind = type(value)
        if isinstance(value, dict):
            entries = [
                self._part(part, f"{name}[{key!r}]", depth)
                for key, item in list(dict.items(value))
                for part in (key, item)
            ]
            return (_hot.SEEN_DICT, kind, tuple(entries))
        if isinstance(value, (set, frozenset)):
            if not all(type(item) in _ATOMS for item in value):
                self.unguarded.setdefault(name, "it is a set of objects")
                return None
            return (_hot.SEEN_SET, kind, tuple([(_hot.SEEN_LITERAL, i, ()) for i in value]))
        how = _hot.SEEN_ITEMS if isinstance(value, (list, tuple)) else _hot.SEEN_SEQUENCE
        items = [self._part(v, f"{name}[{i}]", depth) for i, v in enumerate(list(value))]
        return (how, kind, tuple(items))

    def _part(self, value: Any, name: str, depth: int) -> Seen:
        if type(value) not in _ATOMS:
            self.add_older(value, name)
        return self._seen(value, name, True, depth + 1)


def _getters(owner: Any, kind: type, raw: tuple[Any, ...]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Yield the functions that run when an attribute is read, with their arguments."""
    if not raw:
        yield getattr(kind, "__getattr__", None), (owner,)
    elif isinstance(raw[0], property):
        yield raw[0].fget, (owner,)
    elif not isinstance(raw[0], type):
        yield getattr(type(raw[0]), "__get__", None), (raw[0], owner, kind)


def _contents(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return UNSET


def _peek(owner: Any, name: str) -> Any:
    """Return an attribute if reading it runs no code."""
    if isinstance(owner, ModuleType):
        return vars(owner).get(name, UNSET)
    if isinstance(owner, type):
        found = class_attribute(owner, name)
    else:
        found = plain_attribute(owner, name) if has_plain_attributes(owner) else ()
    return found[0] if found and not isinstance(found[0], property) else UNSET


def _has_attributes(container: Any) -> bool:
    """Return whether a container is of a class that gives it attributes of its own."""
    kind = type(container)
    return kind.__dictoffset__ != 0 or hasattr(kind, "_fields")


def _has_plain_item(owner: Any, key: Any) -> bool:
    if type(owner) in (list, tuple):
        return type(key) is int and -len(owner) <= key < len(owner)
    return isinstance(owner, dict) and dict.__contains__(owner, key)


def _inner_callables(value: Any) -> Iterator[Any]:
    """Yield what a callable calls, and calls it with."""
    if isinstance(value, MethodType):
        yield from (value.__func__, value.__self__)
    elif isinstance(value, (staticmethod, classmethod)):
        yield value.__func__
    elif isinstance(value, functools.partial):
        yield from (value.func, value.args, *value.args, *value.keywords.values())
    elif isinstance(value, property):
        yield value.fget
    elif isinstance(value, functools.cached_property):
        yield value.func
    elif hasattr(type(value), "__pygraph_call__"):
        yield getattr(value, "python_function", None)
        yield getattr(value, "__self__", None)
    elif hasattr(type(value), "cache_info"):  # of functools.lru_cache
        yield getattr(value, "__wrapped__", None)


def _method_behind(function: Any, args: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]] | None:
    """Return the function that a callable runs, with the arguments that this gets."""
    if isinstance(function, MethodType):
        return function.__func__, (function.__self__, *args)
    if isinstance(function, functools.partial):
        return function.func, (*function.args, *args)
    method = getattr(type(function), _CALL, None)
    return (method, (function, *args)) if type(method) is FunctionType else None


@functools.lru_cache(maxsize=4096)
def _library_module(name: str | None) -> bool:
    import sys

    file = getattr(sys.modules.get(name or ""), "__file__", None)
    return name != "__main__" and (
        (file is None and name in sys.builtin_module_names)
        or (file is not None and is_installed_file(file))
    )


def is_library_class(kind: type) -> bool:
    """Return whether a class is Python's own or of an installed package."""
    return _library_module(kind.__module__)


_guarded: weakref.WeakKeyDictionary[type, dict[str, bool]] = weakref.WeakKeyDictionary()


def is_guarded(kind: type, name: str) -> bool:
    """Return whether an attribute of a class's instances is the user's, not a library's."""
    known = _guarded.setdefault(kind, {})
    if name not in known:
        own = [base for base in kind.__mro__ if not is_library_class(base)]
        others = [base for base in kind.__mro__ if base not in own and base is not object]
        known[name] = (
            not others
            or any(name in vars(base) or name in assigned_attributes(base) for base in own)
            or not any(name in vars(base) or name in assigned_attributes(base) for base in others)
        )
    return known[name]


_open: list[Reads] = []


def reads() -> Reads | None:
    """Return where this thread's trace notes its reads; None outside of a trace that wants them."""
    return _open[-1] if _open and current() is not None else None


@contextmanager
def noting(noted: Reads | None) -> Iterator[None]:
    """Note reads there, or nowhere, until the end of the block. One trace runs at a time."""
    former = _open[:]
    _open[:] = [] if noted is None else [noted]
    try:
        yield
    finally:
        _open[:] = former


def note_attribute(owner: Any, name: str) -> None:
    """Note that a trace reads an attribute."""
    noted = reads()
    if noted is not None:
        noted.attribute(owner, name)


def enter(
    function: Callable[..., Any],
    target: Any,
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
) -> None:
    """Note that a function runs, as ``target``: converted code tells of its reads itself."""
    noted = reads()
    if noted is not None:
        while type(target) is not FunctionType:
            behind = _method_behind(target, ())
            if behind is None:
                break
            target = behind[0]
        mark = mark_of(target.__code__) if type(target) is FunctionType else None
        noted.enter(function, args, kwargs or {}, mark is not None and mark.tells)
