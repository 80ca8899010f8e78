"""Matrix products against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from modes import NUMBERS, check, close, odd, sample

import pygraph as pg

SHAPES = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((2, 1, 2, 3), (3, 3, 4)),
    ((3,), (2, 3, 4)),
    ((2, 0), (0, 3)),
    ((0, 2), (2, 3)),
    ((0, 2, 3), (3, 4)),
    ((40, 50), (50, 30)),
    ((200, 100), (100,)),
]
TOLERANCE = {"float32": 3e-5, "float64": 1e-12}


def test_matmul() -> None:
    for shape1, shape2 in SHAPES:
        for first in NUMBERS:
            for second in NUMBERS:
                x, y = sample(first, shape1, 1), sample(second, shape2, 2)
                expected = np.asarray(x @ y)
                found = np.asarray(pg.matmul(pg.asarray(x), pg.asarray(y)))
                assert found.dtype == expected.dtype
                tolerance = TOLERANCE.get(expected.dtype.name, 0)
                close(found, expected, f"{first}{shape1} {second}{shape2}", tolerance, tolerance)
    for shape1, shape2 in SHAPES[:7]:
        x, y = sample("float64", shape1, 1), sample("float64", shape2, 2)
        check(pg.matmul, np.asarray(x @ y), x, y, rtol=1e-12, atol=1e-12)
        check(lambda x, y: x @ y, np.asarray(odd(x) @ y), odd(x), y, rtol=1e-12, atol=1e-12)


def test_matmul_errors() -> None:
    with pytest.raises(ValueError, match=r"^matmul: shapes \[2, 3\] and \[4, 5\] do not match"):
        pg.matmul(pg.ones((2, 3)), pg.ones((4, 5)))
    with pytest.raises(ValueError, match=r"^matmul: shapes \[2, 3\] and \[4\]"):
        pg.function(pg.matmul, autograph=False)(np.ones((2, 3)), np.ones(4))
    with pytest.raises(ValueError, match=r"matmul.*scalar"):
        pg.matmul(pg.ones(()), pg.ones((4, 5)))
    with pytest.raises(TypeError, match="matmul is not defined for bool"):
        pg.matmul(pg.asarray([True]), pg.asarray([True]))
    unknown = pg.function(
        lambda x, y: x @ y,
        autograph=False,
        input_signature=[pg.TensorSpec((None, None), "float64")] * 2,
    )
    with pytest.raises(ValueError, match=r"matmul: shapes \[2, 3\] and \[4, 5\]"):
        unknown(np.ones((2, 3)), np.ones((4, 5)))


def test_matrix_transpose() -> None:
    for shape in [(2, 3), (4, 2, 3), (0, 3)]:
        x = sample("int32", shape)
        check(pg.matrix_transpose, np.swapaxes(x, -1, -2), x)
        check(lambda x: x.mT, np.swapaxes(x, -1, -2), x)
    x = sample("bool", (2, 3))
    check(lambda x: x.T, x.T, x)
    for shape in [(), (3,), (2, 3, 4)]:
        with pytest.raises(ValueError, match=f"T is for .* two dimensions, got {len(shape)}"):
            pg.ones(shape).T  # noqa: B018
    with pytest.raises(ValueError, match="matrix_transpose"):
        pg.matrix_transpose(pg.ones(3))


def test_tensordot() -> None:
    x, y = sample("float64", (2, 3, 4), 1), sample("float64", (3, 4, 5), 2)
    for axes in (2, ((1, 2), (0, 1)), ((-1, 1), (1, 0))):
        check(
            lambda x, y, axes=axes: pg.tensordot(x, y, axes=axes),
            np.tensordot(x, y, axes=axes),
            x,
            y,
            rtol=1e-12,
            atol=1e-12,
        )
    x, y = sample("int64", (2, 3), 1), sample("int64", (4,), 2)
    check(lambda x, y: pg.tensordot(x, y, axes=0), np.tensordot(x, y, axes=0), x, y)
    with pytest.raises(ValueError, match=r"tensordot: axis 1 .* size 3, axis 0 .* 4"):
        pg.tensordot(x, y, axes=1)
    with pytest.raises(ValueError, match="tensordot: 1 axes of the first array, 2"):
        pg.tensordot(pg.ones((2, 2)), pg.ones((2, 2)), axes=((0,), (0, 1)))


def test_vecdot() -> None:
    for dtype in NUMBERS:
        x, y = sample(dtype, (2, 3), 1), sample(dtype, (3,), 2)
        check(pg.vecdot, np.asarray(np.vecdot(x, y)), x, y, rtol=1e-6, atol=1e-5)
    x, y = sample("float64", (3, 2), 1), sample("float64", (3, 1), 2)
    check(lambda x, y: pg.vecdot(x, y, axis=-2), (x * y).sum(axis=0), x, y, rtol=1e-14, atol=1e-14)
    with pytest.raises(ValueError, match="vecdot"):
        pg.vecdot(pg.ones((2, 3)), pg.ones((2, 4)))


def test_outer_and_norm() -> None:
    x, y = sample("int32", (3,), 1), sample("float64", (4,), 2)
    check(pg.linalg.outer, np.outer(x, y), x, y)
    with pytest.raises(ValueError, match="outer"):
        pg.linalg.outer(pg.ones((2, 2)), pg.ones(2))
    z = sample("float64", (3, 4), 3)
    for order in (2, 1, 3, 0, np.inf, -np.inf, 0.5):
        expected = np.linalg.vector_norm(z, axis=1, ord=order)
        check(
            lambda z, order=order: pg.linalg.vector_norm(z, axis=1, ord=order),
            expected,
            z,
            rtol=1e-13,
        )
    n = sample("int64", (3, 4), 4)
    check(pg.linalg.vector_norm, np.linalg.vector_norm(n), n, rtol=1e-14)
    with pytest.raises(TypeError, match="bool"):
        pg.linalg.vector_norm(pg.asarray([True]))
