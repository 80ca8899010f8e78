"""Programs with loops in plain Python: what Python itself runs, and what pygraph and Numba compile.

``range`` and ``zeros`` are parameters where a library has its own.
"""

from __future__ import annotations

from typing import Any


def sum_squares(n: Any) -> Any:
    """Return the sum of the squares up to ``n``."""
    total = 0
    i = 0
    while i <= n:
        total = total + i * i
        i = i + 1
    return total


def generator(n: Any) -> Any:
    """Return the state of a linear congruential generator after ``n`` steps."""
    state = 12345
    for _ in range(n):
        state = (state * 1664525 + 1013904223) % 4294967296
    return state


def collatz(n: Any) -> Any:
    """Return how many Collatz steps all numbers below ``n`` take together."""
    total = 0
    for start in range(1, n):
        x = start
        while x != 1:
            if x % 2 == 0:
                x = x // 2
            else:
                x = 3 * x + 1
            total = total + 1
    return total


def branch(x: Any) -> Any:
    """Return one of two results, as the sum of ``x`` decides."""
    if x.sum() > 0:
        y = x * 2
    else:
        y = x - 1
    return y


def sieve(flags: Any, n: Any) -> Any:
    """Return how many primes there are below ``n``; ``flags`` is an array of ``n`` ones."""
    flags[0] = 0
    flags[1] = 0
    i = 2
    while i * i < n:
        if flags[i] == 1:
            j = i * i
            while j < n:
                flags[j] = 0
                j = j + i
        i = i + 1
    count = 0
    for k in range(n):
        count = count + flags[k]
    return count


def edit_distance(first: Any, second: Any, table: Any, n: Any) -> Any:
    """Return the edit distance (Wagner and Fischer 1974) of two sequences of ``n`` numbers.

    ``table`` is an array of zeros of shape (n + 1, n + 1).
    """
    for i in range(n + 1):
        table[i, 0] = i
        table[0, i] = i
    for i in range(1, n + 1):
        for j in range(1, n + 1):
            change = 1
            if first[i - 1] == second[j - 1]:
                change = 0
            best = table[i - 1, j - 1] + change
            best = min(best, table[i - 1, j] + 1)
            best = min(best, table[i, j - 1] + 1)
            table[i, j] = best
    return table[n, n]
