"""How a comparison is measured: alternating samples, medians, and the spread beside them."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

RESULTS = Path(__file__).parent / "results"


class Measurement(NamedTuple):
    """Seconds per call: the median of the samples, the least and the greatest."""

    median: float
    least: float
    greatest: float


def compare(
    candidates: Mapping[str, Callable[[], Any]], samples: int = 7, seconds: float = 0.2
) -> dict[str, Measurement]:
    """Time each candidate, alternating, ``samples`` times for at least ``seconds`` each."""
    repeats = {name: _repeats(run, seconds) for name, run in candidates.items()}
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(samples):
        for name, run in candidates.items():
            times[name].append(_time(run, repeats[name]))
    return {
        name: Measurement(statistics.median(taken), min(taken), max(taken))
        for name, taken in times.items()
    }


def _time(run: Callable[[], Any], repeats: int) -> float:
    started = time.perf_counter()
    for _ in range(repeats):
        run()
    return (time.perf_counter() - started) / repeats


def _repeats(run: Callable[[], Any], seconds: float) -> int:
    run()
    once = max(_time(run, 1), 1e-9)
    estimate = max(1, int(0.05 * seconds / once))
    return max(1, int(seconds / max(_time(run, estimate), 1e-9)))


def readable(seconds: float) -> str:
    """Return a time with a fitting unit."""
    for unit, scale in (("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3)):
        if seconds < 1000 * scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds:.3g} s"


def report(question: str, tables: Mapping[str, dict[str, Measurement]]) -> None:
    """Print the tables of one question, and write them with the machine to bench/results/."""
    print(f"\n{question}")
    for title, rows in tables.items():
        ours = rows["pygraph"].median
        print(f"  {title}")
        for name, row in sorted(rows.items(), key=lambda item: item[1].median):
            spread = f"{readable(row.least)} to {readable(row.greatest)}"
            ratio = "" if name == "pygraph" else f"pygraph takes {ours / row.median:.3g} of it"
            print(f"    {name:<14}{readable(row.median):>10}   ({spread:<22})  {ratio}")
    RESULTS.mkdir(exist_ok=True)
    data = {
        "question": question,
        "machine": {"processor": _processor(), "python": platform.python_version()},
        "seconds": {
            title: {name: row._asdict() for name, row in rows.items()}
            for title, rows in tables.items()
        },
    }
    name = question.split(":")[0].replace(" ", "_")
    (RESULTS / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n")


def machine() -> str:
    """Return what machine this is: processor, cores, system."""
    cores = len(os.sched_getaffinity(0))
    return f"{_processor()}, {cores} cores, {platform.system()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if "model name" in line), "unknown")
