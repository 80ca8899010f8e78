"""Lists whose length the graph decides, read and changed as Python's lists are.

Such a list holds :class:`StagedItems`, alone or beside other items. What changes a list changes the
object itself, so that all who hold it see that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from pygraph.control.leaves import Place
from pygraph.control.structures import Shaped, conformed, item_shapes, join_items, merged, shaped
from pygraph.control.tensors import apply, as_number, current, is_tensor, length, weakened
from pygraph.graph.items import StagedItems
from pygraph.graph.locations import Location, describe, is_library_file, user_line
from pygraph.graph.structure import unflatten


def is_staged(value: Any) -> bool:
    """Return whether a value is a list or tuple whose length the graph decides."""
    kind = type(value)
    return (kind is list or kind is tuple) and StagedItems in map(type, value)


class _ItemSite:
    """Where an item that does not fit was put into a list."""

    both = ("in the list", "in what is added")

    def __init__(self, sequence: Sequence[Any]) -> None:
        self.sequence = sequence

    def lines(self, name: str) -> tuple[Location | None, Location | None]:
        """Return where the list became part of the graph, and the line at hand."""
        staged = [item.line for item in self.sequence if type(item) is StagedItems]
        return (staged[0] if staged else None), user_line()


def items_of(sequence: Sequence[Any]) -> StagedItems:
    """Return all items of a list, at least one, as staged ones.

    Raises TypeError or ValueError where they are not all alike.
    """
    if len(sequence) == 1 and type(sequence[0]) is StagedItems:
        return sequence[0]
    return merged(sequence, element_of(sequence))


def element_of(sequence: Sequence[Any]) -> Shaped:
    """Return what serves all items of a list."""
    name = _name_of(sequence)
    return join_items(
        list(item_shapes(shaped(sequence))), Place(name, name + "[...]", _ItemSite(sequence))
    )


def _name_of(sequence: Sequence[Any]) -> str:
    """Return the user's name for a list, for errors."""
    frame = sys._getframe(1)
    while frame.f_back is not None and is_library_file(frame.f_code.co_filename):
        frame = frame.f_back
    found = [name for name, value in frame.f_locals.items() if value is sequence]
    return found[0] if found else "the list"


# ---- reading ----


def tested(value: Any) -> Any:
    """Return what a condition tests: of a staged list whether there are items, else the value."""
    return count(value) != 0 if is_staged(value) else value


def count(sequence: Sequence[Any]) -> Any:
    """Return the length: an int where it is known, else a 0-d tensor."""
    total: Any = 0
    for item in sequence:
        total = total + (_count(item) if type(item) is StagedItems else 1)
    return total


def _count(items: StagedItems) -> Any:
    return length(next(filter(is_tensor, items.leaves)))


def get(sequence: Sequence[Any], key: Any) -> Any:
    """Return ``sequence[key]``; running the graph raises IndexError for one out of range."""
    items = items_of(sequence)
    if isinstance(key, slice):
        return type(sequence)([_picked(items, key)])  # type: ignore[call-arg]
    return _copied(unflatten(items.element, _picked(items, key).leaves))


def _copied(item: Any) -> Any:
    """Remember that an item is not the object that Python would have in the list."""
    if items_in(item):
        builder = current()
        assert builder is not None
        for part in items_in(item):
            builder.module.copies[id(part)] = part
    return item


def written_out(value: Any) -> Any:
    """Return a staged list of known length as a plain one; anything else as it is."""
    if not is_staged(value) or type(count(value)) is not int:
        return value
    return [get(value, position) for position in range(count(value))]


def items_in(value: Any) -> list[Any]:
    """Return the objects that make up a value and can be changed."""
    if isinstance(value, tuple):
        return [part for item in value for part in items_in(item)]
    if isinstance(value, list):
        return [value, *(part for item in value for part in items_in(item))]
    if isinstance(value, dict):
        return [value, *(part for item in value.values() for part in items_in(item))]
    return [value] if is_tensor(value) and value.ndim > 0 else []


def disown(item: Any) -> None:
    """Let an item be changed, which is going to be put back."""
    builder = current()
    assert builder is not None
    for part in items_in(item):
        builder.module.copies.pop(id(part), None)


def check_own(owner: Any) -> None:
    """Refuse to change an item that was read from a staged list: the list would not see it."""
    builder = current()
    if builder is not None and id(owner) in builder.module.copies:
        raise TypeError(
            "an item of a list whose length or index a tensor decides is changed by itself, which "
            f"the list would not see\n  {describe(user_line())}\n"
            "Assign to it through the list, as in `items[i][j] = value`, or put a new item there."
        )


def _picked(items: StagedItems, key: Any) -> StagedItems:
    """Index every leaf by an integer or a slice."""
    return _mapped(items, lambda leaf: leaf[key])


def _mapped(items: StagedItems, change: Callable[[Any], Any]) -> StagedItems:
    leaves = []
    for leaf in items.leaves:
        if is_tensor(leaf):
            changed = change(leaf)
            leaves.append(weakened(changed) if leaf.weak else changed)
        else:
            leaves.append(leaf)
    return StagedItems(items.element, leaves)


def readable(value: Any) -> Any:
    """Return a value whose text is to be made: the items of each staged list in it as one."""
    if is_staged(value):
        return type(value)([items_of(value)])
    if type(value) is list or type(value) is tuple:
        return type(value)(map(readable, value))
    if type(value) is dict:
        return {key: readable(part) for key, part in value.items()}
    return value


def scalars(sequence: Sequence[Any], what: str) -> Any:
    """Return the items, which are scalars, as a tensor of one dimension."""
    tensor = items_of(sequence).tensor()
    if len(tensor.static_shape) != 1:
        raise TypeError(f"{what} takes a list of scalars here, got items of shape {_shape(tensor)}")
    return tensor


def _shape(tensor: Any) -> str:
    return "[" + ", ".join("?" if d is None else str(d) for d in tensor.static_shape[1:]) + "]"


def occurrences(sequence: Sequence[Any], value: Any) -> Any:
    """Return ``sequence.count(value)``."""
    equal = apply("equal", (scalars(sequence, "count"), value))
    return as_number(apply("sum", (equal,), {"axis": [0], "keepdims": False}), "int64")


def position(sequence: Sequence[Any], value: Any) -> tuple[Any, Any]:
    """Return whether an item equals a value, and the position of the first that does."""
    equal = apply("equal", (scalars(sequence, "index"), value))
    reduced = {"axis": [0], "keepdims": False}
    # One more, that is equal in any case: a list may be empty.
    padded = apply("list_append", (equal, True))
    return apply("any", (equal,), reduced), as_number(apply("argmax", (padded,), reduced), "int64")


def joined(sequence: list[Any], items: Sequence[Any]) -> list[Any]:
    """Return ``[*sequence, *items]``."""
    both = [*sequence, *items]
    return [items_of(both)] if is_staged(sequence) and items else both


def reversed_items(sequence: Sequence[Any]) -> list[Any]:
    """Return ``list(reversed(sequence))``."""
    return [_picked(items_of(sequence), slice(None, None, -1))]


def same_items(one: Sequence[Any], other: Sequence[Any]) -> Any:
    """Return whether the items of two lists, of one length, are equal."""
    first, second = items_of(one), items_of(other)
    if first.element != second.element:
        return False
    result: Any = True
    for a, b in zip(first.leaves, second.leaves, strict=True):
        equal = apply("equal", (a, b)) if is_tensor(a) or is_tensor(b) else a == b
        if is_tensor(equal):
            axes = list(range(len(equal.static_shape)))
            equal = apply("all", (equal,), {"axis": axes, "keepdims": False})
        result = apply("logical_and", (result, equal))
    return result


def repeated(items: list[Any], times: Any) -> list[Any]:
    """Return ``items * times``, where a tensor says how many times."""
    if any(isinstance(item, (list, dict, set)) for item in items):
        raise TypeError(
            "a list of lists or dicts cannot be repeated as often as a tensor says, for all of its "
            f"items would be one object\n  {describe(user_line())}\nUse a comprehension."
        )
    if not items:
        return []
    size = count(items)
    positions = apply("remainder", (apply("arange", (0, size * times, 1), {}), size))
    return [_picked(items_of(items), positions)]


def in_order(sequence: Sequence[Any], ranks: Any, descending: bool) -> list[Any]:
    """Return the items in the order of their ranks, a tensor with one for each."""
    order = apply("argsort", (ranks,), {"axis": 0, "descending": descending})
    items = [_picked(items_of(sequence), order)]
    if is_staged(sequence):
        return list(items)
    return [get(items, position) for position in range(len(sequence))]


# ---- changing ----


def append(target: list[Any], item: Any) -> None:
    """``target.append(item)``, for a staged list."""
    target[:] = [items_of([*target, item])]


def extend(target: list[Any], items: Sequence[Any]) -> None:
    """``target.extend(items)``."""
    target[:] = [items_of([*target, *items])]


def put(target: list[Any], index: Any, item: Any) -> None:
    """``target[index] = item``."""
    items = merged(target, element_of([*target, item]))
    parts = conformed(item, _with_types(items))
    columns = []
    for leaf in items.leaves:
        if is_tensor(leaf):
            changed = apply("scatter", (leaf, parts.pop(0), index), {"axis": 0})
            columns.append(weakened(changed) if leaf.weak else changed)
        else:
            columns.append(leaf)
    target[:] = [StagedItems(items.element, columns)]


def _with_types(items: StagedItems) -> Shaped:
    """Return what one item is."""
    (element,) = item_shapes(shaped([items]))
    return element


def pop(target: list[Any], index: Any = -1) -> Any:
    """``target.pop(index)``; running the graph raises IndexError where there is no such item."""
    items = items_of(target)
    if type(index) is not int or index != -1:
        item = _picked(items, index)
        place = _counted_from_front(index, _count(items))
        before, after = _picked(items, slice(None, place)), _picked(items, slice(place + 1, None))
        target[:] = [items_of([before, after])]
        return unflatten(item.element, item.leaves)
    rest, last = [], []
    for leaf in items.leaves:
        left, popped = apply("list_pop", (leaf,)) if is_tensor(leaf) else (leaf, leaf)
        weak = is_tensor(leaf) and leaf.weak
        rest.append(weakened(left) if weak else left)
        last.append(weakened(popped) if weak else popped)
    target[:] = [StagedItems(items.element, rest)]
    return unflatten(items.element, last)


def _counted_from_front(index: Any, size: Any) -> Any:
    if not is_tensor(index):
        return index if index >= 0 else as_number(size + index, "int64")
    return apply("where", (index < 0, index + size, index))


def insert(target: list[Any], index: Any, item: Any) -> None:
    """``target.insert(index, item)``."""
    items = items_of(target)
    before, after = _picked(items, slice(None, index)), _picked(items, slice(index, None))
    target[:] = [items_of([before, item, after])]


def reverse(target: list[Any]) -> None:
    """``target.reverse()``."""
    target[:] = reversed_items(target)
