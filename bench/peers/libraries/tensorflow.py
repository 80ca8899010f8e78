"""TensorFlow: ``tf.function``, with and without XLA. AutoGraph converts the plain loops."""

from __future__ import annotations

import functools
import os
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

from bench.peers import bodies
from bench.peers.libraries import Variant

_XP = SimpleNamespace(
    exp=tf.exp,
    log=tf.math.log,
    sqrt=tf.sqrt,
    tanh=tf.tanh,
    erf=tf.math.erf,
    matmul=tf.matmul,
    maximum=tf.maximum,
    max=tf.reduce_max,
    sum=tf.reduce_sum,
    mean=tf.reduce_mean,
)
_BODIES = bodies.over(_XP)
_lstm_cell = _BODIES["lstm_cell"]


def _mandelbrot(re: Any, im: Any) -> Any:
    zr, zi, count = tf.zeros_like(re), tf.zeros_like(im), tf.zeros_like(re)
    for _ in tf.range(100):
        inside = zr * zr + zi * zi <= 4.0
        zr, zi = (
            tf.where(inside, zr * zr - zi * zi + re, zr),
            tf.where(inside, 2 * zr * zi + im, zi),
        )
        count = count + tf.cast(inside, tf.float32)
    return count


def _rnn(weight: Any, bias: Any, h: Any) -> Any:
    for _ in tf.range(1000):
        h = tf.tanh(tf.linalg.matvec(weight, h) + bias)
    return h


def _lstm(x: Any, h: Any, c: Any, wx: Any, wh: Any, b: Any) -> Any:
    for _ in tf.range(100):
        h, c = _lstm_cell(x, h, c, wx, wh, b)
    return h


def _branch(x: Any) -> Any:
    if tf.reduce_sum(x) > 0:
        y = x * 2
    else:
        y = x - 1
    return y


def _generator(n: Any) -> Any:
    state = tf.constant(12345, tf.int64)
    for _ in tf.range(n):
        state = (state * 1664525 + 1013904223) % 4294967296
    return state


def _sum_squares(n: Any) -> Any:
    total = tf.constant(0, tf.int64)
    i = tf.constant(0, tf.int64)
    while i <= n:
        total = total + i * i
        i = i + 1
    return total


def _variant(xla: bool) -> Variant:
    options: dict[str, Any] = {"jit_compile": True} if xla else {}
    programs = {
        **{name: _BODIES[name] for name in bodies.STRAIGHT},
        "mandelbrot": _mandelbrot,
        "rnn": _rnn,
        "lstm": _lstm,
        "branch": _branch,
        "sum_squares": _sum_squares,
        "generator": _generator,
    }
    return Variant(
        {name: functools.partial(tf.function, f, **options) for name, f in programs.items()},
        native=tf.constant,
    )


VARIANTS = {"tf.function": _variant(False), "tf.function, XLA": _variant(True)}
