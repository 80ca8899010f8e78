"""Python's built-in functions on tensors, while a graph is being built.

Each takes what the original takes; only tensors are treated in another way.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pygraph.autograph.operators.effects import STAGED as _EFFECTS
from pygraph.autograph.operators.iteration import (
    EnumeratedItems,
    FilteredItems,
    MappedItems,
    Positions,
    ReversedItems,
    ZippedItems,
    positions,
)
from pygraph.control.ranges import Range
from pygraph.control.tensors import apply, as_number, as_predicate, cast, is_tensor, length, stages

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
    return length(value) if is_tensor(value) else builtins.len(value)


def int_(*arguments: Any, **keywords: Any) -> Any:
    """``int``."""
    if builtins.len(arguments) == 1 and stages(arguments[0]):
        return as_number(_scalar(arguments[0], "int"), "int64")
    return int(*arguments, **keywords)


def float_(*arguments: Any) -> Any:
    """``float``."""
    if arguments and stages(arguments[0]):
        return as_number(_scalar(arguments[0], "float"), "float64")
    return float(*arguments)


def bool_(*arguments: Any) -> Any:
    """``bool``."""
    if arguments and stages(arguments[0]):
        return as_predicate(arguments[0], "the argument of bool()")
    return bool(*arguments)


def _scalar(value: Any, name: str) -> Any:
    if value.static_shape:
        shape = ", ".join("?" if dim is None else str(dim) for dim in value.static_shape)
        raise TypeError(f"{name}() takes a scalar, got a tensor of shape ({shape})")
    return value


def _extreme(
    original: Callable[..., Any], reduction: str, better: Callable[[Any, Any], Any]
) -> Callable[..., Any]:
    def extreme(*values: Any, **keywords: Any) -> Any:
        if keywords:
            return original(*values, **keywords)
        if builtins.len(values) == 1:
            (items,) = values
            if stages(items):
                _vector(items, original.__name__)
                return apply(reduction, (items,), {"axis": [0], "keepdims": False})
            if isinstance(items, (list, tuple)):
                values = tuple(items)
            else:
                return original(items)
        if not any(stages(value) for value in values):
            return original(*values)
        result = values[0]
        for value in values[1:]:
            wins = as_predicate(cast(better(value, result), "bool"), "a comparison")
            result = apply("where", (wins, value, result))
        return result

    return extreme


def _vector(value: Any, name: str) -> None:
    if builtins.len(value.static_shape) != 1:
        raise ValueError(
            f"{name}() takes a one-dimensional tensor, got {builtins.len(value.static_shape)} "
            f"dimensions; use pygraph.{name}(x, axis=...)"
        )


def sum_(items: Iterable[Any], /, start: Any = 0) -> Any:
    """``sum``: over the first axis of a tensor."""
    if isinstance(items, Range):
        items = items.array()
    if not stages(items):
        return builtins.sum(items, start)
    total = apply("sum", (items,), {"axis": [0], "keepdims": False})
    return total if type(start) is int and start == 0 else start + total


def any_(items: Any) -> Any:
    """``any``."""
    return _truths(items, "any")


def all_(items: Any) -> Any:
    """``all``."""
    return _truths(items, "all")


def _truths(items: Any, name: str) -> Any:
    if stages(items):
        _vector(items, name)
        truths = items if items.dtype.name == "bool" else apply("not_equal", (items, 0))
        return apply(name, (truths,), {"axis": [0], "keepdims": False})
    decisive = name == "any"
    result: Any = not decisive
    for item in items:
        if stages(item):
            predicate = as_predicate(item, f"an item of {name}()")
            combine = "logical_or" if decisive else "logical_and"
            result = apply(combine, (result, predicate)) if stages(result) else predicate
        elif bool(item) is decisive:
            return decisive
    return result


def enumerate_(iterable: Any, start: Any = 0) -> Any:
    """``enumerate``."""
    items = positions(iterable)
    return builtins.enumerate(iterable, start) if items is None else EnumeratedItems(items, start)


def zip_(*iterables: Any, **keywords: Any) -> Any:
    """``zip``: staged when all of its arguments are."""
    items = None if keywords else _zipped(iterables)
    return builtins.zip(*iterables, **keywords) if items is None else items  # noqa: B905


def _zipped(iterables: Sequence[Any]) -> ZippedItems | None:
    parts: list[Positions] = []
    for iterable in iterables:
        items = positions(iterable)
        if items is None:
            return None
        parts.append(items)
    return ZippedItems(parts) if parts else None


def map_(function: Callable[..., Any], *iterables: Any) -> Any:
    """``map``: staged when all of its iterables are."""
    items = _zipped(iterables)
    return builtins.map(function, *iterables) if items is None else MappedItems(function, items)


def filter_(function: Callable[[Any], Any] | None, iterable: Any) -> Any:
    """``filter``."""
    items = positions(iterable)
    return builtins.filter(function, iterable) if items is None else FilteredItems(function, items)


def reversed_(iterable: Any) -> Any:
    """``reversed``."""
    items = positions(iterable)
    return builtins.reversed(iterable) if items is None else ReversedItems(items)


def _mathematics(original: Callable[..., Any], op: str) -> Callable[..., Any]:
    def function(*values: Any) -> Any:
        if not any(is_tensor(value) for value in values):
            return original(*values)
        result = apply(op, values)
        return as_number(result, "int64") if original in _ROUNDING else result

    return function


_ROUNDING = (math.floor, math.ceil, math.trunc)
_MATHEMATICS = {
    "sqrt": "sqrt",
    "exp": "exp",
    "expm1": "expm1",
    "log1p": "log1p",
    "log2": "log2",
    "log10": "log10",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "asin": "asin",
    "acos": "acos",
    "atan": "atan",
    "atan2": "atan2",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "asinh": "asinh",
    "acosh": "acosh",
    "atanh": "atanh",
    "erf": "erf",
    "hypot": "hypot",
    "copysign": "copysign",
    "fabs": "abs",
    "floor": "floor",
    "ceil": "ceil",
    "trunc": "trunc",
    "isnan": "isnan",
    "isinf": "isinf",
    "isfinite": "isfinite",
    "pow": "pow",
    "nextafter": "nextafter",
}


def log_(value: Any, *base: Any) -> Any:
    """``math.log``."""
    if not any(is_tensor(part) for part in (value, *base)):
        return math.log(value, *base)
    result = apply("log", (value,))
    return result / apply("log", (base[0],)) if base else result


_STAGED: dict[Any, Callable[..., Any]] = {
    **_EFFECTS,
    builtins.range: range_,
    builtins.len: len_,
    builtins.int: int_,
    builtins.float: float_,
    builtins.bool: bool_,
    builtins.min: _extreme(builtins.min, "min", lambda one, other: one < other),
    builtins.max: _extreme(builtins.max, "max", lambda one, other: one > other),
    builtins.sum: sum_,
    builtins.any: any_,
    builtins.all: all_,
    builtins.enumerate: enumerate_,
    builtins.zip: zip_,
    builtins.map: map_,
    builtins.filter: filter_,
    builtins.reversed: reversed_,
    math.log: log_,
    **{
        getattr(math, name): _mathematics(getattr(math, name), op)
        for name, op in _MATHEMATICS.items()
    },
}
