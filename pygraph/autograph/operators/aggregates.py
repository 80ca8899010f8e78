"""``min``, ``max``, ``sum``, ``sorted`` and such, of tensors and of lists with tensors."""

from __future__ import annotations

import builtins
import itertools
from collections.abc import Callable
from types import GeneratorType
from typing import Any

from pygraph.autograph.entry import convertible
from pygraph.autograph.operators.branches import if_expr
from pygraph.autograph.operators.comparisons import compared, holds_staged
from pygraph.autograph.operators.comprehensions import collected
from pygraph.autograph.operators.iteration import Positions, positions
from pygraph.autograph.operators.lists import listed
from pygraph.control.changes.journal import assigned_outside
from pygraph.control.containers import lists
from pygraph.control.containers.ranges import Range
from pygraph.control.effects.raising import require
from pygraph.control.join.chosen_values import ChosenValue
from pygraph.control.join.leaves import NUMBERS
from pygraph.control.tensors import apply, as_predicate, cast, is_tensor, stages
from pygraph.graph.items import StagedItems
from pygraph.graph.locations import describe, user_line
from pygraph.graph.structure import flatten

_MISSING = object()


def _extreme(
    original: Callable[..., Any], name: str, better: Callable[[Any, Any], Any]
) -> Callable[..., Any]:
    def extreme(*values: Any, key: Any = None, default: Any = _MISSING) -> Any:
        if StagedItems in builtins.map(type, values):  # as in min(*items)
            values = ([*values],)
        if builtins.len(values) == 1:
            items = _ready(values[0])
            if stages(items) and key is None and default is _MISSING:
                return _reduced(items, name)
            found = positions(items)
            if found is not None:
                return _staged_extreme(found, name, key, default)
            values = tuple(items)
            if not values:
                return original(values, **_keywords(key, default))
        function = convertible(key)
        keys = values if key is None else [function(value) for value in values]
        if not any(map(holds_staged, keys)):
            return values[original(builtins.range(builtins.len(keys)), key=keys.__getitem__)]
        result, best = values[0], keys[0]
        for value, rank in builtins.zip(values[1:], keys[1:], strict=True):
            wins = better(rank, best)
            if stages(wins):
                wins = as_predicate(cast(wins, "bool"), "a comparison")
                result, best = _chosen(wins, value, result), _chosen(wins, rank, best)
            elif wins:
                result, best = value, rank
        return result

    return extreme


def _chosen(wins: Any, one: Any, other: Any) -> Any:
    if one is other:
        return one
    if all(is_tensor(value) or type(value) in NUMBERS for value in (one, other)):
        return apply("where", (wins, one, other))
    return if_expr(wins, lambda: one, lambda: other)


def _keywords(key: Any, default: Any) -> dict[str, Any]:
    keywords = {} if default is _MISSING else {"default": default}
    return keywords if key is None else {"key": key, **keywords}


def _staged_extreme(items: Positions, name: str, key: Any, default: Any) -> Any:
    def best() -> Any:
        function = (lambda item: item) if key is None else convertible(key)
        ranks = collected(items, lambda part: [function(item) for item in part])
        return items.item(_place_of_extreme(ranks, name))

    if default is _MISSING:
        return best()
    return if_expr(items.count > 0, best, lambda: default)


def _place_of_extreme(ranks: list[Any], name: str) -> Any:
    """Return the position of the least or the greatest rank, of equal ones the first."""
    if lists.items_of(ranks).element.kind == "leaf":
        vector = lists.scalars(ranks, f"{name}()")
        return apply(f"arg{name}", (vector,), {"axis": [0], "keepdims": False})
    require(lists.count(ranks) > 0, ValueError, f"{name}() arg is an empty sequence")
    return lists.order_of(ranks, f"{name}()", name == "max")[0]


def _reduced(items: Any, name: str) -> Any:
    _vector(items, name)
    return apply(name, (items,), {"axis": [0], "keepdims": False})


def _vector(value: Any, name: str) -> None:
    if builtins.len(value.static_shape) != 1:
        raise ValueError(
            f"{name}() takes a one-dimensional tensor, got {builtins.len(value.static_shape)} "
            f"dimensions; use pygraph.{name}(x, axis=...)"
        )


def _ready(items: Any) -> Any:
    """Return a range as a tensor, and the items of an iterator, which are looked at twice."""
    if isinstance(items, Range):
        return items.array()
    return list(items) if hasattr(items, "__next__") else items


min_ = _extreme(builtins.min, "min", lambda one, other: compared(one, "<", other))
max_ = _extreme(builtins.max, "max", lambda one, other: compared(one, ">", other))


def sorted_(iterable: Any, /, *, key: Any = None, reverse: bool = False) -> list[Any]:
    """``sorted``: by scalars, or tuples of scalars. Items are as in ``list``."""
    items = listed(iterable)
    function = (lambda item: item) if key is None else convertible(key)
    ranks = collected(items, lambda part: [function(item) for item in part])
    if not lists.is_staged(ranks) and not any(map(_holds_tensor, ranks)):
        return _by_rank(items, ranks, reverse)
    decided = None if lists.is_staged(ranks) else _decided_in_python(ranks)
    if decided is not None:
        return _by_rank(items, decided, reverse)
    return lists.in_order(items, lists.order_of(ranks, "sorted()", bool(reverse)))


def sort(target: list[Any], *, key: Any = None, reverse: bool = False) -> None:
    """``target.sort()``."""
    target[:] = sorted_(target, key=key, reverse=reverse)


def _decided_in_python(ranks: list[Any]) -> list[Any] | None:
    """Return what is before any tensor in tuples, if that differs in all and so orders them."""
    if not all(isinstance(rank, tuple) for rank in ranks):
        return None
    lengths = [
        next((place for place, part in enumerate(rank) if holds_staged(part)), builtins.len(rank))
        for rank in ranks
    ]
    first = [rank[: min(lengths)] for rank in ranks]
    differ = all(one != other for one, other in itertools.combinations(first, 2))
    return first if differ else None


def _holds_tensor(rank: Any) -> bool:
    return any(stages(leaf) or type(leaf) is ChosenValue for leaf in flatten(rank)[0])


def _by_rank(items: list[Any], ranks: list[Any], reverse: Any) -> list[Any]:
    order = sorted(range(builtins.len(ranks)), key=ranks.__getitem__, reverse=bool(reverse))
    return [items[place] for place in order]


def sum_(items: Any, /, start: Any = 0) -> Any:
    """``sum``: over the first axis of a tensor."""
    if isinstance(items, Range):
        items = items.array()
    if stages(items):
        return _plus(start, _total(items))
    if positions(items) is not None:
        items = listed(items)
    total = start
    for item in items:
        if type(item) is StagedItems:
            total = _plus(total, _total(item.tensor()))
        else:
            total = total + item
    return total


def _total(items: Any) -> Any:
    return apply("sum", (items,), {"axis": [0], "keepdims": False})


def _plus(start: Any, total: Any) -> Any:
    return total if type(start) is int and start == 0 else start + total


def any_(items: Any) -> Any:
    """``any``."""
    return _truths(items, "any", "logical_or")


def all_(items: Any) -> Any:
    """``all``."""
    return _truths(items, "all", "logical_and")


def _truths(items: Any, name: str, join: str) -> Any:
    if isinstance(items, Range):
        items = items.array()
    if stages(items):
        return _reduced_truths(items, name)
    if positions(items) is not None:
        items = listed(items)
    decisive = name == "any"
    result: Any = None
    assigns = isinstance(items, GeneratorType) and any(map(bool, assigned_outside(items.gi_code)))
    for item in items:
        if assigns and holds_staged(item):
            raise TypeError(
                f"{name}() takes items until one decides, which a tensor does here, and the "
                f"generator assigns a variable with :=\n  {describe(user_line())}\n"
                "Write a `for` loop with `break`."
            )
        if type(item) is StagedItems:
            truth = _reduced_truths(lists.scalars([item], f"{name}()"), name)
        elif stages(item):
            truth = as_predicate(item, f"an item of {name}()")
        elif bool(item) is decisive:
            return decisive
        else:
            continue
        result = truth if result is None else apply(join, (result, truth))
    return not decisive if result is None else result


def _reduced_truths(items: Any, name: str) -> Any:
    _vector(items, name)
    truths = items if items.dtype.kind == "bool" else apply("not_equal", (items, 0))
    return apply(name, (truths,), {"axis": [0], "keepdims": False})
