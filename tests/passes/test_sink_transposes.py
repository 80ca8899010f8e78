"""Products of transposed matrices: no copy, the same numbers."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np
import pytest

import pygraph as pg

RNG = np.random.default_rng(31)


def integers(*shape: int) -> np.ndarray:
    return RNG.integers(-9, 10, shape)


def in_loop(x: Any, w: Any) -> Any:
    for _ in pg.range(3):
        x = x @ pg.matrix_transpose(w)
    return x


CASES: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]] = {
    "right": (lambda x, w: x @ w.T, (integers(5, 7), integers(3, 7))),
    "left": (lambda x, w: x.T @ w, (integers(7, 5), integers(7, 3))),
    "both": (lambda x, w: x.T @ w.T, (integers(7, 5), integers(3, 7))),
    "by itself": (lambda x: x @ x.T, (integers(20, 33),)),
    "vector on the left": (lambda x, w: x @ w.T, (integers(40), integers(9, 40))),
    "vector on the right": (lambda x, w: w.T @ x, (integers(40), integers(40, 9))),
    "column": (lambda x, w: x @ w.T, (integers(6, 9), integers(1, 9))),
    "batches": (lambda x, w: x @ w.mT, (integers(2, 3, 4, 5), integers(3, 6, 5))),
    "batch and matrix": (lambda x, w: x @ w.T, (integers(4, 3, 5), integers(6, 5))),
    "transposed batch and matrix": (lambda x, w: x.mT @ w, (integers(4, 5, 3), integers(5, 6))),
    "large": (lambda x, w: x @ w.T, (integers(300, 260), integers(270, 260))),
    "loop": (in_loop, (integers(4, 6), integers(6, 6))),
}


def run(function: Callable[..., Any], passes: str, *arguments: np.ndarray) -> tuple[str, Any]:
    with mock.patch.dict(os.environ, PYGRAPH_PASSES=passes):
        staged = pg.function(function)
        result = np.asarray(staged(*map(pg.asarray, arguments)))
        return staged.get_concrete_function(*map(pg.asarray, arguments)).plan.as_text(), result


@pytest.mark.parametrize("name", CASES)
def test_a_transposed_operand_is_read_where_it_stands(name: str) -> None:
    function, arguments = CASES[name]
    plan, result = run(function, "", *arguments)
    plain, unsunk = run(function, "-sink_transposes", *arguments)
    assert ("permute_dims" in plan, "matmul_transposed" in plan) == (False, True)
    assert ("permute_dims" in plain, "matmul_transposed" in plain) == (True, False)
    np.testing.assert_array_equal(result, unsunk)
    np.testing.assert_array_equal(result, np.asarray(function(*map(pg.asarray, arguments))))
    # The integers are small: float32 holds every sum, in any order.
    floating = [argument.astype("float32") for argument in arguments]
    np.testing.assert_array_equal(run(function, "", *floating)[1], result)


def test_other_permutations_stay() -> None:
    def function(x: Any) -> Any:
        return pg.permute_dims(x, (1, 0, 2)) @ pg.permute_dims(x, (1, 2, 0))

    x = integers(3, 4, 3)
    plan, result = run(function, "", x)
    assert plan.count("permute_dims") == 2
    np.testing.assert_array_equal(result, x.transpose(1, 0, 2) @ x.transpose(1, 2, 0))


def test_a_transposed_matrix_that_is_a_result_is_made() -> None:
    plan, _ = run(lambda x: (x @ x.T, x.T), "", integers(4, 4))
    assert ("permute_dims" in plan, "matmul_transposed" in plan) == (True, True)
