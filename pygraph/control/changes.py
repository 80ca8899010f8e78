"""Changes of outer objects as state: what branches and loops pass on besides variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pygraph._hot import SymbolicTensor
from pygraph.control.errors import Site, unjoined
from pygraph.control.forms import Form
from pygraph.control.journal import WHOLE, Change, Journal, note, read_part, write_part
from pygraph.control.unset import UNSET
from pygraph.graph.structure import map_structure


def get(change: Change) -> Any:
    """Return what the part of the object is now."""
    return read_part(change.owner, change.key)


def put(change: Change, value: Any) -> None:
    """Change the part of the object, on the behalf of the graph at hand."""
    note(change.owner)
    write_part(change.owner, change.key, value)


def both_ways(
    first: Sequence[Change], second: Sequence[Change], site: Site
) -> list[tuple[Change, Any, Any]]:
    """Return every part that one of two branches changes, with its value at the end of either.

    What both delete is deleted.
    """
    ends = [{change.place: change for change in changes} for changes in (first, second)]
    out = []
    for place in dict.fromkeys([*ends[0], *ends[1]]):
        one, other = ends[0].get(place), ends[1].get(place)
        change = one or other
        assert change is not None
        values = [change.before if end is None else end.after for end in (one, other)]
        if change.key is WHOLE or (values[0] is UNSET) != (values[1] is UNSET):
            raise unjoined(change, (values[0], values[1]), site)
        if values[0] is UNSET:
            put(change, UNSET)
        else:
            out.append((change, values[0], values[1]))
    return out


def check_joined(change: Change, form: Form, values: tuple[Any, Any], site: Site) -> None:
    """Refuse a part that would have no value, or None, on some ways only."""
    if form.missing and not (form.none and form.structure is None):
        raise unjoined(change, values, site)


def settled_values(values: Sequence[Any], journal: Journal) -> list[Any]:
    """Return values as they are now, apart from tensors and containers that will be undone."""

    def leaf(value: Any) -> Any:
        changed = type(value) is SymbolicTensor and journal.owns(value)
        return value.copy() if changed else value

    return [map_structure(leaf, value) for value in values] if journal.used else list(values)
