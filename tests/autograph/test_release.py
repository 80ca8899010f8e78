"""What a trace makes is freed by reference count, at once, also where the trace was discarded."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from case_table import Call, Case, read_cases
from ways import Arguments, as_array, as_tensor

import pygraph as pg
from pygraph.graph import Builder


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def left_over(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[int, int]:
    """Return how many more graphs and builders there are after a function came and went."""
    graphs, builders = pg.runtime.live_graphs(), count_builders()
    with contextlib.suppress(Exception):
        pg.function(function)(*args, **kwargs)
    return pg.runtime.live_graphs() - graphs, count_builders() - builders


def count_builders() -> int:
    return sum(type(found) is Builder for found in gc.get_objects())


def skipped_read(n):
    for i in range(n):
        if i > 0:
            last = last + i  # noqa: F821
        else:
            last = i
    return last


def never_set(x):
    if x > 100:
        return unknown + x  # noqa: F821
    return x


def skipped_item(n):
    items = []
    while n > 0:
        if n < 2:
            items.pop()
        items.append(n)
        n = n - 1
    return items


@pytest.mark.parametrize("function", [skipped_read, never_set, skipped_item])
def test_what_a_discarded_trace_made(function: Callable[..., Any]) -> None:
    assert left_over(function, pg.asarray(3)) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in read_cases()[::5]])
def test_what_the_cases_make(case: Case) -> None:
    call = case.calls[-1]
    makes_cycles = collected_after(case, call)
    names = case.namespace()
    arguments = Arguments.of(call, names, as_tensor)
    before = count_builders()
    left_over(names["f"], *arguments.by_position, **arguments.by_name)
    if makes_cycles:
        # Such as a function inside `f` that calls itself: what it holds waits for the collector.
        gc.collect()
    assert count_builders() == before, f"{case.file}:{call.line}"


def collected_after(case: Case, call: Call) -> int:
    """Return how many objects plain Python leaves to the cycle collector in a call."""
    names = case.namespace()
    arguments = Arguments.of(call, names, as_array)
    gc.collect()
    with contextlib.suppress(Exception):
        names["f"](*arguments.by_position, **arguments.by_name)
    return gc.collect()
