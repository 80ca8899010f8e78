"""Writing parts of an array: `x[key] = value`, and `set_item`, which leaves the array as it was.

A key means what it means to `getitem`. The common ones are written by one op: integers and index
arrays by `scatter`, slices by `slice_update`, a mask by `where`. For any other key, the positions
that it selects are read from an array of positions. A part of a variable is always written by one
op, so that what other threads write beside it is not lost.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from pygraph._hot import DType, Tensor, Variable, apply, apply_in_place, apply_to_variable
from pygraph.ops.creation import asarray, counting
from pygraph.ops.dtypes import astype
from pygraph.ops.indexing import (
    Entry,
    broadcast_positions,
    check_key,
    entries_of,
    getitem,
    slice_attributes,
)
from pygraph.ops.manipulation import broadcast_to, reshape
from pygraph.ops.operands import Size, dim_size, dtype_of, shape_text, size_of, sizes, static_shape

# Runs the op that writes; its first operand is the array.
Run = Callable[[str, tuple[Any, ...], dict[str, Any]], Tensor]

# The ops that write a part of a variable.
_UPDATES = {"scatter": "assign_scatter", "slice_update": "assign_slice"}
_KINDS = ("bool", "integer", "floating", "complex")
_WHOLE = slice(None)


def set_item(x: Tensor, key: Any, value: Any, /) -> Tensor:
    """Return x with ``x[key]`` replaced by a value, which broadcasts to the shape of ``x[key]``.

    key: as for reading. value: a tensor, NumPy array, number, or nested lists of these, converted
    to x's dtype; at a position that the key names twice, the last one stays. Raises IndexError for
    an index out of range, ValueError for a value of a shape that does not fit, TypeError where a
    float would become an integer, or a number a bool.
    """
    return _written(x, key, value, _apply)


def _apply(op: str, inputs: tuple[Any, ...], attributes: dict[str, Any]) -> Tensor:
    return apply(op, inputs, attributes)


def set_item_in_place(x: Tensor, key: Any, value: Any, /) -> Tensor:
    """Return the same over x's memory, where no other tensor or array shares that."""
    return _written(x, key, value, apply_in_place)


def set_variable_item(x: Variable, key: Any, value: Any, /) -> None:
    """Write a part of a variable."""

    def run(op: str, inputs: tuple[Any, ...], attributes: dict[str, Any]) -> Tensor:
        apply_to_variable(_UPDATES[op], x, inputs[1:], attributes)
        return x

    _written(x, key, value, run)


def _written(x: Tensor, key: Any, value: Any, run: Run) -> Tensor:
    value = _converted(value, x.dtype)
    parts = key if isinstance(key, tuple) else (key,)
    entries = entries_of(x, parts)
    check_key(entries, x.static_shape)
    kinds = {entry.kind for entry in entries}
    if kinds <= {"integer", "slice", "nothing"}:
        return _by_axis(x, [entry for entry in entries if entry.kind != "nothing"], value, run)
    first = entries[0]
    is_mask = first.kind == "mask" and builtins.all(map(_is_whole, entries[1:]))
    is_variable = isinstance(x, Variable)
    if is_mask and value.ndim <= x.ndim - first.value.ndim and not is_variable:
        return _by_mask(x, first.value, value)
    if kinds <= {"integer", "positions", "slice"}:
        selecting = [axis for axis, entry in enumerate(entries) if not _is_whole(entry)]
        start, end = selecting[0], selecting[-1] + 1
        if builtins.all(entry.kind != "slice" for entry in entries[start:end]):
            return _scattered(x, entries[start:end], start, value, run)
    return _by_positions(x, key, value, run)


def _is_whole(entry: Entry) -> bool:
    return entry.kind == "slice" and entry.value == _WHOLE


# ---- the value ----


def _converted(value: Any, dtype: DType) -> Tensor:
    """Return a value as a tensor of the dtype of what it is written to."""
    if isinstance(value, (list, tuple)):
        value = asarray(value)
    own = dtype_of(value)
    if _KINDS.index(own.kind) > _KINDS.index(dtype.kind):
        raise TypeError(
            f"a value of dtype {own.name} cannot be written into a tensor of dtype {dtype.name}: "
            f"convert it, as in pygraph.astype(value, pygraph.{dtype.name})"
        )
    return astype(value, dtype)


def _fitted(value: Tensor, shape: Sequence[Size]) -> Tensor:
    """Return a value broadcast to the shape of what it replaces."""
    wanted = tuple([size if isinstance(size, int) else None for size in shape])
    own = static_shape(value)
    if own == wanted and None not in own:
        return value
    extra = len(own) - len(wanted)
    core = own[builtins.max(extra, 0) :]
    fits = builtins.all(dim == 1 for dim in own[: builtins.max(extra, 0)]) and builtins.all(
        one in (1, None, other) or other is None
        for one, other in zip(core, wanted[len(wanted) - len(core) :], strict=True)
    )
    if not fits:
        raise ValueError(
            f"a value of shape {shape_text(own)} does not fit the part of shape "
            f"{shape_text(wanted)} that it is written to"
        )
    if extra > 0:
        value = reshape(value, sizes(value)[extra:])
    return broadcast_to(value, shape)


# ---- by key ----


def _by_axis(x: Tensor, entries: list[Entry], value: Tensor, run: Run) -> Tensor:
    """Write to integers and slices."""
    integers = [axis for axis, entry in enumerate(entries) if entry.kind == "integer"]
    if not integers:
        return _by_slices(x, entries, value, run)
    start = end = integers[0]
    while end < len(entries) and entries[end].kind == "integer":
        end += 1
    rest = entries[:start] + entries[end:]
    if builtins.all(map(_is_whole, rest)):
        return _scattered(x, entries[start:end], start, value, run)
    if builtins.all(isinstance(entries[axis].value, int) for axis in integers):
        return _by_slices(x, *_with_slices_only(x, entries, integers, value), run)
    if isinstance(x, Variable):
        return _by_positions(x, tuple([entry.value for entry in entries]), value, run)
    # First into what the integers select, which is the less.
    indices = [entry.value for entry in entries[start:end]]
    part = apply("gather", (x, *indices), {"axis": start})
    value = _by_axis(part, rest, value, _apply)
    return _scattered(x, entries[start:end], start, value, run)


def _with_slices_only(
    x: Tensor, entries: list[Entry], integers: list[int], value: Tensor
) -> tuple[list[Entry], Tensor]:
    """Return a key with an integer as a slice of one element, and the value with that axis."""
    slices = [Entry("slice", _slice_of(entry.value)) for entry in entries]
    shape = _slice_shape(x, slices)
    selected = [size for axis, size in enumerate(shape) if axis not in integers]
    return slices, apply("expand_dims", (_fitted(value, selected),), {"axes": integers})


def _slice_of(key: Any) -> slice:
    if isinstance(key, slice):
        return key
    return slice(key, key + 1 if key != -1 else None)


def _slice_shape(x: Tensor, entries: list[Entry]) -> tuple[Size, ...]:
    dims = static_shape(x)
    if None not in dims:
        return tuple(
            [len(range(*e.value.indices(dim))) for e, dim in zip(entries, dims, strict=True)]
        )
    bounds = slice_attributes([entry.value for entry in entries], x.ndim)
    return sizes(apply("slice", (x,), bounds))


def _by_slices(x: Tensor, entries: list[Entry], value: Tensor, run: Run) -> Tensor:
    keys = [entry.value for entry in entries]
    bounds = slice_attributes(keys, x.ndim)
    if bounds is None:
        moving = [axis for axis, key in enumerate(keys) if key != _WHOLE]
        if len(moving) > 1:
            return _by_positions(x, tuple(keys), value, run)
        axis = moving[0]
        positions = getitem(counting(dim_size(x, axis)), keys[axis])
        return _scattered(x, [Entry("positions", positions)], axis, value, run)
    return run("slice_update", (x, _fitted(value, _slice_shape(x, entries))), bounds)


def _scattered(x: Tensor, entries: list[Entry], axis: int, value: Tensor, run: Run) -> Tensor:
    """Write to integers and index arrays on neighbouring axes."""
    positions = broadcast_positions([entry.value for entry in entries])
    arrays = [one for one in positions if isinstance(one, Tensor) and one.ndim > 0]
    shape = sizes(x)
    selected = sizes(arrays[0]) if arrays else ()
    target = (*shape[:axis], *selected, *shape[axis + len(entries) :])
    return run("scatter", (x, _fitted(value, target), *positions), {"axis": axis})


def _by_mask(x: Tensor, mask: Tensor, value: Tensor) -> Tensor:
    """Write a value of the shape of one selected part, or a scalar, wherever a mask holds."""
    missing = range(mask.ndim, x.ndim)
    if missing:
        mask = apply("expand_dims", (mask,), {"axes": list(missing)})
    _fitted(value, sizes(x)[x.ndim - value.ndim :])
    return apply("where", (mask, value, x))


def _by_positions(x: Tensor, key: Any, value: Tensor, run: Run) -> Tensor:
    """Write to whatever a key selects: to its positions on every axis."""
    shape = sizes(x)
    selected = getitem(reshape(counting(size_of(x)), shape), key)
    values = reshape(_fitted(value, sizes(selected)), (-1,))
    rest = reshape(selected, (-1,))
    positions: list[Tensor] = []
    for size in reversed(shape):
        positions.insert(0, rest % size)
        rest = rest // size
    return run("scatter", (x, values, *positions), {"axis": 0})


__all__ = ["set_item", "set_item_in_place", "set_variable_item"]
