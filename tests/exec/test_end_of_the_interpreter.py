"""Threads that are inside of pygraph when the interpreter ends, and what runs after that."""

from __future__ import annotations

import subprocess
import sys

import pytest

START = """
import atexit, sys, threading, time
import numpy as np
import pygraph as pg

@pg.function
def count(n):
    i = 0
    while i < n:
        i += 1
    return i

@pg.function
def talk(n):
    i = 0
    while i < n:
        print(i)
        i += 1
    return i

large = pg.asarray(np.random.rand(3_000_000))
count.get_concrete_function(pg.asarray(1))
talk.get_concrete_function(pg.asarray(1))
started = threading.Semaphore(0)

def start(target, count=1):
    def run():
        started.release()
        while True:
            target()
    for _ in range(count):
        threading.Thread(target=run, daemon=True).start()
    for _ in range(count):
        started.acquire()
    time.sleep(0.1)
"""

ENDINGS = {
    "in a loop": "start(lambda: count(pg.asarray(10**15)))",
    "in short loops": "start(lambda: count(pg.asarray(3_000_000)), 3)",
    "in brief calls": "start(lambda: count(pg.asarray(3)), 3)",
    "in a call like the last": "count(pg.asarray(2)); start(lambda: count(pg.asarray(10**15)))",
    "in eager ops": "start(lambda: pg.sort(large) + 1, 3)",
    "on borrowed memory": "start(lambda: pg.sum(pg.asarray(np.ones(3_000_000), copy=None)), 3)",
    "while printing": """
sys.stdout = open("/dev/null", "w")
start(lambda: talk(pg.asarray(10**15)), 2)
""",
    "while tracing": """
start(lambda: pg.function(lambda x: pg.sin(x) + 1)(pg.asarray(1.0)), 3)
""",
    "at exit": """
start(lambda: count(pg.asarray(10**15)))
atexit.register(lambda: print(pg.sum(pg.sort(large)) > 0, count(pg.asarray(10_000_000)).item()))
""",
    "as modules go": """
class Last:
    def __init__(self): self.keep = (pg, count, large)
    def __del__(self): self.keep[1](pg.asarray(5_000_000)); self.keep[0].sum(self.keep[2])
last = Last()
start(lambda: count(pg.asarray(10**15)), 2)
""",
    "by sys.exit in a thread": """
start(lambda: count(pg.asarray(10**15)))
threading.Thread(target=lambda: (count(pg.asarray(20_000_000)), sys.exit(3))).start()
""",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_the_process_ends_as_it_should(ending: str) -> None:
    command = [sys.executable, "-c", START + ending + "\nprint('end', flush=True)\n"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
