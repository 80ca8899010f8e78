"""NumPy's functions on tensors: the function of the same meaning, eager and staged, or an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pygraph as pg

X = np.array([[0.5, -1.0, 2.0], [3.0, 0.25, -0.5]])
V = np.array([1.0, 2.0, 3.0])

FUNCTIONS: list[Callable[[Any, Any], Any]] = [
    lambda x, v: np.sin(x) + np.absolute(v),
    lambda x, v: np.add(x, 1) * np.maximum(v, 1.5),
    lambda x, v: np.arctan2(x, 2.0) - np.power(v, 2),
    lambda x, v: np.sum(x, axis=0) + np.mean(v),
    lambda x, v: np.where(x > 0, x, 0),
    lambda x, v: np.concatenate([v, v]),
    lambda x, v: np.dot(x, v) + np.dot(2.0, 3.0),
    lambda x, v: np.transpose(x) @ np.ones(2),
    lambda x, v: np.zeros_like(x) + np.shape(x)[0] + np.ndim(v),
    lambda x, v: V + v - X / x,
    lambda x, v: np.float64(2.0) * v + np.cumsum(v),
    lambda x, v: divmod(np.array([7.0, 8.0, 9.0]), v)[1],
    lambda x, v: (np.ones(3) < v) == (v <= V),
    lambda x, v: np.clip(x, 0.0, 1.0),
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_as_on_arrays(function: Callable[[Any, Any], Any]) -> None:
    expected = function(X, V)
    tensors = pg.asarray(X), pg.asarray(V)
    for result in (function(*tensors), pg.function(function)(*tensors)):
        assert isinstance(result, pg.Tensor)
        np.testing.assert_allclose(result.numpy(), expected, rtol=1e-14)


def test_without_a_counterpart() -> None:
    v = pg.asarray(V)
    assert np.median(v) == 2.0
    assert np.add.reduce(v) == 6.0
    out = np.ones(3)
    out += v
    np.testing.assert_array_equal(out, [2, 3, 4])
    cases: dict[str, Callable[[Any], Any]] = {
        "numpy.median": lambda v: np.median(v),
        "numpy.add.reduce": lambda v: np.add.reduce(v),
        "numpy.sin with where": lambda v: np.sin(v, where=True),
        "NumPy array": lambda v: np.asarray(v),
    }
    text = "use pygraph's functions in place of NumPy's"
    for named, function in cases.items():
        with pytest.raises(TypeError, match=f"{named}.*{text}"):
            pg.function(function)(v)
