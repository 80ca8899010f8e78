"""The methods of ``collections.deque``, where a tensor decides which items it has or how many.

Both ends are as cheap as in Python: a deque is a list whose memory has room at both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from pygraph.autograph.operators.branches import if_expr
from pygraph.autograph.operators.lists import METHODS, listed
from pygraph.control.containers import lists
from pygraph.control.effects.raising import require
from pygraph.control.join.pending import MissingItemError
from pygraph.control.tensors import apply, stages

_EMPTY = "pop from an empty deque"


def deque_(iterable: Iterable[Any] = (), maxlen: int | None = None) -> deque[Any]:
    """``deque``: of a tensor, or of what a tensor decides the length of, a staged one."""
    made: deque[Any] = deque(maxlen=maxlen)
    _extend(made, iterable)
    return made


def _append(target: deque[Any], value: Any) -> None:
    _extend(target, [value])


def _append_left(target: deque[Any], value: Any) -> None:
    _extend_left(target, [value])


def _extend(target: deque[Any], items: Iterable[Any]) -> None:
    added = listed(items)
    if lists.is_staged(target) or lists.is_staged(added):
        _replace(target, [*target, *added], added, last=True)
    else:
        target.extend(added)


def _extend_left(target: deque[Any], items: Iterable[Any]) -> None:
    added = listed(items)
    if lists.is_staged(target) or lists.is_staged(added):
        added = lists.reversed_items(added) if lists.is_staged(added) else added[::-1]
        _replace(target, [*added, *target], added, last=False)
    else:
        target.extendleft(added)


def _replace(target: deque[Any], items: list[Any], added: list[Any], last: bool) -> None:
    """Let a deque consist of items: of the last ones, or the first, where it cannot hold all."""
    most = target.maxlen
    if most == 0:
        return
    whole: list[Any] = [lists.items_of(items)]

    def shortened() -> list[Any]:
        rest = list(whole)
        if len(added) > 1 or lists.is_staged(added):
            return lists.get(rest, slice(-most, None) if last else slice(most))  # type: ignore
        lists.pop(rest, 0 if last else -1)
        return rest

    if most is not None:
        whole = if_expr(lists.count(whole) > most, shortened, lambda: whole)
    lists.replace(target, whole)


def _pop(target: deque[Any]) -> Any:
    return _popped(target, -1)


def _pop_left(target: deque[Any]) -> Any:
    return _popped(target, 0)


def _popped(target: deque[Any], index: int) -> Any:
    if lists.is_staged(target):
        return lists.pop(target, index, _EMPTY)
    try:
        return target.pop() if index else target.popleft()
    except IndexError as error:
        raise MissingItemError(*error.args) from None


def _rotate(target: deque[Any], n: Any = 1) -> None:
    if not lists.is_staged(target) and not stages(n):
        target.rotate(n)
        return
    if not target:
        return
    items: list[Any] = [lists.items_of(target)]
    size = lists.count(items)

    def rotated() -> list[Any]:
        rest = list(items)
        if type(n) is int and abs(n) == 1:
            item = lists.pop(rest, -1 if n == 1 else 0)
            return [lists.items_of([item, *rest] if n == 1 else [*rest, item])]
        split = size - apply("remainder", (n, size))
        after, before = lists.get(rest, slice(split, None)), lists.get(rest, slice(None, split))
        return [lists.items_of([*after, *before])]

    lists.replace(target, if_expr(size > 0, rotated, lambda: items))


def _insert(target: deque[Any], index: Any, value: Any) -> None:
    if target.maxlen is not None:
        full = lists.count(target) >= target.maxlen
        message = "deque already at its maximum size"
        require(apply("logical_not", (full,)) if stages(full) else not full, IndexError, message)
    METHODS[list]["insert"](target, index, value)


STAGED: dict[str, Callable[..., Any]] = {
    **{name: METHODS[list][name] for name in ("count", "index", "remove", "reverse")},
    "append": _append,
    "appendleft": _append_left,
    "extend": _extend,
    "extendleft": _extend_left,
    "insert": _insert,
    "pop": _pop,
    "popleft": _pop_left,
    "rotate": _rotate,
}
