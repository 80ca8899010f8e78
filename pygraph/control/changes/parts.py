"""What objects consist of: parts that can be read, compared, and given their values back.

The items of lists and dicts, the attributes of objects, the contents of variables' cells are single
parts. What changes as a whole, such as a set, an open buffer or the position of an iterator, has
one part. No method of the user's classes is called: a part is where Python keeps it.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import io
import queue
import random
import sys
import warnings
from array import array
from collections import OrderedDict, deque
from collections.abc import Callable
from contextvars import ContextVar
from operator import is_
from types import CellType, FunctionType, GeneratorType, MappingProxyType, ModuleType
from typing import Any, NamedTuple
from weakref import ProxyType, WeakKeyDictionary

import numpy as np

from pygraph._hot import SymbolicTensor
from pygraph.control.containers.arrays import LocalArray, holds_same
from pygraph.control.join.unset import UNSET


class _Key:
    """The type of keys that no object has."""


WHOLE = _Key()
"""The key of an object whose change is not one of single parts."""

VALUE = _Key()
"""The key of what a tensor, or the cell of a variable, holds."""

ORDER = _Key()
"""The key of the order in which a dict has its keys."""


class Attribute(NamedTuple):
    """The key of an attribute of an object that has items as well."""

    name: str


Parts = dict[Any, Any]


def referent(owner: Any) -> Any:
    """Return the object that changes where one is changed that only refers to it."""
    if type(owner) is ProxyType:
        return getattr(owner, "__init__").__self__  # noqa: B009  (asked of the referent)
    if type(owner) is memoryview:
        return owner.obj
    return owner


def has_parts(owner: Any) -> bool:
    """Return whether it is known what an object consists of."""
    if isinstance(owner, _KINDS) or type(owner) in _WHOLE:
        return True
    return dict_of(owner) is not None or bool(slots_of(type(owner))) or _whole(owner) is not None


def parts_of(owner: Any) -> Parts:
    """Return the parts of an object, as they are now."""
    kind = type(owner)
    if kind is SymbolicTensor:
        return {VALUE: owner.state()}
    if kind is LocalArray:
        return {VALUE: owner.content()}
    if kind is CellType:
        try:
            return {VALUE: owner.cell_contents}
        except ValueError:
            return {VALUE: UNSET}
    if kind is dict:
        return owner.copy()  # type: ignore[no-any-return]
    if kind is list:
        return dict(enumerate(owner))
    if isinstance(owner, list):
        return {**dict(enumerate(list.__iter__(owner))), **_own_attributes(owner)}
    if isinstance(owner, dict):
        return {**_items(owner), **_own_attributes(owner)}
    if isinstance(owner, (set, deque, np.ndarray)):
        return {WHOLE: _copy(owner), **_own_attributes(owner)}
    whole = _whole(owner)
    if whole is not None:
        return {WHOLE: whole.read(owner), **_own_attributes(owner)}
    parts: Parts = attributes(owner)
    if kind is FunctionType:
        parts.update({name: getattr(owner, name) for name in _OF_FUNCTIONS})
    elif not isinstance(owner, (type, ModuleType)):
        parts["__class__"] = kind
    return parts


def attributes(owner: Any) -> dict[str, Any]:
    """Return the attributes that an object itself has."""
    found = dict(dict_of(owner) or ())
    for name in () if isinstance(owner, type) else slots_of(type(owner)):
        with contextlib.suppress(AttributeError):
            found[name] = object.__getattribute__(owner, name)
    return found


def slots_of(kind: type) -> tuple[str, ...]:
    """Return the names of the slots of a class of the user's."""
    slots = _slots.get(kind)
    if slots is None:
        slots = _slots[kind] = tuple(_find_slots(kind))
    return slots


_slots: WeakKeyDictionary[type, tuple[str, ...]] = WeakKeyDictionary()


def _find_slots(kind: type) -> list[str]:
    found = []
    for base in kind.__mro__:
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__"):
                mangled = name.startswith("__") and not name.endswith("__")
                found.append(f"_{base.__name__.lstrip('_')}{name}" if mangled else name)
    return found


def read_part(owner: Any, key: Any) -> Any:
    """Return a part of an object, UNSET where there is none."""
    if key is WHOLE and isinstance(owner, list):
        return list(list.__iter__(owner))
    return parts_of(owner).get(key, UNSET)


def write_part(owner: Any, key: Any, value: Any) -> None:
    """Give a part of an object a value; UNSET takes it away."""
    kind = type(owner)
    if kind is SymbolicTensor or kind is LocalArray:
        owner.become(value)
    elif kind is CellType:
        if value is UNSET:
            del owner.cell_contents
        else:
            owner.cell_contents = value
    elif key is WHOLE:
        _write_whole(owner, value)
    elif type(key) is Attribute:
        _write_attribute(owner, key.name, value)
    elif isinstance(owner, dict):
        _write_item(owner, key, value)
    elif isinstance(owner, list):
        list.__setitem__(owner, key, value)
    elif isinstance(owner, type):
        if value is UNSET:
            type.__delattr__(owner, key)
        else:
            type.__setattr__(owner, key, value)
    else:
        _write_attribute(owner, key, value)


def restore(owner: Any, parts: Parts) -> None:
    """Make an object consist of the parts that were noted."""
    if isinstance(owner, list):
        items = [value for key, value in parts.items() if type(key) is not Attribute]
        list.__setitem__(owner, slice(None), items)
        parts = {key: value for key, value in parts.items() if type(key) is Attribute}
    now = parts_of(owner)
    for key, value in parts.items():
        if not is_same(owner, key, value, now.get(key, UNSET)):
            write_part(owner, key, value)
    if is_namespace(owner):
        return
    for key in now.keys() - parts.keys():
        if not isinstance(owner, list) or type(key) is Attribute:
            write_part(owner, key, UNSET)
    if isinstance(owner, dict):
        reorder(owner, list(parts))


def reorder(owner: dict[Any, Any], keys: list[Any]) -> None:
    """Put the keys of a dict into an order."""
    items = _items(owner)
    wanted = [key for key in keys if key in items]
    if wanted != list(items):
        kind = _dict_kind(owner)
        kind.clear(owner)
        for key in wanted:
            kind.__setitem__(owner, key, items[key])


def part_name(owner: Any, key: Any, name: str) -> str:
    """Return how the user would write a part of an object that is written as ``name``."""
    if key is WHOLE or key is VALUE or key is ORDER:
        return name
    if is_namespace(owner):
        return str(key)
    if type(key) is Attribute:
        return f"{name}.{key.name}"
    return f"{name}[{key!r}]" if isinstance(owner, (list, dict)) else f"{name}.{key}"


def is_namespace(owner: Any) -> bool:
    """Whether an object is a module's variables, of which only some are noted."""
    return type(owner) is dict and "__builtins__" in owner


def is_same(owner: Any, key: Any, one: Any, other: Any) -> bool:
    """Return whether a part is what it was."""
    if one is other:
        return True
    if type(owner) is SymbolicTensor:
        return bool(one.id == other.id) and one.builder is other.builder
    if type(owner) is LocalArray:
        return bool(holds_same(one, other))
    if key is WHOLE:
        if isinstance(owner, np.ndarray):
            return bool(np.array_equal(one, other))
        if isinstance(owner, set):
            return set(map(id, one)) == set(map(id, other))
        if isinstance(owner, deque):
            return len(one) == len(other) and all(map(is_, one, other))
        return not isinstance(owner, list) and _is_alike(one, other)
    return False


def is_unchanged(owner: Any, before: Parts) -> bool:
    """Return whether all parts are what they were, and in that order."""
    kind = type(owner)
    if kind is list:
        return len(owner) == len(before) and all(map(is_, owner, before.values()))
    now = owner if kind is dict else parts_of(owner)
    if len(now) != len(before):
        return False
    if all(map(is_, now.values(), before.values())) and all(map(is_, now, before)):
        return True
    return list(now) == list(before) and all(
        is_same(owner, key, value, now[key]) for key, value in before.items()
    )


def class_attribute(owner: Any, key: Any) -> Any:
    """Return what a part reads as where the object itself has none: as an attribute its class's."""
    name = _attribute_name(owner, key)
    if name is None:
        return UNSET
    value = inspect.getattr_static(type(owner), name, UNSET)
    return UNSET if hasattr(type(value), "__get__") else value


def _attribute_name(owner: Any, key: Any) -> str | None:
    """Return the name of a part that is an attribute of an object of some class."""
    if type(key) is Attribute:
        return key.name
    if type(key) is not str or isinstance(owner, (dict, list, type, ModuleType, CellType)):
        return None
    return key


def is_python_only(owner: Any, key: Any) -> bool:
    """Return whether Python takes only a certain kind of object for a part, so no tensor."""
    return not isinstance(owner, dict) and key in ("__class__", "__code__")


def is_cache(owner: Any, key: Any) -> bool:
    """Whether a part that an object did not have before only saves computing it again."""
    name = _attribute_name(owner, key)
    if name is None:
        return False
    if isinstance(inspect.getattr_static(type(owner), name, None), functools.cached_property):
        return True
    module = type(owner).__module__.partition(".")[0]
    return name.startswith("_") and module in sys.stdlib_module_names


# ---- where Python keeps the parts ----

_OF_FUNCTIONS = ("__code__", "__defaults__", "__kwdefaults__")


def dict_of(owner: Any) -> dict[str, Any] | MappingProxyType[str, Any] | None:
    """Return the attributes of an object as Python keeps them, if it does in a dict."""
    try:
        if isinstance(owner, type):
            return type.__getattribute__(owner, "__dict__")  # type: ignore[no-any-return]
        return object.__getattribute__(owner, "__dict__")  # type: ignore[no-any-return]
    except AttributeError:
        return None


def _own_attributes(owner: Any) -> dict[Attribute, Any]:
    """Return the attributes of an object that is a container or such in the first place."""
    if not type(owner).__flags__ & _HEAP_TYPE:
        return {}
    return {Attribute(name): value for name, value in attributes(owner).items()}


_HEAP_TYPE = 1 << 9


def _write_attribute(owner: Any, name: str, value: Any) -> None:
    if name == "__class__" or name in slots_of(type(owner)) or type(owner) is FunctionType:
        if value is UNSET:
            object.__delattr__(owner, name)
        else:
            object.__setattr__(owner, name, value)
        return
    values: Any = dict_of(owner)
    if value is UNSET:
        values.pop(name, None)
    else:
        values[name] = value


def _dict_kind(owner: dict[Any, Any]) -> type[dict[Any, Any]]:
    return OrderedDict if isinstance(owner, OrderedDict) else dict


def _items(owner: dict[Any, Any]) -> Parts:
    kind = _dict_kind(owner)
    return {key: dict.__getitem__(owner, key) for key in kind.__iter__(owner)}


def _write_item(owner: dict[Any, Any], key: Any, value: Any) -> None:
    kind = _dict_kind(owner)
    if value is not UNSET:
        kind.__setitem__(owner, key, value)
    elif dict.__contains__(owner, key):
        kind.__delitem__(owner, key)


# ---- what changes as a whole ----


class _Whole(NamedTuple):
    """How to read the state of an object, and how to write it, where that is possible."""

    read: Callable[[Any], Any]
    write: Callable[[Any, Any], None] | None = None


def _copy(owner: Any) -> Any:
    if isinstance(owner, set):
        return set(set.__iter__(owner))
    if isinstance(owner, deque):
        return deque(deque.__iter__(owner), owner.maxlen)
    return owner.copy()


def _write_whole(owner: Any, value: Any) -> None:
    if isinstance(owner, list):
        list.__setitem__(owner, slice(None), value)
    elif isinstance(owner, np.ndarray):
        owner[...] = value
    elif isinstance(owner, set):
        set.clear(owner)
        set.update(owner, value)
    elif isinstance(owner, deque):
        deque.clear(owner)
        deque.extend(owner, value)
    else:
        whole = _whole(owner)
        if whole is not None and whole.write is not None:
            whole.write(owner, value)


def _write_stream(owner: Any, state: Any) -> None:
    if state is not None:
        content, position = state
        owner.seek(0)
        owner.truncate()
        owner.write(content)
        owner.seek(position)


def _write_items(owner: Any, value: Any) -> None:
    owner[:] = value


def _write_buffer(owner: Any, value: bytes) -> None:
    memoryview(owner).cast("B")[:] = value


def _iterator_state(owner: Any) -> Any:
    """Return the position of an iterator of Python's own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return owner.__reduce__()
        except TypeError:
            return None


def _generator_state(owner: GeneratorType[Any, Any, Any]) -> Any:
    frame = owner.gi_frame
    return None if frame is None else (frame.f_lasti, *frame.f_locals.values())


def _set_context(owner: ContextVar[Any], value: Any) -> None:
    if value is not UNSET:
        owner.set(value)


_STREAM = _Whole(
    lambda owner: None if owner.closed else (owner.getvalue(), owner.tell()), _write_stream
)
_SEQUENCE = _Whole(lambda owner: owner[:], _write_items)
_RANDOM = _Whole(lambda owner: owner.getstate(), lambda owner, state: owner.setstate(state))
_ITERATOR = _Whole(_iterator_state)
_BUFFER = _Whole(lambda owner: bytes(memoryview(owner)), _write_buffer)
_WHOLE: dict[type, _Whole] = {
    bytearray: _SEQUENCE,
    array: _SEQUENCE,
    io.StringIO: _STREAM,
    io.BytesIO: _STREAM,
    random.Random: _RANDOM,
    GeneratorType: _Whole(_generator_state),
    ContextVar: _Whole(lambda owner: owner.get(UNSET), _set_context),
    queue.SimpleQueue: _Whole(lambda owner: owner.qsize()),
}
_KINDS = (list, dict, set, deque, CellType, SymbolicTensor, type, np.ndarray)
_ITERATORS = frozenset({"builtins", "itertools", "collections", "_collections"})


def changes_as_whole(owner: Any) -> bool:
    """Return whether an object is one of Python's own whose items or state can change."""
    return isinstance(owner, (list, dict, set, deque)) or _whole(owner) is not None


def _whole(owner: Any) -> _Whole | None:
    """Return how the state of an object is read that is neither attributes nor items."""
    for kind in type(owner).__mro__:
        found = _WHOLE.get(kind)
        if found is not None:
            return found
    return _whole_by_type(type(owner))


def _whole_by_type(kind: type) -> _Whole | None:
    if kind.__flags__ & _HEAP_TYPE and kind.__module__ not in _ITERATORS:
        bases = {base.__module__ for base in kind.__mro__}
        return _BUFFER if "_ctypes" in bases else None
    if hasattr(kind, "__next__") and kind.__module__ in _ITERATORS:
        return _ITERATOR
    return _BUFFER if kind.__module__ in ("_ctypes", "mmap") else None


def _is_alike(one: Any, other: Any) -> bool:
    """Whether two states are alike: of the same objects, and of equal numbers and text."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(_is_alike, one, other))
    return isinstance(one, (int, float, str, bytes, bytearray, range, array)) and bool(one == other)
