"""pygraph: the plain programs under ``pygraph.function``."""

from __future__ import annotations

import functools
from typing import Any

import pygraph as pg
from bench.peers import bodies, loops
from bench.peers.libraries import Variant

_BODIES = bodies.over(pg)
_lstm_cell = _BODIES["lstm_cell"]


def _mandelbrot(re: Any, im: Any) -> Any:
    zr, zi, count = pg.zeros_like(re), pg.zeros_like(im), pg.zeros_like(re)
    for _ in pg.range(100):
        inside = zr * zr + zi * zi <= 4.0
        zr, zi = (
            pg.where(inside, zr * zr - zi * zi + re, zr),
            pg.where(inside, 2 * zr * zi + im, zi),
        )
        count = count + pg.astype(inside, count.dtype)
    return count


def _rnn(weight: Any, bias: Any, h: Any) -> Any:
    for _ in pg.range(1000):
        h = pg.tanh(weight @ h + bias)
    return h


def _lstm(x: Any, h: Any, c: Any, wx: Any, wh: Any, b: Any) -> Any:
    for _ in pg.range(100):
        h, c = _lstm_cell(x, h, c, wx, wh, b)
    return h


def _branch(x: Any) -> Any:
    if pg.sum(x) > 0:
        y = x * 2
    else:
        y = x - 1
    return y


VARIANTS = {
    "pygraph": Variant(
        {
            **{name: functools.partial(pg.function, _BODIES[name]) for name in bodies.STRAIGHT},
            "sum_squares": lambda: pg.function(loops.sum_squares),
            "generator": lambda: pg.function(loops.generator),
            "collatz": lambda: pg.function(loops.collatz),
            "sieve": lambda: pg.function(loops.sieve),
            "edit_distance": lambda: pg.function(loops.edit_distance),
            "branch": lambda: pg.function(_branch),
            "mandelbrot": lambda: pg.function(_mandelbrot),
            "rnn": lambda: pg.function(_rnn),
            "lstm": lambda: pg.function(_lstm),
        },
        native=pg.asarray,
    )
}
