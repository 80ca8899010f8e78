"""Comparisons, tests, logic, bits, and the choice between two arrays, element by element."""

from __future__ import annotations

from pygraph._hot import Tensor, apply
from pygraph.ops.operands import Operand


def equal(x1: Operand, x2: Operand, /) -> Tensor:
    """Return whether the elements of each pair are equal; NaN equals nothing.

    x1, x2: any common dtype, shapes that broadcast. Raises ValueError where they do not.

    >>> pg.equal(pg.asarray([1, 2, 3]), 2)
    Tensor([False,  True, False], dtype=bool)
    """
    return apply("equal", (x1, x2))


def not_equal(x1: Operand, x2: Operand, /) -> Tensor:
    """Return whether the elements of each pair differ; NaN differs from everything.

    x1, x2: any common dtype, shapes that broadcast. Raises ValueError where they do not.

    >>> pg.not_equal(pg.asarray([1, 2, 3]), 2)
    Tensor([ True, False,  True], dtype=bool)
    """
    return apply("not_equal", (x1, x2))


def less(x1: Operand, x2: Operand, /) -> Tensor:
    """Return whether the first is less than the second, for each pair of elements.

    x1, x2: any common dtype, shapes that broadcast. Raises ValueError where they do not.

    >>> pg.less(pg.asarray([1, 2, 3]), 2)
    Tensor([ True, False, False], dtype=bool)
    """
    return apply("less", (x1, x2))


def less_equal(x1: Operand, x2: Operand, /) -> Tensor:
    """Return whether the first is at most the second, for each pair of elements.

    x1, x2: any common dtype, shapes that broadcast. Raises ValueError where they do not.

    >>> pg.less_equal(pg.asarray([1, 2, 3]), 2)
    Tensor([ True,  True, False], dtype=bool)
    """
    return apply("less_equal", (x1, x2))


def greater(x1: Operand, x2: Operand, /) -> Tensor:
    """Return whether the first is greater than the second, for each pair of elements.

    x1, x2: any common dtype, shapes that broadcast. Raises ValueError where they do not.

    >>> pg.greater(pg.asarray([1, 2, 3]), 2)
    Tensor([False, False,  True], dtype=bool)
    """
    return apply("greater", (x1, x2))


def greater_equal(x1: Operand, x2: Operand, /) -> Tensor:
    """Return whether the first is at least the second, for each pair of elements.

    x1, x2: any common dtype, shapes that broadcast. Raises ValueError where they do not.

    >>> pg.greater_equal(pg.asarray([1, 2, 3]), 2)
    Tensor([False,  True,  True], dtype=bool)
    """
    return apply("greater_equal", (x1, x2))


def isnan(x: Operand, /) -> Tensor:
    """Return whether each element is NaN.

    x: floating, any shape; integers become float64.

    >>> pg.isnan(pg.asarray([1.0, pg.inf, pg.nan]))
    Tensor([False, False,  True], dtype=bool)
    """
    return apply("isnan", (x,))


def isinf(x: Operand, /) -> Tensor:
    """Return whether each element is an infinity.

    x: floating, any shape; integers become float64.

    >>> pg.isinf(pg.asarray([1.0, pg.inf, pg.nan]))
    Tensor([False,  True, False], dtype=bool)
    """
    return apply("isinf", (x,))


def isfinite(x: Operand, /) -> Tensor:
    """Return whether each element is neither NaN nor an infinity.

    x: floating, any shape; integers become float64.

    >>> pg.isfinite(pg.asarray([1.0, pg.inf, pg.nan]))
    Tensor([ True, False, False], dtype=bool)
    """
    return apply("isfinite", (x,))


def signbit(x: Operand, /) -> Tensor:
    """Return whether the sign bit of each element is set; that of -0.0 is.

    x: floating, any shape; integers become float64.

    >>> pg.signbit(pg.asarray([1.0, -0.0]))
    Tensor([False,  True], dtype=bool)
    """
    return apply("signbit", (x,))


def logical_not(x: Operand, /) -> Tensor:
    """Return whether each element is false.

    x: bool, any shape; other dtypes are compared with zero.

    >>> pg.logical_not(pg.asarray([True, False]))
    Tensor([False,  True], dtype=bool)
    """
    return apply("logical_not", (x,))


def logical_and(x1: Operand, x2: Operand, /) -> Tensor:
    """Return whether both elements of each pair are true.

    x1, x2: bool of any shapes that broadcast; other dtypes are compared with zero. Raises
    ValueError where the shapes do not broadcast.

    >>> pg.logical_and(pg.asarray([True, False]), True)
    Tensor([ True, False], dtype=bool)
    """
    return apply("logical_and", (x1, x2))


def logical_or(x1: Operand, x2: Operand, /) -> Tensor:
    """Return whether any element of each pair is true.

    x1, x2: bool of any shapes that broadcast; other dtypes are compared with zero. Raises
    ValueError where the shapes do not broadcast.

    >>> pg.logical_or(pg.asarray([True, False]), True)
    Tensor([ True,  True], dtype=bool)
    """
    return apply("logical_or", (x1, x2))


def logical_xor(x1: Operand, x2: Operand, /) -> Tensor:
    """Return whether exactly one element of each pair is true.

    x1, x2: bool of any shapes that broadcast; other dtypes are compared with zero. Raises
    ValueError where the shapes do not broadcast.

    >>> pg.logical_xor(pg.asarray([True, False]), True)
    Tensor([False,  True], dtype=bool)
    """
    return apply("logical_xor", (x1, x2))


def bitwise_invert(x: Operand, /) -> Tensor:
    """Return each element with all bits inverted; for bool, its negation.

    x: integers or bool, any shape. Raises TypeError for a floating dtype.

    >>> pg.bitwise_invert(pg.asarray([0, 5]))
    Tensor([-1, -6], dtype=int64)
    """
    return apply("bitwise_invert", (x,))


def bitwise_and(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the bits that both elements of each pair have; for bool, logical and.

    x1, x2: integers or bool of any shapes that broadcast. Raises TypeError for a floating
    dtype, ValueError where the shapes do not broadcast.

    >>> pg.bitwise_and(pg.asarray([1, 3]), 2)
    Tensor([0, 2], dtype=int64)
    """
    return apply("bitwise_and", (x1, x2))


def bitwise_or(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the bits that any element of each pair has; for bool, logical or.

    x1, x2: integers or bool of any shapes that broadcast. Raises TypeError for a floating
    dtype, ValueError where the shapes do not broadcast.

    >>> pg.bitwise_or(pg.asarray([1, 3]), 2)
    Tensor([3, 3], dtype=int64)
    """
    return apply("bitwise_or", (x1, x2))


def bitwise_xor(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the bits that differ in each pair; for bool, logical exclusive or.

    x1, x2: integers or bool of any shapes that broadcast. Raises TypeError for a floating
    dtype, ValueError where the shapes do not broadcast.

    >>> pg.bitwise_xor(pg.asarray([1, 3]), 2)
    Tensor([3, 1], dtype=int64)
    """
    return apply("bitwise_xor", (x1, x2))


def bitwise_left_shift(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the bits of the first moved up by the second, for each pair of elements.

    x1, x2: integers of any shapes that broadcast. Raises TypeError for another dtype,
    ValueError where the shapes do not broadcast.

    >>> pg.bitwise_left_shift(pg.asarray([1, 3]), 2)
    Tensor([ 4, 12], dtype=int64)
    """
    return apply("bitwise_left_shift", (x1, x2))


def bitwise_right_shift(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the bits of the first moved down by the second; the sign fills up.

    x1, x2: integers of any shapes that broadcast. Raises TypeError for another dtype,
    ValueError where the shapes do not broadcast.

    >>> pg.bitwise_right_shift(pg.asarray([8, -8]), 2)
    Tensor([ 2, -2], dtype=int64)
    """
    return apply("bitwise_right_shift", (x1, x2))


def where(condition: Operand, x1: Operand, x2: Operand, /) -> Tensor:
    """Return elements of the first array where a condition is true, of the second elsewhere.

    condition: bool; other dtypes are compared with zero. x1, x2: any common dtype. The shapes of
    all three broadcast; raises ValueError where they do not.

    >>> pg.where(pg.asarray([True, False]), 1, pg.asarray([10.0, 20.0]))
    Tensor([ 1., 20.], dtype=float64)
    """
    return apply("where", (condition, x1, x2))
