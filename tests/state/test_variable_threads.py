"""Variables among threads: one operation is atomic, and a reader sees whole values."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from running_threads import THREADS, in_threads

import pygraph as pg

TURNS = 100


@pytest.mark.parametrize("shape", [(), (3,), (70_000,)])
def test_no_increment_is_lost(shape: tuple[int, ...]) -> None:
    v = pg.Variable(np.zeros(shape, np.int64))
    turns = TURNS if v.size < 1000 else 10

    @pg.function
    def staged(n):  # type: ignore[no-untyped-def]
        for _ in pg.range(n):
            v.assign_add(3)
            v.assign_sub(1)

    staged(0)
    staged(pg.asarray(0))

    def work(index: int) -> None:
        if index % 2:
            staged(pg.asarray(turns))
        else:
            for _ in range(turns):
                v.assign_add(3)
                v.assign_sub(np.ones(shape, np.int64))

    in_threads(work)
    np.testing.assert_array_equal(v, np.full(shape, 2 * THREADS * turns))


def test_a_reader_sees_whole_values() -> None:
    v = pg.Variable(np.zeros(5000))
    done = threading.Event()

    @pg.function
    def spread(n):  # type: ignore[no-untyped-def]
        worst = 0.0
        for _ in pg.range(n):
            value = v.read()
            worst = pg.maximum(worst, pg.max(value) - pg.min(value))
        return worst

    @pg.function
    def fill(x):  # type: ignore[no-untyped-def]
        v.assign(pg.zeros(5000) + x)

    def work(index: int) -> None:
        if index == 0:
            for turn in range(TURNS):
                v.assign_add(1.0)
                fill(pg.asarray(float(turn)))
                v.assign(np.full(5000, float(turn)))
            done.set()
        elif index == 1:
            while not done.is_set():
                assert np.ptp(v.numpy()) == 0.0
        else:
            while not done.is_set():
                assert spread(pg.asarray(3)).item() == 0.0

    in_threads(work, 4)
