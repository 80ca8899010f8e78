"""Reductions and scans against NumPy: dtypes, axes, empty arrays, all ways to run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from modes import DTYPES, FLOATING, INTEGERS, NUMBERS, check, close, odd, sample

import pygraph as pg

AXES = [
    ((), [None]),
    ((5,), [None, 0, -1, (0,)]),
    ((3, 4), [None, 0, 1, -1, (0, 1), (-1, 0), ()]),
    ((2, 3, 4), [None, 0, 1, 2, (0, 2), (1, 2), (0, 1), -2]),
    ((2, 1, 3, 2), [None, (0, 2), (1, 3), 1]),
]
EMPTY = [((0,), [None, 0]), ((2, 0, 3), [None, 0, 1, 2, (0, 1), (0, 2)])]
TOLERANCE = {"float32": 2e-6, "float64": 1e-14}

NAMES = {"all": np.all, "any": np.any, "max": np.max, "min": np.min, "sum": np.sum, "prod": np.prod}
MOMENTS = {"mean": np.mean, "var": np.var, "std": np.std}
POSITIONS = {"argmax": np.argmax, "argmin": np.argmin}


def reference(name: str, x: np.ndarray, axis: Any, keepdims: bool) -> np.ndarray:
    if name in NAMES:
        function: Callable[..., Any] = NAMES[name]
        if name in ("sum", "prod") and x.dtype.kind in "bi":
            return np.asarray(function(x, axis=axis, keepdims=keepdims, dtype="int64"))
    elif name in MOMENTS:
        function = MOMENTS[name]
    elif name in POSITIONS:
        function = POSITIONS[name]
    else:
        return np.asarray(np.sum(x != 0, axis=axis, keepdims=keepdims))
    return np.asarray(function(x, axis=axis, keepdims=keepdims))


@pytest.mark.parametrize("name", [*NAMES, *MOMENTS, "count_nonzero"])
def test_reductions(name: str) -> None:
    function = getattr(pg, name)
    for dtype in DTYPES:
        for shape, axes in AXES:
            x = sample(dtype, shape, len(shape), -3, 3)
            for axis in axes:
                for keepdims in (False, True):
                    expected = reference(name, x, axis, keepdims)
                    found = np.asarray(function(pg.asarray(x), axis=axis, keepdims=keepdims))
                    what = f"{dtype}{shape} axis={axis}"
                    assert found.dtype == expected.dtype, what
                    rtol = TOLERANCE.get(expected.dtype.name, 0)
                    close(found, expected, what, rtol, rtol)
    x = sample("float32", (3, 4, 2), 5)
    for axis in (None, 1, (0, 2)):
        expected = reference(name, x, axis, True)
        check(
            lambda x, axis=axis: function(x, axis=axis, keepdims=True),
            expected,
            x,
            rtol=2e-6,
            atol=2e-6,
        )
    check(function, reference(name, odd(x), None, False), odd(x), rtol=2e-6, atol=2e-6)
    n = sample("int32", (3, 4), 6)
    expected = reference(name, n, 0, False)
    check(lambda n: function(n, axis=0), expected, n, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("name", ["all", "any", "sum", "prod", "count_nonzero"])
def test_empty_reductions_give_the_identity(name: str) -> None:
    for dtype in DTYPES:
        for shape, axes in EMPTY:
            x = np.zeros(shape, dtype)
            for axis in axes:
                expected = reference(name, x, axis, False)
                check(lambda x, axis=axis: getattr(pg, name)(x, axis=axis), expected, x)


@pytest.mark.parametrize("name", list(MOMENTS))
def test_moments_of_nothing_are_nan(name: str) -> None:
    x = np.zeros((2, 0), "float32")
    check(lambda x: getattr(pg, name)(x, axis=1), np.full(2, np.nan, "float32"), x)
    check(lambda x: getattr(pg, name)(x), np.float32(np.nan), x)


@pytest.mark.parametrize("name", ["max", "min", "argmax", "argmin"])
def test_empty_reductions_without_identity(name: str) -> None:
    function = getattr(pg, name)
    x = np.zeros((2, 0, 3))
    with pytest.raises(ValueError, match=rf"^{name}.*axis 1 of shape \[2, 0, 3\] is empty"):
        function(pg.asarray(x), axis=1)
    with pytest.raises(ValueError, match=rf"^{name}.*axis 1 of shape \[2, 0, 3\] is empty"):
        pg.function(lambda x: function(x, axis=1), autograph=False)(x)
    dynamic = pg.function(
        lambda x: function(x, axis=1),
        autograph=False,
        input_signature=[pg.TensorSpec((None, None, None), "float64")],
    )
    with pytest.raises(ValueError, match=name):
        dynamic(x)
    check(lambda x: function(x, axis=0), np.asarray(getattr(np, name)(x, axis=0)), x)


@pytest.mark.parametrize("name", list(POSITIONS))
def test_positions(name: str) -> None:
    function = getattr(pg, name)
    for dtype in DTYPES:
        for shape, axes in AXES:
            x = sample(dtype, shape, len(shape), -3, 3)
            for axis in axes:
                if isinstance(axis, tuple):
                    continue
                for keepdims in (False, True):
                    expected = reference(name, x, axis, keepdims)
                    found = np.asarray(function(pg.asarray(x), axis=axis, keepdims=keepdims))
                    close(found, expected, f"{dtype}{shape} axis={axis}", 0, 0)
                    assert found.dtype == "int64"
    x = np.asarray([[1, 3, 3], [np.nan, 5, np.nan], [0.0, -0.0, 0]])
    for axis in (None, 0, 1):
        check(lambda x, axis=axis: function(x, axis=axis), getattr(np, name)(x, axis=axis), x)


@pytest.mark.parametrize("name", ["max", "min"])
def test_extrema_of_nan(name: str) -> None:
    x = np.asarray([[1, np.nan, 3], [4, 5, 6]])
    for axis in (None, 0, 1):
        check(
            lambda x, axis=axis: getattr(pg, name)(x, axis=axis),
            np.asarray(getattr(np, name)(x, axis=axis)),
            x,
        )


@pytest.mark.parametrize("name", ["sum", "prod"])
def test_dtype_of_a_reduction(name: str) -> None:
    function = getattr(pg, name)
    for dtype in DTYPES:
        x = sample(dtype, (2, 3), 1, -3, 3)
        for target in NUMBERS:
            if np.dtype(dtype).kind == "f" and np.dtype(target).kind == "i":
                expected = getattr(np, name)(x.astype(target), axis=0, dtype=target)
            else:
                expected = getattr(np, name)(x, axis=0, dtype=target)
            found = np.asarray(function(pg.asarray(x), axis=0, dtype=target))
            assert found.dtype == target
            close(found, expected, f"{dtype} to {target}", 1e-6, 1e-6)
    big = np.full(3, 2**30, "int32")
    check(lambda x: pg.sum(x), np.int64(3 * 2**30), big)
    check(lambda x: pg.sum(x, dtype=pg.int32), np.int32(3 * 2**30 - 2**32), big)


def test_corrections() -> None:
    x = sample("float64", (3, 4))
    for name in ("var", "std"):
        for correction in (0, 1, 0.5, 2):
            expected = getattr(np, name)(x, axis=1, ddof=correction)
            check(
                lambda x, c=correction, n=name: getattr(pg, n)(x, axis=1, correction=c),
                expected,
                x,
                rtol=1e-14,
            )
        with np.errstate(all="ignore"):
            check(
                lambda x, n=name: getattr(pg, n)(x, axis=0, correction=3),
                np.full(4, np.inf),
                x,
            )


def test_long_sums_are_accurate() -> None:
    x = np.full(1_000_003, 0.1, "float32")
    assert abs(pg.sum(pg.asarray(x)).item() - 100_000.3) < 0.5
    matrix = sample("float64", (300, 301), 3)
    for axis in (None, 0, 1):
        found = np.asarray(pg.sum(pg.asarray(matrix), axis=axis))
        np.testing.assert_allclose(found, matrix.sum(axis=axis), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(
    ("name", "method"), [("cumulative_sum", "cumsum"), ("cumulative_prod", "cumprod")]
)
def test_scans(name: str, method: str) -> None:
    function = getattr(pg, name)
    for dtype in DTYPES:
        for shape, axes in [((5,), [None, 0]), ((0,), [0]), ((3, 4), [0, 1, -1]), ((2, 3, 2), [1])]:
            x = sample(dtype, shape, 3, -2, 2)
            target = "int64" if x.dtype.kind in "bi" else dtype
            for axis in axes:
                expected = getattr(np, method)(x, axis=axis, dtype=target)
                found = np.asarray(function(pg.asarray(x), axis=axis))
                assert found.dtype == target
                close(found, expected, f"{dtype}{shape}", 1e-6, 1e-6)
    x = sample("float64", (3, 4))
    expected = getattr(np, method)(x, axis=1)
    check(lambda x: function(x, axis=1), expected, x, rtol=1e-14)
    initial = np.full((3, 1), 0.0 if name == "cumulative_sum" else 1.0)
    check(
        lambda x: function(x, axis=1, include_initial=True),
        np.concatenate([initial, expected], axis=1),
        x,
        rtol=1e-14,
    )
    n = sample("int32", (6,))
    check(lambda n: function(n, dtype="int32"), getattr(np, method)(n, dtype="int32"), n)
    with pytest.raises(ValueError, match=f"{name}.*needs an axis"):
        function(pg.ones((2, 2)))
    with pytest.raises(TypeError, match=name):
        function(pg.ones(3), dtype=pg.bool)


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=5),
    st.sets(st.integers(0, 4)),
    st.booleans(),
    st.sampled_from(["sum", "max", "any", "mean"]),
    st.integers(0, 99),
)
def test_any_axes_of_any_shape(
    shape: list[int], axes: set[int], keepdims: bool, name: str, seed: int
) -> None:
    axis = tuple(sorted(a for a in axes if a < len(shape)))
    if name in ("max", "mean") and any(shape[a] == 0 for a in axis):
        return
    x = sample("int64", shape, seed)
    found = np.asarray(getattr(pg, name)(pg.asarray(x), axis=axis, keepdims=keepdims))
    expected = reference(name, x, axis, keepdims)
    assert found.dtype == expected.dtype
    close(found, expected, name, 1e-14, 0)


def test_axes_that_are_not_there() -> None:
    x = pg.ones((2, 3))
    for name in ("sum", "mean", "all", "argmax", "cumulative_sum"):
        with pytest.raises(ValueError, match=rf"^{name}: axis 2 is out of range .* 2 dimensions"):
            getattr(pg, name)(x, axis=2)
        with pytest.raises(ValueError, match="axis -3 is out of range"):
            getattr(pg, name)(x, axis=-3)
    with pytest.raises(ValueError, match="named twice"):
        pg.sum(x, axis=(0, -2))
    with pytest.raises(TypeError):
        pg.sum(x, axis=0.5)
    with pytest.raises(TypeError, match="list"):
        pg.sum([1, 2])


def test_reductions_of_numbers_and_arrays() -> None:
    assert pg.sum(3).item() == 3
    assert pg.max(np.asarray([1, 5])).item() == 5
    for dtype in (*INTEGERS, *FLOATING):
        assert pg.mean(np.asarray([1, 2], dtype)).item() == 1.5
