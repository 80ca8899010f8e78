"""Values share memory where that saves copies, and only there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def wave(now, before, turns):
    for _ in pg.range(turns):
        after = 2 * now - before + 0.1 * (now[::-1] - now)
        before = now
        now = after
    return now


def test_arrays_that_change_places_in_a_loop_are_not_copied():
    now, before = np.linspace(0, 1, 50), np.linspace(1, 3, 50) ** 2
    staged = pg.function(wave)
    found = staged(now, before, pg.asarray(7))
    for _ in range(7):
        now, before = 2 * now - before + 0.1 * (now[::-1] - now), now
    np.testing.assert_array_equal(found, now)
    lines = staged.get_concrete_function(now, before, pg.asarray(7)).plan.as_text().splitlines()
    jump = next(i for i, line in enumerate(lines) if " jump " in line)
    back = next(i for i, line in enumerate(lines) if " loop_if_true " in line)
    assert not any(" move " in line for line in lines[jump:back])


# What a turn makes of the states: each is one of them, or computed from two, or from itself.
NEW_STATES = st.one_of(
    st.tuples(st.just("take"), st.integers(0, 3), st.just(0)),
    st.tuples(st.sampled_from(["add", "write", "reverse"]), st.integers(0, 3), st.integers(0, 3)),
)


def turned(states, rule, xp):
    new = []
    for what, a, b in rule:
        if what == "take":
            new.append(states[a])
        elif what == "add":
            new.append(states[a] + 0.5 * states[b])
        elif what == "reverse":
            new.append(xp.flip(states[a]) - states[b])
        else:
            copy = xp.asarray(states[a], copy=True)
            copy[b] = states[b][0]
            new.append(copy)
    return tuple(new)


def turning(often, seldom, inner):
    """Return a loop over four arrays with a branch in it and, maybe, a loop around it."""

    def run(xp, counts, outer, turns, *states):
        for _ in counts(outer):
            for i in counts(turns):
                if i % 3 == 1:
                    states = turned(states, seldom, xp)
                else:
                    states = turned(states, often, xp)
            states = turned(states, inner, xp)
        return states

    return run


@settings(max_examples=15)
@given(*[st.lists(NEW_STATES, min_size=4, max_size=4)] * 3, st.sampled_from(["", "-coalesce"]))
def test_random_loops_over_arrays(often, seldom, inner, passes):
    run = turning(often, seldom, inner)
    start = [np.arange(6.0) + 10 * i for i in range(4)]
    staged = pg.function(lambda *arguments: run(pg, pg.range, *arguments))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYGRAPH_PASSES", passes)
        for outer, turns in ((2, 5), (1, 0), (2, 2), (0, 3)):  # the same memory every time
            found = staged(pg.asarray(outer), pg.asarray(turns), *start)
            expected = run(np, range, outer, turns, *start)
            for got, want in zip(found, expected, strict=True):
                np.testing.assert_array_equal(got, want)
