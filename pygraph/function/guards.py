"""What a graph depends on besides its arguments: the Python values that its trace read.

Each is read again before the graph runs (`csrc/bind/guards.hpp`); what has changed since leads to a
new trace. Nothing here keeps an object of the user's alive whose type allows weak references.
"""

from __future__ import annotations

import reprlib
import weakref
from collections.abc import Callable, Collection
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from pygraph import _hot
from pygraph._hot import Guards
from pygraph.control.changes.reads import CONTAINERS, Read, Reads, Seen
from pygraph.control.join.unset import UNSET
from pygraph.function.change import Change

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 40
_PLAIN = (bool, int, float, complex, str, bytes, type(None), range)
_PARTS = (list, tuple, dict, set, frozenset)


# What `Guards.add` takes.
_Check = tuple[int, int, int, Any, Any, Seen]


class BakedValue(NamedTuple):
    """A Python value that a graph has baked in: how the user writes it, and what it was.

    ``unguarded`` says why a change of it is not noticed; it is empty where one is.
    """

    name: str
    value: str
    unguarded: str = ""


class Guarded:
    """The checks of one graph, and their names and values for people."""

    def __init__(self) -> None:
        self.guards = Guards()
        self._checks: list[_Check] = []
        self._numbers: dict[tuple[int, int, int, tuple[type, Any]], int] = {}  # by their places
        self._names: list[str] = []
        # Numbers and strings themselves, of anything else what is told of it.
        self._values: list[Any] = []
        self.unguarded: list[BakedValue] = []
        self.held_strongly: list[str] = []  # the names of objects that the graph keeps alive
        # The guards whose values are containers, by the identity of these while they are added.
        self._containers: dict[int, int] = {}
        self._owners: list[Any] = []  # of each guard: a reference to it, or the number of a guard
        self._hidden: set[int] = set()  # guards that people are not told of

    def add(self, read: Read) -> bool:
        """Add a check; return false where there is no way to what was read that lasts."""
        owner, parent = self._owner(read)
        if owner is None and parent < 0:
            return False
        index = read.key if type(read.key) is int else 0
        number = len(self.guards)
        self._push((read.kind, parent, index, owner, read.key, read.seen))
        self._names.append(read.name)
        plain = type(read.value) in _PLAIN
        self._values.append(read.value if plain else _Text(text_of(read.value)))
        self._owners.append(parent if parent >= 0 else owner)
        if read.seen[0] == _hot.SEEN_SAME:
            self.held_strongly.append(read.name)
        if read.kind == _hot.GUARD_ITSELF:
            self._hidden.add(number)
        if isinstance(read.value, CONTAINERS):
            self._containers.setdefault(id(read.value), number)
        return True

    def _push(self, check: _Check) -> None:
        kind, parent, _, owner, key, _ = check
        self._numbers[kind, parent, id(owner), (type(key), key)] = len(self.guards)
        self.guards.add(*check)
        self._checks.append(check)

    def extend(self, other: Guarded) -> None:
        """Add the checks of another graph that hold now, but for those that are here already."""
        broken = set(other.broken())
        numbers = {-1: -1}  # there, and here
        for number, (kind, parent, index, owner, key, seen) in enumerate(other._checks):
            if number in broken or parent not in numbers:
                continue
            place = (kind, numbers[parent], id(owner), (type(key), key))
            known = self._numbers.get(place)
            if known is None:
                known = len(self.guards)
                self._push((kind, numbers[parent], index, owner, key, seen))
                self._names.append(other._names[number])
                self._values.append(other._values[number])
                self._owners.append(numbers[parent] if parent >= 0 else owner)
                if number in other._hidden:
                    self._hidden.add(known)
            numbers[number] = known
        self.unguarded += [row for row in other.unguarded if row not in self.unguarded]
        self.held_strongly += other.held_strongly

    def _owner(self, read: Read) -> tuple[Any, int]:
        """Return what a guard's owner is found by: the object, a reference to it, or a guard."""
        if read.kind == _hot.GUARD_NAME:
            return read.owner, -1
        if isinstance(read.owner, CONTAINERS):
            return None, self._containers.get(id(read.owner), -1)
        try:
            return weakref.ref(read.owner), -1
        except TypeError:
            return read.owner, -1

    def rows(self) -> list[BakedValue]:
        """Return all that the graph has baked in."""
        shown = [number for number in range(len(self._names)) if number not in self._hidden]
        return [
            *(BakedValue(self._names[number], text_of(self._values[number])) for number in shown),
            *self.unguarded,
        ]

    def changes(self) -> list[Change]:
        """Return what was read and has changed since, without what was read of that."""
        found = []
        broken = self.broken()
        for number in broken:
            owner = self._owners[number]
            gone = type(owner) is weakref.ref and owner() is None
            if gone or owner in broken:
                continue
            name, old = self._names[number], text_of(self._values[number])
            new = _now(self.guards, number)
            found.append(Change(name, old, "another one like it" if new == old else new, True))
        return found

    def broken(self) -> list[int]:
        """Return the numbers of the guards that do not hold."""
        found: list[int] = []
        number = self.guards.first_broken(0)
        while number >= 0:
            found.append(number)
            number = self.guards.first_broken(number + 1)
        return found


def _is_own(read: Read, function: Any) -> bool:
    """Whether it is the code of the Function itself, at which each call looks anyway."""
    return read.kind == _hot.GUARD_ITSELF and read.owner is function


def guarded_by(
    noted: Reads,
    function: Any,
    changed_by_trace: Callable[[Read], bool],
    unstable: set[str] | None,
) -> Guarded:
    """Return the checks of what a trace of a function read, at its end.

    What the traced code itself has changed is left out. What somebody else changed in the meantime
    leads to another trace, but not time and again.
    """
    guarded = Guarded()
    added = [read for read in noted.all() if not _is_own(read, function) and guarded.add(read)]
    broken = [added[number] for number in guarded.broken()]
    if broken:
        guarded = Guarded()
        changed = {id(read) for read in broken if changed_by_trace(read)}
        others = [read for read in broken if id(read) not in changed]
        unstable = set() if unstable is None else unstable
        for read in others:
            if read.name in unstable:
                changed.add(id(read))
                row = BakedValue(read.name, text_of(read.value), "each trace finds it changed")
                guarded.unguarded.append(row)
            unstable.add(read.name)
        for read in added:
            if id(read) not in changed:
                guarded.add(read)
    for other in noted.nested:
        guarded.extend(other)
    guarded.unguarded += [BakedValue(name, "", why) for name, why in noted.unguarded.items()]
    return guarded


def guards_of_keyword_defaults(function: Any) -> Guards | None:
    """Return the check of a function's `__kwdefaults__`, which may be changed in place."""
    if type(function) is not FunctionType or not function.__kwdefaults__:
        return None
    guards = Guards()
    seen = Reads().code_seen(function)
    guards.add(_hot.GUARD_ITSELF, -1, 0, weakref.ref(function), None, seen)
    return guards


class _Text(str):
    """What is told of a value that is not kept."""

    __slots__ = ()


def _now(guards: Guards, number: int) -> str:
    found = guards.value_of(number)
    return text_of(found[0]) if found else text_of(UNSET)


def text_of(value: Any) -> str:
    """Return a value as a short text; the user's classes are not asked for theirs."""
    if value is UNSET:
        return "not there"
    if type(value) is _Text:
        return str(value)
    kind = type(value)
    if kind in _PLAIN or isinstance(value, np.generic):
        return _short.repr(value)
    if kind in _PARTS and _is_plain(value):
        return _short.repr(value)
    if kind is FunctionType:
        code = value.__code__
        return f"{value.__qualname__} ({code.co_filename}:{code.co_firstlineno})"
    if isinstance(value, (type, ModuleType, BuiltinFunctionType)):
        return value.__name__
    return f"<{kind.__name__} at {id(value):#x}>"


def _is_plain(value: Collection[Any]) -> bool:
    items = [*value, *value.values()] if isinstance(value, dict) else value
    return len(value) < 1000 and all(type(item) in _PLAIN for item in items)
