"""Leaving a trace for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pygraph._hot import exchange_recorder


@contextmanager
def init_scope() -> Iterator[None]:
    """Run the code inside at once, also while a function is traced.

    >>> import pygraph as pg
    >>> @pg.function
    ... def f(x):
    ...     with pg.init_scope():
    ...         table = pg.arange(3) * 2  # computed now; a constant of the graph
    ...     return x + table
    >>> f(pg.asarray(1))
    Tensor([1, 3, 5], dtype=int64)
    """
    former = exchange_recorder(None)
    try:
        yield
    finally:
        exchange_recorder(former)
