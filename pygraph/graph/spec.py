"""TensorSpec: the dtype and shape that an argument must have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pygraph._hot import DType, Tensor, as_dtype


class TensorSpec:
    """The type of a tensor: its shape, with None for dims that may vary, and its dtype.

    >>> TensorSpec((None, 3), "float32", name="x")
    TensorSpec(shape=(None, 3), dtype=float32, name='x')
    """

    __slots__ = ("dtype", "name", "shape")

    def __init__(
        self, shape: Sequence[int | None], dtype: Any = "float64", name: str | None = None
    ) -> None:
        """Make a spec. Raises TypeError for an unknown dtype and ValueError for a negative dim."""
        self.shape: tuple[int | None, ...] = tuple(shape)
        self.dtype: DType = as_dtype(dtype)
        self.name = name
        for dim in self.shape:
            if dim is not None and (not isinstance(dim, int) or dim < 0):
                raise ValueError(f"a dim must be None or an int of at least 0, got {dim!r}")

    @classmethod
    def of(cls, tensor: Tensor, name: str | None = None) -> TensorSpec:
        """Return the spec of a tensor."""
        return cls(tensor.static_shape, tensor.dtype, name)

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
        return (self.shape, self.dtype.name) == (other.shape, other.dtype.name)

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype.name))
