"""Functions called from many threads, and memory that stays flat."""

from __future__ import annotations

import resource
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pygraph as pg

THREADS = 16


def together(action: Callable[[int], Any]) -> list[Any]:
    """Run an action in many threads that start at once; return results or exceptions."""
    barrier = threading.Barrier(THREADS)
    results: list[Any] = [None] * THREADS

    def run(index: int) -> None:
        barrier.wait()
        try:
            results[index] = action(index)
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_cold_function_is_traced_once_per_key() -> None:
    runs = []

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        runs.append(1)
        return x * 2

    results = together(lambda i: f(np.full(1 + i % 4, float(i))).tolist())
    assert results == [[2.0 * i] * (1 + i % 4) for i in range(THREADS)]
    assert f.tracing_count == 4
    assert len(runs) == 4


def test_methods_bound_in_many_threads_share_their_instance() -> None:
    class Model:
        @pg.function
        def f(self, x):  # type: ignore[no-untyped-def]
            return x + 1

    model = Model()
    assert [t.item() for t in together(lambda i: model.f(np.float64(i)))] == [
        i + 1.0 for i in range(THREADS)
    ]
    assert model.f.tracing_count == 1


def test_a_trace_that_raises_leaves_every_thread_usable() -> None:
    fail = True

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        if fail:
            raise RuntimeError("on purpose")
        return x + 1

    results = together(lambda i: f(pg.asarray(float(i))))
    assert all(isinstance(result, RuntimeError) for result in results)
    assert f.cache_info() == (0, 0, None)
    fail = False
    assert [t.item() for t in together(lambda i: f(pg.asarray(float(i))))] == [
        i + 1.0 for i in range(THREADS)
    ]
    assert f.tracing_count == 1


def test_warm_calls_run_while_another_thread_runs() -> None:
    @pg.function
    def count(n):  # type: ignore[no-untyped-def]
        i = pg.asarray(0)
        while i < n:
            i += 1
        return i

    count(pg.asarray(1))
    done = threading.Event()

    def long() -> None:
        count(pg.asarray(40_000_000))
        done.set()

    thread = threading.Thread(target=long)
    thread.start()
    calls = 0
    while not done.is_set():
        assert count(pg.asarray(10)).item() == 10
        calls += 1
    thread.join()
    assert calls > 10


@pytest.mark.unsanitized
def test_memory_is_flat_over_many_rounds() -> None:
    class Thing:
        pass

    def body(x, thing):  # type: ignore[no-untyped-def]
        return x + 1

    x = np.ones(8)

    def rounds(count: int) -> None:
        for _ in range(count):
            pg.function(body, autograph=False)(x, Thing())

    rounds(1000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rounds(9000)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 4096, f"{grown} KB in 9,000 rounds"
