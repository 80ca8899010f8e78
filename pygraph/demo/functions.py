"""The demo's jobs as pygraph functions: plain Python, whose loops become part of a graph."""

from __future__ import annotations

import pygraph as pg


def nearest_centroid(points: pg.Tensor, centroids: pg.Tensor) -> pg.Tensor:
    """Index of the nearest centroid of every point, from |p - c|^2 = |p|^2 - 2 p.c + |c|^2."""
    distances = pg.sum(centroids * centroids, axis=1) - 2.0 * (points @ centroids.T)
    return pg.argmin(distances, axis=1)


@pg.function
def k_means(points: pg.Tensor, centroids: pg.Tensor) -> tuple[pg.Tensor, pg.Tensor, int]:
    """Lloyd's algorithm until no assignment changes: centroids, assignments, rounds."""
    clusters = pg.arange(centroids.shape[0])
    nearest = nearest_centroid(points, centroids)
    assigned = pg.full_like(nearest, -1)
    rounds = 0
    while pg.any(nearest != assigned):
        assigned = nearest
        members = pg.astype(assigned[:, None] == clusters, points.dtype)
        sizes = pg.sum(members, axis=0)[:, None]
        means = (members.T @ points) / pg.maximum(sizes, 1.0)
        centroids = pg.where(sizes > 0.0, means, centroids)
        nearest = nearest_centroid(points, centroids)
        rounds += 1
    return centroids, assigned, rounds


@pg.function
def mandelbrot(real: pg.Tensor, imaginary: pg.Tensor, limit: pg.Tensor) -> pg.Tensor:
    """For every c: how many steps of z = z*z + c keep |z| within 2, counted up to `limit`."""
    x = pg.zeros_like(real)
    y = pg.zeros_like(real)
    steps = pg.zeros(real.shape, dtype=pg.int64)
    inside = pg.ones(real.shape, dtype=pg.bool)
    done = 0
    while done < limit and pg.any(inside):
        next_x = x * x - y * y + real
        next_y = 2.0 * x * y + imaginary
        # A point that escaped stays where it is: it would overflow.
        x = pg.where(inside, next_x, x)
        y = pg.where(inside, next_y, y)
        inside = x * x + y * y <= 4.0
        steps = steps + pg.astype(inside, pg.int64)
        done += 1
    return steps


@pg.function
def sum_squares(n: pg.Tensor) -> pg.Tensor | int:
    """0 + 1 + 4 + ... + n*n."""
    s = 0
    for i in pg.range(n + 1):
        s += i**2
    return s
