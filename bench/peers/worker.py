"""Runs in a library's own environment: prepares programs and times calls, as the driver asks.

python -m bench.peers.worker LIBRARY VARIANT
"""

from __future__ import annotations

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

from bench.peers import references
from bench.peers.libraries import Variant, map_leaves
from bench.peers.work import BY_NAME


class Worker:
    """The program that is being measured."""

    def __init__(self, variant: Variant) -> None:
        self._variant = variant
        self._run: Callable[[], Any] = lambda: None

    def prepare(self, name: str, mode: str, reference: str) -> dict[str, Any]:
        """Compile a work's program and check its result. ``mode``: native, or numpy."""
        work = BY_NAME[name]
        if work.program not in self._variant.programs:
            return {"absent": True}
        program = self._variant.programs[work.program]()
        arrays = work.inputs()
        inputs = arrays if mode == "numpy" else map_leaves(self._variant.native, arrays)
        writes = work.program in self._variant.writes
        wait = _to_numpy if mode == "numpy" else self._variant.wait

        def run() -> Any:
            return wait(program(*(map_leaves(_copy, inputs) if writes else inputs)))

        started = time.perf_counter()
        result = run()
        first = time.perf_counter() - started
        references.check(_to_numpy(result), Path(reference), work.tolerance)
        self._run = run
        return {"first": first}

    def time(self, repeats: int) -> dict[str, Any]:
        """Return the seconds that so many calls take."""
        run = self._run
        gc.collect()
        started = time.perf_counter()
        for _ in range(repeats):
            run()
        return {"seconds": time.perf_counter() - started}


def _copy(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    return type(value)(value) if isinstance(value, list) else value


def _to_numpy(result: Any) -> Any:
    if isinstance(result, (tuple, list)):
        return [_to_numpy(part) for part in result]
    return np.asarray(result)


def main() -> None:
    """Answer requests until the input ends."""
    library, variant = sys.argv[1:3]
    if os.environ.get("BENCH_ONE_THREAD"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is not an answer
    module = importlib.import_module(f"bench.peers.libraries.{library}")
    worker = Worker(module.VARIANTS[variant])
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(worker, request.pop("do"))(**request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:400]}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
