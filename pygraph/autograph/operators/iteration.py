"""What a ``for`` loop stages: tensors, ranges, and what built-in functions make of these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pygraph.control.loop import Items
from pygraph.control.ranges import Range
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


class ReversedItems(Positions):
    """``reversed(items)``."""

    def __init__(self, items: Positions) -> None:
        super().__init__(items.count)
        self.items = items

    def item(self, position: Any) -> Any:
        """Return the item at a position."""
        return self.items.item(self.count - 1 - position)


class MappedItems(Positions):
    """``map(function, *parts)``."""

    def __init__(self, function: Callable[..., Any], items: ZippedItems) -> None:
        super().__init__(items.count)
        self.function = function
        self.items = items

    def item(self, position: Any) -> Any:
        """Return the item at a position."""
        return self.function(*self.items.item(position))


class FilteredItems:
    """``filter(function, items)``: the loop's body runs for the items that are kept."""

    def __init__(self, function: Callable[[Any], Any] | None, items: Positions) -> None:
        self.keeps = function or (lambda item: item)
        self.first, self.more = items.first, items.more
        self.following, self.item = items.following, items.item


def staged_iterable(iterable: Any) -> Items | None:
    """Return the staged form of an iterable, or None for one that Python iterates."""
    if isinstance(iterable, (Positions, FilteredItems)):
        return iterable
    if isinstance(iterable, Range):
        return iterable if is_tracing() else None
    if stages(iterable):
        return TensorItems(iterable)
    return None


def positions(iterable: Any) -> Positions | None:
    """Return an iterable as items found by position, or None for one that Python iterates."""
    if isinstance(iterable, Range):
        return RangeItems(iterable) if is_tracing() else None
    staged = staged_iterable(iterable)
    if isinstance(staged, FilteredItems):
        raise TypeError("filter() over a tensor can only be looped over: use `if` in the loop")
    return staged if isinstance(staged, Positions) else None
