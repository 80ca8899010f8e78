"""Lists whose length a tensor decides: collected, read and changed as plain Python does."""

# ruff: noqa: C416, RUF005
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import as_python, as_tensors

import pygraph as pg
from pygraph import _core
from pygraph.graph import Graph

PROGRAMS: list[tuple[Callable[..., Any], list[tuple[Any, ...]]]] = []


def program(*calls: tuple[Any, ...]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function with the arguments of its calls."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS.append((function, list(calls)))
        return function

    return register


@program((0,), (1,), (6,))
def doubles(n):
    return [2 * i for i in range(n)]


@program(([1, 5, 3, 8],), ([1, 2],))
def those_above_two(values):
    large = [value for value in values if value > 2]
    return large, len(large), [value + 1 for value in large]


@program(([1, 2, 3], 2), ([4], 0))
def nested_comprehension(values, n):
    return [value * i for i in range(n) for value in values if value > i if value < 9]


@program(([1.5, 2.5], 3))
def list_of_tuples(values, n):
    pairs = [(i, value) for i, value in enumerate(values)]
    return pairs, pairs[-1], [value * n for _, value in pairs]


@program(([3, 1, 2],), ([5],))
def aggregates_of_comprehensions(values):
    total = sum(value * value for value in values)
    some = any(value > 2 for value in values), all(value > 2 for value in values)
    largest = max(value - 1 for value in values), min([value for value in values])
    return total, some, largest, max(values, key=lambda value: -value)


@program(([3, 1, 2],), ([9, 9],))
def aggregates_that_may_be_empty(values):
    few = [value for value in values if value < 3]
    return min(few, default=-1), sum(few), any(few), all(few), len(few)


@program(([4, 7, 1],), ([8],))
def first_that_fits(values):
    return next(value for value in values if value > 3), next((v for v in values if v > 9), -1)


@program(([1, 2, 3, 4],))
def mapped_and_filtered(values):
    doubled = list(map(lambda x, y: x + y, values, values))
    even = list(filter(lambda x: x % 2 == 0, values))
    return doubled, even, list(reversed(even)), list(zip(doubled, even, strict=False))


@program(([2, 4, 6], 1), ([2, 4, 6], -1))
def read_by_index(values, i):
    table = [10, 20, 30]
    rows = [[value, -value] for value in values]
    return table[i], rows[i][0], rows[-1], rows[1:], len(rows[i])


@program((0,), (1,), (7,))
def fibonacci_by_concatenation(n):
    numbers = [0, 1]
    for _ in range(n):
        numbers = numbers + [numbers[-1] + numbers[-2]]
    return numbers


@program((6,), (27,))
def collatz_as_tuple(n):
    steps = (n,)
    while n != 1:
        n = 3 * n + 1 if n % 2 else n // 2
        steps += (n,)
    return steps, len(steps)


@program(([3, -1, 4, -1, 5],))
def parted_by_sign(values):
    parts = {"negative": [], "positive": []}
    for value in values:
        if value < 0:
            parts = {"negative": parts["negative"] + [value], "positive": parts["positive"]}
        else:
            parts = {"negative": parts["negative"], "positive": parts["positive"] + [value]}
    return parts


@program(([3, 0, 4],))
def truth_of_lists(values):
    zeros = [value for value in values if value == 0]
    large = [value for value in values if value > 9]
    found = 1 if zeros and not large else 2
    if large:
        found += 10
    return found, 0 in values, 3 in zeros, zeros.count(0)


@program(([5, 2, 7],))
def loop_over_a_list(values):
    total = 0
    for index, value in enumerate([value for value in values if value > 2]):
        total += index * value
    return total


IDS = [function.__name__ for function, _ in PROGRAMS]


@pytest.mark.parametrize(("function", "calls"), PROGRAMS, ids=IDS)
def test_as_plain_python(function, calls, monkeypatch):
    staged = pg.function(function)
    for arguments in calls:
        expected = function(*arguments)
        tensors = as_tensors(arguments, [True] * len(arguments))
        assert as_python(function(*tensors)) == expected
        assert as_python(staged(*tensors)) == expected
    monkeypatch.setenv("PYGRAPH_PASSES", "none")
    assert as_python(pg.function(function)(*tensors)) == expected


@pytest.mark.parametrize(("function", "calls"), PROGRAMS, ids=IDS)
def test_after_a_round_trip(function, calls):
    tensors = as_tensors(calls[0], [True] * len(calls[0]))
    concrete = pg.function(function).get_concrete_function(*tensors)
    expected = [t.tolist() for t in concrete._executable.run(tensors)]
    for copy in (
        Graph.from_bytes(concrete.graph.as_bytes()),
        Graph.from_text(concrete.graph.as_text()),
    ):
        assert [t.tolist() for t in _core.Executable(copy.module).run(tensors)] == expected
