"""sort and argsort, compared with NumPy's stable ones."""

from __future__ import annotations

import numpy as np
import pytest

import pygraph as pg

DTYPES = ["bool", "int32", "int64", "float32", "float64"]


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
    return ~x if x.dtype == bool else -x.astype("float64")


def test_nans_come_last():
    x = pg.asarray([np.nan, 2.0, -np.inf, np.nan, 1.0])
    assert pg.argsort(x).tolist() == [2, 4, 1, 0, 3]
    assert pg.argsort(x, descending=True).tolist() == [1, 4, 2, 0, 3]


def test_faults():
    with pytest.raises(ValueError, match="sort: axis 1 is out of range"):
        pg.sort(pg.asarray([1, 2]), axis=1)
    with pytest.raises(ValueError, match="argsort: axis -1 is out of range"):
        pg.argsort(pg.asarray(1))
