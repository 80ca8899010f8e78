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
