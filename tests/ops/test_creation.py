"""Making tensors, against NumPy; asarray of everything that it takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from modes import DTYPES, NUMBERS, check, every_way, odd, sample

import pygraph as pg


def same(found: pg.Tensor, expected: Any) -> None:
    expected = np.asarray(expected)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    np.testing.assert_array_equal(found.numpy(), expected)


@pytest.mark.parametrize(
    "value",
    [
        1, 2.5, True, [1, 2], [1, 2.5], [True, False], [[1, 2], [3, 4]], (1, (2, 3))[1:], [], [[]],
        [[[1]], [[2]]], [True, 2], [np.float32(1), np.float32(2)], [np.asarray([1, 2]), [3, 4]],
    ],
)  # fmt: skip
def test_asarray_of_python_values(value: Any) -> None:
    same(pg.asarray(value), value)
    check(lambda: pg.asarray(value), np.asarray(value))
    for dtype in DTYPES:
        same(pg.asarray(value, dtype=dtype), np.asarray(value).astype(dtype))


def test_asarray_of_arrays() -> None:
    for dtype in DTYPES:
        x = sample(dtype, (2, 3))
        same(pg.asarray(x), x)
        same(pg.asarray(odd(x)), x)
        same(pg.asarray(np.asfortranarray(x)), x)
        same(pg.asarray(x.astype(x.dtype.newbyteorder())), x)
        same(pg.asarray(x[0, 0]), x[0, 0])
        for target in DTYPES:
            same(pg.asarray(x, dtype=target), x.astype(target))
    same(pg.asarray(np.asarray([1, 2], "uint8"), dtype=pg.int32), np.asarray([1, 2], "int32"))
    same(pg.asarray(np.asarray([1.5], "float16"), dtype="float64"), [1.5])
    with pytest.raises(TypeError, match="uint8"):
        pg.asarray(np.asarray([1, 2], "uint8"))
    with pytest.raises(TypeError, match="U1"):
        pg.asarray(np.asarray(["a"]))


def test_asarray_copies_what_others_can_write() -> None:
    x = np.ones(3)
    tensor = pg.asarray(x)
    x[0] = 5
    assert tensor[0].item() == 1
    shared = pg.asarray(x, copy=False)
    x[0] = 6
    assert shared[0].item() == 6
    view = x[:2]
    view.flags.writeable = False
    tensor = pg.asarray(view)
    x[0] = 7
    assert tensor[0].item() == 6
    frozen = np.ones(3)
    frozen.flags.writeable = False
    assert np.shares_memory(pg.asarray(frozen).numpy(), frozen)
    assert not np.shares_memory(pg.asarray(frozen, copy=True).numpy(), frozen)
    again = pg.asarray(tensor.numpy())
    assert np.shares_memory(again.numpy(), tensor.numpy())
    with pytest.raises(ValueError, match="copy"):
        pg.asarray(odd(x), copy=False)
    for value in (1, [1], np.asarray([1])):
        with pytest.raises(ValueError, match="copy"):
            pg.asarray(value, copy=False, dtype="float64")


def test_asarray_of_lists_of_tensors() -> None:
    x, y = np.asarray(1.5), np.asarray(2, "int64")
    check(lambda x, y: pg.asarray([x, y]), np.asarray([1.5, 2.0]), x, y)
    check(lambda x, y: pg.asarray([[x, y], [3, x]]), np.asarray([[1.5, 2], [3, 1.5]]), x, y)
    check(lambda y: pg.asarray([y, 1]), np.asarray([2, 1]), y)
    check(lambda y: pg.asarray([y, 1.5]), np.asarray([2, 1.5]), y)
    small = np.asarray(2, "float32")
    check(lambda s: pg.asarray([s, 1, 2.5]), np.asarray([2, 1, 2.5], "float32"), small)
    check(lambda s: pg.asarray([s, 1.9], dtype="int32"), np.asarray([2, 1], "int32"), small)
    v, w = sample("int32", (3,), 1), sample("float64", (3,), 2)
    check(lambda v, w: pg.asarray([v, w, [1, 2, 3]]), np.asarray([v, w, [1, 2, 3]]), v, w)
    check(lambda v: pg.asarray([[v], [v]]), np.asarray([[v], [v]]), v)
    with pytest.raises(ValueError, match=r"asarray.*shape"):
        pg.asarray([pg.ones(2), pg.ones(3)])
    with pytest.raises(ValueError, match=r"asarray.*dimensions"):
        pg.asarray([pg.ones(2), 1])


def test_asarray_errors() -> None:
    for value in ("a", None, {}, {1}, object(), ["a"], [None]):
        with pytest.raises(TypeError, match="asarray"):
            pg.asarray(value)
    with pytest.raises(ValueError, match=r"asarray.*shape"):
        pg.asarray([[1, 2], [3]])
    for value in (2**63, [2**63], [1, 2**70], -(2**63) - 1):
        with pytest.raises(OverflowError):
            pg.asarray(value)
    for value in (2**31, [2**31], [[0], [-(2**31) - 1]]):
        with pytest.raises(OverflowError, match="int32"):
            pg.asarray(value, dtype="int32")
    with pytest.raises(TypeError, match="complex64"):
        pg.asarray(1, dtype="complex64")
    with pytest.raises(TypeError, match="nonsense"):
        pg.asarray(1, dtype="nonsense")
    with pytest.raises(ValueError, match="device"):
        pg.asarray(1, device="gpu")
    tensor = pg.asarray([1])
    assert pg.asarray(tensor) is tensor
    assert pg.asarray(tensor, device="cpu", dtype="int64") is tensor


@pytest.mark.parametrize("shape", [(), 3, (2, 3), (0,), (2, 0), [2, 1]])
def test_constant_elements(shape: Any) -> None:
    same(pg.zeros(shape), np.zeros(shape))
    same(pg.ones(shape), np.ones(shape))
    assert pg.empty(shape, dtype="int32").shape == np.empty(shape).shape
    same(pg.full(shape, 7), np.full(shape, 7))
    same(pg.full(shape, 7.5), np.full(shape, 7.5))
    same(pg.full(shape, True), np.full(shape, True))
    for dtype in DTYPES:
        same(pg.zeros(shape, dtype=dtype), np.zeros(shape, dtype))
        same(pg.ones(shape, dtype=dtype), np.ones(shape, dtype))
        same(pg.full(shape, 1, dtype=dtype), np.full(shape, 1, dtype))
        x = sample(dtype, np.zeros(shape).shape)
        check(pg.zeros_like, np.zeros_like(x), x)
        check(pg.ones_like, np.ones_like(x), x)
        check(lambda x: pg.full_like(x, 1), np.full_like(x, 1), x)
        check(lambda x: pg.zeros_like(x, dtype="int32"), np.zeros_like(x, "int32"), x)
        assert pg.empty_like(pg.asarray(x)).dtype == dtype
    check(lambda: pg.ones(shape, dtype="float32"), np.ones(shape, "float32"))


def test_shapes_with_tensors() -> None:
    n = np.asarray(3)
    check(lambda n: pg.zeros((2, n)), np.zeros((2, 3)), n)
    check(lambda n: pg.full(n, n), np.full(3, 3), n)
    check(lambda n: pg.ones((n + 1, 2, n - 1), dtype="int32"), np.ones((4, 2, 2), "int32"), n)
    check(lambda n: pg.arange(n), np.arange(3), n)
    check(lambda n: pg.arange(1, n * 2, 2), np.arange(1, 6, 2), n)
    check(lambda n: pg.eye(n), np.eye(3), n)
    check(lambda n: pg.eye(2, n, k=1), np.eye(2, 3, k=1), n)
    check(lambda n: pg.linspace(0, 1, n), np.linspace(0, 1, 3), n)
    check(lambda x: pg.zeros(x.shape), np.zeros((2, 3)), np.ones((2, 3)))
    check(lambda x: pg.zeros(x.shape[0]), np.zeros(2), np.ones((2, 3)))
    for bad in (1.5, "a", None, (2, 1.5), True):
        with pytest.raises(TypeError, match="zeros"):
            pg.zeros(bad)
    with pytest.raises(ValueError, match=r"zeros.*negative"):
        pg.zeros((2, -1))
    with pytest.raises(ValueError, match="negative"):
        pg.function(lambda n: pg.zeros(n), autograph=False)(pg.asarray(-1))
    with pytest.raises(ValueError, match="63 bits"):
        pg.zeros(2**64)
    with pytest.raises(ValueError, match="63 bits"):
        pg.zeros((2**31, 2**31, 2**31))
    with pytest.raises(TypeError, match=r"bool|integer"):
        pg.function(lambda n: pg.zeros(n), autograph=False)(pg.asarray(1.0))


@pytest.mark.parametrize(
    "bounds",
    [(5,), (0,), (-3,), (2, 7), (7, 2), (7, 2, -1), (0, 10, 3), (10, 0, -3), (2.5,), (0, 1, 0.1),
     (1, 0, -0.25), (0, 5, 2.5), (-1.5, 1.5)],
)  # fmt: skip
def test_arange(bounds: Any) -> None:
    same(pg.arange(*bounds), np.arange(*bounds))
    check(lambda: pg.arange(*bounds), np.arange(*bounds))
    for dtype in NUMBERS:
        if all(isinstance(b, int) for b in bounds) or np.dtype(dtype).kind == "f":
            found, expected = pg.arange(*bounds, dtype=dtype), np.arange(*bounds, dtype=dtype)
            assert found.dtype == dtype
            np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6, atol=1e-6)


def test_arange_of_tensors_and_errors() -> None:
    for dtype in NUMBERS:
        stop = np.asarray(4, dtype)
        check(lambda stop: pg.arange(stop), np.arange(4, dtype=dtype), stop)
        check(lambda stop: pg.arange(1, stop, 2), np.arange(1, 4, 2, dtype=dtype), stop)
    for function in (pg.arange, pg.function(pg.arange, autograph=False)):
        with pytest.raises(ValueError, match=r"arange.*step.*zero"):
            function(0, 5, 0)
        with pytest.raises(ValueError, match=r"arange.*step.*zero"):
            function(0, 5, pg.asarray(0))
        with pytest.raises(TypeError, match=r"arange.*scalars.*\[2\]"):
            function(pg.asarray([1, 2]))
        with pytest.raises(ValueError, match="arange"):
            function(0.0, float("inf"))
    with pytest.raises((OverflowError, MemoryError)):
        pg.arange(2**62)
    with pytest.raises(OverflowError):
        pg.arange(-(2**63), 2**63 - 1)


@given(
    st.integers(-1000, 1000),
    st.integers(-1000, 1000),
    st.integers(-50, 50).filter(lambda s: s != 0),
)
def test_arange_of_ints(start: int, stop: int, step: int) -> None:
    assert pg.arange(start, stop, step).tolist() == list(range(start, stop, step))


@pytest.mark.parametrize("num", [0, 1, 2, 5, 50])
@pytest.mark.parametrize("endpoint", [True, False])
def test_linspace(num: int, endpoint: bool) -> None:
    for start, stop in [(0, 1), (2.5, -3), (1, 1), (-1e9, 1e9)]:
        expected = np.linspace(start, stop, num, endpoint=endpoint)
        check(
            lambda start=start, stop=stop: pg.linspace(start, stop, num, endpoint=endpoint),
            expected,
            rtol=1e-15,
            atol=1e-15,
        )
        for dtype in ("float32", "int64"):
            found = pg.linspace(start, stop, num, endpoint=endpoint, dtype=dtype)
            same(found, np.linspace(start, stop, num, endpoint=endpoint, dtype=dtype))
    stop = np.asarray(3, "float32")
    found = pg.linspace(0, pg.asarray(stop), 4)
    assert found.dtype == "float32"
    with pytest.raises(ValueError, match="linspace"):
        pg.linspace(0, 1, -1)


def test_eye() -> None:
    for rows, columns in [(3, None), (2, 4), (4, 2), (0, 3), (1, 1)]:
        for k in (-5, -1, 0, 1, 2, 5):
            for dtype in DTYPES:
                same(pg.eye(rows, columns, k=k, dtype=dtype), np.eye(rows, columns, k, dtype))
    check(lambda: pg.eye(3, k=-1), np.eye(3, k=-1))
    with pytest.raises(ValueError, match="eye"):
        pg.eye(-1)


def test_triangles() -> None:
    for dtype in DTYPES:
        for shape in [(3, 3), (2, 4), (4, 2), (2, 3, 3), (0, 3)]:
            x = sample(dtype, shape, 4)
            for k in (-2, 0, 1):
                check(lambda x, k=k: pg.tril(x, k=k), np.tril(x, k), x)
                check(lambda x, k=k: pg.triu(x, k=k), np.triu(x, k), x)
    for function in (pg.tril, pg.triu):
        with pytest.raises(ValueError, match=function.__name__):
            function(pg.ones(3))


@pytest.mark.parametrize("indexing", ["xy", "ij"])
def test_meshgrid(indexing: Any) -> None:
    arrays = [sample("float64", (n,), n) for n in (2, 3, 4)]
    for count in range(4):
        expected = list(np.meshgrid(*arrays[:count], indexing=indexing))
        results = (
            every_way(lambda *a: pg.meshgrid(*a, indexing=indexing), *arrays[:count])
            if count != 0
            else {}
        )
        for way, found in results.items():
            for have, want in zip(found, expected, strict=True):
                np.testing.assert_array_equal(have, want, way)
    with pytest.raises(ValueError, match="meshgrid"):
        pg.meshgrid(pg.ones((2, 2)))
    with pytest.raises(ValueError, match="indexing"):
        pg.meshgrid(pg.ones(2), indexing="ab")
