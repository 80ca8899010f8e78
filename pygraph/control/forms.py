"""What a variable looks like where ways meet: its structure, and the type of each tensor in it.

A Form is what two branches, or a loop's start and the end of its body, have to agree on. It is
computed from a value, joined with another Form, and used to take values apart into the tensors that
a graph passes on and to put them together again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pygraph.control.errors import Site, mismatch
from pygraph.control.tensors import cast, is_tensor, placeholder, weakened
from pygraph.control.unset import UNSET, Maybe
from pygraph.graph.structure import Structure, flatten, leaf_names, unflatten

Shape = tuple[int | None, ...]

NUMBERS: dict[type, str] = {bool: "bool", int: "int64", float: "float64"}
_RANKS = {"bool": 0, "int64": 1, "float64": 2}


@dataclass(frozen=True, slots=True)
class TensorLeaf:
    """A leaf that is a tensor in the graph. ``weak``: a Python number, whose dtype may settle."""

    dtype: str
    shape: Shape
    weak: bool = False

    def __str__(self) -> str:
        if self.weak and not self.shape:
            return f"a Python {_PYTHON_NAMES[self.dtype]}"
        dims = ", ".join("?" if dim is None else str(dim) for dim in self.shape)
        return f"{self.dtype}[{dims}]"


_PYTHON_NAMES = {"bool": "bool", "int64": "int", "float64": "float"}


@dataclass(frozen=True, slots=True)
class ValueLeaf:
    """A leaf that stays a Python value: the same on all ways."""

    value: Any

    def __str__(self) -> str:
        text = repr(self.value)
        return text if len(text) < 60 else f"an object of type {type(self.value).__name__}"


Leaf = TensorLeaf | ValueLeaf


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one variable.

    ``structure`` is None as long as no value is known. ``missing`` says whether the variable may be
    without a value, ``none`` whether it is None then.
    """

    name: str
    structure: Structure | None
    leaves: tuple[Leaf, ...]
    missing: bool = False
    none: bool = False

    @property
    def flagged(self) -> bool:
        """Whether the variable has a value on some ways only, which a flag tells at run time."""
        return self.missing and self.structure is not None

    @property
    def tensors(self) -> int:
        """The number of tensors that the graph passes on for the variable."""
        count = sum(isinstance(leaf, TensorLeaf) for leaf in self.leaves)
        return count + self.flagged

    @property
    def types(self) -> list[TensorLeaf]:
        """The types of these tensors."""
        types = [leaf for leaf in self.leaves if isinstance(leaf, TensorLeaf)]
        return [*types, FLAG] if self.flagged else types

    def placeholders(self) -> list[Any]:
        """Return tensors of these types that nothing may look at."""
        return [placeholder(leaf.dtype, leaf.shape, leaf.weak) for leaf in self.types]

    def leaf_names(self) -> list[str]:
        """Return how the user would write each leaf."""
        return [] if self.structure is None else leaf_names(self.structure, self.name)

    def take_apart(self, value: Any, current: Form) -> list[Any]:
        """Return the tensors of a value whose own form is ``current``; records casts as needed."""
        if current.structure is None:
            parts = [
                placeholder(leaf.dtype, leaf.shape, leaf.weak) for leaf in self._tensor_leaves()
            ]
        else:
            inner = value.value if isinstance(value, Maybe) else value
            leaves = flatten(inner)[0]
            parts = [
                leaf_tensor(value, leaf)
                for value, leaf in zip(leaves, self.leaves, strict=True)
                if isinstance(leaf, TensorLeaf)
            ]
        if self.flagged:
            defined = value.defined if isinstance(value, Maybe) else current.structure is not None
            parts.append(cast(defined, "bool"))
        return parts

    def put_together(self, tensors: Iterator[Any]) -> Any:
        """Return the value that consists of the tensors which a graph passed on."""
        if self.structure is None:
            return None if self.none else UNSET
        leaves = []
        for leaf in self.leaves:
            if isinstance(leaf, TensorLeaf):
                tensor = next(tensors)
                leaves.append(weakened(tensor) if leaf.weak else tensor)
            else:
                leaves.append(leaf.value)
        value = unflatten(self.structure, leaves)
        if self.missing:
            return Maybe(self.name, value, next(tensors), self.none)
        return value

    def stand_in(self) -> Any:
        """Return a value of this form for a trace that is going to be discarded."""
        tensors = [placeholder(leaf.dtype, leaf.shape, leaf.weak) for leaf in self.types]
        return self.put_together(iter(tensors))

    def _tensor_leaves(self) -> list[TensorLeaf]:
        return [leaf for leaf in self.leaves if isinstance(leaf, TensorLeaf)]


FLAG = TensorLeaf("bool", ())


def leaf_tensor(value: Any, leaf: TensorLeaf) -> Any:
    """Return a leaf as the tensor, or still weak number, of the type that was agreed on."""
    if leaf.weak:
        if is_tensor(value):
            return value if value.dtype.name == leaf.dtype else cast(value, leaf.dtype)
        return _PYTHON_TYPES[leaf.dtype](value)
    if not is_tensor(value) and isinstance(value, int) and leaf.dtype.startswith("float"):
        value = float(value)
    return cast(value, leaf.dtype)


_PYTHON_TYPES: dict[str, type] = {"bool": bool, "int64": int, "float64": float}


def form_of(name: str, value: Any, *, settled: bool = False) -> Form:
    """Return the form of a value. Numbers may become tensors, unless it is ``settled`` that not."""
    if value is UNSET:
        return Form(name, None, (), missing=True)
    if value is None:
        return Form(name, None, (), missing=True, none=True)
    if isinstance(value, Maybe):
        inner = form_of(name, value.value, settled=settled)
        return replace(inner, missing=True, none=value.none)
    leaves, structure = flatten(value)
    return Form(name, structure, tuple([leaf_of(leaf, settled) for leaf in leaves]))


def leaf_of(value: Any, settled: bool) -> Leaf:
    """Return what one leaf of a value is. Numbers may become tensors, unless it is ``settled``."""
    if is_tensor(value):
        return TensorLeaf(
            value.dtype.name, tuple(value.static_shape), getattr(value, "weak", False)
        )
    if isinstance(value, (np.ndarray, np.generic)):
        return TensorLeaf(value.dtype.name, tuple(value.shape))
    if not settled and type(value) in NUMBERS:
        return number_leaf(value)
    return ValueLeaf(value)


def number_leaf(value: Any) -> TensorLeaf:
    """Return the leaf of a Python number that becomes a tensor."""
    return TensorLeaf(NUMBERS[type(value)], (), weak=type(value) is not bool)


def join(one: Form, other: Form, site: Site, *, loop: bool = False) -> Form:
    """Return the form that serves two values of a variable.

    In a loop ``one`` is the form so far and may settle to that of ``other``. Raises TypeError or
    ValueError, naming the variable, both types and both lines, when there is none.
    """
    missing, none = one.missing or other.missing, one.none or other.none
    if one.structure is None or other.structure is None:
        known = other if one.structure is None else one
        return replace(known, missing=missing, none=none)
    if one.structure != other.structure:
        raise _structure_error(one, other, site)
    leaves = []
    for name, first, second in zip(one.leaf_names(), one.leaves, other.leaves, strict=True):
        leaves.append(_join_leaves(first, second, _Place(one.name, name, site, loop)))
    return Form(one.name, one.structure, tuple(leaves), missing, none)


@dataclass(slots=True)
class _Place:
    """Which leaf of which variable is being joined, for errors."""

    variable: str
    leaf: str
    site: Site
    loop: bool

    def error(self, kind: type[Exception], one: object, other: object, advice: str) -> Exception:
        what = (str(one), str(other))
        return mismatch(kind, self.site, self.variable, self.leaf, what, advice)


def _join_leaves(one: Leaf, other: Leaf, place: _Place) -> Leaf:
    if isinstance(one, ValueLeaf) and isinstance(other, ValueLeaf):
        if same_value(one.value, other.value):
            return one
        if type(one.value) not in NUMBERS or type(other.value) not in NUMBERS:
            raise place.error(TypeError, one, other, _PYTHON_VALUE_ADVICE)
    types = []
    for leaf in (one, other):
        if isinstance(leaf, ValueLeaf):
            if type(leaf.value) not in NUMBERS:
                raise place.error(TypeError, one, other, _PYTHON_VALUE_ADVICE)
            leaf = number_leaf(leaf.value)
        types.append(leaf)
    return _join_types(types[0], types[1], place)


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


def _join_types(one: TensorLeaf, other: TensorLeaf, place: _Place) -> TensorLeaf:
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
    return TensorLeaf(dtype, tuple(dims), one.weak and other.weak)


def _joined_dtype(one: TensorLeaf, other: TensorLeaf) -> str | None:
    if one.dtype == other.dtype:
        return one.dtype
    if one.weak and other.weak:
        return one.dtype if _RANKS[one.dtype] > _RANKS[other.dtype] else other.dtype
    strong, weak = (other, one) if one.weak else (one, other)
    return strong.dtype if weak.weak and _takes_number(strong.dtype, weak.dtype) else None


def _takes_number(dtype: str, number: str) -> bool:
    """Whether a tensor of a dtype may hold what is a Python number elsewhere."""
    if dtype.startswith("float"):
        return True
    return dtype != "bool" and number != "float64"


def _wider(one: str, other: str) -> str:
    return str(np.promote_types(one, other))


def _structure_error(one: Form, other: Form, site: Site) -> Exception:
    what = []
    for form in (one, other):
        assert form.structure is not None
        if form.structure.kind == "leaf":
            what.append(str(form.leaves[0]))
        else:
            what.append(f"{form.structure}")
    advice = "Its structure (lists, tuples, dicts and their lengths and keys) must stay the same."
    return mismatch(TypeError, site, one.name, one.name, (what[0], what[1]), advice)
