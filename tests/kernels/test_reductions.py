"""Reductions, searches and scans against NumPy, over shapes that reach each of their loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_samples import ALL, FLOATS, INTEGERS, NUMBERS, Array, same_bits, sample

import pygraph as pg

SHAPES = [(n, inner) for n in (1, 2, 7, 9, 33, 100, 1000) for inner in (1, 2, 5, 31, 32, 65, 513)]
SHAPES += [(50_000, 1), (20_000, 3), (3_000, 17)]


def values(dtype: str, shape: tuple[int, ...], seed: int, special: bool) -> Array:
    """Return samples; without special values, floats near 1, whose sums and products are tame."""
    if special or dtype not in FLOATS:
        return sample(dtype, shape, seed)
    spread = np.random.default_rng(seed).normal(size=shape)
    return (1 + 0.01 * spread).astype(dtype)


def run(name: str, x: Array, **arguments: object) -> Array:
    return np.asarray(getattr(pg, name)(pg.asarray(x), **arguments))


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS])
@pytest.mark.parametrize("name", ["sum", "prod"])
def test_integer_sums_and_products_wrap_in_int64(name: str, dtype: str) -> None:
    for seed, shape in enumerate([(0, 3), *SHAPES]):
        x = sample(dtype, shape, seed)
        same_bits(run(name, x, axis=0), getattr(np, name)(x, axis=0, dtype=np.int64))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("name", "allowed"), [("sum", 4), ("prod", 400)])
def test_float_sums_and_products(name: str, allowed: float, dtype: str) -> None:
    """A sum is within 4 ulp of the sum of magnitudes, whatever its length."""
    for seed, shape in enumerate([(0, 3), *SHAPES]):
        x = values(dtype, shape, seed, special=False)
        if name == "sum":
            x = (x * np.where(np.random.default_rng(seed).random(shape) < 0.5, -1, 1)).astype(dtype)
        wide = x.astype(np.longdouble)
        scale = np.abs(wide).sum(axis=0) if name == "sum" else np.abs(wide.prod(axis=0))
        error = np.abs(run(name, x, axis=0) - getattr(np, name)(wide, axis=0))
        assert (error <= allowed * np.finfo(dtype).eps * scale).all()


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_long_sum_loses_nothing_to_its_length(dtype: str) -> None:
    x = np.full(1_000_000, 0.1, dtype)
    exact = float(x[0]) * 1_000_000
    assert abs(float(run("sum", x)) - exact) <= 4 * np.finfo(dtype).eps * exact
    column = np.broadcast_to(x[:, None], (1_000_000, 2))
    assert (np.abs(run("sum", column, axis=0) - exact) <= 4 * np.finfo(dtype).eps * exact).all()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(5, 1), (100, 1), (100, 3), (40, 600)])
def test_infinities_and_nan_in_sums(dtype: str, shape: tuple[int, int]) -> None:
    for extra, want in (
        ([np.inf], np.inf),
        ([-np.inf], -np.inf),
        ([np.inf, -np.inf], np.nan),
        ([np.nan], np.nan),
    ):
        x = np.ones(shape, dtype)
        x[2 : 2 + len(extra)] = np.array(extra, dtype)[:, None]
        np.testing.assert_array_equal(run("sum", x, axis=0), np.full(shape[1], want, dtype))


@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize("name", ["max", "min", "argmax", "argmin"])
def test_extrema_and_their_places(name: str, dtype: str) -> None:
    """NaN wins, and of equals the first."""
    for seed, shape in enumerate(SHAPES):
        for special in (False, True):
            x = values(dtype, shape, seed, special)
            if not special and dtype in FLOATS:
                x = np.round(x, 1)
            want = np.asarray(getattr(np, name)(x, axis=0))
            np.testing.assert_array_equal(run(name, x, axis=0), want)


@pytest.mark.parametrize("name", ["all", "any"])
@pytest.mark.parametrize("often", [0.0, 0.001, 0.5, 0.999, 1.0])
def test_truth(name: str, often: float) -> None:
    for seed, shape in enumerate([(0, 3), *SHAPES]):
        x = np.random.default_rng(seed).random(shape) < often
        same_bits(run(name, x, axis=0), np.asarray(getattr(np, name)(x, axis=0)))


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize(
    ("name", "reference"), [("cumulative_sum", np.cumsum), ("cumulative_prod", np.cumprod)]
)
def test_scans(name: str, reference: object, dtype: str) -> None:
    for seed, shape in enumerate([(0, 3), *SHAPES[:20]]):
        x = values(dtype, shape, seed, special=False)
        got = run(name, x, axis=0)
        with np.errstate(all="ignore"):
            want = reference(x, axis=0, dtype=got.dtype)  # type: ignore[operator]
        same_bits(got, want)


@given(data=st.data())
def test_any_axes(data: st.DataObject) -> None:
    shape = tuple(data.draw(st.lists(st.integers(1, 6), max_size=5)))
    axes = st.lists(st.integers(0, len(shape) - 1), unique=True) if shape else st.just([])
    axis = data.draw(st.none() | axes.map(tuple))
    keepdims = data.draw(st.booleans())
    name = data.draw(st.sampled_from(["sum", "prod", "max", "min"]))
    x = sample("int64", shape, data.draw(st.integers(0, 99)))
    want = np.asarray(getattr(np, name)(x, axis=axis, keepdims=keepdims))
    same_bits(run(name, x, axis=axis, keepdims=keepdims), want)
