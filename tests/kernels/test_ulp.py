"""The errors of the polynomial functions, measured against wider arithmetic over their domains."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from kernel_samples import FLOATS, Array, extended, ulps

import pygraph as pg


def sigmoid(x: Array) -> Array:
    small = np.exp(-np.abs(x))
    return np.where(x < 0, small, 1) / (1 + small)


def erf(x: Array) -> Array:
    """The series of positive terms, erf(x) = 2 x exp(-x x) / sqrt(pi) (1 + 2 x x / 3 + ...)."""
    near = np.clip(x, -7, 7)
    term = total = np.ones_like(near)
    for k in range(1, 250):
        term = term * (2 * near * near / (2 * k + 1))
        total = total + term
    pi = 4 * np.arctan(np.longdouble(1))
    return 2 / np.sqrt(pi) * near * np.exp(-near * near) * total


# The bound, and the intervals in float32 and in float64; None stands for all magnitudes.
Intervals = list[tuple[float, float] | None]
TABLE: dict[str, tuple[Callable[[Array], Array], float, Intervals, Intervals]] = {
    "exp": (np.exp, 1.1, [(-105, 90), (-1, 1), (-0.01, 0.01)], [(-747, 711), (-1, 1)]),
    "log": (np.log, 0.9, [None, (0.5, 2), (0.99, 1.01)], [None, (0.5, 2), (0.99, 1.01)]),
    "tanh": (np.tanh, 2.6, [(-10, 10), (-1, 1), (0.5, 0.6)], [(-22, 22), (-1, 1), (0.5, 0.6)]),
    "sigmoid": (sigmoid, 2.5, [(-105, 21), (-5, 5)], [(-747, 41), (-5, 5)]),
    "expm1": (np.expm1, 2.3, [(-105, 90), (-1, 1), (-0.01, 0.01)], [(-747, 711), (-1, 1)]),
    "log1p": (np.log1p, 2, [(-1, 1), (-0.01, 0.01), (1, 1e9)], [(-1, 1), (-0.01, 0.01), (1, 1e9)]),
    "erf": (erf, 3.2, [(-4.5, 4.5), (-1, 1), (-0.01, 0.01)], [(-6.5, 6.5), (-1, 1), (-0.01, 0.01)]),
    "sin": (
        np.sin,
        1.5,
        [(-4, 4), (-8192, 8192), (-1e6, 1e6)],
        [(-4, 4), (-1e6, 1e6), (-1e9, 1e9)],
    ),
    "cos": (
        np.cos,
        1.5,
        [(-4, 4), (-8192, 8192), (-1e6, 1e6)],
        [(-4, 4), (-1e6, 1e6), (-1e9, 1e9)],
    ),
}


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", TABLE)
def test_error_is_within_the_stated_bound(name: str, dtype: str) -> None:
    reference, bound, single, double = TABLE[name]
    rng = np.random.default_rng(11)
    for interval in single if dtype == "float32" else double:
        if interval is None:
            info = np.finfo(dtype)
            x = np.exp2(rng.uniform(info.minexp - info.nmant, info.maxexp, 100_000)).astype(dtype)
        else:
            x = rng.uniform(*interval, 100_000).astype(dtype)
        with np.errstate(all="ignore"):
            want = reference(extended(x))
        worst = float(ulps(np.asarray(getattr(pg, name)(pg.asarray(x))), want).max())
        assert worst <= bound, f"{worst:.3f} ulp in {interval}"


def test_the_documented_bounds_are_these() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"
    rows = re.findall(r"^\| (\w+) +\| ([\d.]+) +\|$", page.read_text(), re.MULTILINE)
    assert {name: float(bound) for name, bound in rows} == {n: row[1] for n, row in TABLE.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLE)
def test_float32_over_all_exponents_and_signs(name: str) -> None:
    reference, bound, _, _ = TABLE[name]
    x = np.arange(0, 2**32, 509, dtype=np.uint64).astype(np.uint32).view(np.float32)
    for part in np.array_split(x, 8):
        with np.errstate(all="ignore"):
            want = reference(extended(part))
        assert float(ulps(np.asarray(getattr(pg, name)(pg.asarray(part))), want).max()) <= bound
