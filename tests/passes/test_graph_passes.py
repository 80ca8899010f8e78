"""Common subexpressions and loop invariants: fewer nodes, the same bits, the same faults."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np
import pytest

import pygraph as pg

Array = np.ndarray
RNG = np.random.default_rng(23)


def plan_and_results(
    function: Callable[..., Any], passes: str, *arguments: Any
) -> tuple[str, list[Array]]:
    with mock.patch.dict(os.environ, PYGRAPH_PASSES=passes):
        staged = pg.function(function)
        results = staged(*arguments)
        text = str(staged.get_concrete_function(*arguments).plan.as_text())
    return text, [np.asarray(r) for r in (results if isinstance(results, tuple) else (results,))]


def compare(function: Callable[..., Any], switched: str, *arguments: Any) -> tuple[str, str]:
    """The plans with and without a pass, whose results are the same."""
    plan, results = plan_and_results(function, "-fuse", *arguments)
    plain, wanted = plan_and_results(function, f"-fuse,-{switched}", *arguments)
    for got, want in zip(results, wanted, strict=True):
        assert got.tobytes() == want.tobytes()
    return plan, plain


def in_loop(plan: str) -> str:
    return plan.split("jump", 1)[1]


def samples(*shape: int) -> Array:
    return RNG.normal(size=shape).astype("float32")


def test_the_same_is_computed_once() -> None:
    def function(x: Any, y: Any) -> Any:
        return pg.exp(x * y) + pg.exp(x * y) * 2.0, pg.sum(x, axis=0), pg.sum(x, axis=1)

    plan, plain = compare(function, "common_subexpressions", samples(5, 5), samples(5, 5))
    assert (plan.count(" exp "), plain.count(" exp ")) == (1, 2)
    assert plan.count(" sum ") == 2


def test_zeros_of_both_signs_are_two_constants() -> None:
    plan, _ = compare(lambda x: (x / 0.0, x / -0.0), "common_subexpressions", samples(3))
    assert plan.count("divide") == 2


def test_a_fault_of_merged_nodes_is_that_of_the_first() -> None:
    def function(x: Any, y: Any) -> Any:
        a = x // y
        return a + x // y

    zeros = np.zeros(2, np.int64)
    for passes in ("", "-common_subexpressions"):
        with mock.patch.dict(os.environ, PYGRAPH_PASSES=passes):
            with pytest.raises(ZeroDivisionError) as raised:
                pg.function(function)(zeros, zeros)
            assert raised.traceback[-1].lineno + 1 == function.__code__.co_firstlineno + 1


def test_a_variable_is_read_anew_after_it_was_assigned() -> None:
    variable = pg.Variable(np.float32(1))

    def function(x: Any) -> Any:
        before = variable * x
        variable.assign(before + 1.0)
        return before, variable * x

    for passes in ("", "-common_subexpressions"):
        variable.assign(np.float32(1))
        _, results = plan_and_results(function, passes, np.float32(2))
        assert [r.item() for r in results] == [2, 6]


def repeated(x: Any, w: Any, n: Any) -> Any:
    for _ in pg.range(n):
        x = pg.tanh(x + pg.exp(w) * 0.5) + pg.permute_dims(w, (1, 0))
    return x


def test_invariants_leave_the_loop() -> None:
    arguments = samples(4, 4), samples(4, 4), np.int64(5)
    plan, plain = compare(repeated, "loop_invariants", *arguments)
    assert "exp" in in_loop(plain)
    assert "permute_dims" in in_loop(plain)
    assert "exp" not in in_loop(plan)
    assert "permute_dims" not in in_loop(plan)
    assert "tanh" in in_loop(plan)


def test_invariants_leave_nested_loops() -> None:
    def function(x: Any, w: Any) -> Any:
        total = x
        for _ in pg.range(3):
            y = x
            for _ in pg.range(4):
                y = y * pg.exp(w) + pg.sin(total)
            total = total + y
        return total

    plan, plain = compare(function, "loop_invariants", samples(3), samples(3))
    assert "exp" in in_loop(plain)
    assert "exp" not in in_loop(plan)
    assert in_loop(in_loop(plan)).count("sin") == 0 < in_loop(plan).count("sin")


def test_a_loop_without_turns() -> None:
    compare(repeated, "loop_invariants", samples(3, 3), samples(3, 3), np.int64(0))


def test_what_may_fail_stays_in_the_loop() -> None:
    def function(x: Any, y: Any, n: Any) -> Any:
        total = x
        for _ in pg.range(n):
            total = total + x // y
        return total

    one, zero = np.ones(2, np.int64), np.zeros(2, np.int64)
    plan, _ = compare(function, "loop_invariants", one, one, np.int64(2))
    assert "floor_divide" in in_loop(plan)
    assert (np.asarray(pg.function(function)(one, zero, np.int64(0))) == one).all()
    with pytest.raises(ZeroDivisionError):
        pg.function(function)(one, zero, np.int64(1))


def test_an_invariant_that_is_a_new_state() -> None:
    def function(x: Any, w: Any) -> Any:
        last = x
        for _ in pg.range(3):
            last = w * 2.0
            x = x + last
        return x, last

    compare(function, "loop_invariants", samples(3), samples(3))


def test_a_variable_that_the_loop_assigns_is_no_invariant() -> None:
    variable = pg.Variable(np.float32(1))

    def function(x: Any) -> Any:
        for _ in pg.range(3):
            variable.assign(variable * x)
        return variable + 0.0

    for passes in ("", "-loop_invariants"):
        variable.assign(np.float32(1))
        _, results = plan_and_results(function, passes, np.float32(2))
        assert results[0].item() == 8
