"""The few questions and small graph pieces that control flow needs of tensors."""

from __future__ import annotations

from typing import Any

from pygraph._hot import EagerTensor, SymbolicTensor, Tensor, apply, as_dtype
from pygraph.graph.builder import current, tracing

__all__ = [
    "any_equal",
    "apply",
    "as_number",
    "as_predicate",
    "cast",
    "current",
    "is_tensor",
    "is_tracing",
    "length",
    "logical_not",
    "mark",
    "placeholder",
    "rollback",
    "stages",
    "tracing",
    "weakened",
]


def is_tensor(value: Any) -> bool:
    """Return whether a value is a tensor, with or without a value."""
    return isinstance(value, Tensor)


def is_tracing() -> bool:
    """Return whether a graph is being built by this thread."""
    return current() is not None


def stages(value: Any) -> bool:
    """Return whether what depends on a value becomes part of a graph."""
    kind = type(value)
    if kind is SymbolicTensor:
        return True
    return kind is EagerTensor and current() is not None


def as_predicate(value: Any, what: str = "a condition") -> Any:
    """Return a 0-d bool tensor that says whether a 0-d tensor is true, as Python means it.

    Raises ValueError for a tensor that is no scalar.
    """
    shape = value.static_shape
    if shape:
        text = ", ".join("?" if dim is None else str(dim) for dim in shape)
        raise ValueError(
            f"{what} must be a scalar, got a tensor of shape ({text}); "
            "use pygraph.any(x) or pygraph.all(x)"
        )
    if value.dtype.name == "bool":
        return value
    return apply("not_equal", (value, 0), None)


def logical_not(value: Any) -> Any:
    """Return ``not value`` as a tensor."""
    value = as_predicate(value, "the operand of `not`")
    inverse = apply("logical_not", (value,), None)
    if type(value) is SymbolicTensor:
        for truth in (True, False):
            value.builder.note_implied(inverse, truth, value, not truth)
    return inverse


def any_equal(value: Any, container: Any) -> Any:
    """Return whether any element of a tensor equals a value."""
    equal = apply("equal", (container, value), None)
    axes = list(range(len(equal.static_shape)))
    return apply("any", (equal,), {"axis": axes, "keepdims": False})


def cast(value: Any, dtype: str) -> Any:
    """Return a tensor or a number as a tensor of a dtype; a weak one of that dtype stays weak."""
    if is_tensor(value):
        if value.dtype.name == dtype:
            return value
    else:
        builder = current()
        if builder is not None:
            return builder.lift(value, as_dtype(dtype))
    return apply("astype", (value,), {"dtype": dtype})


def as_number(value: Any, dtype: str) -> Any:
    """Return a scalar as what Python's numbers are to promotion: weak, int64 or float64."""
    if not is_tensor(value):
        return value
    if getattr(value, "weak", False) and value.dtype.name == dtype:
        return value
    # A value of its own, for the tensor at hand may be in use as what it is.
    tensor = apply("astype", (value,), {"dtype": dtype})
    return weakened(tensor) if type(tensor) is SymbolicTensor else tensor.item()


def weakened(tensor: Any) -> Any:
    """Make a value that nothing else uses yet weak."""
    if tensor.weak:
        return tensor
    return tensor.builder.as_weak(tensor)


def placeholder(dtype: str, shape: tuple[int | None, ...], weak: bool) -> Any:
    """Return a tensor that stands for a variable without a value; nothing may look at it."""
    dims = [0 if dim is None else dim for dim in shape]
    tensor = apply("undef", (), {"dtype": dtype, "shape": dims})
    return weakened(tensor) if weak else tensor


def length(value: Any) -> Any:
    """Return the size of a tensor's first axis: an int where it is known, else a 0-d tensor."""
    shape = value.static_shape
    if not shape:
        raise TypeError("a 0-d tensor has no length and cannot be iterated over")
    if shape[0] is not None:
        return shape[0]
    return as_number(apply("dim_size", (value,), {"axis": 0}), "int64")


def mark() -> int:
    """Return how much the graph at hand holds; 0 without one."""
    builder = current()
    return 0 if builder is None else builder.mark()


def rollback(marked: int) -> None:
    """Drop what was recorded since ``mark``."""
    builder = current()
    if builder is not None:
        builder.rollback(marked)
