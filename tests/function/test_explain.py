"""What a Function says about itself, and the bounds on its cache."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import pygraph as pg
from pygraph.function.concrete import ConcreteFunction


def made() -> Any:
    @pg.function
    def scale(x, n=3):  # type: ignore[no-untyped-def]
        return x * n

    return scale


def test_rows_say_why_and_where() -> None:
    scale = made()
    scale(np.ones(2))
    scale(np.ones(2))
    scale(np.ones(3))
    scale(np.ones(3), 4)
    explanation = scale.explain()
    assert [row.calls for row in explanation] == [2, 1, 1]
    assert [row.reason for row in explanation] == [
        "first call",
        "x was float64[2], is float64[3]",
        "n was 3, is 4",
    ]
    change = explanation[2].changes[0]
    assert (change.argument, change.old, change.new) == ("n", "3", "4")
    assert explanation.rows[0].signature == "scale(x: float64[2], n=3) -> float64[2]"
    for row in explanation:
        assert row.trace_seconds > 0
        assert row.plan_seconds > 0
        assert row.bytes > 100
        assert row.line is not None
        assert row.line[0] == __file__
        assert row.line[2] == "test_rows_say_why_and_where"
        assert not row.held_strongly
    text = str(explanation)
    assert "scale: 3 graphs, traced 3 times" in text
    assert "why: x was float64[2], is float64[3]" in text
    assert "test_explain.py" in text
    assert repr(explanation) == text


def test_signatures_are_printed() -> None:
    scale = made()
    scale(np.ones(2))
    scale(np.ones((2, 1), np.float32), 2.5)
    assert scale.pretty_printed_signatures() == (
        "scale(x: float64[2], n=3) -> float64[2]\nscale(x: float32[2, 1], n=2.5) -> float32[2, 1]"
    )


def test_bytes_count_constants() -> None:
    table = pg.asarray(np.ones(10_000))
    small, large = pg.function(lambda x: x + 1), pg.function(lambda x: x + table)
    small(1.0), large(1.0)
    small.explain()
    assert large.explain()[0].bytes > small.explain()[0].bytes + 80_000 - 100


def test_a_warning_names_the_argument_and_the_cure() -> None:
    def call(function: Any, values: Any) -> None:
        for value in values:
            function(np.ones(2), value)

    scale, other = made(), made()
    call(scale, range(10))
    call(other, range(10))
    with pytest.warns(pg.RetracingWarning, match=r"scale was .* 'n' .*asarray") as caught:
        scale(np.ones(2), 10)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    shapes = made()
    for size in range(10):
        shapes(np.ones(size))
    with pytest.warns(pg.RetracingWarning, match=r"'x' .*TensorSpec.*reduce_retracing"):
        shapes(np.ones(11))


def test_max_graphs_keeps_the_latest_used() -> None:
    @pg.function(max_graphs=2)
    def f(n):  # type: ignore[no-untyped-def]
        return n

    for n in (1, 2, 1, 3):
        assert f(n) == n
    assert f.cache_info() == (2, 3, 2)
    f(1)
    assert f.tracing_count == 3
    f(2)
    assert f.tracing_count == 4
    for bad in (0, -1, True, 1.5):
        with pytest.raises(ValueError, match="max_graphs"):
            pg.function(lambda x: x, max_graphs=bad)  # type: ignore[call-overload]


def test_the_limit_of_the_process_drops_the_least_recently_used() -> None:
    first, second = made(), made()
    first(np.ones(2))
    second(np.ones(2))
    first(np.ones(2))
    try:
        pg.runtime.set_cache_limit(first.explain()[0].bytes)
        assert first.cache_info().graphs == 1
        assert second.cache_info().graphs == 0
        np.testing.assert_array_equal(second(np.ones(2)), [3.0, 3.0])
        assert first.cache_info().graphs == 0
        assert second.cache_info().graphs == 1
        pg.runtime.set_cache_limit(0)
        np.testing.assert_array_equal(first(np.ones(3)), [3.0, 3.0, 3.0])
        with pytest.raises(ValueError, match="at least 0"):
            pg.runtime.set_cache_limit(-1)
        with pytest.raises(TypeError, match="number of bytes"):
            pg.runtime.set_cache_limit(1.5)  # type: ignore[arg-type]
    finally:
        pg.runtime.set_cache_limit(None)


def test_a_running_graph_is_not_freed_under_its_caller() -> None:
    @pg.function
    def slow(n):  # type: ignore[no-untyped-def]
        i = pg.asarray(0)
        while i < n:
            i += 1
        return i

    slow(pg.asarray(1))
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(int(slow(pg.asarray(30_000_000)))))
    thread.start()
    while thread.is_alive():
        slow.clear_cache()
        thread.join(0.01)
    assert results == [30_000_000]


def test_concrete_functions_name_what_does_not_fit() -> None:
    scale = made()
    concrete: ConcreteFunction = scale.get_concrete_function(np.ones(2), 5)
    np.testing.assert_array_equal(concrete(np.ones(2), 5), [5.0, 5.0])
    np.testing.assert_array_equal(concrete(n=5, x=np.ones(2)), [5.0, 5.0])
    np.testing.assert_array_equal(concrete(np.ones(2)), [5.0, 5.0])
    with pytest.raises(TypeError, match=r"argument 'x' must be float64\[2\], got float32\[2\]"):
        concrete(np.ones(2, np.float32), 5)
    with pytest.raises(TypeError, match=r"argument 'x' must be a tensor, float64\[2\]"):
        concrete("a", 5)
    with pytest.raises(ValueError, match="traced with 5 for its argument 'n', where 6"):
        concrete(np.ones(2), 6)
    with pytest.raises(TypeError, match=r"argument 'x' must be like \*, got \[\*\]"):
        concrete([np.ones(2)], 5)


def test_plans_of_unknown_dims_count() -> None:
    @pg.function(input_signature=[pg.TensorSpec((None,), pg.float64)])
    def total(x):  # type: ignore[no-untyped-def]
        y = x
        for i in range(20):
            y = y * x + i
        return pg.cumulative_sum(y) + y

    total.get_concrete_function()
    sizes = [total.explain()[0].bytes]
    for n in (3, 4, 3):
        total(np.ones(n))
        sizes.append(total.explain()[0].bytes)
    assert sizes[0] < sizes[1] < sizes[2] == sizes[3]
    other = pg.function(lambda x: x + 1)
    other(1.0)
    held = other.explain()[0].bytes
    try:
        # A plan made for a call is enough to go beyond the limit: the other graph goes.
        pg.runtime.set_cache_limit(sizes[3] + held)
        assert other.cache_info().graphs == 1
        total(np.ones(5))
        assert other.cache_info().graphs == 0
        assert total.cache_info().graphs == 1
    finally:
        pg.runtime.set_cache_limit(None)


def test_memory_that_only_a_run_needs_is_not_held() -> None:
    f = pg.function(lambda x: pg.sum(pg.cumulative_sum(x) * pg.flip(x)))
    f(np.ones(100_000))
    assert f.explain()[0].bytes < 100_000
