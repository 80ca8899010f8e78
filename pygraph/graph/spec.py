"""The types that arguments must have: TensorSpec, and VariableSpec of variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pygraph._hot import DType, Tensor, Variable, as_dtype


class TensorSpec:
    """The type of a tensor: its shape, with None for dims that may vary, and its dtype.

    >>> TensorSpec((None, 3), "float32", name="x")
    TensorSpec(shape=(None, 3), dtype=float32, name='x')
    """

    __slots__ = ("dtype", "name", "shape", "weak")

    def __init__(
        self, shape: Sequence[int | None], dtype: Any = "float64", name: str | None = None
    ) -> None:
        """Make a spec. Raises TypeError for an unknown dtype and ValueError for a negative dim."""
        self.shape: tuple[int | None, ...] = tuple(shape)
        self.dtype: DType = as_dtype(dtype)
        self.name = name
        # Whether it stands for a Python number, in promotion: of what a trace passes on.
        self.weak = False
        for dim in self.shape:
            if dim is not None and (not isinstance(dim, int) or dim < 0):
                raise ValueError(f"a dim must be None or an int of at least 0, got {dim!r}")

    @classmethod
    def of(cls, tensor: Tensor, name: str | None = None) -> TensorSpec:
        """Return the spec of a tensor; a size that is not known while tracing may vary."""
        made = cls(tensor.static_shape, tensor.dtype, name)
        made.weak = getattr(tensor, "weak", False)
        return made

    def named(self, name: str) -> TensorSpec:
        """Return this spec, with a name if it has none."""
        made = TensorSpec(self.shape, self.dtype, self.name or name)
        made.weak = self.weak
        return made

    def accepts(self, tensor: Tensor) -> bool:
        """Return whether a tensor has this dtype and a shape that fits."""
        shape = tensor.static_shape
        return (
            tensor.dtype is self.dtype
            and len(shape) == len(self.shape)
            and all(
                want is None or want == have for want, have in zip(self.shape, shape, strict=True)
            )
        )

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name else ""
        return f"TensorSpec(shape={self.shape}, dtype={self.dtype.name}{name})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TensorSpec):
            return NotImplemented
        own = (self.shape, self.dtype.name, self.weak)
        return own == (other.shape, other.dtype.name, other.weak)

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype.name, self.weak))


class VariableSpec:
    """The type of a variable that is an argument: its shape and dtype.

    ``alias`` numbers the distinct variables among the arguments: two arguments that are the same
    variable have the same number.
    """

    __slots__ = ("alias", "dtype", "name", "shape")

    def __init__(
        self, shape: tuple[int, ...], dtype: DType, alias: int, name: str | None = None
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self.alias = alias
        self.name = name

    def accepts(self, variable: Variable) -> bool:
        """Return whether a variable has this dtype and shape."""
        return variable.dtype is self.dtype and variable.static_shape == self.shape

    def __repr__(self) -> str:
        return f"VariableSpec(shape={self.shape}, dtype={self.dtype.name}, alias={self.alias})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VariableSpec):
            return NotImplemented
        return (self.shape, self.dtype.name, self.alias) == (
            other.shape,
            other.dtype.name,
            other.alias,
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype.name, self.alias))
