"""``pygraph.range``: an arange that takes tensors, and that a ``for`` loop stages."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pygraph._hot import as_dtype, scalar
from pygraph.control.effects.raising import require
from pygraph.control.tensors import apply, as_number, cast, is_tensor, is_tracing
from pygraph.graph.locations import describe, user_line

_LEAST, _GREATEST = -(2**63), 2**63 - 1


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
        if not (type(self.step) is int and self.step != 0):
            require(self.step != 0, ValueError, "range() arg 3 must not be zero")
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
        """Return how many items there are: an int where the bounds are, else a tensor.

        Raises OverflowError, when the graph runs, where 63 bits do not count them.
        """
        if not any(is_tensor(bound) for bound in self._bounds()):
            return len(self)
        start, stop, step = (cast(bound, "int64") for bound in self._bounds())
        if self._is_plain():
            return as_number(apply("maximum", (stop, 0)), "int64")
        # A difference of the bounds may wrap; that of their quotients does so for steps of 1 only.
        up = step > 0
        last = stop - apply("where", (up, 1, -1))
        remainders = last % step, start % step
        less = apply("where", (up, remainders[0] < remainders[1], remainders[0] > remainders[1]))
        count = last // step - start // step - cast(less, "int64") + 1
        some = self._is_before(up, start, stop)
        require(
            apply("logical_or", (apply("logical_not", (some,)), count > 0)),
            OverflowError,
            "the range has more elements than 63 bits count",
        )
        return as_number(apply("where", (some, count, 0)), "int64")

    def _is_plain(self) -> bool:
        """Whether the items are those from 0 on, one by one."""
        return type(self.start) is type(self.step) is int and (self.start, self.step) == (0, 1)

    @staticmethod
    def _is_before(up: Any, one: Any, other: Any) -> Any:
        """Return whether a number comes before another in the order of the items."""
        if not is_tensor(up):
            return one < other if up else one > other
        return apply("where", (up, one < other, one > other))


class Steps:
    """What a staged ``for`` over a range counts: int64 positions that no sum of which wraps.

    Where the sign of the step is known only when the graph runs, positions rise: those of a falling
    range are its items with all bits inverted.
    """

    def __init__(self, numbers: Range) -> None:
        self._range = numbers
        self._start, self._stop, self._step = (
            cast(bound, "int64") if is_tensor(bound) else bound
            for bound in (numbers.start, numbers.stop, numbers.step)
        )
        self._inverted: Any = None
        if is_tensor(self._step):
            step = self._step
            rises = step > 0
            self._inverted = apply("where", (rises, 0, -1))
            self._start, self._stop = map(self._invert, (self._start, self._stop))
            self._step = apply("where", (rises, step, -step))
        self._rises = bool(is_tensor(self._step) or self._step > 0)
        self._last = self._last_followed() if self._may_wrap() else None

    def first(self) -> Any:
        """Return the first position."""
        return as_number(self._start, "int64")

    def more(self, position: Any) -> Any:
        """Return whether there is an item at a position."""
        return position < self._stop if self._rises else position > self._stop

    def item(self, position: Any) -> Any:
        """Return the item at a position."""
        item = position if self._inverted is None else self._invert(position)
        if self._range.numbers:
            return as_number(item, "int64")
        return cast(item, self._range.dtype.name)

    def following(self, position: Any) -> Any:
        """Return the position after a position, or one at which there is no item."""
        if self._last is not None:
            position = apply("minimum" if self._rises else "maximum", (position, self._last))
        return as_number(position + self._step, "int64")

    def _invert(self, value: Any) -> Any:
        return apply("bitwise_xor", (cast(value, "int64"), self._inverted))

    def _may_wrap(self) -> bool:
        """Whether the sum of the last item and the step may be no int64."""
        if self._range.dtype.name != "int64" and not self._range.numbers:
            return False
        if is_tensor(self._step):
            return True
        if is_tensor(self._stop):
            return self._step not in (1, -1)
        return not _LEAST <= self._stop + self._step <= _GREATEST

    def _last_followed(self) -> Any:
        """Return the last position that others follow, or one of which the sum does not wrap."""
        farthest, limit = ("maximum", _LEAST) if self._rises else ("minimum", _GREATEST)
        start, stop, step = (cast(x, "int64") for x in (self._start, self._stop, self._step))
        end = apply(farthest, (apply(farthest, (start, stop)), limit + step))
        return end - step


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
