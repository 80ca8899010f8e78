"""Lists whose length a tensor decides: collected, read and changed as plain Python does."""

# ruff: noqa: C416, RUF005
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support import as_python, as_tensors

import pygraph as pg
from pygraph import _core
from pygraph.graph import Graph

PROGRAMS: list[tuple[Callable[..., Any], list[tuple[Any, ...]]]] = []


def program(*calls: tuple[Any, ...]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function with the arguments of its calls."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS.append((function, list(calls)))
        return function

    return register


@program((0,), (1,), (6,))
def doubles(n):
    return [2 * i for i in range(n)]


@program(([1, 5, 3, 8],), ([1, 2],))
def those_above_two(values):
    large = [value for value in values if value > 2]
    return large, len(large), [value + 1 for value in large]


@program(([1, 2, 3], 2), ([4], 0))
def nested_comprehension(values, n):
    return [value * i for i in range(n) for value in values if value > i if value < 9]


@program(([1.5, 2.5], 3))
def list_of_tuples(values, n):
    pairs = [(i, value) for i, value in enumerate(values)]
    return pairs, pairs[-1], [value * n for _, value in pairs]


@program(([3, 1, 2],), ([5],))
def aggregates_of_comprehensions(values):
    total = sum(value * value for value in values)
    some = any(value > 2 for value in values), all(value > 2 for value in values)
    largest = max(value - 1 for value in values), min([value for value in values])
    return total, some, largest, max(values, key=lambda value: -value)


@program(([3, 1, 2],), ([9, 9],))
def aggregates_that_may_be_empty(values):
    few = [value for value in values if value < 3]
    return min(few, default=-1), sum(few), any(few), all(few), len(few)


@program(([4, 7, 1],), ([8],))
def first_that_fits(values):
    return next(value for value in values if value > 3), next((v for v in values if v > 9), -1)


@program(([1, 2, 3, 4],))
def mapped_and_filtered(values):
    doubled = list(map(lambda x, y: x + y, values, values))
    even = list(filter(lambda x: x % 2 == 0, values))
    return doubled, even, list(reversed(even)), list(zip(doubled, even, strict=False))


@program(([2, 4, 6], 1), ([2, 4, 6], -1))
def read_by_index(values, i):
    table = [10, 20, 30]
    rows = [[value, -value] for value in values]
    return table[i], rows[i][0], rows[-1], rows[1:], len(rows[i])


@program((0,), (1,), (7,))
def fibonacci_by_concatenation(n):
    numbers = [0, 1]
    for _ in range(n):
        numbers = numbers + [numbers[-1] + numbers[-2]]
    return numbers


@program((6,), (27,))
def collatz_as_tuple(n):
    steps = (n,)
    while n != 1:
        n = 3 * n + 1 if n % 2 else n // 2
        steps += (n,)
    return steps, len(steps)


@program(([3, -1, 4, -1, 5],))
def parted_by_sign(values):
    parts = {"negative": [], "positive": []}
    for value in values:
        if value < 0:
            parts = {"negative": parts["negative"] + [value], "positive": parts["positive"]}
        else:
            parts = {"negative": parts["negative"], "positive": parts["positive"] + [value]}
    return parts


@program(([3, 0, 4],))
def truth_of_lists(values):
    zeros = [value for value in values if value == 0]
    large = [value for value in values if value > 9]
    found = 1 if zeros and not large else 2
    if large:
        found += 10
    return found, 0 in values, 3 in zeros, zeros.count(0)


@program(([5, 2, 7],))
def loop_over_a_list(values):
    total = 0
    for index, value in enumerate([value for value in values if value > 2]):
        total += index * value
    return total


@program((0,), (1,), (5,))
def appended(n):
    found = []
    for i in range(n):
        found.append(i * i)
    return found


@program((10,), (30,))
def primes_by_trial_division(n):
    primes = []
    for candidate in range(2, n):
        is_prime = True
        for prime in primes:
            if candidate % prime == 0:
                is_prime = False
                break
        if is_prime:
            primes.append(candidate)
    return primes


@program((6,), (1,))
def collatz(n):
    sequence = [n]
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        sequence.append(n)
    return sequence


@program((0,), (7,))
def fibonacci(n):
    numbers = [0, 1]
    for _ in range(n):
        numbers.append(numbers[-1] + numbers[-2])
    return numbers


@program((0,), (2,), (6,))
def fibonacci_from_nothing(n):
    numbers = []
    for i in range(n):
        if i < 2:
            numbers.append(1)
        else:
            numbers.append(numbers[i - 1] + numbers[i - 2])
    return numbers


@program((8,))
def stack_of_pairs(n):
    stack = [(n, 0)]
    count = 0
    deepest = 0
    while stack:
        size, depth = stack.pop()
        count += 1
        deepest = max(deepest, depth)
        if size > 1:
            stack.append((size // 2, depth + 1))
            stack.append((size - size // 2 - 1, depth + 1))
    return count, deepest


@program((6,))
def queue_by_index(n):
    queue = [1]
    first = 0
    while first < len(queue):
        value = queue[first]
        first += 1
        if value < n:
            queue.append(2 * value)
            queue.append(2 * value + 1)
    return queue


@program((5,))
def two_lists(n):
    even, odd = [], []
    for i in range(n):
        if i % 2 == 0:
            even.append(i)
        else:
            odd.append(i * 0.5)
    return even, odd, len(even), len(odd)


@program((5,))
def lists_in_a_dict(n):
    lists = {"all": [], "large": [7]}
    for i in range(n):
        lists["all"].append(i)
        if i > 2:
            lists["large"].append(-i)
    return lists


class Box:
    def __init__(self):
        self.items = []

    def add(self, item):
        self.items.append(item)


@program((4,))
def list_of_an_object(n):
    box = Box()
    for i in range(n):
        box.add((i, i + 0.5))
    return box.items, len(box.items)


@program((4,))
def popped_until_empty(n):
    left = [i for i in range(n)]
    taken = []
    while len(left) > 0:
        taken.append(left.pop())
    return left, taken


@program((4,))
def two_names(n):
    one = []
    other = one
    for i in range(n):
        one.append(i)
    return other, len(other)


@program((3,))
def items_assigned(n):
    values = [0] * 5
    for i in range(n):
        values[i] = i * i
        values[i + 1] += 1
    return values


@program(([3, 1, 2],))
def bubble_sort(values):
    values = list(values)
    n = len(values)
    for i in range(n):
        for j in range(n - 1 - i):
            if values[j] > values[j + 1]:
                values[j], values[j + 1] = values[j + 1], values[j]
    return values


@program((4,))
def through_a_nested_function(n):
    found = []

    def add(value):
        found.append(value)
        return value

    total = 0
    for i in range(n):
        total += add(i)
    return found, total


@program((5,))
def other_methods(n):
    found = [1]
    for i in range(n):
        found.extend([i, i + 1])
        found.insert(0, -i)
        if i == 3:
            found.pop(0)
    found.reverse()
    del found[0]
    return found, sorted(found), found.count(1), 3 in found


@program((5,))
def extended_by_an_operator(n):
    found = []
    for i in range(n):
        if i > 1:
            found += [i]
    return found


@program((5,), (0,))
def rows(n):
    found = []
    for i in range(n):
        found.append([i, 2 * i])
    total = 0
    for a, b in found:
        total += a * b
    return found, total


@program(([5, 3, 9, 1],))
def in_order(values):
    large = [value for value in values if value > 2]
    large.sort(reverse=True)
    low, high = sorted((values[0], values[1]))
    return large, sorted(values), sorted(values, key=lambda value: -value), low, high


@program((3,), (12,))
def of_unlike_lengths_after_a_branch(n):
    found = [1]
    if n > 5:
        found.append(n)
    else:
        found.append(2)
        found.append(3)
    if n > 100:
        found.clear()
    return found, len(found), found[-1]


@program((6,))
def monotone_stack(n):
    stack = []
    best = 0
    for i in range(n):
        while stack and stack[-1] > (i * 7) % 5:
            stack.pop()
        stack.append((i * 7) % 5)
        best = max(best, len(stack))
    return stack, best


@program((5,))
def returned_from_the_loop(n):
    found = []
    for i in range(100):
        if i >= n:
            return found
        found.append(i)
    return found


@program((5,), (11,))
def ways_to_pay(n):
    ways = [0] * (n + 1)
    ways[0] = 1
    for coin in (1, 2, 5):
        for i in range(coin, n + 1):
            ways[i] += ways[i - coin]
    return ways[n]


@program((10,))
def sieve(n):
    is_prime = [True] * (n + 1)
    primes = []
    for i in range(2, n + 1):
        if is_prime[i]:
            primes.append(i)
            for j in range(i * i, n + 1, i):
                is_prime[j] = False
    return primes


@program((7, 3))
def josephus(n, k):
    people = list(range(1, n + 1))
    i = 0
    order = []
    while len(people) > 1:
        i = (i + k - 1) % len(people)
        order.append(people.pop(i))
    return order, people[0]


@program(([1, 3, 5], [2, 4, 6]))
def merged(a, b):
    i = j = 0
    out = []
    while i < len(a) and j < len(b):
        if a[i] < b[j]:
            out.append(a[i])
            i += 1
        else:
            out.append(b[j])
            j += 1
    while i < len(a):
        out.append(a[i])
        i += 1
    while j < len(b):
        out.append(b[j])
        j += 1
    return out


@program(([1, 2, 2, 3, 1],))
def without_repetition(values):
    found = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


@program((3,))
def diagonal(n):
    grid = [[0, 0, 0] for _ in range(3)]
    for i in range(n):
        grid[i][i] = 1
        grid[i][0] += i
    return grid


@program((5,))
def pascal(n):
    row = [1]
    for _ in range(n):
        following = [1]
        for k in range(len(row) - 1):
            following.append(row[k] + row[k + 1])
        following.append(1)
        row = following
    return row


@program((9,))
def last_three(n):
    window = []
    for i in range(n):
        window.append(i)
        window = window[-3:]
    return window, window[1:], window[::-1]


@program(([[0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0]],))
def breadth_first(adjacent):
    n = len(adjacent)
    seen = [False] * n
    seen[0] = True
    queue = [0]
    order = []
    while queue:
        node = queue.pop(0)
        order.append(node)
        for other in range(n):
            if adjacent[node][other] == 1 and not seen[other]:
                seen[other] = True
                queue.append(other)
    return order


@program((3,), (2,))
def compared(n):
    found = [i for i in range(n)]
    return 1 if found == [0, 1, 2] else 2, found != [0, 1], found == []


IDS = [function.__name__ for function, _ in PROGRAMS]


@pytest.mark.parametrize(("function", "calls"), PROGRAMS, ids=IDS)
def test_as_plain_python(function, calls, monkeypatch):
    staged = pg.function(function)
    for arguments in calls:
        expected = function(*arguments)
        tensors = as_tensors(arguments, [True] * len(arguments))
        assert as_python(function(*tensors)) == expected
        assert as_python(staged(*tensors)) == expected
    monkeypatch.setenv("PYGRAPH_PASSES", "none")
    assert as_python(pg.function(function)(*tensors)) == expected


@pytest.mark.parametrize(("function", "calls"), PROGRAMS, ids=IDS)
def test_after_a_round_trip(function, calls):
    tensors = as_tensors(calls[0], [True] * len(calls[0]))
    concrete = pg.function(function).get_concrete_function(*tensors)
    expected = [t.tolist() for t in concrete._executable.run(tensors)]
    for copy in (
        Graph.from_bytes(concrete.graph.as_bytes()),
        Graph.from_text(concrete.graph.as_text()),
    ):
        assert [t.tolist() for t in _core.Executable(copy.module).run(tensors)] == expected


def test_bools_as_indices() -> None:
    def f(n):
        items = [10, 20]
        counts = [0, 0]
        for i in range(n):
            counts[i > 1] += i
        return items[n > 2], (3, 4)[n == 1], counts

    for n in (1, 4):
        assert as_python(pg.function(f)(pg.asarray(n))) == f(n)
