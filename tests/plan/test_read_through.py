"""Slices that only elementwise operations read are not copied: the same bits, read in place."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pygraph as pg

Array = np.ndarray
RNG = np.random.default_rng(23)
COPIES = ("slice", "permute_dims", "broadcast_to", "gather")


def samples(*shape: int, dtype: str = "float32") -> Array:
    return RNG.normal(size=shape).astype(dtype)


def plan_and_results(
    function: Callable[..., Any], passes: str, *arguments: Array
) -> tuple[str, list[Array]]:
    with mock.patch.dict(os.environ, PYGRAPH_PASSES=passes):
        staged = pg.function(function)
        results = staged(*map(pg.asarray, arguments))
        plan = staged.get_concrete_function(*map(pg.asarray, arguments)).plan.as_text()
    results = results if isinstance(results, tuple) else (results,)
    return plan, [np.asarray(result) for result in results]


def check(function: Callable[..., Any], *arguments: Array) -> str:
    """Compare bits with the plan that makes all copies, and with NumPy; return the plan."""
    plan, results = plan_and_results(function, "", *arguments)
    _, copied = plan_and_results(function, "-fuse", *arguments)
    expected = function(*arguments)
    expected = expected if isinstance(expected, tuple) else (expected,)
    for got, same, want in zip(results, copied, expected, strict=True):
        assert got.shape == want.shape
        assert got.tobytes() == same.tobytes()
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
    return plan


def copies(plan: str) -> int:
    return sum(line.split()[1] in COPIES for line in plan.splitlines() if " <- " in line)


def gates(x: Any, c: Any) -> Any:
    i, f, g = (x[:, k * 6 : (k + 1) * 6] for k in range(3))
    return f * c + i * g


def laplacian(u: Any) -> Any:
    around = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2]
    return around - 4.0 * u[1:-1, 1:-1]


# The function, its arguments, and how many copies its plan has left.
CASES: dict[str, tuple[Callable[..., Any], tuple[Array, ...], int]] = {
    "columns": (gates, (samples(5, 18), samples(5, 6)), 0),
    "stencil on short rows": (laplacian, (samples(9, 12),), 0),
    "stencil on long rows": (laplacian, (samples(7, 700),), 0),
    "stencil on many rows": (laplacian, (samples(300, 301, dtype="float64"),), 0),
    "differences": (lambda x: x[1:] - x[:-1], (samples(5000),), 0),
    "one operation": (lambda x: -x[:, 1:4], (samples(6, 5),), 0),
    "rows": (lambda x: x[2:5] * 2.0 + x[3:6], (samples(8, 4),), 0),
    "turned rows": (lambda x: x[::-1] + x, (samples(8, 4),), 0),
    "turned columns": (lambda x: x[:, ::-1] + x, (samples(8, 4),), 1),
    "every second": (lambda x: x[:, ::2] * 2.0, (samples(8, 6),), 1),
    "every second row": (lambda x: x[::2] * 2.0, (samples(8, 6),), 0),
    "a row": (lambda x: x[2] * 2.0 - x[-1], (samples(8, 6),), 0),
    "a plane of rows": (lambda x: x[1, :, :3] + x[2, :, 3:], (samples(4, 5, 6),), 0),
    "a row of each plane": (lambda x: x[:, 1] * x[:, -1], (samples(4, 3, 5),), 0),
    "a column": (lambda x: x[..., 1] * 2.0, (samples(4, 3, 5),), 1),
    "parts of a bias": (lambda x, b: x * b[3:7] + b[:4], (samples(5, 4), samples(9)), 0),
    "planes": (lambda x: x[1:, :, 2:] * x[:-1, :, :-2], (samples(4, 3, 6),), 0),
    "reshaped": (lambda x: x[:, :6].reshape(4, 9) * 2.0, (samples(6, 8),), 0),
    "another cut": (lambda x, r: x[:, :6].reshape(4, 9) * r, (samples(6, 8), samples(9)), 1),
    "a flat half": (lambda x: x[:8].astype("float64") * 2.0, (samples(16),), 0),
    "a product's too": (lambda x: (x[:, :3] @ x[:3, :3], x[:, :3] + 1.0), (samples(5, 4),), 2),
    "a result too": (lambda x: (x[:, 1:] * 2.0, x[:, 1:]), (samples(5, 4),), 1),
    "sums of rows": (lambda x: (x[:, 5:] * x[:, :-5]).sum(axis=1), (samples(4, 300),), 0),
    "beside whole": (lambda x, y: y * 2.0 + x[:, :5] * y, (samples(3, 9), samples(3, 5)), 0),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_slice_is_read_where_it_stands(name: str) -> None:
    function, arguments, left = CASES[name]
    assert copies(check(function, *arguments)) == left


def test_a_repeated_row_is_read_where_it_stands() -> None:
    row = samples(3)
    plan, (got,) = plan_and_results(lambda r: pg.broadcast_to(r, (4, 3)) * 2.0, "", row)
    assert copies(plan) == 0
    np.testing.assert_array_equal(got, np.broadcast_to(row, (4, 3)) * np.float32(2))


def diffuse(u: Any) -> Any:
    for _ in pg.range(5):
        inner = u[1:-1] + 0.1 * (u[2:] + u[:-2] - 2.0 * u[1:-1])
        u = pg.concat([u[:1], inner, u[-1:]])
    return u


def mirror(u: Any) -> Any:
    for _ in pg.range(3):
        u = u + 0.5 * u[::-1]
    return u


def exchange(u: Any) -> Any:
    w = u + 1.0
    for _ in pg.range(3):
        part = u[1:4]
        u, w = w * 2.0, u
        w = pg.concat([w[:3] + part, w[3:]])
    return u - w


@pytest.mark.parametrize("function", [diffuse, mirror, exchange])
def test_the_state_of_a_loop_is_read_before_it_changes(function: Callable[..., Any]) -> None:
    u = samples(40, 1)
    _, (got,) = plan_and_results(function, "", u)
    _, (copied,) = plan_and_results(function, "none", u)
    assert got.tobytes() == copied.tobytes()


@pytest.mark.parametrize("passes", ["", "none"])
def test_a_variable_is_read_before_it_changes(passes: str) -> None:
    variable = pg.Variable(np.ones((4, 300), "float32"))

    def change(step: Any) -> Any:
        doubled = variable * 2.0
        part = variable[:, 1:]
        variable.assign_add(step)
        return doubled + 1.0, part * 3.0

    step = np.ones((4, 300), "float32")
    with mock.patch.dict(os.environ, PYGRAPH_PASSES=passes):
        whole, part = pg.function(change)(pg.asarray(step))
    np.testing.assert_array_equal(np.asarray(whole), np.full((4, 300), 3.0))
    np.testing.assert_array_equal(np.asarray(part), np.full((4, 299), 3.0))
    np.testing.assert_array_equal(np.asarray(variable), np.full((4, 300), 2.0))


@settings(max_examples=25)
@given(
    sizes=st.tuples(st.integers(1, 4), st.integers(2, 5), st.integers(2, 9)),
    starts=st.tuples(*[st.integers(0, 1)] * 3),
    steps=st.tuples(st.sampled_from([1, -1, 2]), st.sampled_from([1, -1]), st.sampled_from([1, 2])),
    wide=st.booleans(),
)
def test_any_slices(
    sizes: tuple[int, int, int],
    starts: tuple[int, int, int],
    steps: tuple[int, int, int],
    wide: bool,
) -> None:
    x = samples(sizes[0], sizes[1], sizes[2] * (70 if wide else 1))
    cut = tuple(
        slice(start, None, step) if step > 0 else slice(None, None if start == 0 else -1, step)
        for start, step in zip(starts, steps, strict=True)
    )
    check(lambda x: (x[cut] * 2.0 + 1.0, -x[cut]), x)
