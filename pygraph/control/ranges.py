"""``pygraph.range``: an arange that takes tensors, and that a ``for`` loop stages."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pygraph._hot import as_dtype, scalar
from pygraph.control.tensors import apply, as_number, cast, is_tensor, is_tracing
from pygraph.graph.locations import describe, user_line


class Range:
    """The integers from ``start`` to before ``stop`` in steps of ``step``.

    Each bound is a Python int or a scalar integer tensor. In converted code ``for i in
    pygraph.range(n)`` is part of the graph; anywhere else the object stands for the array
    ``pygraph.arange(start, stop, step)``, and iterating over it gives 0-d tensors.

    Raises TypeError for a bound that is no integer scalar, ValueError for a step of 0.
    """

    __slots__ = ("_array", "numbers", "start", "step", "stop")
    __array_ufunc__ = None

    def __init__(self, *bounds: Any, numbers: bool = False) -> None:
        # Python's own range gives Python numbers, which take on the dtype of what they meet.
        self.numbers = numbers
        if not 1 <= len(bounds) <= 3:
            raise TypeError(f"range expected 1 to 3 arguments, got {len(bounds)}")
        names = ("stop",) if len(bounds) == 1 else ("start", "stop", "step")
        checked = [_bound(name, value) for name, value in builtins.zip(names, bounds, strict=False)]
        self.start: Any = 0 if len(bounds) == 1 else checked[0]
        self.stop: Any = checked[0] if len(bounds) == 1 else checked[1]
        self.step: Any = checked[2] if len(bounds) == 3 else 1
        if type(self.step) is int and self.step == 0:
            raise ValueError("range() arg 3 must not be zero")
        self._array: Any = None

    @property
    def dtype(self) -> Any:
        """The dtype of the items."""
        return as_dtype(self._dtype_name())

    def _dtype_name(self) -> str:
        names = {bound.dtype.name for bound in self._bounds() if is_tensor(bound)}
        return str(np.result_type(*sorted(names))) if names else "int64"

    def _bounds(self) -> tuple[Any, Any, Any]:
        return self.start, self.stop, self.step

    def array(self) -> Any:
        """Return the items as a tensor."""
        if is_tracing():
            return apply("arange", self._bounds(), {})
        if self._array is None:
            self._array = apply("arange", self._bounds(), {})
        return self._array

    __pygraph_tensor__ = array

    def __iter__(self) -> Iterator[Any]:
        dtype = self.dtype
        items = builtins.range(*(operator.index(bound) for bound in self._bounds()))
        return (scalar(item, dtype) for item in items)

    def __len__(self) -> int:
        return len(builtins.range(*(operator.index(bound) for bound in self._bounds())))

    def __getitem__(self, key: Any) -> Any:
        return self.array()[key]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.array(), name)

    def __array__(self, dtype: Any = None, *, copy: Any = None) -> Any:
        return self.array().__array__(dtype, copy=copy)

    def __hash__(self) -> int:
        raise TypeError("a pygraph range is not hashable, since == compares its elements")

    def __eq__(self, other: object) -> Any:
        return self.array() == _array(other)

    def __ne__(self, other: object) -> Any:
        return self.array() != _array(other)

    def __repr__(self) -> str:
        from_zero = type(self.start) is int and self.start == 0
        bounds = [self.stop] if from_zero else [self.start, self.stop]
        if not (type(self.step) is int and self.step == 1):
            bounds = [self.start, self.stop, self.step]
        return f"pygraph.range({', '.join(map(repr, bounds))})"

    def length(self) -> Any:
        """Return how many items there are: an int where the bounds are, else a tensor."""
        if not any(is_tensor(bound) for bound in self._bounds()):
            return len(self)
        # The quotient rounded up, which // does to its opposite.
        steps = -((self.start - self.stop) // self.step)
        return as_number(apply("maximum", (steps, 0)), "int64")

    # What a staged `for` needs.

    def first(self) -> Any:
        """Return the first item."""
        if self.numbers:
            return as_number(self.start, "int64")
        return cast(self.start, self._dtype_name())

    def more(self, position: Any) -> Any:
        """Return whether there is an item at a position."""
        if not is_tensor(self.step):
            return position < self.stop if self.step > 0 else position > self.stop
        up = apply("logical_and", (self.step > 0, position < self.stop))
        down = apply("logical_and", (self.step < 0, position > self.stop))
        return apply("logical_or", (up, down))

    def item(self, position: Any) -> Any:
        """Return the item at a position: in a range they are the same."""
        return position

    def following(self, position: Any) -> Any:
        """Return the position after a position."""
        following = position + self.step
        return (
            as_number(following, "int64") if self.numbers else cast(following, position.dtype.name)
        )


def _array(value: Any) -> Any:
    return value.array() if isinstance(value, Range) else value


def _bound(name: str, value: Any) -> Any:
    """Check a bound; a Python or NumPy integer becomes an int."""
    if is_tensor(value):
        shape = tuple(value.static_shape)
        if shape:
            text = ", ".join("?" if dim is None else str(dim) for dim in shape)
            comma = "," if len(shape) == 1 else ""
            raise TypeError(
                f"range: {name} must be a scalar, got a tensor of shape ({text}{comma})"
                f"\n  {describe(user_line())}"
                "\nPass one element of it, or loop over the tensor itself."
            )
        if value.dtype.kind != "integer":
            raise TypeError(
                f"range: {name} must be an integer, got a tensor of dtype {value.dtype.name}"
                f"\n  {describe(user_line())}"
                "\nConvert it with pygraph.astype(x, pygraph.int64)."
            )
        return value
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(
            f"range: {name} must be an integer or an integer scalar tensor, "
            f"got {type(value).__name__}\n  {describe(user_line())}"
        ) from None


def _delegate(name: str) -> Callable[..., Any]:
    function = getattr(operator, name)

    def method(self: Range, *others: Any) -> Any:
        return function(self.array(), *(_array(other) for other in others))

    return method


def _delegate_reflected(name: str) -> Callable[..., Any]:
    function = getattr(operator, name)

    def method(self: Range, other: Any) -> Any:
        return function(_array(other), self.array())

    return method


for _name in ("neg", "pos", "abs", "invert", "lt", "le", "gt", "ge"):
    setattr(Range, f"__{_name}__", _delegate(f"__{_name}__"))
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    setattr(Range, f"__{_name}__", _delegate(f"__{_name}__"))
    setattr(Range, f"__r{_name}__", _delegate_reflected(f"__{_name}__"))
