"""PyTorch: eager, and ``torch.compile`` for what has no data-dependent control flow."""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from bench.peers import bodies
from bench.peers.libraries import Program, Variant

_XP = SimpleNamespace(
    exp=torch.exp,
    log=torch.log,
    sqrt=torch.sqrt,
    tanh=torch.tanh,
    erf=torch.erf,
    matmul=torch.matmul,
    maximum=lambda x, y: torch.clamp(x, min=y),
    max=lambda x, axis, keepdims: torch.amax(x, dim=axis, keepdim=keepdims),
    sum=lambda x, axis=None, keepdims=False: (
        torch.sum(x) if axis is None else torch.sum(x, dim=axis, keepdim=keepdims)
    ),
    mean=lambda x, axis, keepdims: torch.mean(x, dim=axis, keepdim=keepdims),
)
_BODIES = bodies.over(_XP)
_lstm_cell = _BODIES["lstm_cell"]
torch.set_grad_enabled(False)


def _mandelbrot(re: Any, im: Any) -> Any:
    zr, zi, count = torch.zeros_like(re), torch.zeros_like(im), torch.zeros_like(re)
    for _ in range(100):
        inside = zr * zr + zi * zi <= 4.0
        zr, zi = (
            torch.where(inside, zr * zr - zi * zi + re, zr),
            torch.where(inside, 2 * zr * zi + im, zi),
        )
        count = count + inside
    return count


def _rnn(weight: Any, bias: Any, h: Any) -> Any:
    for _ in range(1000):
        h = torch.tanh(weight @ h + bias)
    return h


def _lstm(x: Any, h: Any, c: Any, wx: Any, wh: Any, b: Any) -> Any:
    for _ in range(100):
        h, c = _lstm_cell(x, h, c, wx, wh, b)
    return h


def _branch(x: Any) -> Any:
    if x.sum() > 0:
        y = x * 2
    else:
        y = x - 1
    return y


def _eager(program: Program) -> Program:
    return program


def _native(array: Any) -> Any:
    return torch.from_numpy(np.asarray(array))


_PROGRAMS = {
    **{name: _BODIES[name] for name in bodies.STRAIGHT},
    "mandelbrot": _mandelbrot,
    "rnn": _rnn,
    "lstm": _lstm,
    "branch": _branch,
}
# Not loops: they are unrolled, and to compile the hundred turns of W9 took more than ten minutes.
_COMPILED = {name: _PROGRAMS[name] for name in bodies.STRAIGHT}
VARIANTS = {
    "torch": Variant(
        {name: functools.partial(_eager, program) for name, program in _PROGRAMS.items()},
        native=_native,
        converts=True,
    ),
    "torch.compile": Variant(
        {name: functools.partial(torch.compile, program) for name, program in _COMPILED.items()},
        native=_native,
        converts=True,
    ),
}
