"""Other shapes and orders of the same elements, and joining of arrays.

An axis counts from the end where negative; one that is out of range or named twice raises
ValueError. A size is an int, or a 0-d integer tensor while tracing. ``copy`` arguments make no
difference, since the values of a tensor stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pygraph._hot import Tensor, apply
from pygraph.graph.items import StagedItems
from pygraph.ops.operands import (
    Array,
    Axes,
    Operand,
    Shape,
    Size,
    as_tensor,
    check_room,
    dim_size,
    made_tensor,
    one_axis,
    one_size,
    shape_text,
    size_product,
    sizes,
    some_axes,
    some_sizes,
    static_shape,
    with_shape,
)

NO_BOUND = -(2**63)


def reshape(x: Operand, /, shape: Shape, *, copy: bool | None = None) -> Tensor:
    """Return the elements in row-major order under another shape.

    x: any dtype and shape. One size may be -1: it follows from the others. Raises ValueError where
    the number of elements differs.

    >>> pg.reshape(pg.arange(6), (2, -1))
    Tensor([[0, 1, 2],
            [3, 4, 5]], dtype=int64)
    """
    return with_shape("reshape", x, some_sizes("reshape", shape))


def broadcast_to(x: Operand, /, shape: Shape) -> Tensor:
    """Return the elements repeated along new axes, and along axes of size 1, to a shape.

    x: any dtype. Raises ValueError where its shape does not broadcast.

    >>> pg.broadcast_to(pg.asarray([1, 2]), (2, 2))
    Tensor([[1, 2],
            [1, 2]], dtype=int64)
    """
    return with_shape("broadcast_to", x, some_sizes("broadcast_to", shape))


def sum_to(x: Operand, /, shape: Shape) -> Tensor:
    """Return the sum over the axes that broadcasting an array of ``shape`` to x would repeat.

    It is the inverse of :func:`broadcast_to`: what a derivative by the smaller array sums up.
    x: any dtype; bool and integers become int64, as in ``sum``. Raises ValueError where ``shape``
    does not broadcast to that of x.

    >>> pg.sum_to(pg.ones((2, 3)), (2, 1))
    Tensor([[3.],
            [3.]], dtype=float64)
    """
    return with_shape("sum_to", x, some_sizes("sum_to", shape))


def broadcast_arrays(*arrays: Operand) -> list[Tensor]:
    """Return arrays of any dtypes broadcast against each other.

    Raises ValueError where their shapes do not broadcast.

    >>> [x.shape for x in pg.broadcast_arrays(pg.zeros((2, 1)), pg.zeros(3))]
    [(2, 3), (2, 3)]
    """
    shape = broadcast_sizes("broadcast_arrays", arrays)
    return [with_shape("broadcast_to", array, shape) for array in arrays]


def broadcast_sizes(op: str, arrays: Sequence[Operand]) -> tuple[Size, ...]:
    """Return the shape that arrays broadcast to. Raises ValueError where they do not."""
    shapes = [static_shape(array) for array in arrays]
    rank = max([len(shape) for shape in shapes], default=0)
    result: list[Size] = []
    for axis in range(-rank, 0):
        having = [(a, s[axis]) for a, s in zip(arrays, shapes, strict=True) if len(s) >= -axis]
        known = {dim for _, dim in having if dim is not None and dim != 1}
        if len(known) > 1:
            texts = ", ".join([shape_text(shape) for shape in shapes])
            raise ValueError(f"{op}: shapes {texts} do not broadcast")
        unknown = [dim_size(a, len(static_shape(a)) + axis) for a, dim in having if dim is None]
        if known:
            result.append(known.pop())
        elif unknown:
            result.append(_common_size(unknown))
        else:
            result.append(1)
    return tuple(result)


def _common_size(candidates: list[Size]) -> Size:
    """Return the size, among sizes that are equal or 1, that is not 1."""
    common = candidates[0]
    for size in candidates[1:]:
        common = apply("where", (apply("equal", (common, 1)), size, common))
    return common


def permute_dims(x: Operand, /, axes: Sequence[int]) -> Tensor:
    """Return the array with its dimensions in another order.

    x: any dtype and shape. ``axes``: for each dimension of the result, that of x. Raises
    ValueError where it does not name each once.

    >>> pg.permute_dims(pg.zeros((2, 3, 4)), (2, 0, 1)).shape
    (4, 2, 3)
    """
    rank = len(static_shape(x))
    order = some_axes("permute_dims", tuple(axes), rank)
    if len(order) != rank:
        raise ValueError(f"permute_dims: axes must name each of the {rank} dimensions once")
    return apply("permute_dims", (x,), {"axes": order})


def transpose(x: Operand, /, axes: Sequence[int] | None = None) -> Tensor:
    """Return the array with its dimensions in another order, reversed unless ``axes`` says which.

    x: any dtype and shape. Raises ValueError where ``axes`` does not name each dimension once.

    >>> pg.transpose(pg.asarray([[1, 2], [3, 4]]))
    Tensor([[1, 3],
            [2, 4]], dtype=int64)
    """
    return permute_dims(x, range(len(static_shape(x)))[::-1] if axes is None else axes)


def moveaxis(
    x: Operand, source: int | Sequence[int], destination: int | Sequence[int], /
) -> Tensor:
    """Return the array with some dimensions moved to other places, the others in order.

    x: any dtype and shape. Raises ValueError where the two lists differ in length.

    >>> pg.moveaxis(pg.zeros((2, 3, 4)), 0, -1).shape
    (3, 4, 2)
    """
    rank = len(static_shape(x))
    origins = some_axes("moveaxis", source, rank)
    targets = some_axes("moveaxis", destination, rank)
    if len(origins) != len(targets):
        raise ValueError(f"moveaxis: {len(origins)} axes cannot move to {len(targets)} places")
    order = [axis for axis in range(rank) if axis not in origins]
    for target, origin in sorted(zip(targets, origins, strict=True)):
        order.insert(target, origin)
    return apply("permute_dims", (x,), {"axes": order})


def expand_dims(x: Operand, /, *, axis: int | Sequence[int] = 0) -> Tensor:
    """Return the array with dimensions of size 1 added.

    x: any dtype and shape. ``axis``: where they are in the result.

    >>> pg.expand_dims(pg.zeros(3), axis=1).shape
    (3, 1)
    """
    count = 1 if isinstance(axis, int) else len(axis)
    axes = some_axes("expand_dims", axis, len(static_shape(x)) + count)
    return apply("expand_dims", (x,), {"axes": axes})


def squeeze(x: Operand, /, axis: int | Sequence[int]) -> Tensor:
    """Return the array without dimensions of size 1.

    x: any dtype and shape. ``axis``: which ones. Raises ValueError where one is of another size.

    >>> pg.squeeze(pg.zeros((1, 3)), 0).shape
    (3,)
    """
    axes = some_axes("squeeze", axis, len(static_shape(x)))
    return apply("squeeze", (x,), {"axes": axes})


def concat(arrays: Sequence[Operand], /, *, axis: int | None = 0) -> Tensor:
    """Return arrays joined along an axis they have; with None, their elements in one dimension.

    arrays: one or more, of any common dtype, equal in shape but along the axis. Raises ValueError
    where the shapes do not fit.

    >>> pg.concat([pg.asarray([1, 2]), pg.asarray([3])])
    Tensor([1, 2, 3], dtype=int64)
    """
    parts: tuple[Any, ...] = tuple(arrays)
    if not parts:
        raise ValueError("concat takes one array or more")
    if axis is None:
        flats = [flat(part.tensor() if type(part) is StagedItems else part) for part in parts]
        return apply("concat", tuple(flats), {"axis": 0})
    parts = tuple([_along_first(part) if type(part) is StagedItems else part for part in parts])
    rank = len(static_shape(parts[0]))
    if rank == 0:
        raise ValueError("concat: arrays of no dimensions cannot be joined; use stack")
    return apply("concat", parts, {"axis": one_axis("concat", axis, rank)})


def _along_first(items: StagedItems) -> Tensor:
    """Return the items of a list joined along their first axis."""
    stacked = items.tensor()
    if stacked.ndim < 2:
        raise ValueError("concat: arrays of no dimensions cannot be joined; use stack")
    sizes_of_items = sizes(stacked)[2:]
    return with_shape("reshape", stacked, (-1, *sizes_of_items))


def flat(x: Operand) -> Tensor:
    """Return the elements of an array in one dimension."""
    return as_tensor(x) if len(static_shape(x)) == 1 else with_shape("reshape", x, (-1,))


def stack(arrays: Sequence[Operand] | Tensor, /, *, axis: int = 0) -> Tensor:
    """Return arrays joined along a new axis.

    arrays: one or more of equal shape, of any common dtype; the items of a tensor or range, along
    its first axis, are taken as they are. Raises ValueError where the shapes differ.

    >>> pg.stack([pg.asarray([1, 2]), pg.asarray([3, 4])], axis=1)
    Tensor([[1, 3],
            [2, 4]], dtype=int64)
    """
    items = arrays if isinstance(arrays, Tensor) else made_tensor(arrays)
    if items is not None:
        return moveaxis(items, 0, one_axis("stack", axis, len(items.static_shape)))
    parts: tuple[Any, ...] = tuple(arrays)
    if not parts:
        raise ValueError("stack takes one array or more")
    first = _shape_of_item(parts[0])
    for part in parts[1:]:
        other = _shape_of_item(part)
        if len(other) != len(first) or any(
            a != b and a is not None and b is not None for a, b in zip(first, other, strict=True)
        ):
            raise ValueError(f"stack: shapes {shape_text(first)} and {shape_text(other)} differ")
    along = one_axis("stack", axis, len(first) + 1)
    rows = [
        moveaxis(part.tensor(), 0, along)
        if type(part) is StagedItems
        else apply("expand_dims", (part,), {"axes": (along,)})
        for part in parts
    ]
    return apply("concat", tuple(rows), {"axis": along})


def _shape_of_item(part: Any) -> tuple[int | None, ...]:
    return static_shape(part.tensor())[1:] if type(part) is StagedItems else static_shape(part)


def unstack(x: Array, /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """Return the parts of an array along an axis, without that axis.

    x: any dtype, one dimension or more. Raises ValueError where the size of the axis is not known
    while tracing.

    >>> pg.unstack(pg.asarray([[1, 2], [3, 4]]), axis=1)
    (Tensor([1, 3], dtype=int64), Tensor([2, 4], dtype=int64))
    """
    shape = static_shape(x)
    along = one_axis("unstack", axis, len(shape))
    size = shape[along]
    if size is None:
        raise ValueError(f"unstack: the size of axis {along} is not known while tracing")
    return tuple([apply("gather", (x, i), {"axis": along}) for i in range(size)])


def whole_slices(rank: int) -> tuple[list[int], list[int], list[int]]:
    """Return starts, stops and steps of a slice that takes everything."""
    return [NO_BOUND] * rank, [NO_BOUND] * rank, [1] * rank


def flip(x: Operand, /, *, axis: Axes = None) -> Tensor:
    """Return the array with the order of the elements along axes (None: all) reversed.

    x: any dtype and shape.

    >>> pg.flip(pg.asarray([1, 2, 3]))
    Tensor([3, 2, 1], dtype=int64)
    """
    rank = len(static_shape(x))
    starts, stops, steps = whole_slices(rank)
    for one in some_axes("flip", axis, rank):
        steps[one] = -1
    return apply("slice", (x,), {"starts": starts, "stops": stops, "steps": steps})


def roll(x: Operand, /, shift: Size | Sequence[Size], *, axis: Axes = None) -> Tensor:
    """Return the array with the elements along axes moved on; those beyond the end come in front.

    x: any dtype and shape. ``shift``: by how much, one for all axes or one for each. With ``axis``
    None the elements move in row-major order. Raises ValueError where shifts and axes differ in
    number.

    >>> pg.roll(pg.asarray([1, 2, 3, 4]), 1)
    Tensor([4, 1, 2, 3], dtype=int64)
    """
    if axis is None:
        if isinstance(shift, (tuple, list)):
            raise ValueError("roll: several shifts need as many axes")
        return reshape(_rolled(flat(x), some_sizes("roll", shift)[0], 0), sizes(x))
    rank = len(static_shape(x))
    # An axis may be named twice here: its shifts add up.
    axes = [one_axis("roll", one, rank) for one in ((axis,) if isinstance(axis, int) else axis)]
    shifts = some_sizes("roll", shift)
    if not isinstance(shift, (tuple, list)):
        shifts *= len(axes)
    if len(shifts) != len(axes):
        raise ValueError(f"roll: {len(shifts)} shifts for {len(axes)} axes")
    result = as_tensor(x)
    for by, along in zip(shifts, axes, strict=True):
        result = _rolled(result, by, along)
    return result


def _rolled(x: Tensor, shift: Size, axis: int) -> Tensor:
    size = dim_size(x, axis)
    if isinstance(size, int) and isinstance(shift, int):
        split: Size = size - shift % size if size else 0
        if split == size:
            return x.copy()
    else:
        modulus = max(size, 1) if isinstance(size, int) else apply("maximum", (size, 1))
        split = apply("subtract", (size, apply("remainder", (shift, modulus))))
    return apply("concat", (part(x, axis, split, None), part(x, axis, None, split)), {"axis": axis})


def part(x: Tensor, axis: int, start: Size | None, stop: Size | None) -> Tensor:
    """Return the elements from start to before stop on one axis."""
    if isinstance(start, Tensor) or isinstance(stop, Tensor):
        bounds = [NO_BOUND if bound is None else bound for bound in (start, stop)]
        return apply("slice_dynamic", (x, *bounds), {"axis": axis, "step": 1})
    starts, stops, steps = whole_slices(x.ndim)
    starts[axis] = NO_BOUND if start is None else start
    stops[axis] = NO_BOUND if stop is None else stop
    return apply("slice", (x,), {"starts": starts, "stops": stops, "steps": steps})


def tile(x: Operand, repetitions: Sequence[Size], /) -> Tensor:
    """Return the whole array repeated along its axes.

    x: any dtype and shape. ``repetitions``: how often for each axis; where there are less of them
    than axes, they are for the last ones, and where there are more, x gets axes in front. Raises
    ValueError for a negative number.

    >>> pg.tile(pg.asarray([1, 2]), (2, 2))
    Tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]], dtype=int64)
    """
    counts = some_sizes("tile", repetitions)
    _refuse_negative("tile", counts)
    result = as_tensor(x)
    missing = len(counts) - result.ndim
    if missing > 0:
        result = apply("expand_dims", (result,), {"axes": list(range(missing))})
    ones = [1] * (result.ndim - len(counts))
    spread = zip(sizes(result), [*ones, *counts], strict=True)
    check_room("tile", [size_product(pair) for pair in spread], result.dtype)
    for axis, count in enumerate(counts, result.ndim - len(counts)):
        if not isinstance(count, int) or count != 1:
            result = _repeated(result, axis, axis, count)
    return result


def repeat(x: Operand, repeats: Size, /, *, axis: int | None = None) -> Tensor:
    """Return the array with each element repeated along an axis; with None, in one dimension.

    x: any dtype and shape. ``repeats``: how often, for all elements alike. Raises ValueError for a
    negative number.

    >>> pg.repeat(pg.asarray([1, 2]), 2)
    Tensor([1, 1, 2, 2], dtype=int64)
    """
    count = one_size("repeat", repeats)
    _refuse_negative("repeat", (count,))
    source = flat(x) if axis is None else as_tensor(x)
    along = 0 if axis is None else one_axis("repeat", axis, source.ndim)
    check_room("repeat", (*sizes(source), count), source.dtype)
    return _repeated(source, along, along + 1, count)


def _refuse_negative(op: str, counts: Sequence[Size]) -> None:
    for count in counts:
        if isinstance(count, int) and count < 0:
            raise ValueError(f"{op}: repetitions must not be negative, got {count}")


def _repeated(x: Tensor, axis: int, at: int, count: Size) -> Tensor:
    """Repeat along a new axis at ``at``, right before or after ``axis``, and merge the two."""
    shape = sizes(x)
    spread = [*shape[:at], count, *shape[at:]]
    wide = with_shape("broadcast_to", apply("expand_dims", (x,), {"axes": (at,)}), spread)
    merged = [*shape[:axis], size_product((shape[axis], count)), *shape[axis + 1 :]]
    return with_shape("reshape", wide, merged)
