"""JAX: ``jit``, with ``lax`` for control flow."""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from bench.peers import bodies
from bench.peers.libraries import Variant

jax.config.update("jax_enable_x64", True)

_NAMES = ("exp", "log", "sqrt", "tanh", "matmul", "maximum", "max", "sum", "mean")
_XP = SimpleNamespace(**{name: getattr(jnp, name) for name in _NAMES}, erf=jax.scipy.special.erf)
_BODIES = bodies.over(_XP)
_lstm_cell = _BODIES["lstm_cell"]


def _sum_squares(n: Any) -> Any:
    state = jnp.int64(0), jnp.int64(0)
    return lax.while_loop(lambda s: s[1] <= n, lambda s: (s[0] + s[1] * s[1], s[1] + 1), state)[0]


def _generator(n: Any) -> Any:
    def step(_: Any, state: Any) -> Any:
        return (state * 1664525 + 1013904223) % 4294967296

    return lax.fori_loop(0, n, step, jnp.int64(12345))


def _collatz(n: Any) -> Any:
    def chain(start: Any, total: Any) -> Any:
        def step(s: Any) -> Any:
            return jnp.where(s[0] % 2 == 0, s[0] // 2, 3 * s[0] + 1), s[1] + 1

        return lax.while_loop(lambda s: s[0] != 1, step, (jnp.int64(start), total))[1]

    return lax.fori_loop(1, n, chain, jnp.int64(0))


def _mandelbrot(re: Any, im: Any) -> Any:
    def step(_: Any, state: Any) -> Any:
        zr, zi, count = state
        inside = zr * zr + zi * zi <= 4.0
        zr, zi = (
            jnp.where(inside, zr * zr - zi * zi + re, zr),
            jnp.where(inside, 2 * zr * zi + im, zi),
        )
        return zr, zi, count + inside

    return lax.fori_loop(0, 100, step, (jnp.zeros_like(re),) * 3)[2]


def _rnn(weight: Any, bias: Any, h: Any) -> Any:
    return lax.fori_loop(0, 1000, lambda _, h: jnp.tanh(weight @ h + bias), h)


def _lstm(x: Any, h: Any, c: Any, wx: Any, wh: Any, b: Any) -> Any:
    def step(_: Any, state: Any) -> Any:
        return _lstm_cell(x, *state, wx, wh, b)

    return lax.fori_loop(0, 100, step, (h, c))[0]


def _branch(x: Any) -> Any:
    return lax.cond(jnp.sum(x) > 0, lambda x: x * 2, lambda x: x - 1, x)


def _sieve(flags: Any, n: Any) -> Any:
    def outer(state: Any) -> Any:
        i, flags = state

        def strike(s: Any) -> Any:
            return s[0] + i, s[1].at[s[0]].set(0)

        struck = lax.cond(
            flags[i] == 1,
            lambda f: lax.while_loop(lambda s: s[0] < n, strike, (i * i, f))[1],
            lambda f: f,
            flags,
        )
        return i + 1, struck

    flags = flags.at[0].set(0).at[1].set(0)
    _, flags = lax.while_loop(lambda s: s[0] * s[0] < n, outer, (jnp.int64(2), flags))
    return jnp.sum(flags)


def _edit_distance(first: Any, second: Any, table: Any, n: Any) -> Any:
    def edge(i: Any, table: Any) -> Any:
        return table.at[i, 0].set(i).at[0, i].set(i)

    def row(i: Any, table: Any) -> Any:
        def cell(j: Any, table: Any) -> Any:
            change = jnp.where(first[i - 1] == second[j - 1], 0, 1)
            best = table[i - 1, j - 1] + change
            best = jnp.minimum(best, table[i - 1, j] + 1)
            best = jnp.minimum(best, table[i, j - 1] + 1)
            return table.at[i, j].set(best)

        return lax.fori_loop(1, n + 1, cell, table)

    table = lax.fori_loop(0, n + 1, edge, table)
    return lax.fori_loop(1, n + 1, row, table)[n, n]


_CONTROL = {
    "sum_squares": _sum_squares,
    "generator": _generator,
    "collatz": _collatz,
    "mandelbrot": _mandelbrot,
    "rnn": _rnn,
    "lstm": _lstm,
    "branch": _branch,
    "sieve": _sieve,
    "edit_distance": _edit_distance,
}
VARIANTS = {
    "jax.jit": Variant(
        {
            **{name: functools.partial(jax.jit, _BODIES[name]) for name in bodies.STRAIGHT},
            **{name: functools.partial(jax.jit, body) for name, body in _CONTROL.items()},
        },
        native=jnp.asarray,
        wait=jax.block_until_ready,
    )
}
