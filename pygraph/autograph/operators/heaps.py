"""``heapq`` on lists with tensors in them: the steps of Python's own, so the list is the same too.

The list stays one that the graph decides the length of; a step of a push or pop costs no more than
its comparisons, as in Python.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Any

from pygraph.autograph.operators.aggregates import sorted_
from pygraph.autograph.operators.branches import if_expr
from pygraph.autograph.operators.comparisons import compared, holds_staged
from pygraph.autograph.operators.lists import item as item_of
from pygraph.autograph.operators.lists import listed
from pygraph.control.changes.journal import note
from pygraph.control.containers import lists
from pygraph.control.loop.staging import record_loop
from pygraph.control.tensors import apply, as_predicate, cast, is_tensor, stages
from pygraph.graph.items import StagedItems
from pygraph.graph.locations import describe, user_line

_EMPTY = "index out of range"


def _is_staged(heap: Any, *items: Any) -> bool:
    """Note a heap that is going to change; return whether tensors have a say in its order."""
    if type(heap) is not list:
        return False
    lists.check_own(heap)
    note(heap)
    return lists.is_staged(heap) or holds_staged(heap) or any(map(holds_staged, items))


def heappush(heap: Any, item: Any, /) -> None:
    """``heapq.heappush``."""
    if not _is_staged(heap, item):
        heapq.heappush(heap, item)
        return
    lists.append(heap, item)
    size = lists.count(heap)
    lists.replace(heap, [_risen(lists.items_of(heap), size - 1, 0)])


def heappop(heap: Any, /) -> Any:
    """``heapq.heappop``; running the graph raises IndexError for an empty heap."""
    if not _is_staged(heap) or not heap:
        return heapq.heappop(heap)
    last = lists.pop(heap, -1, _EMPTY)
    return _replaced(heap, last, last)


def heapreplace(heap: Any, item: Any, /) -> Any:
    """``heapq.heapreplace``."""
    if not _is_staged(heap, item) or not heap:
        return heapq.heapreplace(heap, item)
    smallest = lists.get(heap, 0)
    lists.replace(heap, [_sunk(lists.items_of(heap), 0, item)])
    return smallest


def heappushpop(heap: Any, item: Any, /) -> Any:
    """``heapq.heappushpop``."""
    if not _is_staged(heap, item) or not heap:
        return heapq.heappushpop(heap, item)
    smaller = if_expr(lists.count(heap) > 0, lambda: _less(lists.get(heap, 0), item), lambda: False)
    return _replaced(heap, item, item, smaller)


def _replaced(heap: list[Any], item: Any, otherwise: Any, swaps: Any = None) -> Any:
    """Return the smallest item and put another one in, where there are items."""

    def swapped() -> tuple[Any, list[Any]]:
        return lists.get(heap, 0), [_sunk(lists.items_of(heap), 0, item)]

    swaps = lists.count(heap) > 0 if swaps is None else swaps
    smallest, rest = if_expr(swaps, swapped, lambda: (otherwise, [*heap]))
    lists.replace(heap, rest)
    return smallest


def heapify(heap: Any, /) -> None:
    """``heapq.heapify``."""
    if not _is_staged(heap) or not heap:
        heapq.heapify(heap)
        return
    items = lists.items_of(heap)

    def sink(items: StagedItems, position: Any) -> tuple[StagedItems, Any]:
        return _sunk(items, position, lists.get([items], position)), position - 1

    last = lists.count(heap) // 2 - 1
    items, _ = _loop(lambda _, position: position >= 0, sink, items, last)
    lists.replace(heap, [items])


def nlargest(n: Any, iterable: Iterable[Any], key: Any = None) -> list[Any]:
    """``heapq.nlargest``."""
    return _first(n, iterable, key, True, heapq.nlargest)


def nsmallest(n: Any, iterable: Iterable[Any], key: Any = None) -> list[Any]:
    """``heapq.nsmallest``."""
    return _first(n, iterable, key, False, heapq.nsmallest)


def _first(
    n: Any, iterable: Iterable[Any], key: Any, reverse: bool, original: Callable[..., Any]
) -> list[Any]:
    items = listed(iterable)
    if not stages(n) and not lists.is_staged(items) and not holds_staged(items):
        return original(n, items, key)  # type: ignore[no-any-return]
    ordered = sorted_(items, key=key, reverse=reverse)
    wanted = apply("maximum", (n, 0)) if stages(n) else max(n, 0)
    return item_of(ordered, slice(None, wanted))  # type: ignore[no-any-return]


def merge(*iterables: Any, key: Any = None, reverse: bool = False) -> Any:
    """``heapq.merge``, of Python values only."""
    if any(stages(part) or lists.is_staged(part) or holds_staged(part) for part in iterables):
        raise TypeError(
            "heapq.merge() takes items one by one, as many as a tensor decides\n"
            f"  {describe(user_line())}\nUse sorted(first + second)."
        )
    return heapq.merge(*iterables, key=key, reverse=reverse)


def _less(one: Any, other: Any) -> Any:
    return as_predicate(cast(compared(one, "<", other), "bool"), "the comparison of two items")


def _loop(
    test: Callable[[StagedItems, Any], Any],
    body: Callable[[StagedItems, Any], tuple[StagedItems, Any]],
    items: StagedItems,
    position: Any,
) -> tuple[StagedItems, Any]:
    """Record a loop over the items of a heap and a position in it."""

    def together(state: list[Any]) -> tuple[StagedItems, Any]:
        tensors = iter(state)
        leaves = [next(tensors) if is_tensor(leaf) else leaf for leaf in items.leaves]
        return StagedItems(items.element, leaves), next(tensors)

    def apart(items: StagedItems, position: Any) -> list[Any]:
        return [*filter(is_tensor, items.leaves), cast(position, "int64")]

    state = record_loop(
        lambda state: test(*together(state)),
        lambda state: apart(*body(*together(state))),
        apart(items, position),
    )
    return together(state)


def _with_item(items: StagedItems, position: Any, item: Any) -> StagedItems:
    heap = [items]
    lists.put(heap, position, item)
    return lists.items_of(heap)


def _risen(items: StagedItems, position: Any, start: Any) -> StagedItems:
    """Move the item at a position towards the one at ``start``, past all that are greater."""
    rising = lists.get([items], position)

    def parent(items: StagedItems, position: Any) -> Any:
        return lists.get([items], (position - 1) >> 1)

    def goes_on(items: StagedItems, position: Any) -> Any:
        # The first position has the last one as its parent, which makes no difference.
        greater = _less(rising, parent(items, position))
        return apply("logical_and", (position > start, greater))

    def step(items: StagedItems, position: Any) -> tuple[StagedItems, Any]:
        return _with_item(items, position, parent(items, position)), (position - 1) >> 1

    items, position = _loop(goes_on, step, items, position)
    return _with_item(items, position, rising)


def _sunk(items: StagedItems, start: Any, item: Any) -> StagedItems:
    """Put an item in the place of the one at ``start``: the lesser of two children moves up."""
    items = lists.fitting([items], item)
    size = lists.count([items])

    def step(items: StagedItems, position: Any) -> tuple[StagedItems, Any]:
        left = 2 * position + 1
        right = apply("minimum", (left + 1, size - 1))
        less = _less(lists.get([items], left), lists.get([items], right))
        child = apply("where", (less, left, right))
        return _with_item(items, position, lists.get([items], child)), child

    items, position = _loop(lambda _, position: 2 * position + 1 < size, step, items, start)
    return _risen(_with_item(items, position, item), position, start)


STAGED: dict[Any, Callable[..., Any]] = {
    heapq.heappush: heappush,
    heapq.heappop: heappop,
    heapq.heapreplace: heapreplace,
    heapq.heappushpop: heappushpop,
    heapq.heapify: heapify,
    heapq.nlargest: nlargest,
    heapq.nsmallest: nsmallest,
    heapq.merge: merge,
}
