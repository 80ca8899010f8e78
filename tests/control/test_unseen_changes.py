"""Changes by code that is not converted, and tensors that would stay in older containers."""

from __future__ import annotations

import collections
import functools
import gc
import linecache
import weakref
from typing import Any

import numpy as np
import pytest

import pygraph as pg

changed: Any = 0


class Model:
    """Keeps what it is given, in one way or another."""

    def __init__(self) -> None:
        self.losses: Any = [0.5]
        self.recent: Any = collections.deque([0.5], maxlen=3)
        self.named: Any = {"first": [0.5]}
        self.user: Any = collections.UserList([0.5])
        self.last: Any = None

    @pg.function
    def keep(self, x: Any, how: str) -> Any:
        loss = x * 2
        if how == "append":
            self.losses.append(loss)
        elif how == "insert":
            self.losses.insert(0, loss)
        elif how == "extend":
            self.losses.extend([1.0, loss])
        elif how == "in place":
            self.losses += [loss]
        elif how == "item":
            self.losses[0] = loss
        elif how == "method of the class":
            list.append(self.losses, loss)
        elif how == "argument":
            self.losses.append(x)
        elif how == "deque":
            self.recent.append(loss)
        elif how == "deque in place":
            self.recent += [loss]
        elif how == "update":
            self.named.update(a=loss)
        elif how == "setdefault":
            self.named.setdefault("first", []).append(loss)
        elif how == "user list":
            self.user.append(loss)
        elif how == "setattr":
            setattr(self, "last", loss)  # noqa: B010
        elif how == "vars":
            vars(self)["last"] = loss
        elif how == "unconverted":
            unconverted_keep(self, loss)
        elif how == "in a branch":
            if x > 0:
                self.losses.append(loss)
        elif how == "in a loop":
            for _ in pg.range(3):
                self.losses.append(loss)
        elif how == "helper":
            helper_keep(self.losses, loss)
        return loss


@pg.autograph.do_not_convert
def unconverted_keep(model: Model, loss: Any) -> None:
    model.last = loss


def helper_keep(losses: list[Any], loss: Any) -> None:
    losses.append(loss)


WAYS = {
    "append": "self.losses",
    "insert": "self.losses",
    "extend": "self.losses",
    "in place": "self.losses",
    "item": r"self.losses\[0\]",
    "method of the class": "self.losses",
    "argument": "self.losses",
    "deque": "self.recent",
    "deque in place": "self.recent",
    "update": r"self.named\['a'\]",
    "setdefault": r"self.named\['first'\]",
    "user list": "self.user.data",
    "setattr": "self.last",
    "vars": r"self.__dict__\['last'\]",
    "unconverted": "self.last",
    "in a branch": "self.losses",
    "in a loop": "self.losses",
    "helper": "self.losses",
}


def line_of(text: str) -> int:
    with open(__file__) as file:
        return 1 + next(number for number, line in enumerate(file) if line.strip() == text)


@pytest.mark.parametrize("how", WAYS)
def test_a_tensor_is_not_left_in_an_older_container(how: str) -> None:
    model = Model()
    match = f"{WAYS[how]} is older than this trace of keep .*test_unseen_changes.py:\\d+, in"
    with pytest.raises(TypeError, match=match) as caught:
        model.keep(pg.asarray(1.0), how)
    if how not in ("helper", "item"):
        branch = f'elif how == "{how}":' if how != "append" else 'if how == "append":'
        line = int(str(caught.value).partition("test_unseen_changes.py:")[2].partition(",")[0])
        assert 0 < line - line_of(branch) <= 2
    assert (model.losses, list(model.recent), model.user) == ([0.5], [0.5], [0.5])
    assert (model.named, model.last) == ({"first": [0.5]}, None)


class Box:
    """Some attributes."""

    def __init__(self, value: Any) -> None:
        self.value = value


@functools.lru_cache
def cached(key: int) -> int:
    SEEN["v"] += 1
    return key


SEEN = {"v": 0}


def iterator(c):
    position = iter([1, 2, 3])
    if c:
        list(position)
    return c


def stream(c):
    data = bytearray(b"abc")
    for _ in pg.range(c):
        data.extend(b"d")
    return c


def order(c):
    table = {"a": 1, "b": 2}
    if c:
        table["a"] = table.pop("a")
    return c


def other_class(c):
    box = Box(0)
    if c:
        box.__class__ = type("Other", (Box,), {})
    return c


def cached_function(c):
    cached.cache_clear()
    if c:
        cached(3)
    return c


def list_in_object(c):
    box = Box([1])
    for i in pg.range(c):
        box.value.append(i)
    return unconverted_length(box)


@pg.autograph.do_not_convert
def unconverted_length(box: Box) -> int:
    return len(box.value)


FAULTS: list[tuple[Any, str]] = [
    (iterator, r"the list_iterator 'position' is changed[^*]*list\(position\)[^*]*index a list"),
    (stream, r"the bytearray 'data' is changed where a tensor decides[^*]*use a tensor"),
    (order, r"the order of the keys of the dict 'table' is changed[^*]*in the same order"),
    (other_class, r"box\.__class__ is changed from <class '.*Box'> to <class '.*Other'>"),
    (cached_function, r"cached changes an object, and functools.lru_cache[^*]*outside of it"),
    (
        list_in_object,
        r"unconverted_length is not converted by AutoGraph, and is given a list whose",
    ),
]


@pytest.mark.parametrize(("function", "match"), FAULTS, ids=[f.__name__ for f, _ in FAULTS])
def test_faults(function: Any, match: str) -> None:
    with pytest.raises(TypeError, match=match) as caught:
        pg.function(function)(pg.asarray(2))
    assert f"in {function.__name__}" in str(caught.value)


def test_both_branches_may_move_a_key() -> None:
    @pg.function
    def f(c):
        table = {"a": 1, "b": 2}
        if c:
            table["a"] = table.pop("a") + 1
        else:
            table["a"] = table.pop("a")
        return list(table), table["a"]

    assert f(pg.asarray(True)) == (["b", "a"], 2)
    assert f(pg.asarray(False)) == (["b", "a"], 1)


def test_a_module_is_changed() -> None:
    import sys

    @pg.function
    def f(c):
        module = sys.modules[__name__]
        module.changed = 0  # type: ignore[attr-defined]
        if c:
            setattr(module, "changed", 5)  # noqa: B010
        result, module.changed = changed, 0  # type: ignore[attr-defined]
        return result

    assert [f(pg.asarray(c)).item() for c in (True, False)] == [5, 0]


class Doubled(dict):  # type: ignore[type-arg]
    """Changes what is put into it."""

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value * 10)


class DoubledInOrder(collections.OrderedDict):  # type: ignore[type-arg]
    """The same in order."""

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value * 10)


class DoubledItems(list):  # type: ignore[type-arg]
    """The same of a list."""

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value * 10)


class Closed(dict):  # type: ignore[type-arg]
    """Shows nothing of what it holds, and counts what is put into it."""

    puts = 0

    def __setitem__(self, key: Any, value: Any) -> None:
        self.puts += 1
        super().__setitem__(key, value)

    def __iter__(self) -> Any:
        return iter(())

    def keys(self) -> Any:
        return ()

    items = values = keys


def in_a_branch(c, table, key):
    if c > 0:
        table[key] = c
    return table


def in_a_loop(c, table, key):
    for i in pg.range(c):
        table[key] = i + 1
    return table


@pytest.mark.parametrize("way", [in_a_branch, in_a_loop])
@pytest.mark.parametrize(
    "make",
    [
        lambda: Doubled(a=3),
        lambda: DoubledInOrder(a=3, b=4),
        lambda: DoubledItems([3, 4]),
        lambda: Closed(a=3, b=4),
    ],
    ids=["dict", "OrderedDict", "list", "closed"],
)
def test_methods_that_assign_items_run_once(way: Any, make: Any) -> None:
    def f(c):
        table = make()
        key: Any = 0 if isinstance(table, list) else "a"
        way(c, table, key)
        kind: Any = list if isinstance(table, list) else dict
        return kind.__getitem__(table, key), len(table), getattr(table, "puts", 0)

    staged = pg.function(f)
    for c in (0, 1, 5):
        found = [np.asarray(part).tolist() for part in staged(pg.asarray(c))]
        assert found == list(f(c))


class Ranked:
    """Counts how often Python asks it something."""

    asked = 0

    def __init__(self, rank: int) -> None:
        self.rank = rank

    def __lt__(self, other: Any) -> bool:
        Ranked.asked += 1
        return bool(self.rank < other.rank)

    def __gt__(self, other: Any) -> bool:
        Ranked.asked += 1
        return bool(self.rank > other.rank)

    def __bool__(self) -> bool:
        Ranked.asked += 1
        return self.rank > 1

    def __eq__(self, other: object) -> bool:
        Ranked.asked += 1
        return self is other

    __hash__ = object.__hash__

    def __iter__(self) -> Any:
        Ranked.asked += 1
        return iter([2, 1])


def rank_of(item: Any) -> Any:
    Ranked.asked += 1
    return -item


ASKING = {
    "sorted": lambda: sorted([3, 1, 2], key=rank_of),
    "sorted, reversed": lambda: sorted((3, 1, 2), key=rank_of, reverse=True),
    "sorted set": lambda: sorted({3, 1, 2}, key=rank_of),
    "sorted generator": lambda: sorted((k for k in [3, 1]), key=rank_of),
    "min": lambda: min([3, 1, 2], key=rank_of),
    "max of arguments": lambda: max(3, 1, 2, key=rank_of),
    "max of a set": lambda: max({3, 1}, key=rank_of, default=0),
    "max of objects": lambda: max([Ranked(1), Ranked(3), Ranked(2)]).rank,
    "min of an object": lambda: min(Ranked(1), key=rank_of),
    "sorted objects": lambda: sorted([Ranked(1), Ranked(3), Ranked(2)])[0].rank,
    "map": lambda: list(map(rank_of, [3, 1])),
    "filter": lambda: list(filter(rank_of, [3, 0])),
    "reduce": lambda: functools.reduce(lambda a, b: a + rank_of(b), [3, 1, 2]),
    "any": lambda: any(Ranked(k) for k in range(4)),
    "condition": lambda: [k for k in [1, 2] if Ranked(k)],
    "expression": lambda: 1 if Ranked(2) else 2,
    "in": lambda: Ranked(2) in [Ranked(1), Ranked(2)],
}


@pytest.mark.parametrize("name", ASKING)
def test_callbacks_run_as_often_as_in_python(name: str) -> None:
    asking = ASKING[name]
    counts = []
    for function in (asking, pg.function(asking)):
        Ranked.asked = 0
        result = function()
        counts.append((Ranked.asked, np.asarray(result).tolist()))
    assert counts[0] == counts[1]


def test_a_sort_in_a_list_runs_its_key_once() -> None:
    @pg.function
    def f(x):
        items = [3, 1, 2]
        items.sort(key=rank_of)
        return items

    Ranked.asked = 0
    assert f(pg.asarray(1)) == [3, 2, 1]
    assert Ranked.asked == 3


def test_objects_are_not_kept_alive() -> None:
    box = Box({"v": [1]})
    reference = weakref.ref(box)

    @pg.autograph.do_not_convert
    def bump(target: Any) -> None:
        target.value["v"][0] += 1

    @pg.function
    def f(c):
        mine = Box({"v": [0]})
        if c:
            bump(mine)
        return mine.value["v"][0]

    gc.disable()
    try:
        assert [f(pg.asarray(c)).item() for c in (True, False)] == [1, 0]
        del box
        assert reference() is None
    finally:
        gc.enable()


def test_classes_of_code_without_a_module() -> None:
    source = """
class Box:
    def __init__(self, n):
        self.n = n

def f(a, c):
    box = Box(a)
    if c > 0:
        setattr(box, "n", a + c)
    return box.n
"""
    namespace: dict[str, Any] = {}
    linecache.cache["<boxes>"] = (len(source), None, source.splitlines(True), "<boxes>")
    exec(compile(source, "<boxes>", "exec"), namespace)
    f = pg.function(namespace["f"])
    assert [f(pg.asarray(1), pg.asarray(c)).item() for c in (2, 0)] == [3, 1]
