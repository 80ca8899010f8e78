"""Comprehensions and generator expressions: over a tensor they become a staged loop.

The comprehension itself stays as the user wrote it, inside a function of what it goes over. A
staged loop calls that function with one item at a time and appends what comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from pygraph.autograph.operators.branches import if_expr
from pygraph.autograph.operators.iteration import own_iterable, staged_iterable
from pygraph.autograph.operators.loops import for_stmt
from pygraph.autograph.operators.protocols import tested
from pygraph.autograph.operators.variables import run
from pygraph.control.containers import lists
from pygraph.control.containers.keys import check_keys
from pygraph.control.tensors import is_tracing, stages
from pygraph.graph.locations import describe, user_line


def collected(iterable: Any, part: Callable[[Iterable[Any]], list[Any]]) -> list[Any]:
    """``[x for y in iterable]``, where ``part(items)`` is ``[x for y in items]``."""
    iterable = own_iterable(iterable)
    if staged_iterable(iterable) is None:
        return part(iterable)
    result: list[Any] = []

    def body(item: Any) -> None:
        nonlocal result
        result = lists.joined(result, part([item]))

    for_stmt(iterable, body, ["result"])
    return result


def generated(iterable: Any, part: Callable[[Iterable[Any]], Iterable[Any]]) -> Iterable[Any]:
    """``(x for y in iterable)``; over a tensor all items are computed at once."""
    iterable = own_iterable(iterable)
    if staged_iterable(iterable) is None:
        return part(iterable)
    return collected(iterable, lambda items: list(part(items)))


def kept(test: Any, item: Callable[[], list[Any]]) -> list[Any]:
    """``[x] if test else []``: what an ``if`` in a comprehension leaves."""
    test = tested(test)
    if stages(test):
        return if_expr(test, item, _nothing)  # type: ignore[no-any-return]
    return run(item) if test else []


def _nothing() -> list[Any]:
    return []


def refused(iterable: Any, part: Callable[[Iterable[Any]], Any]) -> Any:
    """A set or dict comprehension: neither can have as many entries as a tensor decides."""
    if staged_iterable(iterable) is not None:
        _refuse()
    return keyed(part(iterable))


def keyed(container: Any) -> Any:
    """A set or dict, whose elements or keys Python has told apart by their hashes."""
    if is_tracing():
        check_keys(container)
    return container


def _refuse() -> NoReturn:
    raise TypeError(
        "a set or dict comprehension over a tensor cannot be part of the graph, which would decide "
        f"its keys\n  {describe(user_line())}\nMake a list, or loop over Python values."
    )
