"""What each of the demo's jobs runs on, and what makes its result right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import pygraph as pg
from pygraph.demo import digits, functions, references
from pygraph.demo.measure import Run


@dataclass(frozen=True)
class Verdict:
    """Whether a result agrees with the reference, and what there is to say about it."""

    agrees: bool
    text: str


@dataclass(frozen=True)
class Job:
    """One function, its arguments, and the same work without pygraph."""

    title: str
    function: Any
    arguments: tuple[pg.Tensor, ...]
    references: Mapping[str, Run]
    """By name; the first one's result is what `check` compares with."""
    check: Callable[[Any, Any], Verdict]
    """Takes the function's result and the first reference's."""


def k_means_job(quick: bool) -> Job:
    """Cluster the handwritten digits, starting from the first ten (one of each kind)."""
    pixels, labels = digits.load()
    if quick:
        pixels, labels = pixels[:300], labels[:300]
    start = pixels[: digits.CLASSES].copy()
    rows, first = pixels.tolist(), start.tolist()

    def check(result: Any, reference: Any) -> Verdict:
        centroids, assigned, rounds = (np.asarray(part) for part in result)
        agrees = (
            np.array_equal(assigned, reference[1])
            and int(rounds) == reference[2]
            and np.allclose(centroids, reference[0], rtol=1e-12, atol=1e-12)
        )
        share = purity(assigned.astype(np.int64), labels)
        return Verdict(agrees, f"{int(rounds)} rounds; {share:.1%} lie with their own kind")

    return Job(
        f"k-means: {len(pixels)} handwritten digits, until no assignment changes",
        functions.k_means,
        (pg.asarray(pixels), pg.asarray(start)),
        {
            "NumPy": lambda: references.k_means_numpy(pixels, start),
            "Python": lambda: references.k_means_python(rows, first),
        },
        check,
    )


def purity(assigned: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]) -> float:
    """Share of the points whose label is the commonest one in their cluster."""
    counts = np.zeros((assigned.max() + 1, digits.CLASSES), np.int64)
    np.add.at(counts, (assigned, labels), 1)
    return float(counts.max(axis=1).sum() / len(labels))


MANDELBROT_LIMIT = 100


def mandelbrot_job(quick: bool) -> Job:
    """The whole set, on an even grid."""
    height, width = (128, 192) if quick else (320, 480)
    real, imaginary = np.meshgrid(np.linspace(-2.3, 1.0, width), np.linspace(1.1, -1.1, height))
    rows = real.tolist(), imaginary.tolist()

    def check(result: Any, reference: Any) -> Verdict:
        steps = np.asarray(result)
        inside = int(np.sum(steps == MANDELBROT_LIMIT))
        return Verdict(
            bool(np.array_equal(steps, reference)),
            f"{inside} of {steps.size} points are still inside after {MANDELBROT_LIMIT} steps",
        )

    return Job(
        f"Mandelbrot set: {width} x {height} points, at most {MANDELBROT_LIMIT} steps each",
        functions.mandelbrot,
        (pg.asarray(real), pg.asarray(imaginary), pg.asarray(MANDELBROT_LIMIT)),
        {
            "NumPy": lambda: references.mandelbrot_numpy(real, imaginary, MANDELBROT_LIMIT),
            "Python": lambda: references.mandelbrot_python(*rows, MANDELBROT_LIMIT),
        },
        check,
    )


def sum_squares_job(quick: bool) -> Job:
    """A scalar loop: nothing to vectorise, so it shows the cost of a step."""
    n = 100_000 if quick else 1_000_000

    def check(result: Any, reference: Any) -> Verdict:
        total = int(result)
        return Verdict(total == reference == n * (n + 1) * (2 * n + 1) // 6, f"{total}")

    return Job(
        f"sum of squares up to {n}, one at a time",
        functions.sum_squares,
        (pg.asarray(n),),
        {
            "NumPy": lambda: references.sum_squares_numpy(n),
            "Python": lambda: references.sum_squares_python(n),
        },
        check,
    )
