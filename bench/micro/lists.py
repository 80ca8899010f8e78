"""The cost of lists whose length a graph decides, next to Python's own: stacks, queues, heaps."""

from __future__ import annotations

import heapq
from collections import deque
from typing import Any

import numpy as np

import pygraph as pg
from bench.measure import compare, report


def stack(n):  # type: ignore[no-untyped-def]
    """Push two and pop one, n times."""
    items = [(0, 1.0)]
    total = 0.0
    for i in range(n):
        items.append((i, 2.0))
        items.append((i + 1, 3.0))
        a, b = items.pop()
        total = total + a * b
    return total


def queue(n):  # type: ignore[no-untyped-def]
    """Append and take from the other end, n times, with a hundred in between."""
    items = deque([(i, 1.0) for i in range(100)])
    total = 0.0
    for i in range(n):
        items.append((i, 2.0))
        a, b = items.popleft()
        total = total + a * b
    return total


def heap(n):  # type: ignore[no-untyped-def]
    """Push n tuples in an order that is none, then pop them all."""
    items = [(0, 1.0)]
    key = 1
    for i in range(n):
        key = (key * 1103515245 + 12345) % 2147483648
        heapq.heappush(items, (key % 1000, i * 1.0))
    total = 0.0
    while items:
        a, b = heapq.heappop(items)
        total = total * 0.5 + a * b
    return total


def shortest_paths(starts, targets, weights):  # type: ignore[no-untyped-def]
    """Return how far each node is from the first: Dijkstra's way, with a heap."""
    far = [1e30] * (len(starts) - 1)
    far[0] = 0.0
    heap = [(0.0, 0)]
    while heap:
        cost, node = heapq.heappop(heap)
        if cost > far[node]:
            continue
        for edge in range(starts[node], starts[node + 1]):
            target = targets[edge]
            following = cost + weights[edge]
            if following < far[target]:
                far[target] = following
                heapq.heappush(heap, (following, target))
    return far


def breadth_first(starts, targets):  # type: ignore[no-untyped-def]
    """Return how many edges each node is from the first."""
    far = [-1] * (len(starts) - 1)
    far[0] = 0
    queue = deque([0])
    while queue:
        node = queue.popleft()
        for edge in range(starts[node], starts[node + 1]):
            target = targets[edge]
            if far[target] < 0:
                far[target] = far[node] + 1
                queue.append(target)
    return far


def main() -> None:
    """Compare a million steps of each, and searches of a graph of 4,000 nodes, 24,000 edges."""
    random = np.random.default_rng(0)
    nodes, edges = 4000, 24000
    sources = np.sort(random.integers(0, nodes, edges))
    starts = np.searchsorted(sources, np.arange(nodes + 1))
    targets = random.integers(0, nodes, edges)
    weights = random.random(edges)
    arrays = starts, targets, weights
    tables: dict[str, Any] = {}
    for title, function, given, plain in [
        ("stack: two pushes and a pop", stack, (100_000,), (100_000,)),
        ("queue: append and popleft", queue, (100_000,), (100_000,)),
        ("heap: heappush and heappop", heap, (100_000,), (100_000,)),
        ("shortest paths", shortest_paths, arrays, [part.tolist() for part in arrays]),
        ("breadth first", breadth_first, arrays[:2], [part.tolist() for part in arrays[:2]]),
    ]:
        staged = pg.function(function)
        tensors = [pg.asarray(part) for part in given]
        np.testing.assert_allclose(np.asarray(staged(*tensors)), function(*plain))
        tables[title] = compare(
            {
                "pygraph": lambda staged=staged, tensors=tensors: staged(*tensors),
                "CPython": lambda function=function, plain=plain: function(*plain),
            }
        )
    report("lists: a step of a list, a queue and a heap", tables)


if __name__ == "__main__":
    main()
