"""sort and argsort, compared with NumPy's stable ones."""

from __future__ import annotations

import numpy as np
import pytest

import pygraph as pg

DTYPES = ["bool", "int16", "int32", "int64", "float32", "float64"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(0,), (1,), (50,), (3, 4, 5), (2, 0, 3)])
def test_like_numpy(dtype, shape):
    x = np.random.default_rng(3).integers(-5, 5, shape).astype(dtype)
    unknown = [pg.TensorSpec((None,) * len(shape), dtype)]
    for axis in range(-1, len(shape)):
        for descending in (False, True):
            order = np.argsort(_reversed_ranks(x) if descending else x, axis, kind="stable")

            def both(x, axis=axis, descending=descending):
                options = {"axis": axis, "descending": descending}
                return pg.sort(x, **options), pg.argsort(x, **options)

            for run in (both, pg.function(both, input_signature=unknown, autograph=False)):
                values, positions = run(x)
                np.testing.assert_array_equal(positions, order)
                np.testing.assert_array_equal(values, np.take_along_axis(x, order, axis))
                assert (values.dtype.name, positions.dtype.name) == (dtype, "int64")


def _reversed_ranks(x):
    return -x if x.dtype.kind == "f" else ~x


def _long_lines():
    """Lines that are sorted by radix: of all digits, of few, with runs of equal upper halves."""
    rng = np.random.default_rng(5)
    n = 70_000
    wide = rng.integers(-(2**63), 2**63 - 1, n)
    yield from (wide, wide // 2**40, wide // 2**58, wide // 2**33 * 2**33 + rng.integers(0, 9, n))
    yield (wide // 2**32).astype("int32")
    yield wide % 3 == 0
    awkward = np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1e-310])
    for dtype in ("float32", "float64"):
        normal = rng.normal(size=n).astype(dtype)
        yield normal
        yield np.where(rng.random(n) < 0.3, rng.choice(awkward, n), normal).astype(dtype)
    yield 1 + rng.normal(size=n) * 1e-12
    yield rng.normal(size=(20, 300, 3)).astype("float32")
    yield rng.integers(-9, 9, (20_000, 3))


def test_long_lines():
    threads = pg.runtime.num_threads()
    for x in _long_lines():
        axis = int(np.argmax(x.shape))
        for descending in (False, True):
            order = np.argsort(_reversed_ranks(x) if descending else x, axis, kind="stable")
            want = np.take_along_axis(x, order, axis)
            for count in (1, 2, 3):
                pg.runtime.num_threads(count)
                options = {"axis": axis, "descending": descending}
                got = np.asarray(pg.sort(pg.asarray(x), **options))
                np.testing.assert_array_equal(got, want)
                if x.dtype.kind == "f":
                    number = ~np.isnan(want)
                    np.testing.assert_array_equal(np.signbit(got)[number], np.signbit(want)[number])
                np.testing.assert_array_equal(pg.argsort(pg.asarray(x), **options), order)
    pg.runtime.num_threads(threads)


def test_nans_come_last():
    x = pg.asarray([np.nan, 2.0, -np.inf, np.nan, 1.0])
    assert pg.argsort(x).tolist() == [2, 4, 1, 0, 3]
    assert pg.argsort(x, descending=True).tolist() == [1, 4, 2, 0, 3]


def test_faults():
    with pytest.raises(ValueError, match="sort: axis 1 is out of range"):
        pg.sort(pg.asarray([1, 2]), axis=1)
    with pytest.raises(ValueError, match="argsort: axis -1 is out of range"):
        pg.argsort(pg.asarray(1))
