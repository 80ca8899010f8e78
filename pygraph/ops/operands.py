"""What the public functions take: the type aliases of their signatures, axes, sizes and shapes.

A size is a Python int, or a 0-d integer tensor where it is not known while tracing.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

import numpy as np

from pygraph import _core
from pygraph._hot import (
    DType,
    SymbolicTensor,
    Tensor,
    apply,
    as_dtype,
    current,
    from_numpy,
    scalar,
)

Number: TypeAlias = bool | int | float
Array: TypeAlias = Tensor | np.ndarray[Any, Any] | np.generic
Operand: TypeAlias = Array | Number
DTypeLike: TypeAlias = DType | str | type | np.dtype[Any]
Size: TypeAlias = int | Tensor
Shape: TypeAlias = Size | Sequence[Size]
Axes: TypeAlias = int | Sequence[int] | None

INT64 = as_dtype("int64")
FLOAT64 = as_dtype("float64")
_NATURAL = {bool: as_dtype("bool"), int: INT64, float: FLOAT64}
HIGHEST = 2**63 - 1


def as_tensor(value: Operand) -> Tensor:
    """Return a tensor of a tensor, NumPy array or number."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        builder = current()
        return from_numpy(value, False) if builder is None else cast(Tensor, builder.lift(value))
    tensor = made_tensor(value)
    if tensor is not None:
        return tensor
    if isinstance(value, (bool, int, float)):
        return scalar(value, natural_dtype(value))
    raise TypeError(
        f"expected a tensor, a NumPy array or a number, got {type(value).__name__}; "
        "see pygraph.asarray"
    )


def made_tensor(value: Any) -> Tensor | None:
    """Return the tensor that an object stands for, as a range does; None if it is no such."""
    make = getattr(type(value), "__pygraph_tensor__", None)
    return None if make is None else as_tensor(make(value))


def natural_dtype(number: Number) -> DType:
    """Return the dtype of a Python number that meets no tensor."""
    for kind, dtype in _NATURAL.items():
        if isinstance(number, kind):
            return dtype
    raise TypeError(f"{type(number).__name__} is no Python number")


def dtype_of(value: Operand) -> DType:
    """Return the dtype of a tensor, array or number."""
    if isinstance(value, Tensor):
        return value.dtype
    if isinstance(value, (np.ndarray, np.generic)):
        return as_dtype(value.dtype)
    tensor = made_tensor(value)
    if tensor is not None:
        return tensor.dtype
    return natural_dtype(value)


def static_shape(value: Operand) -> tuple[int | None, ...]:
    """Return the dimensions of an operand, None where one is not known yet."""
    if isinstance(value, Tensor):
        return value.static_shape
    if isinstance(value, (np.ndarray, np.generic)):
        return value.shape
    tensor = made_tensor(value)
    if tensor is not None:
        return tensor.static_shape
    if isinstance(value, (bool, int, float)):
        return ()
    raise TypeError(
        f"expected a tensor, a NumPy array or a number, got {type(value).__name__}; "
        "see pygraph.asarray"
    )


def sizes(value: Operand) -> tuple[Size, ...]:
    """Return the dimensions of an operand, a 0-d int64 tensor where one is not known yet."""
    tensor = value if isinstance(value, Tensor) else made_tensor(value)
    return np.shape(value) if tensor is None else tensor.shape


def dim_size(value: Operand, axis: int) -> Size:
    """Return the size of one axis (not negative): an int, or a tensor that promotes as one."""
    known = static_shape(value)[axis]
    if known is not None:
        return known
    size: Any = apply("dim_size", (value,), {"axis": axis})
    weak: Size = size.builder.as_weak(size)
    return weak


def size_product(factors: Sequence[Size]) -> Size:
    """Return the product of sizes."""
    known = math.prod([factor for factor in factors if isinstance(factor, int)])
    result: Size = known
    for factor in factors:
        if not isinstance(factor, int):
            result = factor if isinstance(result, int) and result == 1 else result * factor
    return result


def size_of(x: Operand, /) -> Size:
    """Return the number of elements."""
    return size_product(sizes(x))


def one_axis(op: str, axis: int, rank: int) -> int:
    """Return an axis counted from the front. Raises ValueError where there is none such."""
    position = operator.index(axis)
    if not -rank <= position < rank:
        raise ValueError(f"{op}: axis {position} is out of range for an array of {rank} dimensions")
    return position + rank if position < 0 else position


def some_axes(op: str, axis: Axes, rank: int) -> tuple[int, ...]:
    """Return axes counted from the front; None stands for all of them.

    Raises ValueError where one is out of range or named twice.
    """
    if axis is None:
        return tuple(range(rank))
    if isinstance(axis, int):
        return (one_axis(op, axis, rank),)
    if isinstance(axis, (tuple, list)):
        axes = tuple([one_axis(op, one, rank) for one in axis])
        if len(set(axes)) != len(axes):
            raise ValueError(f"{op}: an axis is named twice in {tuple(axis)}")
        return axes
    return (one_axis(op, operator.index(axis), rank),)  # type: ignore[arg-type]


def one_size(op: str, value: Size) -> Size:
    """Return a size as an int where it is known. Raises TypeError for anything but an integer."""
    if type(value) is int or type(value) is SymbolicTensor:
        return value
    if isinstance(value, bool):
        raise TypeError(f"{op}: a size must be an integer, got a bool")
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(
            f"{op}: a size must be an integer or a 0-d integer tensor, got {type(value).__name__}"
        ) from None


def some_sizes(op: str, shape: Shape) -> tuple[Size, ...]:
    """Return a shape as a tuple of sizes; a lone size is a shape of one dimension."""
    if isinstance(shape, (tuple, list)):
        return tuple([one_size(op, size) for size in shape])
    if isinstance(shape, Tensor) and len(shape.static_shape) == 1:
        return tuple([one_size(op, size) for size in shape])
    if isinstance(shape, Sequence):
        return tuple([one_size(op, size) for size in shape])
    return (one_size(op, shape),)


def with_shape(op: str, value: Operand, shape: Sequence[Size]) -> Tensor:
    """Run an op that takes a shape (`reshape`, `broadcast_to`): unknown sizes become inputs."""
    inputs: list[Any] = [value]
    dims = []
    for size in shape:
        if type(size) is int:
            if size < -1:
                raise ValueError(f"{op}: a size must not be negative, got {size}")
            if size > HIGHEST:
                raise OverflowError(f"{op}: a size of {size} does not fit 63 bits")
            dims.append(size)
        else:
            dims.append(-1 - len(inputs))
            inputs.append(size)
    return apply(op, tuple(inputs), {"shape": dims})


def check_room(op: str, shape: Sequence[Size | None], dtype: DType) -> None:
    """Refuse a result that is too large before anything is computed for it.

    Raises ValueError where 63 bits do not count its bytes, MemoryError where memory has no room.
    """
    known = [size for size in shape if isinstance(size, int)]
    if len(known) < len(shape) or min(known, default=1) < 0:
        return
    nbytes = math.prod(known) * dtype.itemsize
    what = f"an array of shape {shape_text(known)} and dtype {dtype.name}"
    if nbytes > HIGHEST:
        raise ValueError(f"{op}: {what} has more bytes than 63 bits count")
    if nbytes >= _LARGE and current() is None:
        try:
            _core.check_room(nbytes)
        except MemoryError:
            raise MemoryError(f"{op}: no memory for {what}, {nbytes} bytes") from None


# Results from this size on are worth asking for memory first.
_LARGE = 1 << 26


def shape_text(shape: Sequence[int | None]) -> str:
    """Return a shape as error messages show it."""
    return "[" + ", ".join(["?" if dim is None else str(dim) for dim in shape]) + "]"
