"""Ops outside of a trace, many times in any order: a call like a recent one takes a shorter way."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pygraph as pg

OPERANDS: list[Any] = [
    np.arange(1.0, 4.0),
    np.arange(1.0, 4.0, dtype=np.float32),
    np.arange(1, 4),
    np.arange(1, 4, dtype=np.int32),
    np.array([[2.0], [3.0]]),
    np.ones((1, 3)),
    np.float64(2.5),
    np.array([True, False, True]),
    2, 3, -7, 2.0, -0.5, True,
]  # fmt: skip
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.lt, operator.eq]


def tensor(value: Any) -> Any:
    """Return a tensor of an array, and a number as it is."""
    return pg.asarray(value) if isinstance(value, (np.ndarray, np.generic)) else value


@settings(max_examples=50, deadline=None)
@given(st.randoms(use_true_random=False))
def test_any_order_of_calls_gives_what_numpy_gives(chance: random.Random) -> None:
    pairs = [(chance.choice(OPERANDS), chance.choice(OPERANDS)) for _ in range(6)]
    pairs = [(a, b) for a, b in pairs if isinstance(a, np.ndarray) or isinstance(b, np.ndarray)]
    chosen = chance.sample(OPERATORS, 2)
    for _ in range(40 * bool(pairs)):
        a, b = chance.choice(pairs)
        compute: Callable[[Any, Any], Any] = chance.choice(chosen)
        wanted: Any = TypeError
        with np.errstate(all="ignore"):
            try:
                wanted = compute(a, b)
            except TypeError:  # NumPy does not subtract bools
                with pytest.raises(TypeError, match="bool"):
                    compute(tensor(a), tensor(b))
                continue
        result = compute(tensor(a), tensor(b))
        assert result.dtype == pg.asarray(wanted).dtype
        np.testing.assert_array_equal(result, wanted)


def test_numbers_that_do_not_fit_are_refused_each_time() -> None:
    x = pg.asarray(np.arange(3, dtype=np.int32))
    for _ in range(3):
        assert (x + 5).tolist() == [5, 6, 7]
        with pytest.raises(OverflowError, match="4294967296 does not fit int32"):
            x + 2**32
        assert (x + 5.5).dtype == "float64"


def test_faults_of_recent_calls() -> None:
    x, zero, one = pg.asarray([7, 8]), pg.asarray([1, 0]), pg.asarray([1, 1])
    for _ in range(3):
        assert (x // one).tolist() == [7, 8]
        with pytest.raises(ZeroDivisionError):
            x // zero
        with pytest.raises(ValueError, match="broadcast"):
            x + pg.asarray([1, 2, 3])


def test_results_have_memory_of_their_own() -> None:
    x = pg.asarray([1.0, 2.0])
    results = [-x for _ in range(3)]
    results[0][0] = 5.0
    x[1] = 7.0
    assert [result.tolist() for result in results] == [[5.0, -2.0], [-1.0, -2.0], [-1.0, -2.0]]


def test_recent_calls_go_when_memory_is_released() -> None:
    x = pg.asarray([1.0, 2.0])
    for _ in range(3):
        assert (x * 3).tolist() == [3.0, 6.0]
        pg.runtime.release_memory()


KEYS = st.lists(
    st.one_of(
        st.integers(-4, 4),
        st.slices(4),
        st.just(slice(None)),
        st.none(),
        st.just(Ellipsis),
    ),
    max_size=4,
).map(tuple)


@settings(max_examples=300, deadline=None)
@given(KEYS, st.sampled_from([np.float32, np.int64, np.bool_]))
def test_reading_and_writing_items(key: tuple[Any, ...], dtype: Any) -> None:
    array = (np.arange(24).reshape(2, 3, 4) % 7).astype(dtype)
    x = pg.asarray(array)
    try:
        wanted = array[key]
    except IndexError:
        with pytest.raises(IndexError):
            x[key]
        with pytest.raises(IndexError):
            x[key] = x[0, 0, 0]
        return
    part = x[key]
    assert part.dtype == array.dtype.name
    np.testing.assert_array_equal(part, wanted)
    for value in (True, pg.asarray(wanted[..., ::-1] if wanted.ndim else wanted), pg.asarray(True)):
        if isinstance(value, bool) and dtype != np.bool_:
            value = 5
        changed, of_numpy = x.copy(), array.copy()
        changed[key] = value
        of_numpy[key] = value if isinstance(value, (int, bool)) else np.asarray(value)
        np.testing.assert_array_equal(changed, of_numpy)
        np.testing.assert_array_equal(x, array)  # its memory was shared
        changed[key] = value  # and now it is not
        np.testing.assert_array_equal(changed, of_numpy)


def test_keys_that_make_too_many_dimensions() -> None:
    x = pg.ones((1,) * 10)
    assert x[(None,) * 6].ndim == 16
    for key in [(None,) * 7, (None,) * 7 + (slice(None),) * 10, (..., *[None] * 7)]:
        with pytest.raises(ValueError, match="16 dimensions"):
            x[key]


def test_writing_parts_of_itself() -> None:
    x, array = pg.asarray(np.arange(6.0)), np.arange(6.0)
    x[::-1] = x
    array[::-1] = array.copy()
    np.testing.assert_array_equal(x, array)
    x[1:] = x[:-1]
    array[1:] = array[:-1].copy()
    np.testing.assert_array_equal(x, array)


def test_items_of_large_arrays() -> None:
    array = np.arange(300_000.0).reshape(3, -1)
    x = pg.asarray(array)
    np.testing.assert_array_equal(x[1:, ::-1], array[1:, ::-1])
    x[:, 1:] = 2.0
    array[:, 1:] = 2.0
    np.testing.assert_array_equal(x, array)
