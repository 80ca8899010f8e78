"""Lists whose length the graph decides, read and changed as Python's lists are.

Such a list holds :class:`StagedItems`, alone or beside other items. What changes a list changes the
object itself, so that all who hold it see that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from pygraph._hot import SymbolicTensor
from pygraph.control.changes.parts import attributes
from pygraph.control.join.leaves import NUMBERS, Place, number_leaf
from pygraph.control.join.objects import is_plain
from pygraph.control.join.structures import (
    Shaped,
    conformed,
    item_shapes,
    join_items,
    merged,
    note_items,
    shaped,
)
from pygraph.control.tensors import apply, as_number, cast, current, is_tensor, length, weakened
from pygraph.graph.items import StagedItems
from pygraph.graph.locations import Location, describe, name_of, user_line
from pygraph.graph.structure import LEAF, Structure, flatten, map_structure, unflatten

_WHOLE = slice(None)


def is_staged(value: Any) -> bool:
    """Return whether a value is a list, tuple or deque whose length the graph decides."""
    kind = type(value)
    sequence = kind is list or kind is tuple or kind is deque
    return sequence and StagedItems in map(type, value)


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
    kind, *others = set(map(type, sequence))
    if kind in NUMBERS and not others:
        return Shaped(LEAF, (number_leaf(sequence[0]),))
    name = name_of(sequence) or "the list"
    return join_items(
        list(item_shapes(shaped(sequence))), Place(name, name + "[...]", _ItemSite(sequence))
    )


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
        if isinstance(sequence, deque):
            raise TypeError("sequence index must be integer, not 'slice'")
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


def _given_away(*items: Any) -> None:
    """Remember objects that went into a staged list: it has what they hold, not themselves."""
    builder = current()
    if builder is not None:
        for part in items_in(items):
            if not is_tensor(part):  # a write into one is found by its name
                builder.module.copies[id(part)] = part


def written_out(value: Any) -> Any:
    """Return a staged list of known length as a plain one; anything else as it is."""
    if not is_staged(value) or type(count(value)) is not int:
        return value
    return [get(value, position) for position in range(count(value))]


def items_in(value: Any) -> list[Any]:
    """Return the objects that make up a value and can be changed."""
    if isinstance(value, tuple):
        return [part for item in value for part in items_in(item)]
    if isinstance(value, (list, deque)):
        return [value, *(part for item in value for part in items_in(item))]
    if isinstance(value, dict):
        return [value, *(part for item in value.values() for part in items_in(item))]
    if is_plain(value) or hasattr(type(value), "__dataclass_fields__"):
        return [value, *(part for item in attributes(value).values() for part in items_in(item))]
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
            "Assign to it through the list, as in `items[i][j] = value`, or put a new item there: "
            "`items[i] = item`."
        )


def check_kept(owner: Any, name: str, lines: Sequence[Location]) -> None:
    """Refuse an object that every iteration of a loop changes and puts into a staged list."""
    builder = current()
    if builder is not None and id(owner) in builder.module.copies:
        raise TypeError(
            f"{name!r} is changed in every iteration of a loop, and its object put into a list "
            "whose length a tensor decides: the list has a copy, which would not see the change\n"
            f"  {describe(lines[0] if lines else user_line())}\n"
            "Make a new object in each iteration, or put a copy into the list."
        )


def _picked(items: StagedItems, key: Any) -> StagedItems:
    """Index every leaf by an integer or a slice."""
    key = _as_position(key)
    return _mapped(items, lambda leaf: leaf[key])


def _mapped(items: StagedItems, change: Callable[[Any], Any]) -> StagedItems:
    leaves = []
    for leaf in items.leaves:
        if is_tensor(leaf):
            changed = change(leaf)
            if changed.ndim == leaf.ndim:
                note_items(changed, [leaf])
            leaves.append(weakened(changed) if leaf.weak else changed)
        else:
            leaves.append(leaf)
    return StagedItems(items.element, leaves)


def readable(value: Any) -> Any:
    """Return a value whose text is to be made: the items of each staged list in it as one."""
    if is_staged(value):
        return (tuple if type(value) is tuple else list)([items_of(value)])
    if type(value) is list or type(value) is tuple:
        return type(value)(map(readable, value))
    if type(value) is dict:
        return {key: readable(part) for key, part in value.items()}
    return value


def scalars(sequence: Sequence[Any], what: str) -> Any:
    """Return the items, which are scalars, as a tensor of one dimension."""
    tensor = items_of(sequence).tensor()
    _check_scalars(tensor, what)
    return tensor


def _check_scalars(tensor: Any, what: str) -> None:
    if len(tensor.static_shape) != 1:
        dims = ", ".join("?" if dim is None else str(dim) for dim in tensor.static_shape[1:])
        raise TypeError(
            f"{what} takes a list of scalars, or of tuples of scalars, here; items have the shape "
            f"[{dims}]\n  {describe(user_line())}"
        )


def equal_to(sequence: Sequence[Any], value: Any, what: str) -> Any:
    """Return, for each item, whether it equals a value. ``what`` is said to need that, in errors.

    Items are scalars, or tuples of these and such.
    """
    items = items_of(sequence)
    leaves, structure = flatten(value)
    alike = structure == items.element
    equal: list[Any] = []
    for place, column in enumerate(items.leaves):
        leaf = leaves[place] if alike else None
        if not is_tensor(column):
            alike = alike and bool(column == leaf)
            continue
        _check_scalars(column, what)
        comparable = is_tensor(leaf) or isinstance(leaf, (bool, int, float))
        alike = alike and comparable
        equal.append(apply("equal", (column, leaf if comparable else column)))
    result: Any = alike
    for one in equal:
        result = apply("logical_and", (one, result))
    return result


def occurrences(sequence: Sequence[Any], value: Any) -> Any:
    """Return ``sequence.count(value)``."""
    equal = equal_to(sequence, value, "count")
    return as_number(apply("sum", (equal,), {"axis": [0], "keepdims": False}), "int64")


def contains(sequence: Sequence[Any], value: Any) -> Any:
    """Return ``value in sequence``."""
    equal = equal_to(sequence, value, "in")
    return apply("any", (equal,), {"axis": [0], "keepdims": False})


def position(sequence: Sequence[Any], value: Any, within: slice = _WHOLE) -> tuple[Any, Any]:
    """Return whether an item equals a value, and the position of the first that does."""
    equal = equal_to(sequence, value, "index")
    if within != _WHOLE:
        size = count(sequence)
        start, stop = _bounds(within, size)
        places = apply("arange", (0, size, 1), {})
        equal = apply("logical_and", (equal, apply("greater_equal", (places, start))))
        equal = apply("logical_and", (equal, apply("less", (places, stop))))
    reduced = {"axis": [0], "keepdims": False}
    # One more, that is equal in any case: a list may be empty.
    padded = apply("list_append", (equal, True), {"front": False})
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


def order_of(ranks: Sequence[Any], what: str, descending: bool = False) -> Any:
    """Return the positions of items in their order; tuples by the first parts that differ.

    Equal ones keep the order that they have.
    """
    order: Any = None
    for column in reversed(_ordered_leaves(items_of(ranks), what)):
        part = column if order is None else column[order]
        places = apply("argsort", (part,), {"axis": 0, "descending": descending})
        order = places if order is None else order[places]
    return order


def _ordered_leaves(items: StagedItems, what: str) -> list[Any]:
    if not _has_order(items.element):
        raise TypeError(
            f"{what} takes scalars or tuples of scalars where a tensor decides how many there are; "
            f"items have the form {items.element}\n  {describe(user_line())}\n"
            "Give it a key=, such as lambda item: item[0]."
        )
    columns = [leaf for leaf in items.leaves if is_tensor(leaf)]
    for column in columns:
        _check_scalars(column, what)
    return columns


def _has_order(structure: Structure) -> bool:
    if structure.kind == "dataclass":
        ordered = structure.key[0].__dataclass_params__.order
        return ordered and all(map(_has_order, structure.children))
    kinds = ("leaf", "none", "tuple", "list", "namedtuple")
    return structure.kind in kinds and all(map(_has_order, structure.children))


def in_order(sequence: Sequence[Any], order: Any) -> list[Any]:
    """Return the items at the positions that a tensor holds, one for each item."""
    items = [_picked(items_of(sequence), order)]
    if is_staged(sequence):
        return list(items)
    return [get(items, place) for place in range(len(sequence))]


def columns(items: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return ``list(zip(*items))``: for each part of the items, which are alike, all of them."""
    whole = items_of(items)
    if whole.element.kind not in ("tuple", "list", "namedtuple"):
        raise TypeError(
            f"zip(*items) takes items that are tuples, all of one length; got {whole.element}\n"
            f"  {describe(user_line())}"
        )
    leaves = iter(whole.leaves)
    parts = []
    for child in whole.element.children:
        part = [next(leaves) for _ in range(child.leaf_count)]
        if not any(map(is_tensor, part)):
            raise TypeError(
                f"zip(*items): {part[0]!r} is in all items, so the graph cannot decide how often\n"
                f"  {describe(user_line())}\nUse a comprehension over the items."
            )
        parts.append((StagedItems(child, part),))
    return parts


# ---- changing ----

Changing = list[Any] | deque[Any]
"""What can be changed, and have a length that the graph decides."""


def replace(target: Changing, items: Sequence[Any]) -> None:
    """Let a list consist of other items."""
    items = list(items)
    if isinstance(target, deque):
        target.clear()
        target.extend(items)
    else:
        target[:] = items


def append(target: Changing, item: Any) -> None:
    """``target.append(item)``, for a staged list."""
    replace(target, [items_of([*target, item])])
    _given_away(item)


def append_left(target: Changing, item: Any) -> None:
    """``target.appendleft(item)``."""
    replace(target, [items_of([item, *target])])
    _given_away(item)


def extend(target: Changing, items: Sequence[Any]) -> None:
    """``target.extend(items)``."""
    replace(target, [items_of([*target, *items])])
    _given_away(*items)


def put(target: Changing, index: Any, item: Any) -> None:
    """``target[index] = item``."""
    items = fitting(target, item)
    index = _as_position(index)
    parts = conformed(item, _with_types(items))
    columns = []
    for leaf in items.leaves:
        if is_tensor(leaf):
            part = parts.pop(0)
            changed = apply("scatter", (leaf, part, index), {"axis": 0})
            note_items(changed, [leaf, part])
            columns.append(weakened(changed) if leaf.weak else changed)
        else:
            columns.append(leaf)
    replace(target, [StagedItems(items.element, columns)])
    _given_away(item)


def fitting(target: Sequence[Any], item: Any) -> StagedItems:
    """Return the items of a list, of types that another item has as well."""
    return merged(target, element_of([*target, item]))


def _with_types(items: StagedItems) -> Shaped:
    """Return what one item is."""
    (element,) = item_shapes(shaped([items]))
    return element


def pop(target: Changing, index: Any = -1, empty: str = "pop from empty list") -> Any:
    """``target.pop(index)``; running the graph raises IndexError where there is no such item.

    ``empty`` is the error's text where there is none at all.
    """
    items = items_of(target)
    if type(index) is int and index in (0, -1):
        rest, item = _popped(items, index == 0, empty)
        replace(target, [rest])
        return item
    item = _picked(items, index)
    replace(target, [without(items, index)])
    return unflatten(item.element, item.leaves)


def _popped(items: StagedItems, front: bool, empty: str) -> tuple[StagedItems, Any]:
    rest, last = [], []
    for leaf in items.leaves:
        left = popped = leaf
        if is_tensor(leaf):
            left, popped = apply("list_pop", (leaf,), {"front": front, "empty": empty})
            note_items(left, [leaf])
            _note_item(popped, leaf)
            if leaf.weak:
                left, popped = weakened(left), weakened(popped)
        rest.append(left)
        last.append(popped)
    return StagedItems(items.element, rest), unflatten(items.element, last)


def _note_item(item: Any, column: Any) -> None:
    """Note that an item may be a tensor that was put into a list."""
    if type(column) is SymbolicTensor and column.ndim > 1:
        aliases = column.builder.module.aliases
        put_in = [one for one in aliases.of(column).values() if one.ndim == item.ndim]
        aliases.note_choice(item, put_in)


def taken(sequence: Changing, key: Any) -> Any:
    """Return ``sequence[key]`` to be changed and put back: the tensors in it may have other names.

    These names are not to be used from then on.
    """
    items = items_of(sequence)
    replace(sequence, [items])
    builder = current()
    for leaf in items.leaves:
        if type(leaf) is SymbolicTensor and leaf.ndim > 1 and builder is not None:
            builder.module.aliases.note_write(leaf)
    return map_structure(_apart, unflatten(items.element, _picked(items, key).leaves))


def _apart(value: Any) -> Any:
    return value.copy() if type(value) is SymbolicTensor and value.dims else value


def without(items: StagedItems, index: Any) -> StagedItems:
    """Return all items but one."""
    place = _counted_from_front(index, _count(items))
    before, after = _picked(items, slice(None, place)), _picked(items, slice(place + 1, None))
    return items_of([before, after])


def _as_position(key: Any) -> Any:
    """Return a key as Python takes it: True is 1. An array's would choose among the items."""
    is_truth = is_tensor(key) and key.dtype.kind == "bool" and not key.static_shape
    return cast(key, "int64") if is_truth else key


def _counted_from_front(index: Any, size: Any) -> Any:
    index = _as_position(index)
    if not is_tensor(index):
        return index if index >= 0 else as_number(size + index, "int64")
    return apply("where", (index < 0, index + size, index))


def insert(target: Changing, index: Any, item: Any) -> None:
    """``target.insert(index, item)``."""
    if type(index) is int and index == 0:
        append_left(target, item)
        return
    items = items_of(target)
    before, after = _picked(items, slice(None, index)), _picked(items, slice(index, None))
    replace(target, [items_of([before, item, after])])
    _given_away(item)


def put_slice(target: list[Any], key: slice, values: Sequence[Any]) -> None:
    """``target[key] = values``, where the slice has no step."""
    if not target:  # whatever the bounds are
        target.extend(values)
        return
    start, stop = _bounds(key, count(target))
    items = items_of(target)
    before, after = _picked(items, slice(None, start)), _picked(items, slice(stop, None))
    replace(target, [items_of([before, *values, after])])


def _bounds(key: slice, size: Any) -> tuple[Any, Any]:
    """Return where a slice begins, and where it ends: not before its beginning."""
    start = 0 if key.start is None else _clipped(key.start, size)
    stop = size if key.stop is None else _clipped(key.stop, size)
    return start, apply("maximum", (start, stop))


def _clipped(bound: Any, size: Any) -> Any:
    bound = (
        apply("where", (bound < 0, bound + size, bound))
        if is_tensor(bound)
        else (bound if bound >= 0 else size + bound)
    )
    return apply("clip", (bound, 0, size))


def reverse(target: Changing) -> None:
    """``target.reverse()``."""
    replace(target, reversed_items(target))
