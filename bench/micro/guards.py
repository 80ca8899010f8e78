"""What it costs a cached call to look at the Python values that its trace has read.

The loop stands at the level of a module and assigns the module's variables between the calls, as
scripts do. The same function is made with and without guards, and timed in turn.
"""

from __future__ import annotations

import runpy
import tempfile
from pathlib import Path

# Each reads something of the module's, of a function around it, or of an object.
BODIES = {
    "nothing": "return x + 1.0",
    "1 global": "return x + SCALE",
    "3 globals": "return x + SCALE + SHIFT + POWER",
    "a helper": "return helper(x)",
    "a cell": "return x + around",
    "global, cell, helper": "return helper(x) + SCALE + around",
    "1 attribute": "return x + model.w",
    "4 attributes": "return x + model.w + model.b + model.c + model.d",
    "an item": "return x + CONFIG['lr']",
    "a list of 4": "return x + sum(SIZES)",
}
_PROGRAM = """
import time
import pygraph as pg

SCALE, SHIFT, POWER = 2.0, 3.0, 4.0
CONFIG = {{"lr": 0.1, "steps": 3}}
SIZES = [1.0, 2.0, 3.0, 4.0]

class Model:
    def __init__(self):
        self.w, self.b, self.c, self.d = 1.0, 2.0, 3.0, 4.0

def helper(x):
    return x + 1.0

def make(around, guards):
    def body(x):
        {body}
    return pg.function(body, guards=guards)

model = Model()
functions = {{guards: make(5.0, guards) for guards in (False, True)}}
x = pg.asarray(1.0)
times = {{False: [], True: []}}
for function in functions.values():
    function(x), function(x)
for sample in range({samples}):
    for guards, function in functions.items():
        before = time.perf_counter()
        for i in range({calls}):
            y = function(x)
        times[guards].append((time.perf_counter() - before) / {calls})
"""


def measure(body: str, samples: int = 400, calls: int = 1000) -> tuple[float, float]:
    """Return the nanoseconds of a call without and with guards: the least of many samples."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.py"
        path.write_text(_PROGRAM.format(body=body, samples=samples, calls=calls))
        times = runpy.run_path(str(path))["times"]
    without, guarded = (min(times[guards]) * 1e9 for guards in (False, True))
    return without, guarded


def main() -> None:
    """Print a table of the calls' times."""
    print(f"{'the function reads':<24}{'guards=False':>14}{'guards=True':>14}{'difference':>12}")
    for name, body in BODIES.items():
        without, guarded = measure(body)
        print(f"{name:<24}{without:>11.1f} ns{guarded:>11.1f} ns{guarded - without:>9.1f} ns")


if __name__ == "__main__":
    main()
