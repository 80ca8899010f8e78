"""``==``, ``<``, ``in``, ``is``: of tensors, and of containers with tensors in them."""

from __future__ import annotations

import inspect
import operator
from collections import deque
from collections.abc import Callable, Iterable, KeysView, Mapping, Sequence
from types import FunctionType
from typing import Any

from pygraph.autograph.operators.branches import if_expr
from pygraph.autograph.operators.missing import may_have_key, may_miss
from pygraph.autograph.operators.protocols import own_method, tested
from pygraph.control.containers.keys import has_key
from pygraph.control.containers.lists import contains, count, is_staged, same_items
from pygraph.control.containers.ranges import Range
from pygraph.control.identity.merged import is_merged, same_object
from pygraph.control.join.chosen_values import ChosenValue
from pygraph.control.join.unset import Maybe
from pygraph.control.tensors import (
    any_equal,
    apply,
    as_predicate,
    is_tensor,
    is_tracing,
    logical_not,
    stages,
)
from pygraph.graph.frames import GENERATED
from pygraph.graph.locations import describe, user_line

_ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_METHODS = {"==": "__eq__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
SYMBOLS = {method: symbol for symbol, method in _METHODS.items()}
_REFLECTED = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compared(left: Any, symbol: str, right: Any) -> Any:
    """Return ``left symbol right``."""
    if type(left) is ChosenValue:
        return left.each(lambda value: compared(value, symbol, right))
    if type(right) is ChosenValue:
        return right.each(lambda value: compared(left, symbol, value))
    other = _OTHERS.get(symbol)
    if other is not None:
        return other(left, right)
    if symbol == "!=" and own_method(left, "__ne__") is not None:
        return left != right
    if symbol in ("==", "!="):
        if is_tensor(left) or is_tensor(right):
            return left == right if symbol == "==" else left != right
        equal = _equal(left, right)
        return equal if symbol == "==" else _inverse(equal)
    if is_staged(left) or is_staged(right):
        raise TypeError(
            f"lists whose length the graph decides have no order: {symbol!r}\n"
            f"  {describe(user_line())}\nCompare their lengths or items, or tuples of fixed length."
        )
    if _are_sequences(left, symbol, right):
        return _ordered(left, symbol, right)
    return _by_method(left, symbol, right, _ORDERS[symbol])


def _are_sequences(left: Any, symbol: str, right: Any) -> bool:
    """Return whether values are compared item by item, and tensors have a say in it."""
    alike = isinstance(left, (list, tuple, deque)) and type(left) is type(right)
    own = alike and own_method(left, _METHODS[symbol]) is not None
    return alike and not own and holds_staged([left, right])


def _equal(left: Any, right: Any) -> Any:
    if type(left) is ChosenValue:
        return left.each(lambda value: _equal(value, right))
    if type(right) is ChosenValue:
        return right.each(lambda value: _equal(left, value))
    if is_staged(left) or is_staged(right):
        return _equal_lists(left, right)
    if _are_sequences(left, "==", right):
        return len(left) == len(right) and all_equal(zip(left, right, strict=True))
    if isinstance(left, dict) and type(left) is type(right) and holds_staged([left, right]):
        keys = left.keys()
        return keys == right.keys() and all_equal((left[key], right[key]) for key in keys)
    return _by_method(left, "==", right, _equal_or_same)


def _equal_or_same(left: Any, right: Any) -> Any:
    """Compare as Python does: objects whose class does not say how by what they are."""
    if inspect.getattr_static(type(left), "__eq__", None) is object.__dict__["__eq__"]:
        same = same_object(left, right)
        return operator.eq(left, right) if same is False else same
    return left == right


def _equal_lists(left: Any, right: Any) -> Any:
    if type(left) is not type(right):
        return False
    equal = count(left) == count(right)
    if len(left) and len(right):
        return if_expr(equal, lambda: same_items(left, right), lambda: False)
    return equal


def all_equal(pairs: Iterable[tuple[Any, Any]]) -> Any:
    """Return whether the values of each pair are one object, or equal."""
    result: Any = True
    for one, other in pairs:
        equal = True if one is other else tested(_equal(one, other))
        if not stages(equal):
            if not equal:
                return False
            continue
        equal = as_predicate(equal, "the comparison of two items")
        result = equal if result is True else apply("logical_and", (result, equal))
    return result


def _ordered(left: Sequence[Any], symbol: str, right: Sequence[Any]) -> Any:
    """Compare by the first items that differ; where one sequence ends before, by length."""
    result: Any = _ORDERS[symbol](len(left), len(right))
    for one, other in reversed(list(zip(left, right, strict=False))):
        equal = all_equal([(one, other)])
        if stages(equal):
            decided = compared(one, symbol, other)
            result = apply("where", (equal, result, as_predicate(decided)))
        elif not equal:
            result = compared(one, symbol, other)
    return result


def _fields(left: Any, name: str, right: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]] | None:
    """Return what a data class's own comparison compares, None where it is not that one's."""
    kind = type(left)
    fields = getattr(kind, "__dataclass_fields__", None)
    if fields is None or type(right) is not kind or not is_tracing():
        return None
    method = inspect.unwrap(getattr(kind, name))
    if type(method) is not FunctionType or method.__code__.co_filename != GENERATED:
        return None
    names = [field.name for field in fields.values() if field.compare]
    return tuple(getattr(left, n) for n in names), tuple(getattr(right, n) for n in names)


def _by_method(left: Any, symbol: str, right: Any, otherwise: Callable[[Any, Any], Any]) -> Any:
    """Compare by the method of a class of the user's that Python would call, if there is one."""
    fields = _fields(left, _METHODS[symbol], right)
    if fields is not None:
        return compared(fields[0], symbol, fields[1])
    for one, name, other in (
        (left, _METHODS[symbol], right),
        (right, _METHODS[_REFLECTED[symbol]], left),
    ):
        method = own_method(one, name)
        if method is not None:
            result = method(other)
            if result is not NotImplemented:
                return result
    return otherwise(left, right)


def holds_staged(value: Any) -> bool:
    """Return whether a tensor, or a class of the user's, has a say in how a value compares."""
    if isinstance(value, (list, tuple, deque)):
        return any(map(holds_staged, value))
    if isinstance(value, dict):
        return any(map(holds_staged, value.values()))
    if hasattr(type(value), "__dataclass_fields__"):
        return any(map(holds_staged, vars(value).values()))
    return (
        stages(value) or type(value) is ChosenValue or _compares_itself(value) or is_merged(value)
    )


def _compares_itself(value: Any) -> bool:
    return any(own_method(value, name) is not None for name in ("__eq__", "__lt__"))


def is_staged_key(key: Any) -> bool:
    """Return whether a tensor has a say in which key one is; Python finds any other by its hash."""
    if isinstance(key, tuple):
        return any(map(is_staged_key, key))
    if _compares_itself(key):
        return any(map(stages, getattr(key, "__dict__", {}).values()))
    return holds_staged(key)


def has_own_equality(value: Any) -> bool:
    """Return whether a class of the user's says when a value equals another."""
    return own_method(value, "__eq__") is not None


def is_(left: Any, right: Any) -> Any:
    """``left is right``; of a variable that may be unset or None, ``is None`` asks its flag."""
    for value, other in ((left, right), (right, left)):
        if type(value) is Maybe:
            return value.is_none() if other is None else value.read() is other
    if left is not right:
        if type(left) is ChosenValue:
            return left.each(lambda value: is_(value, right))
        if type(right) is ChosenValue:
            return right.each(lambda value: left is value)
    return same_object(left, right)


def is_not(left: Any, right: Any) -> Any:
    """``left is not right``."""
    return _inverse(is_(left, right))


def in_(value: Any, container: Any) -> Any:
    """``value in container``: with tensors, whether any element is equal."""
    if type(value) is ChosenValue:
        return value.each(lambda one: in_(one, container))
    if type(container) is ChosenValue:
        return container.each(lambda one: in_(value, one))
    if is_tensor(container):
        staged = stages(value) or stages(container)
        return any_equal(value, container) if staged else value in container
    if is_staged(container):
        return contains(container, value)
    if may_miss(container):
        return may_have_key(container, value)
    method = own_method(container, "__contains__")
    if method is not None:
        return tested(method(value))
    if isinstance(container, (range, Range)) and (stages(value) or type(container) is Range):
        return _in_range(value, container)
    if isinstance(container, (list, tuple, deque)) and (
        holds_staged(value) or holds_staged(container)
    ):
        return _any_equal(value, container)
    if isinstance(container, (set, frozenset, Mapping, KeysView)) and is_staged_key(value):
        return has_key(container, value)
    return value in container


def _any_equal(value: Any, items: Iterable[Any]) -> Any:
    result: Any = False
    for item in items:
        equal = all_equal([(item, value)])
        if equal is True:
            return True
        if stages(equal):
            result = equal if result is False else apply("logical_or", (result, equal))
    return result


def _in_range(value: Any, numbers: Any) -> Any:
    start, stop, step = numbers.start, numbers.stop, numbers.step
    upwards = apply("logical_and", (value >= start, value < stop))
    downwards = apply("logical_and", (value <= start, value > stop))
    between = if_expr(step > 0, lambda: upwards, lambda: downwards)
    return apply("logical_and", (between, (value - start) % step == 0))


def not_in(value: Any, container: Any) -> Any:
    """``value not in container``."""
    return _inverse(in_(value, container))


def _inverse(value: Any) -> Any:
    return logical_not(value) if stages(value) else not value


_OTHERS: dict[str, Callable[[Any, Any], Any]] = {
    "is": is_,
    "is not": is_not,
    "in": in_,
    "not in": not_in,
}
