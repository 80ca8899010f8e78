"""``x[i][j] = value`` in converted code writes to x, like NumPy; elsewhere it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pygraph as pg


def index_after_index(x, n):
    for i in range(n):
        x[i][0] = 5
        x[i][1] += i
    return x


def index_after_slice(x, n):
    x[n - 2 :][0][1] -= 1
    x[:, 1][0] *= 3
    x[:, None][0, 0, 0] = 9
    x[n - 1][-1:] = x[0][:1]
    return x


def array_after_index(x, n):
    x[n][[0, 1]] = x[0][[1, 1]]
    table = {"k": x}
    table["k"][n][1] += 2
    return table["k"]


def in_assignments_of_several(x, n):
    x[0][1], x[1][0] = x[1][0] + 1, x[0][1] + 2
    for x[2][0] in range(n):
        pass
    return x


def three_axes(x, n):
    x = x[:, :, None] + np.array([0, 10])
    for i in range(n):
        for j in range(2):
            x[i][j][0] = i - j
    return x


PROGRAMS = [
    index_after_index,
    index_after_slice,
    array_after_index,
    in_assignments_of_several,
    three_axes,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
@pytest.mark.parametrize("count", [2, pg.asarray(2)], ids=["python", "staged"])
@pytest.mark.parametrize("way", [pg.function, pg.autograph.convert])
def test_writes_through_an_item(program: Callable[..., Any], count: Any, way: Any) -> None:
    x = np.arange(6).reshape(3, 2)
    result = way(program)(pg.asarray(x), count)
    np.testing.assert_array_equal(result, program(x.copy(), 2))


def test_code_that_is_not_converted_refuses() -> None:
    x = pg.zeros((3, 2), dtype=pg.int64)
    with pytest.raises(TypeError, match=r"Write x\[i, j\] = value"):
        index_after_index(x, 2)
