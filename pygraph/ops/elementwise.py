"""Mathematical functions, element by element."""

from __future__ import annotations

from pygraph._hot import Tensor, apply
from pygraph.ops.operands import Operand


def sqrt(x: Operand, /) -> Tensor:
    """Return the square root of each element.

    x: floating, any shape; integers become float64. NaN for a negative element.

    >>> pg.sqrt(pg.asarray([4.0, 9.0]))
    Tensor([2., 3.], dtype=float64)
    """
    return apply("sqrt", (x,))


def exp(x: Operand, /) -> Tensor:
    """Return e to the power of each element.

    x: floating, any shape; integers become float64.

    >>> pg.exp(pg.asarray([0.0]))
    Tensor([1.], dtype=float64)
    """
    return apply("exp", (x,))


def expm1(x: Operand, /) -> Tensor:
    """Return e to the power of each element, minus one, exact for small elements too.

    x: floating, any shape; integers become float64.

    >>> pg.expm1(pg.asarray([0.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("expm1", (x,))


def log(x: Operand, /) -> Tensor:
    """Return the natural logarithm of each element.

    x: floating, any shape; integers become float64. Minus infinity for zero, NaN for a negative
    element.

    >>> pg.log(pg.asarray([1.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("log", (x,))


def log1p(x: Operand, /) -> Tensor:
    """Return the natural logarithm of one plus each element, exact for small elements too.

    x: floating, any shape; integers become float64. Minus infinity for -1, NaN below.

    >>> pg.log1p(pg.asarray([0.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("log1p", (x,))


def log2(x: Operand, /) -> Tensor:
    """Return the logarithm of each element to base 2.

    x: floating, any shape; integers become float64. Minus infinity for zero, NaN for a negative
    element.

    >>> pg.log2(pg.asarray([8.0]))
    Tensor([3.], dtype=float64)
    """
    return apply("log2", (x,))


def log10(x: Operand, /) -> Tensor:
    """Return the logarithm of each element to base 10.

    x: floating, any shape; integers become float64. Minus infinity for zero, NaN for a negative
    element.

    >>> pg.log10(pg.asarray([100.0]))
    Tensor([2.], dtype=float64)
    """
    return apply("log10", (x,))


def sin(x: Operand, /) -> Tensor:
    """Return the sine of each element.

    x: floating, any shape; integers become float64. In radians.

    >>> pg.sin(pg.asarray([0.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("sin", (x,))


def cos(x: Operand, /) -> Tensor:
    """Return the cosine of each element.

    x: floating, any shape; integers become float64. In radians.

    >>> pg.cos(pg.asarray([0.0]))
    Tensor([1.], dtype=float64)
    """
    return apply("cos", (x,))


def tan(x: Operand, /) -> Tensor:
    """Return the tangent of each element.

    x: floating, any shape; integers become float64. In radians.

    >>> pg.tan(pg.asarray([0.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("tan", (x,))


def asin(x: Operand, /) -> Tensor:
    """Return the angle in radians whose sine is each element, from -pi/2 to pi/2.

    x: floating, any shape; integers become float64. NaN outside of -1 to 1.

    >>> pg.asin(pg.asarray([0.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("asin", (x,))


def acos(x: Operand, /) -> Tensor:
    """Return the angle in radians whose cosine is each element, from 0 to pi.

    x: floating, any shape; integers become float64. NaN outside of -1 to 1.

    >>> pg.acos(pg.asarray([1.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("acos", (x,))


def atan(x: Operand, /) -> Tensor:
    """Return the angle in radians whose tangent is each element, from -pi/2 to pi/2.

    x: floating, any shape; integers become float64.

    >>> pg.atan(pg.asarray([0.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("atan", (x,))


def sinh(x: Operand, /) -> Tensor:
    """Return the hyperbolic sine of each element.

    x: floating, any shape; integers become float64.

    >>> pg.sinh(pg.asarray([0.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("sinh", (x,))


def cosh(x: Operand, /) -> Tensor:
    """Return the hyperbolic cosine of each element.

    x: floating, any shape; integers become float64.

    >>> pg.cosh(pg.asarray([0.0]))
    Tensor([1.], dtype=float64)
    """
    return apply("cosh", (x,))


def tanh(x: Operand, /) -> Tensor:
    """Return the hyperbolic tangent of each element.

    x: floating, any shape; integers become float64.

    >>> pg.tanh(pg.asarray([0.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("tanh", (x,))


def asinh(x: Operand, /) -> Tensor:
    """Return the inverse hyperbolic sine of each element.

    x: floating, any shape; integers become float64.

    >>> pg.asinh(pg.asarray([0.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("asinh", (x,))


def acosh(x: Operand, /) -> Tensor:
    """Return the inverse hyperbolic cosine of each element.

    x: floating, any shape; integers become float64. NaN below 1.

    >>> pg.acosh(pg.asarray([1.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("acosh", (x,))


def atanh(x: Operand, /) -> Tensor:
    """Return the inverse hyperbolic tangent of each element.

    x: floating, any shape; integers become float64. An infinity at -1 and 1, NaN outside.

    >>> pg.atanh(pg.asarray([0.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("atanh", (x,))


def sigmoid(x: Operand, /) -> Tensor:
    """Return the logistic function 1 / (1 + exp(-x)) of each element.

    x: floating, any shape; integers become float64.

    >>> pg.sigmoid(pg.asarray([0.0]))
    Tensor([0.5], dtype=float64)
    """
    return apply("sigmoid", (x,))


def erf(x: Operand, /) -> Tensor:
    """Return the error function 2 / sqrt(pi) * integral of exp(-t*t) from 0 to x.

    x: floating, any shape; integers become float64.

    >>> pg.erf(pg.asarray([0.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("erf", (x,))


def atan2(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the angle in radians from the x axis to the point (x2, x1), from -pi to pi.

    x1, x2: floating arrays whose shapes broadcast; integers become float64. Raises ValueError
    where the shapes do not broadcast.

    >>> pg.atan2(0.0, pg.asarray([1.0]))
    Tensor([0.], dtype=float64)
    """
    return apply("atan2", (x1, x2))


def hypot(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the length sqrt(x1*x1 + x2*x2) for each pair, without overflow in between.

    x1, x2: floating arrays whose shapes broadcast; integers become float64. Raises ValueError
    where the shapes do not broadcast.

    >>> pg.hypot(pg.asarray([3.0]), 4.0)
    Tensor([5.], dtype=float64)
    """
    return apply("hypot", (x1, x2))


def copysign(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the magnitude of the first with the sign of the second, for each pair.

    x1, x2: floating arrays whose shapes broadcast; integers become float64. Raises ValueError
    where the shapes do not broadcast.

    >>> pg.copysign(pg.asarray([1.0, 2.0]), -1.0)
    Tensor([-1., -2.], dtype=float64)
    """
    return apply("copysign", (x1, x2))


def logaddexp(x1: Operand, x2: Operand, /) -> Tensor:
    """Return log(exp(x1) + exp(x2)) for each pair, without overflow in between.

    x1, x2: floating arrays whose shapes broadcast; integers become float64. Raises ValueError
    where the shapes do not broadcast.

    >>> pg.logaddexp(pg.asarray([1000.0]), -1000.0)
    Tensor([1000.], dtype=float64)
    """
    return apply("logaddexp", (x1, x2))


def nextafter(x1: Operand, x2: Operand, /) -> Tensor:
    """Return the next floating number after the first towards the second, for each pair.

    x1, x2: floating arrays whose shapes broadcast; integers become float64. Raises ValueError
    where the shapes do not broadcast.

    >>> pg.nextafter(pg.asarray([1.0]), 1.0)
    Tensor([1.], dtype=float64)
    """
    return apply("nextafter", (x1, x2))
