"""Where checks of indices are left out, no index can be out of range."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pygraph as pg

SIZE = 6  # of the array; the table has (SIZE, 4) elements
SMALL = st.integers(-2, SIZE + 1)
# Of the loop variables i, j and a constant c.
INDICES = {
    "i": lambda i, j, c: i,
    "j": lambda i, j, c: j,
    "i + c": lambda i, j, c: i + c,
    "j - c": lambda i, j, c: j - c,
    "c - j": lambda i, j, c: c - j,
    "i + j": lambda i, j, c: i + j,
    "2 i - j": lambda i, j, c: 2 * i - j,
    "half": lambda i, j, c: (i + j) // 2,
    "third": lambda i, j, c: (i - c) // 3,
    "rest": lambda i, j, c: (i * j + c) % 4,
    "rest of 3": lambda i, j, c: (i - j) % 3,
    "least": lambda i, j, c: min(i + j, c),
    "greatest": lambda i, j, c: max(j - c, 0),
}
GUARDS = {
    "none": lambda index, i, j: True,
    "below": lambda index, i, j: index < 4,
    "within": lambda index, i, j: index >= 0 and index < 4,
    "not negative": lambda index, i, j: index >= 0,
    "different": lambda index, i, j: i != j,
    "same": lambda index, i, j: index == 2,
}
INDEX = st.tuples(st.sampled_from(sorted(INDICES)), SMALL)
ACCESS = st.tuples(st.sampled_from(sorted(GUARDS)), INDEX, INDEX, st.booleans())
BOUNDS = st.tuples(SMALL, SMALL, st.sampled_from([1, 1, 1, 2, -1]))


def run(counts: Any, outer: Any, inner: Any, accesses: Any, x: Any, table: Any) -> Any:
    """Read and write elements of an array and a table in two nested loops."""
    total = 0
    for i in counts(*outer):
        first, last, step = inner
        for j in counts(first, last + i, step):
            for guard, (row, c), (column, d), is_pair in accesses:
                at = INDICES[row](i, j, c)
                behind = INDICES[column](i, j, d)
                if GUARDS[guard](at, i, j):
                    if is_pair:
                        total = (total * 3 + table[at, behind]) % 1009
                        table[at, behind] = total
                    else:
                        total = (total * 3 + x[at]) % 1009
                        x[at] = total
    return total, x, table


def outcome(function: Any, *arguments: Any) -> Any:
    try:
        return [np.asarray(result).tolist() for result in function(*arguments)]
    except IndexError:
        return IndexError


@settings(max_examples=8)
@given(
    BOUNDS, BOUNDS, st.lists(ACCESS, min_size=1, max_size=3), st.sampled_from(["", "-native_code"])
)
def test_random_indices(outer: Any, inner: Any, accesses: Any, passes: str) -> None:
    x, table = np.arange(SIZE), np.arange(4 * SIZE).reshape(SIZE, 4)
    expected = outcome(run, range, outer, inner, accesses, x.copy(), table.copy())
    staged = pg.function(lambda x, table: run(pg.range, outer, inner, accesses, x, table))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYGRAPH_PASSES", passes)
        assert outcome(staged, x, table) == expected


def plan(function: Any, *arguments: Any) -> str:
    return str(pg.function(function).get_concrete_function(*arguments).plan.as_text())


def checked(text: str) -> list[str]:
    """Return the operations of a plan that check an index."""
    words = text.split()
    return [word for word in words if word.startswith(("load_", "store_", "position"))]


def product(a: Any, b: Any) -> Any:
    c = pg.zeros((a.shape[0], b.shape[1]))
    for i in pg.range(a.shape[0]):
        for j in pg.range(b.shape[1]):
            for k in pg.range(a.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return c


def sorted_by_swaps(x: Any) -> Any:
    for i in pg.range(x.shape[0]):
        for j in pg.range(x.shape[0] - 1 - i):
            if x[j] > x[j + 1]:
                x[j], x[j + 1] = x[j + 1], x[j]
    return x


def places(values: Any, x: Any) -> Any:
    found = pg.zeros(values.shape, dtype=pg.int64)
    for i in pg.range(values.shape[0]):
        low, high = 0, x.shape[0]
        while low < high:
            middle = (low + high) // 2
            if x[middle] < values[i]:
                low = middle + 1
            else:
                high = middle
        found[i] = low
    return found


def sums_from_the_end(x: Any) -> Any:
    for i in pg.range(x.shape[0] - 2, -1, -1):
        x[i] += x[i + 1]
    return x


def moments(x: Any) -> Any:
    total = 0.0
    for i in pg.range(x.shape[0]):
        for j in pg.range(x.shape[1]):
            for k in pg.range(x.shape[2]):
                total += x[i, j, k] * (i + j - k)
    return total


RNG = np.random.default_rng(3)


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        (
            product,
            (np.eye(5) * 2, np.arange(25.0).reshape(5, 5)),
            np.arange(25.0).reshape(5, 5) * 2,
        ),
        (sorted_by_swaps, (np.asarray([3.0, 1.0, 2.0, -1.0]),), [-1.0, 1.0, 2.0, 3.0]),
        (places, (np.asarray([0.5, -3.0, 9.0]), np.arange(5.0)), [1, 0, 5]),
        (sums_from_the_end, (np.arange(5.0),), [10.0, 10.0, 9.0, 7.0, 4.0]),
        (moments, (np.ones((2, 3, 4)),), 0.0),
    ],
)
@pytest.mark.parametrize("passes", ["", "-native_code"])
def test_loops_over_whole_arrays_check_no_index(
    function: Any, arguments: Any, expected: Any, passes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYGRAPH_PASSES", passes)
    np.testing.assert_array_equal(pg.function(function)(*arguments), expected)
    assert checked(plan(function, *map(pg.asarray, arguments))) == []
    monkeypatch.setenv("PYGRAPH_PASSES", "-index_ranges")
    assert checked(plan(function, *map(pg.asarray, arguments))) != []


def test_an_index_that_may_be_out_of_range_is_checked() -> None:
    def beyond(x: Any, n: Any) -> Any:
        for i in pg.range(n):
            x[i] = x[0]
        return x

    staged = pg.function(beyond)
    np.testing.assert_array_equal(staged(np.arange(3), pg.asarray(3)), [0, 0, 0])
    with pytest.raises(IndexError):
        staged(np.arange(3), pg.asarray(4))


def test_a_counter_that_wraps_is_checked() -> None:
    def wrapping(x: Any) -> Any:
        i = pg.asarray(2**62)
        total = 0
        while i > 0:
            i = i * 2
            total += x[i % 3]
        return total + x[i + 1]

    with pytest.raises(IndexError):
        pg.function(wrapping)(np.arange(3))
