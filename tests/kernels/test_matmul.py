"""Matrix products: own loops and BLAS, on either side of where one hands over to the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_samples import FLOATS, INTEGERS, NUMBERS, Array

import pygraph as pg

EXTENTS = (1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 70)
LARGE = [
    (1, 300, 300),
    (130, 70, 520),
    (2, 65, 129),
    (300, 1, 300),
    (100, 100, 100),
    (70, 20, 600),
    (40, 5, 600),
    (7, 43, 600),
    (3, 5, 1000),
    (1, 1, 5000),
    (1, 1, 70_001),
    (1, 1003, 201),
    (1003, 1, 201),
]


def numbers(dtype: str, shape: tuple[int, ...], seed: int) -> Array:
    rng = np.random.default_rng(seed)
    if dtype in INTEGERS:
        limits = np.iinfo(dtype)
        return rng.integers(limits.min, limits.max, shape, dtype=dtype)
    return rng.normal(size=shape).astype(dtype)


def check(a: Array, b: Array) -> None:
    check_product(np.asarray(pg.matmul(pg.asarray(a), pg.asarray(b))), a, b)


def check_product(got: Array, a: Array, b: Array) -> None:
    assert got.dtype == a.dtype
    if a.dtype.kind == "i":
        np.testing.assert_array_equal(got, a @ b)
        return
    want = a.astype(np.longdouble) @ b.astype(np.longdouble)
    scale = np.abs(a).astype(np.longdouble) @ np.abs(b).astype(np.longdouble)
    assert got.shape == want.shape
    # Rounding errors grow with the length of a sum, far more slowly than this bound.
    bound = (4 + a.shape[-1] / 16) * np.finfo(a.dtype).eps * scale
    assert (np.abs(got - want) <= bound).all()


@pytest.mark.parametrize("dtype", NUMBERS)
def test_small_products(dtype: str) -> None:
    for m in EXTENTS:
        for n in EXTENTS:
            for k in (0, 1, 3, 8, 17, 64):
                check(numbers(dtype, (m, k), m), numbers(dtype, (k, n), n + k))


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize(("m", "n", "k"), LARGE)
def test_large_products(dtype: str, m: int, n: int, k: int) -> None:
    check(numbers(dtype, (m, k), 1), numbers(dtype, (k, n), 2))


@pytest.mark.parametrize("dtype", NUMBERS)
def test_vectors(dtype: str) -> None:
    for size in (3, 8, 20, 50):
        a = numbers(dtype, (size, size + 1), 3)
        check(a, a[0])
        check(a[:, 0], a)
        check(a[0], a[0])


@pg.function
def transposed_products(a: Array, b: Array, columns: Array, rows: Array) -> tuple[Array, ...]:
    left, right = pg.matrix_transpose(columns), pg.matrix_transpose(rows)
    return left @ b, a @ right, left @ right


# Squares of vectors are turned over in registers, what is left element by element; sums over more
# than 256 products come in two parts.
@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize(("m", "n", "k"), [(3, 3, 3), (16, 16, 16), (15, 37, 270)])
def test_transposed_operands(dtype: str, m: int, n: int, k: int) -> None:
    a, b = numbers(dtype, (m, k), 3), numbers(dtype, (k, n), 4)
    for got in transposed_products(*map(pg.asarray, (a, b, a.T.copy(), b.T.copy()))):
        check_product(np.asarray(got), a, b)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("size", [2, 10, 100])
def test_infinities_and_nan_pass_through(dtype: str, size: int) -> None:
    a = np.eye(size, dtype=dtype)
    a[0, 0] = np.inf
    a[1, 1] = np.nan
    got = np.asarray(pg.matmul(pg.asarray(a), pg.asarray(np.ones((size, size), dtype))))
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(got, a @ np.ones((size, size), dtype))


@given(
    batch=st.lists(st.integers(0, 3), max_size=2),
    extents=st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
    shared=st.booleans(),
)
def test_batches(batch: list[int], extents: tuple[int, int, int], shared: bool) -> None:
    m, n, k = extents
    a = numbers("int64", (*batch, m, k), 5)
    b = numbers("int64", (k, n) if shared else (*batch, k, n), 6)
    check(a, b)
