"""reduce_retracing: what varies becomes unknown, and results stay what they were."""

from __future__ import annotations

from typing import Any

import numpy as np

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
        return pg.concat((x,) * n)

    for n in (1, 2, 3, 2):
        assert tile(np.ones(1), n).shape == (n,)
    assert tile.tracing_count == 3


def test_a_body_that_needs_its_dims_is_specialised() -> None:
    @pg.function(reduce_retracing=True)
    def rows(x):  # type: ignore[no-untyped-def]
        return [row + 1 for row in pg.unstack(x)]

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
