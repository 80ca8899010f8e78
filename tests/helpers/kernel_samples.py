"""What the kernel tests share: dtypes, sample values with the awkward ones among them, ulps."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

BOOL = ("bool",)
INTEGERS = ("int16", "int32", "int64")
FLOATS = ("float32", "float64")
NUMBERS = INTEGERS + FLOATS
ALL = BOOL + NUMBERS

# Below, at and above the widths of vectors, and of several of them.
SIZES = (0, 1, 2, 3, 7, 8, 9, 31, 63, 64, 65, 1000)

_EDGES = [0.0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, 2.5, -2.5, np.inf, -np.inf, np.nan]
_EDGES += [0.5499, 0.55, 1e-5, -1e-5, 88.7, 89, -87.4, -103.9, -104.1, 709.7, 710, -708.5, -745.1]


def special(dtype: str) -> Array:
    """Return the values of a dtype at which formulas tend to break."""
    if dtype == "bool":
        return np.array([False, True])
    if dtype in INTEGERS:
        limits = np.iinfo(dtype)
        width = limits.bits
        values = [0, 1, -1, 2, -2, 7, 8, -8, width - 1, width, width + 1, limits.min, limits.max]
        return np.array([*values, limits.min + 1], dtype)
    info = np.finfo(dtype)
    tiny = [info.tiny, -info.tiny, info.smallest_subnormal, -info.smallest_subnormal, info.tiny / 4]
    return np.array([*_EDGES, *tiny, info.max, info.min], dtype)


def sample(dtype: str, shape: int | tuple[int, ...], seed: int = 0) -> Array:
    """Return ordinary numbers of a dtype, one in four of them replaced by a special one."""
    rng = np.random.default_rng(seed)
    if dtype == "bool":
        return rng.random(shape) < 0.5
    if dtype in INTEGERS:
        values = np.asarray(rng.integers(-100, 100, shape), dtype)
    else:
        magnitudes = 10.0 ** rng.integers(-3, 4, shape)
        values = np.asarray(rng.normal(size=shape) * magnitudes, dtype)
    edges = special(dtype)
    return np.where(rng.random(shape) < 0.25, rng.choice(edges, shape), values).astype(dtype)


def bits(array: Array) -> Array:
    """Return the elements as unsigned integers, every NaN as the same one."""
    if array.dtype.kind == "f":
        array = np.where(np.isnan(array), np.array(np.nan, array.dtype), array)
    return array.copy().view(f"u{array.dtype.itemsize}")


def same_bits(got: Array, want: Array) -> None:
    """Assert equality down to the sign of zero; a NaN equals a NaN."""
    assert got.dtype == want.dtype
    assert got.shape == want.shape
    np.testing.assert_array_equal(bits(got), bits(want))


def extended(array: Array) -> Array:
    """Return the elements in a precision that is wide enough to judge results by."""
    return array.astype(np.longdouble if array.dtype == np.float64 else np.float64)


def ulps(got: Array, exact: Array) -> Array:
    """Return the errors against wider reference values, in units of the last place of `got`.

    A result that overflows may be the infinity or not within the last half unit; NaN and other
    infinities must be where the reference has them.
    """
    info = np.finfo(got.dtype)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(exact))
    with np.errstate(all="ignore"):
        size = np.abs(exact)
        _, exponent = np.frexp(size)
        unit = np.ldexp(np.ones_like(exact), np.maximum(exponent - 1, info.minexp) - info.nmant)
        wide = got.astype(exact.dtype)
        error = np.abs(wide - exact) / unit
    equal = (wide == exact) | np.isnan(exact)
    beyond = size >= np.ldexp(np.ones_like(exact), info.maxexp) * (1 - info.epsneg / 2)
    return np.where(equal | (beyond & np.isinf(got)), 0, error)
