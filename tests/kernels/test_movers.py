"""Copies between strided views, gathers and scatters, by way of the ops that need them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_samples import ALL, Array, same_bits, sample

import pygraph as pg


@pytest.mark.parametrize("dtype", ALL)
@pytest.mark.parametrize("shape", [(40, 33), (1, 7), (5, 1, 6), (33, 17, 40), (2, 3, 4, 5)])
def test_every_permutation(dtype: str, shape: tuple[int, ...]) -> None:
    x = sample(dtype, shape)
    for axes in itertools.permutations(range(len(shape))):
        got = np.asarray(pg.permute_dims(pg.asarray(x), axes))
        same_bits(got, x.transpose(axes).copy())


@st.composite
def basic_keys(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[object, ...]:
    parts: list[object] = []
    for size in shape:
        kind = draw(st.sampled_from(["slice", "whole", "integer"]))
        if kind == "integer" and size > 0:
            parts.append(draw(st.integers(-size, size - 1)))
        elif kind == "slice":
            parts.append(draw(st.slices(size)))
        else:
            parts.append(slice(None))
    return tuple(parts)


@given(data=st.data())
def test_slices_of_permuted_arrays(data: st.DataObject) -> None:
    shape = tuple(data.draw(st.lists(st.integers(0, 7), min_size=1, max_size=4)))
    axes = tuple(data.draw(st.permutations(range(len(shape)))))
    x = sample(data.draw(st.sampled_from(ALL)), shape)
    key = data.draw(basic_keys(tuple(shape[a] for a in axes)))

    @pg.function
    def read(t: pg.Tensor) -> pg.Tensor:
        return pg.permute_dims(t, axes)[key]

    same_bits(np.asarray(read(pg.asarray(x))), x.transpose(axes)[key].copy())


@given(data=st.data())
def test_broadcasts(data: st.DataObject) -> None:
    shape = tuple(data.draw(st.lists(st.integers(0, 6), max_size=4)))
    kept = shape[data.draw(st.integers(0, len(shape))) :]
    source = tuple(1 if data.draw(st.booleans()) else size for size in kept)
    x = sample(data.draw(st.sampled_from(ALL)), source)
    got = np.asarray(pg.broadcast_to(pg.asarray(x), shape))
    same_bits(got, np.broadcast_to(x, shape).copy())


@given(data=st.data())
def test_gathers(data: st.DataObject) -> None:
    shape = tuple(data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))
    first = data.draw(st.integers(0, len(shape) - 1))
    last = data.draw(st.integers(first + 1, len(shape)))
    count = data.draw(st.sampled_from([0, 1, 3, 300]))
    dtype = data.draw(st.sampled_from(["int32", "int64"]))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    key: list[slice | Array] = [slice(None)] * first
    key += [
        rng.integers(-s, s, count if rng.random() < 0.8 else 1).astype(dtype)
        for s in shape[first:last]
    ]
    x = sample(data.draw(st.sampled_from(ALL)), shape)
    got = np.asarray(
        pg.asarray(x)[tuple(k if isinstance(k, slice) else pg.asarray(k) for k in key)]
    )
    same_bits(got, x[tuple(key)].copy())


@pytest.mark.parametrize("index", [3, -4, 2**31 - 1, -(2**31)])
@pytest.mark.parametrize("axis", [0, 1])
def test_an_index_out_of_range_is_named(index: int, axis: int) -> None:
    good = np.array([0, 1, 2])
    bad = np.array([0, index, 1])
    key = (bad, good) if axis == 0 else (good, bad)
    with pytest.raises(IndexError, match=str(index)):
        pg.asarray(np.ones((3, 3)))[tuple(pg.asarray(k) for k in key)]


@pytest.mark.parametrize("dtype", ["int32", "int64", "float32", "float64"])
def test_ranges(dtype: str) -> None:
    for start, stop, step in ((0, 10, 1), (5, -5, -2), (3, 3, 1), (0, 1000, 7)):
        got = np.asarray(pg.arange(start, stop, step, dtype=dtype))
        same_bits(got, np.arange(start, stop, step, dtype=dtype))
