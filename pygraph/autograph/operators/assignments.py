"""Assignments to attributes and items: noted first; code of the class that does it is converted."""

from __future__ import annotations

import inspect
from functools import partial
from types import FunctionType, MemberDescriptorType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from pygraph.autograph.operators.calls import call
from pygraph.autograph.operators.chosen_objects import Linked
from pygraph.autograph.operators.lists import METHODS, ItemTarget, ListTarget
from pygraph.autograph.operators.lookups import DictTarget, is_plain_dict
from pygraph.autograph.operators.missing import Deleting, needs_care
from pygraph.autograph.operators.parts import PartTarget
from pygraph.autograph.operators.variables import changed_by_operators
from pygraph.control.changes.journal import note
from pygraph.control.containers import arrays
from pygraph.control.containers.arrays import note_array
from pygraph.control.containers.lists import check_own
from pygraph.control.identity.merged import check_single, is_linked
from pygraph.control.join.unset import Maybe
from pygraph.control.tensors import is_tensor, is_tracing

_CHANGING = ("__setitem__", "__delitem__", "__setattr__", "__delattr__")
_custom: WeakKeyDictionary[type, bool] = WeakKeyDictionary()


def changes(owner: Any, attribute: str = "") -> Any:
    """Return an object, an attribute or item of which is about to be assigned or deleted.

    What the ``attribute`` is may be changed in place. Where a class does that by code of the
    user's, what is returned calls that code converted.
    """
    if not is_tracing():
        return owner
    if isinstance(owner, ItemTarget):
        note(owner.root)
        return owner
    if type(owner) is Maybe:
        owner = owner.target()
    if isinstance(owner, np.ndarray):
        return arrays.target(owner)
    check_own(owner)
    if is_tensor(owner) or isinstance(owner, PartTarget):
        return owner
    if is_linked(owner):
        return Linked(owner, partial(_target, attribute=attribute))
    return _target(owner, attribute)


def augmented(value: Any) -> Any:
    """Return what a variable is that an operator such as ``+=`` is about to change in place."""
    if is_linked(value) and changed_by_operators(type(value)):
        check_single(value)
    return value


def _target(owner: Any, attribute: str) -> Any:
    """Return what an assignment to an attribute or item is made to."""
    note(owner, linked=True)
    if attribute:
        note_array(_stored(owner, attribute))
    elif type(owner) is dict:
        for value in owner.values():  # d[key] += 1 changes what is there
            note_array(value)
    if needs_care(owner):
        return Deleting(owner)
    if type(owner) in METHODS:
        return ListTarget(owner)
    if is_plain_dict(owner):
        return DictTarget(owner)
    return _Converting(owner) if _has_own_code(type(owner)) else owner


def _stored(owner: Any, attribute: str) -> Any:
    """Return what an attribute is, unless code of the user's says that."""
    found = inspect.getattr_static(owner, attribute, None)
    return getattr(owner, attribute, None) if type(found) is MemberDescriptorType else found


def _has_own_code(kind: type) -> bool:
    """Return whether Python code runs where attributes or items of a class are assigned."""
    found = _custom.get(kind)
    if found is None:
        found = any(
            isinstance(inspect.getattr_static(kind, m, None), FunctionType) for m in _CHANGING
        )
        found = found or any(
            isinstance(value, property) for base in kind.__mro__ for value in vars(base).values()
        )
        _custom[kind] = found
    return found


class _Converting:
    """Stands for an object while its attributes or items are assigned, and calls converted code."""

    __slots__ = ("_owner",)

    def __init__(self, owner: Any) -> None:
        object.__setattr__(self, "_owner", owner)

    def _method(self, name: str, *arguments: Any) -> Any:
        method = getattr(type(self._owner), name)
        return call(method)(self._owner, *arguments)

    def _accessor(self, name: str, which: str) -> Any:
        found = inspect.getattr_static(type(self._owner), name, None)
        accessor = getattr(found, which) if isinstance(found, property) else None
        return None if accessor is None else call(accessor)

    def __getitem__(self, key: Any) -> Any:
        return self._method("__getitem__", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._method("__setitem__", key, value)

    def __delitem__(self, key: Any) -> None:
        self._method("__delitem__", key)

    def __getattr__(self, name: str) -> Any:
        read = self._accessor(name, "fget")
        return getattr(self._owner, name) if read is None else read(self._owner)

    def __setattr__(self, name: str, value: Any) -> None:
        write = self._accessor(name, "fset")
        if write is None:
            self._method("__setattr__", name, value)
        else:
            write(self._owner, value)

    def __delattr__(self, name: str) -> None:
        remove = self._accessor(name, "fdel")
        if remove is None:
            self._method("__delattr__", name)
        else:
            remove(self._owner)
