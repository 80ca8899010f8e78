"""Reading parts of an array: `x[key]`, and its siblings by name.

A key is sorted into entries. Neighbouring integers become a `gather`, slices one `slice` (or a
`slice_dynamic` where a bound is a tensor), index arrays and masks one `gather` on neighbouring
axes, which are brought together first if they are not.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from pygraph._hot import (
    EagerTensor,
    SymbolicTensor,
    Tensor,
    apply,
    current,
    is_dtype_of_numpy,
    whole_view,
)
from pygraph.ops.creation import asarray, counting
from pygraph.ops.manipulation import NO_BOUND, broadcast_to, whole_slices
from pygraph.ops.operands import (
    HIGHEST,
    Array,
    Operand,
    Size,
    as_tensor,
    dim_size,
    dtype_of,
    one_axis,
    shape_text,
    sizes,
    static_shape,
    with_shape,
)

# What a key is made of mostly; such keys need no sorting into entries.
_PLAIN = frozenset({int, slice})


class Entry:
    """One entry of a key. ``kind``: "integer", "slice", "new" (axis), "positions" or "mask"."""

    __slots__ = ("kind", "value")

    def __init__(self, kind: str, value: Any = None) -> None:
        self.kind = kind
        self.value = value


def getitem(x: Tensor, key: Any, /) -> Tensor:
    """Return ``x[key]`` as NumPy understands it, but apart from x: it keeps its values.

    key: ints, slices, None, ``...``, integer or bool arrays (tensors, NumPy arrays, lists), or a
    tuple of these; while tracing, ints and bounds of slices may be 0-d integer tensors. Raises
    IndexError for an index out of range and for too many of them, TypeError for other keys.

    >>> pg.asarray([[1, 2, 3], [4, 5, 6]])[1, ::2]
    Tensor([4, 6], dtype=int64)
    """
    shape = x.static_shape
    if isinstance(key, Tensor) and key.ndim > 0 and key.dtype.kind == "integer" and shape:
        return apply("gather", (x, key), {"axis": 0})
    parts = key if isinstance(key, tuple) else (key,)
    if len(parts) <= len(shape) and _PLAIN.issuperset(map(type, parts)):
        for axis, part in enumerate(parts):
            if type(part) is int:
                _check_integer(part, axis, shape[axis])
        return _apart(_by_axis(x, parts), x)
    entries = entries_of(x, parts)
    x = _with_axes_for_scalar_masks(x, entries)
    check_key(entries, x.static_shape)
    if builtins.any(entry.kind in ("positions", "mask") for entry in entries):
        return _advanced(x, entries)
    return _apart(_basic(x, entries), x)


def _apart(part: Tensor, x: Tensor) -> Tensor:
    """Return the part of x, as another object where it is all of x."""
    return whole_view(x) if part is x else part


def whole_attributes(x: Tensor) -> dict[str, Any]:
    """Return the attributes of a slice that is all of x."""
    starts, stops, steps = whole_slices(x.ndim)
    return {"starts": starts, "stops": stops, "steps": steps}


# ---- from a key to entries ----


def entries_of(x: Tensor, key: tuple[Any, ...]) -> list[Entry]:
    """Return the entries of a key, with ``...`` written out as whole slices."""
    places = [place for place, part in enumerate(key) if part is Ellipsis]
    if len(places) > 1:
        raise IndexError("an index can have one ellipsis (`...`) only")
    parsed = [_entry(part) for part in key if part is not Ellipsis]
    used = builtins.sum(_axes_used(entry) for entry in parsed)
    rank = len(x.static_shape)
    if used > rank:
        raise IndexError(
            f"too many indices: {used} for an array of shape {shape_text(x.static_shape)}"
        )
    rest = [Entry("slice", slice(None)) for _ in range(rank - used)]
    if not places:
        return parsed + rest
    # An ellipsis parts its neighbours even where it stands for no axis.
    return parsed[: places[0]] + (rest or [Entry("nothing")]) + parsed[places[0] :]


def _entry(part: Any) -> Entry:
    if part is None:
        return Entry("new")
    if isinstance(part, slice):
        return Entry("slice", part)
    if isinstance(part, (bool, np.bool_)):
        return Entry("mask", as_tensor(bool(part)))
    if isinstance(part, int):
        return Entry("integer", part)
    if isinstance(part, (list, tuple)):
        part = _array_of_list(part)
    if isinstance(part, (np.ndarray, np.generic)):
        part = _array_key(part)
    if not isinstance(part, Tensor):
        if hasattr(type(part), "__pygraph_tensor__"):
            return _entry(part.__pygraph_tensor__())
        if hasattr(part, "__index__"):
            return Entry("integer", operator.index(part))
        raise TypeError(
            f"an index is an int, a slice, None, `...` or an array, got {type(part).__name__}"
        )
    kind = part.dtype.kind
    if kind == "bool":
        return Entry("mask", part)
    if kind != "integer":
        raise TypeError(
            f"an index must be an integer or bool, got {part.dtype.name}; convert it, as in "
            "pygraph.astype(index, pygraph.int64)"
        )
    if part.ndim > 0:
        return Entry("positions", part)
    if type(part) is EagerTensor:
        builder = current()
        if builder is None:
            return Entry("integer", part.item())
        part = builder.lift(part)
        constant = builder.known(part)
        return Entry("integer", part if constant is None else constant.item())
    return Entry("integer", part)


def _array_key(part: Any) -> Tensor:
    if part.dtype.kind in "iu" and not is_dtype_of_numpy(part.dtype):
        part = part.astype("int64")  # NumPy has the dtypes that tensors have not yet
    return as_tensor(part)


def _array_of_list(items: Any) -> Tensor:
    tensor = asarray(list(items))
    return apply("astype", (tensor,), {"dtype": "int64"}) if tensor.static_shape == (0,) else tensor


def _axes_used(entry: Entry) -> int:
    if entry.kind == "mask":
        return int(entry.value.ndim)
    return 0 if entry.kind in ("new", "nothing") else 1


def _with_axes_for_scalar_masks(x: Tensor, entries: list[Entry]) -> Tensor:
    """Give x an axis of size 1 for each 0-d mask, which becomes a mask of that axis."""
    added = []
    axis = 0
    for entry in entries:
        if entry.kind == "mask" and entry.value.ndim == 0:
            entry.value = apply("expand_dims", (entry.value,), {"axes": (0,)})
            added.append(axis)
        axis += _axes_used(entry)
    return apply("expand_dims", (x,), {"axes": added}) if added else x


def check_key(entries: list[Entry], shape: tuple[int | None, ...]) -> None:
    axis = 0
    for entry in entries:
        if entry.kind == "integer" and isinstance(entry.value, int):
            _check_integer(entry.value, axis, shape[axis])
        elif entry.kind == "mask":
            _check_mask(entry.value.static_shape, axis, shape)
        axis += _axes_used(entry)


def _check_integer(index: int, axis: int, size: int | None) -> None:
    if size is not None and not -size <= index < size:
        raise IndexError(f"index {index} is out of range for axis {axis} of size {size}")


def _check_mask(mask: tuple[int | None, ...], axis: int, shape: tuple[int | None, ...]) -> None:
    indexed = shape[axis : axis + len(mask)]
    for one, other in zip(mask, indexed, strict=True):
        if one != other and one is not None and other is not None:
            raise IndexError(
                f"a boolean index of shape {shape_text(mask)} does not match axis {axis} and "
                f"following of shape {shape_text(indexed)}"
            )


# ---- integers, slices and new axes ----


def _basic(x: Tensor, entries: list[Entry]) -> Tensor:
    x = _by_axis(x, [entry.value for entry in entries if _axes_used(entry)])
    kept = [entry for entry in entries if entry.kind in ("slice", "new")]
    return _with_new_axes(x, [entry.kind == "new" for entry in kept])


def _by_axis(x: Tensor, parts: Sequence[Any]) -> Tensor:
    """Index the first axes with integers and slices: the integers first, they leave less."""
    end = len(parts)
    while end > 0:
        if isinstance(parts[end - 1], slice):
            end -= 1
            continue
        start = end - 1
        while start > 0 and not isinstance(parts[start - 1], slice):
            start -= 1
        x = apply("gather", (x, *parts[start:end]), {"axis": start})
        end = start
    slices = [part for part in parts if isinstance(part, slice)]
    return _sliced(x, slices) if slices else x


def _with_new_axes(x: Tensor, is_new: Sequence[bool]) -> Tensor:
    axes = [axis for axis, new in enumerate(is_new) if new]
    return apply("expand_dims", (x,), {"axes": axes}) if axes else x


def _sliced(x: Tensor, keys: Sequence[slice]) -> Tensor:
    """Return x with a slice for each of its first axes."""
    starts, stops, steps = whole_slices(x.ndim)
    dynamic: list[tuple[int, Any, Any, int]] = []
    changed = False
    for axis, key in enumerate(keys):
        if key.start is None and key.stop is None and key.step is None:
            continue
        start, stop, step = _bound(key.start), _bound(key.stop), _step(key.step)
        if isinstance(start, int) and isinstance(stop, int):
            starts[axis], stops[axis], steps[axis] = start, stop, step
            changed = True
        else:
            dynamic.append((axis, start, stop, step))
    if changed:
        x = apply("slice", (x,), {"starts": starts, "stops": stops, "steps": steps})
    for axis, start, stop, step in dynamic:
        x = apply("slice_dynamic", (x, start, stop), {"axis": axis, "step": step})
    return x


def slice_attributes(keys: Sequence[slice], rank: int) -> dict[str, Any] | None:
    """Return the attributes of a ``slice`` of the first axes; None where a bound is a tensor."""
    starts, stops, steps = whole_slices(rank)
    for axis, key in enumerate(keys):
        start, stop, step = _bound(key.start), _bound(key.stop), _step(key.step)
        if not (isinstance(start, int) and isinstance(stop, int)):
            return None
        starts[axis], stops[axis], steps[axis] = start, stop, step
    return {"starts": starts, "stops": stops, "steps": steps}


def _bound(value: Any) -> Size:
    if value is None:
        return NO_BOUND
    if type(value) is SymbolicTensor:
        return value
    try:
        bound = operator.index(value)
    except TypeError:
        raise TypeError(
            f"a bound of a slice must be an integer, a 0-d integer tensor or None, "
            f"got {_describe(value)}"
        ) from None
    # The lowest number of 64 bits stands for a bound that is left out.
    return builtins.min(builtins.max(bound, -HIGHEST), HIGHEST)


def _step(value: Any) -> int:
    if value is None:
        return 1
    if type(value) is SymbolicTensor:
        raise TypeError("the step of a slice must be known while tracing, got a symbolic tensor")
    step = _bound(value)
    if step == 0:
        raise ValueError("the step of a slice must not be zero")
    return cast(int, step)


def _describe(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"{value.dtype.name}{shape_text(value.static_shape)}"
    return type(value).__name__


# ---- index arrays and masks ----


def _advanced(x: Tensor, entries: list[Entry]) -> Tensor:
    """Index with arrays: an integer beside them counts as one of them."""
    x, entries = _masks_as_positions(x, entries)
    whole = slice(None)
    used = [entry for entry in entries if _axes_used(entry)]
    x = _sliced(x, [entry.value if entry.kind == "slice" else whole for entry in used])
    axes = [axis for axis, entry in enumerate(used) if entry.kind != "slice"]
    positions = broadcast_positions([used[axis].value for axis in axes])
    is_advanced = [entry.kind in ("integer", "positions") for entry in entries]
    first = is_advanced.index(True)
    last = len(is_advanced) - is_advanced[::-1].index(True)
    kept = [entry.kind == "new" for entry in entries if entry.kind in ("slice", "new")]
    if builtins.all(is_advanced[first:last]):
        x = apply("gather", (x, *positions), {"axis": axes[0]})
        at = builtins.sum([entry.kind in ("slice", "new") for entry in entries[:first]])
    else:
        # Where something stands between them, the dimensions of the arrays come first.
        others = [axis for axis in range(len(used)) if axis not in axes]
        x = apply("permute_dims", (x,), {"axes": [*axes, *others]})
        x = apply("gather", (x, *positions), {"axis": 0})
        at = 0
    width = x.ndim - (len(used) - len(axes))
    return _with_new_axes(x, [*kept[:at], *[False] * width, *kept[at:]])


def _masks_as_positions(x: Tensor, entries: list[Entry]) -> tuple[Tensor, list[Entry]]:
    result = []
    axis = 0
    for entry in entries:
        if entry.kind == "mask":
            mask = _fitted_mask(entry.value, x, axis)
            result += [Entry("positions", found) for found in nonzero(mask)]
        else:
            result.append(entry)
        axis += _axes_used(entry)
    return x, result


def _fitted_mask(mask: Tensor, x: Tensor, axis: int) -> Tensor:
    """Return the mask; where shapes are not known yet, with a check that it fits x's axes."""
    indexed = x.static_shape[axis : axis + mask.ndim]
    if None not in indexed and None not in mask.static_shape:
        return mask
    return with_shape("reshape", mask, [dim_size(x, axis + i) for i in range(mask.ndim)])


def broadcast_positions(positions: list[Any]) -> list[Any]:
    """Return index arrays of one shape; scalars may stay as they are."""
    arrays = [one for one in positions if isinstance(one, Tensor) and one.ndim > 0]
    shapes = [one.static_shape for one in arrays]
    if len(set(shapes)) == 1 and None not in shapes[0]:
        return positions
    if len(arrays) == 1:
        return positions
    known = [tuple([1 if dim is None else dim for dim in shape]) for shape in shapes]
    try:
        common = np.broadcast_shapes(*known)
    except ValueError:
        texts = ", ".join([shape_text(shape) for shape in shapes])
        raise IndexError(f"index arrays of shapes {texts} do not broadcast") from None
    if builtins.all(None not in shape for shape in shapes):
        fit = [one if one.static_shape == common else broadcast_to(one, common) for one in arrays]
    else:
        # Adding zeros of all the shapes broadcasts each, whatever the sizes turn out to be.
        zero = apply("multiply", (arrays[0], 0))
        for one in arrays[1:]:
            zero = apply("add", (zero, apply("multiply", (one, 0))))
        fit = [apply("add", (one, zero)) for one in arrays]
    remaining = iter(fit)
    return [
        next(remaining) if isinstance(one, Tensor) and one.ndim > 0 else one for one in positions
    ]


# ---- by name ----


def take(x: Array, indices: Operand, /, *, axis: int | None = None, batch_dims: int = 0) -> Tensor:
    """Return the elements at positions on an axis.

    x: any dtype, one dimension or more. ``indices``: integers of any shape, which replaces the
    axis; a negative one counts from the end. ``batch_dims``: so many axes in front are a batch,
    which both have: each item takes its own positions. Raises IndexError for one out of range,
    ValueError where ``axis`` is None and x has not one dimension, or the batches differ, TypeError
    for indices of another dtype.

    >>> pg.take(pg.asarray([[1, 2, 3], [4, 5, 6]]), pg.asarray([2, 0]), axis=1)
    Tensor([[3, 1],
            [6, 4]], dtype=int64)
    >>> pg.take(pg.asarray([[1, 2, 3], [4, 5, 6]]), pg.asarray([2, 0]), axis=1, batch_dims=1)
    Tensor([3, 4], dtype=int64)
    """
    rank = len(static_shape(x))
    if axis is None and rank != 1:
        raise ValueError(f"take: an array of {rank} dimensions needs an axis")
    along = 0 if axis is None else one_axis("take", axis, rank)
    check_indices("take", indices)
    batch = operator.index(batch_dims)
    if batch != 0:
        if not 0 < batch <= builtins.min(along, len(static_shape(indices))):
            raise ValueError(
                f"take: batch_dims={batch} must be at least 0, and at most axis={along} and the "
                f"{len(static_shape(indices))} dimensions of the indices"
            )
        return apply("gather", (x, indices), {"axis": along, "batch": batch})
    return apply("gather", (x, indices), {"axis": along})


def take_along_axis(x: Array, indices: Array, /, *, axis: int = -1) -> Tensor:
    """Return, for each line along an axis, the elements at its own positions.

    x: any dtype. ``indices``: integers of as many dimensions; the other axes of both broadcast.
    Raises IndexError for an index out of range, ValueError where the shapes do not fit, TypeError
    for indices of another dtype.

    >>> pg.take_along_axis(pg.asarray([[1, 2], [3, 4]]), pg.asarray([[1], [0]]), axis=1)
    Tensor([[2],
            [3]], dtype=int64)
    """
    shape = static_shape(x)
    rank = len(shape)
    if len(static_shape(indices)) != rank:
        raise ValueError(
            f"take_along_axis: the indices have {len(static_shape(indices))} dimensions, "
            f"the array {rank}"
        )
    along = one_axis("take_along_axis", axis, rank)
    check_indices("take_along_axis", indices)
    positions: list[Any] = []
    for other, size in enumerate(sizes(x)):
        if other == along:
            positions.append(as_tensor(indices))
        elif shape[other] == 1:
            positions.append(0)
        else:
            line = counting(size)
            spread = [i for i in range(rank) if i != other]
            positions.append(apply("expand_dims", (line,), {"axes": spread}) if spread else line)
    try:
        positions = broadcast_positions(positions)
    except IndexError:
        raise ValueError(
            f"take_along_axis: indices of shape {shape_text(static_shape(indices))} do not fit "
            f"an array of shape {shape_text(shape)}"
        ) from None
    return apply("gather", (x, *positions), {"axis": 0})


def check_indices(op: str, indices: Operand) -> None:
    """Refuse indices that are no integers."""
    if dtype_of(indices).kind != "integer":
        raise TypeError(f"{op}: indices must be integers, got {dtype_of(indices).name}")


def nonzero(x: Array, /) -> tuple[Tensor, ...]:
    """Return the positions of the elements that are not zero: for each axis an int64 vector.

    x: any dtype, one dimension or more; positions come in row-major order. Raises ValueError for
    an array of no dimensions.

    >>> pg.nonzero(pg.asarray([[0, 5], [6, 0]]))
    (Tensor([0, 1], dtype=int64), Tensor([1, 0], dtype=int64))
    """
    found = apply("nonzero", (x,))
    return found if isinstance(found, tuple) else (found,)


__all__ = ["check_indices", "getitem", "nonzero", "take", "take_along_axis"]
