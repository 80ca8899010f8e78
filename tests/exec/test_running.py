"""Properties of a run: no Python on the way, no allocation in loops, interruptible, thread-safe."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import pygraph as pg


def test_a_cached_call_runs_no_python_code() -> None:
    @pg.function
    def f(x, k):  # type: ignore[no-untyped-def]
        while pg.sum(x) < 100.0:
            if x[0] > 3.0:
                x = x * 2.0
            else:
                x = x + k["step"]
        return x, [k["step"], None]

    x, k = pg.asarray([1.0, 2.0]), {"step": pg.asarray(1.0), "name": ("a", 1.5)}
    f(x, k)
    plain = pg.function(lambda x: x + 1)
    plain(x)
    events: list[tuple[str, str]] = []

    def hook(frame, event, argument):  # type: ignore[no-untyped-def]
        if event == "call":
            events.append((frame.f_code.co_filename, frame.f_code.co_name))

    sys.setprofile(hook)
    try:
        plain(x)
        f(x, k)
    finally:
        sys.setprofile(None)
    assert events == []


def loop(n):  # type: ignore[no-untyped-def]
    x = pg.zeros(100)
    total = 0.0
    for i in pg.range(n):
        if i % 2 == 0:
            x = pg.tanh(x + 1.0) * 0.5
        else:
            x = pg.where(x > 0.25, x, pg.sum(x))
        total += x[i % 100]
    return x, total


def test_no_allocation_inside_a_loop() -> None:
    f = pg.function(loop)
    f(pg.asarray(1))

    def allocations(turns: int) -> int:
        n = pg.asarray(turns)
        before = pg.runtime.memory_stats()["allocations"]
        f(n)
        return pg.runtime.memory_stats()["allocations"] - before

    assert allocations(10_000) == allocations(2)


def test_an_endless_loop_is_interrupted_by_ctrl_c(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys, threading, time, signal, os
        import pygraph as pg

        @pg.function
        def forever(x):
            while x > 0.0:
                x = x + 1.0 - 1.0
            return x

        @pg.function
        def heavy(x):
            while pg.sum(x) > -1.0:
                y = x @ x
                x = y / pg.max(y)
            return x

        @pg.function
        def again(x):
            if x < 0.0:
                return x
            return again(again(x - 0.125) - 1.0) + again(x - 0.5) + 1.0

        sent = []
        def interrupt():
            time.sleep(0.3)
            sent.append(time.perf_counter())
            os.kill(os.getpid(), signal.SIGINT)

        numbers, matrix = pg.asarray(100.0), pg.ones((200, 200))
        for function, argument in ((forever, numbers), (heavy, matrix), (again, numbers)):
            function(-1e6 * argument)
            threading.Thread(target=interrupt).start()
            try:
                function(argument)
            except KeyboardInterrupt:
                print("delay", time.perf_counter() - sent[-1])
            print("after", function(-1e6 * argument) is not None)
        """
    )
    program = tmp_path / "endless.py"
    program.write_text(script)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split("\n")
    assert [line.split()[0] for line in lines if line] == ["delay", "after"] * 3
    assert lines[1] == lines[3] == lines[5] == "after True"


def test_a_long_run_lets_other_threads_work() -> None:
    @pg.function
    def count(n):  # type: ignore[no-untyped-def]
        s = 0
        for i in pg.range(n):
            s += i
        return s

    count(pg.asarray(1))
    ticks = 0
    stop = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not stop.is_set():
            ticks += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    before = ticks
    count(pg.asarray(200_000_000))
    during = ticks - before
    stop.set()
    thread.join()
    assert during > 10


def test_threads_trace_once_and_agree() -> None:
    traces = []

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        traces.append(1)
        for _ in pg.range(10):
            x = x * 0.5 + 1.0
        return x

    results: list[float] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        for _ in range(50):
            results.append(f(np.float64(3.0)).item())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert f.tracing_count == 1
    assert len(results) == 400
    assert len(set(results)) == 1


@pytest.mark.parametrize(
    ("source", "kind", "text"),
    [
        ("x[n]", IndexError, r"index 7 is out of range for an axis of size 3"),
        ("n // (n - n)", ZeroDivisionError, "floor_divide: integer division by zero"),
        ("n ** (-n)", ValueError, "negative integer power"),
    ],
)
def test_faults_raise_pythons_exceptions_at_the_users_line(
    source: str, kind: type[Exception], text: str, tmp_path: Path
) -> None:
    path = tmp_path / "program.py"
    path.write_text(
        "import pygraph as pg\n"
        "def helper(x, n):\n"
        f"    return {source}\n"
        "@pg.function\n"
        "def f(x, n):\n"
        "    if n > 0:\n"
        "        return helper(x, n) * 2\n"
        "    return helper(x, n * 0 + 1) * 0 + n\n"
    )
    scope: dict[str, object] = {}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    with pytest.raises(kind, match=text) as caught:
        scope["f"](pg.asarray([1, 2, 3]), pg.asarray(7))  # type: ignore[operator]
    lines = [(entry.name, entry.lineno + 1) for entry in caught.traceback if entry.path == path]
    assert lines == [("f", 7), ("helper", 3)]


def test_shape_errors_name_the_op_at_the_users_line() -> None:
    @pg.function
    def f(x, y):  # type: ignore[no-untyped-def]
        return x + y

    with pytest.raises(ValueError, match=r"add: shapes \[2\] and \[3\] do not broadcast") as caught:
        f(np.zeros(2), np.zeros(3))
    assert any(entry.name == "f" for entry in caught.traceback)
