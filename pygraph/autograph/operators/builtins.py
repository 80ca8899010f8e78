"""Python's built-in functions on tensors, while a graph is being built.

Each takes what the original takes; only tensors are treated in another way.
"""

from __future__ import annotations

import builtins
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pygraph.autograph.entry import convertible
from pygraph.autograph.operators.aggregates import all_, any_, max_, min_, sort, sorted_, sum_
from pygraph.autograph.operators.bisection import STAGED as _BISECTION
from pygraph.autograph.operators.branches import if_expr
from pygraph.autograph.operators.comprehensions import generated, kept, keyed
from pygraph.autograph.operators.deques import STAGED as _DEQUES
from pygraph.autograph.operators.deques import deque_
from pygraph.autograph.operators.effects import STAGED as _EFFECTS
from pygraph.autograph.operators.effects import require_integral
from pygraph.autograph.operators.heaps import STAGED as _HEAPS
from pygraph.autograph.operators.iteration import (
    EnumeratedItems,
    ListItems,
    MappedItems,
    ReversedItems,
    StagedIterator,
    ZippedItems,
    own_iterable,
    positions,
)
from pygraph.autograph.operators.lists import METHODS, listed
from pygraph.autograph.operators.mathematics import STAGED as _MATHEMATICS
from pygraph.autograph.operators.protocols import own_method, tested
from pygraph.autograph.operators.reads import has_attribute, perhaps_attribute
from pygraph.control.changes.journal import note
from pygraph.control.containers import lists
from pygraph.control.containers.ranges import Range
from pygraph.control.effects.raising import require
from pygraph.control.identity.merged import refuse_hash, refuse_identity
from pygraph.control.join.chosen_values import ChosenValue
from pygraph.control.tensors import (
    as_number,
    as_predicate,
    current,
    is_tensor,
    length,
    stages,
)
from pygraph.graph.items import StagedItems
from pygraph.graph.locations import describe, user_line

_MISSING = object()


def staged_builtin(function: Any) -> Callable[..., Any] | None:
    """Return the form of a built-in function that takes tensors, or None to call it as it is."""
    return _STAGED.get(function)


def range_(*bounds: Any) -> Any:
    """``range``: staged when a bound is a tensor."""
    if any(stages(bound) for bound in bounds):
        return Range(*bounds, numbers=True)
    return builtins.range(*bounds)


def len_(value: Any) -> Any:
    """``len``: an int where the length is known, else a 0-d tensor."""
    if isinstance(value, Range):
        return value.length()
    if lists.is_staged(value):
        return lists.count(value)
    if is_tensor(value):
        return length(value)
    if type(value) is ChosenValue:
        return value.each(builtins.len)
    method = own_method(value, "__len__")
    return builtins.len(value) if method is None else method()


def int_(*arguments: Any, **keywords: Any) -> Any:
    """``int``."""
    if builtins.len(arguments) == 1 and stages(arguments[0]):
        value = _scalar(arguments[0], "int")
        require_integral(value)
        return as_number(value, "int64")
    if arguments and type(arguments[0]) is ChosenValue:
        return arguments[0].each(lambda value: int(value, *arguments[1:], **keywords))
    return int(*arguments, **keywords)


def round_(number: Any, ndigits: int | None = None) -> Any:
    """``round``."""
    if ndigits is None and stages(number) and not number.static_shape:
        require_integral(number)
    return builtins.round(number, ndigits)


def float_(*arguments: Any) -> Any:
    """``float``."""
    if arguments and stages(arguments[0]):
        return as_number(_scalar(arguments[0], "float"), "float64")
    if arguments and type(arguments[0]) is ChosenValue:
        return arguments[0].each(float)
    return float(*arguments)


def bool_(*arguments: Any) -> Any:
    """``bool``."""
    value = tested(arguments[0]) if arguments else False
    return as_predicate(value, "the argument of bool()") if stages(value) else bool(value)


def isinstance_(value: Any, kinds: Any) -> Any:
    """``isinstance``: a 0-d tensor is the number that it stands for."""
    if type(value) is ChosenValue:
        return value.each(lambda one: isinstance(one, kinds))
    if isinstance(value, kinds) or not is_tensor(value) or value.static_shape:
        return isinstance(value, kinds)
    return issubclass(_NUMBERS[value.dtype.kind], kinds)


# What Python's numbers are to the kinds of dtypes.
_NUMBERS = {"bool": bool, "integer": int, "floating": float}


def _scalar(value: Any, name: str) -> Any:
    if value.static_shape:
        shape = ", ".join("?" if dim is None else str(dim) for dim in value.static_shape)
        raise TypeError(f"{name}() takes a scalar, got a tensor of shape ({shape})")
    return value


def enumerate_(iterable: Any, start: Any = 0) -> Any:
    """``enumerate``."""
    items = positions(iterable)
    return builtins.enumerate(iterable, start) if items is None else EnumeratedItems(items, start)


def zip_(*iterables: Any, strict: bool = False) -> Any:
    """``zip``: staged when all of its arguments are, or lists beside staged ones."""
    if StagedItems in builtins.map(type, iterables):  # zip(*items)
        message = "zip(*items) of an empty list gives no lists: how many, a graph cannot leave open"
        require(lists.count(iterables) > 0, ValueError, message)
        return iter(lists.columns(iterables))
    beside = any(map(lists.is_staged, iterables))
    parts = [
        ListItems(iterable) if beside and type(iterable) in (list, deque) else positions(iterable)
        for iterable in iterables
    ]
    known = [part for part in parts if part is not None]
    if not known or builtins.len(known) < builtins.len(parts):
        return builtins.zip(*iterables, strict=strict)
    if strict and not all(_same_count(part.count, known[0].count) for part in known):
        raise ValueError(
            "zip(): these lengths are not known to be equal, as strict=True asks: "
            + ", ".join(str(part.count) for part in known)
        )
    return ZippedItems(known)


def _same_count(one: Any, other: Any) -> bool:
    return one is other or (type(one) is int and type(other) is int and one == other)


def map_(function: Any, *iterables: Any) -> Any:
    """``map``: staged when all that it goes over is; calls the converted function."""
    parts = [positions(iterable) for iterable in iterables]
    if not parts or None in parts:
        return builtins.map(convertible(function), *iterables)
    return MappedItems(convertible(function), [part for part in parts if part is not None])


def _alone(item: Any) -> Callable[[], list[Any]]:
    return lambda: [item]


def filter_(function: Any, iterable: Any) -> Any:
    """``filter``; of a tensor all items are computed at once."""
    keep = (lambda item: item) if function is None else convertible(function)

    def part(items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            yield from kept(keep(item), _alone(item))

    return generated(iterable, part)


def reversed_(iterable: Any) -> Any:
    """``reversed``."""
    items = positions(iterable)
    return builtins.reversed(iterable) if items is None else ReversedItems(items)


def list_(*arguments: Any) -> Any:
    """``list``: of a tensor of known length its items, of any other a staged list."""
    if builtins.len(arguments) == 1:
        return listed(arguments[0])
    return list(*arguments)


def tuple_(*arguments: Any) -> Any:
    """``tuple``: as ``list``."""
    if builtins.len(arguments) == 1:
        return arguments[0] if type(arguments[0]) is tuple else tuple(listed(arguments[0]))
    return tuple(*arguments)


def iter_(iterable: Any, *sentinel: Any) -> Any:
    """``iter``."""
    iterable = iterable if sentinel else own_iterable(iterable)
    items = None if sentinel else positions(iterable)
    return builtins.iter(iterable, *sentinel) if items is None else StagedIterator(items)


def next_(iterator: Any, *default: Any) -> Any:
    """``next``: running the graph raises StopIteration where no item is left."""
    if lists.is_staged(iterator):  # what a generator expression over a tensor gave
        iterator = iter_(iterator)
    if not isinstance(iterator, StagedIterator):
        _refuse_repeated(iterator)
        return builtins.next(iterator, *default)
    position, items = iterator.taken, iterator.items
    more = items.count > position
    note(iterator)
    iterator.taken += 1
    if default:
        return if_expr(more, lambda: items.item(position), lambda: default[0])
    require(more, StopIteration)
    return items.item(position)


def _refuse_repeated(iterator: Any) -> None:
    """Refuse to take an item in a staged branch or loop of what was made outside of it."""
    builder = current()
    if builder is None or builder.parent is None or builder.journal is None:
        return
    if builder.journal.is_older(iterator):
        raise TypeError(
            f"next() takes an item of a Python iterator where a tensor decides whether, or how "
            f"often\n  {describe(user_line())}\nIterate over a tensor, or index a list."
        )


def id_(value: Any) -> int:
    """``id``."""
    refuse_identity(value)
    return builtins.id(value)


def hash_(value: Any) -> int:
    """``hash``."""
    refuse_hash(value)
    return builtins.hash(value)


def set_(*arguments: Any) -> Any:
    """``set``."""
    return keyed(set(*arguments))


def frozenset_(*arguments: Any) -> Any:
    """``frozenset``."""
    return keyed(frozenset(*arguments))


def fromkeys(*arguments: Any) -> Any:
    """``dict.fromkeys``."""
    return keyed(dict.fromkeys(*arguments))


_STAGED: dict[Any, Callable[..., Any]] = {
    **_EFFECTS,
    **_HEAPS,
    **_BISECTION,
    **_MATHEMATICS,
    builtins.getattr: perhaps_attribute,
    builtins.hasattr: has_attribute,
    builtins.range: range_,
    builtins.len: len_,
    builtins.id: id_,
    builtins.hash: hash_,
    builtins.set: set_,
    builtins.frozenset: frozenset_,
    dict.fromkeys: fromkeys,
    builtins.int: int_,
    builtins.float: float_,
    builtins.round: round_,
    builtins.bool: bool_,
    builtins.isinstance: isinstance_,
    builtins.min: min_,
    builtins.max: max_,
    builtins.sum: sum_,
    builtins.sorted: sorted_,
    builtins.any: any_,
    builtins.all: all_,
    builtins.map: map_,
    builtins.filter: filter_,
    builtins.list: list_,
    builtins.tuple: tuple_,
    builtins.iter: iter_,
    builtins.next: next_,
    builtins.enumerate: enumerate_,
    builtins.zip: zip_,
    builtins.reversed: reversed_,
    deque: deque_,
}

METHODS[list]["sort"] = sort
METHODS[deque] = _DEQUES
