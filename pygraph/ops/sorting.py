"""Sorting along an axis, as the array API standard has it. NaNs come last."""

from __future__ import annotations

from pygraph._hot import Tensor, apply
from pygraph.ops.operands import Operand, one_axis, static_shape


def _along(op: str, x: Operand, axis: int, descending: bool) -> Tensor:
    attributes = {
        "axis": one_axis(op, axis, len(static_shape(x))),
        "descending": bool(descending),
    }
    return apply(op, (x,), attributes)


def sort(x: Operand, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """Return the elements in order along an axis.

    x: any dtype, one dimension or more. Equal elements keep their order, whatever ``stable`` says.
    Raises ValueError for an axis out of range.

    >>> pg.sort(pg.asarray([3, 1, 2]), descending=True)
    Tensor([3, 2, 1], dtype=int64)
    """
    return _along("sort", x, axis, descending)


def argsort(
    x: Operand, /, *, axis: int = -1, descending: bool = False, stable: bool = True
) -> Tensor:
    """Return, as int64, the positions that bring the elements along an axis into order.

    x: any dtype, one dimension or more. Equal elements keep their order, whatever ``stable`` says.
    Raises ValueError for an axis out of range, or of 2**32 elements and more.

    >>> pg.argsort(pg.asarray([3.0, 1.0, 2.0]))
    Tensor([1, 2, 0], dtype=int64)
    """
    return _along("argsort", x, axis, descending)


__all__ = ["argsort", "sort"]
