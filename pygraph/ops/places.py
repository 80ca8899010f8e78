"""Arrays with what stands at some positions replaced, or joined with values: `at(x)[key].add(y)`.

Where index arrays name a position several times, each of the values counts: one `scatter` joins
them in their order. Any other key names a position once.
"""

from __future__ import annotations

import builtins
from typing import Any

from pygraph._hot import Tensor, apply
from pygraph.ops.indexing import check_indices, entries_of, getitem
from pygraph.ops.manipulation import broadcast_to, moveaxis
from pygraph.ops.operands import (
    Array,
    Operand,
    Size,
    as_tensor,
    one_axis,
    shape_text,
    sizes,
    static_shape,
)
from pygraph.ops.updates import converted, set_item, written

# The elementwise ops that join values, of numbers and of bools.
_JOINS = {
    "add": ("add", "logical_or"),
    "multiply": ("multiply", "logical_and"),
    "min": ("minimum", "minimum"),
    "max": ("maximum", "maximum"),
}


def at(x: Array, /) -> At:
    """Return x to be indexed: ``at(x)[key].add(y)`` is a copy of x with y added to ``x[key]``.

    The others are ``set``, ``multiply``, ``min`` and ``max``. key: as for reading. y broadcasts to
    the shape of ``x[key]`` and is converted to x's dtype. At a position that index arrays name
    several times each value counts, in their order: added up, and so on; of ``set`` the last stays.
    Of bools add is ``or``, multiply ``and``. Raises IndexError for an index out of range,
    ValueError for a shape that does not fit, TypeError where a float would become an integer.

    >>> pg.at(pg.zeros(3))[pg.asarray([0, 2, 0])].add(pg.asarray([1.0, 2.0, 3.0]))
    Tensor([4., 0., 2.], dtype=float64)
    """
    return At(as_tensor(x))


class At:
    """An array to be indexed."""

    __slots__ = ("_x",)

    def __init__(self, x: Tensor) -> None:
        self._x = x

    def __getitem__(self, key: Any) -> Place:
        return Place(self._x, key)


class Place:
    """Positions of an array; each method returns a copy of the array, changed there."""

    __slots__ = ("_key", "_x")

    def __init__(self, x: Tensor, key: Any) -> None:
        self._x = x
        self._key = key

    def set(self, value: Any) -> Tensor:
        """Replace what stands there."""
        return set_item(self._x, self._key, value)

    def add(self, value: Any) -> Tensor:
        """Add to what stands there."""
        return _joined(self._x, self._key, value, "add")

    def multiply(self, value: Any) -> Tensor:
        """Multiply what stands there."""
        return _joined(self._x, self._key, value, "multiply")

    def min(self, value: Any) -> Tensor:
        """Take the lesser of what stands there and the value; NaN where one is NaN."""
        return _joined(self._x, self._key, value, "min")

    def max(self, value: Any) -> Tensor:
        """Take the greater of what stands there and the value; NaN where one is NaN."""
        return _joined(self._x, self._key, value, "max")


def _joined(x: Tensor, key: Any, value: Any, mode: str) -> Tensor:
    entries = entries_of(x, key if isinstance(key, tuple) else (key,))
    if builtins.all(entry.kind != "positions" for entry in entries):
        join = _JOINS[mode][x.dtype.kind == "bool"]
        return set_item(x, key, apply(join, (getitem(x, key), converted(value, x.dtype))))

    def run(op: str, inputs: tuple[Any, ...], attributes: dict[str, Any]) -> Tensor:
        assert op == "scatter"
        return apply(op, inputs, {**attributes, "mode": mode})

    return written(x, key, value, run)


def put_along_axis(
    x: Array, indices: Array, values: Operand, /, *, axis: int = -1, mode: str = "set"
) -> Tensor:
    """Return x with values put, for each line along an axis, at the line's own positions.

    x: any dtype. ``indices``: integers of as many dimensions; on the other axes of x's sizes, or 1.
    ``values`` broadcast to the shape of the positions and are converted to x's dtype. ``mode``:
    "set", "add", "multiply", "min" or "max"; at a position that is named several times each value
    counts, in their order. Raises IndexError for an index out of range, ValueError for shapes that
    do not fit or another mode, TypeError for indices of another dtype.

    >>> pg.put_along_axis(pg.asarray([[1, 2], [3, 4]]), pg.asarray([[1], [0]]), 9, axis=1)
    Tensor([[1, 9],
            [9, 4]], dtype=int64)
    """
    x = as_tensor(x)
    own = static_shape(indices)
    if len(own) != x.ndim:
        raise ValueError(
            f"put_along_axis: the indices have {len(own)} dimensions, the array {x.ndim}"
        )
    if mode != "set" and mode not in _JOINS:
        raise ValueError(f"put_along_axis: mode must be one of 'set', {_modes()}, got {mode!r}")
    along = one_axis("put_along_axis", axis, x.ndim)
    check_indices("put_along_axis", indices)
    indices = as_tensor(indices)
    wanted: list[Size] = list(sizes(x))
    wanted[along] = sizes(indices)[along]
    _check_fit(own, x.static_shape, along)
    positions = moveaxis(broadcast_to(indices, wanted), along, -1)
    parts = moveaxis(broadcast_to(converted(values, x.dtype), wanted), along, -1)
    last = x.ndim - 1
    result = apply(
        "scatter",
        (moveaxis(x, along, -1), parts, positions),
        {"axis": last, "batch": last, "mode": "" if mode == "set" else mode},
    )
    return moveaxis(result, -1, along)


def _modes() -> str:
    return ", ".join(map(repr, _JOINS))


def _check_fit(indices: tuple[int | None, ...], shape: tuple[int | None, ...], along: int) -> None:
    for axis, (have, want) in enumerate(zip(indices, shape, strict=True)):
        if axis != along and None not in (have, want) and have not in (1, want):
            raise ValueError(
                f"put_along_axis: indices of shape {shape_text(indices)} do not fit an array of "
                f"shape {shape_text(shape)}"
            )


__all__ = ["at", "put_along_axis"]
