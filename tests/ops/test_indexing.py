"""Indexing against NumPy: every kind of key, staged with known and unknown dims, and the errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from index_keys import ADVANCED, BASIC, text
from modes import DTYPES, check, sample

import pygraph as pg


@pytest.mark.parametrize("key", BASIC, ids=text)
def test_basic_keys(key: Any) -> None:
    x = sample("int64", (3, 4, 5))
    check(lambda x: x[key], x[key], x)


@pytest.mark.parametrize("key", ADVANCED, ids=text)
def test_advanced_keys(key: Any) -> None:
    x = sample("float32", (3, 4, 5))
    check(lambda x: x[key], x[key], x)


def test_every_dtype() -> None:
    for dtype in DTYPES:
        x = sample(dtype, (3, 4))
        for key in (1, (slice(1), 2), [0, 2], x.astype("bool"), (slice(None, None, -2), [1, 1])):
            check(lambda x, key=key: x[key], x[key], x)


def test_masks() -> None:
    x = sample("int64", (3, 4, 2))
    for shape in [(3,), (3, 4), (3, 4, 2)]:
        mask = sample("bool", shape, 5)
        check(lambda x, m: x[m], x[mask], x, mask)
    mask = sample("bool", (4, 2), 6)
    check(lambda x, m: x[:, m], x[:, mask], x, mask)
    check(lambda x, m: x[1, m], x[1, mask], x, mask)
    check(lambda x, m: x[..., m, 0], x[..., mask[:, 0], 0], x, mask[:, 0])
    check(lambda x: x[x > 0], x[x > 0], x)
    check(lambda x: x[x > 1000], x[x > 1000], x)
    scalar = np.asarray(3)
    check(lambda n: n[n > 2], scalar[scalar > 2], scalar)
    check(lambda n: n[n > 5], scalar[scalar > 5], scalar)
    check(lambda n: n[...], scalar, scalar)
    check(lambda n: n[None], scalar[None], scalar)
    check(lambda n: n[()], scalar, scalar)


def test_tensor_integers_and_bounds() -> None:
    x = sample("float64", (4, 5))
    i, j = np.asarray(2), np.asarray(-1, "int32")
    check(lambda x, i: x[i], x[2], x, i)
    check(lambda x, i, j: x[i, j], x[2, -1], x, i, j)
    check(lambda x, i: x[:, i], x[:, 2], x, i)
    check(lambda x, i, j: x[i, None, 1:j], x[2, None, 1:-1], x, i, j)
    check(lambda x, i: x[i, [0, 1]], x[2, [0, 1]], x, i)
    check(lambda x, i: x[i:], x[2:], x, i)
    check(lambda x, i: x[:i], x[:2], x, i)
    check(lambda x, i, j: x[i:j, j::-1], x[2:-1, -1::-1], x, i, j)
    check(lambda x, i: x[::-1][i : i + 10, 1:3], x[::-1][2:12, 1:3], x, i)
    check(lambda x, i: x[i : i + 2, i], x[2:4, 2], x, i)
    check(lambda x, i: x[i:0], x[2:0], x, i)
    check(lambda x, i: x[i:, [0, 1]], x[2:, [0, 1]], x, i)
    check(lambda x: x[x.shape[0] - 1], x[3], x)
    check(lambda x: x[: x.shape[1] - 3], x[:2], x)
    n = np.asarray([3, 0, 1])
    check(lambda x, n: x[n], x[n], x, n)
    check(lambda x, n: x[:, n[:2]], x[:, n[:2]], x, n)
    check(lambda x, n: x[n, n], x[n, n], x, n)
    check(lambda x, n, m: x[n, m], x[n, m := n[:, None]], x, n, m)
    check(lambda x, i: x[[i, 0, i + 1]], x[[2, 0, 3]], x, i)


def test_tensor_bounds_in_every_combination() -> None:
    x = np.arange(5)
    for step in (1, 2, -1, -3):
        function = pg.function(lambda x, a, b, s=step: x[a:b:s], autograph=False)
        for start in range(-7, 8):
            for stop in range(-7, 8):
                found = function(x, np.asarray(start), np.asarray(stop))
                np.testing.assert_array_equal(found.numpy(), x[start:stop:step])


@pytest.mark.parametrize("staged", [False, True])
def test_errors(staged: bool) -> None:
    x = pg.asarray(sample("float64", (3, 4)))

    def at(key: Any) -> Any:
        if not staged:
            return x[key]
        return pg.function(lambda x: x[key], autograph=False)(x)

    with pytest.raises(IndexError, match="index 3 is out of range for axis 0 of size 3"):
        at(3)
    with pytest.raises(IndexError, match="index -5 is out of range for axis 1 of size 4"):
        at((0, -5))
    with pytest.raises(IndexError, match="index 4 is out of range for axis 1 of size 4"):
        at(([0, 1], 4))
    with pytest.raises(IndexError, match=r"too many indices: 3 for an array of shape \[3, 4\]"):
        at((0, 0, 0))
    with pytest.raises(IndexError, match="index 7 is out of range for an axis of size 3"):
        at([0, 7])
    with pytest.raises(IndexError, match="index -6 is out of range for an axis of size 4"):
        at((slice(None), [0, -6]))
    with pytest.raises(IndexError, match=r"boolean index of shape \[2\] does not match axis 0"):
        at([True, False])
    with pytest.raises(IndexError, match=r"boolean index of shape \[3, 3\]"):
        at(np.ones((3, 3), bool))
    with pytest.raises(IndexError, match=r"index arrays of shapes \[2\], \[3\] do not broadcast"):
        at(([0, 1], [0, 1, 2]))
    with pytest.raises(IndexError, match="one ellipsis"):
        at((..., 0, ...))
    with pytest.raises(ValueError, match="step of a slice must not be zero"):
        at(slice(None, None, 0))
    for key in (1.0, "a", [0.5], np.asarray(1.0), {}, slice(1.0, 2), slice("a")):
        with pytest.raises(TypeError):
            at(key)
    with pytest.raises(TypeError, match="integer or bool, got float64; convert it"):
        at(np.ones(2))


def test_errors_at_run_time() -> None:
    signature = [pg.TensorSpec((None, None), "float64"), pg.TensorSpec((), "int64")]
    for dynamic in (False, True):
        function = pg.function(
            lambda x, i: x[:, i],
            autograph=False,
            input_signature=signature if dynamic else None,
        )
        x = np.ones((3, 4))
        assert function(x, np.asarray(3)).shape == (3,)
        with pytest.raises(IndexError, match="index 4 is out of range for an axis of size 4"):
            function(x, np.asarray(4))
    fixed = pg.function(lambda x, i: x[2], autograph=False, input_signature=signature)
    with pytest.raises(IndexError, match="index 2 is out of range for an axis of size 2"):
        fixed(np.ones((2, 2)), np.asarray(0))
    masked = pg.function(
        lambda x, m: x[m],
        autograph=False,
        input_signature=[pg.TensorSpec((None,), "float64"), pg.TensorSpec((None,), "bool")],
    )
    assert masked(np.ones(3), np.asarray([True, False, True])).shape == (2,)
    with pytest.raises(ValueError, match=r"\[2\].*\[3\]"):
        masked(np.ones(3), np.asarray([True, False]))
    with pytest.raises(TypeError, match="step of a slice"):
        pg.function(lambda x, i: x[::i], autograph=False)(np.ones(3), np.asarray(2))


def test_take() -> None:
    for dtype in DTYPES:
        x = sample(dtype, (3, 4))
        for indices in (np.asarray([2, 0]), np.asarray([[0, -1], [1, 1]]), np.asarray(1, "int32")):
            for axis in (0, 1, -1):
                check(
                    lambda x, i, a=axis: pg.take(x, i, axis=a),
                    np.take(x, indices, axis),
                    x,
                    indices,
                )
    v = sample("int64", (5,))
    check(pg.take, np.take(v, [4, 0]), v, np.asarray([4, 0]))
    with pytest.raises(ValueError, match=r"take.*needs an axis"):
        pg.take(pg.ones((2, 2)), pg.asarray([0]))
    with pytest.raises(TypeError, match="take: indices must be integers, got float64"):
        pg.take(pg.ones(2), pg.asarray([0.0]))
    with pytest.raises(IndexError, match="index 2 is out of range"):
        pg.take(pg.ones(2), pg.asarray([2]))


def test_take_along_axis() -> None:
    x = sample("float64", (3, 4, 2))
    rng = np.random.default_rng(3)
    for axis in (0, 1, 2, -1):
        for other in (False, True):
            shape = list(x.shape)
            shape[axis] = 5
            if other:
                shape[(axis + 1) % 3] = 1
            indices = rng.integers(-x.shape[axis], x.shape[axis], shape)
            check(
                lambda x, i, a=axis: pg.take_along_axis(x, i, axis=a),
                np.take_along_axis(x, indices, axis),
                x,
                indices,
            )
    v = sample("int32", (4,))
    order = np.asarray([3, 1, 1])
    check(pg.take_along_axis, np.take_along_axis(v, order, -1), v, order)
    wide = sample("int64", (1, 4))
    rows = np.asarray([[0], [3], [2]])
    check(pg.take_along_axis, np.take_along_axis(wide, rows, -1), wide, rows)
    with pytest.raises(ValueError, match=r"take_along_axis.*dimensions"):
        pg.take_along_axis(pg.asarray(x), pg.asarray([1]))
    with pytest.raises(ValueError, match=r"take_along_axis.*do not fit"):
        pg.take_along_axis(pg.asarray(x), pg.zeros((2, 1, 2), dtype="int64"), axis=1)
    with pytest.raises(TypeError, match="integers"):
        pg.take_along_axis(pg.asarray(x), pg.zeros((3, 1, 2)), axis=1)


def test_nonzero() -> None:
    for dtype in DTYPES:
        for shape in [(4,), (3, 4), (2, 0), (2, 3, 2), (1, 1)]:
            x = sample(dtype, shape, 3, -2, 2)
            check(pg.nonzero, list(np.nonzero(x)), x)
    with pytest.raises(ValueError, match="nonzero"):
        pg.nonzero(pg.asarray(1))


def test_iteration_and_membership() -> None:
    x = sample("int64", (3, 2))
    assert [row.tolist() for row in pg.asarray(x)] == x.tolist()
    assert x[0, 0] in pg.asarray(x)
    assert 1000 not in pg.asarray(x)
    check(lambda x: list(x), list(x), x, unknown=False)


SIZES = (3, 4, 2)


@st.composite
def keys(draw: st.DrawFn) -> tuple[Any, ...]:
    """Keys for an array of shape SIZES, as NumPy takes them."""
    parts: list[Any] = []
    kept = draw(st.integers(0, 3))
    broadcast = draw(st.sampled_from([(2,), (1,), (2, 1), (0,)]))
    for size in SIZES[:kept]:
        kind = draw(st.sampled_from(["integer", "slice", "slice", "array", "mask", "new", "whole"]))
        if kind == "new":
            parts.append(None)
            kind = "whole"
        bound = st.none() | st.integers(-size - 2, size + 2)
        if kind == "integer":
            parts.append(draw(st.integers(-size, size - 1)))
        elif kind == "slice":
            step = draw(st.none() | st.sampled_from([1, 2, -1, -2]))
            parts.append(slice(draw(bound), draw(bound), step))
        elif kind == "array":
            shape = draw(st.sampled_from([broadcast, (1,)]))
            values = draw(
                st.lists(
                    st.integers(-size, size - 1),
                    min_size=int(np.prod(shape)),
                    max_size=int(np.prod(shape)),
                )
            )
            parts.append(np.asarray(values, "int64").reshape(shape))
        elif kind == "mask":
            mask = np.zeros(size, bool)
            count = int(np.prod(broadcast)) if len(broadcast) == 1 else 1
            mask[:count] = True
            parts.append(mask)
        else:
            parts.append(slice(None))
    if draw(st.booleans()):
        parts.insert(draw(st.integers(0, len(parts))), ...)
    return tuple(parts)


@given(keys(), st.booleans())
@example((..., np.asarray([0]), None, 1), True)
@example((0, ..., np.asarray([[0]])), True)
def test_any_key(key: tuple[Any, ...], staged: bool) -> None:
    x = np.arange(24).reshape(SIZES)
    try:
        expected = x[key]
    except IndexError:
        return  # an ellipsis in front made a part index another axis
    function = pg.function(lambda x: x[key], autograph=False) if staged else lambda x: x[key]
    found = np.asarray(function(pg.asarray(x)))
    assert found.shape == expected.shape
    np.testing.assert_array_equal(found, expected)
