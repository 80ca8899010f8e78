"""Simplified graphs give the same bits, and are simpler."""

from __future__ import annotations

import numpy as np
import pytest

import pygraph as pg


@pytest.mark.parametrize("dtype", ["int32", "int64", "float32", "float64"])
@pytest.mark.parametrize("shape", [(), (7,)])
def test_squares(dtype: str, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    x = (np.random.default_rng(3).normal(size=shape) * 1e6).astype(dtype)
    simple = pg.function(lambda x: x**2)
    assert "square" in simple.get_concrete_function(x).plan.as_text()
    monkeypatch.setenv("PYGRAPH_PASSES", "-simplify")
    plain = pg.function(lambda x: x**2)
    assert "pow" in plain.get_concrete_function(x).plan.as_text()
    assert np.asarray(simple(x)).tobytes() == np.asarray(plain(x)).tobytes()
    np.testing.assert_array_equal(np.asarray(simple(x)), x**2)


def same(x, n):
    """Use what gives back what it got: in loops, in branches and as results."""
    y = pg.astype(x, x.dtype) + 0
    total = y
    for i in pg.range(n):
        total = total + pg.astype(0 + i, x.dtype)
        if i > 1:
            total = pg.astype(total, x.dtype)
    return y, total, 0 + x


@pytest.mark.parametrize("dtype", ["int32", "int64", "float32", "float64"])
def test_what_changes_nothing(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = np.array([-0.0, 1.0, 7.0]).astype(dtype), np.asarray(4)
    simple = pg.function(same)
    monkeypatch.setenv("PYGRAPH_PASSES", "-simplify")
    plain = pg.function(same)
    for one, other in zip(simple(*arguments), plain(*arguments), strict=True):
        assert np.asarray(one).tobytes() == np.asarray(other).tobytes()
        assert not np.shares_memory(np.asarray(one), arguments[0])


def element(x, i, j, k):
    row = x[i]
    return x[i][j][k], x[i][j, k], x[i, j][k] + 1, row[j][k], row[0]


def test_rows_that_only_give_an_element_are_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.arange(24).reshape(2, 3, 4)
    simple = pg.function(element)
    monkeypatch.setenv("PYGRAPH_PASSES", "-simplify")
    plain = pg.function(element)
    for place in [(0, 0, 0), (-1, -3, 3), (1, 2, -4), (2, 0, 0), (0, 3, 0), (0, 0, 4), (-3, 9, 9)]:
        arguments = x, *map(np.asarray, place)
        found = []
        for function in (simple, plain):
            try:
                found.append([np.asarray(part).tolist() for part in function(*arguments)])
            except IndexError as error:
                found.append([str(error)])
        assert found[0] == found[1], place


def nested(a, b, n):
    total = 0.0
    for i in pg.range(n):
        for j in pg.range(n):
            total += a[i][j] * b[j - 1][i]
    return total


def test_elements_of_rows_are_read_in_one_loop() -> None:
    a, b = np.random.default_rng(1).normal(size=(2, 5, 5))
    function = pg.function(nested)
    np.testing.assert_allclose(function(a, b, np.asarray(5)), nested(a, b, 5), rtol=1e-14)
    (concrete,) = function.concrete_functions
    assert "load_pair_uint64" in concrete.plan.as_text()
    assert "gather" not in concrete.plan.as_text()
