"""The leaves of a variable where ways meet: a tensor of some type, or a Python value."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from pygraph._hot import SymbolicTensor, as_dtype
from pygraph.control.containers.arrays import LocalArray
from pygraph.control.join.errors import Meeting, mismatch
from pygraph.control.tensors import cast, is_tensor, weakened
from pygraph.ops.dtypes import result_type

Shape = tuple[int | None, ...]

NUMBERS: dict[type, str] = {bool: "bool", int: "int64", float: "float64"}
_NUMBER_RANKS = {"bool": 0, "int64": 1, "float64": 2}


class TensorLeaf(NamedTuple):
    """A leaf that is a tensor in the graph. ``weak``: a Python number, whose dtype may settle.

    ``number``: it was one, and took a dtype from what it met; a wider one may still come.
    """

    dtype: str
    shape: Shape
    weak: bool = False
    number: bool = False

    def __str__(self) -> str:
        if self.weak and not self.shape:
            return f"a Python {_PYTHON_NAMES[self.dtype]}"
        dims = ", ".join("?" if dim is None else str(dim) for dim in self.shape)
        return f"{self.dtype}[{dims}]"


_PYTHON_NAMES = {"bool": "bool", "int64": "int", "float64": "float"}


class ValueLeaf(NamedTuple):
    """A leaf that stays a Python value: the same on all ways."""

    value: Any

    def __str__(self) -> str:
        text = repr(self.value)
        return text if len(text) < 60 else f"an object of type {type(self.value).__name__}"


class ArrayLeaf(ValueLeaf):
    """A leaf that is the same NumPy array on all ways; the graph may have its elements."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(other) is ArrayLeaf and other.value is self.value

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return id(self.value)


Leaf = TensorLeaf | ValueLeaf


def leaf_tensor(value: Any, leaf: TensorLeaf) -> Any:
    """Return a leaf as the tensor, or still weak number, of the type that was agreed on."""
    if leaf.weak:
        if is_tensor(value):
            return value if value.dtype.name == leaf.dtype else cast(value, leaf.dtype)
        return _PYTHON_TYPES[leaf.dtype](value)
    if not is_tensor(value) and isinstance(value, int) and as_dtype(leaf.dtype).kind == "floating":
        value = float(value)
    return cast(value, leaf.dtype)


def leaf_value(tensor: Any, leaf: TensorLeaf) -> Any:
    """Return what a tensor that a graph passed on is to the user's code: perhaps a number still."""
    if leaf.weak:
        return weakened(tensor)
    if leaf.number:
        tensor.builder.numbers.add(tensor.id)
    return tensor


_PYTHON_TYPES: dict[str, type] = {"bool": bool, "int64": int, "float64": float}


def leaf_of(value: Any, settled: bool) -> Leaf:
    """Return what a leaf is; a number may become a tensor unless it is ``settled`` that not."""
    if is_tensor(value):
        return TensorLeaf(
            value.dtype.name,
            tuple(value.static_shape),
            getattr(value, "weak", False),
            type(value) is SymbolicTensor and value.id in value.builder.numbers,
        )
    if type(value) is LocalArray:
        return ArrayLeaf(value)
    if isinstance(value, (np.ndarray, np.generic)):
        return TensorLeaf(value.dtype.name, tuple(value.shape))
    if not settled and type(value) in NUMBERS:
        return number_leaf(value)
    return ValueLeaf(value)


def number_leaf(value: Any) -> TensorLeaf:
    """Return the type that a Python number has as a tensor."""
    return TensorLeaf(NUMBERS[type(value)], (), weak=type(value) is not bool)


class Place(NamedTuple):
    """Which leaf of which variable is being joined, for errors."""

    variable: str
    leaf: str
    site: Meeting

    def error(self, kind: type[Exception], one: object, other: object, advice: str) -> Exception:
        """Return the error that the two do not agree."""
        what = (str(one), str(other))
        return mismatch(kind, self.site, self.variable, self.leaf, what, advice)


def join_leaves(one: Leaf, other: Leaf, place: Place) -> Leaf:
    """Return the leaf that serves both; raises TypeError or ValueError where there is none."""
    one, other = without_arrays(one, other)
    if (
        isinstance(one, ValueLeaf)
        and isinstance(other, ValueLeaf)
        and same_value(one.value, other.value)
    ):
        return one
    first, second = _tensor_leaf(one), _tensor_leaf(other)
    if first is None or second is None:
        raise place.error(TypeError, one, other, _PYTHON_VALUE_ADVICE)
    return _join_types(first, second, place)


def _tensor_leaf(leaf: Leaf) -> TensorLeaf | None:
    """Return the type that a leaf has as a tensor, None for a Python value that can be none."""
    if isinstance(leaf, TensorLeaf):
        return leaf
    value = leaf.value
    if type(value) in NUMBERS:
        return number_leaf(value)
    if isinstance(value, int):  # of an enum, say
        return number_leaf(int(value))
    if hasattr(type(value), "__pygraph_tensor__"):  # a range
        return TensorLeaf(value.dtype.name, (None,))
    return None


def without_arrays(one: Leaf, other: Leaf) -> tuple[Leaf, Leaf]:
    """Return leaves such that one that is not the same array on all ways is a tensor."""
    if type(one) is type(other) is ArrayLeaf and one.value is other.value:
        return one, other
    return _as_tensor(one), _as_tensor(other)


def _as_tensor(leaf: Leaf) -> Leaf:
    if type(leaf) is not ArrayLeaf:
        return leaf
    return TensorLeaf(leaf.value.dtype.name, tuple(leaf.value.shape))


_PYTHON_VALUE_ADVICE = (
    "A Python value that is no number cannot depend on a tensor; use a number, or decide in Python."
)


def same_value(one: Any, other: Any) -> bool:
    """Return whether two Python values are equal, of one type, and known to be so."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        both_nan = math.isnan(one) and math.isnan(other)
        return both_nan or (one == other and math.copysign(1, one) == math.copysign(1, other))
    try:
        return bool(one == other)
    except Exception:  # an object that cannot say so is not known to be equal
        return False


def _join_types(one: TensorLeaf, other: TensorLeaf, place: Place) -> TensorLeaf:
    if len(one.shape) != len(other.shape):
        advice = "The number of dimensions must stay the same; reshape one of them."
        raise place.error(ValueError, one, other, advice)
    joined = joined_types(one, other)
    if joined is None:
        wanted = other.dtype if one.weak else one.dtype
        wider = _wider(wanted, other.dtype)
        advice = f"Give it one dtype, as in pygraph.astype(x, pygraph.{wider})."
        raise place.error(TypeError, one, other, advice)
    return joined


def joined_types(one: TensorLeaf, other: TensorLeaf) -> TensorLeaf | None:
    """Return the type that serves two tensors, or None: rank, and dtype if strong, must agree."""
    dtype = _joined_dtype(one, other)
    if dtype is None or len(one.shape) != len(other.shape):
        return None
    dims = [a if a == b else None for a, b in zip(one.shape, other.shape, strict=True)]
    weak = one.weak and other.weak
    number = not weak and any(leaf.weak or leaf.number for leaf in (one, other))
    return TensorLeaf(dtype, tuple(dims), weak, number)


def _joined_dtype(one: TensorLeaf, other: TensorLeaf) -> str | None:
    """Return the dtype that serves both: where one is, or was, a Python number, the wider one."""
    if one.dtype == other.dtype:
        return one.dtype
    if one.weak and other.weak:
        return max(one.dtype, other.dtype, key=_NUMBER_RANKS.__getitem__)
    if "bool" in (one.dtype, other.dtype):
        return None
    if one.weak or other.weak:
        strong, weak = (other, one) if one.weak else (one, other)
        number = as_dtype(strong.dtype), _PYTHON_TYPES[weak.dtype]()
        return result_type(*number).name
    if not (one.number or other.number):
        return None
    try:
        return result_type(as_dtype(one.dtype), as_dtype(other.dtype)).name
    except TypeError:  # no dtype holds both
        return None


def _wider(one: str, other: str) -> str:
    return str(np.promote_types(one, other))
