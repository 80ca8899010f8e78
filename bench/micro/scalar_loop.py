"""The cost of a loop over integers, next to plain Python."""

from __future__ import annotations

import pygraph as pg
from bench.measure import compare, report


def sum_squares(n):  # type: ignore[no-untyped-def]
    """Return the sum of the squares up to n."""
    s = 0
    for i in pg.range(n + 1):
        s += i**2
    return s


def plain_sum_squares(n: int) -> int:
    """Return the same, in plain Python."""
    s = 0
    for i in range(n + 1):
        s += i**2
    return s


def collatz(n):  # type: ignore[no-untyped-def]
    """Return how many Collatz steps all numbers below n take together."""
    total = 0
    for start in range(1, n):
        x = start
        while x != 1:
            if x % 2 == 0:
                x = x // 2
            else:
                x = 3 * x + 1
            total += 1
    return total


def recurrence(x, turns):  # type: ignore[no-untyped-def]
    """Return the last number of a linear congruential generator."""
    i = 0
    while i < turns:
        x = (1103515245 * x + 12345) % 2147483648
        i += 1
    return x


def branch(x):  # type: ignore[no-untyped-def]
    """Return one of two numbers."""
    if x > 0.0:
        return x * 2.0
    return x - 1.0


def main() -> None:
    """Compare a million turns of two loops, the Collatz steps of all n < 10000, and one branch."""
    million, limit = pg.asarray(1_000_000), pg.asarray(10_000)
    staged_sum, staged_collatz = pg.function(sum_squares), pg.function(collatz)
    assert staged_sum(million).item() == plain_sum_squares(1_000_000)
    assert staged_collatz(limit).item() == collatz(10_000)
    staged_recurrence, staged_branch = pg.function(recurrence), pg.function(branch)
    one, number = pg.asarray(1), pg.asarray(3.0)
    assert staged_recurrence(one, million).item() == recurrence(1, 1_000_000)
    assert staged_branch(number).item() == branch(3.0)
    report(
        "scalar loop: against plain Python",
        {
            "sum of squares to 1e6": compare(
                {
                    "pygraph": lambda: staged_sum(million),
                    "Python": lambda: plain_sum_squares(1_000_000),
                }
            ),
            "recurrence, 1e6 turns": compare(
                {
                    "pygraph": lambda: staged_recurrence(one, million),
                    "Python": lambda: recurrence(1, 1_000_000),
                }
            ),
            "Collatz steps below 10000": compare(
                {
                    "pygraph": lambda: staged_collatz(limit),
                    "Python": lambda: collatz(10_000),
                }
            ),
            "a branch on a number": compare(
                {
                    "pygraph": lambda: staged_branch(number),
                    "Python": lambda: branch(3.0),
                }
            ),
        },
    )
