"""``bisect`` on tensors and on lists with tensors in them: as many steps as Python's search."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from typing import Any

from pygraph.autograph.entry import convertible
from pygraph.autograph.operators.comparisons import compared, holds_staged
from pygraph.autograph.operators.lists import list_method, listed
from pygraph.control.containers import lists
from pygraph.control.loop.staging import record_loop
from pygraph.control.tensors import apply, as_number, as_predicate, cast, is_tensor, stages


def _search(original: Callable[..., int], right: bool) -> Callable[..., Any]:
    def search(a: Any, x: Any, lo: Any = 0, hi: Any = None, *, key: Any = None) -> Any:
        if not _is_staged(a, x, lo, hi):
            return original(a, x, lo, hi, key=key)
        items = a if is_tensor(a) else listed(a)
        if not is_tensor(items) and not items:
            return lo
        return _position(items, x, lo, hi, right, key)

    return search


def _is_staged(items: Any, *values: Any) -> bool:
    staged = stages(items) or lists.is_staged(items) or holds_staged(items)
    return staged or any(map(holds_staged, values))


def _position(items: Any, x: Any, lo: Any, hi: Any, right: bool, key: Any) -> Any:
    function = (lambda item: item) if key is None else convertible(key)
    whole = items if is_tensor(items) else [lists.items_of(items)]
    if hi is None:
        hi = items.shape[0] if is_tensor(items) else lists.count(items)

    def step(state: list[Any]) -> list[Any]:
        first, last = state
        middle = (first + last) >> 1
        item = function(whole[middle] if is_tensor(whole) else lists.get(whole, middle))
        before = compared(x, "<", item) if right else compared(item, "<", x)
        goes_left = as_predicate(cast(before, "bool"), "the comparison of two items")
        if not right:
            goes_left = apply("logical_not", (goes_left,))
        return [
            apply("where", (goes_left, first, middle + 1)),
            apply("where", (goes_left, middle, last)),
        ]

    state = [cast(lo, "int64"), cast(hi, "int64")]
    first, _ = record_loop(lambda state: state[0] < state[1], step, state)
    return as_number(first, "int64")


def _insort(right: bool) -> Callable[..., None]:
    find = _search(bisect.bisect_right if right else bisect.bisect_left, right)

    def insort(a: Any, x: Any, lo: Any = 0, hi: Any = None, *, key: Any = None) -> None:
        rank = x if key is None else convertible(key)(x)
        place = find(a, rank, lo, hi, key=key)
        (list_method(a.insert) or a.insert)(place, x)

    return insort


bisect_left = _search(bisect.bisect_left, False)
bisect_right = _search(bisect.bisect_right, True)

STAGED: dict[Any, Callable[..., Any]] = {
    bisect.bisect_left: bisect_left,
    bisect.bisect_right: bisect_right,
    bisect.bisect: bisect_right,
    bisect.insort_left: _insort(False),
    bisect.insort_right: _insort(True),
    bisect.insort: _insort(True),
}
