"""NumPy, run as it stands."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from bench.peers import bodies, loops
from bench.peers.libraries import Program, Variant

_BODIES = bodies.over(np)
_lstm_cell = _BODIES["lstm_cell"]


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
        h, c = _lstm_cell(x, h, c, wx, wh, b)
    return h


def _straight(name: str) -> Program:
    program: Program = _BODIES[name]
    return program


PROGRAMS = {
    **{
        name: functools.partial(_straight, name)
        for name in bodies.STRAIGHT
        if name != "black_scholes"  # NumPy has no erf
    },
    "mandelbrot": lambda: _mandelbrot,
    "rnn": lambda: _rnn,
    "lstm": lambda: _lstm,
    "branch": lambda: loops.branch,
}
VARIANTS = {"NumPy": Variant(PROGRAMS)}
