"""Everything is freed by reference count, at once."""

from __future__ import annotations

import functools
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import pygraph as pg


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def make() -> Any:
    weights = pg.asarray(np.ones((64, 64)))

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        total = 0.0
        while pg.sum(x) > 1.0:
            if total > 3.0:
                break
            x = x @ weights / 100.0
            total += 1.0
        return x, total

    return f


def test_deleting_a_function_frees_its_graphs() -> None:
    before = pg.runtime.live_graphs()
    f = make()
    f(np.ones((2, 64)))
    f(np.ones((3, 64)))
    assert pg.runtime.live_graphs() == before + 2
    del f
    assert pg.runtime.live_graphs() == before


def test_constants_are_freed_with_their_function() -> None:
    make()(np.ones((2, 64)))
    before = pg.runtime.memory_stats()["live_buffers"]
    f = make()
    f(np.ones((2, 64)))
    assert pg.runtime.memory_stats()["live_buffers"] > before
    del f
    assert pg.runtime.memory_stats()["live_buffers"] == before


def test_clear_cache_frees_graphs() -> None:
    before = pg.runtime.live_graphs()
    f = make()
    f(np.ones((2, 64)))
    f.clear_cache()
    assert pg.runtime.live_graphs() == before
    f(np.ones((2, 64)))
    assert pg.runtime.live_graphs() == before + 1


def test_the_python_function_is_freed_too() -> None:
    f = make()
    f(np.ones((2, 64)))
    inner = weakref.ref(f.python_function)
    del f
    assert inner() is None


def test_a_failed_trace_keeps_nothing_alive() -> None:
    before = pg.runtime.live_graphs()

    @pg.function
    def bad(x):  # type: ignore[no-untyped-def]
        for _ in pg.range(3):
            x = pg.concat([x, x])
            raise ValueError("stop")
        return x

    function = weakref.ref(bad.python_function)
    with pytest.raises(ValueError, match="stop"):
        bad(np.ones(3))
    del bad
    assert pg.runtime.live_graphs() == before
    assert function() is None


def test_instances_are_held_weakly() -> None:
    class Model:
        @pg.function
        def __call__(self, x):  # type: ignore[no-untyped-def]
            return x + 1

    model = Model()
    model(pg.asarray(1.0))
    reference = weakref.ref(model)
    del model
    assert reference() is None


def test_partials_closures_and_nested_functions_are_freed() -> None:
    before = pg.runtime.live_graphs()
    weights = pg.asarray(np.ones(1000))
    live = pg.runtime.memory_stats()["live_buffers"]

    def add(a, b):  # type: ignore[no-untyped-def]
        return a + b

    inner = pg.function(functools.partial(add, b=weights))
    outer = pg.function(lambda x: inner(x) * 2)  # noqa: F821
    inner(np.ones(1000))
    outer(np.ones(1000))
    reduced = pg.function(add, reduce_retracing=True)
    for size in range(1, 4):
        reduced(np.ones(size), size)
    assert pg.runtime.live_graphs() == before + 3
    del inner, outer, reduced
    assert pg.runtime.live_graphs() == before
    assert pg.runtime.memory_stats()["live_buffers"] == live
