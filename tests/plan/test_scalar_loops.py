"""Loops over numbers and elements of arrays, as people write them: each is one register program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pygraph as pg


def dot(x, y, n):
    s = 0.0
    for i in range(n):
        s += x[i] * y[i]
    return s


def insertion_sort(a, n):
    for i in range(1, n):
        key = a[i]
        j = i - 1
        while j >= 0 and a[j] > key:
            a[j + 1] = a[j]
            j -= 1
        a[j + 1] = key
    return a


def life(x, y, n):
    for i in range(1, n - 1):
        for j in range(1, n - 1):
            c = 0
            for di in range(-1, 2):
                for dj in range(-1, 2):
                    if di != 0 or dj != 0:
                        c += x[i + di, j + dj]
            if c == 3 or (c == 2 and x[i, j] == 1):
                y[i, j] = 1
            else:
                y[i, j] = 0
    return y


def histogram(x, counts, n):
    for i in range(n):
        counts[x[i]] += 1
    return counts


def histogram_float(x, counts, n):
    for i in range(n):
        b = int(x[i] * 10)
        if b < 0:
            b = 0
        if b > 9:
            b = 9
        counts[b] += 1
    return counts


def floyd_warshall(d, n):
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if d[i, k] + d[k, j] < d[i, j]:
                    d[i, j] = d[i, k] + d[k, j]
    return d


def matrix_product(a, b, c, n):
    for i in range(n):
        for j in range(n):
            s = 0.0
            for k in range(n):
                s += a[i, k] * b[k, j]
            c[i, j] = s
    return c


def knapsack(weights, values, best, n, cap):
    for i in range(n):
        w = weights[i]
        for c in range(cap, w - 1, -1):
            best[c] = max(best[c], best[c - w] + values[i])
    return best[cap]


def common_subsequence(a, b, t, n):
    for i in range(1, n + 1):
        for j in range(1, n + 1):
            if a[i - 1] == b[j - 1]:
                t[i, j] = t[i - 1, j - 1] + 1
            else:
                t[i, j] = max(t[i - 1, j], t[i, j - 1])
    return t[n, n]


def sum_of_divisors(n):
    s = 0
    for i in range(1, n):
        for j in range(1, n):
            a, b = i, j
            while b != 0:
                a, b = b, a % b
            s += a
    return s


def newton(x):
    g = x
    for _ in range(50):
        g = 0.5 * (g + x / g)
        if abs(g * g - x) < 1e-12:
            break
    return g


def mandelbrot(n, iters):
    total = 0
    for a in range(n):
        for b in range(n):
            cr = -2.0 + 3.0 * a / n
            ci = -1.5 + 3.0 * b / n
            zr = 0.0
            zi = 0.0
            k = 0
            while k < iters and zr * zr + zi * zi <= 4.0:
                zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
                k += 1
            total += k
    return total


def prime_count(n):
    count = 0
    for i in range(2, n):
        is_prime = True
        j = 2
        while j * j <= i:
            if i % j == 0:
                is_prime = False
                break
            j += 1
        if is_prime:
            count += 1
    return count


def binary_search(x, keys, n, m):
    found = 0
    for q in range(m):
        lo, hi = 0, n - 1
        while lo <= hi:
            mid = (lo + hi) // 2
            if x[mid] == keys[q]:
                found += 1
                break
            if x[mid] < keys[q]:
                lo = mid + 1
            else:
                hi = mid - 1
    return found


def nbody(p, v, m, n, steps):
    for _ in range(steps):
        for i in range(n):
            for j in range(n):
                if i != j:
                    dx = p[j, 0] - p[i, 0]
                    dy = p[j, 1] - p[i, 1]
                    dz = p[j, 2] - p[i, 2]
                    d2 = dx * dx + dy * dy + dz * dz + 0.01
                    inv = m[j] / (d2 * d2**0.5)
                    v[i, 0] += dx * inv * 0.01
                    v[i, 1] += dy * inv * 0.01
                    v[i, 2] += dz * inv * 0.01
        for i in range(n):
            for k in range(3):
                p[i, k] += v[i, k] * 0.01
    return p


def heat(u, w, n, steps):
    for _ in range(steps):
        for i in range(1, n - 1):
            w[i] = u[i] + 0.1 * (u[i - 1] - 2 * u[i] + u[i + 1])
        for i in range(1, n - 1):
            u[i] = w[i]
    return u


def convolution(img, k, out, n):
    for i in range(n - 2):
        for j in range(n - 2):
            s = 0.0
            for a in range(3):
                for b in range(3):
                    s += img[i + a, j + b] * k[a, b]
            out[i, j] = s
    return out


def greatest_run(x, n):
    best = x[0]
    cur = x[0]
    for i in range(1, n):
        cur = max(cur + x[i], x[i])
        best = max(best, cur)
    return best


def reverse(x, n):
    i, j = 0, n - 1
    while i < j:
        x[i], x[j] = x[j], x[i]
        i += 1
        j -= 1
    return x


def quarter_circle(n):
    s = 12345
    hits = 0
    for _ in range(n):
        s = (1103515245 * s + 12345) % 2147483648
        x = s / 2147483648
        s = (1103515245 * s + 12345) % 2147483648
        y = s / 2147483648
        if x * x + y * y < 1.0:
            hits += 1
    return 4.0 * hits / n


def longest_collatz(n):
    best, where = 0, 0
    for s in range(1, n):
        k = 0
        x = s
        while x > 1:
            x = x // 2 if x % 2 == 0 else 3 * x + 1
            k += 1
        if k > best:
            best = k
            where = s
    return where


def prefix_function(p, f, n):
    k = 0
    for i in range(1, n):
        while k > 0 and p[k] != p[i]:
            k = f[k - 1]
        if p[k] == p[i]:
            k += 1
        f[i] = k
    return f


def triangular_factors(a, n):
    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] = a[i, k] / a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    return a


def state_machine(x, n):
    state = 0
    count = 0
    for i in range(n):
        c = x[i]
        if state == 0:
            if c == 1:
                state = 1
        elif state == 1:
            if c == 2:
                state = 2
            elif c != 1:
                state = 0
        else:
            if c == 3:
                count += 1
            state = 0
    return count


def weighted_by_place(x):
    s = 0.0
    for i, v in enumerate(x):
        if v > 0:
            s += i * v
    return s


def dot_of_pairs(x, y):
    s = 0.0
    for a, b in zip(x, y, strict=False):
        s += a * b
    return s


def modular_power(b, e, m):
    r = 1
    b = b % m
    while e > 0:
        if e & 1:
            r = r * b % m
        b = b * b % m
        e >>= 1
    return r


def inverted(x, n):
    t = 0
    for i in range(n):
        if x[i]:
            t += 1
        x[i] = not x[i]
    return t


def sum_of_three_axes(x, n):
    s = 0.0
    for i in range(n):
        for j in range(n):
            for k in range(n):
                s += x[i, j, k]
    return s


def popcount(n):
    t = 0
    for i in range(n):
        x = i
        while x:
            x &= x - 1
            t += 1
    return t


N = 9
RANDOM = np.random.default_rng(5)


def reals(*shape: int) -> Any:
    return RANDOM.normal(size=shape)


def below(limit: int, *shape: int) -> Any:
    return RANDOM.integers(0, limit, shape)


PROGRAMS: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (dot, (reals(N), reals(N), N)),
    (insertion_sort, (below(99, N), N)),
    (insertion_sort, (reals(N), N)),
    (life, (below(2, N, N), np.zeros((N, N), int), N)),
    (histogram, (below(5, N), np.zeros(5, int), N)),
    (histogram_float, (RANDOM.random(N), np.zeros(10, int), N)),
    (floyd_warshall, (RANDOM.random((N, N)), N)),
    (matrix_product, (reals(N, N), reals(N, N), np.zeros((N, N)), N)),
    (knapsack, (below(5, N) + 1, below(50, N), np.zeros(31, int), N, 30)),
    (common_subsequence, (below(3, N), below(3, N), np.zeros((N + 1, N + 1), int), N)),
    (sum_of_divisors, (N,)),
    (newton, (2.0,)),
    (mandelbrot, (N, 20)),
    (prime_count, (60,)),
    (binary_search, (np.sort(below(50, N)), below(50, N), N, N)),
    (nbody, (reals(4, 3), np.zeros((4, 3)), np.ones(4), 4, 2)),
    (heat, (reals(N), np.zeros(N), N, 3)),
    (convolution, (reals(N, N), reals(3, 3), np.zeros((N, N)), N)),
    (greatest_run, (reals(N), N)),
    (reverse, (below(50, N), N)),
    (quarter_circle, (200,)),
    (longest_collatz, (40,)),
    (prefix_function, (below(2, N), np.zeros(N, int), N)),
    (triangular_factors, (reals(N, N) + 9 * np.eye(N), N)),
    (state_machine, (below(4, 50), 50)),
    (weighted_by_place, (reals(N),)),
    (dot_of_pairs, (reals(N), reals(N))),
    (modular_power, (3, 200, 1000007)),
    (inverted, (RANDOM.random(N) > 0.5, N)),
    (sum_of_three_axes, (reals(N, N, N), N)),
    (popcount, (40,)),
]


def copies(arguments: tuple[Any, ...]) -> list[Any]:
    return [
        argument.copy() if isinstance(argument, np.ndarray) else argument for argument in arguments
    ]


@pytest.mark.parametrize("passes", ["", "-native_code"])
@pytest.mark.parametrize(("function", "arguments"), PROGRAMS)
def test_loops_are_one_program(function, arguments, passes, monkeypatch):
    monkeypatch.setenv("PYGRAPH_PASSES", passes)
    staged = pg.function(function)
    found = staged(*map(pg.asarray, copies(arguments)))
    expected = function(*copies(arguments))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-12)
    (concrete,) = staged.concrete_functions
    lines = concrete.plan.as_text().splitlines()
    instructions = [line.split()[1] for line in lines if line[:4].strip().isdigit()]
    assert "registers" in instructions
    assert "loop_if_true" not in instructions
