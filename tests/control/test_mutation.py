"""Changes of objects in staged branches and loops join the state, or an error says why not."""

from __future__ import annotations

import copy
import operator
from collections import deque
from typing import Any

import numpy as np
import pytest

import pygraph as pg

# What functions below assign, as `global` or by attribute.
total: Any = 0
kept: Any = None


class Cell:
    """Some attributes."""

    steps: Any = 0

    def __init__(self, state: Any) -> None:
        self.state = state
        self.count = 0

    def step(self, x: Any) -> None:
        """Change them."""
        self.state = pg.tanh(self.state + x)
        self.count += 1
        self.steps += 2


class Slots:
    """The same in slots."""

    __slots__ = ("__hidden", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.__hidden = 0

    def add(self, x: Any) -> Any:
        """Change both."""
        self.value += x
        self.__hidden += 1
        return self.__hidden


def attributes(x):
    cell = Cell(x * 0)
    rounds = 0
    while cell.state < x:
        cell.step(0.25)
        rounds += 1
    return cell.state, cell.count, cell.steps, rounds


def slots(x):
    box = Slots(1)
    found = 0
    for i in pg.range(x):
        found = box.add(i)
    return box.value, found


def dictionary(x):
    state = {"largest": x[0], "changes": 0}
    for value in x:
        if value > state["largest"]:
            state["largest"] = value
            state["changes"] += 1
    return state


def nested(x):
    state = {"a": [0, 0.0], "b": [pg.zeros(2), 1]}
    for i in pg.range(x):
        state["a"][0] += 1
        for j in pg.range(i):
            state["a"][1] += 0.5
            state["b"][0][j % 2] += 1.0
            state["b"][1] = state["b"][1] * 2
    return state


def items(x):
    pair = [x, x * 2]
    for _ in pg.range(3):
        pair[0], pair[1] = pair[1], pair[0] + pair[1]
    return pair


def bump(box, x):
    box.total = box.total + x
    box.count += 1


def helpers(x):
    box = Cell(0)
    box.total = 0.0  # type: ignore[attr-defined]
    for value in x:
        if value > 1:
            bump(box, value)
    return box.total, box.count  # type: ignore[attr-defined]


def add_to_total(x):
    global total
    total = total + x


def global_variable(x):
    global total
    total = 0
    for value in x:
        if value > 1:
            add_to_total(value)
    result, total = total, 0
    return result


def counter():
    count = 0

    def add(x):
        nonlocal count
        count = count + x

    return add, lambda: count


def closure(x):
    add, get = counter()
    if x > 0:
        add(x)
    add(1)
    return get()


def both_delete(x):
    state = {"a": 1, "b": x}
    if x > 0:
        state["b"] = 2 * x
        del state["a"]
    else:
        del state["a"]
    return state


def both_add(x):
    state = {}
    if x > 0:
        state["a"] = x
    else:
        state["a"] = -x
    return state


def made_inside(x):
    result = 0.0
    for value in x:
        if value > 1:
            table: Any = {}
            table["a"] = value
            pair = [0, 0]
            pair[0] = value
            box = Cell(None)
            box.state = value
            result += table["a"] + pair[0] + box.state
    return result


def made_inside_and_kept(x):
    state = {"k": 0}
    if x > 0:
        state = {}
        state["k"] = x
    return state


def aliases(x):
    first = [x, 1]
    second = first
    tensor = pg.zeros(3)
    other = tensor
    if x > 0:
        second[0] = 5
        other[1] = 2.0
    return first[0], second[0], tensor, other


def undone_first_iteration(x):
    counts = [0, 0]
    while True:
        counts[0] += 1
        x = x * 2
        if x > 100:
            break
    return counts[0], x


def undone_first_iteration_of_a_tensor(x):
    values = pg.zeros(4)
    i = 0
    while i >= 0:
        values[i] += x
        i = i + 1 if values[i] < 3 and i < 3 else -1
    return values, i


def unrolled(x):
    state = [0, 0]
    for k in [1, 2, 3]:
        if x > k:
            state[0] += x
            state[1] = state[1] + k
    return state


def methods_of_containers(x):
    state: Any = {"a": 1}
    queue = deque([1, 2])
    if x > 0:
        state.update(a=x)
        state.setdefault("a", 7)
        queue.rotate(0)
    state.__setitem__("b", 2)
    return state, list(queue)


def conditional_expression(x):
    state = [1]

    def double():
        state[0] *= 2
        return state[0]

    y = double() if x > 0 else 0
    return y, state[0]


def a_branch_in_a_branch(x):
    box = Cell(1)
    if x > 0:
        box.state = 2
        if x > 1:
            box.state += x
            box.count = 5
        else:
            box.state = box.state * 3
    return box.state, box.count


def targets(x):
    box = Cell(0)
    pair = [0, 0]
    for i in pg.range(x):
        (box.state, pair[1]) = (i, pair[0])
        pair[0] += 2
    for box.count in pg.range(x):
        pass
    return box.state, pair, box.count


class Grid:
    """Assigns its parts by methods."""

    def __init__(self) -> None:
        self.cells: Any = [[0, 0], [0, 0]]
        self.numbers = [0]

    def __setitem__(self, key: tuple[int, int], value: Any) -> None:
        self.cells[key[0]][key[1]] = value

    def __getitem__(self, key: tuple[int, int]) -> Any:
        return self.cells[key[0]][key[1]]

    @property
    def doubled(self) -> Any:
        """The number, which is twice what was assigned."""
        return self.numbers[0]

    @doubled.setter
    def doubled(self, value: Any) -> None:
        self.numbers[0] = value * 2


def classes_that_assign(x):
    grid = Grid()
    for i in pg.range(x):
        grid[0, 1] += i
        grid[1, 1] = grid[0, 1] * 2
        grid.doubled += i
    return grid.cells, grid.doubled


def bound_methods(x):
    pair = [0, 1]
    write = pair.__setitem__
    for i in pg.range(x):
        (lambda v: write(0, pair[0] + v))(i)
        setattr(Cell, "steps", 0)  # noqa: B010
        operator.setitem(pair, 1, i)
    return pair


class Adding:
    """A context manager that changes itself."""

    def __init__(self) -> None:
        self.number: Any = 0

    def __enter__(self) -> Any:
        self.number += 10
        return self

    def __exit__(self, *_: object) -> None:
        self.number += 1


def context_managers(x):
    adding = Adding()
    for i in pg.range(x):
        with adding as same:
            same.number += i
    return adding.number


PROGRAMS: list[tuple[Any, list[Any]]] = [
    (attributes, [0.75, 0.0]),
    (slots, [3, 0]),
    (dictionary, [np.asarray([1, 5, 2, 7])]),
    (nested, [4, 0]),
    (items, [1]),
    (helpers, [np.asarray([1.0, 2.0, 3.0])]),
    (global_variable, [np.asarray([1, 2, 3])]),
    (closure, [3, -3]),
    (both_delete, [1, -1]),
    (both_add, [1, -1]),
    (made_inside, [np.asarray([1.0, 2.0, 3.0])]),
    (made_inside_and_kept, [2, -2]),
    (aliases, [1, -1]),
    (undone_first_iteration, [3.0]),
    (undone_first_iteration_of_a_tensor, [3, 1]),
    (unrolled, [0, 2, 7]),
    (methods_of_containers, [1, -1]),
    (conditional_expression, [1, -1]),
    (a_branch_in_a_branch, [-1, 1, 2]),
    (targets, [3]),
    (classes_that_assign, [4, 0]),
    (context_managers, [3, 0]),
    (bound_methods, [4, 0]),
]


def leaves(value: Any) -> list[Any]:
    return [np.asarray(leaf).tolist() for leaf in pg.graph.structure.flatten(value)[0]]


@pytest.mark.parametrize(
    ("function", "arguments"), PROGRAMS, ids=[function.__name__ for function, _ in PROGRAMS]
)
def test_programs(function: Any, arguments: list[Any], monkeypatch: Any) -> None:
    staged = pg.function(function)
    expected = [leaves(function(copy.deepcopy(argument))) for argument in arguments]
    found = [leaves(staged(pg.asarray(argument))) for argument in arguments]
    assert found == expected
    assert staged.tracing_count == 1
    monkeypatch.setenv("PYGRAPH_PASSES", "none")
    plain = pg.function(function)
    assert [leaves(plain(pg.asarray(argument))) for argument in arguments] == expected


def test_cond_and_while_loop() -> None:
    @pg.function
    def f(x):
        box = [0, 0]
        count = 0

        def set_item():
            box[0] = x
            return x

        def body(i):
            nonlocal count
            count += i
            box[1] += 1
            return i + 1

        pg.cond(x > 0, set_item, lambda: x)
        pg.while_loop(lambda i: i < x, body, [0])
        return box, count

    assert leaves(f(pg.asarray(4))) == [4, 4, 6]
    assert leaves(f(pg.asarray(-4))) == [0, 0, 0]


class Model:
    """Written to by its methods."""

    def __init__(self) -> None:
        self.state = pg.zeros(2)
        self.traces = 0
        self.parts: Any = {"a": [1, 2]}

    @pg.function
    def keep(self, x):
        self.traces += 1
        self.state = self.state + x
        return x

    @pg.function
    def keep_in_loop(self, x):
        for _ in pg.range(3):
            self.parts["a"][1] = self.parts["a"][1] * x
        return x

    @pg.function
    def fail(self, x):
        self.state = x
        if x > 0:
            self.parts["a"][0] = x
            return len(self.traces)
        return x


def test_an_older_object_keeps_no_symbolic_tensor() -> None:
    model = Model()
    with pytest.raises(TypeError, match=r"self\.state is older .*test_mutation.*Variable"):
        model.keep(pg.asarray(1.0))
    assert model.state.tolist() == [0, 0]
    assert model.traces == 1  # what Python does while tracing stands
    with pytest.raises(TypeError, match=r"self\.parts\['a'\]\[1\] is older than this trace"):
        model.keep_in_loop(pg.asarray(2))
    with pytest.raises(TypeError, match="has no len"):
        model.fail(pg.asarray(1))
    assert (model.state.tolist(), model.parts) == ([0, 0], {"a": [1, 2]})

    @pg.function
    def keep_globally(x):
        global kept
        kept = x
        return x

    with pytest.raises(TypeError, match="kept is older than this trace of keep_globally"):
        keep_globally(pg.asarray(1))
    assert kept is None


def dtype_changes(x):
    box = Cell(pg.asarray([1, 2]))
    for _ in pg.range(3):
        box.state = box.state * 0.5
    return box.state


def set_grows(x):
    values: Any = set()
    if x > 0:
        values.add(1)
    return x


values = np.zeros(3)


def array_changes(x):
    if x > 0:
        values[0] = 1
    return x


def one_or_another(x):
    first, second = [0], [1]
    either = first if x > 0 else second
    either.append(x)
    return first


FAULTS: list[tuple[Any, str]] = [
    (
        dtype_changes,
        r"'box\.state' is int64\[2\] before the loop and float64\[2\][^*]*box\.state \* 0\.5",
    ),
    (set_grows, r"the set 'values' is changed"),
    (array_changes, r"the ndarray 'values' is changed"),
    (one_or_another, r"'either' is one object or another here, .*:\d+, in one"),
]


@pytest.mark.parametrize(("function", "match"), FAULTS, ids=[f.__name__ for f, _ in FAULTS])
def test_faults(function: Any, match: str) -> None:
    with pytest.raises(TypeError, match=match):
        pg.function(function)(pg.asarray(1))


def test_a_list_older_than_the_trace_may_count_traces() -> None:
    runs = []

    @pg.function
    def f(x):
        for _ in pg.range(x):
            runs.append(1)
        return x

    f(pg.asarray(3))
    assert 1 <= len(runs) <= 3
