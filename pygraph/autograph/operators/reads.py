"""Reads of what a function did not make, noted as `control/changes/reads.py` says."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

from pygraph.autograph.operators.lookups import known_item
from pygraph.control.changes.reads import reads
from pygraph.control.join.unset import UNSET, given

_T = TypeVar("_T")


def variable(value: _T, name: str, whole: bool = True) -> _T:
    """Return the value of a module's variable; without ``whole`` only a part of it is used."""
    noted = reads()
    if noted is not None:
        noted.variable(sys._getframe(1).f_globals, name, whole)
    return value


def free(read: Callable[[], _T], name: str, whole: bool = True) -> _T:
    """Return the value of a variable of an enclosing function, which ``read`` alone reads."""
    noted = reads()
    if noted is not None:
        function: Any = read
        noted.free_variable(function.__closure__[0], name, whole)
    return read()


def attribute(owner: Any, name: str, whole: bool = True) -> Any:
    """Return ``owner.name``."""
    value = getattr(owner, name)
    noted = reads()
    if noted is not None:
        noted.attribute(owner, name, whole)
    return value


def entry(owner: Any, key: str, whole: bool = True) -> Any:
    """Return ``owner[key]`` for a key that is written as a text."""
    noted = reads()
    if noted is not None:
        noted.item(owner, key, whole)
    return given(known_item(owner, key) if isinstance(owner, dict) else owner[key])


def perhaps_attribute(owner: Any, name: str, *default: Any) -> Any:
    """``getattr``: there may be no such attribute."""
    noted = reads()
    if noted is not None and type(name) is str:
        noted.attribute(owner, name)
    return getattr(owner, name, *default)


def has_attribute(owner: Any, name: str) -> bool:
    """``hasattr``."""
    return perhaps_attribute(owner, name, UNSET) is not UNSET
