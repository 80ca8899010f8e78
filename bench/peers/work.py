"""What is measured: programs, inputs and the result that every library has to give."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np


class Work(NamedTuple):
    """One row of the tables: a program, on ``inputs()``, right to a relative ``tolerance``.

    With ``in_turn`` the program is called with each of the inputs, one after the other. A work with
    a ``figure`` (a function of ``fresh.py``) is not the time of calls but that, of a fresh process.
    """

    name: str
    program: str
    title: str
    inputs: Callable[[], tuple[Any, ...]]
    tolerance: float = 1e-5
    in_turn: bool = False
    figure: str = ""

    @property
    def in_bytes(self) -> bool:
        """Whether what is measured is bytes, not seconds."""
        return self.figure.endswith("bytes")

    def calls(self, inputs: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """Return the arguments of the calls that the work consists of."""
        return [(one,) for one in inputs] if self.in_turn else [inputs]


def _random(*shape: int, seed: int = 0, dtype: type = np.float32, scale: float = 1.0) -> Any:
    return (np.random.default_rng(seed).standard_normal(shape) * scale).astype(dtype)


def _uniform(low: float, high: float, n: int, seed: int, dtype: type) -> Any:
    return np.random.default_rng(seed).uniform(low, high, n).astype(dtype)


def _tree() -> tuple[Any, ...]:
    return (
        {f"layer{i}": {f"a{j}": _random(4, 4, seed=5 * i + j) for j in range(5)} for i in range(4)},
    )


def _activation(n: int) -> Callable[[], tuple[Any, ...]]:
    return lambda: (_random(n, seed=1), np.float32(0.7), np.float32(0.1))


def _black_scholes(dtype: type) -> Callable[[], tuple[Any, ...]]:
    n = 1_000_000
    return lambda: (
        _uniform(10, 200, n, 2, dtype),
        _uniform(10, 200, n, 3, dtype),
        _uniform(0.1, 3, n, 4, dtype),
    )


def _mlp(batch: int) -> Callable[[], tuple[Any, ...]]:
    sizes = (784, 256, 128, 10)
    return lambda: (
        _random(batch, 784, seed=5),
        [
            (_random(m, n, seed=6 + m, scale=m**-0.5), _random(n, seed=7 + m))
            for m, n in pairwise(sizes)
        ],
    )


def _lstm() -> tuple[Any, ...]:
    batch, size = 32, 128
    return (
        _random(batch, size, seed=8),
        _random(batch, size, seed=9),
        _random(batch, size, seed=10),
        _random(size, 4 * size, seed=11, scale=size**-0.5),
        _random(size, 4 * size, seed=12, scale=size**-0.5),
        _random(4 * size, seed=13),
    )


def _rnn() -> tuple[Any, ...]:
    return _random(32, 32, seed=14, scale=0.15), _random(32, seed=15), _random(32, seed=16)


def _grid() -> tuple[Any, ...]:
    re, im = np.meshgrid(np.linspace(-2, 0.5, 64), np.linspace(-1.25, 1.25, 64))
    return re.astype(np.float32), im.astype(np.float32)


def _shapes() -> tuple[Any, ...]:
    return tuple(_random(n, seed=n) for n in range(1, 9))


def _sixteen() -> tuple[Any, ...]:
    return (_random(16),)


def _positive() -> tuple[Any, ...]:
    return (np.abs(_random(4096, 4096)),)


def _integer(n: int) -> Callable[[], tuple[Any, ...]]:
    return lambda: (np.asarray(n, np.int64),)


def _edit() -> tuple[Any, ...]:
    n = 1000
    rng = np.random.default_rng(17)
    sequences = rng.integers(0, 4, (2, n))
    return sequences[0], sequences[1], np.zeros((n + 1, n + 1), np.int64), np.asarray(n, np.int64)


WORK = [
    Work("W1 scalar", "add_one", "x + 1, 0-d", lambda: (np.asarray(3.0, np.float32),)),
    Work("W1 vector", "add_one", "x + 1, (4,)", lambda: (_random(4),)),
    Work("W2", "nested", "a nested dict of 20 (4, 4) arrays", _tree),
    Work("W3", "add_one", "x + 1, eight shapes in turn (8 calls)", _shapes, in_turn=True),
    Work("W4", "fifty_ops", "50 elementwise ops, (16,)", _sixteen),
    Work("W5 1e3", "activation", "tanh, sigmoid, exp: n = 1e3", _activation(1000)),
    Work("W5 1e5", "activation", "tanh, sigmoid, exp: n = 1e5", _activation(100_000)),
    Work("W5 1e7", "activation", "tanh, sigmoid, exp: n = 1e7", _activation(10_000_000), 2e-5),
    Work(
        "W6 f32", "black_scholes", "Black-Scholes, 1e6, float32", _black_scholes(np.float32), 1e-3
    ),
    Work("W6 f64", "black_scholes", "Black-Scholes, 1e6, float64", _black_scholes(np.float64)),
    Work("W7 sum", "sum_squares", "sum of squares to 1e6, while", _integer(1_000_000)),
    Work("W7 lcg", "generator", "1e6 steps of an LCG", _integer(1_000_000)),
    Work("W8", "collatz", "Collatz steps of all n < 10000", _integer(10_000)),
    Work("W9", "mandelbrot", "Mandelbrot 64x64, 100 iterations", _grid, 1e-2),
    Work("W10 rnn", "rnn", "1000 x tanh(W h + b), 32x32", _rnn, 1e-3),
    Work("W10 lstm", "lstm", "100 x LSTM cell, batch 32, hidden 128", _lstm, 1e-3),
    Work("W11 scalar", "branch", "if on a sum, 0-d", lambda: (np.asarray(3.0, np.float32),)),
    Work("W11 vector", "branch", "if on a sum, (16,)", lambda: (_random(16, seed=1),)),
    Work("W12 1", "mlp", "MLP 784-256-128-10, batch 1", _mlp(1), 1e-4),
    Work("W12 64", "mlp", "MLP 784-256-128-10, batch 64", _mlp(64), 1e-4),
    Work("W14 64", "matmul", "matmul 64", lambda: (_random(64, 64), _random(64, 64, seed=1)), 1e-4),
    Work(
        "W14 256",
        "matmul",
        "matmul 256",
        lambda: (_random(256, 256), _random(256, 256, seed=1)),
        1e-4,
    ),
    Work(
        "W14 1024",
        "matmul",
        "matmul 1024",
        lambda: (_random(1024, 1024), _random(1024, 1024, seed=1)),
        1e-4,
    ),
    Work("W15 softmax", "softmax", "softmax, (1024, 1024)", lambda: (_random(1024, 1024),)),
    Work(
        "W15 norm", "layer_norm", "layer norm, (1024, 1024)", lambda: (_random(1024, 1024),), 1e-4
    ),
    Work("W15 sum0", "sum_columns", "sum over axis 0, (4096, 4096)", _positive, 1e-3),
    Work("W15 sum1", "sum_rows", "sum over axis 1, (4096, 4096)", _positive, 1e-3),
    Work("W15 sum", "sum_all", "sum of all, (4096, 4096)", _positive, 1e-3),
    Work("W17 one", "add_one", "first call of x + 1, (16,)", _sixteen, figure="first_call"),
    Work("W17 fifty", "fifty_ops", "first call of W4", _sixteen, figure="first_call"),
    Work("W18 held", "mlp", "memory of a graph of W12, batch 64", _mlp(64), figure="graph_bytes"),
    Work("W18 left", "mlp", "what del leaves of it", _mlp(64), figure="left_bytes"),
    Work("W19 import", "add_one", "import, NumPy imported", _sixteen, figure="import_time"),
    Work("W19 call", "add_one", "import and W17 one", _sixteen, figure="import_and_call"),
    Work("W19 size", "add_one", "installed, beyond NumPy", _sixteen, figure="installed_bytes"),
    Work(
        "W20 sieve",
        "sieve",
        "sieve of Eratosthenes to 1e6",
        lambda: (np.ones(1_000_000, np.int64), np.asarray(1_000_000, np.int64)),
    ),
    Work("W20 edit", "edit_distance", "edit distance, 1000 x 1000", _edit),
]

BY_NAME = {work.name: work for work in WORK}
