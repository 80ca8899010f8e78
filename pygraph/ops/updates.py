"""Writing parts of an array: `x[key] = value`, and `set_item`, which leaves the array as it was.

A key means what it means to `getitem`. The common ones are written by one op: integers and index
arrays by `scatter`, slices by `slice_update`, a mask by `where`. For any other key, the positions
that it selects are read from an array of positions.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from pygraph._hot import DType, Tensor, apply, apply_in_place
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
    if is_mask and value.ndim <= x.ndim - first.value.ndim:
        return _by_mask(x, first.value, value)
    if kinds <= {"integer", "positions", "slice"}:
        selecting = [axis for axis, entry in enumerate(entries) if not _is_whole(entry)]
        start, end = selecting[0], selecting[-1] + 1
        if builtins.all(entry.kind != "slice" for entry in entries[start:end]):
            return _scattered(x, entries[start:end], start, value, run)
    return _by_positions(x, key, value)


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
    """Write to integers and slices: first into what the integers select, which is the less."""
    integers = [axis for axis, entry in enumerate(entries) if entry.kind == "integer"]
    if not integers:
        return _by_slices(x, entries, value, run)
    start = end = integers[0]
    while end < len(entries) and entries[end].kind == "integer":
        end += 1
    rest = entries[:start] + entries[end:]
    if not builtins.all(_is_whole(entry) for entry in rest):
        indices = [entry.value for entry in entries[start:end]]
        part = apply("gather", (x, *indices), {"axis": start})
        value = _by_axis(part, rest, value, _apply)
    return _scattered(x, entries[start:end], start, value, run)


def _by_slices(x: Tensor, entries: list[Entry], value: Tensor, run: Run) -> Tensor:
    keys = [entry.value for entry in entries]
    bounds = slice_attributes(keys, x.ndim)
    if bounds is None:
        moving = [axis for axis, key in enumerate(keys) if key != _WHOLE]
        if len(moving) > 1:
            return _by_positions(x, tuple(keys), value)
        axis = moving[0]
        positions = getitem(counting(dim_size(x, axis)), keys[axis])
        return _scattered(x, [Entry("positions", positions)], axis, value, run)
    shape = sizes(apply("slice", (x,), bounds))
    return run("slice_update", (x, _fitted(value, shape)), bounds)


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


def _by_positions(x: Tensor, key: Any, value: Tensor) -> Tensor:
    shape = sizes(x)
    positions = getitem(reshape(counting(size_of(x)), shape), key)
    flat = apply(
        "scatter",
        (
            reshape(x, (-1,)),
            reshape(_fitted(value, sizes(positions)), (-1,)),
            reshape(positions, (-1,)),
        ),
        {"axis": 0},
    )
    return reshape(flat, shape)


__all__ = ["set_item", "set_item_in_place"]
