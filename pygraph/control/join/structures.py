"""Structures with typed leaves: joined where ways meet, and values brought to what was joined.

Where two lists (or tuples) differ in length, or the graph decides the length of one already, what
serves both is a list of staged items: all alike, as many as there turn out to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from pygraph._hot import SymbolicTensor
from pygraph.control.join.chosen_values import (
    alternatives,
    can_be_chosen,
    is_chosen_value,
    join_alternatives,
    take_apart,
)
from pygraph.control.join.errors import mismatch
from pygraph.control.join.leaves import (
    NUMBERS,
    Leaf,
    Place,
    TensorLeaf,
    ValueLeaf,
    join_leaves,
    leaf_of,
    leaf_tensor,
    number_leaf,
    same_value,
)
from pygraph.control.join.objects import holds_inner, is_plain, opened
from pygraph.control.join.unset import Maybe
from pygraph.control.tensors import apply, cast, current, is_tensor, placeholder, weakened
from pygraph.graph import Builder
from pygraph.graph.items import StagedItems
from pygraph.graph.locations import describe, user_line
from pygraph.graph.structure import LEAF, DequeOf, Structure, flatten, leaf_names, suffixes

_SEQUENCES = ("list", "tuple", "deque", "staged")
# So many items are appended one by one; more are put together first.
_FEW = 4


class Shaped(NamedTuple):
    """A structure and what each of its leaves is."""

    structure: Structure
    leaves: tuple[Leaf, ...]

    def children(self) -> Iterator[Shaped]:
        """Yield the parts."""
        start = 0
        for child in self.structure.children:
            yield Shaped(child, self.leaves[start : start + child.leaf_count])
            start += child.leaf_count

    def __str__(self) -> str:
        return str(self.leaves[0]) if self.structure.kind == "leaf" else str(self.structure)


def shaped(value: Any) -> Shaped:
    """Return what a value is; its numbers may become tensors."""
    leaves, structure = flatten(value)
    return Shaped(structure, tuple([leaf_of(leaf, False) for leaf in leaves]))


# ---- joining ----


def join_shaped(one: Shaped, other: Shaped, place: Place) -> Shaped:
    """Return what serves both. Raises TypeError or ValueError where there is nothing."""
    if one.structure == other.structure and not any(map(_part_ways, one.leaves, other.leaves)):
        names = leaf_names(one.structure, place.leaf)
        leaves = [
            join_leaves(first, second, place._replace(leaf=name))
            for name, first, second in zip(names, one.leaves, other.leaves, strict=True)
        ]
        return Shaped(one.structure, tuple(leaves))
    if is_optional(one.structure) or is_optional(other.structure):
        return _join_optional(one, other, place)
    if _differ_in_length(one.structure, other.structure):
        return _join_sequences(one, other, place)
    first = alternatives(one.structure, one.leaves)
    second = alternatives(other.structure, other.leaves)
    if first is not None and second is not None:
        return Shaped(*join_alternatives(first, second, place))
    return _join_containers(_opened(one, other), _opened(other, one), place)


def is_optional(structure: Structure) -> bool:
    """Return whether a part of a container is None, or may be."""
    return structure.kind == "none" or (
        structure.kind == "registered" and structure.key[0] is Maybe
    )


def _join_optional(one: Shaped, other: Shaped, place: Place) -> Shaped:
    """Return a part of a container that may be None: what it is otherwise, and a flag."""
    known = [part for part in (_inner(one), _inner(other)) if part is not None]
    inner = known[0] if len(known) == 1 else join_shaped(known[0], known[1], place)
    none = any(_may_be_none(part.structure) for part in (one, other))
    key = (Maybe, (place.leaf, none))
    structure = Structure("registered", key, (inner.structure, LEAF))
    return Shaped(structure, (*inner.leaves, TensorLeaf("bool", ())))


def _inner(part: Shaped) -> Shaped | None:
    if not is_optional(part.structure):
        return part
    return next(part.children(), None)


def _may_be_none(structure: Structure) -> bool:
    return structure.kind == "none" or (is_optional(structure) and structure.key[1][1])


def _part_ways(one: Leaf, other: Leaf) -> bool:
    """Return whether two Python values differ that the graph can choose between, or take apart."""
    if not isinstance(one, ValueLeaf) or not isinstance(other, ValueLeaf):
        return False
    if same_value(one.value, other.value):
        return False
    if can_be_chosen(one.value) and can_be_chosen(other.value):
        return True
    return type(one.value) is type(other.value) and is_plain(one.value)


def _opened(one: Shaped, other: Shaped) -> Shaped:
    """Return an object, where the other one is another of its class, as its attributes."""
    leaf = one.leaves[0] if one.structure.kind == "leaf" else None
    if not isinstance(leaf, ValueLeaf) or not is_plain(leaf.value):
        return one
    kind = type(leaf.value)
    if other.structure.kind == "leaf":
        alike = isinstance(other.leaves[0], ValueLeaf) and type(other.leaves[0].value) is kind
    else:
        alike = other.structure.kind == "object" and other.structure.key[0] is kind
    return _as_attributes(leaf.value) if alike else one


def opened_if_new(part: Shaped, home: Builder) -> Shaped:
    """Return a plain object as its attributes where they hold tensors of a branch or body.

    Those have no value in ``home``, the builder around it.
    """
    leaf = part.leaves[0] if part.structure.kind == "leaf" else None
    if not isinstance(leaf, ValueLeaf) or not is_plain(leaf.value):
        return part
    return _as_attributes(leaf.value) if holds_inner(leaf.value, home) else part


def _as_attributes(value: Any) -> Shaped:
    leaves, structure = opened(value)
    return Shaped(structure, tuple([leaf_of(leaf, True) for leaf in leaves]))


def _differ_in_length(one: Structure, other: Structure) -> bool:
    """Return whether two lists, or tuples, are not known to be of one length."""
    kinds = one.kind, other.kind
    if not set(_SEQUENCES).issuperset(kinds) or _sequence_type(one) != _sequence_type(other):
        return False
    return "staged" in kinds or len(one.children) != len(other.children)


def _join_containers(one: Shaped, other: Shaped, place: Place) -> Shaped:
    first, second = one.structure, other.structure
    if (
        first.kind == "leaf"
        or first.kind != second.kind
        or first.key != second.key
        or len(first.children) != len(second.children)
    ):
        raise _structure_error(one, other, place)
    names = [place.leaf + suffix for suffix in suffixes(first)]
    parts = [
        join_shaped(a, b, place._replace(leaf=name))
        for name, a, b in zip(names, one.children(), other.children(), strict=True)
    ]
    structure = Structure(
        first.kind, first.key, tuple([part.structure for part in parts]), first.order
    )
    return Shaped(structure, tuple([leaf for part in parts for leaf in part.leaves]))


def _structure_error(one: Shaped, other: Shaped, place: Place) -> Exception:
    advice = "Its structure (lists, tuples, dicts and their keys) must stay the same."
    what = (str(one), str(other))
    return mismatch(TypeError, place.site, place.variable, place.leaf, what, advice)


def _sequence_type(structure: Structure) -> type | DequeOf:
    """Return what makes a sequence of its items."""
    if structure.kind in ("staged", "deque"):
        return structure.key  # type: ignore[no-any-return]
    return list if structure.kind == "list" else tuple


def _join_sequences(one: Shaped, other: Shaped, place: Place) -> Shaped:
    items = place._replace(leaf=place.leaf + "[...]")
    element = join_items([*item_shapes(one), *item_shapes(other)], items)
    counts = {_count(one), _count(other)}
    count = counts.pop() if len(counts) == 1 else None
    return staged_shape(_sequence_type(one.structure), element, count)


def staged_shape(kind: type | DequeOf, element: Shaped, count: int | None) -> Shaped:
    """Return what a list or tuple of ``count`` staged items is."""
    items = Structure("items", element.structure, (LEAF,) * len(element.leaves))
    leaves = tuple([_stacked_leaf(leaf, count) for leaf in element.leaves])
    return Shaped(Structure("staged", kind, (items,)), leaves)


def _stacked_leaf(leaf: Leaf, count: int | None) -> Leaf:
    return leaf._replace(shape=(count, *leaf.shape)) if isinstance(leaf, TensorLeaf) else leaf


def item_shapes(sequence: Shaped) -> Iterator[Shaped]:
    """Yield what the items of a list are, those that are staged as one."""
    for child in sequence.children():
        if child.structure.kind == "items":
            leaves = [
                leaf._replace(shape=leaf.shape[1:]) if isinstance(leaf, TensorLeaf) else leaf
                for leaf in child.leaves
            ]
            yield Shaped(child.structure.key, tuple(leaves))
        else:
            yield child


def _count(sequence: Shaped) -> int | None:
    """Return the number of items of a list, None where it is not known."""
    total = 0
    for child in sequence.children():
        known: int | None = 1
        if child.structure.kind == "items":
            known = next(leaf.shape[0] for leaf in child.leaves if isinstance(leaf, TensorLeaf))
        if known is None:
            return None
        total += known
    return total


def join_items(items: Sequence[Shaped], place: Place) -> Shaped:
    """Return what serves all items of a list. Raises TypeError or ValueError where nothing does."""
    items = [_with_numbers(_taken_apart(item)) for item in items]
    element = reduce(lambda one, other: _join_two(one, other, place), items)
    if any(map(_varies, [item.structure for item in items])):
        raise TypeError(
            f"the items of '{place.variable}' are lists of different lengths, and a tensor decides "
            f"which of them is meant, or how many there are\n  {describe(user_line())}\n"
            "Keep all their items in one list, with the number of the list each is in beside it, "
            "as in `pairs.append((number, item))`."
        )
    if not any(isinstance(leaf, TensorLeaf) for leaf in element.leaves):
        raise TypeError(
            f"the items of '{place.variable}' hold no tensor or number, so the graph cannot decide "
            f"how many there are\n  {describe(user_line())}\nMake it a list of fixed length."
        )
    return element


def _taken_apart(item: Shaped) -> Shaped:
    """Return an item with the attributes of plain objects in their place."""
    structure = item.structure
    if structure.kind == "leaf":
        leaf = item.leaves[0]
        if not isinstance(leaf, ValueLeaf) or not is_plain(leaf.value):
            return item
        return _taken_apart(_as_attributes(leaf.value))
    if not structure.children or structure.kind in ("items", "staged", "registered"):
        return item
    parts = [_taken_apart(part) for part in item.children()]
    children = tuple([part.structure for part in parts])
    whole = Structure(structure.kind, structure.key, children, structure.order)
    return Shaped(whole, tuple([leaf for part in parts for leaf in part.leaves]))


def _varies(structure: Structure) -> bool:
    """Return whether there is a list in a structure whose length may differ among such."""
    empty = structure.kind in ("list", "deque") and not structure.children
    return structure.kind == "staged" or empty or any(map(_varies, structure.children))


def _with_numbers(item: Shaped) -> Shaped:
    """A number among the items becomes a tensor: the next item may have another one there."""
    leaves = [
        number_leaf(leaf.value)
        if isinstance(leaf, ValueLeaf) and type(leaf.value) in NUMBERS
        else leaf
        for leaf in item.leaves
    ]
    return Shaped(item.structure, tuple(leaves))


def _join_two(one: Shaped, other: Shaped, place: Place) -> Shaped:
    joined = join_shaped(one, other, place)
    names = leaf_names(one.structure, place.leaf)
    if one.structure == other.structure:
        for name, first, second in zip(names, one.leaves, other.leaves, strict=True):
            if _differ(first, second):
                advice = "The items of a list whose length the graph decides have one shape."
                raise place._replace(leaf=name).error(ValueError, first, second, advice)
    return joined


def _differ(one: Leaf, other: Leaf) -> bool:
    if not isinstance(one, TensorLeaf) or not isinstance(other, TensorLeaf):
        return False
    return any(
        a != b and a is not None and b is not None
        for a, b in zip(one.shape, other.shape, strict=True)
    )


# ---- bringing values to it ----


def conformed(value: Any, target: Shaped) -> list[Any]:
    """Return the tensors of a value as ``target`` has them; records what that takes."""
    leaves, own = flatten(value)
    return list(_conformed(own, iter(leaves), target))


def _conformed(own: Structure, leaves: Iterator[Any], target: Shaped) -> Iterator[Any]:
    if own == target.structure:
        for leaf in target.leaves:
            value = next(leaves)
            if isinstance(leaf, TensorLeaf):
                yield leaf_tensor(value, leaf)
    elif is_optional(target.structure):
        yield from _conformed_optional(own, leaves, target)
    elif is_chosen_value(target.structure):
        values = [next(leaves) for _ in range(own.leaf_count)]
        yield from take_apart(own, values, target.structure, target.leaves)
    elif target.structure.kind == "object" and own.kind == "leaf":
        parts, structure = opened(next(leaves))
        yield from _conformed(structure, iter(parts), target)
    elif target.structure.kind == "staged":
        (items,) = target.children()
        element = items.structure.key
        parts = [
            (child.kind == "items", list(_aligned(child, leaves, element)))
            for child in own.children
        ]
        for position, leaf in enumerate(items.leaves):
            if isinstance(leaf, TensorLeaf):
                yield _column([(staged, part[position]) for staged, part in parts], leaf)
    else:
        for child, wanted in zip(own.children, target.children(), strict=True):
            yield from _conformed(child, leaves, wanted)


def _aligned(own: Structure, leaves: Iterator[Any], element: Structure) -> Iterator[Any]:
    """Yield the leaves of an item as ``element`` has them: of plain objects, the attributes'."""
    if element.kind == "object" and own.kind == "leaf":
        parts, structure = opened(next(leaves))
        yield from _aligned(structure, iter(parts), element)
    elif own == element or own.kind in ("leaf", "items") or own.kind != element.kind:
        for _ in range(own.leaf_count):
            yield next(leaves)
    else:
        for child, wanted in zip(own.children, element.children, strict=True):
            yield from _aligned(child, leaves, wanted)


def _conformed_optional(own: Structure, leaves: Iterator[Any], target: Shaped) -> Iterator[Any]:
    inner = next(target.children())
    if own.kind == "none":
        for leaf in inner.leaves:
            if isinstance(leaf, TensorLeaf):
                yield placeholder(leaf.dtype, leaf.shape, leaf.weak)
        yield cast(False, "bool")
    elif is_optional(own):
        yield from _conformed(own.children[0], leaves, inner)
        yield cast(next(leaves), "bool")
    else:
        yield from _conformed(own, leaves, inner)
        yield cast(True, "bool")


def leaves_in(own: Structure, target: Shaped) -> Iterator[Leaf]:
    """Yield, for each leaf of a structure without staged items, what it is in ``target``."""
    if own == target.structure:
        yield from target.leaves
    elif is_chosen_value(target.structure) or target.structure.kind == "object":
        yield from [ValueLeaf(None)] * own.leaf_count
    elif is_optional(target.structure):
        if own.kind != "none":
            yield from leaves_in(own, next(target.children()))
    elif target.structure.kind == "staged":
        (element,) = item_shapes(target)
        for child in own.children:
            yield from leaves_in(child, element)
    else:
        for child, wanted in zip(own.children, target.children(), strict=True):
            yield from leaves_in(child, wanted)


def merged(sequence: Sequence[Any], element: Shaped) -> StagedItems:
    """Return all items of a list as one: ``element`` serves all of them."""
    parts = []
    for value in sequence:
        staged = type(value) is StagedItems
        if staged:
            parts.append((True, value.leaves))
            continue
        leaves, structure = flatten(value)
        parts.append((False, list(_aligned(structure, iter(leaves), element.structure))))
    columns = []
    for position, leaf in enumerate(element.leaves):
        if isinstance(leaf, TensorLeaf):
            wanted = leaf._replace(shape=(None, *leaf.shape))
            columns.append(_column([(staged, part[position]) for staged, part in parts], wanted))
        else:
            columns.append(leaf.value)
    return StagedItems(element.structure, columns)


def _column(parts: Sequence[tuple[bool, Any]], leaf: TensorLeaf) -> Any:
    """Return one leaf of all items, along a new axis. ``parts`` says which stand for many items."""
    item_leaf = leaf._replace(shape=leaf.shape[1:])
    result: Any = None
    items: list[Any] = []
    for staged, value in parts:
        if not staged:
            items.append(leaf_tensor(value, item_leaf))
            continue
        result = _joined(_with_items(result, items), leaf_tensor(value, leaf))
        items = []
    result = _with_items(result, items)
    if isinstance(result, list):
        result = _stack(result)
    if result is None:
        return placeholder(leaf.dtype, (0, *item_leaf.shape), leaf.weak)
    note_items(result, [value for _, value in parts])
    return result


def note_items(column: Any, sources: Iterable[Any]) -> None:
    """Note which tensors may be items of a column, which holds their values, or of one before it.

    A write into one of them would change the list, which then must not be used.
    """
    if column.ndim > 1 and type(column) is SymbolicTensor:
        found = [one for one in sources if type(one) is SymbolicTensor]
        column.builder.module.aliases.note_choice(column, found)


def _with_items(before: Any, items: list[Any]) -> Any:
    """Return a tensor with items after it; as long as there is none, the items."""
    if before is None or not items:
        return items or before
    if len(items) > _FEW:
        return apply("concat", (before, _stack(items)), {"axis": 0})
    for item in items:
        before = apply("list_append", (before, item), {"front": False})
    return before


def _joined(before: Any, tensor: Any) -> Any:
    """Return a tensor with what stands before it: another one, items, or nothing."""
    if before is None:
        return tensor
    if isinstance(before, list):
        if len(before) <= _FEW:
            for item in reversed(before):
                tensor = apply("list_append", (tensor, item), {"front": True})
            return tensor
        before = _stack(before)
    return apply("concat", (before, tensor), {"axis": 0})


def _stack(items: list[Any]) -> Any:
    if any(is_tensor(item) for item in items):
        rows = [apply("expand_dims", (item,), {"axes": [0]}) for item in items]
        return rows[0] if len(rows) == 1 else apply("concat", tuple(rows), {"axis": 0})
    # Numbers still: a constant, which stays one for promotion.
    builder = current()
    assert builder is not None
    return weakened(builder.constant(np.array(items)))
