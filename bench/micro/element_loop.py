"""The cost of arrays read and written element by element in a loop, next to plain Python lists."""

from __future__ import annotations

from typing import Any

import numpy as np

import pygraph as pg
from bench.measure import compare, report
from pygraph import _hot


def written(x, value, *index):  # type: ignore[no-untyped-def]
    """Return ``x`` with one element replaced."""
    return _hot.apply("scatter", (x, value, *index), {"axis": 0})


def sieve(n):  # type: ignore[no-untyped-def]
    """Return for every number below n whether it is no product of smaller ones."""
    flags = pg.ones(n, dtype=pg.bool)
    i = 2
    while i * i < n:
        if flags[i]:
            j = i * i
            while j < n:
                flags = written(flags, False, j)
                j += i
        i += 1
    return flags


def plain_sieve(n: int) -> list[bool]:
    """Return the same, as a list."""
    flags = [True] * n
    i = 2
    while i * i < n:
        if flags[i]:
            j = i * i
            while j < n:
                flags[j] = False
                j += i
        i += 1
    return flags


def edit_distance(a, b, table):  # type: ignore[no-untyped-def]
    """Return how many edits make ``b`` of ``a``; the table comes with its first row and column."""
    for i in pg.range(1, a.shape[0] + 1):
        for j in pg.range(1, b.shape[0] + 1):
            if a[i - 1] == b[j - 1]:
                least = table[i - 1, j - 1]
            else:
                least = pg.minimum(table[i - 1, j], table[i, j - 1])
                least = pg.minimum(least, table[i - 1, j - 1]) + 1
            table = written(table, least, i, j)
    return table[-1, -1]


def plain_edit_distance(a: list[int], b: list[int]) -> int:
    """Return the same, with lists."""
    table = [[i + j for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            if a[i - 1] == b[j - 1]:
                table[i][j] = table[i - 1][j - 1]
            else:
                least = min(table[i - 1][j], table[i][j - 1])
                table[i][j] = min(least, table[i - 1][j - 1]) + 1
    return table[-1][-1]


def main() -> None:
    """Compare the primes below a million, and the edit distance of two thousand letters each."""
    million = pg.asarray(1_000_000)
    staged_sieve, staged_distance = pg.function(sieve), pg.function(edit_distance)
    assert np.asarray(staged_sieve(million)).tolist() == plain_sieve(1_000_000)

    letters = np.random.default_rng(0).integers(0, 4, (2, 1000))
    a, b = letters.tolist()
    start: Any = np.add.outer(np.arange(1001), np.arange(1001))
    words = pg.asarray(letters[0]), pg.asarray(letters[1]), pg.asarray(start)
    assert staged_distance(*words).item() == plain_edit_distance(a, b)
    report(
        "element loop: against plain Python lists",
        {
            "sieve to 1e6": compare(
                {
                    "pygraph": lambda: staged_sieve(million),
                    "Python": lambda: plain_sieve(1_000_000),
                }
            ),
            "edit distance, 1000 x 1000": compare(
                {
                    "pygraph": lambda: staged_distance(*words),
                    "Python": lambda: plain_edit_distance(a, b),
                }
            ),
        },
    )


if __name__ == "__main__":
    main()
