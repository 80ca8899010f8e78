"""reduce_retracing: what varies becomes unknown, and results stay what they were."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import pygraph as pg


def test_dims_that_varied_become_unknown() -> None:
    @pg.function(reduce_retracing=True)
    def total(x):  # type: ignore[no-untyped-def]
        return pg.sum(x * 2, axis=0)

    for shape in [(1, 3), (2, 3), (7, 5), (4, 4), (1, 3), (9, 1)]:
        x = np.arange(np.prod(shape), dtype=float).reshape(shape)
        np.testing.assert_array_equal(total(x), (x * 2).sum(axis=0))
    assert total.tracing_count == 3
    (concrete,) = total.concrete_functions
    assert concrete.inputs == [pg.TensorSpec((None, None), "float64")]
    total(np.ones(3))
    assert total.tracing_count == 4


def test_numbers_that_vary_become_inputs() -> None:
    @pg.function(reduce_retracing=True)
    def power(x, n):  # type: ignore[no-untyped-def]
        return x * n + n

    for n in range(12):
        result = power(np.ones(2, np.float32), n)
        assert result.dtype == "float32"
        np.testing.assert_array_equal(result, np.float32([2 * n, 2 * n]))
    assert power.tracing_count == 2
    assert power.cache_info().graphs == 1
    for n in (0.5, 1.5, 2.5):
        assert power(np.ones(2, np.float32), n).tolist() == [2 * n, 2 * n]
    assert power.tracing_count == 3


def test_numbers_that_the_body_needs_stay_values() -> None:
    @pg.function(reduce_retracing=True)
    def tile(x, n):  # type: ignore[no-untyped-def]
        return pg.concat([x] * n)

    for n in (1, 2, 3, 2):
        assert tile(np.ones(1), n).shape == (n,)
    assert tile.tracing_count == 3


def test_a_body_that_needs_its_dims_is_specialised() -> None:
    @pg.function(reduce_retracing=True)
    def rows(x):  # type: ignore[no-untyped-def]
        return [row + 1 for row in list(x)]

    for n in (1, 2, 3, 2):
        assert len(rows(np.ones(n))) == n
    assert rows.tracing_count == 3


def test_structures_generalise_on_their_own() -> None:
    @pg.function(reduce_retracing=True)
    def total(data):  # type: ignore[no-untyped-def]
        return {name: pg.sum(value) for name, value in data.items()}

    def call(**data: Any) -> Any:
        return {k: v.item() for k, v in total(data).items()}

    assert call(a=np.ones(2), b=np.ones(3)) == {"a": 2, "b": 3}
    assert call(a=np.ones(4), b=np.ones(3)) == {"a": 4, "b": 3}
    assert call(a=np.ones(5), b=np.ones(3)) == {"a": 5, "b": 3}
    assert total.tracing_count == 2
    assert call(a=np.ones(5)) == {"a": 5}
    assert total.tracing_count == 3


def test_numbers_inside_containers_become_inputs() -> None:
    @pg.function(reduce_retracing=True)
    def step(state, options, *more, **named):  # type: ignore[no-untyped-def]
        x, count = state
        rate = options["rate"] * named["scale"]
        return x * rate + count, count + options["steps"][0], more

    def expected(x: Any, n: int) -> Any:
        return x * (n * 0.5 * 2.0) + n, n + 3 + n

    x = np.float32([1.0, 2.0])
    for n in range(6):
        result = step((x, n), {"rate": n * 0.5, "steps": [n + 3]}, "fixed", scale=2.0)
        assert result[0].dtype == "float32"
        np.testing.assert_array_equal(result[0], expected(x, n)[0].astype(np.float32))
        assert (int(result[1]), result[2]) == (expected(x, n)[1], ("fixed",))
    assert step.tracing_count == 2
    (concrete,) = step.concrete_functions
    names = {spec.name for spec in concrete.inputs}
    assert names == {"state[0]", "state[1]", "options['rate']", "options['steps'][0]"}


def test_numbers_that_are_no_leaves_stay_values() -> None:
    @pg.function(reduce_retracing=True)
    def pick(x, table, span):  # type: ignore[no-untyped-def]
        return x + sum(table.values()) + len(span) + sum(table)

    for n in range(4):
        found = pick(np.float64(0), {n: n + 1, 10: 5}, range(n))
        assert found.item() == n + 1 + 5 + n + 10 + n


def test_a_number_that_fits_no_input_is_a_value() -> None:
    @pg.function(reduce_retracing=True)
    def low(x, n):  # type: ignore[no-untyped-def]
        return x + (n & 255 if isinstance(n, int) else n)

    for n in (1, 2, 3, 2**63 + 7, 2**63 + 9, 4):
        assert low(pg.asarray(1), n).item() == 1 + n % 256


def test_each_rank_has_a_graph_of_its_own() -> None:
    @pg.function(reduce_retracing=True)
    def total(x):  # type: ignore[no-untyped-def]
        return pg.sum(x)

    shapes = [(2,), (3,), (4,), (2, 3), (3, 3), (3, 4), (1, 2, 3), (), (5,), (6, 7), (2, 2, 2)]
    for shape in shapes:
        assert total(np.ones(shape)).item() == np.ones(shape).sum()
    ranks = sorted(len(c.inputs[0].shape) for c in total.concrete_functions)
    assert ranks == [0, 1, 2, 3]
    assert {c.inputs[0].shape for c in total.concrete_functions} >= {(None,), (None, None)}


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(-3, 3), st.floats(-2, 2), st.integers(1, 4)), max_size=6))
def test_the_same_values_as_specialised(calls: list[tuple[int, float, int]]) -> None:
    def mixed(x, numbers, flag):  # type: ignore[no-untyped-def]
        a, b = numbers["a"], numbers["b"]
        y = x * a if flag else x / (b + 10)
        return y + b, a * 2, x.shape[0] + a

    general, special = pg.function(mixed, reduce_retracing=True), pg.function(mixed)
    for a, b, size in calls:
        x = np.arange(size, dtype=np.float32)
        numbers = {"a": a, "b": b}
        for found, wanted in zip(
            general(x, numbers, size > 2), special(x, numbers, size > 2), strict=True
        ):
            assert np.asarray(found).tolist() == np.asarray(wanted).tolist()
            assert np.asarray(found).dtype == np.asarray(wanted).dtype
