"""Changes of outer objects as state: what branches and loops pass on besides variables."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from pygraph._hot import SymbolicTensor
from pygraph.control.changes.journal import Change, Journal, note
from pygraph.control.changes.parts import (
    ORDER,
    VALUE,
    WHOLE,
    attributes,
    is_python_only,
    read_part,
    reorder,
    write_part,
)
from pygraph.control.join.errors import Site, unjoined
from pygraph.control.join.objects import is_plain
from pygraph.control.join.unset import UNSET, Maybe, Part
from pygraph.control.tensors import tracing
from pygraph.graph.aliases import is_derived
from pygraph.graph.frames import demand_conversion_of
from pygraph.graph.structure import map_structure


def get(change: Change) -> Any:
    """Return what the part of the object is now."""
    return read_part(change.owner, change.key)


def put(change: Change, value: Any) -> None:
    """Change the part of the object, on the behalf of the graph at hand."""
    note(change.owner, lines=change.lines, linked=True)
    if type(value) is Maybe:
        part = None if change.key is VALUE else Part(change.owner, change.key)
        value = Maybe(change.name, value.value, value.defined, value.none, part)
        if part is not None:  # the object refers to it, and it to the object
            tracing().module.missing_parts.append(value)
            if not isinstance(change.owner, (dict, list)):
                demand_conversion_of(type(change.owner))
    write_part(change.owner, change.key, value)


def both_ways(
    first: Sequence[Change], second: Sequence[Change], site: Site
) -> list[tuple[Change, Any, Any]]:
    """Return every part that one of two branches changes, with its value at the end of either.

    What both delete is deleted.
    """
    orders = [[c for c in changes if c.key is ORDER] for changes in (first, second)]
    first, second = ([c for c in changes if c.key is not ORDER] for changes in (first, second))
    whole = {c.place: c for c in (*first, *second) if c.key is WHOLE and type(c.owner) is list}
    ends = [
        {change.place: change for change in _with_whole_lists(changes, whole.values())}
        for changes in (first, second)
    ]
    out = []
    for place in dict.fromkeys([*ends[0], *ends[1]]):
        one, other = ends[0].get(place), ends[1].get(place)
        change = one or other
        assert change is not None
        values = [change.before if end is None else end.after for end in (one, other)]
        if not is_joinable(change):
            raise unjoined(change, site)
        if values[0] is UNSET and values[1] is UNSET:
            put(change, UNSET)
        else:
            out.append((change, values[0], values[1]))
    _join_orders(orders[0], orders[1], site)
    return out


def _join_orders(first: Sequence[Change], second: Sequence[Change], site: Site) -> None:
    """Give dicts the order of keys that they have after both of two branches."""
    one, other = ({id(change.owner): change for change in changes} for changes in (first, second))
    for change in {**other, **one}.values():
        ends = [
            change.before if end is None else end.after
            for end in (one.get(id(change.owner)), other.get(id(change.owner)))
        ]
        merged = _merged(ends[0], ends[1]) if is_one_order(ends[0], ends[1]) else []
        now = [key for key in merged if dict.__contains__(change.owner, key)]
        if not is_one_order(ends[0], ends[1]) or merged[: len(now)] != now:
            raise unjoined(change, site)
        note(change.owner, lines=change.lines)
        reorder(change.owner, now)


def is_one_order(one: list[Any], other: list[Any]) -> bool:
    """Return whether the keys that a dict has on both of two ways are in one order."""
    return [key for key in one if key in other] == [key for key in other if key in one]


def _merged(one: list[Any], other: list[Any]) -> list[Any]:
    """Return the keys of either way in the order of both."""
    merged: list[Any] = []
    left = deque(one)
    for key in other:
        if key in one:
            while left[0] != key:
                merged.append(left.popleft())
            left.popleft()
        merged.append(key)
    return [*merged, *left]


def is_joinable(change: Change) -> bool:
    """Return whether the graph can pass a part on: of what changes as a whole a list or deque."""
    if change.key is WHOLE:
        return type(change.owner) in (list, deque)
    if isinstance(change.owner, list):
        return True
    return change.key is not ORDER and not is_python_only(change.owner, change.key)


def _with_whole_lists(changes: Sequence[Change], whole: Collection[Change]) -> list[Change]:
    """Return changes such that those of items of certain lists are changes of the whole list."""
    places = {id(change.owner): change for change in whole}
    out = [c for c in changes if c.key is WHOLE or id(c.owner) not in places]
    items: dict[int, list[Any]] = {}
    for change in changes:
        if change.key is not WHOLE and id(change.owner) in places:
            after = items.setdefault(id(change.owner), list(places[id(change.owner)].before))
            after[change.key] = change.after
    return out + [places[owner]._replace(after=after) for owner, after in items.items()]


def settled_values(values: Sequence[Any], journal: Journal) -> list[Any]:
    """Return values as they are now, apart from tensors and containers that will be undone."""
    settle = partial(_settled, journal=journal, objects={})
    return [map_structure(settle, value) for value in values]


def _settled(value: Any, journal: Journal, objects: dict[int, Any]) -> Any:
    settle = partial(_settled, journal=journal, objects=objects)
    if type(value) is Maybe:
        inner = map_structure(settle, value.value)
        return Maybe(value.name, inner, value.defined, value.none, value.part)
    if is_plain(value) and journal.owns(value):
        known = objects.get(id(value))
        if known is None:
            known = objects[id(value)] = object.__new__(type(value))
            for name, part in attributes(value).items():
                object.__setattr__(known, name, map_structure(settle, part))
        return known
    if type(value) is SymbolicTensor and (journal.owns(value) or is_derived(value)):
        return value.copy()
    return value
