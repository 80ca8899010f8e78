"""Values share memory where that saves copies, and only there."""

from __future__ import annotations

import numpy as np
import pytest

import pygraph as pg
from pygraph import _hot


def written(x, index, value):
    """Return a copy of ``x`` with one element replaced."""
    return _hot.apply("scatter", (x, value, index), {"axis": 0})


def sieve(flags):
    i = 2
    while i * i < flags.shape[0]:
        if flags[i]:
            j = i * i
            while j < flags.shape[0]:
                flags = written(flags, j, False)
                j += i
        i += 1
    return flags


def exchanged(x, y, turns):
    i = 0
    while i < turns:
        x = written(x, 0, x[0] + y[1])
        x, y = y, x
        i += 1
    return x, y


def kept_versions(x, turns):
    older = x
    i = 0
    while i < turns:
        older = x
        x = written(x, i, 7)
        i += 1
    return older, x


def copies(function: pg.function, *arguments: pg.Tensor) -> int:
    """Return how many instructions of a plan copy more than a scalar."""
    lines = function.get_concrete_function(*arguments).plan.as_text().splitlines()
    moves = [line.split() for line in lines if " move " in line]
    return sum(int(words[2]) > 8 for words in moves)


def test_an_array_written_in_a_branch_of_a_loop_is_copied_once():
    flags = np.ones(400, bool)
    staged = pg.function(sieve)
    assert np.flatnonzero(np.asarray(staged(flags))[2:])[:6].tolist() == [0, 1, 3, 5, 9, 11]
    assert flags.all()
    assert copies(staged, pg.asarray(flags)) == 1


@pytest.mark.parametrize("turns", [0, 1, 2, 5])
@pytest.mark.parametrize("passes", ["", "-coalesce", "none"])
def test_values_that_are_still_needed_are_kept(turns, passes, monkeypatch):
    monkeypatch.setenv("PYGRAPH_PASSES", passes)
    x, y = np.arange(6), np.arange(6) * 10
    expected = x.copy(), y.copy()
    for _ in range(turns):
        expected[0][0] += expected[1][1]
        expected = expected[::-1]
    found = pg.function(exchanged)(x, y, pg.asarray(turns))
    np.testing.assert_array_equal(found, expected)

    older, newer = pg.function(kept_versions)(x, pg.asarray(turns))
    np.testing.assert_array_equal(newer, np.where(x < turns, 7, x))
    np.testing.assert_array_equal(older, np.where(x < turns - 1, 7, x))
