"""Python loops that no tensor ends: the trace ends by an error that names the line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

import pygraph as pg
from pygraph.autograph.operators import loops

pytestmark = pytest.mark.filterwarnings("ignore:a Python loop put more")


@pytest.fixture(autouse=True)
def low_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bounds are meant for programs; tests are to be quick."""
    monkeypatch.setattr(loops, "MOST", 500)
    monkeypatch.setattr(loops, "MOST_BRANCHES", 100)
    monkeypatch.setattr(loops, "_CHECKED", 100)


def while_true(x: Any) -> Any:
    while True:
        x = x + 1


def python_condition(x: Any) -> Any:
    going = [True]
    while going[0]:
        x = x + 1
    return x


def endless_for(x: Any) -> Any:
    for i in itertools.count():
        x = x + i
    return x


def break_by_a_tensor(x: Any) -> Any:
    for i in itertools.count():
        if x < i:
            break
    return i


def return_by_a_tensor(x: Any) -> Any:
    for i in itertools.cycle([1, 2]):
        x = x + i
        if x > 10:
            return x
    return None


@pytest.mark.parametrize(
    "function",
    [while_true, python_condition, endless_for, break_by_a_tensor, return_by_a_tensor],
    ids=lambda function: function.__name__,
)
def test_endless(function: Any) -> None:
    line = function.__code__.co_firstlineno
    lines = "|".join(str(line + i) for i in range(1, 5))
    match = (
        rf"iterations into the graph.*test_endless.py:({lines}).*set_loop_options\(unroll=True\)"
    )
    with pytest.raises(RuntimeError, match=match):
        pg.function(function)(pg.asarray(1))


def test_long_loops_that_are_meant() -> None:
    @pg.function
    def f(x):
        for i in range(900):
            pg.autograph.set_loop_options(unroll=True)
            x = x + i
        return x

    assert int(f(pg.asarray(0))) == sum(range(900))


def test_long_loops_that_make_no_graph() -> None:
    @pg.function
    def f(x):
        table = []
        for i in range(5000):
            table.append(i)
        return x + sum(table)

    assert int(f(pg.asarray(0))) == sum(range(5000))


class UpTo:
    """Counts to a number that may be a tensor."""

    def __init__(self, count: Any) -> None:
        self.count = count
        self.position = 0

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        if self.position >= self.count:
            raise StopIteration
        self.position += 1
        return self.position


def test_iterator_that_a_tensor_would_end() -> None:
    @pg.function
    def f(x):
        total = 0
        for item in UpTo(x):
            total += item
        return total

    assert f(4) == 10
    with pytest.raises(TypeError, match=r"StopIteration .*test_endless.py:\d+, in __next__"):
        f(pg.asarray(4))
