"""Timing side by side, and how durations and ratios read."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Run = Callable[[], object]


@dataclass(frozen=True)
class Timing:
    """Durations of one contender, in seconds."""

    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle duration."""
        return statistics.median(self.samples)


def timed(run: Run) -> tuple[float, object]:
    """Duration of one call in seconds, and its result."""
    started = time.perf_counter()
    result = run()
    return time.perf_counter() - started, result


def alternate(runs: Mapping[str, Run], samples: int, budget: float) -> dict[str, Timing]:
    """Time all contenders in turn, `samples` times; one that has used up `budget` seconds rests.

    Everyone is called at least once. Taking turns keeps a machine that slows down from favouring
    whoever came first.
    """
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(samples):
        for name, run in runs.items():
            if sum(taken[name]) < budget:
                taken[name].append(timed(run)[0])
    return {name: Timing(tuple(durations)) for name, durations in taken.items()}


def duration(seconds: float) -> str:
    """A duration with three digits and its unit, ten columns wide."""
    for scale, unit in ((1.0, "s "), (1e-3, "ms"), (1e-6, "us")):
        if seconds >= 0.9995 * scale:
            return f"{three_digits(seconds / scale):>7} {unit}"
    return f"{three_digits(seconds / 1e-9):>7} ns"


def three_digits(value: float) -> str:
    """A positive number with three significant digits, never in exponent form."""
    if value >= 99.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def ratio(value: float) -> str:
    """How many times as long, eight columns wide."""
    return f"{three_digits(value):>6} x"
