"""NumPy, run as it stands."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from bench.peers import bodies, loops
from bench.peers.libraries import Program, Variant, in_turn


def _mandelbrot(re: Any, im: Any) -> Any:
    zr, zi, count = np.zeros_like(re), np.zeros_like(im), np.zeros_like(re)
    for _ in range(100):
        inside = zr * zr + zi * zi <= 4.0
        zr, zi = (
            np.where(inside, zr * zr - zi * zi + re, zr),
            np.where(inside, 2 * zr * zi + im, zi),
        )
        count = count + inside
    return count


def _rnn(weight: Any, bias: Any, h: Any) -> Any:
    for _ in range(1000):
        h = np.tanh(weight @ h + bias)
    return h


def _lstm(x: Any, h: Any, c: Any, wx: Any, wh: Any, b: Any) -> Any:
    for _ in range(100):
        h, c = bodies.lstm_cell(np, x, h, c, wx, wh, b)
    return h


def _straight(body: Any) -> Program:
    return functools.partial(body, np)


PROGRAMS = {
    **{
        name: functools.partial(_straight, body)
        for name, body in bodies.STRAIGHT.items()
        if name != "black_scholes"  # NumPy has no erf
    },
    "eight_shapes": lambda: in_turn(lambda x: x + 1),
    "mandelbrot": lambda: _mandelbrot,
    "rnn": lambda: _rnn,
    "lstm": lambda: _lstm,
    "branch": lambda: loops.branch,
}
VARIANTS = {"NumPy": Variant(PROGRAMS)}
