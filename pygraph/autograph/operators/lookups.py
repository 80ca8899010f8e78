"""Dicts and sets, of Python's keys, where a tensor is looked up: each key is compared with it.

A graph adds no keys: what a tensor decides to put in is refused, at the latest when the graph runs.
"""

from __future__ import annotations

import enum
import itertools
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from pygraph.autograph.operators.branches import if_expr
from pygraph.autograph.operators.comparisons import holds_staged, is_staged_key
from pygraph.control.changes.journal import note
from pygraph.control.containers import lists
from pygraph.control.containers.keys import keys_like
from pygraph.control.effects.raising import raised, require
from pygraph.control.identity.merged import can_be_changed
from pygraph.control.join.chosen_values import ChosenValue, can_be_chosen
from pygraph.control.tensors import is_tensor, is_tracing
from pygraph.graph.locations import describe, user_line
from pygraph.graph.structure import flatten
from pygraph.graph.text import deferred

# So many flags have 64 combinations.
_MOST_FLAGS = 6
_DICTS = (dict, OrderedDict, defaultdict, Counter)


def known_item(container: dict[Any, Any], key: Any) -> Any:
    """Return an item of a dict, which may add it if there is none."""
    if key not in container and hasattr(type(container), "__missing__") and is_tracing():
        note(container)
    return container[key]


def looked_up(container: Any, key: Any) -> Any:
    """``container[key]`` of a dict; running the graph raises KeyError for what is no key."""
    if type(container) not in _DICTS or not is_staged_key(key):
        return known_item(container, key)
    if type(container) is Counter:
        return got(container, key, 0)
    keys, found, position = _find(container, key)
    missing = "" if type(container) is not defaultdict else ", and a graph adds no keys to a dict"
    require(found, KeyError, deferred(lambda: f"{key}{missing}"))
    return chosen([container[known] for known in keys], position)


def chosen(values: Sequence[Any], position: Any) -> Any:
    """Return ``values[position]``, for a tensor that is the position of one."""
    if all(map(can_be_chosen, values)):
        return ChosenValue(position, tuple(values))
    if any(callable(leaf) and not is_tensor(leaf) for leaf in flatten(values)[0]):
        raise TypeError(
            "a tensor decides which function is taken; it can choose among those that use no "
            f"variables of a function around them\n  {describe(user_line())}\n"
            "Define them outside of any function, or call each in a branch of an `if`."
        )
    return lists.get(values, position)


def item_at_choice(key: ChosenValue, items: list[Any]) -> Any:
    """Return the one of several items that a chosen key, one of as many, stands for."""
    if any(item is not items[0] for item in items):
        _refuse_objects(key, items)
    return key.each(lambda value: items[key.values.index(value)])


def _refuse_objects(key: ChosenValue, items: list[Any]) -> None:
    """Refuse a chosen key of objects that can be changed: that would not reach the one meant."""
    found = next((item for item in items if can_be_changed(item)), None)
    if found is not None:
        raise TypeError(
            f"the key is {key!r}, as a tensor decides, and what stands there is a "
            f"{type(found).__name__}, which could be changed\n  {describe(user_line())}\n"
            "Use each key by itself, in the branches of an `if`."
        )


def member(kind: enum.EnumMeta, *given: Any, **named: Any) -> Any:
    """``Kind(value)`` of an enumeration; running the graph raises ValueError for no such value."""
    if len(given) != 1 or named or not holds_staged(given[0]):
        return kind(*given, **named)
    members = _members(kind)
    found, position = lists.position([one.value for one in members], given[0])
    invalid = deferred(lambda: f"{given[0]} is not a valid {kind.__qualname__}")
    require(found, ValueError, invalid)
    return chosen(members, position)


def _members(kind: Any) -> list[Any]:
    """Return the members of an enumeration; of flags all combinations, if they are not many."""
    if not issubclass(kind, enum.Flag):
        return list(kind)
    bits = [one.value for one in kind]
    if len(bits) > _MOST_FLAGS:
        raise TypeError(
            f"{kind.__qualname__} has more combinations of flags than a tensor can choose among\n"
            f"  {describe(user_line())}\nTest the bits of the number instead, as in `value & 4`."
        )
    return [kind(sum(chosen_bits)) for chosen_bits in _subsets(bits)]


def _subsets(bits: Sequence[int]) -> Iterator[tuple[int, ...]]:
    for count in range(len(bits) + 1):
        yield from itertools.combinations(bits, count)


def got(container: Any, key: Any, default: Any = None) -> Any:
    """``container.get(key, default)``."""
    if not is_staged_key(key):
        return container.get(key, default)
    if default is None:
        raise TypeError(
            "get(key) would be None or a value, as a tensor decides\n"
            f"  {describe(user_line())}\nGive it a default, as in get(key, 0)."
        )
    keys = keys_like(container, key)
    if not keys:
        return default
    found, position = lists.position(keys, key)
    values = [container[known] for known in keys]
    return if_expr(found, lambda: chosen(values, position), lambda: default)


class DictTarget:
    """A dict, an item of which is about to be assigned or deleted."""

    __slots__ = ("_owner",)

    def __init__(self, owner: dict[Any, Any]) -> None:
        self._owner = owner

    def __getitem__(self, key: Any) -> Any:
        if type(key) is ChosenValue:
            return item_at_choice(key, [self._owner[value] for value in key.values])
        return looked_up(self._owner, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        if type(key) is ChosenValue:
            self._assign_chosen(key, value)
            return
        if not is_staged_key(key):
            self._owner[key] = value
            return
        if not keys_like(self._owner, key):
            refuse_key(f"{type(self._owner).__name__}[key] = value")
        keys, found, position = _find(self._owner, key)
        missing = deferred(lambda: f"{key} is no key yet, and a graph adds no keys to a dict")
        require(found, KeyError, missing)
        values: list[Any] = [lists.items_of([self._owner[known] for known in keys])]
        lists.put(values, position, value)
        for place, known in enumerate(keys):
            self._owner[known] = lists.get(values, place)

    def _assign_chosen(self, key: ChosenValue, value: Any) -> None:
        if any(known not in self._owner for known in key.values):
            refuse_key(f"{type(self._owner).__name__}[key] = value")
        formers = {known: self._owner[known] for known in key.values}
        _refuse_objects(key, [value, *formers.values()])
        for known, former in formers.items():
            self._owner[known] = _where(key == known, value, former)

    def __delitem__(self, key: Any) -> None:
        if is_staged_key(key):
            refuse_key(f"del {type(self._owner).__name__}[key]")
        del self._owner[key]


def _where(test: Any, one: Any, other: Any) -> Any:
    return if_expr(test, lambda: one, lambda: other)


def is_plain_dict(owner: Any) -> bool:
    """Return whether a dict is one whose items are found by comparing keys, as far as is known."""
    return type(owner) in _DICTS


def refuse_key(what: str) -> NoReturn:
    """Refuse to add or remove a key that a tensor decides."""
    raise TypeError(
        f"{what}: a tensor would decide which keys there are, and a graph adds and removes none\n"
        f"  {describe(user_line())}\n"
        "Mark them in a tensor, as in `seen = pygraph.zeros(n, dtype=pygraph.bool)` and "
        "`seen[key] = True`, or collect them in a list."
    )


def _find(container: Any, key: Any) -> tuple[list[Any], Any, Any]:
    """Return the keys that may equal a key, whether one does, and the position of that."""
    keys = keys_like(container, key)
    if not keys and type(container) is defaultdict:
        refuse_key("defaultdict[key]")
    if not keys:
        raise raised(KeyError(deferred(lambda: f"{key}")))
    return (keys, *lists.position(keys, key))
