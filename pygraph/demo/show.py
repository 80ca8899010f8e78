"""Runs the demo's jobs and says what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import pygraph as pg
from pygraph.demo import measure, picture, png
from pygraph.demo.jobs import MANDELBROT_LIMIT, Job, k_means_job, mandelbrot_job, sum_squares_job

INDENT = "    "
LABEL = 12
OWN_NAME = "pygraph"


@dataclass(frozen=True)
class Shown:
    """What the rest of the demo needs of a job that was shown."""

    result: Any
    agrees: bool


def line(label: str, text: str) -> None:
    """One labelled line of a report."""
    print(f"  {label:<{LABEL}}{text}".rstrip())


def graph_size(function: Any, arguments: tuple[pg.Tensor, ...]) -> str:
    """How many nodes the function's graph has."""
    graph = function.get_concrete_function(*arguments).graph
    return f"{len(graph.nodes)} nodes; traced {times(function.tracing_count)}"


def times(count: int) -> str:
    """A count as an adverb."""
    return "once" if count == 1 else f"{count} times"


def show(number: int, job: Job, samples: int, budget: float) -> Shown:
    """Run one job, check it, time it, and print all of that."""
    print(f"\n{number}. {job.title}\n")
    source = pg.autograph.to_code(job.function.python_function)
    line("source", "as converted:")
    print()
    print("\n".join(f"{INDENT}{text}".rstrip() for text in source.strip().splitlines()))
    print()
    first, result = measure.timed(lambda: job.function(*job.arguments))
    line("graph", graph_size(job.function, job.arguments))
    reference_name, reference = next(iter(job.references.items()))
    verdict = job.check(result, reference())
    line("result", verdict.text)
    line("check", f"{'equal to' if verdict.agrees else 'DIFFERS FROM'} {reference_name}'s result")
    line("first call", f"{measure.duration(first)}   tracing and planning included")
    runs = {OWN_NAME: lambda: job.function(*job.arguments), **job.references}
    timings = measure.alternate(runs, samples, budget)
    own = timings[OWN_NAME].median
    for name, timing in timings.items():
        relative = (
            "" if name == OWN_NAME else f"{measure.ratio(timing.median / own)} pygraph's time"
        )
        count = len(timing.samples)
        source = f"median of {count}" if count > 1 else "one run"
        line(name, f"{measure.duration(timing.median)}   {source:<14}{relative}")
    return Shown(result, verdict.agrees)


def run(plot: Path | None, quick: bool) -> int:
    """Show all jobs; the process's exit code, 1 if a result is wrong."""
    samples, budget = (3, 0.3) if quick else (7, 2.0)
    jobs = [k_means_job(quick), mandelbrot_job(quick), sum_squares_job(quick)]
    shown = [show(number, job, samples, budget) for number, job in enumerate(jobs, 1)]
    print()
    if plot is not None:
        centroids, _, _ = shown[0].result
        steps = np.asarray(shown[1].result)
        pixels = picture.compose(steps, MANDELBROT_LIMIT, np.asarray(centroids))
        png.write(plot, pixels)
        height, width, _ = pixels.shape
        print(f"The picture is in {plot} ({width} x {height}): the set, and the ten mean digits.")
    wrong = [job.title for job, one in zip(jobs, shown, strict=True) if not one.agrees]
    if wrong:
        print("WRONG RESULT: " + "; ".join(wrong))
        return 1
    print("All results agree with the references.")
    return 0
