"""Reductions over axes, and running sums and products.

``axis`` is an int, a tuple of ints or None for all axes; a negative one counts from the end.
``keepdims`` keeps reduced axes with size 1. An axis that is out of range or named twice raises
ValueError.
"""

from __future__ import annotations

import builtins

from pygraph._hot import DType, Tensor, apply, as_dtype
from pygraph.ops.creation import full
from pygraph.ops.dtypes import astype
from pygraph.ops.manipulation import concat
from pygraph.ops.operands import (
    INT64,
    Axes,
    DTypeLike,
    Operand,
    Size,
    dim_size,
    dtype_of,
    one_axis,
    size_product,
    sizes,
    some_axes,
    static_shape,
)


def _reduce(op: str, x: Operand, axis: Axes, keepdims: bool) -> Tensor:
    axes = some_axes(op, axis, len(static_shape(x)))
    return apply(op, (x,), {"axis": axes, "keepdims": bool(keepdims)})


def _accumulate(op: str, x: Operand, axis: Axes, dtype: DTypeLike | None, keepdims: bool) -> Tensor:
    if dtype is None:
        return _reduce(op, x, axis, keepdims)
    target = as_dtype(dtype)
    return astype(_reduce(op, astype(x, target), axis, keepdims), target)


def sum(
    x: Operand,
    /,
    *,
    axis: Axes = None,
    dtype: DTypeLike | None = None,
    keepdims: bool = False,
) -> Tensor:
    """Return the sum of the elements over axes; 0 where there are none.

    x: any dtype and shape. bool and integers add up in int64, unless ``dtype`` says otherwise: x
    is converted to it first.

    >>> pg.sum(pg.asarray([[1, 2], [3, 4]]), axis=0)
    Tensor([4, 6], dtype=int64)
    """
    return _accumulate("sum", x, axis, dtype, keepdims)


def prod(
    x: Operand,
    /,
    *,
    axis: Axes = None,
    dtype: DTypeLike | None = None,
    keepdims: bool = False,
) -> Tensor:
    """Return the product of the elements over axes; 1 where there are none.

    x: any dtype and shape. bool and integers multiply in int64, unless ``dtype`` says otherwise: x
    is converted to it first.

    >>> pg.prod(pg.asarray([[1, 2], [3, 4]]), axis=1)
    Tensor([ 2, 12], dtype=int64)
    """
    return _accumulate("prod", x, axis, dtype, keepdims)


def max(x: Operand, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the largest element over axes; NaN where one is NaN.

    x: any dtype and shape. Raises ValueError where a reduced axis is empty.

    >>> pg.max(pg.asarray([[1, 2], [3, 4]]), axis=0)
    Tensor([3, 4], dtype=int64)
    """
    return _reduce("max", x, axis, keepdims)


def min(x: Operand, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the smallest element over axes; NaN where one is NaN.

    x: any dtype and shape. Raises ValueError where a reduced axis is empty.

    >>> pg.min(pg.asarray([[1, 2], [3, 4]]), axis=0)
    Tensor([1, 2], dtype=int64)
    """
    return _reduce("min", x, axis, keepdims)


def all(x: Operand, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return whether all elements over axes are true; true where there are none.

    x: bool, any shape; other dtypes are compared with zero.

    >>> pg.all(pg.asarray([[True, False], [True, True]]), axis=1)
    Tensor([False,  True], dtype=bool)
    """
    return _reduce("all", x, axis, keepdims)


def any(x: Operand, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return whether any element over axes is true; false where there are none.

    x: bool, any shape; other dtypes are compared with zero.

    >>> pg.any(pg.asarray([[True, False], [False, False]]), axis=1)
    Tensor([ True, False], dtype=bool)
    """
    return _reduce("any", x, axis, keepdims)


def count_nonzero(x: Operand, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return how many elements over axes are not zero, as int64.

    x: any dtype and shape.

    >>> pg.count_nonzero(pg.asarray([0, 3, 4]))
    Tensor(2, dtype=int64)
    """
    return _reduce("sum", astype(x, "bool"), axis, keepdims)


def mean(x: Operand, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the arithmetic mean of the elements over axes; NaN where there are none.

    x: any dtype and shape; bool and integers give float64.

    >>> pg.mean(pg.asarray([[1, 2], [3, 6]]), axis=1)
    Tensor([1.5, 4.5], dtype=float64)
    """
    count = _count("mean", x, axis)
    return _divided(_reduce("sum", x, axis, keepdims), count)


def var(
    x: Operand, /, *, axis: Axes = None, correction: float = 0.0, keepdims: bool = False
) -> Tensor:
    """Return the variance over axes: the sum of squared deviations / (count - correction).

    x: any dtype and shape; bool and integers give float64. A divisor of zero or less counts as
    zero, which gives NaN or an infinity.

    >>> pg.var(pg.asarray([1.0, 2.0, 3.0])), pg.var(pg.asarray([1.0, 2.0, 3.0]), correction=1)
    (Tensor(0.6666666666666666, dtype=float64), Tensor(1.0, dtype=float64))
    """
    count = _count("var", x, axis)
    average = _divided(_reduce("sum", x, axis, True), count)
    squares = apply("square", (apply("subtract", (x, average)),))
    divisor: Size | float = count
    if correction != 0:
        divisor = count - correction
        if isinstance(divisor, Tensor):
            divisor = apply("maximum", (divisor, 0))
        else:
            divisor = builtins.max(divisor, 0)
    return _divided(_reduce("sum", squares, axis, keepdims), divisor)


def std(
    x: Operand, /, *, axis: Axes = None, correction: float = 0.0, keepdims: bool = False
) -> Tensor:
    """Return the standard deviation over axes: the square root of the variance.

    x: any dtype and shape; bool and integers give float64. Like ``var`` otherwise.

    >>> pg.std(pg.asarray([1.0, 3.0]))
    Tensor(1.0, dtype=float64)
    """
    return apply("sqrt", (var(x, axis=axis, correction=correction, keepdims=keepdims),))


def _count(op: str, x: Operand, axis: Axes) -> Size:
    axes = some_axes(op, axis, len(static_shape(x)))
    return size_product([dim_size(x, one) for one in axes])


def _divided(total: Tensor, count: Size | float) -> Tensor:
    if isinstance(count, Tensor) and total.dtype.kind == "floating":
        count = apply("astype", (count,), {"dtype": total.dtype.name})
    return apply("divide", (total, count))


def argmax(x: Operand, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return the position of the largest element along an axis (None: in row-major order).

    x: any dtype and shape. The result is int64: the first position where several are the largest,
    that of the first NaN where there is one. Raises ValueError where the axis is empty.

    >>> pg.argmax(pg.asarray([[1, 5, 2], [7, 0, 7]]), axis=1)
    Tensor([1, 0], dtype=int64)
    """
    return _reduce("argmax", x, axis, keepdims)


def argmin(x: Operand, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return the position of the smallest element along an axis (None: in row-major order).

    x: any dtype and shape. The result is int64: the first position where several are the smallest,
    that of the first NaN where there is one. Raises ValueError where the axis is empty.

    >>> pg.argmin(pg.asarray([[1, 5, 2], [7, 0, 7]]), axis=1)
    Tensor([0, 1], dtype=int64)
    """
    return _reduce("argmin", x, axis, keepdims)


def cumulative_sum(
    x: Operand,
    /,
    *,
    axis: int | None = None,
    dtype: DTypeLike | None = None,
    include_initial: bool = False,
) -> Tensor:
    """Return the running sum along an axis; with ``include_initial`` it starts with a 0 of its own.

    x: any dtype, at least one dimension; bool and integers add up in int64 unless ``dtype`` says
    otherwise. Raises ValueError where ``axis`` is None and x has not one dimension.

    >>> pg.cumulative_sum(pg.asarray([1, 2, 3]), include_initial=True)
    Tensor([0, 1, 3, 6], dtype=int64)
    """
    return _scan("cumulative_sum", x, axis, dtype, 0 if include_initial else None)


def cumulative_prod(
    x: Operand,
    /,
    *,
    axis: int | None = None,
    dtype: DTypeLike | None = None,
    include_initial: bool = False,
) -> Tensor:
    """Return the running product along an axis; ``include_initial`` starts it with a 1 of its own.

    x: any dtype, at least one dimension; bool and integers multiply in int64 unless ``dtype`` says
    otherwise. Raises ValueError where ``axis`` is None and x has not one dimension.

    >>> pg.cumulative_prod(pg.asarray([1, 2, 3]))
    Tensor([1, 2, 6], dtype=int64)
    """
    return _scan("cumulative_prod", x, axis, dtype, 1 if include_initial else None)


def _scan(
    op: str, x: Operand, axis: int | None, dtype: DTypeLike | None, initial: int | None
) -> Tensor:
    rank = len(static_shape(x))
    if axis is None:
        if rank != 1:
            raise ValueError(f"{op}: an array of {rank} dimensions needs an axis")
        axis = 0
    along = one_axis(op, axis, rank)
    target = _accumulator(x) if dtype is None else as_dtype(dtype)
    if target.kind == "bool":
        raise TypeError(f"{op} is not defined for bool; give a dtype of numbers")
    values = astype(x, target)
    result = apply(op, (values,), {"axis": along})
    if initial is None:
        return result
    first: list[Size] = list(sizes(values))
    first[along] = 1
    start = full(tuple(first), initial, dtype=target)
    return concat((start, result), axis=along)


def _accumulator(x: Operand) -> DType:
    dtype = dtype_of(x)
    return INT64 if dtype.kind in ("bool", "integer") else dtype
