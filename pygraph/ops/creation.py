"""Making tensors: from values, from ranges, and of constant elements.

A shape is a size or a tuple of sizes; a size is an int, or a 0-d integer tensor while tracing.
The default dtypes are float64 and int64; bool stays bool. The only ``device`` is "cpu".
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from pygraph._hot import (
    DType,
    EagerTensor,
    Tensor,
    Variable,
    apply,
    as_dtype,
    current,
    from_numpy,
    has_normal_form,
    is_dtype_of_numpy,
    scalar,
)
from pygraph.graph.items import StagedItems
from pygraph.ops.dtypes import astype, check_device, result_type
from pygraph.ops.manipulation import stack
from pygraph.ops.operands import (
    FLOAT64,
    HIGHEST,
    Array,
    DTypeLike,
    Number,
    Operand,
    Shape,
    Size,
    check_room,
    dtype_of,
    made_tensor,
    natural_dtype,
    one_size,
    sizes,
    some_sizes,
    static_shape,
    with_shape,
)


def asarray(
    obj: Any,
    /,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    copy: bool | None = None,
) -> Tensor:
    """Return a tensor of a tensor, a NumPy array, a number, or nested lists of these.

    ``dtype``: what to convert to; without it the dtype of an array, int64, float64 or bool for
    Python numbers, the common dtype of a list's parts. Memory of NumPy is shared where nobody can
    write to it, or under ``copy=False``; else copied. Raises TypeError for other objects and
    dtypes, ValueError for lists of unequal lengths or where ``copy=False`` is not possible,
    OverflowError for an integer that does not fit.

    >>> pg.asarray([[1, 2], [3, 4]], dtype=pg.float32)
    Tensor([[1., 2.],
            [3., 4.]], dtype=float32)
    """
    check_device(device)
    target = None if dtype is None else as_dtype(dtype)
    if isinstance(obj, Variable):
        obj = obj.read()
    if isinstance(obj, Tensor):
        tensor = obj.copy() if copy else obj
    elif isinstance(obj, (np.ndarray, np.generic)):
        tensor = _from_array(obj, target, copy)
    elif isinstance(obj, (bool, int, float)):
        _refuse_sharing(copy, "a Python number")
        return _from_number(obj, target)
    elif isinstance(obj, (list, tuple)):
        _refuse_sharing(copy, "a list")
        return _own(_from_list(obj, target))
    elif (made := made_tensor(obj)) is not None:
        tensor = made
    elif hasattr(obj, "__array__"):
        tensor = _from_new_array(np.asarray(obj), target, copy)
    else:
        raise TypeError(
            f"asarray takes tensors, NumPy arrays, numbers and nested lists of these, "
            f"got {type(obj).__name__}"
        )
    if target is None or tensor.dtype is target:
        return tensor
    _refuse_sharing(copy, f"{tensor.dtype.name} as {target.name}")
    return astype(tensor, target, copy=False)


def _own(tensor: Tensor) -> Tensor:
    """Return a new array as a tensor of the graph being traced, if any, which may be written to."""
    builder = current()
    return (
        tensor if builder is None or not tensor.static_shape else cast(Tensor, builder.lift(tensor))
    )


def _refuse_sharing(copy: bool | None, what: str) -> None:
    if copy is False:
        raise ValueError(f"asarray: {what} cannot become a tensor without a copy")


def _from_number(number: Number, dtype: DType | None) -> Tensor:
    return scalar(number, natural_dtype(number)) if dtype is None else astype(number, dtype)


def _from_array(
    obj: np.ndarray[Any, Any] | np.generic, dtype: DType | None, copy: bool | None
) -> Tensor:
    builder = current()
    if builder is None or not isinstance(obj, np.ndarray) or not is_dtype_of_numpy(obj.dtype):
        return _own(_from_new_array(np.asarray(obj), dtype, copy))
    _refuse_sharing(copy, "an array, while a function is traced,")
    return cast(Tensor, builder.lift(obj).copy())


def _from_new_array(array: np.ndarray[Any, Any], dtype: DType | None, copy: bool | None) -> Tensor:
    if dtype is not None and array.dtype.kind in "iuf" and not is_dtype_of_numpy(array.dtype):
        # NumPy has the dtypes that tensors have not yet.
        _refuse_sharing(copy, f"{array.dtype.name} as {dtype.name}")
        return from_numpy(array.astype(dtype.name), True)
    if copy is False and not has_normal_form(array):
        raise ValueError("asarray: an array that is not contiguous and aligned needs a copy")
    return from_numpy(array, copy is False or (copy is None and _is_immutable(array)))


def _is_immutable(array: np.ndarray[Any, Any]) -> bool:
    """Return whether nobody can write to the memory: a view of writable memory does not count."""
    base: Any = array
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            return False
        base = base.base
    return base is None or isinstance(base, (EagerTensor, bytes))


def _from_list(items: list[Any] | tuple[Any, ...], dtype: DType | None) -> Tensor:
    if StagedItems in map(type, items):
        tensor = stack(items)
        return tensor if dtype is None else astype(tensor, dtype)
    leaves: list[Any] = []
    _collect(items, leaves)
    captures = (Tensor,) if current() is None else (Tensor, np.ndarray)
    if not any(isinstance(leaf, captures) for leaf in leaves):
        return _from_array_of(items, dtype)
    return _stacked(items, result_type(*leaves) if dtype is None else dtype)


def _collect(items: list[Any] | tuple[Any, ...], leaves: list[Any]) -> None:
    for item in items:
        if isinstance(item, (list, tuple)):
            _collect(item, leaves)
        elif isinstance(item, (Tensor, np.ndarray, np.generic, bool, int, float)):
            leaves.append(item)
        else:
            raise TypeError(
                f"asarray: a list may hold tensors, NumPy arrays, numbers and lists of these, "
                f"got {type(item).__name__}"
            )


def _from_array_of(items: list[Any] | tuple[Any, ...], dtype: DType | None) -> Tensor:
    try:
        array = np.array(items)
        if array.dtype.kind not in "biuf" or array.dtype == np.uint64:
            # Python integers beyond 64 bits: NumPy makes objects or floats of them.
            array = np.array(items, dtype="int64")
    except OverflowError:
        raise OverflowError("asarray: an integer of the list does not fit int64") from None
    except ValueError as error:
        raise ValueError(f"asarray: the parts of a list differ in shape: {error}") from None
    if dtype is not None and dtype.kind == "integer" and array.dtype.kind == "i" and array.size:
        limits = np.iinfo(dtype.name)
        if array.min() < limits.min or array.max() > limits.max:
            raise OverflowError(f"asarray: an integer of the list does not fit {dtype.name}")
    tensor = _from_new_array(array, dtype, None)
    return tensor if dtype is None else astype(tensor, dtype)


def _stacked(item: Any, dtype: DType) -> Tensor:
    """Return the tensor of a nested list, its parts converted and joined from the inside out."""
    if not isinstance(item, (list, tuple)):
        return astype(item, dtype)
    if not item:
        return zeros(0, dtype=dtype)
    parts = [_stacked(part, dtype) for part in item]
    first = parts[0].static_shape
    for part in parts[1:]:
        other = part.static_shape
        if len(other) != len(first):
            raise ValueError(
                f"asarray: the parts of a list have {len(first)} and {len(other)} dimensions"
            )
        for one, two in zip(first, other, strict=True):
            if one != two and one is not None and two is not None:
                raise ValueError(f"asarray: the parts of a list differ in shape: {first}, {other}")
    rows = [apply("expand_dims", (part,), {"axes": (0,)}) for part in parts]
    return apply("concat", tuple(rows), {"axis": 0})


def full(
    shape: Shape,
    fill_value: Operand,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
) -> Tensor:
    """Return a tensor of equal elements.

    ``fill_value``: a number or a 0-d array; it gives the dtype unless ``dtype`` does. Raises
    ValueError for a negative size.

    >>> pg.full((2, 2), 7)
    Tensor([[7, 7],
            [7, 7]], dtype=int64)
    """
    check_device(device)
    value = astype(fill_value, dtype_of(fill_value) if dtype is None else dtype)
    return _filled("full", shape, value)


def _filled(op: str, shape: Shape, value: Tensor) -> Tensor:
    dims = some_sizes(op, shape)
    for dim in dims:
        if isinstance(dim, int) and dim < 0:
            raise ValueError(f"{op}: a size must not be negative, got {dim}")
    if value.static_shape:
        raise ValueError(
            f"{op}: the value must be a scalar, got {len(value.static_shape)} dimensions"
        )
    check_room(op, dims, value.dtype)
    return with_shape("broadcast_to", value, dims)


def zeros(shape: Shape, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return a tensor of zeros, float64 unless ``dtype`` says otherwise.

    Raises ValueError for a negative size.

    >>> pg.zeros((2, 3))
    Tensor([[0., 0., 0.],
            [0., 0., 0.]], dtype=float64)
    """
    check_device(device)
    return _filled("zeros", shape, scalar(0, FLOAT64 if dtype is None else as_dtype(dtype)))


def ones(shape: Shape, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return a tensor of ones, float64 unless ``dtype`` says otherwise.

    Raises ValueError for a negative size.

    >>> pg.ones(3, dtype=pg.int32)
    Tensor([1, 1, 1], dtype=int32)
    """
    check_device(device)
    return _filled("ones", shape, scalar(1, FLOAT64 if dtype is None else as_dtype(dtype)))


def empty(shape: Shape, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return a tensor whose elements may be anything, float64 unless ``dtype`` says otherwise.

    Raises ValueError for a negative size.

    >>> pg.empty((2, 3)).shape
    (2, 3)
    """
    return zeros(shape, dtype=dtype, device=device)


def full_like(
    x: Array,
    /,
    fill_value: Operand,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
) -> Tensor:
    """Return a tensor of equal elements, of an array's shape, and dtype unless given.

    ``fill_value``: a number or a 0-d array.

    >>> pg.full_like(pg.asarray([1.0, 2.0]), 7)
    Tensor([7., 7.], dtype=float64)
    """
    return full(sizes(x), fill_value, dtype=_dtype_like(x, dtype), device=device)


def zeros_like(x: Array, /, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return zeros of an array's shape, and dtype unless given.

    >>> pg.zeros_like(pg.asarray([1, 2]))
    Tensor([0, 0], dtype=int64)
    """
    return zeros(sizes(x), dtype=_dtype_like(x, dtype), device=device)


def ones_like(x: Array, /, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return ones of an array's shape, and dtype unless given.

    >>> pg.ones_like(pg.asarray([1.5, 2.5]))
    Tensor([1., 1.], dtype=float64)
    """
    return ones(sizes(x), dtype=_dtype_like(x, dtype), device=device)


def empty_like(x: Array, /, *, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """Return a tensor with unspecified elements, of an array's shape, and dtype unless given.

    >>> pg.empty_like(pg.asarray([1, 2])).dtype
    pygraph.int64
    """
    return empty(sizes(x), dtype=_dtype_like(x, dtype), device=device)


def _dtype_like(x: Array, dtype: DTypeLike | None) -> DType:
    return dtype_of(x) if dtype is None else as_dtype(dtype)


def arange(
    start: Operand,
    /,
    stop: Operand | None = None,
    step: Operand = 1,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
) -> Tensor:
    """Return the numbers from ``start`` to before ``stop`` in steps; one bound alone is ``stop``.

    start, stop, step: numbers or 0-d tensors of numbers, by promotion int64 or float64 for Python
    numbers; their common dtype is that of the result unless ``dtype`` is given. Raises ValueError
    for a step of zero, TypeError for a bound that is no scalar number.

    >>> pg.arange(2, 8, 2)
    Tensor([2, 4, 6], dtype=int64)
    """
    check_device(device)
    if stop is None and type(start) is int and type(step) is int and step == 1:
        numbers = counting(max(start, 0))
    else:
        numbers = apply("arange", (0, start, step) if stop is None else (start, stop, step))
    return numbers if dtype is None else astype(numbers, dtype)


def counting(size: Size) -> Tensor:
    """Return the numbers from 0 to before a size, as int64."""
    # In a graph `iota` is the better one: it cannot fail. At once, `arange` needs one plan only.
    if isinstance(size, int) and size <= HIGHEST and current() is not None:
        return apply("iota", (), {"length": size, "dtype": "int64"})
    return apply("arange", (0, size, 1))


def linspace(
    start: Operand,
    stop: Operand,
    /,
    num: Size,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    endpoint: bool = True,
) -> Tensor:
    """Return ``num`` evenly spaced numbers from ``start`` to ``stop``.

    start, stop: numbers or 0-d tensors. Without ``endpoint``, ``stop`` is left out and the spacing
    is (stop - start) / num. The result is floating unless ``dtype`` says otherwise; for an integer
    dtype numbers are rounded down. Raises ValueError for a negative count.

    >>> pg.linspace(0, 1, 5)
    Tensor([0.  , 0.25, 0.5 , 0.75, 1.  ], dtype=float64)
    """
    check_device(device)
    count = one_size("linspace", num)
    if isinstance(count, int) and count < 0:
        raise ValueError(f"linspace: the count must not be negative, got {count}")
    working = result_type(start, stop, 1.0)
    check_room("linspace", (count,), working)
    first = astype(start, working)
    last = astype(stop, working)
    index = astype(counting(count), working)
    if isinstance(count, int):
        gaps: Operand = max(count - 1 if endpoint else count, 1)
    else:
        gaps = astype(apply("maximum", (count - 1 if endpoint else count, 1)), working)
    numbers = index * ((last - first) / gaps) + first
    if endpoint:
        # Rounding must not move the end.
        at_end = apply("logical_and", (apply("equal", (index, gaps)), apply("greater", (index, 0))))
        numbers = apply("where", (at_end, last, numbers))
    if dtype is None:
        return numbers
    target = as_dtype(dtype)
    return astype(apply("floor", (numbers,)) if target.kind == "integer" else numbers, target)


def eye(
    n_rows: Size,
    n_cols: Size | None = None,
    /,
    *,
    k: int = 0,
    dtype: DTypeLike | None = None,
    device: str | None = None,
) -> Tensor:
    """Return a matrix with ones on a diagonal and zeros elsewhere, float64 unless given.

    ``k``: which diagonal; above the main one where positive. ``n_cols`` is ``n_rows`` by default.
    Raises ValueError for a negative size.

    >>> pg.eye(2, 3, k=1)
    Tensor([[0., 1., 0.],
            [0., 0., 1.]], dtype=float64)
    """
    check_device(device)
    rows, columns = some_sizes("eye", (n_rows, n_rows if n_cols is None else n_cols))
    for size in (rows, columns):
        if isinstance(size, int) and size < 0:
            raise ValueError(f"eye: a size must not be negative, got {size}")
    result = FLOAT64 if dtype is None else as_dtype(dtype)
    check_room("eye", (rows, columns), result)
    return astype(_compared_diagonals("equal", rows, columns, k), result)


def _compared_diagonals(op: str, rows: Size, columns: Size, k: int) -> Tensor:
    """Return a matrix that compares row + k with the column."""
    row = apply("expand_dims", (counting(rows),), {"axes": (1,)})
    return apply(op, (row + k if k else row, counting(columns)))


def tril(x: Array, /, *, k: int = 0) -> Tensor:
    """Return matrices with zeros above a diagonal.

    x: any dtype, shape (..., M, N). ``k``: which diagonal; above the main one where positive.
    Raises ValueError where x has less than two dimensions.

    >>> pg.tril(pg.ones((2, 3)))
    Tensor([[1., 0., 0.],
            [1., 1., 0.]], dtype=float64)
    """
    return _triangle("tril", "greater_equal", x, k)


def triu(x: Array, /, *, k: int = 0) -> Tensor:
    """Return matrices with zeros below a diagonal.

    x: any dtype, shape (..., M, N). ``k``: which diagonal; above the main one where positive.
    Raises ValueError where x has less than two dimensions.

    >>> pg.triu(pg.ones((2, 3)))
    Tensor([[1., 1., 1.],
            [0., 1., 1.]], dtype=float64)
    """
    return _triangle("triu", "less_equal", x, k)


def _triangle(name: str, op: str, x: Array, k: int) -> Tensor:
    if len(static_shape(x)) < 2:
        raise ValueError(f"{name} takes an array of two dimensions or more")
    rows, columns = sizes(x)[-2:]
    kept = _compared_diagonals(op, rows, columns, k)
    return apply("where", (kept, x, scalar(0, dtype_of(x))))


def meshgrid(*arrays: Array, indexing: str = "xy") -> list[Tensor]:
    """Return coordinate arrays of the grid that one-dimensional arrays span.

    arrays: one dimension each, sizes N1, N2, ...; the results have shape (N1, N2, ...) with
    ``indexing="ij"``, and (N2, N1, ...) with "xy". Raises ValueError for an array of other rank or
    another ``indexing``.

    >>> pg.meshgrid(pg.asarray([1, 2]), pg.asarray([3, 4]), indexing="ij")[0]
    Tensor([[1, 1],
            [2, 2]], dtype=int64)
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f'meshgrid: indexing must be "xy" or "ij", got {indexing!r}')
    rank = len(arrays)
    order = list(range(rank))
    if indexing == "xy" and rank > 1:
        order[:2] = [1, 0]
    shape: list[Size] = [0] * rank
    for position, array in enumerate(arrays):
        if len(static_shape(array)) != 1:
            raise ValueError(
                f"meshgrid takes arrays of one dimension, argument {position + 1} has "
                f"{len(static_shape(array))}"
            )
        shape[order[position]] = sizes(array)[0]
    for array in arrays:
        check_room("meshgrid", shape, dtype_of(array))
    grids = []
    for position, array in enumerate(arrays):
        others = [axis for axis in range(rank) if axis != order[position]]
        spread = apply("expand_dims", (array,), {"axes": others})
        grids.append(with_shape("broadcast_to", spread, shape))
    return grids
