"""Children of a fork, while other threads of the parent are inside of pygraph."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import pygraph as pg

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")

total = pg.Variable(np.zeros(1000), name="total")


@pg.function
def count(n):  # type: ignore[no-untyped-def]
    i = 0
    while i < n:
        i += 1
    return i


@pg.function
def add_up(x):  # type: ignore[no-untyped-def]
    for _ in pg.range(1000):
        total.assign_add(x)
    return total.read()


def trace() -> None:
    def slow(x):  # type: ignore[no-untyped-def]
        time.sleep(0.01)
        return pg.sin(x) + 1

    pg.function(slow)(pg.asarray(1.0))


def profile() -> None:
    with pg.profile():
        pg.sum(pg.arange(1000) * 2)


BUSY: dict[str, Callable[[], Any]] = {
    "traces": trace,
    "runs": lambda: count(pg.asarray(3_000_000)),
    "allocates": lambda: pg.ones(300_000) + 1,
    "shares work": lambda: pg.sort(pg.asarray(np.arange(1_000_000.0)[::-1].copy())),
    "updates": lambda: add_up(np.ones(1000)),
    "profiles": profile,
}


@contextmanager
def repeated(action: Callable[[], Any], threads: int) -> Iterator[None]:
    """Threads that do it again and again, meanwhile."""
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            action()

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in running:
            thread.join()


def use_everything() -> None:
    """What a child does: eager and staged, traced before and now, on one thread and on several."""
    assert count(pg.asarray(4)).item() == 4
    assert pg.function(lambda x: pg.cos(x) * 2)(pg.asarray(0.0)).item() == 2
    large = pg.asarray(np.arange(1_000_000.0)[::-1].copy())
    assert pg.sort(large)[0].item() == 0
    assert pg.sum(large * 2 + 1).item() == 1_000_000.0 * 1_000_000
    add_up(np.ones(1000))
    total.assign(np.zeros(1000))
    assert pg.max(total.read()).item() == 0
    with pg.profile() as p:
        count(pg.asarray(9))
    assert p.graphs
    pg.runtime.release_memory()
    assert pg.runtime.memory_stats()["live_buffers"] > 0


def child_ends(child: int) -> bool:
    """Whether a child ends well within a time that is long enough for anything."""
    for _ in range(600):
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status == 0
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def fork_and_use() -> bool:
    """Fork; whether the child could use all of pygraph."""
    child = os.fork()
    if child == 0:
        try:
            use_everything()
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child_ends(child)


@pytest.mark.parametrize("busy", BUSY.values(), ids=BUSY)
def test_a_child_works_whatever_other_threads_did(busy: Callable[[], Any]) -> None:
    use_everything()
    with repeated(busy, 2):
        for _ in range(4):
            assert fork_and_use()
    use_everything()


def test_a_fork_while_its_own_thread_traces() -> None:
    ended = []

    def forks(x):  # type: ignore[no-untyped-def]
        child = os.fork()
        if child == 0:
            os._exit(0)
        ended.append(child_ends(child))
        return x + 1

    assert pg.function(forks, autograph=False)(pg.asarray(1)).item() == 2
    assert ended == [True]


def test_a_child_may_go_on_with_the_trace_that_it_was_forked_in() -> None:
    def forks(x):  # type: ignore[no-untyped-def]
        return x + (os.fork() == 0) * 0

    parent = os.getpid()
    pg.function(forks, autograph=False)(pg.asarray(1))
    if os.getpid() != parent:
        try:
            use_everything()
            os._exit(0)
        finally:
            os._exit(1)
    assert child_ends(-1)
