"""Functions that call themselves: where a tensor decides the graph calls itself."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg
from pygraph import _core

NUMBERS = np.arange(0, 60, 3)
TREE = np.linspace(-1.0, 2.0, 15)


def factorial(n):
    if n <= 1:
        return 1
    return n * factorial(n - 1)


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def gcd(a, b):
    if b == 0:
        return a
    return gcd(b, a % b)


def power(x, n):
    if n == 0:
        return 1.0
    if n % 2 == 0:
        half = power(x, n // 2)
        return half * half
    return x * power(x, n - 1)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def collatz(n):
    if n == 1:
        return 0
    if n % 2 == 0:
        return 1 + collatz(n // 2)
    return 1 + collatz(3 * n + 1)


def is_even(n):
    if n == 0:
        return True
    return is_odd(n - 1)


def is_odd(n):
    if n == 0:
        return False
    return is_even(n - 1)


def hanoi(n, source="a", target="b", spare="c"):
    if n == 0:
        return 0
    return hanoi(n - 1, source, spare, target) + 1 + hanoi(n - 1, spare, target, source)


def accumulated(n, total=0):
    if n == 0:
        return total
    return accumulated(n - 1, total + n)


def pair(n):
    if n == 0:
        return 0, {"next": 1.0}
    first, rest = pair(n - 1)
    return first + n, {"next": rest["next"] * 2}


def search(numbers, wanted, low=0, high=None):
    if high is None:
        high = len(numbers)
    if low >= high:
        return -1
    middle = (low + high) // 2
    if numbers[middle] == wanted:
        return middle
    if numbers[middle] < wanted:
        return search(numbers, wanted, middle + 1, high)
    return search(numbers, wanted, low, middle)


def search_inside(numbers, wanted):
    def between(low, high):
        if low >= high:
            return -1
        middle = (low + high) // 2
        if numbers[middle] == wanted:
            return middle
        if numbers[middle] < wanted:
            return between(middle + 1, high)
        return between(low, middle)

    return between(wanted * 0, len(numbers))


def tree_sum(values, node):
    if node >= len(values):
        return 0.0
    return values[node] + tree_sum(values, 2 * node + 1) + tree_sum(values, 2 * node + 2)


def in_halves(values):
    count = len(values)
    if count == 1:
        return values[0]
    return in_halves(values[: count // 2]) + in_halves(values[count // 2 :])


def doubled(values, times):
    if times == 0:
        return values
    return doubled(pg.concat([values, values]), times - 1)


def behind_first_peak(values):
    if values[0] > values[1]:
        return values
    return behind_first_peak(values[1:])


def in_a_loop(n):
    total = 0
    for i in range(n):
        total += factorial(i)
    return total


def only_the_loop_ends_it(n):
    total = 1
    for i in range(n):
        total += only_the_loop_ends_it(n - 1 - i)
    return total


def in_a_while(n):
    total = 0
    while n > 0:
        total = total + (in_a_while(n - 2) if n > 2 else n)
        n -= 1
    return total


def statement(n):
    if n > 0:
        statement(n - 1)
    return n


def sorted_in_place(values):
    values = values + 0

    def sort(low, high):
        if low < high:
            pivot = values[high]
            place = low
            for i in range(low, high):
                if values[i] <= pivot:
                    held = values[place] + 0
                    values[place] = values[i]
                    values[i] = held
                    place += 1
            values[high] = values[place]
            values[place] = pivot
            sort(low, place - 1)
            sort(place + 1, high)

    sort(0, len(values) - 1)
    return values


def flood(grid, i, j):
    if i < 0 or j < 0 or i >= 3 or j >= 3:
        return 0
    if grid[i, j] != 1:
        return 0
    grid[i, j] = 2
    return 1 + flood(grid, i + 1, j) + flood(grid, i - 1, j) + flood(grid, i, j + 1)


def flooded(grid, i, j):
    grid = grid + 0
    return flood(grid, i, j), grid


def visits(n):
    count = 0
    last = -1

    def visit(k):
        nonlocal count, last
        count += 1
        if k > 1:
            visit(k - 1)
            last = k
            visit(k - 2)

    visit(n)
    return count, last


class Hits:
    def __init__(self):
        self.count = 0

    def visit(self, n):
        self.count += 1
        if n > 0:
            self.visit(n - 1)
            if n > 2:
                self.visit(n - 2)


def hits(n):
    counter = Hits()
    counter.visit(n)
    return counter.count


PROGRAMS: list[tuple[Callable[..., Any], list[tuple[Any, ...]]]] = [
    (factorial, [(0,), (1,), (10,)]),
    (fibonacci, [(0,), (1,), (9,)]),
    (gcd, [(48, 36), (17, 5), (0, 3)]),
    (power, [(2.0, 0), (2.0, 10), (3.0, 5)]),
    (ackermann, [(2, 3), (0, 0), (1, 4)]),
    (collatz, [(1,), (27,)]),
    (is_even, [(0,), (7,), (10,)]),
    (hanoi, [(0,), (5,)]),
    (accumulated, [(0,), (10,)]),
    (pair, [(0,), (4,)]),
    (search, [(NUMBERS, 33), (NUMBERS, 34), (NUMBERS, 0)]),
    (search_inside, [(NUMBERS, 33), (NUMBERS, 34), (NUMBERS, 0)]),
    (tree_sum, [(TREE, 0), (TREE, 20)]),
    (doubled, [(NUMBERS[:2], 0), (NUMBERS[:2], 3)]),
    (behind_first_peak, [(np.array([1.0, 3.0, 4.0, 2.0, 5.0]),), (np.array([3.0, 1.0]),)]),
    (in_a_loop, [(0,), (5,)]),
    (only_the_loop_ends_it, [(0,), (1,), (5,)]),
    (in_a_while, [(0,), (6,)]),
    (statement, [(3,)]),
    (sorted_in_place, [(np.array([3, 1, 2, 5, 4, 9, 0, 7]),)]),
    (flooded, [(np.array([[1, 1, 0], [0, 1, 0], [0, 1, 1]]), 0, 0)]),
    (visits, [(1,), (6,)]),
    (hits, [(0,), (5,)]),
]


def numbers_of(result: Any) -> list[Any]:
    leaves, _ = pg.graph.structure.flatten(result)
    return [np.asarray(leaf).tolist() for leaf in leaves]


def calls_in(function: Any) -> int:
    return sum(node.op == "call" for node in function.concrete_functions[-1].graph.nodes)


@pytest.mark.parametrize("passes", ["", "none"])
@pytest.mark.parametrize(
    ("program", "arguments"), PROGRAMS, ids=lambda v: getattr(v, "__name__", "")
)
def test_same_results_as_python(
    program: Callable[..., Any],
    arguments: list[tuple[Any, ...]],
    passes: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("PYGRAPH_PASSES", passes)
    staged = pg.function(program)
    expected = [numbers_of(program(*given)) for given in arguments]
    tensors = [tuple(map(pg.asarray, given)) for given in arguments]
    assert [numbers_of(staged(*given)) for given in tensors] == expected
    assert calls_in(staged) > 0
    graph = staged.concrete_functions[0].graph
    again = pg.graph.Graph.from_text(graph.as_text())
    assert again.as_bytes() == graph.as_bytes()
    pg.save(staged, tmp_path / "saved.pgraph")
    loaded = pg.load(tmp_path / "saved.pgraph")
    first = tensors[0]
    assert [np.asarray(value).tolist() for value in loaded(*first)] == numbers_of(staged(*first))


@pytest.mark.parametrize("length", [1, 2, 13])
def test_parts_of_an_array_of_any_length(length: int) -> None:
    spec = pg.TensorSpec((None,), "float64")
    staged = pg.function(in_halves, input_signature=[spec])
    values = np.arange(float(length))
    assert staged(values).item() == values.sum()
    assert staged.tracing_count == 1


def test_writes_into_an_array_of_any_length() -> None:
    def filled(values, n):
        own = values + 0

        def fill(k):
            if k > 0:
                if own[k % 3] > k:
                    fill(k - 2)
                else:
                    fill(k - 1)
                own[0] = own[0] + own[k % 3]

        fill(n)
        return own

    specs = [pg.TensorSpec((None,), "int64"), pg.TensorSpec((), "int64")]
    staged = pg.function(filled, input_signature=specs)
    values = np.array([1, 2, 3])
    assert staged(values, 7).tolist() == filled(values, 7).tolist()


def test_a_decorated_function_is_called_by_its_own_name() -> None:
    @pg.function
    def down(n):
        if n <= 0:
            return n
        return down(n - 3)

    @pg.function(autograph=False)
    def product(n):
        return pg.cond(n <= 1, lambda: 1, lambda: n * product(n - 1))

    assert down(pg.asarray(10)).item() == -2
    assert product(pg.asarray(6)).item() == 720
    assert down(10) == -2  # by Python's values
    pg.runtime.run_functions_eagerly(True)
    try:
        assert product(pg.asarray(6)).item() == 720
    finally:
        pg.runtime.run_functions_eagerly(False)


class Named:
    @staticmethod
    @pg.function
    def static(n):
        return 0 if n == 0 else 2 + Named.static(n - 1)

    @classmethod
    def by_class(cls, n):
        return 0 if n == 0 else 3 + cls.by_class(n - 1)


def test_methods_of_classes() -> None:
    assert Named.static(pg.asarray(4)).item() == 8
    assert pg.function(Named.by_class)(pg.asarray(4)).item() == 12


def test_methods() -> None:
    class Counter:
        def __init__(self, step: int) -> None:
            self.step = step

        @pg.function
        def staged(self, n):
            if n <= 0:
                return 0
            return self.step + self.staged(n - 1)

        def plain(self, n):
            if n <= 0:
                return 0
            return self.step + self.plain(n - 1)

    one, two = Counter(3), Counter(5)
    assert one.staged(pg.asarray(4)).item() == 12
    assert two.staged(pg.asarray(4)).item() == 20
    assert pg.function(one.plain)(pg.asarray(4)).item() == 12


def test_variables_captured_and_passed() -> None:
    total = pg.Variable(0)

    @pg.function
    def count(n):
        if n > 0:
            total.assign_add(n)
            count(n - 1)

    @pg.function
    def swap(one, other, n):
        if n > 0:
            one.assign(one + n)
            swap(other, one, n - 1)

    count(pg.asarray(4))
    count(pg.asarray(3))
    assert total.item() == 16
    first, second = pg.Variable(0), pg.Variable(0)
    swap(first, second, pg.asarray(5))
    assert (first.item(), second.item()) == (5 + 3 + 1, 4 + 2)


def test_a_captured_tensor_goes_down_with_the_calls() -> None:
    @pg.function
    def outer(x, n):
        scale = x * 2

        def inner(k):
            if k == 0:
                return x
            return scale + inner(k - 1)

        return inner(n) + inner(n + 1)

    assert outer(pg.asarray(1.5), pg.asarray(2)).item() == (1.5 + 6) + (1.5 + 9)


def test_a_number_is_a_tensor_only_where_the_body_takes_one() -> None:
    def stacked(x, depth):
        return [x] * depth  # needs Python's number

    @pg.function
    def unrolled(x, depth):
        if depth == 0:
            return x
        if x > 5:
            return unrolled(x / 2, depth - 1)
        return unrolled(sum(stacked(x, depth)), depth - 1)

    def plain(x, depth):
        if depth == 0:
            return x
        return plain(x / 2 if x > 5 else sum([x] * depth), depth - 1)

    assert unrolled(pg.asarray(1.0), 5).item() == plain(1.0, 5)


def test_a_return_annotation_gives_the_type_that_no_branch_gives() -> None:
    def bounce(n) -> int:
        return bounce(n - 1) if n > 3 else bounce(n + 1)

    def typed(n) -> pg.TensorSpec((), "int64"):  # type: ignore[valid-type]
        return typed(n - 1) if n > 3 else typed(n + 1)

    for function in (bounce, typed):
        with pytest.raises(
            RecursionError, match=f"maximum recursion depth exceeded: {function.__name__}"
        ):
            pg.function(function)(pg.asarray(3))


# ---- errors ----


def test_a_dict_that_is_passed_is_not_changed_in_silence() -> None:
    def summed(state, n):
        if n == 0:
            return n
        state["sum"] = state["sum"] + n
        return summed(state, n - 1)

    with pytest.raises(TypeError, match=r"summed .*test_recursion.py:\d+.* changes a dict"):
        pg.function(lambda n: summed({"sum": n}, n))(pg.asarray(3))


def test_a_tensor_passed_twice_cannot_be_written() -> None:
    def written(one, other, n):
        one[0] = n
        return other[0] if n == 0 else written(one, other, n - 1)

    @pg.function
    def twice(x, n):
        own = x + 0
        return written(own, own, n)

    with pytest.raises(TypeError, match=r"written .* is passed twice"):
        twice(pg.asarray([1, 2]), pg.asarray(3))


def test_without_a_type_an_annotation_is_asked_for() -> None:
    @pg.function
    def bounce(n):
        if n > 3:
            return bounce(n - 1)
        return bounce(n + 1)

    with pytest.raises(TypeError, match=r"(?s)what bounce returns.*test_recursion.py.*annotation"):
        bounce(pg.asarray(3))


def test_results_that_do_not_agree() -> None:
    @pg.function
    def mixed(n):
        if n == 0:
            return n
        return mixed(n - 1) * 0.5

    with pytest.raises(TypeError, match=r"(?s)the return value is .*float64.*int64|int64.*float64"):
        mixed(pg.asarray(3))


def test_endless_by_pythons_values() -> None:
    @pg.function
    def endless(n, label):
        if n == 0:
            return n
        return endless(n - 1, label + "!")

    @pg.function
    def always(n):
        return always(n - 1)

    for function, arguments in ((endless, (pg.asarray(3), "")), (always, (pg.asarray(3),))):
        with pytest.raises(RecursionError, match=r"while it is traced.*pass as a tensor") as caught:
            function(*arguments)
        assert function.__name__ in str(caught.value)


def test_too_deep_shows_the_users_lines() -> None:
    staged = pg.function(factorial)
    assert staged(pg.asarray(900)).item() == 0  # wrapped around
    with pytest.raises(RecursionError, match="factorial has 1000 calls") as caught:
        staged(pg.asarray(2000))
    lines = [entry.lineno for entry in caught.traceback if entry.path == Path(__file__)]
    assert lines.count(factorial.__code__.co_firstlineno + 2) > 50
    assert staged(pg.asarray(5)).item() == 120


def test_the_hosts_limit_on_recursion_holds() -> None:
    staged = pg.function(factorial)
    staged(pg.asarray(1))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(5000)
    try:
        assert staged(pg.asarray(4000)).item() == 0
        with pytest.raises(RecursionError, match="5000 calls"):
            staged(pg.asarray(6000))
    finally:
        sys.setrecursionlimit(limit)


def test_a_fault_shows_the_calls_that_led_to_it() -> None:
    @pg.function
    def divided(n):
        if n == -2:
            return 10 // (n + 2)
        return divided(n - 1)

    with pytest.raises(ZeroDivisionError) as caught:
        divided(pg.asarray(1))
    lines = [entry.lineno for entry in caught.traceback if entry.path == Path(__file__)]
    first = divided.python_function.__code__.co_firstlineno - 1
    assert lines[1:] == [first + 4] * 3 + [first + 3]


def test_limits_reach_into_calls() -> None:
    graph = pg.function(fibonacci).get_concrete_function(pg.asarray(1)).graph
    executable = _core.Executable(graph.module)
    with pytest.raises(RuntimeError, match="limit of work"):
        executable.run([pg.asarray(40)], cost_limit=10_000_000)
    with pytest.raises(RuntimeError, match="bytes it may use"):
        executable.run([pg.asarray(20)], byte_limit=1000)


# ---- what is kept ----


def test_no_graph_stays_behind() -> None:
    gc.collect()  # what the tracebacks of other tests hold
    before = pg.runtime.live_graphs()
    staged = pg.function(fibonacci)
    assert staged(pg.asarray(8)).item() == 21
    assert staged.tracing_count == 1
    assert pg.runtime.live_graphs() == before + 1
    del staged
    assert pg.runtime.live_graphs() == before


def test_memory_of_calls_is_used_again() -> None:
    staged = pg.function(fibonacci)
    staged(pg.asarray(12))
    before = _core.memory_stats()["allocations"]
    staged(pg.asarray(12))
    assert _core.memory_stats()["allocations"] - before <= 2


def test_threads() -> None:
    staged = pg.function(fibonacci)
    results: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(staged(pg.asarray(n)).item()))
        for n in (10, 11, 12, 13)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [55, 89, 144, 233]
