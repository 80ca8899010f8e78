"""The functions of ``math`` on tensors.

A number has Python's errors as well: ``math.sqrt(-1.0)`` is a ValueError, when the graph runs.
Arrays, which Python's own functions do not take, have NumPy's results.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pygraph.autograph.operators.effects import check, require_integral
from pygraph.control.tensors import apply, as_number, is_tensor, logical_not

_DOMAIN = "ValueError: math domain error"
_RANGE = "OverflowError: math range error"

# Which op a function is.
_OPS = {
    "sqrt": "sqrt",
    "exp": "exp",
    "expm1": "expm1",
    "log": "log",
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
_ROUNDING = ("floor", "ceil", "trunc")

# Whether a number is outside of the domain, so that there is no result; NaN never is.
_OUTSIDE: dict[str, Callable[[Any], Any]] = {
    "sqrt": lambda x: x < 0,
    "log": lambda x: x <= 0,
    "log2": lambda x: x <= 0,
    "log10": lambda x: x <= 0,
    "log1p": lambda x: x <= -1,
    "sin": lambda x: abs(x) == math.inf,
    "cos": lambda x: abs(x) == math.inf,
    "tan": lambda x: abs(x) == math.inf,
    "asin": lambda x: abs(x) > 1,
    "acos": lambda x: abs(x) > 1,
    "acosh": lambda x: x < 1,
    "atanh": lambda x: abs(x) >= 1,
}
_OVERFLOWING = ("exp", "expm1", "sinh", "cosh")


def _function(name: str) -> Callable[..., Any]:
    original = getattr(math, name)

    def function(*values: Any) -> Any:
        if not any(map(is_tensor, values)):
            return original(*values)
        is_number = not any(is_tensor(value) and value.static_shape for value in values)
        if is_number and name in _OUTSIDE:
            check(logical_not(_OUTSIDE[name](values[0])), _DOMAIN)
        result = apply(_OPS[name], values)
        if is_number and result.dtype.name == "float64":
            _check_result(name, values, result)
        if name not in _ROUNDING:
            return result
        require_integral(result)
        return as_number(result, "int64")

    return function


def _check_result(name: str, values: tuple[Any, ...], result: Any) -> None:
    """Check that a result is not infinite, or not defined, where no argument is."""
    if name in _OVERFLOWING:
        finite = apply("not_equal", (abs(result), math.inf))
        check(apply("logical_or", (finite, abs(values[0]) == math.inf)), _RANGE)
    elif name == "pow":
        one, other = values
        fine = apply("isfinite", (result,))
        given = [apply("isfinite", (one + 0.0,)), apply("isfinite", (other + 0.0,))]
        unusual = logical_not(apply("logical_and", (given[0], given[1])))
        is_number = result == result
        outside = apply("logical_or", (logical_not(is_number), apply("equal", (one, 0))))
        fine = apply("logical_or", (fine, unusual))
        check(apply("logical_or", (fine, logical_not(outside))), _DOMAIN)
        check(fine, _RANGE)


def _log(value: Any, *base: Any) -> Any:
    """``math.log``, which takes a base."""
    logarithm = _function("log")
    if not any(map(is_tensor, (value, *base))):
        return math.log(value, *base)
    result = logarithm(value)
    if not base:
        return result
    divisor = logarithm(base[0])
    if is_tensor(divisor) and not divisor.static_shape:
        check(divisor != 0, "ZeroDivisionError: float division by zero")
    return result / divisor


STAGED: dict[Any, Callable[..., Any]] = {
    **{getattr(math, name): _function(name) for name in _OPS},
    math.log: _log,
}
