"""Products of matrices and vectors."""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence

from pygraph._hot import Tensor, apply
from pygraph.ops.dtypes import astype, result_type
from pygraph.ops.manipulation import permute_dims, reshape
from pygraph.ops.operands import (
    Array,
    Axes,
    Operand,
    dtype_of,
    one_axis,
    size_product,
    sizes,
    some_axes,
    static_shape,
)
from pygraph.ops.reductions import max, min, sum


def matmul(x1: Array, x2: Array, /) -> Tensor:
    """Return the matrix product.

    x1: numbers, shape (..., M, K) or (K,); x2: shape (..., K, N) or (K,), of a common dtype by
    promotion. Leading dimensions broadcast; a vector's dimension is not in the result. Raises
    TypeError for bool, ValueError where the shapes do not match.

    >>> pg.matmul(pg.asarray([[1, 2], [3, 4]]), pg.asarray([1, 1]))
    Tensor([3, 7], dtype=int64)
    """
    return apply("matmul", (x1, x2))


def matrix_transpose(x: Array, /) -> Tensor:
    """Return matrices with rows and columns exchanged.

    x: any dtype, shape (..., M, N). Raises ValueError where x has less than two dimensions.

    >>> pg.matrix_transpose(pg.asarray([[1, 2], [3, 4]]))
    Tensor([[1, 3],
            [2, 4]], dtype=int64)
    """
    rank = len(static_shape(x))
    if rank < 2:
        raise ValueError(f"matrix_transpose takes two dimensions or more, got {rank}")
    axes = [*range(rank - 2), rank - 1, rank - 2]
    return apply("permute_dims", (x,), {"axes": axes})


def tensordot(
    x1: Array,
    x2: Array,
    /,
    *,
    axes: int | tuple[Sequence[int], Sequence[int]] = 2,
) -> Tensor:
    """Return the sum of products over axes of two arrays; the other axes follow one another.

    x1, x2: numbers of a common dtype by promotion. ``axes``: how many of the last axes of x1 and
    the first of x2, or the axes of each. Raises TypeError for bool, ValueError where the sizes of
    the axes differ.

    >>> pg.tensordot(pg.asarray([[1, 2], [3, 4]]), pg.asarray([1, 1]), axes=1)
    Tensor([3, 7], dtype=int64)
    """
    rank1, rank2 = len(static_shape(x1)), len(static_shape(x2))
    if isinstance(axes, int):
        if not 0 <= axes <= builtins.min(rank1, rank2):
            raise ValueError(f"tensordot: cannot sum over {axes} axes of {rank1} and {rank2}")
        summed1: tuple[int, ...] = tuple(range(rank1 - axes, rank1))
        summed2: tuple[int, ...] = tuple(range(axes))
    else:
        summed1 = some_axes("tensordot", tuple(axes[0]), rank1)
        summed2 = some_axes("tensordot", tuple(axes[1]), rank2)
    _check_sums(x1, x2, summed1, summed2)
    free1 = [axis for axis in range(rank1) if axis not in summed1]
    free2 = [axis for axis in range(rank2) if axis not in summed2]
    shape1, shape2 = sizes(x1), sizes(x2)
    rows = [shape1[axis] for axis in free1]
    columns = [shape2[axis] for axis in free2]
    inner = size_product([shape1[axis] for axis in summed1])
    left = reshape(permute_dims(x1, [*free1, *summed1]), (size_product(rows), inner))
    right = reshape(permute_dims(x2, [*summed2, *free2]), (inner, size_product(columns)))
    return reshape(matmul(left, right), (*rows, *columns))


def _check_sums(x1: Array, x2: Array, summed1: tuple[int, ...], summed2: tuple[int, ...]) -> None:
    if len(summed1) != len(summed2):
        raise ValueError(
            f"tensordot: {len(summed1)} axes of the first array, {len(summed2)} of the second"
        )
    for one, two in zip(summed1, summed2, strict=True):
        size1, size2 = static_shape(x1)[one], static_shape(x2)[two]
        if size1 != size2 and size1 is not None and size2 is not None:
            raise ValueError(
                f"tensordot: axis {one} of the first array has size {size1}, "
                f"axis {two} of the second {size2}"
            )


def vecdot(x1: Array, x2: Array, /, *, axis: int = -1) -> Tensor:
    """Return the sum of products along an axis.

    x1, x2: numbers whose shapes broadcast, of a common dtype by promotion, of equal size along
    ``axis``, which is negative and counts from the end. Raises TypeError for bool, ValueError
    where the shapes do not fit.

    >>> pg.vecdot(pg.asarray([[1, 2], [3, 4]]), pg.asarray([1, 10]))
    Tensor([21, 43], dtype=int64)
    """
    for x in (x1, x2):
        one_axis("vecdot", axis, len(static_shape(x)))
    size1, size2 = static_shape(x1)[axis], static_shape(x2)[axis]
    if size1 != size2 and size1 is not None and size2 is not None:
        raise ValueError(f"vecdot: axis {axis} has sizes {size1} and {size2}")
    return sum(apply("multiply", (x1, x2)), axis=axis, dtype=result_type(x1, x2))


def outer(x1: Array, x2: Array, /) -> Tensor:
    """Return the product of each element of a vector with each of another.

    x1: numbers, shape (M,); x2: shape (N,); the result has shape (M, N). Raises TypeError for
    bool, ValueError for arrays that are no vectors.

    >>> pg.linalg.outer(pg.asarray([1, 2]), pg.asarray([10, 20]))
    Tensor([[10, 20],
            [20, 40]], dtype=int64)
    """
    for x in (x1, x2):
        if len(static_shape(x)) != 1:
            raise ValueError(f"outer takes vectors, got {len(static_shape(x))} dimensions")
    return apply("multiply", (apply("expand_dims", (x1,), {"axes": (1,)}), x2))


def vector_norm(
    x: Operand, /, *, axis: Axes = None, keepdims: bool = False, ord: float = 2
) -> Tensor:
    """Return the norm sum(abs(x) ** ord) ** (1 / ord) over axes.

    x: numbers of any shape; integers give float64. ``ord`` may be an infinity, for the largest or
    smallest magnitude, and 0, for the count of elements that are not zero. Raises TypeError for
    bool.

    >>> pg.linalg.vector_norm(pg.asarray([3.0, 4.0]))
    Tensor(5.0, dtype=float64)
    """
    if dtype_of(x).kind == "bool":
        raise TypeError("vector_norm is not defined for bool")
    values = x if dtype_of(x).kind == "floating" else astype(x, "float64")
    if ord == 2:
        squares = apply("square", (values,))
        return apply("sqrt", (sum(squares, axis=axis, keepdims=keepdims),))
    magnitude = apply("abs", (values,))
    if math.isinf(ord):
        extreme = max if ord > 0 else min
        return extreme(magnitude, axis=axis, keepdims=keepdims)
    if ord == 0:
        nonzero = astype(apply("not_equal", (magnitude, 0)), dtype_of(magnitude))
        return sum(nonzero, axis=axis, keepdims=keepdims)
    if ord == 1:
        return sum(magnitude, axis=axis, keepdims=keepdims)
    total = sum(apply("pow", (magnitude, ord)), axis=axis, keepdims=keepdims)
    return apply("pow", (total, 1.0 / ord))


__all__ = ["matmul", "matrix_transpose", "outer", "tensordot", "vecdot", "vector_norm"]
