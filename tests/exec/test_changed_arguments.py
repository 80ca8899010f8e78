"""Arrays that another thread writes to during a run: wrong numbers are its fault, no crash is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import pygraph as pg

ROOT = Path(pg.__file__).parent.parent

START = """
import sys, threading, time
sys.path.insert(0, {root!r})
import numpy as np
import pygraph as pg

size = 200_000
done = False

def write(array, one, other):
    # In large pieces, for which NumPy gives up the interpreter.
    while not done:
        np.copyto(array, one)
        np.copyto(array, other)

def run(function, *arguments):
    # A run that sees a wrong value is refused; one that does not, gives numbers.
    global done
    end = time.monotonic() + {seconds}
    while time.monotonic() < end:
        try:
            function(*arguments)
        except (IndexError, ValueError, ZeroDivisionError):
            pass
    done = True

spec = pg.TensorSpec
def staged(function, *specs):
    return pg.function(function, autograph=False, input_signature=list(specs))

V, I, B = (spec((None,), dtype) for dtype in (pg.float64, pg.int64, pg.bool))
inside = np.arange(size) % 1000
outside = np.full(size, 10**12)
"""

CHANGES = {
    "scatter": """
i, x = inside.copy(), np.zeros(1000)
threading.Thread(target=write, args=(i, inside, outside)).start()
def put(x, i):
    x = x + 0
    x[i] = 1.0
    return x
run(staged(put, V, I), x, i)
""",
    "gather": """
i, x = inside.copy(), np.zeros(1000)
threading.Thread(target=write, args=(i, inside, outside)).start()
run(staged(lambda x, i: x[i], V, I), x, i)
""",
    "assign_scatter": """
v, i = pg.Variable(np.zeros(1000)), inside.copy()
threading.Thread(target=write, args=(i, inside, outside)).start()
def put(i):
    v[i] = 1.0
run(staged(put, I), i)
""",
    "nonzero": """
flags = np.zeros(size, bool)
threading.Thread(target=write, args=(flags, np.zeros(size, bool), np.ones(size, bool))).start()
run(staged(lambda m: pg.nonzero(m), B), flags)
""",
    "mask": """
flags, x = np.zeros(size, bool), np.zeros(size)
threading.Thread(target=write, args=(flags, np.zeros(size, bool), np.ones(size, bool))).start()
run(staged(lambda x, m: x[m], V, B), x, flags)
""",
    "slice": """
bounds, x = np.array([0, size]), np.arange(float(size))
threading.Thread(target=write, args=(bounds, np.array([0, 1]), np.array([0, 10**12]))).start()
run(staged(lambda x, b: x[b[0]:b[1]] + 1, V, I), x, bounds)
""",
    "scalar bounds": """
stop, x = np.array(5), np.arange(float(size))
def change():
    while not done:
        stop[...] = 3
        stop[...] = 10**12
threading.Thread(target=change).start()
sliced = staged(lambda x, n: x[:n] * 2, V, spec((), pg.int64))
run(lambda: [sliced(x, stop) for _ in range(50)])
""",
    "range": """
stop = np.array(5)
def change():
    while not done:
        stop[...] = 3
        stop[...] = 100_000
threading.Thread(target=change).start()
made = staged(lambda n: pg.arange(n) + 1, spec((), pg.int64))
run(lambda: [made(stop) for _ in range(50)])
""",
    "sort": """
x = np.where(inside % 2 == 0, -0.0, 1.0)
threading.Thread(target=write, args=(x, x.copy(), np.where(inside % 2 == 0, 1.0, 0.0))).start()
run(staged(lambda x: (pg.sort(x), pg.argsort(x)), V), x)
""",
    "argmax": """
x = np.zeros(size)
threading.Thread(target=write, args=(x, np.arange(float(size)), np.full(size, np.nan))).start()
run(staged(lambda x: (pg.argmax(x), pg.argmin(x)), V), x)
""",
    "division": """
a, b = np.full(size, -2**63), np.ones(size, np.int64)
threading.Thread(target=write, args=(b, np.ones(size, np.int64), np.zeros(size, np.int64))).start()
run(staged(lambda a, b: (a // b, a % b, a ** b), I, I), a, b)
""",
    "elements in a loop": """
i, x = inside.copy(), np.zeros(1000)
threading.Thread(target=write, args=(i, inside, outside)).start()
@pg.function(input_signature=[V, I])
def loop(x, i):
    total = 0.0
    for k in pg.range(i.shape[0]):
        total += x[i[k]]
    return total
run(loop, x, i)
""",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_write_by_another_thread_is_a_crash(change: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(START.format(root=str(ROOT), seconds=1.0) + change)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
