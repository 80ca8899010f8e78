"""``v[key] = value`` on variables, against NumPy: eager, staged, in loops, among threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from running_threads import in_threads

import pygraph as pg

KEYS: list[Any] = [
    0,
    (-1, 2),
    (1, 2, -3),
    slice(1, None),
    (slice(None, None, -2), 1),
    (0, slice(1, 3)),
    (..., -1),
    (1, None, ..., slice(None, None, 2)),
    ...,
    [0, 2],
    ([0, 1], slice(None), [3, 0]),
    (slice(None), [1, 1]),
    np.arange(60).reshape(3, 4, 5) % 7 == 0,
    ([True, False, True], 1),
]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_every_key(key: Any) -> None:
    start = np.arange(60.0).reshape(3, 4, 5)

    def write(v: Any, value: Any) -> Any:
        v[key] = value
        v[key] += 0.5
        return v.read()

    for value in (np.float64(-1.0), np.full_like(start[key], 9.0)):
        expected = start.copy()
        expected[key] = value
        expected[key] += 0.5
        v, w = pg.Variable(start), pg.Variable(start)
        write(v, value)
        np.testing.assert_array_equal(v, expected)
        staged = pg.function(write)
        np.testing.assert_array_equal(staged(w, value), expected)
        np.testing.assert_array_equal(w, expected)


def test_scalars_and_dtypes() -> None:
    v = pg.Variable(1, name="v")
    v[()] = 2
    v[...] = v + 1
    assert v.item() == 3
    with pytest.raises(TypeError, match="float64 cannot be written"):
        v[...] = 0.5
    with pytest.raises(IndexError, match="too many indices"):
        v[0] = 1
    w = pg.Variable([1.0, 2.0])
    w[0] = 3
    assert w.tolist() == [3.0, 2.0]
    with pytest.raises(ValueError, match=r"shape \[3\] does not fit"):
        w[:] = [1.0, 2.0, 3.0]
    with pytest.raises(IndexError, match="index 2 is out of range"):
        w[2] = 1.0


@pytest.mark.parametrize("passes", ["", "none", "-coalesce", "-dead_code"])
def test_in_loops(monkeypatch: pytest.MonkeyPatch, passes: str) -> None:
    monkeypatch.setenv("PYGRAPH_PASSES", passes)
    table = pg.Variable(np.zeros(30), name="table")

    @pg.function
    def fill(n):  # type: ignore[no-untyped-def]
        table[0] = 1.0
        table[1] = 1.0
        for i in pg.range(2, n):
            if i % 5 == 0:
                table[i] = -table[i - 1]
            else:
                table[i] = table[i - 1] + table[i - 2]
            table[i : i + 1] *= 2.0
        return pg.sum(table)

    expected = np.zeros(30)
    expected[:2] = 1.0
    for i in range(2, 20):
        expected[i] = 2 * (-expected[i - 1] if i % 5 == 0 else expected[i - 1] + expected[i - 2])
    assert fill(pg.asarray(20)).item() == expected.sum()
    np.testing.assert_array_equal(table, expected)


def test_a_write_in_a_loop_is_in_place() -> None:
    v = pg.Variable(np.zeros(100_000))

    @pg.function
    def fill(n):  # type: ignore[no-untyped-def]
        for i in pg.range(1, n):
            v[i] = v[i - 1] + 1.0
        return v[n - 1]

    fill(pg.asarray(10))
    before = pg.runtime.memory_stats()["allocations"]
    assert fill(pg.asarray(1000)).item() == 999.0
    assert pg.runtime.memory_stats()["allocations"] - before < 10
    # What was read before is left as it was.
    kept = v.read()
    array = v.numpy()
    fill(pg.asarray(1))
    v[0] = 5.0
    assert (kept[0].item(), array[0], v[0].item()) == (0.0, 0.0, 5.0)


def test_a_fault_leaves_the_variable() -> None:
    v = pg.Variable([1, 2, 3], name="v")

    @pg.function
    def put(indices):  # type: ignore[no-untyped-def]
        v[indices] = 7

    with pytest.raises(IndexError, match="index 3 is out of range for an axis of size 3"):
        put(pg.asarray([0, 3]))
    assert v.tolist() == [1, 2, 3]
    put(pg.asarray([0, -1]))
    assert v.tolist() == [7, 2, 7]


def test_no_write_of_another_thread_is_lost() -> None:
    v = pg.Variable(np.zeros((8, 3), np.int64))

    @pg.function
    def write(row, value):  # type: ignore[no-untyped-def]
        v[row, 1:] = value

    write(pg.asarray(0), pg.asarray(0))

    def work(index: int) -> None:
        for turn in range(50):
            v[index, 0] = turn
            write(pg.asarray(index), pg.asarray(turn))

    in_threads(work)
    np.testing.assert_array_equal(v, np.full((8, 3), 49))
