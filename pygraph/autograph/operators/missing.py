"""Attributes and items that an object has on some ways only, as a tensor decides.

Python's own functions and methods look into objects, where they would find what stands for such an
attribute or item while tracing. They are given its value, or refused what only a run can tell.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

from pygraph.control.changes.journal import note
from pygraph.control.join.unset import Maybe, given
from pygraph.control.tensors import current
from pygraph.graph.locations import describe, user_line

# Methods of a dict that work on one key, or do not look at what there is.
_DICT_METHODS = ("get", "setdefault", "pop", "clear", "update", "__setitem__", "__contains__")
# Functions that take what may be None as it is.
_ANY_VALUE = (builtins.print, builtins.str, builtins.repr, builtins.format, builtins.id)
_ABSENT: Any = object()


def may_miss(value: Any) -> bool:
    """Return whether a dict has some of its keys on some ways only."""
    return (
        isinstance(value, dict)
        and Maybe in map(type, value.values())
        and any(map(_is_missing, value.values()))
    )


def _is_missing(value: Any) -> bool:
    return type(value) is Maybe and not value.none


def check_keys(value: Any) -> None:
    """Refuse to go over a dict whose keys are not known while tracing."""
    if isinstance(value, dict) and may_miss(value):
        _refuse(value, "what has all of its keys is needed")


def _refuse(value: dict[Any, Any], what: str) -> NoReturn:
    missing = next(item for item in value.values() if _is_missing(item))
    raise TypeError(
        f"whether there is {missing.name} depends on a tensor, so the keys of the dict are not "
        f"known here, where {what}\n  {describe(user_line())}\n"
        "Give it a value on every way, or ask for single keys, with `in` and `get`."
    )


def may_have_key(container: dict[Any, Any], key: Any) -> Any:
    """``key in container``."""
    found = dict.get(container, key, _ABSENT)
    return found.defined if _is_missing(found) else key in container


def seeing(function: Any, target: Any) -> Any:
    """Return what runs for a function in C such that it sees values in place of what may miss."""
    builder = current()
    if builder is None or not builder.module.has_maybe:
        return target
    owner = getattr(function, "__self__", None)
    if isinstance(owner, dict) and may_miss(owner):
        return _dict_method(owner, function.__name__, target)
    single = _FUNCTIONS.get(function)
    if single is not None:
        return single
    # The functions of a module have the module in this place.
    is_method = owner is not None and type(owner) is not ModuleType
    take = given if is_method or function in _ANY_VALUE else _read

    def called(*arguments: Any, **keywords: Any) -> Any:
        for argument in (*arguments, *keywords.values()):
            check_keys(argument)
        named = {name: take(value) for name, value in keywords.items()}
        return target(*map(take, arguments), **named)

    return called


def _read(value: Any) -> Any:
    return value.read() if type(value) is Maybe else value


def _dict_method(owner: dict[Any, Any], name: str, method: Any) -> Callable[..., Any]:
    if name not in _DICT_METHODS:
        _refuse(owner, f"`{name}` needs them")

    def called(*arguments: Any, **keywords: Any) -> Any:
        found = dict.get(owner, arguments[0], _ABSENT) if arguments else _ABSENT
        if not _is_missing(found) or name in ("update", "__setitem__"):
            return method(*arguments, **keywords)
        if name == "__contains__":
            return found.defined
        if name == "get":
            return found.or_else(*(arguments[1:] or (None,)))
        note(owner)
        if name == "setdefault":
            owner[arguments[0]] = value = found.or_else(*(arguments[1:] or (None,)))
            return value
        del owner[arguments[0]]
        return found.or_else(arguments[1]) if arguments[1:] else found.read()

    return called


def _hasattr(value: Any, name: str) -> Any:
    found = getattr(value, name, _ABSENT)
    return found.defined if _is_missing(found) else found is not _ABSENT


def _getattr(value: Any, name: str, *default: Any) -> Any:
    found = getattr(value, name, *default)
    return found.or_else(*default) if default and _is_missing(found) else given(found)


def _delattr(value: Any, name: str) -> None:
    note(value)
    given(getattr(value, name))
    delattr(value, name)


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    builtins.hasattr: _hasattr,
    builtins.getattr: _getattr,
    builtins.delattr: _delattr,
}


class Deleting:
    """Stands for an object parts of which may be missing while one is assigned or deleted."""

    __slots__ = ("_owner",)

    def __init__(self, owner: Any) -> None:
        object.__setattr__(self, "_owner", owner)

    def __getitem__(self, key: Any) -> Any:
        return given(self._owner[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        self._owner[key] = value

    def __delitem__(self, key: Any) -> None:
        given(self._owner[key])
        del self._owner[key]

    def __getattr__(self, name: str) -> Any:
        return given(getattr(self._owner, name))

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._owner, name, value)

    def __delattr__(self, name: str) -> None:
        given(getattr(self._owner, name))
        delattr(self._owner, name)


def needs_care(owner: Any) -> bool:
    """Return whether some attributes or items of an object may be missing."""
    builder = current()
    if builder is None or not builder.module.has_maybe or isinstance(owner, (type, list)):
        return False
    parts = owner if isinstance(owner, dict) else getattr(owner, "__dict__", {})
    return any(map(_is_missing, parts.values()))
