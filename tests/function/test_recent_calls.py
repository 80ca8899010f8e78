"""A call like a recent one goes by comparison alone; whatever differs must be noticed."""

from __future__ import annotations

import gc
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pygraph as pg


def described(value: Any) -> Any:
    """Return what a function can see of an argument, with a tensor's elements weighed."""
    if isinstance(value, dict):
        return {key: described(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *[described(part) for part in value]]
    if isinstance(value, (Pair, Slotted)):
        return [type(value).__name__, described(value.first), described(value.second)]
    if hasattr(value, "dtype"):
        return [value.dtype.name, len(value.shape), pg.sum(value * 3 + 1)]
    return [type(value).__name__, repr(value)]


class Named(NamedTuple):
    """A tuple with names."""

    first: Any
    second: Any


@dataclass
class Pair:
    """Two fields, the second with a default on the class."""

    first: Any
    second: Any = 0


@dataclass(frozen=True, slots=True)
class Slotted:
    """Fields in slots."""

    first: Any
    second: Any


def plain(value: Any) -> Any:
    """Return a result with numbers in place of tensors."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value.tolist() if hasattr(value, "tolist") else value


ARRAYS = st.sampled_from(
    [
        np.arange(3.0),
        np.arange(3.0)[::-1],
        np.arange(4.0),
        np.arange(3, dtype=np.float32),
        np.arange(6).reshape(2, 3),
        np.arange(6).reshape(2, 3).T,
        np.arange(3, dtype=">f8"),
        np.float32(2.5),
        np.int64(7),
        np.bool_(True),
    ]
)
LEAVES = st.one_of(
    ARRAYS,
    ARRAYS.map(lambda array: pg.asarray(np.array(array))),
    st.sampled_from(
        [0, 1, -1, True, False, 0.0, -0.0, 1.0, float("nan"), None, "a", "b", 1j, b"a", 2**63]
    ),
)
ARGUMENTS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.lists(parts, max_size=3),
        st.lists(parts, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(["a", "b", "c"]), parts, max_size=3),
        st.builds(Named, parts, parts),
        st.builds(Pair, parts, parts),
        st.builds(Slotted, parts, parts),
    ),
    max_leaves=5,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ARGUMENTS, min_size=2, max_size=5), st.randoms())
def test_any_order_of_calls_gives_what_python_gives(
    values: list[Any], chance: random.Random
) -> None:
    staged = pg.function(described)
    wanted = [plain(described(value)) for value in values]
    for _ in range(8):
        i = chance.randrange(len(values))
        assert repr(plain(staged(values[i]))) == repr(wanted[i])


def test_ways_to_pass_arguments() -> None:
    def f(x: Any, scale: Any = 2.0, *rest: Any, flag: bool = True, **more: Any) -> Any:
        total = x * scale if flag else x
        for part in [*rest, *more.values()]:
            total = total + part
        return total

    staged = pg.function(f)
    x, y = pg.asarray(3.0), pg.asarray(5.0)
    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
        ((x,), {}),
        ((x, 2.0), {}),
        ((x, 3.0), {}),
        ((x, y), {}),
        ((x, y, x), {}),
        ((x, y, x, y), {}),
        ((x,), {"scale": y}),
        ((), {"scale": y, "x": x}),
        ((), {"x": y, "scale": x}),
        ((x,), {"flag": False}),
        ((x,), {"other": y}),
        ((x,), {"another": x, "other": y}),
    ]
    for _ in range(3):
        for args, kwargs in calls:
            assert float(staged(*args, **kwargs)) == float(f(*args, **kwargs))
    assert staged.tracing_count <= len(calls)


def test_a_dict_in_another_order_is_the_same_graph() -> None:
    staged = pg.function(lambda tree: tree["a"] - tree["b"])
    for _ in range(3):
        assert float(staged({"a": pg.asarray(5.0), "b": pg.asarray(3.0)})) == 2.0
        assert float(staged({"b": pg.asarray(3.0), "a": pg.asarray(5.0)})) == 2.0
        assert float(staged({"".join(["", "b"]): pg.asarray(3.0), "a": pg.asarray(5.0)})) == 2.0
    assert staged.tracing_count == 1


def test_named_tuples_and_lists_that_change() -> None:
    class State(NamedTuple):
        h: Any
        c: Any

    staged = pg.function(lambda s: s.h - s.c if isinstance(s, State) else s[0] + s[1])
    values = [pg.asarray(5.0), pg.asarray(3.0)]
    for _ in range(3):
        assert float(staged(values)) == 8.0
        assert float(staged(State(*values))) == 2.0
    values[0] = pg.asarray(7.0)
    assert float(staged(values)) == 10.0
    values[1] = np.float32(1.0)
    assert float(staged(values)) == 8.0


def test_dataclasses_whose_class_or_fields_change() -> None:
    staged = pg.function(lambda pair: pair.first - pair.second)
    pair = Pair(pg.asarray(5.0), pg.asarray(3.0))
    for _ in range(3):
        assert float(staged(pair)) == 2.0
    pair.first = pg.asarray(9.0)
    assert float(staged(pair)) == 6.0
    pair.first = 7.0
    assert float(staged(pair)) == 4.0
    pair.first = pg.asarray(5.0)
    assert float(staged(pair)) == 2.0
    del pair.second
    assert float(staged(pair)) == 5.0  # the class's default
    del pair.first
    for _ in range(2):
        with pytest.raises(AttributeError, match="first"):
            staged(pair)

    class Doubling:  # a data descriptor: it goes before the instance's own attribute
        def __get__(self, instance: Any, owner: Any = None) -> Any:
            return self if instance is None else vars(instance)["first"] * 2

        def __set__(self, instance: Any, value: Any) -> None:
            vars(instance)["first"] = value

    pair = Pair(pg.asarray(5.0), pg.asarray(3.0))
    assert float(staged(pair)) == 2.0
    Pair.first = Doubling()  # type: ignore[assignment]
    try:
        for _ in range(3):
            assert float(staged(pair)) == 7.0
    finally:
        del Pair.first
    assert float(staged(pair)) == 2.0


def test_concrete_functions_remember_calls_too() -> None:
    class Settings:
        scale = 2.0

    def f(x: Any, n: Any = 3, *, s: Any = None) -> Any:
        return {"sum": x["a"] * n - x["b"], "s": 0 if s is None else s.scale}

    staged = pg.function(f)
    x = {"a": pg.asarray([5.0, 1.0]), "b": pg.asarray([3.0, 2.0])}
    concrete = staged.get_concrete_function(x)
    for _ in range(3):
        assert concrete(x)["sum"].tolist() == [12.0, 1.0]
        assert concrete(x, 3)["sum"].tolist() == [12.0, 1.0]
        assert concrete(x, n=3)["sum"].tolist() == [12.0, 1.0]
        assert concrete(x["a"], x["b"])["sum"].tolist() == [12.0, 1.0]
        assert concrete(x["b"], x["a"])["sum"].tolist() == [4.0, 5.0]
        assert concrete(x=x)["sum"].tolist() == [12.0, 1.0]
        other = {"b": np.array([3.0, 2.0]), "a": np.array([1.0, 1.0])}
        assert concrete(other)["sum"].tolist() == [0.0, 1.0]
        with pytest.raises(ValueError, match="'n'"):
            concrete(x, 4)
        with pytest.raises(TypeError, match=r"x\['a'\]"):
            concrete({"a": pg.asarray([5.0]), "b": pg.asarray([3.0])})
        with pytest.raises(TypeError, match="missing"):
            concrete()
    number = staged.get_concrete_function({"a": pg.asarray(1.0), "b": pg.asarray(1.0)})
    for value in (2.0, 3.0, 2, 3):  # numbers for tensors
        for _ in range(2):
            assert float(number({"a": value, "b": pg.asarray(1.0)})["sum"]) == 3 * value - 1
    settings = Settings()
    of_object = staged.get_concrete_function(x, s=settings)
    for _ in range(3):
        assert of_object(x, s=settings)["s"] == 2.0
        with pytest.raises(ValueError, match="'s'"):
            of_object(x, s=Settings())


def test_a_remembered_call_is_recorded_in_a_trace(tmp_path: Path) -> None:
    staged = pg.function(lambda x: x + 1)
    x = pg.asarray([1.0, 2.0])
    concrete = staged.get_concrete_function(x)
    pg.save(staged, tmp_path / "f.pg")
    program = pg.load(tmp_path / "f.pg")
    for graph in (concrete, lambda given: program(given)[0]):
        graph(x)
        outer = pg.function(lambda given, graph=graph: graph(given) * graph(x))
        assert outer(pg.asarray([3.0, 4.0])).tolist() == [8.0, 15.0]


def test_loaded_programs_remember_calls_too(tmp_path: Path) -> None:
    staged = pg.function(lambda x, y: (x - y, x * 2))
    staged(np.arange(3.0), np.arange(3.0))
    staged(np.arange(4), np.arange(4))
    pg.save(staged, tmp_path / "f.pg")
    program = pg.load(tmp_path / "f.pg")
    for _ in range(3):
        for dtype, size in ((np.float64, 3), (np.int64, 4)):
            x, y = np.arange(size, dtype=dtype), np.ones(size, dtype)
            for a, b in ((x, y), (pg.asarray(x), y), (y, x)):
                difference, twice = program(a, b)
                np.testing.assert_array_equal(difference, np.asarray(a) - np.asarray(b))
                np.testing.assert_array_equal(twice, np.asarray(a) * 2)
        with pytest.raises(TypeError, match=r"float64\[4\]"):
            program(np.arange(4.0), np.arange(4.0))
        with pytest.raises(TypeError, match="position"):
            program(np.arange(3.0), y=np.arange(3.0))


def test_objects_count_by_identity_and_die() -> None:
    class Settings:
        def __init__(self, scale: float) -> None:
            self.scale = scale

    staged = pg.function(lambda s, x: x * s.scale)
    for scale in range(20):
        settings = Settings(float(scale))
        for _ in range(3):
            assert float(staged(settings, pg.asarray(2.0))) == 2.0 * scale
    del settings
    gc.collect()
    assert staged.cache_info().graphs == 0


def test_dropped_graphs_are_not_used() -> None:
    factor = 2.0
    staged = pg.function(lambda x: x * factor)
    x = pg.asarray(3.0)
    for _ in range(3):
        assert float(staged(x)) == 6.0
    factor = 5.0
    staged.clear_cache()
    for _ in range(3):
        assert float(staged(x)) == 15.0
    bounded = pg.function(lambda x: x + 1, max_graphs=1)
    for n in [2, 2, 2, 3, 3, 3, 2, 2]:
        assert bounded(np.ones(n)).tolist() == [2.0] * n
    assert bounded.cache_info().traces == 3


def test_a_signature_casts_and_numbers_become_inputs() -> None:
    cast = pg.function(lambda x: x + 1, input_signature=[pg.TensorSpec((None,), pg.float32)])
    for value in [[1.0, 2.0], [1, 2], pg.ones((2,), dtype="float32"), np.ones(3, np.float32)]:
        for _ in range(3):
            assert cast(value).dtype == "float32"
    assert cast.tracing_count == 1
    general = pg.function(lambda x, n: x + n, reduce_retracing=True)
    x = pg.asarray(1.0)
    assert [float(general(x, n)) for n in [1, 2, 3, 3, 4, 5, 2.5, 2.5, 3.5, 4.5]] == [
        2, 3, 4, 4, 5, 6, 3.5, 3.5, 4.5, 5.5,
    ]  # fmt: skip


def test_faults_results_and_variables_of_short_runs() -> None:
    total = pg.Variable(0.0)

    @pg.function
    def f(x: Any, i: Any) -> Any:
        if pg.sum(x) < 0:
            raise ValueError(f"negative: {pg.sum(x)}")
        total.assign_add(pg.sum(x))
        return {"item": x[i], "same": x, "none": None, "text": ("t", [x * 2])}

    x = np.array([1.0, 2.0])
    for _ in range(4):
        result = f(x, pg.asarray(1))
        assert (float(result["item"]), result["none"], result["text"][0]) == (2.0, None, "t")
        assert result["text"][1][0].tolist() == [2.0, 4.0]
        with pytest.raises(IndexError):
            f(x, pg.asarray(2))
        with pytest.raises(ValueError, match="negative: -3"):
            f(-x, pg.asarray(0))
    assert float(total) == 24.0  # an update before a fault stays
    kept = f(x, pg.asarray(1))["same"]
    x[0] = 9.0
    assert kept.tolist() == [1.0, 2.0]


def test_running_eagerly_and_tracing_see_the_function_itself() -> None:
    staged = pg.function(lambda x: x + 1)
    x = pg.asarray(1.0)
    for _ in range(3):
        staged(x)
    outer = pg.function(lambda x: staged(x) * 2)
    assert [float(outer(x)) for _ in range(3)] == [4.0] * 3
    pg.runtime.run_functions_eagerly(True)
    try:
        assert float(staged(x)) == 2.0
    finally:
        pg.runtime.run_functions_eagerly(False)
