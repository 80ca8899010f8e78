"""Runs in a library's own environment: prepares programs and times calls, as the driver asks.

python -m bench.peers.worker LIBRARY VARIANT
"""

from __future__ import annotations

import functools
import gc
import importlib
import itertools
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
        self._loop: Callable[[int], None] = lambda times: None

    def prepare(self, name: str, mode: str, reference: str) -> dict[str, Any]:
        """Compile a work's program and check its result. ``mode``: native, or numpy."""
        work, variant = BY_NAME[name], self._variant
        if work.program not in variant.programs:
            return {"absent": True}
        program = variant.programs[work.program]()
        passed = variant.array if mode == "numpy" else variant.native
        calls = work.calls(map_leaves(passed, work.inputs()))
        through: Callable[[Any], Any] | None = None
        if work.program in variant.writes:
            through = _fresh
        elif mode == "numpy" and variant.converts:
            through = functools.partial(map_leaves, variant.native)
        started = time.perf_counter()
        results = [program(*(inputs if through is None else through(inputs))) for inputs in calls]
        wait = _arrays_of(results[0]) if mode == "numpy" else variant.wait
        results = [wait(result) if wait is not None else result for result in results]
        first = time.perf_counter() - started
        references.check(_to_numpy(results), Path(reference), work.tolerance)
        self._loop = _loop(program, calls, through, wait)
        return {"first": first}

    def time(self, repeats: int) -> dict[str, Any]:
        """Return the seconds that so many calls take."""
        loop = self._loop
        gc.collect()
        started = time.perf_counter()
        loop(repeats)
        return {"seconds": time.perf_counter() - started}


def _loop(
    program: Callable[..., Any],
    calls: list[tuple[Any, ...]],
    through: Callable[[Any], Any] | None,
    wait: Callable[[Any], Any] | None,
) -> Callable[[int], None]:
    """Return a loop of nothing but the calls: a wrapper would cost as much as one of them.

    Arguments go ``through`` a function where each call needs its own.
    """
    values = {"program": program, "wait": wait, "through": through, "repeat": itertools.repeat}
    lines = []
    for i, inputs in enumerate(calls):
        names = [f"input{i}_{j}" for j in range(len(inputs))]
        values |= dict(zip(names, inputs, strict=True))
        given = ", ".join(names)
        call = f"program({given})" if through is None else f"program(*through(({given},)))"
        lines.append(f"        {call if wait is None else f'wait({call})'}\n")
    parameters = ", ".join(f"{name}={name}" for name in values)
    header = f"def loop(times, {parameters}):\n    for _ in repeat(None, times):\n"
    exec(header + "".join(lines), values)
    loop: Callable[[int], None] = values["loop"]
    return loop


def _fresh(inputs: Any) -> Any:
    """Return inputs that may be written to."""
    return tuple(_copy(value) for value in inputs)


def _copy(value: Any) -> Any:
    if isinstance(value, list) and any(isinstance(part, list) for part in value):
        return type(value)(map(_copy, value))
    return value.copy() if isinstance(value, (list, np.ndarray)) else value


def _arrays_of(result: Any) -> Callable[[Any], Any] | None:
    """Return what makes NumPy's arrays of results like this; None if they are arrays already."""
    if isinstance(result, (tuple, list)):
        return None if all(_arrays_of(part) is None for part in result) else _to_numpy
    return None if isinstance(result, (np.ndarray, np.generic)) else np.asarray


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
