"""Values joined with what stands at positions, positions of a batch, and sums to a shape."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from modes import DTYPES, check, sample

import pygraph as pg
from pygraph import _hot

MODES = ("add", "multiply", "min", "max")
UFUNCS: dict[str, Any] = {
    "add": np.add,
    "multiply": np.multiply,
    "min": np.minimum,
    "max": np.maximum,
}
shapes = st.lists(st.integers(0, 4), min_size=1, max_size=3).map(tuple)


def joined(x: np.ndarray, key: Any, value: Any, mode: str) -> np.ndarray:
    """Return what NumPy's `ufunc.at` makes of a copy."""
    out = x.copy()
    UFUNCS[mode].at(out, key, value)
    return out


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("mode", MODES)
def test_repeated_positions_all_count(mode: str, dtype: str) -> None:
    x = sample(dtype, (5, 3))
    index = np.asarray([0, 4, -1, 0, 2, 0])
    values = sample(dtype, (6, 3), seed=1)
    expected = joined(x, index, values, mode)
    check(lambda x, i, v: getattr(pg.at(x)[i], mode)(v), expected, x, index, values)
    index = np.asarray([[1, 1], [0, 1]])
    expected = joined(x, (slice(None), index), values[0, 0], mode)
    check(
        lambda x, i, v: getattr(pg.at(x)[:, i], mode)(v),
        expected,
        x,
        index,
        values[0, 0].reshape(()),
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "key",
    [1, -1, (1, 2), slice(1, 3), (slice(None), 1), (Ellipsis, slice(None, None, -2)), (None, 2)],
)
def test_keys_that_name_a_position_once(mode: str, key: Any) -> None:
    x = sample("float64", (4, 3))
    expected = x.copy()
    expected[key] = UFUNCS[mode](expected[key], 0.5)
    check(lambda x: getattr(pg.at(x)[key], mode)(0.5), expected, x)


def test_keys_of_arrays_and_slices_and_masks() -> None:
    x = sample("int64", (4, 3, 5))
    one, other = np.asarray([0, 0, 2]), np.asarray([1, 1, 4])
    keys: list[Any] = [
        (one, other[:, None] % 3),
        (one, slice(1, 3), other),
        (slice(None), one, other),
        (slice(0, 4, 2), one),
        (1, one),
    ]
    for key in keys:
        check(lambda x, key=key: pg.at(x)[key].add(7), joined(x, key, 7, "add"), x)
    mask = x > 0
    check(lambda x, m: pg.at(x)[m].add(7), joined(x, mask, 7, "add"), x, mask)
    check(lambda x: pg.at(x)[1:, one].set(7), _set(x, (slice(1, None), one), 7), x)


def _set(x: np.ndarray, key: Any, value: Any) -> np.ndarray:
    out = x.copy()
    out[key] = value
    return out


def test_nan_stays_nan() -> None:
    x = np.asarray([1.0, np.nan, 3.0])
    index = np.asarray([0, 1, 2, 2])
    values = np.asarray([np.nan, 0.0, 5.0, np.nan])
    for mode in ("min", "max"):
        with np.errstate(invalid="ignore"):
            expected = joined(x, index, values, mode)
        check(lambda x, i, v, m=mode: getattr(pg.at(x)[i], m)(v), expected, x, index, values)


def test_the_array_stays_as_it_was() -> None:
    x = pg.asarray([1.0, 2.0])
    assert pg.at(x)[pg.asarray([0, 0])].add(1.0).tolist() == [3.0, 2.0]
    assert x.tolist() == [1.0, 2.0]
    with pytest.raises(IndexError, match="index 2 is out of range for an axis of size 2"):
        pg.at(x)[pg.asarray([0, 2])].add(1.0)
    assert x.tolist() == [1.0, 2.0]


def test_a_histogram_in_a_staged_loop() -> None:
    @pg.function
    def histogram(x: Any, bins: Any) -> Any:
        counts = pg.zeros(4, dtype=pg.int64)
        i = 0
        while i < x.shape[0]:
            counts = pg.at(counts)[bins[i]].add(x[i])
            i += 1
        return counts

    x, bins = np.arange(10), np.arange(10) % 4
    expected = joined(np.zeros(4, np.int64), bins, x, "add")
    spec = pg.TensorSpec((None,), "int64")
    assert histogram(x, bins).tolist() == expected.tolist()
    assert histogram.get_concrete_function(spec, spec)(x, bins).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda x: pg.at(x)[pg.asarray([0])].add(1.5), TypeError, "float64.*int64"),
        (lambda x: pg.at(x)[pg.asarray([0])].add([1, 2]), ValueError, "does not (fit|broadcast)"),
        (lambda x: pg.at(x)[7].add(1), IndexError, "out of range"),
        (lambda x: pg.take(x, pg.asarray([0]), axis=1, batch_dims=2), ValueError, "batch_dims=2"),
        (
            lambda x: pg.take(x, pg.asarray([0]), axis=1, batch_dims=1),
            ValueError,
            "the first 1 axes of the indices",
        ),
        (lambda x: pg.take(x, pg.asarray([0, 3]), axis=1, batch_dims=1), IndexError, "index 3"),
        (lambda x: pg.put_along_axis(x, pg.asarray([0]), 1), ValueError, "1 dimensions"),
        (
            lambda x: pg.put_along_axis(x, pg.zeros((3, 1), dtype=pg.int64), 1),
            ValueError,
            "do(es)? not (fit|broadcast)",
        ),
        (lambda x: pg.put_along_axis(x, pg.zeros((2, 1)), 1), TypeError, "must be integers"),
        (lambda x: pg.put_along_axis(x, pg.asarray([[3], [0]]), 1), IndexError, "index 3"),
        (
            lambda x: pg.put_along_axis(x, pg.asarray([[1], [0]]), 1, mode="sum"),
            ValueError,
            "'sum'",
        ),
        (
            lambda x: pg.sum_to(x, (3, 3)),
            ValueError,
            r"\[2, 3\] is not what \[3, 3\] broadcasts to",
        ),
        (lambda x: pg.sum_to(x, (1, 2, 3)), ValueError, "broadcasts to"),
        (lambda x: pg.sum_to(x, (2, -1)), ValueError, "negative"),
        (lambda x: pg.sum_to(x, (2, 1.5)), TypeError, "integer"),
    ],
)
def test_wrong_calls(call: Any, error: type[Exception], text: str) -> None:
    x = np.arange(6).reshape(2, 3)
    with pytest.raises(error, match=text):
        call(pg.asarray(x))
    unknown = pg.function(lambda x: call(x), input_signature=[pg.TensorSpec((None, None), "int64")])
    with pytest.raises(error, match=text):
        unknown(x)


def test_wrong_attributes() -> None:
    x, index, value = pg.ones((2, 3)), pg.asarray([0, 1]), pg.ones(2)
    for attributes, text in (
        ({"axis": 1, "batch": 1, "mode": "sum"}, 'no mode "sum"'),
        ({"axis": 1, "batch": 2, "mode": "add"}, "batch must be from 0 to axis"),
        ({"axis": 1, "batch": -1, "mode": "add"}, "batch must be from 0 to axis"),
        ({"axis": 2, "batch": 1, "mode": "add"}, "axis 2"),
    ):
        with pytest.raises(ValueError, match=text):
            _hot.apply("scatter", (x, value, index), attributes)
    # A position without axes is that of every item.
    first = _hot.apply("gather", (x, 0), {"axis": 1, "batch": 1})
    assert first.tolist() == [1.0, 1.0]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_batches_are_as_a_loop_over_their_items(data: st.DataObject) -> None:
    batch = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=2).map(tuple))
    between = data.draw(st.lists(st.integers(1, 3), max_size=1).map(tuple))
    inner = data.draw(st.lists(st.integers(0, 3), max_size=1).map(tuple))
    positions = data.draw(st.lists(st.integers(0, 4), max_size=2).map(tuple))
    dtype = data.draw(st.sampled_from(DTYPES))
    mode = data.draw(st.sampled_from((*MODES, "set")))
    size = data.draw(st.integers(1, 4))
    seed = data.draw(st.integers(0, 99))
    x = sample(dtype, (*batch, *between, size, *inner), seed)
    index = np.random.default_rng(seed).integers(-size, size, (*batch, *positions))
    values = sample(dtype, (*batch, *between, *positions, *inner), seed + 1)
    axis, count = len(batch) + len(between), len(batch)
    taken, put = np.empty_like(values), x.copy()
    for item in np.ndindex(*batch):
        key = (*[slice(None)] * len(between), index[item])
        taken[item] = x[item][key]
        if mode == "set":
            put[item][key] = values[item]
        else:
            UFUNCS[mode].at(put[item], key, values[item])
    check(lambda x, i: pg.take(x, i, axis=axis, batch_dims=count), taken, x, index)
    attributes = {"axis": axis, "batch": count, "mode": "" if mode == "set" else mode}
    check(lambda x, v, i: _hot.apply("scatter", (x, v, i), attributes), put, x, values, index)


@settings(max_examples=60, deadline=None)
@given(shapes, st.data())
def test_along_an_axis(shape: tuple[int, ...], data: st.DataObject) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    shape = tuple(max(n, int(i == axis % len(shape))) for i, n in enumerate(shape))
    mode = data.draw(st.sampled_from((*MODES, "set")))
    dtype = data.draw(st.sampled_from(DTYPES))
    seed = data.draw(st.integers(0, 99))
    own = list(shape)
    own[axis] = data.draw(st.integers(0, 5))
    x = sample(dtype, shape, seed)
    index = np.random.default_rng(seed).integers(-shape[axis], shape[axis], own)
    values = sample(dtype, own, seed + 1)
    expected = x.copy()
    moved, parts, places = (np.moveaxis(a, axis, -1) for a in (expected, values, index))
    for line in np.ndindex(*moved.shape[:-1]):
        if mode == "set":
            moved[line][places[line]] = parts[line]
        else:
            UFUNCS[mode].at(moved[line], places[line], parts[line])
    check(
        lambda x, i, v: pg.put_along_axis(x, i, v, axis=axis, mode=mode), expected, x, index, values
    )


@settings(max_examples=80, deadline=None)
@given(shapes, st.data())
def test_sum_to_is_the_inverse_of_broadcasting(shape: tuple[int, ...], data: st.DataObject) -> None:
    dtype = data.draw(st.sampled_from(DTYPES))
    extra = data.draw(st.integers(0, len(shape)))
    kept = [n if data.draw(st.booleans()) else 1 for n in shape[extra:]]
    x = sample(dtype, shape, data.draw(st.integers(0, 99)))
    x = np.round(x) if x.dtype.kind == "f" else x
    axes = (*range(extra), *(extra + i for i, n in enumerate(kept) if n == 1))
    expected = np.sum(
        x, axis=axes, keepdims=True, dtype=None if x.dtype.kind == "f" else np.int64
    ).reshape(kept)
    check(lambda x: pg.sum_to(x, kept), expected, x)
    like = np.empty(kept)
    check(lambda x, like: pg.sum_to(x, like.shape), expected, x, like)


def test_sum_to_the_same_shape_leaves_nothing() -> None:
    f = pg.function(
        lambda x, y: pg.sum_to(pg.exp(x + y), x.shape) * 2,
        input_signature=[pg.TensorSpec((None, None), "float64")] * 2,
    )
    x, y = np.ones((3, 4)), np.ones((1, 4))
    assert "sum_to" in [node.op for node in f.get_concrete_function().graph.nodes]
    known = pg.function(lambda x, y: pg.sum_to(pg.exp(x + y), x.shape) * 2)
    assert "sum_to" not in known.get_concrete_function(x, y).plan.as_text()
    assert "sum_to" in known.get_concrete_function(y, x).plan.as_text()
    assert known(x, y).tolist() == f(x, y).tolist()
    np.testing.assert_array_equal(f(x, y).numpy(), 2 * np.exp(x + y))
    np.testing.assert_array_equal(f(y, x).numpy(), 2 * np.exp(x + y).sum(0, keepdims=True))


def test_in_files_and_text(tmp_path: Any) -> None:
    from pygraph.graph import Graph
    from pygraph.graph.replay import Evaluation, replay

    def f(x: Any, i: Any, v: Any) -> Any:
        put = pg.put_along_axis(x, i, v, mode="add")
        return put, pg.take(x, i, axis=1, batch_dims=1), pg.sum_to(put, (1, put.shape[1]))

    staged = pg.function(f)
    x, i, v = np.arange(6.0).reshape(2, 3), np.asarray([[0, 0], [2, 1]]), np.ones((2, 2))
    wanted = [one.tolist() for one in f(*map(pg.asarray, (x, i, v)))]
    assert [one.tolist() for one in staged(x, i, v)] == wanted
    pg.save(staged, tmp_path / "f.pgraph")
    assert [one.tolist() for one in pg.load(tmp_path / "f.pgraph")(x, i, v)] == wanted
    graph = Graph.from_text(staged.get_concrete_function(x, i, v).graph.as_text())
    inputs = [pg.asarray(one) for one in (x, i, v)]
    assert [one.tolist() for one in replay(graph, inputs, Evaluation(graph))] == wanted
