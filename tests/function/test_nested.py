"""Functions called while another is traced: one body, with all that a call by itself would do."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np
import pytest

import pygraph as pg


def ops_of(function: pg.Function[..., Any], number: int = 0) -> list[str]:
    return [node.op for node in function.concrete_functions[-1].graph.functions[number].nodes]


def body_count(function: pg.Function[..., Any], name: str) -> int:
    graph = function.concrete_functions[-1].graph
    return sum(body.name == name for body in graph.functions)


@pg.function
def layer(x: Any, w: Any, b: Any) -> Any:
    y = x @ w + b
    if pg.sum(y) > 0:
        return pg.tanh(y)
    return y


def test_a_layer_that_is_called_often_is_one_body() -> None:
    rng = np.random.default_rng(3)
    weights = [(rng.normal(size=(4, 4)), rng.normal(size=4)) for _ in range(50)]

    @pg.function
    def network(x: Any, weights: Any) -> Any:
        for w, b in weights:
            x = layer(x, w, b)
        return x

    x = rng.normal(size=(3, 4))
    got = network(x, weights).numpy()
    assert ops_of(network) == ["call"] * 50
    assert body_count(network, "layer") == 1
    wanted = x
    for w, b in weights:
        wanted = wanted @ w + b
        wanted = np.tanh(wanted) if wanted.sum() > 0 else wanted
    np.testing.assert_allclose(got, wanted, rtol=1e-12)


def test_calls_inside_and_outside_share_the_graphs() -> None:
    @pg.function
    def half(x: Any) -> Any:
        return x / 2

    half(pg.asarray([1.0, 2.0]))
    outer = pg.function(lambda x: half(half(x)))
    assert outer(pg.asarray([4.0, 8.0])).tolist() == [1.0, 2.0]
    assert half.tracing_count == 1
    outer(pg.asarray([4.0]))
    half(pg.asarray([6.0]))
    assert half.tracing_count == 2


def test_python_values_make_bodies_of_their_own() -> None:
    @pg.function
    def power(x: Any, n: int, name: str = "a") -> Any:
        for _ in range(n):
            x = x * x
        return {name: x, "n": n}

    @pg.function
    def outer(x: Any) -> Any:
        first, second = power(x, 1), power(x, 2, name="b")
        return first["a"] + second["b"], first["n"] + power(x, 1)["n"]

    total, n = outer(pg.asarray(3.0))
    assert (total.tolist(), n) == (90.0, 2)
    assert body_count(outer, "power") == 2


def test_numbers_stay_weak() -> None:
    @pg.function
    def after(i: Any) -> Any:
        return i + 1

    @pg.function
    def outer(x: Any, n: Any) -> Any:
        steps = 0
        for _ in pg.range(n):
            steps = after(steps)
        return x * steps

    got = outer(pg.asarray([0.5], dtype="float32"), pg.asarray(3))
    assert (got.dtype, got.tolist()) == (pg.float32, [1.5])
    assert after(pg.asarray(1)).dtype is pg.int64


def test_arguments_pass_by_value() -> None:
    @pg.function
    def cleared(x: Any) -> Any:
        x[0] = 0.0
        return x

    @pg.function
    def outer(x: Any) -> Any:
        y = cleared(x)
        y[1] = 7.0
        return x, y

    x, y = outer(pg.asarray([1.0, 2.0]))
    assert (x.tolist(), y.tolist()) == ([1.0, 2.0], [0.0, 7.0])


def test_globals_that_an_inner_function_reads_are_guarded() -> None:
    settings = {"rate": 0.5}

    class Model:
        scale = 2.0

    model = Model()
    inner = pg.function(lambda x: x * settings["rate"] * model.scale)
    outer = pg.function(lambda x: inner(x) + inner(x))
    x = pg.asarray(4.0)
    assert outer(x).tolist() == 8.0
    settings["rate"] = 0.25
    assert outer(x).tolist() == 4.0
    model.scale = 4.0
    assert outer(x).tolist() == 8.0
    assert outer.tracing_count == 3
    assert any("rate" in row.name for row in outer.concrete_functions[-1].baked())


def test_captured_arrays_are_read_at_each_call() -> None:
    array, tensor = np.asarray([1.0, 2.0]), pg.Variable([1.0, 1.0])
    inner = pg.function(lambda x: x * array + tensor)
    outer = pg.function(lambda x: inner(x) * 2)
    x = pg.asarray([1.0, 1.0])
    assert outer(x).tolist() == [4.0, 6.0]
    array[0] = 5.0
    tensor.assign([0.0, 0.0])
    assert outer(x).tolist() == [10.0, 4.0]
    assert outer.tracing_count == 1


def test_code_that_is_replaced_is_noticed() -> None:
    def plain(x: Any) -> Any:
        return x + 1

    def other(x: Any) -> Any:
        return x + 100

    inner = pg.function(plain)
    outer = pg.function(lambda x: inner(x))
    assert outer(pg.asarray(1.0)).tolist() == 2.0
    plain.__code__ = other.__code__
    assert outer(pg.asarray(1.0)).tolist() == 101.0


def test_changes_of_objects_happen_where_it_is_called() -> None:
    class Counter:
        def __init__(self) -> None:
            self.count = 0

        @pg.function
        def next(self, x: Any) -> Any:
            self.count += 1
            return x * self.count

    counter, log = Counter(), []

    @pg.function
    def noted(x: Any) -> Any:
        log.append("noted")
        return x

    @pg.function
    def outer(x: Any) -> Any:
        return counter.next(x) + counter.next(x) + noted(x) + noted(x)

    assert outer(pg.asarray(1.0)).tolist() == 5.0
    assert counter.count == 2
    assert log == ["noted"] * 2


def test_what_only_the_outer_trace_knows() -> None:
    @pg.function
    def outer(x: Any, n: Any) -> Any:
        class Box:
            held = x

        @pg.function
        def scaled(y: Any) -> Any:
            return y * Box.held + x

        items = []
        for i in pg.range(n):
            items.append(scaled(x + i))
        return total(items), scaled(x)

    @pg.function
    def total(items: Any) -> Any:
        found = 0.0
        for item in items:
            found += item
        return found

    sums, last = outer(pg.asarray(2.0), pg.asarray(3))
    assert (sums.tolist(), last.tolist()) == (6.0 + 8.0 + 10.0, 6.0)


def test_recursion_through_functions() -> None:
    @pg.function
    def even(n: Any) -> Any:
        if n == 0:
            return True
        return odd(n - 1)

    @pg.function
    def odd(n: Any) -> Any:
        if n == 0:
            return False
        return even(n - 1)

    @pg.function
    def both(n: Any) -> Any:
        return even(n), odd(n)

    for n in range(5):
        assert [value.tolist() for value in both(pg.asarray(n))] == [n % 2 == 0, n % 2 == 1]


def test_exceptions_while_tracing_are_pythons() -> None:
    @pg.function
    def checked(x: Any, name: str) -> Any:
        if name != "known":
            raise KeyError(name)
        return x

    @pg.function
    def outer(x: Any) -> Any:
        try:
            return checked(x, "unknown")
        except KeyError:
            return checked(x * 2, "known")

    assert outer(pg.asarray(1.0)).tolist() == 2.0
    with pytest.raises(KeyError, match="other"):
        pg.function(lambda x: checked(x, "other"))(pg.asarray(1.0))


def test_an_exception_of_a_run_goes_through_both() -> None:
    @pg.function
    def root(x: Any) -> Any:
        if x < 0:
            raise ValueError(f"{x} has no root")
        return pg.sqrt(x)

    @pg.function
    def outer(x: Any) -> Any:
        return root(x - 1.0)

    assert outer(pg.asarray(5.0)).tolist() == 2.0
    with pytest.raises(ValueError, match=r"-1\.0 has no root") as found:
        outer(pg.asarray(0.0))
    assert [entry.name for entry in found.traceback][-2:] == ["outer", "root"]


def test_tries_know_what_a_called_body_may_raise() -> None:
    @pg.function
    def item(x: Any, i: Any) -> Any:
        return x[i]

    @pg.function
    def outer(x: Any, i: Any) -> Any:
        try:
            return item(x, i)
        except IndexError:
            return x[0]

    with pytest.raises(TypeError, match="IndexError may be raised here"):
        outer(pg.asarray([1.0]), pg.asarray(3))


@pytest.mark.parametrize("passes", ["", "-inline_calls"])
def test_input_signatures_cast(passes: str) -> None:
    with mock.patch.dict(os.environ, PYGRAPH_PASSES=passes):

        @pg.function(input_signature=[pg.TensorSpec((None,), pg.float64)])
        def mean(x: Any) -> Any:
            return pg.sum(x) / x.shape[0]

        @pg.function
        def outer(x: Any) -> Any:
            return mean(x) + mean([1.0, 2.0]) + mean(x[1:])

        assert outer(pg.asarray([1.0, 2.0, 3.0])).tolist() == 2.0 + 1.5 + 2.5
        assert mean.tracing_count == 1
        with pytest.raises(TypeError, match="mean: argument 'x' is int64"):
            pg.function(lambda x: mean(x))(pg.asarray([1, 2]))


def test_results_of_all_sorts() -> None:
    @pg.function
    def parts(x: Any) -> Any:
        kept = []
        for v in x:
            if v > 0:
                kept.append(v)
        best = None
        for v in x:
            if v > 1.5:
                best = v
        return kept, best, ("text", 3, None), x[0] > 0

    @pg.function
    def outer(x: Any) -> Any:
        kept, best, fixed, positive = parts(x)
        if positive:
            kept.append(x[0] * 10)
        return kept, best, fixed

    kept, best, fixed = outer(pg.asarray([1.0, -1.0, 2.0]))
    assert [v.tolist() for v in kept] == [1.0, 2.0, 10.0]
    assert best.tolist() == 2.0
    assert fixed == ("text", 3, None)
    kept, best, _ = outer(pg.asarray([-1.0, 1.0, 1.0]))
    assert [v.tolist() for v in kept] == [1.0, 1.0]
    assert best is None


def test_a_function_in_a_branch_and_a_loop() -> None:
    @pg.function
    def step(x: Any) -> Any:
        return x / 2 if x % 2 == 0 else 3 * x + 1

    def collatz(n: Any) -> Any:
        count = 0
        while n != 1:
            n = step(n)
            count += 1
        return count

    staged = pg.function(collatz)
    assert staged(pg.asarray(27.0)).tolist() == 111
    assert body_count(staged, "step") == 1


@pytest.mark.parametrize("fails", [False, True])
def test_deep_nests_are_traced_a_few_times_each(fails: bool) -> None:
    depth, counts = 12, dict.fromkeys(range(13), 0)

    def count(number: int) -> None:
        counts[number] += 1

    def wrap(inner: Callable[..., Any], number: int) -> Callable[..., Any]:
        @pg.autograph.do_not_convert
        def outer(x: Any) -> Any:
            count(number)
            return inner(x) + number

        return pg.function(outer)

    def innermost(x: Any) -> Any:
        count(0)
        if fails:
            raise LookupError("nothing there")
        return x

    function: Callable[..., Any] = pg.function(innermost)
    for number in range(1, depth + 1):
        function = wrap(function, number)
    if fails:
        with pytest.raises(LookupError, match="nothing there"):
            function(pg.asarray(1))
    else:
        assert function(pg.asarray(1)).tolist() == 1 + sum(range(depth + 1))
    assert max(counts.values()) <= (depth + 1) * 2
