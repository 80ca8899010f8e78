"""Tensors and NumPy arrays that a function captures: each call reads what they hold then."""

import gc
import pickle
import sys
import types
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import pygraph as pg

TABLE = np.zeros(3)
TENSOR = pg.zeros(3)
module: Any = types.ModuleType("module_with_a_table")


class Holder:
    shared: ClassVar[Any] = None
    __slots__ = ("items", "own")

    def __init__(self, value: Any) -> None:
        self.own = value
        self.items = {"list": [0, value]}

    @pg.function
    def method(self, x: Any) -> Any:
        return x + self.own

    def through_item(self, x: Any) -> Any:
        return x + self.items["list"][1]


def capturing(value: Any) -> dict[str, Callable[[Any], Any]]:
    """Return functions that add a value, each capturing it in another way."""
    holder = Holder(value)
    Holder.shared = value
    module.table = value

    def default(x: Any, *, table: Any = value) -> Any:
        return x + table

    def helper() -> Any:
        return value

    def in_a_loop(x: Any) -> Any:
        for _ in pg.range(1):
            x = x + value
        return x

    def in_a_branch(x: Any) -> Any:
        return x + value if pg.all(x > -1e9) else x

    def in_a_recursion(x: Any, n: Any) -> Any:
        return x if n == 0 else in_a_recursion(x + value, n - 1)

    return {
        "closure": lambda x: x + value,
        "helper": lambda x: x + helper(),
        "attribute": lambda x: x + holder.own,
        "item": lambda x: holder.through_item(x),
        "class": lambda x: x + Holder.shared,
        "module": lambda x: x + module.table,
        "method": lambda x: holder.method(x),
        "partial": lambda x: partial(lambda a, b: a + b, value)(x),
        "loop": in_a_loop,
        "branch": in_a_branch,
        "recursion": lambda x: in_a_recursion(x, pg.asarray(1)),
        "slice": lambda x: x + value[:],
        "asarray": lambda x: x + pg.asarray(value),
        "function": lambda x: pg.add(x, pg.asarray(value, dtype=pg.float64)),
    }


WAYS = list(capturing(TABLE))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("make", [np.zeros, pg.zeros])
def test_a_change_in_place_is_seen(way: str, make: Any) -> None:
    value = make(3)
    f = pg.function(capturing(value)[way])
    x = pg.asarray([1.0, 2.0, 3.0])
    assert f(x).tolist() == [1, 2, 3]
    value[1] = 10
    assert f(x).tolist() == [1, 12, 3]
    value[:] = 5
    assert f(x).tolist() == [6, 7, 8]
    assert f.tracing_count == 1


def test_globals_and_defaults() -> None:
    @pg.function
    def f(x: Any, *, scale: Any = TABLE) -> Any:
        return x + TABLE + TENSOR + scale

    x = pg.asarray(1.0)
    assert f(x).tolist() == [1, 1, 1]
    try:
        TABLE[0], TENSOR[1] = 5, 7
        assert f(x).tolist() == [11, 8, 1]
        assert f.tracing_count == 1
    finally:
        TABLE[:], TENSOR[:] = 0, 0


@pytest.mark.parametrize("autograph", [True, False])
def test_scalars_are_seen(autograph: bool) -> None:
    number, array, index = pg.asarray(2.0), np.array(3.0), pg.asarray(0)
    f = pg.function(lambda x: x[index] * number + array, autograph=autograph)
    x = pg.asarray([1.0, 100.0])
    assert f(x).item() == 5
    number[...] = 4.0
    array[...] = 1.0
    index[...] = 1
    assert f(x).item() == 401


ODD = {
    "reversed": np.arange(4.0)[::-1],
    "strided": np.arange(8.0)[::2],
    "transposed": np.arange(6.0).reshape(2, 3).T,
    "big-endian": np.arange(3, dtype=">f8"),
    "unaligned": np.frombuffer(bytearray(25), np.uint8)[1:].view(np.float64),
    "empty": np.zeros((0, 2)),
    "bools": np.full(5, 255, np.uint8).view(bool),
    "int32": np.arange(4, dtype=np.int32),
}


@pytest.mark.parametrize("name", ODD)
def test_arrays_of_any_form(name: str) -> None:
    array = ODD[name]
    f = pg.function(lambda: pg.asarray(array) + 0)
    for change in (0, 1, 1):
        array += np.asarray(change, array.dtype)
        np.testing.assert_array_equal(f().numpy(), np.asarray(array) + np.int32(0))
    assert f.tracing_count == 1


@pytest.mark.filterwarnings("ignore:Setting the")  # NumPy 2.5 would rather not
def test_an_array_of_another_form_is_traced_anew() -> None:
    array = np.arange(4.0)
    f = pg.function(lambda x: pg.sum(x * array))
    x = pg.asarray(2.0)
    assert f(x).item() == 12
    array.resize(6, refcheck=False)
    array[4:] = 10
    assert f(x).item() == 52
    array.shape = (2, 3)
    assert f(x).item() == 52
    array.dtype = np.int64  # type: ignore[misc]
    array[...] = 1
    assert f(x).item() == 12
    assert f.tracing_count == 4
    assert "a captured array" in str(f.explain())


def test_results_do_not_share_memory_with_what_was_captured() -> None:
    array, tensor = np.zeros(3), pg.zeros(3)
    f = pg.function(lambda: (array, tensor, pg.asarray(array)))
    results = f()
    array[0] = tensor[0] = 1
    assert [result.tolist() for result in results] == [[0, 0, 0]] * 3
    results = f()
    results[1][1] = 9
    assert (array.tolist(), tensor.tolist()) == ([1, 0, 0], [1, 0, 0])


def test_concrete_functions_keep_what_they_were_made_with(tmp_path: Path) -> None:
    array, tensor = np.ones(2), pg.ones(2)
    f = pg.function(lambda x: x * array + tensor)
    x = pg.asarray([1.0, 1.0])
    concrete = f.get_concrete_function(x)
    packed, path = pickle.dumps(concrete), tmp_path / "f.pgraph"
    pg.save(f, path)
    array[0], tensor[1] = 5, 7
    assert f(x).tolist() == [6, 8]
    for kept in (concrete, pickle.loads(packed), lambda x: pg.load(path)(x)[0]):
        assert kept(x).tolist() == [2, 2]
        assert kept(x).tolist() == [2, 2]
    later = f.get_concrete_function(x)
    assert later(x).tolist() == [6, 8]
    assert concrete(x).tolist() == [2, 2]
    assert f.get_concrete_function(x)(x).tolist() == [6, 8]
    pg.save(f, path)
    assert pg.load(path)(x)[0].tolist() == [6, 8]
    pg.save(concrete, path)
    assert pg.load(path)(x)[0].tolist() == [2, 2]
    assert "constant [1.0, 1.0]" in concrete.graph.as_text()
    assert len(concrete.inputs) == 1
    assert pickle.loads(pickle.dumps(f))(x).tolist() == [6, 8]
    assert f.tracing_count == 1


def test_memory_is_returned() -> None:
    gc.collect()  # what other tests left
    array, tensor = np.ones(100_000), pg.ones(100_000)
    before = pg.runtime.memory_stats()["bytes_in_use"]
    counts = sys.getrefcount(array), sys.getrefcount(tensor)
    f = pg.function(lambda x: x * array + tensor)
    f(pg.asarray(2.0)), f(pg.asarray([1.0]))
    assert pg.runtime.memory_stats()["bytes_in_use"] < before + 100_000  # no copies
    f.get_concrete_function(pg.asarray(2.0))
    gc.disable()
    try:
        del f
    finally:
        gc.enable()
    assert (sys.getrefcount(array), sys.getrefcount(tensor)) == counts
    assert pg.runtime.memory_stats()["bytes_in_use"] == before


def test_threads_read_whole_values() -> None:
    array = np.zeros(64)
    f = pg.function(lambda x: pg.sum(array + x))
    x = pg.asarray(0.0)
    f(x)

    def call(value: int) -> float:
        array[:] = value
        return float(f(x))

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(call, range(200)))
    assert all(0 <= result <= 64 * 199 for result in results)


@pytest.mark.parametrize("size", [3, 10_000_000])
def test_an_array_that_the_trace_changes_is_what_it_was(size: int) -> None:
    def local(x: Any) -> Any:
        scratch = np.zeros(3)
        first = x + scratch
        scratch[0] = 1
        return first * 10 + (x + scratch)

    x = pg.asarray(1.0)
    assert pg.function(local, autograph=False)(x).tolist() == local(x).tolist()
    older = np.zeros(size)

    def outer(x: Any) -> Any:
        y = pg.sum(x + older)
        older[0] += 1
        return y

    with pytest.raises(TypeError, match=f"outer uses a NumPy array of shape .{size},. from"):
        pg.function(outer, autograph=False)(x)


def test_variables_start_with_captured_values() -> None:
    table = np.arange(3.0)
    made: list[pg.Variable] = []

    @pg.function
    def f(x: Any) -> Any:
        if not made:
            made.append(pg.Variable(table * 2 + pg.asarray(table)))
        return x + made[0]

    assert f(pg.asarray(1.0)).tolist() == [1, 4, 7]


def test_literals_stay_constants() -> None:
    @pg.function
    def f(x: Any) -> Any:
        return pg.reshape(x, (pg.asarray(2), 2)) + pg.asarray([[1.0, 2.0]]) + np.float64(1)

    f(np.zeros(4))
    concrete = f.concrete_functions[0]
    assert concrete.hidden_inputs == ()
    assert concrete.outputs[0].shape == (2, 2)
