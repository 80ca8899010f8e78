"""Tile programs give the bits that their instructions give one by one, and keep their order."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pygraph as pg

Array = np.ndarray
RNG = np.random.default_rng(17)


def samples(*shape: int, dtype: str = "float32") -> Array:
    return (RNG.normal(size=shape) * 3).astype(dtype)


def staged(function: Callable[..., Any], passes: str) -> Callable[..., Any]:
    """Trace with these passes at the first call; plans are made then."""
    made = pg.function(function)

    def call(*arguments: Any) -> list[Array]:
        with mock.patch.dict(os.environ, PYGRAPH_PASSES=passes):
            results = made(*arguments)
        return [np.asarray(r) for r in (results if isinstance(results, tuple) else (results,))]

    return call


def check(function: Callable[..., Any], *arguments: Array) -> None:
    """Compare bits with the plan without tile programs."""
    fused, plain = staged(function, ""), staged(function, "-fuse")
    for got, want in zip(fused(*arguments), plain(*arguments), strict=True):
        assert got.dtype == want.dtype
        assert got.shape == want.shape
        assert got.tobytes() == want.tobytes()


def plan(function: Callable[..., Any], *arguments: Array) -> str:
    return str(pg.function(function).get_concrete_function(*arguments).plan.as_text())


def wave(x: Any) -> Any:
    return pg.tanh(x * 2.0 + 1.0) * pg.sigmoid(x) - pg.exp(-x * x)


def softmax(x: Any) -> Any:
    e = pg.exp(x - pg.max(x, axis=-1, keepdims=True))
    return e / pg.sum(e, axis=-1, keepdims=True)


def layer_norm(x: Any, scale: Any, offset: Any) -> Any:
    mean = pg.mean(x, axis=-1)
    d = x - mean[:, None]
    variance = pg.mean(d * d, axis=-1)
    return d / pg.sqrt(variance + 1e-5)[:, None] * scale + offset, mean


@pytest.mark.parametrize("n", [2, 3, 127, 1000, 4096, 4097, 100_003])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_elementwise_chains(n: int, dtype: str) -> None:
    check(wave, samples(n, dtype=dtype))


FOUR = {"add": pg.add, "subtract": pg.subtract, "multiply": pg.multiply, "divide": pg.divide}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("inner", ["add", "subtract", "multiply"])
@pytest.mark.parametrize("outer", FOUR)
def test_pairs_of_operations(inner: str, outer: str, dtype: str) -> None:
    def first(a: Any, b: Any, c: Any) -> Any:
        return FOUR[outer](FOUR[inner](a, b), c)

    def second(a: Any, b: Any, c: Any) -> Any:
        return FOUR[outer](c, FOUR[inner](a, b))

    for n in (2, 3, 7, 16, 41):
        a, b, c = (samples(n, dtype=dtype) for _ in range(3))
        assert f"tiles({inner}+{outer})" in plan(first, a, b, c)
        for arrays in ((a, b, c), (a, b, c[:1]), (a[:1], b, c), (a, b[:1], c[:1]), (a, a, a)):
            check(first, *arrays)
            check(second, *arrays)


def test_a_result_that_is_read_twice_is_kept() -> None:
    def squares(x: Any) -> Any:
        y = x * x
        return y + 1.0, y - 1.0

    assert "tiles(multiply, add, subtract)" in plan(squares, samples(9))
    check(squares, samples(9))


def test_one_instruction_remains() -> None:
    text = plan(wave, samples(1000))
    assert "tiles(multiply+add, tanh, sigmoid, negative, multiply+exp, multiply+subtract)" in text
    assert "over 1 x 1000 output0 <- input0" in text
    assert "arena: 0 bytes" in text


@pytest.mark.parametrize("shape", [(1, 300), (7, 128), (40, 300), (3, 4096), (5, 4097), (9, 5)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_reductions_of_rows(shape: tuple[int, int], dtype: str) -> None:
    x = samples(*shape, dtype=dtype)
    check(softmax, x)
    check(layer_norm, x, x[0].copy(), x[-1].copy())


def test_a_normalisation_is_one_walk_over_its_rows() -> None:
    x = samples(30, 256)
    assert plan(softmax, x).count("tiles(") == 1
    assert "arena: 0 bytes" in plan(layer_norm, x, x[0].copy(), x[1].copy())


@pytest.mark.parametrize("n", [1, 2, 5, 4096, 4097, 70_000])
def test_reductions_of_everything(n: int) -> None:
    check(lambda x: (pg.sum(x * x), pg.max(pg.exp(x)), pg.sum(x), x + 1.0), samples(n))
    check(lambda x: (pg.sum(x * 3), pg.all(x + 5 > 0), x - 1), samples(n, dtype="int32"))


SHAPES = {
    "row": ((50, 300), (300,)),
    "column": ((50, 300), (50, 1)),
    "narrow row": ((1000, 10), (10,)),
    "narrow column": ((1000, 10), (1000, 1)),
    "wide": ((3, 10_000), (3, 1)),
    "three dims": ((6, 1, 70), (5, 1)),
    "middle": ((6, 5, 70), (6, 1, 70)),
    "middle, narrow": ((60, 50, 7), (60, 1, 7)),
    "scalar": ((50, 300), ()),
    "square": ((200, 200), (200,)),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "int64"])
def test_broadcasting(name: str, dtype: str) -> None:
    x, y = (samples(*shape, dtype=dtype) for shape in SHAPES[name])
    check(lambda x, y: pg.where(x + y > 0, (x + y) * x - y, y * 2 + x), x, y)
    check(lambda x, y: ((x - y) * (x - y), x * 2 - 1), x, y)


def test_rows_that_are_not_per_row_values() -> None:
    # A vector of as many elements as there are rows, once along and once across them.
    x, v = samples(150, 150), samples(150)
    check(lambda x, v: (x - pg.sum(x, axis=1)) * v + pg.sum(x, axis=1, keepdims=True), x, v)
    check(lambda x, v: (pg.sum(x, axis=1) + v) * (x + v), x, v)


def test_mixed_dtypes() -> None:
    x = samples(5000)
    check(lambda x: pg.astype(pg.astype(x, pg.int32) * 2, pg.float64) + pg.astype(x, pg.float64), x)
    check(lambda x: pg.where(pg.isnan(pg.log(x)), 0.0, pg.sqrt(pg.abs(x))), x)


def mandelbrot(cr: Any, ci: Any) -> Any:
    zr, zi, n = cr * 0, ci * 0, pg.astype(cr * 0, pg.int32)
    for _ in pg.range(30):
        live = zr * zr + zi * zi < 4
        next_r = zr * zr - zi * zi + cr
        zi = pg.where(live, 2 * zr * zi + ci, zi)
        zr = pg.where(live, next_r, zr)
        n = n + pg.astype(live, pg.int32)
    return n


def test_loops_run_in_place_and_allocate_nothing() -> None:
    c = samples(40, 50)
    check(mandelbrot, c, c[::-1].copy())
    function = pg.function(mandelbrot)
    function(c, c)

    def allocations(turns: Callable[[], Any]) -> int:
        before = pg.runtime.memory_stats()["allocations"]
        turns()
        return pg.runtime.memory_stats()["allocations"] - before

    assert allocations(lambda: function(c, c)) <= 3
    body = function.get_concrete_function(c, c).plan.as_text().split("jump", 1)[1]
    assert "move" not in body


def swap(x: Any, y: Any) -> Any:
    for _ in pg.range(5):
        x, y = y * 2 - x, x + y * 3
    return x, y


def test_states_that_change_places() -> None:
    check(swap, samples(3000), samples(3000))


def test_results_that_are_operands_as_well() -> None:
    def function(x: Any) -> Any:
        a = x + 1.0
        b = a * a
        c = pg.matmul(b, a)
        return a, b * c, c - a

    check(function, samples(20, 20))


def test_a_division_by_zero_keeps_its_place() -> None:
    variable = pg.Variable(np.zeros(3, np.int64))

    def function(x: Any, y: Any) -> Any:
        a = x * 2 + 1
        variable.assign(a)
        b = (a - 1) // y
        variable.assign(b + a)
        return b * 2 - a

    fused = pg.function(function)
    x = np.arange(3)
    assert (np.asarray(fused(x, np.array([1, 2, 1]))) == x * 2 // [1, 2, 1] * 2 - x * 2 - 1).all()
    with pytest.raises(ZeroDivisionError, match="division by zero") as raised:
        fused(x, np.array([1, 0, 1]))
    assert raised.traceback[-1].lineno + 1 == function.__code__.co_firstlineno + 3
    assert (np.asarray(variable) == x * 2 + 1).all()


UNARY = [pg.exp, pg.tanh, pg.abs, pg.square, pg.floor, lambda x: -x, lambda x: x > 0.5]
BINARY = [
    pg.add,
    pg.multiply,
    pg.subtract,
    pg.maximum,
    lambda a, b: pg.where(a > b, a, b),
]
REDUCTIONS = [pg.sum, pg.max, pg.min, pg.mean]


@st.composite
def programs(draw: st.DrawFn) -> tuple[Callable[..., Any], list[Array]]:
    """A straight-line program over values that broadcast with each other."""
    rows, columns = draw(
        st.sampled_from([(1, 5), (4, 130), (33, 7), (20, 400), (130, 130), (2, 4096)])
    )
    shapes = [(rows, columns), (columns,), (rows, 1), (), (1, columns)]
    arguments = [
        samples(*draw(st.sampled_from(shapes)), dtype=draw(st.sampled_from(["float32", "float64"])))
        for _ in range(draw(st.integers(1, 3)))
    ]
    arguments.append(samples(rows, columns))
    steps = []
    for _ in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from(["unary", "binary", "binary", "row", "all", "columns"]))
        pick = [draw(st.integers(0, 30)), draw(st.integers(0, 30))]
        table: Any = {"unary": UNARY, "binary": BINARY}.get(kind, REDUCTIONS)
        steps.append((kind, draw(st.sampled_from(table)), pick))
    kept = draw(st.sets(st.integers(0, 30), min_size=1, max_size=3))

    def run(*values: Any) -> Any:
        made = [pg.asarray(value) for value in values]
        for kind, operation, pick in steps:
            a, b = (pg.astype(made[-1 - i % min(len(made), 6)], pg.float32) for i in pick)
            if kind == "unary":
                made.append(operation(a))
            elif kind == "binary":
                made.append(operation(a, b))
            elif kind == "row" and len(a.shape) == 2:
                made.append(operation(a, axis=1, keepdims=True))
            elif kind == "columns" and len(a.shape) == 2:
                made.append(operation(a, axis=0))
            elif kind == "all":
                made.append(operation(a))
        return tuple(made[-1 - k % len(made)] for k in sorted(kept))

    return run, arguments


@given(programs())
@settings(max_examples=60)
def test_random_programs(program: tuple[Callable[..., Any], list[Array]]) -> None:
    function, arguments = program
    check(function, *arguments)


def test_threads_do_not_change_the_bits() -> None:
    before = pg.runtime.num_threads()
    cases: list[tuple[Callable[..., Any], tuple[Array, ...]]] = [
        (wave, (samples(200_001),)),
        (softmax, (samples(500, 1000),)),
        (lambda x: (pg.sum(x * x), pg.max(x - 1.0)), (samples(200_001),)),
        (lambda x, y: (x + y) * x, (samples(30_000, 10), samples(10))),
    ]
    try:
        for function, arguments in cases:
            pg.runtime.num_threads(1)
            alone = [r.tobytes() for r in staged(function, "")(*arguments)]
            pg.runtime.num_threads(3)
            assert [r.tobytes() for r in staged(function, "")(*arguments)] == alone
    finally:
        pg.runtime.num_threads(before)
