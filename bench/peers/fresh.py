"""Measures, in a process of its own, what shows in a fresh process only, and prints it.

python -m bench.peers.fresh LIBRARY VARIANT WORK MODE
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.peers.libraries import Variant, map_leaves
from bench.peers.work import BY_NAME, Work

_GRAPHS = 20
# Of an environment, what is no part of the library: it is there for NumPy, or to install.
_NOT_COUNTED = ("numpy", "pip", "setuptools", "__pycache__")


def first_call(library: str, variant: str, work: Work, mode: str) -> float:
    """Return the seconds from a Python function to its first result; the library is imported."""
    made = _variant(library, variant)
    inputs = _inputs(made, work, mode)
    started = time.perf_counter()
    _call(made, work, inputs)
    return time.perf_counter() - started


def import_time(library: str, variant: str, work: Work, mode: str) -> float:
    """Return the seconds that the import takes where NumPy is imported."""
    started = time.perf_counter()
    importlib.import_module(library)
    return time.perf_counter() - started


def import_and_call(library: str, variant: str, work: Work, mode: str) -> float:
    """Return the seconds from the import to the first result."""
    return import_time(library, variant, work, mode) + first_call(library, variant, work, mode)


def graph_bytes(library: str, variant: str, work: Work, mode: str) -> float:
    """Return the memory of a program that was compiled and called once, the weights not counted."""
    return _graph_memory(library, variant, work, mode)[0]


def left_bytes(library: str, variant: str, work: Work, mode: str) -> float:
    """Return what of that is still held once the program is deleted, without the collector."""
    return _graph_memory(library, variant, work, mode)[1]


def installed_bytes(library: str, variant: str, work: Work, mode: str) -> float:
    """Return the size of the files that the library and what it needs besides NumPy are made of."""
    module = importlib.import_module(library)
    package = Path(str(module.__file__)).parent
    if package.parent.name != "site-packages":  # as built in the tree
        return _size(package)
    return sum(
        _size(entry)
        for entry in package.parent.iterdir()
        if not entry.name.lower().startswith(_NOT_COUNTED)
    )


def _variant(library: str, variant: str) -> Variant:
    made: Variant = importlib.import_module(f"bench.peers.libraries.{library}").VARIANTS[variant]
    return made


def _inputs(variant: Variant, work: Work, mode: str) -> tuple[Any, ...]:
    inputs = map_leaves(variant.array if mode == "numpy" else variant.native, work.inputs())
    if mode == "numpy" and variant.converts:
        inputs = map_leaves(variant.native, inputs)
    made: tuple[Any, ...] = inputs
    return made


def _call(variant: Variant, work: Work, inputs: tuple[Any, ...]) -> Any:
    program = variant.programs[work.program]()
    result = program(*inputs)
    if variant.wait is not None:
        variant.wait(result)
    return program


def _graph_memory(library: str, variant: str, work: Work, mode: str) -> tuple[float, float]:
    module = importlib.import_module(f"bench.peers.libraries.{library}")
    inputs = _inputs(module.VARIANTS[variant], work, mode)

    def called(count: int) -> list[Any]:
        """Return programs that were called once, each of a function of its own."""
        return [
            _call(importlib.reload(module).VARIANTS[variant], work, inputs) for _ in range(count)
        ]

    def growth(action: Callable[[], Any]) -> float:
        before = _resident()
        kept = action()
        grown = (_resident() - before) / _GRAPHS
        del kept
        return grown

    called(3)
    gc.collect()
    gc.disable()
    # Functions of a module that was loaded again refer to each other.
    own = growth(lambda: [importlib.reload(module) for _ in range(_GRAPHS)] and None)
    held = growth(lambda: called(_GRAPHS))
    # What allocators keep to use again is used by as many graphs once more.
    left = growth(lambda: called(_GRAPHS) and None)
    return held - own, left - own


def _resident() -> int:
    """Return the memory of the process, after what is free went back to the system (Linux)."""
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def _size(path: Path) -> int:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files if "__pycache__" not in file.parts)


def main() -> None:
    """Measure what the work asks for, and print it as JSON."""
    library, variant, name, mode = sys.argv[1:]
    if os.environ.get("BENCH_ONE_THREAD"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is not an answer
    work = BY_NAME[name]
    measure: Callable[[str, str, Work, str], float] = globals()[work.figure]
    try:
        answer: dict[str, Any] = {"value": float(np.float64(measure(library, variant, work, mode)))}
    except Exception as error:
        # The library is not imported before it is measured: only now can one tell.
        absent = work.program not in _variant(library, variant).programs
        answer = {"absent": True} if absent else {"error": f"{type(error).__name__}: {error}"[:400]}
    print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
