"""The demo's jobs without pygraph: in NumPy as one would write them, and in plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Row = Sequence[float]


def nearest_numpy(points: Floats, centroids: Floats) -> Integers:
    """Index of the nearest centroid of every point, from |p - c|^2 = |p|^2 - 2 p.c + |c|^2."""
    distances = np.sum(centroids * centroids, axis=1) - 2.0 * (points @ centroids.T)
    nearest: Integers = np.argmin(distances, axis=1)
    return nearest


def k_means_numpy(points: Floats, centroids: Floats) -> tuple[Floats, Integers, int]:
    """Lloyd's algorithm until no assignment changes: centroids, assignments, rounds."""
    clusters = np.arange(len(centroids))
    nearest = nearest_numpy(points, centroids)
    assigned = np.full_like(nearest, -1)
    rounds = 0
    while np.any(nearest != assigned):
        assigned = nearest
        members = (assigned[:, None] == clusters).astype(points.dtype)
        sizes = np.sum(members, axis=0)[:, None]
        means = (members.T @ points) / np.maximum(sizes, 1.0)
        centroids = np.where(sizes > 0.0, means, centroids)
        nearest = nearest_numpy(points, centroids)
        rounds += 1
    return centroids, assigned, rounds


def nearest_python(points: Sequence[Row], centroids: Sequence[Row]) -> list[int]:
    """As `nearest_numpy`, over lists."""
    lengths = [sum(c * c for c in centroid) for centroid in centroids]
    nearest = []
    for point in points:
        best, best_distance = 0, float("inf")
        for index, centroid in enumerate(centroids):
            product = sum(map(float.__mul__, point, centroid))
            distance = lengths[index] - 2.0 * product
            if distance < best_distance:
                best, best_distance = index, distance
        nearest.append(best)
    return nearest


def k_means_python(
    points: Sequence[Row], centroids: Sequence[Row]
) -> tuple[list[Row], list[int], int]:
    """As `k_means_numpy`, over lists."""
    means: list[Row] = list(centroids)
    nearest = nearest_python(points, means)
    assigned = [-1] * len(points)
    rounds = 0
    while nearest != assigned:
        assigned = nearest
        groups: list[list[Row]] = [[] for _ in means]
        for point, cluster in zip(points, assigned, strict=True):
            groups[cluster].append(point)
        means = [
            [sum(column) / len(group) for column in zip(*group, strict=True)] if group else mean
            for group, mean in zip(groups, means, strict=True)
        ]
        nearest = nearest_python(points, means)
        rounds += 1
    return means, assigned, rounds


def mandelbrot_numpy(real: Floats, imaginary: Floats, limit: int) -> Integers:
    """For every c: how many steps of z = z*z + c keep |z| within 2, counted up to `limit`."""
    x = np.zeros_like(real)
    y = np.zeros_like(real)
    steps = np.zeros(real.shape, np.int64)
    inside = np.full(real.shape, True)
    done = 0
    while done < limit and np.any(inside):
        next_x = x * x - y * y + real
        next_y = 2.0 * x * y + imaginary
        # A point that escaped stays where it is: it would overflow.
        x = np.where(inside, next_x, x)
        y = np.where(inside, next_y, y)
        inside = x * x + y * y <= 4.0
        steps += inside
        done += 1
    return steps


def mandelbrot_python(real: Sequence[Row], imaginary: Sequence[Row], limit: int) -> list[list[int]]:
    """As `mandelbrot_numpy`, point by point."""
    return [
        [escape_python(a, b, limit) for a, b in zip(row_a, row_b, strict=True)]
        for row_a, row_b in zip(real, imaginary, strict=True)
    ]


def escape_python(real: float, imaginary: float, limit: int) -> int:
    """Steps until the point leaves the circle of radius 2."""
    x = y = 0.0
    for step in range(limit):
        x, y = x * x - y * y + real, 2.0 * x * y + imaginary
        if not x * x + y * y <= 4.0:
            return step
    return limit


def sum_squares_numpy(n: int) -> int:
    """0 + 1 + 4 + ... + n*n, through an array."""
    numbers = np.arange(n + 1)
    return int(np.sum(numbers * numbers))


def sum_squares_python(n: int) -> int:
    """0 + 1 + 4 + ... + n*n."""
    s = 0
    for i in range(n + 1):
        s += i**2
    return s
