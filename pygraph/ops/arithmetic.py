"""Arithmetic, element by element."""

from __future__ import annotations

from pygraph._hot import SymbolicTensor, Tensor, apply
from pygraph.ops.logic import greater_equal, isfinite, less, logical_and
from pygraph.ops.operands import Operand, as_tensor, dtype_of


def add(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the sum of each pair of elements.

    x1, x2: numbers of any shapes that broadcast, of a common dtype by promotion. Integers wrap.
    Raises TypeError for bool, ValueError where the shapes do not broadcast.

    >>> pg.add(pg.asarray([1, 2]), 0.5)
    Tensor([1.5, 2.5], dtype=float64)
    """
    return apply("add", (x1, x2))


def subtract(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the first minus the second, for each pair of elements.

    x1, x2: numbers of any shapes that broadcast, of a common dtype by promotion. Integers wrap.
    Raises TypeError for bool, ValueError where the shapes do not broadcast.

    >>> pg.subtract(pg.asarray([1, 2]), 1)
    Tensor([0, 1], dtype=int64)
    """
    return apply("subtract", (x1, x2))


def multiply(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the product of each pair of elements.

    x1, x2: numbers of any shapes that broadcast, of a common dtype by promotion. Integers wrap.
    Raises TypeError for bool, ValueError where the shapes do not broadcast.

    >>> pg.multiply(pg.asarray([1, 2]), 3)
    Tensor([3, 6], dtype=int64)
    """
    return apply("multiply", (x1, x2))


def divide(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the first divided by the second, for each pair of elements.

    x1, x2: floating arrays whose shapes broadcast; integers become float64. Raises ValueError
    where the shapes do not broadcast. A division by zero gives an infinity or NaN.

    >>> pg.divide(pg.asarray([1, 2]), 4)
    Tensor([0.25, 0.5 ], dtype=float64)
    """
    return apply("divide", (x1, x2))


def floor_divide(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the quotient rounded down, as Python's ``//``, for each pair of elements.

    x1, x2: numbers of any shapes that broadcast, of a common dtype by promotion. Raises
    TypeError for bool, ValueError where the shapes do not broadcast. Raises ZeroDivisionError
    where an integer is divided by zero.

    >>> pg.floor_divide(pg.asarray([7, -7]), 2)
    Tensor([ 3, -4], dtype=int64)
    """
    return apply("floor_divide", (x1, x2))


def remainder(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the remainder with the divisor's sign, as Python's ``%``, for each pair.

    x1, x2: numbers of any shapes that broadcast, of a common dtype by promotion. Raises
    TypeError for bool, ValueError where the shapes do not broadcast. Raises ZeroDivisionError
    where an integer is divided by zero.

    >>> pg.remainder(pg.asarray([7, -7]), 3)
    Tensor([1, 2], dtype=int64)
    """
    return apply("remainder", (x1, x2))


def pow(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the first to the power of the second, for each pair of elements.

    x1, x2: numbers of any shapes that broadcast, of a common dtype by promotion. Integers wrap.
    Raises TypeError for bool, ValueError where the shapes do not broadcast. Raises ValueError
    for an integer to a negative integer power.

    >>> pg.pow(pg.asarray([2, 3]), 2)
    Tensor([4, 9], dtype=int64)
    """
    return apply("pow", (x1, x2))


def maximum(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the larger of each pair of elements; NaN where one is NaN.

    x1, x2: any common dtype, shapes that broadcast. Raises ValueError where they do not.

    >>> pg.maximum(pg.asarray([1, 5]), 3)
    Tensor([3, 5], dtype=int64)
    """
    return apply("maximum", (x1, x2))


def minimum(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the smaller of each pair of elements; NaN where one is NaN.

    x1, x2: any common dtype, shapes that broadcast. Raises ValueError where they do not.

    >>> pg.minimum(pg.asarray([1, 5]), 3)
    Tensor([1, 3], dtype=int64)
    """
    return apply("minimum", (x1, x2))


def clip(x: Operand, /, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """Return the elements, those below ``min`` or above ``max`` replaced by these.

    x, min, max: numbers of any shapes that broadcast, of a common dtype by promotion; a bound
    that is None is not there. Where ``min`` exceeds ``max`` the result is ``max``; NaN stays NaN.
    Raises TypeError for bool, ValueError where the shapes do not broadcast.

    >>> pg.clip(pg.asarray([1, 5, 9]), 2, 6)
    Tensor([2, 5, 6], dtype=int64)
    """
    if min is None:
        return as_tensor(x) if max is None else minimum(x, max)
    return maximum(x, min) if max is None else apply("clip", (x, min, max))


def negative(x: Operand, /) -> Tensor:
    """Return each element with its sign changed.

    x: numbers of any shape. Raises TypeError for bool.

    >>> pg.negative(pg.asarray([1, -2]))
    Tensor([-1,  2], dtype=int64)
    """
    return apply("negative", (x,))


def positive(x: Operand, /) -> Tensor:
    """Return the elements as they are.

    x: any dtype and shape.

    >>> pg.positive(pg.asarray([1, -2]))
    Tensor([ 1, -2], dtype=int64)
    """
    return as_tensor(x).copy()


def abs(x: Operand, /) -> Tensor:
    """Return the magnitude of each element.

    x: numbers of any shape. The smallest integer stays as it is. Raises TypeError for bool.

    >>> pg.abs(pg.asarray([1, -2]))
    Tensor([1, 2], dtype=int64)
    """
    return apply("abs", (x,))


def sign(x: Operand, /) -> Tensor:
    """Return -1, 0 or 1 by the sign of each element; NaN for NaN.

    x: numbers of any shape. Raises TypeError for bool.

    >>> pg.sign(pg.asarray([3.5, 0.0, -2.0]))
    Tensor([ 1.,  0., -1.], dtype=float64)
    """
    return apply("sign", (x,))


def square(x: Operand, /) -> Tensor:
    """Return the square of each element.

    x: numbers of any shape. Integers wrap. Raises TypeError for bool.

    >>> pg.square(pg.asarray([1, -2]))
    Tensor([1, 4], dtype=int64)
    """
    return apply("square", (x,))


def reciprocal(x: Operand, /) -> Tensor:
    """Return one divided by each element.

    x: floating, any shape; integers become float64. Zero gives an infinity.

    >>> pg.reciprocal(pg.asarray([2.0, 4.0]))
    Tensor([0.5 , 0.25], dtype=float64)
    """
    return apply("reciprocal", (x,))


def floor(x: Operand, /) -> Tensor:
    """Return the largest integer not above each element, in the same dtype.

    x: numbers of any shape. Integers stay as they are.

    >>> pg.floor(pg.asarray([1.5, -1.5]))
    Tensor([ 1., -2.], dtype=float64)
    """
    return as_tensor(x) if _is_integer(x) else apply("floor", (x,))


def ceil(x: Operand, /) -> Tensor:
    """Return the smallest integer not below each element, in the same dtype.

    x: numbers of any shape. Integers stay as they are.

    >>> pg.ceil(pg.asarray([1.5, -1.5]))
    Tensor([ 2., -1.], dtype=float64)
    """
    return as_tensor(x) if _is_integer(x) else apply("ceil", (x,))


def trunc(x: Operand, /) -> Tensor:
    """Return each element without its fraction, in the same dtype.

    x: numbers of any shape. Integers stay as they are.

    >>> pg.trunc(pg.asarray([1.5, -1.5]))
    Tensor([ 1., -1.], dtype=float64)
    """
    return as_tensor(x) if _is_integer(x) else apply("trunc", (x,))


def round(x: Operand, /) -> Tensor:
    """Return the nearest integer to each element, the even one of two, in the same dtype.

    x: numbers of any shape. Integers stay as they are.

    >>> pg.round(pg.asarray([0.5, 1.5, 1.7]))
    Tensor([0., 2., 2.], dtype=float64)
    """
    return as_tensor(x) if _is_integer(x) else apply("round", (x,))


def round_to(x: Tensor, digits: int | None, /) -> Tensor:
    """Return what Python's ``round(x, digits)`` gives: without ``digits`` an int64 tensor.

    x: numbers of any shape; halves go to the even neighbour.

    >>> pg.asarray(2.5).__round__(), pg.asarray(0.125).__round__(2)
    (Tensor(2, dtype=int64), Tensor(0.12, dtype=float64))
    """
    if _is_integer(x):
        return x if digits is None or digits >= 0 else _round_integers(x, 10**-digits)
    if digits is None:
        return as_integer(round(x))
    if digits >= 0:
        return divide(round(multiply(x, 10.0**digits)), 10.0**digits)
    return multiply(round(divide(x, 10.0**-digits)), 10.0**-digits)


def as_integer(x: Tensor, /) -> Tensor:
    """Return what Python's ``int`` gives for whole numbers: an int64 tensor.

    x: of any shape. For a NaN ValueError is raised, for what 64 bits do not hold OverflowError; in
    a graph when it runs. In arrays such elements become any number, as in NumPy.

    >>> pg.asarray(2.0).__trunc__()
    Tensor(2, dtype=int64)
    """
    if x.dtype.kind == "floating" and x.ndim == 0:
        limit = 2.0**63
        for holds, fault in (
            (apply("equal", (x, x)), "ValueError: cannot convert float NaN to integer"),
            (isfinite(x), "OverflowError: cannot convert float infinity to integer"),
            (
                logical_and(greater_equal(x, -limit), less(x, limit)),
                "OverflowError: cannot convert a float beyond 64 bits to integer",
            ),
        ):
            x = apply("check_defined", (x, holds), {"name": fault})
    return apply("astype", (x,), {"dtype": "int64"})


def _round_integers(x: Tensor, unit: int) -> Tensor:
    if unit > 2**31 - 1 and (x.dtype.itemsize == 4 or unit > 2**63 - 1):
        return multiply(x, 0)  # half of the unit is more than any element
    low = multiply(floor_divide(x, unit), unit)
    above = subtract(x, low)
    half = unit // 2
    odd = remainder(floor_divide(x, unit), 2)
    up = apply("greater", (add(above, odd), half))
    return apply("where", (up, add(low, unit), low))


def _is_integer(x: Operand) -> bool:
    if type(x) is SymbolicTensor and x.weak and x.dtype.kind == "floating":
        return False
    return dtype_of(x).kind == "integer"
