"""NumPy's functions called on tensors: each is the function of the same meaning here.

One that has none here works on the values of eager tensors, and is refused while tracing: nothing
turns a tensor without a value into an array.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from pygraph import ops
from pygraph._hot import EagerTensor, SymbolicTensor, Variable, hooks
from pygraph.graph.structure import flatten, map_structure

# NumPy's name where it is not the name here.
_NAMES = {
    "absolute": "abs",
    "amax": "max",
    "amin": "min",
    "arccos": "acos",
    "arccosh": "acosh",
    "arcsin": "asin",
    "arcsinh": "asinh",
    "arctan": "atan",
    "arctan2": "atan2",
    "arctanh": "atanh",
    "around": "round",
    "concatenate": "concat",
    "cumprod": "cumulative_prod",
    "cumsum": "cumulative_sum",
    "fabs": "abs",
    "invert": "bitwise_invert",
    "left_shift": "bitwise_left_shift",
    "power": "pow",
    "right_shift": "bitwise_right_shift",
    "rint": "round",
    "true_divide": "divide",
}


def _dot(a: Any, b: Any) -> Any:
    scalar = not np.ndim(a) or not np.ndim(b)
    return ops.multiply(a, b) if scalar else ops.matmul(a, b)


_OWN: dict[str, Callable[..., Any]] = {
    "divmod": lambda a, b: (ops.floor_divide(a, b), ops.remainder(a, b)),
    "dot": _dot,
    "ndim": lambda x: x.ndim,
    "shape": lambda x: x.shape,
    "size": lambda x: x.size,
}


@cache
def _counterpart(function: Any) -> Callable[..., Any] | None:
    if not isinstance(function, np.ufunc) and function.__module__ != "numpy":
        return None
    name = function.__name__
    if name in _OWN:
        return _OWN[name]
    name = _NAMES.get(name, name)
    return getattr(ops, name) if name in ops.__all__ else None


def array_ufunc(
    ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], keywords: dict[str, Any]
) -> Any:
    """Return what a NumPy ufunc gives for inputs of which one is a tensor."""
    own = _counterpart(ufunc) if method == "__call__" and not keywords else None
    if own is not None:
        return own(*inputs)
    name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
    return _on_arrays(getattr(ufunc, method), name, inputs, keywords)


def array_function(function: Any, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Return what a function of NumPy's gives for arguments of which one is a tensor."""
    own = _counterpart(function)
    if own is not None:
        return own(*inputs, **keywords)
    return _on_arrays(function, function.__name__, inputs, keywords)


def _on_arrays(
    function: Callable[..., Any], name: str, inputs: tuple[Any, ...], keywords: dict[str, Any]
) -> Any:
    leaves, _ = flatten((inputs, keywords))
    if any(isinstance(leaf, SymbolicTensor) for leaf in leaves):
        options = f" with {', '.join(keywords)}" if keywords else ""
        raise TypeError(
            f"numpy.{name}{options} cannot be staged: a tensor has no value while a function is "
            "traced; use pygraph's functions in place of NumPy's"
        )
    inputs, keywords = map_structure(_array, (inputs, keywords))
    return function(*inputs, **keywords)


def _array(value: Any) -> Any:
    if isinstance(value, Variable):
        value = value.read()
    return value.numpy() if isinstance(value, EagerTensor) else value


hooks.array_ufunc = array_ufunc
hooks.array_function = array_function
