"""The op `scatter` in its modes, and positions in batches, against NumPy: eager, staged."""

from __future__ import annotations

import numpy as np
import pytest
from modes import DTYPES, check

import pygraph as pg
from pygraph import _hot

COMBINING = {
    "add": np.add,
    "multiply": np.multiply,
    "min": np.minimum,
    "max": np.maximum,
}


@pytest.mark.parametrize("mode", ["", *COMBINING])
@pytest.mark.parametrize("dtype", DTYPES)
def test_scatter_by_mode(mode: str, dtype: str) -> None:
    rng = np.random.default_rng(5)
    for shape, axis, positions in (
        ((6,), 0, ((7,),)),
        ((4, 3), 1, ((5,),)),
        ((4, 3, 2), 0, ((2, 3), (2, 3))),
        ((5, 2), 0, ((),)),
        ((3, 2), 0, ((0,),)),
    ):
        x = rng.integers(-4, 5, shape).astype(dtype)
        axes = range(axis, axis + len(positions))
        indices = [
            rng.integers(-shape[a], shape[a], p) for a, p in zip(axes, positions, strict=True)
        ]
        selected = x[(slice(None),) * axis + tuple(indices)]
        values = rng.integers(-4, 5, selected.shape).astype(dtype)
        expected = x.copy()
        place = (slice(None),) * axis + tuple(indices)
        if mode:
            COMBINING[mode].at(expected, place, values)
        else:
            expected[place] = values
        check(
            lambda x, v, *i, a=axis: _hot.apply("scatter", (x, v, *i), {"axis": a, "mode": mode}),
            expected,
            x,
            values,
            *indices,
        )


def test_scatter_of_what_is_no_number() -> None:
    for mode, there in (("min", [2.0, np.nan, np.inf]), ("max", [2.0, np.nan, -np.inf])):
        x = np.asarray([*there, 1.0])
        values = np.asarray([np.nan, 1.0, np.nan, 0.5])
        places = np.asarray([0, 1, 2, 3])
        expected = COMBINING[mode](x, values)
        check(
            lambda x, v, i, m=mode: _hot.apply("scatter", (x, v, i), {"axis": 0, "mode": m}),
            expected,
            x,
            values,
            places,
        )
    with pytest.raises(ValueError, match='there is no mode "most"'):
        _hot.apply("scatter", (pg.ones(2), 1.0, 0), {"axis": 0, "mode": "most"})


def test_a_fault_in_a_later_batch_leaves_a_variable_as_it_was() -> None:
    v = pg.Variable([[1.0, 2.0], [3.0, 4.0]])
    attributes = {"axis": 1, "batch": 1, "mode": "add"}
    operands = (pg.ones((2, 1)), pg.asarray([[0], [2]]))
    with pytest.raises(IndexError, match="index 2"):
        _hot.apply_to_variable("assign_scatter", v, operands, attributes)
    assert v.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    _hot.apply_to_variable("assign_scatter", v, (operands[0], pg.asarray([[0], [1]])), attributes)
    assert v.tolist() == [[2.0, 2.0], [3.0, 5.0]]


def test_a_fault_of_a_combining_scatter_leaves_all_as_it_was() -> None:
    x = pg.ones(3)
    with pytest.raises(IndexError, match="scatter: index 3"):
        _hot.apply("scatter", (x, pg.ones(2), pg.asarray([0, 3])), {"axis": 0, "mode": "add"})
    np.testing.assert_array_equal(x, np.ones(3))


@pytest.mark.parametrize("mode", ["", "add"])
def test_batches_of_positions(mode: str) -> None:
    rng = np.random.default_rng(6)
    for shape, batch, axis, count in (
        ((3, 5), 1, 1, (4,)),
        ((2, 3, 4, 5), 2, 2, (6,)),
        ((2, 3, 4, 5), 1, 2, (6,)),
        ((2, 3, 4), 1, 1, (2, 2)),
        ((0, 3), 1, 1, (2,)),
        ((3, 4), 1, 1, ()),
    ):
        x = rng.integers(-9, 9, shape).astype("float64")
        indices = rng.integers(-shape[axis], shape[axis], (*shape[:batch], *count))
        lines = list(np.ndindex(*shape[:batch]))
        parts = [x[at][(slice(None),) * (axis - batch) + (indices[at],)] for at in lines]
        rest = shape[batch:axis] + count + shape[axis + 1 :]
        selected = np.asarray(parts).reshape(shape[:batch] + rest)
        attributes = {"axis": axis, "batch": batch}
        check(lambda x, i, a=attributes: _hot.apply("gather", (x, i), a), selected, x, indices)
        values = rng.integers(-9, 9, selected.shape).astype("float64")
        expected = x.copy()
        for at in lines:
            place = (slice(None),) * (axis - batch) + (indices[at],)
            if mode:
                np.add.at(expected[at], place, values[at])
            else:
                expected[at][place] = values[at]
        attributes = {**attributes, "mode": mode}
        check(
            lambda x, v, i, a=attributes: _hot.apply("scatter", (x, v, i), a),
            expected,
            x,
            values,
            indices,
        )
    with pytest.raises(ValueError, match="batch must be from 0 to axis"):
        _hot.apply("gather", (pg.ones((2, 2)), pg.asarray([0])), {"axis": 0, "batch": 1})
    with pytest.raises(ValueError, match="the first 1 axes of the indices"):
        _hot.apply("gather", (pg.ones((2, 2)), pg.asarray([0, 0, 0])), {"axis": 1, "batch": 1})
