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


def main() -> None:
    """Compare a million turns of sum of squares, and the Collatz steps of all n < 1000."""
    million, thousand = pg.asarray(1_000_000), pg.asarray(1000)
    staged_sum, staged_collatz = pg.function(sum_squares), pg.function(collatz)
    assert staged_sum(million).item() == plain_sum_squares(1_000_000)
    assert staged_collatz(thousand).item() == collatz(1000)
    report(
        "scalar loop: against plain Python",
        {
            "sum of squares to 1e6": compare(
                {
                    "pygraph": lambda: staged_sum(million),
                    "Python": lambda: plain_sum_squares(1_000_000),
                }
            ),
            "Collatz steps below 1000": compare(
                {
                    "pygraph": lambda: staged_collatz(thousand),
                    "Python": lambda: collatz(1000),
                }
            ),
        },
    )
