"""Names that are one of several tensors, as tensors decide: what a graph of them costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pygraph as pg


def chosen_again_and_again(v: Any, flags: Any) -> Any:
    w = v + 1
    for i in range(10):
        if flags[i]:  # noqa: SIM102  (one inside the other, so that choices nest)
            if flags[9 - i]:
                w = v if flags[0] else w
        for _ in pg.range(2):
            if flags[1]:
                w += 1
    return v, w


@pytest.mark.parametrize("seed", range(6))
def test_choices_of_choices_do_not_nest(seed: int) -> None:
    flags = np.random.default_rng(seed).random(10) > 0.4
    staged = pg.function(chosen_again_and_again)
    v, w = staged(pg.asarray([1.0, 2.0]), pg.asarray(flags))
    plain_v = np.asarray([1.0, 2.0])
    plain_w = plain_v + 1
    for i in range(10):
        if flags[i] and flags[9 - i]:
            plain_w = plain_v if flags[0] else plain_w
        plain_w += 2 if flags[1] else 0
    np.testing.assert_array_equal(v, plain_v)
    np.testing.assert_array_equal(w, plain_w)
    assert len(staged.concrete_functions[0].graph.nodes) < 10_000
