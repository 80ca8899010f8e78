"""Shapes, orders and joining, against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from modes import DTYPES, check, odd, sample

import pygraph as pg


def test_reshape() -> None:
    for dtype in DTYPES:
        x = sample(dtype, (2, 6))
        for shape in [(12,), (3, 4), (-1,), (2, -1, 3), (1, 12, 1), 12, -1]:
            check(lambda x, s=shape: pg.reshape(x, s), np.reshape(x, shape), x)
    check(lambda x: x.reshape(3, -1), np.reshape(x, (3, -1)), x)
    check(lambda x: x.reshape((4, 3)), np.reshape(x, (4, 3)), x)
    check(lambda x: pg.reshape(x, ()), np.reshape(np.ones((1, 1)), ()), np.ones((1, 1)))
    check(lambda x: pg.reshape(x, (0, 5)), np.zeros((0, 5)), np.zeros((2, 0)))
    check(lambda x: pg.reshape(x, (x.shape[1], x.shape[0])), x.reshape(6, 2), x)
    check(lambda x: pg.reshape(x, (x.shape[0] * 2, -1)), x.reshape(4, 3), x)
    check(lambda x: pg.reshape(x, -1), odd(x).reshape(-1), odd(x))


def test_reshape_errors() -> None:
    x = pg.ones((2, 3))
    message = r"^reshape: cannot make shape \[2, 3\] \(6 elements\) into \[4\]"
    with pytest.raises(ValueError, match=message):
        pg.reshape(x, (4,))
    with pytest.raises(ValueError, match=message):
        pg.function(lambda x: pg.reshape(x, 4), autograph=False)(x)
    dynamic = pg.function(
        lambda x: pg.reshape(x, 4),
        autograph=False,
        input_signature=[pg.TensorSpec((None, None), "float64")],
    )
    with pytest.raises(ValueError, match=message):
        dynamic(x)
    for shape in [(-1, 4), (-1, -1), (0, -1), (-2, 3)]:
        with pytest.raises(ValueError, match="reshape"):
            pg.reshape(x, shape)
    with pytest.raises(TypeError, match="reshape"):
        pg.reshape(x, (2.0, 3))
    with pytest.raises(ValueError, match="16 dimensions"):
        pg.reshape(x, (2, 3) + (1,) * 15)


def test_broadcasting() -> None:
    for start, shape in [
        ((), (2, 3)),
        ((3,), (2, 3)),
        ((2, 1), (2, 3)),
        ((1, 3), (0, 3)),
        ((), ()),
    ]:
        for dtype in DTYPES:
            x = sample(dtype, start)
            check(lambda x, s=shape: pg.broadcast_to(x, s), np.broadcast_to(x, shape), x)
    x, y = sample("int32", (3, 1)), sample("float64", (2, 1, 4))
    check(lambda x, y: pg.broadcast_arrays(x, y), np.broadcast_arrays(x, y), x, y)
    check(
        lambda x, y: pg.broadcast_arrays(x, y), np.broadcast_arrays(y[0, :, :1], x), y[0, :, :1], x
    )
    with pytest.raises(ValueError, match=r"broadcast_to: shape \[2\] does not broadcast to \[3\]"):
        pg.broadcast_to(pg.ones(2), 3)
    with pytest.raises(ValueError, match=r"broadcast_arrays: shapes \[2\], \[3\] do not broadcast"):
        pg.broadcast_arrays(pg.ones(2), pg.ones(3))
    with pytest.raises(ValueError, match="broadcast_to"):
        pg.broadcast_to(pg.ones((2, 2)), (2,))
    with pytest.raises(ValueError, match="negative"):
        pg.broadcast_to(pg.ones(2), (-1, 2))


def test_orders_of_dimensions() -> None:
    for dtype in DTYPES:
        x = sample(dtype, (2, 3, 4))
        for axes in [(0, 1, 2), (2, 0, 1), (1, 0, 2), (-1, 0, 1)]:
            check(lambda x, a=axes: pg.permute_dims(x, a), np.transpose(x, axes), x)
    check(pg.transpose, x.T, x)
    check(lambda x: pg.transpose(x, (1, 0, 2)), np.transpose(x, (1, 0, 2)), x)
    for source, target in [(0, -1), (2, 0), ((0, 1), (1, 0)), ((0, 2), (-1, 0))]:
        check(lambda x, s=source, t=target: pg.moveaxis(x, s, t), np.moveaxis(x, source, target), x)
    check(pg.transpose, np.zeros((3, 0)), np.zeros((0, 3)))
    for axes in [(0, 1), (0, 0, 1), (0, 1, 3)]:
        with pytest.raises(ValueError, match="permute_dims"):
            pg.permute_dims(pg.asarray(x), axes)
    with pytest.raises(ValueError, match="moveaxis"):
        pg.moveaxis(pg.asarray(x), (0, 1), 2)


def test_added_and_dropped_dimensions() -> None:
    x = sample("float32", (2, 3))
    for axis in (0, 1, 2, -1, -3, (0, 2), (0, -1)):
        check(lambda x, a=axis: pg.expand_dims(x, axis=a), np.expand_dims(x, axis), x)
    y = sample("bool", (1, 2, 1))
    for axis in (0, 2, -1, (0, 2), (0, -1)):
        check(lambda y, a=axis: pg.squeeze(y, a), np.squeeze(y, axis), y)
    with pytest.raises(ValueError, match=r"squeeze: axis 1 of shape \[1, 2, 1\] is not of size 1"):
        pg.squeeze(pg.asarray(y), 1)
    with pytest.raises(ValueError, match="squeeze"):
        pg.function(
            lambda y: pg.squeeze(y, 1),
            autograph=False,
            input_signature=[pg.TensorSpec((None, None, None), "bool")],
        )(y)
    with pytest.raises(ValueError, match="expand_dims: axis 4"):
        pg.expand_dims(pg.asarray(x), axis=4)


def test_sum_to() -> None:
    for dtype in DTYPES:
        x = sample(dtype, (3, 1, 4), 1)
        x = np.rint(x) if dtype.startswith("float") else x  # sums are exact
        for shape, axes in (
            ((3, 1, 4), ()),
            ((1, 4), (0,)),
            ((1, 1, 4), (0,)),
            ((3, 1, 1), (2,)),
            ((), (0, 1, 2)),
            ((1,), (0, 1, 2)),
        ):
            expected = x.sum(axes).reshape(shape)
            check(lambda x, s=shape: pg.sum_to(x, s), expected, x)
    x, small = sample("float64", (2, 3), 2), sample("float64", (3,), 3)
    check(lambda x, y: pg.sum_to(x, y.shape), x.sum(0), x, small)
    check(lambda x, y: pg.sum_to(x * 2 + y, y.shape) * 3, (x * 2 + small).sum(0) * 3, x, small)
    check(lambda x: pg.sum_to(x, (1, 3)), np.zeros((1, 3)), np.zeros((0, 3)))
    check(lambda x: pg.sum_to(x, (0, 1)), np.zeros((0, 1)), np.zeros((0, 3)))
    for shape in ((2,), (2, 3, 1), (1, 1, 2, 3), (4, 3)):
        with pytest.raises(ValueError, match=r"sum_to: shape .* broadcasts to"):
            pg.sum_to(pg.asarray(x), shape)


def test_concat_and_stack() -> None:
    for first in DTYPES:
        for second in DTYPES:
            x, y = sample(first, (2, 3), 1), sample(second, (1, 3), 2)
            found = pg.concat((pg.asarray(x), pg.asarray(y)))
            expected = np.concatenate((x, y))
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found.numpy(), expected)
    check(lambda x, y: pg.concat([x, y]), np.concatenate([x, y]), x, y)
    check(lambda x, y: pg.concat([x, y], axis=None), np.concatenate([x, y], axis=None), x, y)
    check(lambda x: pg.concat([x, x, x], axis=-1), np.concatenate([x, x, x], axis=-1), x)
    check(lambda x: pg.concat([x]), x, x)
    empty = np.zeros((0, 3))
    check(lambda x, e: pg.concat([x, e]), np.concatenate([x, empty]), x, empty)
    for axis in (0, 1, 2, -1):
        check(lambda x, a=axis: pg.stack([x, x + 1], axis=a), np.stack([x, x + 1], axis=axis), x)
    check(lambda n: pg.stack([n, 1, n * 2]), np.asarray([5, 1, 10]), np.asarray(5))
    with pytest.raises(ValueError, match=r"concat: shapes \[2, 3\] and \[2, 4\] differ on axis 1"):
        pg.concat([pg.ones((2, 3)), pg.ones((2, 4))])
    with pytest.raises(ValueError, match=r"stack: shapes \[2\] and \[3\] differ"):
        pg.stack([pg.ones(2), pg.ones(3)])
    with pytest.raises(ValueError, match=r"concat.*stack"):
        pg.concat([pg.asarray(1), pg.asarray(2)])
    for function in (pg.concat, pg.stack):
        with pytest.raises(ValueError, match="one array or more"):
            function([])


def test_unstack() -> None:
    x = sample("int64", (2, 3))
    for axis in (0, 1, -1):
        check(
            lambda x, a=axis: pg.unstack(x, axis=a),
            [np.take(x, i, axis=axis) for i in range(x.shape[axis])],
            x,
            unknown=False,
        )
    dynamic = pg.function(
        lambda x: pg.unstack(x),
        autograph=False,
        input_signature=[pg.TensorSpec((None, 3), "int64")],
    )
    with pytest.raises(ValueError, match=r"unstack.*not known"):
        dynamic(x)


def test_flip() -> None:
    for dtype in DTYPES:
        for shape in [(), (4,), (2, 3), (0, 3), (2, 1, 3)]:
            x = sample(dtype, shape)
            for axis in [None, *range(len(shape)), tuple(range(len(shape)))]:
                check(lambda x, a=axis: pg.flip(x, axis=a), np.flip(x, axis), x)


@pytest.mark.parametrize("shift", [0, 1, -1, 2, 7, -100, (1, 2), (-1, 5)])
def test_roll(shift: Any) -> None:
    x = sample("int32", (3, 4))
    axes: list[Any] = [(0, 1), (1, 1)] if isinstance(shift, tuple) else [None, 0, 1, -1, (0, 1)]
    for axis in axes:
        check(lambda x, a=axis: pg.roll(x, shift, axis=a), np.roll(x, shift, axis), x)
    if isinstance(shift, int):
        empty = np.zeros((0, 2))
        check(lambda e: pg.roll(e, shift, axis=0), empty, empty)
        check(lambda x, s: pg.roll(x, s), np.roll(x, shift), x, np.asarray(shift))
    with pytest.raises(ValueError, match="roll"):
        pg.roll(pg.asarray(x), (1, 2, 3), axis=(0, 1))


def test_tile_and_repeat() -> None:
    for dtype in DTYPES:
        x = sample(dtype, (2, 3))
        for counts in [(2,), (2, 2), (1, 3), (3, 1, 2), (0, 2), (1, 1)]:
            check(lambda x, c=counts: pg.tile(x, c), np.tile(x, counts), x)
        for count in (0, 1, 3):
            for axis in (None, 0, 1, -1):
                check(
                    lambda x, c=count, a=axis: pg.repeat(x, c, axis=a),
                    np.repeat(x, count, axis),
                    x,
                )
    check(lambda n: pg.tile(n, (2, 2)), np.tile(np.asarray(3), (2, 2)), np.asarray(3))
    check(lambda x, n: pg.tile(x, (n, 2)), np.tile(x, (3, 2)), x, np.asarray(3))
    check(lambda x, n: pg.repeat(x, n, axis=1), np.repeat(x, 3, 1), x, np.asarray(3))
    check(lambda x, n: pg.repeat(x, n), np.repeat(x, 3), x, np.asarray(3))
    for call in (lambda: pg.tile(pg.ones(2), (-1,)), lambda: pg.repeat(pg.ones(2), -1)):
        with pytest.raises(ValueError, match="negative"):
            call()


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.randoms())
def test_any_permutation(shape: list[int], random: Any) -> None:
    axes = list(range(len(shape)))
    random.shuffle(axes)
    x = np.arange(np.prod(shape)).reshape(shape)
    found = pg.permute_dims(pg.asarray(x), axes)
    np.testing.assert_array_equal(found.numpy(), x.transpose(axes))


def test_sizes_of_tensors() -> None:
    x = np.ones((2, 3))
    assert pg.asarray(x).size == 6
    check(lambda x: pg.asarray(x.size), np.int64(6), x)
    check(lambda x: x + x.shape[0] * x.shape[1], x + 6, x)


# Each takes and gives a matrix; the second of a pair says the same in NumPy.
STEPS: list[tuple[Any, Any]] = [
    (lambda x: x.T, lambda x: x.T),
    (lambda x: pg.flip(x, axis=0), lambda x: np.flip(x, 0)),
    (lambda x: x[1:, ::2], lambda x: x[1:, ::2]),
    (lambda x: x[::-1, 1:], lambda x: x[::-1, 1:]),
    (lambda x: pg.roll(x, 1, axis=1), lambda x: np.roll(x, 1, 1)),
    (lambda x: pg.concat((x, x)), lambda x: np.concatenate((x, x))),
    (lambda x: pg.concat((x, -x), axis=1), lambda x: np.concatenate((x, -x), axis=1)),
    (lambda x: pg.reshape(x, (-1, 1)) + 1, lambda x: np.reshape(x, (-1, 1)) + 1),
    (lambda x: pg.reshape(x, (1, -1)), lambda x: np.reshape(x, (1, x.size))),
    (lambda x: pg.tile(x, (2, 1)), lambda x: np.tile(x, (2, 1))),
    (lambda x: pg.sum(x, axis=0, keepdims=True), lambda x: np.sum(x, axis=0, keepdims=True)),
    (lambda x: x - pg.sum(x, axis=1, keepdims=True), lambda x: x - x.sum(axis=1, keepdims=True)),
    (lambda x: x * 2 + pg.broadcast_to(x[:1], x.shape), lambda x: x * 2 + x[:1]),
    (lambda x: pg.cumulative_sum(x, axis=0), lambda x: np.cumsum(x, 0)),
    (lambda x: pg.where(x > 0, x, x * x), lambda x: np.where(x > 0, x, x * x)),
    (lambda x: x[:, [0, -1, 0]], lambda x: x[:, [0, -1, 0]]),
    (lambda x: x[x[:, 0] > 0], lambda x: x[x[:, 0] > 0]),
    (lambda x: pg.tril(x), lambda x: np.tril(x)),
]


@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=6))
def test_any_chain(steps: list[tuple[Any, Any]]) -> None:
    x = sample("int64", (3, 4), 5)
    expected = x
    for _, reference in steps:
        try:
            expected = reference(expected)
        except (IndexError, ValueError):
            return  # nothing is left to index
        if expected.size > 5000:
            return

    def chain(x: Any) -> Any:
        for step, _ in steps:
            x = step(x)
        return x

    check(chain, expected, x)


def test_sizes_promote_as_python_ints() -> None:
    def use(x: Any) -> Any:
        return x / x.shape[0], x * x.size, x.shape[0] / 2

    x = pg.asarray([1.0, 2.0, 3.0], dtype=pg.float32)
    unknown = pg.function(use, input_signature=[pg.TensorSpec((None,), pg.float32)])
    for result, expected in zip(unknown(x), use(x), strict=True):
        np.testing.assert_array_equal(np.asarray(result), np.asarray(expected))
        assert np.asarray(result).dtype == np.asarray(expected).dtype
