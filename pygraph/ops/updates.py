"""Writing into arrays: `x[key] = value`, `x += value`, and `set_item`, which leaves x as it was.

A key means what it means to `getitem`. The common ones are written by one op: integers and index
arrays by `scatter`, slices by `slice_update`, a mask by `where`. For any other key, the positions
that it selects are read from an array of positions. A part of a variable is always written by one
op, so that what other threads write beside it is not lost.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pygraph._hot import (
    DType,
    SymbolicTensor,
    Tensor,
    Variable,
    apply,
    apply_in_place,
    apply_to_variable,
    current,
)
from pygraph.graph.aliases import View, view_refusal
from pygraph.graph.locations import Location, describe, name_of, user_line
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
_SYMBOLS = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "floor_divide": "//",
    "remainder": "%",
    "pow": "**",
    "matmul": "@",
    "bitwise_and": "&",
    "bitwise_or": "|",
    "bitwise_xor": "^",
    "bitwise_left_shift": "<<",
    "bitwise_right_shift": ">>",
}


def set_item(x: Tensor, key: Any, value: Any, /) -> Tensor:
    """Return x with ``x[key]`` replaced by a value, which broadcasts to the shape of ``x[key]``.

    key: as for reading. value: a tensor, NumPy array, number, or nested lists of these, converted
    to x's dtype; at a position that the key names twice, the last one stays. Raises IndexError for
    an index out of range, ValueError for a value of a shape that does not fit, TypeError where a
    float would become an integer, or a number a bool.
    """
    return written(x, key, value, _apply)


def _apply(op: str, inputs: tuple[Any, ...], attributes: dict[str, Any]) -> Tensor:
    return apply(op, inputs, attributes)


def set_item_in_place(x: Tensor, key: Any, value: Any, /) -> Tensor:
    """Return the same over x's memory, where no other tensor or array shares that."""
    return written(x, key, value, apply_in_place)


def write_item(x: SymbolicTensor, key: Any, value: Any, /) -> None:
    """Write a part of a tensor of a graph: of the object, which other names may have as well."""
    _write(x, lambda target: set_item(target, key, value))


def augment(x: SymbolicTensor, op: str, other: Any, is_temporary: bool, /) -> None:
    """Write ``x op other`` into x; into a temporary alone, whatever it is a view of."""

    def changed(target: Tensor) -> Any:
        return fitted_result(apply(op, (target, _not_larger(op, other, target))), target, op)

    if is_temporary:
        x.become(changed(x))
        x.link = None
    else:
        _write(x, changed)


def _write(x: SymbolicTensor, change: Callable[[SymbolicTensor], Any]) -> None:
    builder = current()
    if builder is None or builder.journal is None:
        x.become(change(x))
    else:
        builder.journal.write(x, change)


def fitted_result(result: Tensor, x: Tensor, op: str) -> Tensor:
    """Return the result of ``x op= ...`` as x can hold it.

    Raises TypeError for a dtype of another kind, as NumPy does, and ValueError where it is larger.
    """
    symbol = _SYMBOLS[op]
    if result.dtype is not x.dtype:
        if not np.can_cast(result.dtype.name, x.dtype.name, "same_kind"):
            raise TypeError(
                f"`x {symbol}= ...` gives {result.dtype.name}, which a tensor of dtype "
                f"{x.dtype.name} cannot hold: write `x = x {symbol} ...`, or convert x before, "
                f"as in `x = pygraph.astype(x, pygraph.{result.dtype.name})`"
            )
        result = astype(result, x.dtype)
    if result.ndim != x.ndim or not builtins.all(
        one in (None, other) or other is None
        for one, other in zip(result.static_shape, x.static_shape, strict=True)
    ):
        raise ValueError(
            f"`x {symbol}= ...` gives shape {shape_text(result.static_shape)}, which does not fit "
            f"into x of shape {shape_text(x.static_shape)}: write `x = x {symbol} ...`"
        )
    if type(result) is SymbolicTensor and result.dims != x.dims:  # type: ignore[attr-defined]
        result = reshape(result, sizes(x))
    return result


def _not_larger(op: str, other: Any, x: Tensor) -> Any:
    """Return the other operand; where only the run knows the shapes, with a check that it fits."""
    if op == "matmul" or not isinstance(other, Tensor) or not 0 < other.ndim <= x.ndim:
        return other
    known = None not in (*x.static_shape, *other.static_shape)
    same = getattr(other, "dims", None) == getattr(x, "dims", ())
    return other if known or same else broadcast_to(other, sizes(x))


def put_part(x: Tensor, part: Tensor, view: View) -> Tensor:
    """Return x with the part that a view shows replaced by another one."""
    op, attributes = view.op, view.attributes
    if op == "slice":
        return apply("slice_update", (x, part), attributes)
    if op == "slice_dynamic":
        start, stop = view.inputs
        key = slice(start, stop, attributes["step"])
        return set_item(x, (*[_WHOLE] * attributes["axis"], key), part)
    if op == "gather":
        return apply("scatter", (x, part, *view.inputs), attributes)
    if op == "permute_dims":
        return apply(op, (part,), {"axes": [int(axis) for axis in np.argsort(attributes["axes"])]})
    if op in ("reshape", "expand_dims", "squeeze"):
        return reshape(part, sizes(x))
    raise ValueError(
        "a tensor that was broadcast has several elements in one place, so it is read-only, as in "
        "NumPy: copy it first, as in `x.copy()`"
    )


def captured_text(tensor: Tensor) -> str:
    """Return the error of a write into a tensor that the function being traced captures."""
    name = name_of(tensor)
    what = f"'{name}', a tensor" if name else "a tensor"
    return (
        f"{what} from outside of the function being traced, cannot be changed in place: copy it "
        f"first, pass it to the function and return it, or make it a pygraph.Variable\n"
        f"  {describe(user_line())}"
    )


def view_text(code: Any, instruction: int) -> str:
    """Return the error of a write into what NumPy would have made a view, by who made that."""
    made: Location | None = None
    if code is not None:
        lines = [line for start, end, line in code.co_lines() if start <= instruction < end]
        made = (code.co_filename, (lines and lines[0]) or code.co_firstlineno, code.co_name)
    return view_refusal(made, user_line())


def set_variable_item(x: Variable, key: Any, value: Any, /) -> None:
    """Write a part of a variable."""

    def run(op: str, inputs: tuple[Any, ...], attributes: dict[str, Any]) -> Tensor:
        apply_to_variable(_UPDATES[op], x, inputs[1:], attributes)
        return x

    written(x, key, value, run)


def written(x: Tensor, key: Any, value: Any, run: Run) -> Tensor:
    """Write to what a key selects, by ops that ``run`` runs."""
    value = converted(value, x.dtype)
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


def converted(value: Any, dtype: DType) -> Tensor:
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
    slices = [entry.value for entry in entries if entry.kind == "slice"]
    known = slice_attributes(slices, len(slices)) is not None
    if known and builtins.all(isinstance(entries[axis].value, int) for axis in integers):
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


__all__ = [
    "augment",
    "converted",
    "fitted_result",
    "set_item",
    "set_item_in_place",
    "set_variable_item",
    "view_text",
    "write_item",
    "written",
]
