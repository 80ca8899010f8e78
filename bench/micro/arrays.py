"""Arrays: elementwise chains, reductions, products and loops over them, next to NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import pygraph as pg
from bench.measure import compare, report

RNG = np.random.default_rng(0)


class Case(NamedTuple):
    """One piece of work: the function to stage, the same in NumPy, and their arguments."""

    staged: Callable[..., Any]
    plain: Callable[..., Any]
    arguments: tuple[np.ndarray, ...]


def normal(*shape: int) -> np.ndarray:
    """Return float32 samples."""
    return RNG.normal(size=shape).astype(np.float32)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return the logistic function in NumPy."""
    return 1 / (1 + np.exp(-x))


def wave(x):  # type: ignore[no-untyped-def]
    """Return a chain of nine elementwise ops."""
    return pg.tanh(x * 2.0 + 1.0) * pg.sigmoid(x) - pg.exp(-x * x)


def plain_wave(x: np.ndarray) -> np.ndarray:
    """Return the same in NumPy."""
    return np.tanh(x * 2 + 1) * sigmoid(x) - np.exp(-x * x)


def black_scholes(spot, strike, years):  # type: ignore[no-untyped-def]
    """Return call prices at a rate of 5 % and a volatility of 20 %."""
    deviation = 0.2 * pg.sqrt(years)
    first = (pg.log(spot / strike) + 0.07 * years) / deviation
    at_first = 0.5 + 0.5 * pg.erf(first / math.sqrt(2))
    at_second = 0.5 + 0.5 * pg.erf((first - deviation) / math.sqrt(2))
    return spot * at_first - strike * pg.exp(-0.05 * years) * at_second


def plain_black_scholes(spot: np.ndarray, strike: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Return the same in NumPy, which has no erf."""
    erf = np.vectorize(math.erf, otypes=[spot.dtype])
    deviation = 0.2 * np.sqrt(years)
    first = (np.log(spot / strike) + 0.07 * years) / deviation
    at_first = 0.5 + 0.5 * erf(first / math.sqrt(2))
    at_second = 0.5 + 0.5 * erf((first - deviation) / math.sqrt(2))
    return np.asarray(spot * at_first - strike * np.exp(-0.05 * years) * at_second)


def softmax(x):  # type: ignore[no-untyped-def]
    """Return the softmax of each row."""
    e = pg.exp(x - pg.max(x, axis=-1, keepdims=True))
    return e / pg.sum(e, axis=-1, keepdims=True)


def plain_softmax(x: np.ndarray) -> np.ndarray:
    """Return the same in NumPy."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def layer_norm(x):  # type: ignore[no-untyped-def]
    """Return each row with mean 0 and variance 1."""
    d = x - pg.mean(x, axis=-1, keepdims=True)
    return d / pg.sqrt(pg.mean(d * d, axis=-1, keepdims=True) + 1e-5)


def plain_layer_norm(x: np.ndarray) -> np.ndarray:
    """Return the same in NumPy."""
    d = x - x.mean(axis=-1, keepdims=True)
    return np.asarray(d / np.sqrt((d * d).mean(axis=-1, keepdims=True) + np.float32(1e-5)))


def mandelbrot(cr, ci):  # type: ignore[no-untyped-def]
    """Return how many of 100 iterations stay within the circle."""
    zr, zi, n = cr * 0.0, ci * 0.0, cr * 0.0
    for _ in pg.range(100):
        live = zr * zr + zi * zi < 4.0
        next_r = zr * zr - zi * zi + cr
        zi = pg.where(live, 2.0 * zr * zi + ci, zi)
        zr = pg.where(live, next_r, zr)
        n = n + pg.astype(live, pg.float32)
    return n


def plain_mandelbrot(cr: np.ndarray, ci: np.ndarray) -> np.ndarray:
    """Return the same in NumPy."""
    zr, zi, n = cr * 0, ci * 0, cr * 0
    for _ in range(100):
        live = zr * zr + zi * zi < 4
        next_r = zr * zr - zi * zi + cr
        zi = np.where(live, 2 * zr * zi + ci, zi)
        zr = np.where(live, next_r, zr)
        n = n + live.astype(np.float32)
    return n


def recurrence(h, w, b):  # type: ignore[no-untyped-def]
    """Return the state after 1000 steps of a small recurrent layer."""
    for _ in pg.range(1000):
        h = pg.tanh(w @ h + b)
    return h


def plain_recurrence(h: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the same in NumPy."""
    for _ in range(1000):
        h = np.tanh(w @ h + b)
    return h


def network(x, a, b, c, d, e, f):  # type: ignore[no-untyped-def]
    """Return the outputs of a network of three layers."""
    x = pg.maximum(x @ a + b, 0.0)
    x = pg.maximum(x @ c + d, 0.0)
    return x @ e + f


def plain_network(x: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    """Return the same in NumPy."""
    a, b, c, d, e, f = weights
    x = np.maximum(x @ a + b, 0)
    x = np.maximum(x @ c + d, 0)
    return np.asarray(x @ e + f)


def prices(count: int, dtype: type) -> tuple[np.ndarray, ...]:
    """Return spots, strikes and years."""
    spot, strike = RNG.uniform(50, 150, count), RNG.uniform(50, 150, count)
    return spot.astype(dtype), strike.astype(dtype), RNG.uniform(0.1, 2, count).astype(dtype)


def cases() -> dict[str, Case]:
    """Return the work, by the number of its bar."""
    weights = [
        0.05 * normal(*shape)
        for shape in ((784, 256), (256,), (256, 128), (128,), (128, 10), (10,))
    ]
    grid = normal(64, 64), normal(64, 64)
    found = {f"W5 n = {n}": Case(wave, plain_wave, (normal(n),)) for n in (10**3, 10**5, 10**7)}
    for dtype in (np.float32, np.float64):
        title = f"W6 {np.dtype(dtype).name}"
        found[title] = Case(black_scholes, plain_black_scholes, prices(10**6, dtype))
    found["W9"] = Case(mandelbrot, plain_mandelbrot, grid)
    steps = normal(32), 0.1 * normal(32, 32), normal(32)
    found["W10 recurrence"] = Case(recurrence, plain_recurrence, steps)
    for batch in (1, 64):
        arguments = (normal(batch, 784), *weights)
        found[f"W12 batch {batch}"] = Case(network, plain_network, arguments)
    for n in (64, 256, 1024):
        found[f"W14 n = {n}"] = Case(pg.matmul, np.matmul, (normal(n, n), normal(n, n)))
    found["W15 softmax"] = Case(softmax, plain_softmax, (normal(1024, 1024),))
    found["W15 layer norm"] = Case(layer_norm, plain_layer_norm, (normal(1024, 1024),))
    large = normal(4096, 4096)
    for axis in (0, 1, None):
        found[f"W15 sum, axis {axis}"] = Case(
            lambda x, axis=axis: pg.sum(x, axis=axis),
            lambda x, axis=axis: np.sum(x, axis=axis),
            (large,),
        )
    return found


def candidates(case: Case) -> dict[str, Callable[[], Any]]:
    """Return pygraph and NumPy for one case, after comparing their results."""
    staged = pg.function(case.staged)
    tensors = [pg.asarray(argument) for argument in case.arguments]
    wide = [argument.astype(np.float64) for argument in case.arguments]
    with np.errstate(all="ignore"):
        want = case.plain(*wide)
    scale = max(1.0, float(np.nanmax(np.abs(want))))
    got = np.asarray(staged(*tensors), np.float64)
    # The counts of a few points at the edge of the set depend on every rounding.
    assert np.mean(np.abs(got - want) > 1e-4 * scale) < 0.01
    return {"pygraph": lambda: staged(*tensors), "NumPy": lambda: case.plain(*case.arguments)}


def main() -> None:
    """Compare with all threads, then with one."""
    threads = pg.runtime.num_threads()
    for count in dict.fromkeys((threads, 1)):
        pg.runtime.num_threads(count)
        tables = {title: compare(candidates(case)) for title, case in cases().items()}
        report(f"arrays {count} threads: against NumPy", tables)
    pg.runtime.num_threads(threads)


if __name__ == "__main__":
    main()
