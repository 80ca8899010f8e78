"""Lists in staged branches and loops: their types, their errors, and what a step costs."""

# ruff: noqa: C416, RUF005
from __future__ import annotations

import numpy as np
import pytest

import pygraph as pg
from pygraph import _hot


def appended(items, item, front=False):
    return _hot.apply("list_append", (items, item), {"front": front})


def popped(items, front=False):
    return _hot.apply("list_pop", (items,), {"front": front, "empty": "pop from empty list"})


def test_a_list_grows_in_place():
    @pg.function
    def squares(n):
        found = []
        for i in range(n):
            found = found + [i * i]
        return pg.stack(found)

    def allocations(turns: int) -> int:
        squares(pg.asarray(turns))
        before = pg.runtime.memory_stats()["allocations"]
        assert squares(pg.asarray(turns)).shape == (turns,)
        return pg.runtime.memory_stats()["allocations"] - before

    assert allocations(40_000) - allocations(20_000) <= 2


def test_a_list_shrinks_in_place():
    @pg.function(autograph=False)
    def drain(items):
        def body(total, left):
            left, last = popped(left)
            left = appended(left, last)
            left, last = popped(left)
            return total + last, left

        return pg.while_loop(lambda total, left: left.shape[0] > 0, body, (0, items))

    def allocations(size: int) -> int:
        items = pg.arange(size)
        drain(items)
        before = pg.runtime.memory_stats()["allocations"]
        total, left = drain(items)
        assert (total.item(), left.shape) == (size * (size - 1) // 2, (0,))
        return pg.runtime.memory_stats()["allocations"] - before

    assert allocations(3000) == allocations(300)


def test_appending_leaves_other_lists_alone():
    @pg.function
    def branches(n):
        base = [i for i in range(n)]
        return base, base + [100], base + [200, 300], base

    found = branches(pg.asarray(3))
    assert [[int(item) for item in part] for part in found] == [
        [0, 1, 2],
        [0, 1, 2, 100],
        [0, 1, 2, 200, 300],
        [0, 1, 2],
    ]


def test_the_ops_of_lists():
    table = pg.asarray([[1, 2], [3, 4]])
    assert appended(table, pg.asarray([5, 6])).tolist() == [[1, 2], [3, 4], [5, 6]]
    assert appended(table, pg.asarray([5, 6]), front=True).tolist() == [[5, 6], [1, 2], [3, 4]]
    rest, item = popped(table)
    assert (rest.tolist(), item.tolist()) == ([[1, 2]], [3, 4])
    rest, item = popped(table, front=True)
    assert (rest.tolist(), item.tolist()) == ([[3, 4]], [1, 2])
    assert table.tolist() == [[1, 2], [3, 4]]
    assert appended(table[:0, :0], pg.asarray([5])).tolist() == [[5]]
    with pytest.raises(ValueError, match=r"list_append: an item of shape \[3\] .*\[2, 2\]"):
        appended(table, pg.asarray([5, 6, 7]))
    with pytest.raises(IndexError, match="pop from empty list"):
        popped(table[:0])


def test_items_settle_their_dtype():
    @pg.function
    def halves(x, n):
        found = [1]
        for _ in range(n):
            found = found + [x]
        return found

    assert [item.dtype.name for item in halves(np.float32(0.5), pg.asarray(2))] == ["float32"] * 3
    assert [item.dtype.name for item in halves(2, pg.asarray(1))] == ["int64"] * 2


def test_items_of_unlike_types_are_refused():
    @pg.function
    def shapes(n):
        rows = []
        for _ in range(n):
            rows = [*rows, pg.zeros(2), pg.zeros(3)]
        return rows

    with pytest.raises(
        ValueError, match=r"'rows\[\.\.\.\]' is float64\[2\].*float64\[3\]"
    ) as caught:
        shapes(pg.asarray(1))
    assert "test_lists.py" in str(caught.value)

    @pg.function
    def dtypes(n):
        rows = [pg.asarray(1)]
        for _ in range(n):
            rows = [*rows, pg.asarray(True)]
        return rows

    with pytest.raises(TypeError, match=r"'rows\[\.\.\.\]' is int64\[\].*bool\[\]"):
        dtypes(pg.asarray(1))

    @pg.function
    def words(n):
        rows = []
        for _ in range(n):
            rows = [*rows, "word"]
        return rows

    with pytest.raises(TypeError, match="items of 'rows' hold no tensor or number"):
        words(pg.asarray(1))

    @pg.function
    def lists(n):
        return [[k for k in range(i)] for i in range(n)]

    with pytest.raises(TypeError, match="are lists of different lengths"):
        lists(pg.asarray(3))


def test_rows_of_unlike_lengths_are_refused_when_they_come():
    @pg.function
    def rows(x):
        found = []
        for i in range(x.shape[0]):
            found = [*found, x[: i + 1]]
        return found

    vector = [pg.TensorSpec((None,), pg.float64)]
    typed = pg.function(rows.python_function, input_signature=vector)
    assert [row.tolist() for row in typed(np.ones(1))] == [[1.0]]
    with pytest.raises(ValueError, match=r"shape \[2\] .* shape \[1\]") as caught:
        typed(np.ones(2))
    assert caught.traceback[-1].name == "rows"


def test_out_of_range_is_an_index_error_on_the_users_line():
    @pg.function
    def item(n, i):
        found = [k for k in range(n)]
        return found[i]

    assert item(pg.asarray(3), pg.asarray(-3)).item() == 0
    with pytest.raises(IndexError, match="index 3 is out of range") as caught:
        item(pg.asarray(3), pg.asarray(3))
    assert caught.traceback[-1].name == "item"
    with pytest.raises(IndexError, match="list index out of range"):
        pg.function(lambda i: [][i])(pg.asarray(0))


def test_other_comprehensions_say_what_they_cannot_do():
    with pytest.raises(TypeError, match="set or dict comprehension over a tensor") as caught:
        pg.function(lambda n: {i: i for i in range(n)})(pg.asarray(2))
    assert "test_lists.py" in str(caught.value)
    assert pg.function(lambda n: dict.fromkeys(range(2), n))(pg.asarray(2))[1].item() == 2


def test_unconverted_code_is_told_what_it_got():
    @pg.autograph.do_not_convert
    def first(items):
        return items[0] + 1

    @pg.function
    def use(n):
        return first([i for i in range(n)])

    with pytest.raises(
        TypeError,
        match=r"first is not converted .* list whose length the graph decides\n .*test_lists.py",
    ):
        use(pg.asarray(2))


def test_a_list_as_a_tensor():
    @pg.function
    def together(n):
        rows = [pg.asarray([1, 2]) * i for i in range(n)]
        return pg.stack(rows), pg.concat(rows), pg.asarray(rows), pg.stack(rows, axis=1)

    stacked, joined, array, across = together(pg.asarray(3))
    np.testing.assert_array_equal(stacked, [[0, 0], [1, 2], [2, 4]])
    np.testing.assert_array_equal(array, stacked)
    np.testing.assert_array_equal(joined, np.ravel(stacked))
    np.testing.assert_array_equal(across, np.transpose(stacked))


def test_while_loop_takes_lists_that_grow():
    def count(n):
        return pg.while_loop(
            lambda i, found: i < n, lambda i, found: (i + 1, [*found, i * 0.5]), (0, [1])
        )

    for run in (count, pg.function(count, autograph=False)):
        turns, found = run(pg.asarray(2))
        assert (int(turns), [float(item) for item in found]) == (2, [1.0, 0.0, 0.5])


def test_an_item_changed_by_itself_is_refused():
    def through_a_variable(n):
        rows = [[i, i] for i in range(n)]
        row = rows[0]
        row[1] = 5
        return rows

    def through_a_method(n):
        rows = [[i, i] for i in range(n)]
        rows[-1].append(5)
        return rows

    def through_a_loop(n):
        rows = [pg.zeros(2) + i for i in range(n)]
        for row in rows:
            row[0] = 1
        return rows

    for function in (through_a_variable, through_a_method, through_a_loop):
        with pytest.raises(TypeError, match="changed by itself") as caught:
            pg.function(function)(pg.asarray(2))
        assert f"in {function.__name__}" in str(caught.value)


def test_a_list_older_than_the_trace_is_not_kept():
    seen = []

    @pg.function
    def collect(n):
        for i in range(n):
            seen.append(i)
        return n

    with pytest.raises(TypeError, match="seen is older than this trace of collect"):
        collect(pg.asarray(2))
    assert seen == []


def test_pop_from_an_empty_list():
    @pg.function
    def pops(n):
        found = [i for i in range(n)]
        for _ in range(3):
            found.pop()
        return found

    assert [item.item() for item in pops(pg.asarray(4))] == [0]
    with pytest.raises(IndexError, match="pop from empty list") as caught:
        pops(pg.asarray(2))
    assert caught.traceback[-1].name == "pops"
