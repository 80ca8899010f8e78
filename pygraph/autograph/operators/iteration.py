"""What a ``for`` loop stages: tensors, ranges, and what built-in functions make of these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pygraph.autograph.operators.missing import check_keys
from pygraph.autograph.operators.protocols import own_method
from pygraph.control.containers import lists
from pygraph.control.containers.arrays import LocalArray, note_read
from pygraph.control.containers.ranges import Range, Steps
from pygraph.control.loop.staging import Items
from pygraph.control.tensors import apply, as_number, cast, is_tensor, is_tracing, length, stages


class Positions:
    """Items that are found by counting from 0; ``count`` is an int or a 0-d tensor."""

    def __init__(self, count: Any) -> None:
        self.count = count

    def first(self) -> Any:
        """Return the position of the first item."""
        return cast(0, "int64")

    def more(self, position: Any) -> Any:
        """Return whether there is an item at a position."""
        return position < self.count

    def following(self, position: Any) -> Any:
        """Return the position after a position."""
        return position + 1

    def item(self, position: Any) -> Any:
        """Return the item at a position."""
        raise NotImplementedError


class TensorItems(Positions):
    """The parts of a tensor along its first axis."""

    def __init__(self, tensor: Any) -> None:
        super().__init__(length(tensor))
        self.tensor = tensor

    def item(self, position: Any) -> Any:
        """Return the item at a position."""
        return self.tensor[position]


class ListItems(Positions):
    """The items of a list or tuple whose length the graph decides."""

    def __init__(self, sequence: Sequence[Any]) -> None:
        super().__init__(lists.count(sequence))
        self.sequence = [lists.items_of(sequence)]

    def item(self, position: Any) -> Any:
        """Return the item at a position."""
        return lists.get(self.sequence, position)


class RangeItems(Positions):
    """A range, by position."""

    def __init__(self, numbers: Range) -> None:
        super().__init__(numbers.length())
        self.numbers = numbers

    def item(self, position: Any) -> Any:
        """Return the item at a position."""
        item = self.numbers.start + position * self.numbers.step
        if self.numbers.numbers:
            return as_number(item, "int64")
        return cast(item, self.numbers.dtype.name)


class EnumeratedItems(Positions):
    """``enumerate(items, start)``."""

    def __init__(self, items: Positions, start: Any) -> None:
        super().__init__(items.count)
        self.items = items
        self.start = start

    def item(self, position: Any) -> Any:
        """Return the item at a position."""
        return as_number(self.start + position, "int64"), self.items.item(position)


class ZippedItems(Positions):
    """``zip(*parts)``: as many items as the shortest part has."""

    def __init__(self, parts: Sequence[Positions]) -> None:
        count = parts[0].count
        for part in parts[1:]:
            if is_tensor(count) or is_tensor(part.count):
                count = apply("minimum", (count, part.count))
            else:
                count = min(count, part.count)
        super().__init__(count)
        self.parts = parts

    def item(self, position: Any) -> Any:
        """Return the item at a position."""
        return tuple(part.item(position) for part in self.parts)


class MappedItems(Positions):
    """``map(function, *parts)``."""

    def __init__(self, function: Callable[..., Any], parts: Sequence[Positions]) -> None:
        self.parts = ZippedItems(parts)
        super().__init__(self.parts.count)
        self.function = function

    def item(self, position: Any) -> Any:
        """Return the item at a position."""
        return self.function(*self.parts.item(position))


class ReversedItems(Positions):
    """``reversed(items)``."""

    def __init__(self, items: Positions) -> None:
        super().__init__(items.count)
        self.items = items

    def item(self, position: Any) -> Any:
        """Return the item at a position."""
        return self.items.item(self.count - 1 - position)


class StagedIterator(Positions):
    """``iter`` of what a graph decides the length of; the items taken are counted while tracing."""

    def __init__(self, items: Positions) -> None:
        self.items = items
        self.taken = 0

    @property
    def count(self) -> Any:
        """How many items are left."""
        left = self.items.count - self.taken
        return apply("maximum", (left, 0)) if is_tensor(left) else max(left, 0)

    def item(self, position: Any) -> Any:
        """Return the item at a position among those that are left."""
        return self.items.item(position + self.taken)


def own_iterable(iterable: Any) -> Any:
    """Return what an object of the user's iterates over, and anything else as it is."""
    check_keys(iterable)
    method = own_method(iterable, "__iter__")
    return iterable if method is None else method()


def staged_iterable(iterable: Any) -> Items | None:
    """Return the staged form of an iterable, or None for one that Python iterates."""
    if isinstance(iterable, Positions):
        return iterable
    if isinstance(iterable, Range):
        return Steps(iterable) if is_tracing() else None
    if type(iterable) is LocalArray and iterable.is_staged:
        iterable = iterable.value()
    if isinstance(iterable, np.ndarray) and iterable.ndim == 1:
        note_read(iterable)  # of more dimensions the items are views
    if stages(iterable):
        return TensorItems(iterable)
    if lists.is_staged(iterable):
        return ListItems(iterable)
    return None


def positions(iterable: Any) -> Positions | None:
    """Return an iterable as items found by position, or None for one that Python iterates."""
    if isinstance(iterable, Range):
        return RangeItems(iterable) if is_tracing() else None
    staged = staged_iterable(iterable)
    return staged if isinstance(staged, Positions) else None
