"""Whether calls on two threads run in parallel: warm functions, each call on its own thread.

The row "pygraph" is the calls shared among two threads; without parallelism it takes all of the
time that one thread takes, at best half of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pygraph as pg
from bench.measure import compare, report

CALLS = 8


def product(x):  # type: ignore[no-untyped-def]
    """Return a matrix product."""
    return x @ x


def elementwise(x):  # type: ignore[no-untyped-def]
    """Return a few operations on each element."""
    return pg.tanh(x * 1.5 + 0.25) - pg.exp(-x * x)


def loop(x):  # type: ignore[no-untyped-def]
    """Return what many steps make of a vector."""
    for _ in pg.range(50):
        x = x * 0.5 + pg.sqrt(x)
    return x


def on_threads(count: int, run: Callable[[], Any]) -> None:
    """Make the calls, shared among threads."""

    def work() -> None:
        for _ in range(CALLS // count):
            run()

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> None:
    """Compare eight calls on one thread with four on each of two."""
    # Else a single call already takes both processors.
    former = pg.runtime.num_threads()
    pg.runtime.num_threads(1)
    million = pg.astype(pg.arange(1_000_000), pg.float64) / 1e6
    questions = {
        "matmul 512": (pg.function(product), pg.ones((512, 512))),
        "elementwise 1e6": (pg.function(elementwise), million),
        "loop of 50 on 1e5": (pg.function(loop), million[:100_000]),
    }
    results = {}
    for name, (function, argument) in questions.items():

        def run(function: Any = function, argument: Any = argument) -> None:
            function(argument)

        results[f"{name}, {CALLS} calls"] = compare(
            {
                "pygraph": lambda run=run: on_threads(2, run),
                "one thread": lambda run=run: on_threads(1, run),
            }
        )
    pg.runtime.num_threads(former)
    report("parallel calls: two threads against one", results)
