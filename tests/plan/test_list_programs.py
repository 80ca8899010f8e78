"""Lists in register programs: what Python's lists hold, whatever the programs are made of."""

from __future__ import annotations

import itertools
import random
from collections import deque
from typing import Any

import numpy as np
import pytest

import pygraph as pg

PASSES = ["", "-native_code", "-coalesce", "none"]
DTYPES = [(dtype, "") for dtype in ("bool", "int32", "float32", "float64")]


def steps(codes: Any, values: Any) -> Any:
    items = deque([values[0]])
    taken = []
    for i in range(len(codes)):
        code = codes[i]
        if code == 0 or code == 1:
            items.append(values[i])
        elif code == 2 or code == 3:
            items.appendleft(values[i])
        elif len(items) > 2:
            if code == 4:
                taken.append(items.pop())
            elif code == 5:
                taken.append(items.popleft())
            elif code == 6:
                items[i % len(items)] = values[i]
            else:
                items[-1] = items[1]
        else:
            taken.append(items[0])
    return items, taken, len(items)


def plain(parts: Any) -> list[Any]:
    items, taken, size = parts
    return [[np.asarray(v).tolist() for v in items], [np.asarray(v).tolist() for v in taken], size]


@pytest.mark.parametrize(("dtype", "passes"), [*DTYPES, *(("int64", p) for p in PASSES)])
def test_both_ends(dtype: str, passes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYGRAPH_PASSES", passes)
    staged = pg.function(steps)
    for seed, most in itertools.product(range(2), (6, 8)):
        chance = random.Random(seed)
        codes = np.array([chance.randrange(most) for _ in range(200)])
        values = np.array([chance.randrange(2 if dtype == "bool" else 100) for _ in codes], dtype)
        expected = plain(steps(codes, values))
        found = plain(staged(pg.asarray(codes), pg.asarray(values)))
        found[2] = int(found[2])
        assert found == expected


def test_a_loop_over_lists_is_one_program() -> None:
    concrete = pg.function(steps).get_concrete_function(
        pg.asarray(np.zeros(3, np.int64)), pg.asarray(np.zeros(3))
    )
    text = concrete.plan.as_text()
    assert "list_append" not in text
    assert "list_pop" not in text
    assert "registers" in text


def rounds(n: Any) -> Any:
    items = deque([(i, 1.0) for i in range(40)])
    total = 0.0
    for i in range(n):
        items.append((i, 2.0))
        number, weight = items.popleft()
        total = total + number * weight
    return total


def test_a_queue_of_constant_length_stays_in_place() -> None:
    concrete = pg.function(rounds).get_concrete_function(pg.asarray(3))
    text = concrete.plan.as_text()
    assert "list_pop" not in text
    assert "registers" in text
    assert concrete(pg.asarray(100)).item() == rounds(100)


def stack(n: Any) -> Any:
    items = [0]
    for i in range(n):
        items.append(i)
    total = 0
    for _ in range(n):
        total += items.pop()
    return total, items


def test_a_list_grows_between_polls_and_in_a_few_blocks() -> None:
    staged = pg.function(stack)
    total, left = staged(pg.asarray(3_000_000))
    assert int(total) == 3_000_000 * 2_999_999 // 2
    assert [int(item) for item in left] == [0]

    def allocations(n: int) -> int:
        before = pg.runtime.memory_stats()["allocations"]
        staged(pg.asarray(n))
        return pg.runtime.memory_stats()["allocations"] - before

    assert allocations(40_000) - allocations(20_000) <= 2


def test_a_queue_stays_where_it_is() -> None:
    @pg.function
    def turned(n: Any) -> Any:
        queue = deque([0, 1, 2])
        for i in range(n):
            queue.append(i)
            queue.popleft()
        front = deque([0, 1, 2])
        for i in range(n):
            front.appendleft(i)
            front.pop()
        return queue, front

    def allocations(n: int) -> int:
        before = pg.runtime.memory_stats()["allocations"]
        queue, front = turned(pg.asarray(n))
        assert [int(item) for item in queue] == [n - 3, n - 2, n - 1]
        assert [int(item) for item in front] == [n - 1, n - 2, n - 3]
        return pg.runtime.memory_stats()["allocations"] - before

    allocations(10)
    assert allocations(50_000) == allocations(5_000)


@pytest.mark.parametrize("passes", PASSES)
def test_faults_name_the_line_and_the_length(passes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYGRAPH_PASSES", passes)

    @pg.function
    def emptied(n: Any) -> Any:
        items = deque([1, 2])
        total = 0
        for i in range(n):
            items.append(i)
            total += items.popleft() + items.popleft()
        return total

    assert emptied(pg.asarray(2)).item() == 1 + 2 + 0 + 1
    with pytest.raises(IndexError, match=r"^pop from an empty deque$"):
        emptied(pg.asarray(3))

    @pg.function
    def outside(n: Any) -> Any:
        items = [5]
        total = 0
        for i in range(n):
            items.append(i)
            total += items[2 * i]
        return total

    assert outside(pg.asarray(2)).item() == 5 + 1
    with pytest.raises(IndexError, match="index 4 is out of range for an axis of size 4"):
        outside(pg.asarray(3))


def test_a_list_that_others_hold_is_not_written_into() -> None:
    @pg.function
    def shared(n: Any) -> Any:
        items = []
        for i in range(n):
            items.append(i)
        before = list(items)
        for _ in range(n):
            items[0] = items.pop() + items[0]
            items.insert(0, 7)
        return before, items

    def plain_shared(n: int) -> Any:
        items = list(range(n))
        before = list(items)
        for _ in range(n):
            items[0] = items.pop() + items[0]
            items.insert(0, 7)
        return before, items

    found = [[int(item) for item in part] for part in shared(pg.asarray(5))]
    assert found == list(plain_shared(5))


def test_lists_passed_down_a_recursion_grow_in_place() -> None:
    def down(n: Any, items: list[Any]) -> None:
        if n > 0:
            items.append(n)
            down(n - 1, items)

    def count(n: Any) -> Any:
        return 0 if n <= 0 else count(n - 1) + 1

    @pg.function
    def collected(n: Any) -> Any:
        items: list[Any] = []
        down(n, items)
        return pg.stack(items)

    def allocations(function: Any, n: int) -> int:
        before = pg.runtime.memory_stats()["allocations"]
        function(pg.asarray(n))
        return pg.runtime.memory_stats()["allocations"] - before

    counted = pg.function(lambda n: count(n))
    for function in (collected, counted):
        allocations(function, 400)
    more = [allocations(f, 400) - allocations(f, 200) for f in (collected, counted)]
    assert more[0] - more[1] <= 2
