"""Numba's ``njit``: the plain loops, and array programs where it has NumPy's functions."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from numba import njit, types, vectorize
from numba.extending import overload

from bench.peers import loops
from bench.peers.libraries import Program, Variant


def _add_one(x: Any) -> Any:
    return x + 1


def _fifty_ops(x: Any) -> Any:
    for _ in range(25):
        x = x * np.float32(1.01) + np.float32(0.5)
    return x


def _activation(x: Any, a: Any, b: Any) -> Any:
    out = np.empty_like(x)
    one = np.float32(1)
    for i in range(x.size):
        v = x[i]
        out[i] = np.tanh(v * a + b) * (one / (one + np.exp(-v))) - np.exp(-v * v)
    return out


def _mandelbrot(re: Any, im: Any) -> Any:
    count = np.zeros_like(re)
    for i in range(re.shape[0]):
        for j in range(re.shape[1]):
            zr = np.float32(0)
            zi = np.float32(0)
            for _ in range(100):
                if zr * zr + zi * zi > np.float32(4):
                    break
                zr, zi = zr * zr - zi * zi + re[i, j], np.float32(2) * zr * zi + im[i, j]
                count[i, j] += 1
    return count


def _rnn(weight: Any, bias: Any, h: Any) -> Any:
    for _ in range(1000):
        h = np.tanh(weight @ h + bias)
    return h


def _total(x: Any) -> Any:
    """Stand for ``x.sum()``, which Numba does not have of single numbers."""


@overload(_total)
def _total_of(x: Any) -> Any:
    def of_array(x: Any) -> Any:
        return np.sum(x)

    def of_number(x: Any) -> Any:
        return x

    return of_array if isinstance(x, types.Array) else of_number


def _branch(x: Any) -> Any:
    if _total(x) > 0:
        y = x * np.float32(2)
    else:
        y = x - np.float32(1)
    return y


def _nested(tree: Any) -> Any:
    return tree[0][0] + tree[3][4]


def _black_scholes() -> Program:
    @vectorize
    def call(price: Any, strike: Any, years: Any) -> Any:
        spread = 0.3 * math.sqrt(years)
        d1 = (math.log(price / strike) + (0.02 + 0.5 * 0.3 * 0.3) * years) / spread
        below1 = 0.5 * (1 + math.erf(d1 * 0.7071067811865476))
        below2 = 0.5 * (1 + math.erf((d1 - spread) * 0.7071067811865476))
        return price * below1 - strike * math.exp(-0.02 * years) * below2

    @vectorize
    def discounted(price: Any, strike: Any, years: Any) -> Any:
        return strike * math.exp(-0.02 * years) - price

    def program(price: Any, strike: Any, years: Any) -> Any:
        calls = call(price, strike, years)
        return calls, calls + discounted(price, strike, years)

    return program


def _tree(program: Program) -> Program:
    """Numba takes no nested dicts: the arrays are handed over as nested tuples."""
    compiled = njit(program)
    return lambda tree: compiled(tuple(tuple(inner.values()) for inner in tree.values()))


def _layers() -> Program:
    compiled = njit(_mlp_three)
    return lambda x, weights: compiled(x, *(part for layer in weights for part in layer))


def _mlp_three(x: Any, w0: Any, b0: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    x = np.maximum(x @ w0 + b0, np.float32(0))
    x = np.maximum(x @ w1 + b1, np.float32(0))
    return x @ w2 + b2


def _softmax(x: Any) -> Any:
    out = np.empty_like(x)
    for i in range(x.shape[0]):
        top = x[i].max()
        total = np.float32(0)
        for j in range(x.shape[1]):
            out[i, j] = np.exp(x[i, j] - top)
            total += out[i, j]
        for j in range(x.shape[1]):
            out[i, j] /= total
    return out


def _layer_norm(x: Any) -> Any:
    out = np.empty_like(x)
    for i in range(x.shape[0]):
        mean = x[i].mean()
        centred = x[i] - mean
        out[i] = centred / np.sqrt((centred * centred).mean() + np.float32(1e-5))
    return out


def _passed(array: Any) -> Any:
    """Numba takes NumPy's 0-d arrays as arrays: numbers go in as numbers."""
    return array[()] if array.ndim == 0 else array


PROGRAMS = {
    "add_one": lambda: njit(_add_one),
    "nested": lambda: _tree(_nested),
    "fifty_ops": lambda: njit(_fifty_ops),
    "activation": lambda: njit(_activation),
    "black_scholes": _black_scholes,
    "mandelbrot": lambda: njit(_mandelbrot),
    "rnn": lambda: njit(_rnn),
    "mlp": _layers,
    "matmul": lambda: njit(lambda x, y: x @ y),
    "branch": lambda: njit(_branch),
    "softmax": lambda: njit(_softmax),
    "layer_norm": lambda: njit(_layer_norm),
    "sum_columns": lambda: njit(lambda x: np.sum(x, axis=0)),
    "sum_rows": lambda: njit(lambda x: np.sum(x, axis=1)),
    **{
        name: functools.partial(njit, getattr(loops, name))
        for name in ("sum_squares", "generator", "collatz", "sieve", "edit_distance")
    },
}
VARIANTS = {
    "numba.njit": Variant(
        PROGRAMS, array=_passed, native=_passed, writes=frozenset({"sieve", "edit_distance"})
    )
}
