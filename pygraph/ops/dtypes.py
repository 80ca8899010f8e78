"""The dtypes by name, conversion between them, and questions about them."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pygraph import _core
from pygraph._hot import DType, SymbolicTensor, Tensor, apply, as_dtype, scalar
from pygraph.ops.operands import Array, DTypeLike, Operand, dtype_of

bool_ = as_dtype("bool")
int16 = as_dtype("int16")
int32 = as_dtype("int32")
int64 = as_dtype("int64")
float32 = as_dtype("float32")
float64 = as_dtype("float64")

_RANK = {"bool": 0, "integer": 1, "floating": 2, "complex": 3}
_NUMBER_KIND = {bool: "bool", int: "integer", float: "floating"}


def astype(
    x: Operand, dtype: DTypeLike, /, *, copy: bool = True, device: str | None = None
) -> Tensor:
    """Return the elements converted to a dtype.

    x: any dtype and shape. Floats become integers by dropping the fraction, anything becomes bool
    by comparison with zero. With ``copy=False`` a tensor of that dtype is returned itself.
    Raises TypeError for what is no dtype, OverflowError for a Python int that does not fit.

    >>> pg.astype(pg.asarray([0.5, 2.75]), pg.int32)
    Tensor([0, 2], dtype=int32)
    """
    target = as_dtype(dtype)
    check_device(device)
    if isinstance(x, Tensor) and x.dtype is target:
        # A tensor that is a Python number still, as far as promotion goes, becomes a true one.
        if type(x) is not SymbolicTensor or not x.weak:
            return x.copy() if copy else x
    elif isinstance(x, (bool, int, float)) and not isinstance(x, np.generic):
        kind = _NUMBER_KIND[bool if isinstance(x, bool) else int if isinstance(x, int) else float]
        if target is bool_ or _RANK[kind] <= _RANK[target.kind]:
            return scalar(x, target)
    return apply("astype", (x,), {"dtype": target.name})


def check_device(device: str | None) -> None:
    """Raise ValueError for a device other than the only one there is."""
    if device is not None and device != "cpu":
        raise ValueError(f'the only device is "cpu", got {device!r}')


def result_type(*arrays_and_dtypes: Operand | DTypeLike) -> DType:
    """Return the dtype that operands have in common, by the rules of promotion.

    Takes tensors, NumPy arrays, dtypes and Python numbers; a number adapts to the others where it
    is not of a higher kind. Raises TypeError where an argument is none of these.

    >>> pg.result_type(pg.int32, pg.float32)
    pygraph.float64
    >>> pg.result_type(pg.float32, 1)
    pygraph.float32
    """
    if not arrays_and_dtypes:
        raise TypeError("result_type takes one argument or more")
    operands = [promotion_operand(value) for value in arrays_and_dtypes]
    return as_dtype(_core.result_type(operands))


def promotion_operand(value: Any) -> tuple[str, builtins.bool]:
    """Return the name of a value's dtype, and whether it adapts to others as Python numbers do."""
    if type(value) is SymbolicTensor:
        return value.dtype.name, value.weak
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        return dtype_of(value).name, False
    if isinstance(value, (bool, int, float)):
        return dtype_of(value).name, not isinstance(value, bool)
    return as_dtype(value).name, False


def can_cast(from_: DTypeLike | Array, to: DTypeLike, /) -> builtins.bool:
    """Return whether promotion leads from one dtype to another.

    >>> pg.can_cast(pg.int32, pg.float64), pg.can_cast(pg.float64, pg.int64)
    (True, False)
    """
    target = as_dtype(to)
    return result_type(from_, target) is target


def isdtype(dtype: DTypeLike, kind: Any) -> builtins.bool:
    """Return whether a dtype is of a kind.

    ``kind``: "bool", "signed integer", "unsigned integer", "integral", "real floating",
    "complex floating", "numeric", a dtype, or a tuple of such. Raises ValueError for another name.

    >>> pg.isdtype(pg.int32, "integral"), pg.isdtype(pg.int32, ("bool", pg.float64))
    (True, False)
    """
    target = as_dtype(dtype)
    if isinstance(kind, tuple):
        return any(isdtype(target, one) for one in kind)
    if not isinstance(kind, str):
        return target is as_dtype(kind)
    if kind not in _KINDS:
        raise ValueError(f"{kind!r} is no kind of dtype; kinds are {', '.join(sorted(_KINDS))}")
    return _KINDS[kind](target)


_KINDS: dict[str, Callable[[DType], builtins.bool]] = {
    "bool": lambda dtype: dtype.kind == "bool",
    "signed integer": lambda dtype: dtype.kind == "integer" and not dtype.unsigned,
    "unsigned integer": lambda dtype: dtype.unsigned,
    "integral": lambda dtype: dtype.kind == "integer",
    "real floating": lambda dtype: dtype.kind == "floating",
    "complex floating": lambda dtype: dtype.kind == "complex",
    "numeric": lambda dtype: dtype.kind != "bool",
}


class FloatInfo(NamedTuple):
    """The limits of a floating dtype."""

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: DType


class IntegerInfo(NamedTuple):
    """The limits of an integer dtype."""

    bits: int
    max: int
    min: int
    dtype: DType


def finfo(type: DTypeLike | Array, /) -> FloatInfo:
    """Return the limits of a floating dtype, or of an array's.

    Raises TypeError for a dtype that is not floating.

    >>> pg.finfo(pg.float32).bits
    32
    """
    dtype = as_dtype(promotion_operand(type)[0])
    if dtype.kind != "floating":
        raise TypeError(f"finfo takes a floating dtype, got {dtype.name}")
    info = np.finfo(dtype.name)
    return FloatInfo(
        info.bits,
        float(info.eps),
        float(info.max),
        float(info.min),
        float(info.smallest_normal),
        dtype,
    )


def iinfo(type: DTypeLike | Array, /) -> IntegerInfo:
    """Return the limits of an integer dtype, or of an array's.

    Raises TypeError for a dtype that is no integer.

    >>> pg.iinfo(pg.int32).max
    2147483647
    """
    dtype = as_dtype(promotion_operand(type)[0])
    if dtype.kind != "integer":
        raise TypeError(f"iinfo takes an integer dtype, got {dtype.name}")
    info = np.iinfo(dtype.name)
    return IntegerInfo(info.bits, int(info.max), int(info.min), dtype)
