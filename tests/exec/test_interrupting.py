"""Ctrl-C in the middle of one large operation, on the thread of the run and on those that help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import pygraph as pg

ROOT = Path(pg.__file__).parent.parent
pytestmark = [pytest.mark.slow, pytest.mark.unsanitized]

START = """
import os, resource, signal, sys, threading, time
sys.path.insert(0, {root!r})
import numpy as np
import pygraph as pg
pg.runtime.num_threads({threads})
random = np.random.default_rng(0)

def interrupt(run, whole):
    # Ctrl-C after a fifth of the operation's own time.
    began = time.perf_counter()
    run()
    alone = time.perf_counter() - began
    sent = []
    def send():
        time.sleep(alone * 0.2)
        sent.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)
    for _ in range(5):
        sender = threading.Thread(target=send)
        sender.start()
        try:
            run()
            sender.join()  # it may come when the operation is done
            time.sleep(0.01)
        except KeyboardInterrupt:
            taken = time.perf_counter() - sent.pop()
            print("stopped", round(taken / alone, 2), round(alone, 2))
            break
        sent.clear()
    else:
        print("not stopped")
    whole()
"""

OPERATIONS = {
    "sort": """
x = pg.asarray(random.random(10_000_000))
f = pg.function(lambda x: pg.sort(x))
interrupt(lambda: f(x), lambda: None)
""",
    "product": """
x = pg.asarray(random.random((2000, 2000)))
f = pg.function(lambda x: x @ x)
interrupt(lambda: f(x), lambda: None)
""",
    "integer product": """
x = pg.asarray(random.integers(0, 9, (1000, 1000)))
f = pg.function(lambda x: x @ x)
interrupt(lambda: f(x), lambda: None)
""",
    "fused": """
x = pg.asarray(random.random(10_000_000))
f = pg.function(lambda x: pg.sin(pg.exp(x) + pg.cos(x) * pg.tanh(x)))
interrupt(lambda: f(x), lambda: None)
""",
    "eager": """
x = pg.asarray(random.random(10_000_000))
interrupt(lambda: pg.atan2(x, x), lambda: None)
""",
    "a variable's update is whole": """
v = pg.Variable(np.zeros(10_000_000))
f = pg.function(lambda: v.assign_add(pg.ones(10_000_000)))
def whole():
    value = np.asarray(v.read())
    assert (value == value[0]).all()
interrupt(f, whole)
""",
}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_an_operation_stops_within(operation: str, threads: int) -> None:
    script = START.format(root=str(ROOT), threads=threads) + operation
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("stopped") or "update" in operation or "assign" in operation
