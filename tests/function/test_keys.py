"""The rules of the trace key, one by one."""

from __future__ import annotations

import enum
import fractions
import functools
import gc
from collections import OrderedDict, defaultdict, namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pytest

import pygraph as pg


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Point(NamedTuple):
    x: Any
    y: Any


Pair = namedtuple("Pair", "x y")


@dataclass
class Box:
    low: Any
    high: Any


@dataclass(frozen=True)
class Frozen:
    low: Any
    tags: tuple[str, ...] = field(default=())


class Polynomial:
    def __init__(self, coefficients: list[Any], name: str) -> None:
        self.coefficients = coefficients
        self.name = name


pg.register_pytree_node(
    Polynomial,
    lambda p: (p.coefficients, p.name),
    lambda name, parts: Polynomial(list(parts), name),
)


class Plain:
    pass


class Valued:
    def __init__(self, value: int) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Valued) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


class Unhashable(Valued):
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


class Slotted:
    __slots__ = ()


class OwnKey:
    def __init__(self, group: str) -> None:
        self.group = group

    def __pygraph_trace_type__(self) -> str:
        return self.group


class Exchange:
    """Offers its memory by DLPack only."""

    def __init__(self, array: Any) -> None:
        self._array = array

    def __dlpack__(self, **options: Any) -> Any:
        return self._array.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self._array.__dlpack_device__()


class Convertible:
    def __init__(self, array: Any) -> None:
        self._array = array

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self._array


def count() -> Any:
    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        return 1

    return f


DIFFERENT = {
    "numbers": [1, 1.0, True, 1 + 0j, 0.0, -0.0, 0j, complex(0.0, -0.0), 2**63, float("nan")],
    "text": ["1", b"1", None, "", b""],
    "enums": [Colour.RED, Colour.BLUE, Level.LOW, Level.HIGH, 1, 2],
    "ranges": [range(3), range(4), range(1, 1), range(0), slice(3), slice(0, 3), slice(None)],
    "types": [int, float, bool, Colour, np.float32, type(None)],
    "sets": [{1}, {1.0}, {True}, frozenset({1}), {1, 2}, {"1"}, set(), {(1, 2)}, {(1, 2.0)}],
    "sequences": [[1, 2], (1, 2), Point(1, 2), Pair(1, 2), Box(1, 2), [[1], 2], [1, [2]], []],
    "dicts": [{"a": 1}, OrderedDict(a=1), defaultdict(int, a=1), defaultdict(list, a=1), {1: 1}],
    "more dicts": [{1: 0}, {True: 0}, {1.0: 0}, {"1": 0}, {(1,): 0}, {}],
    "dataclasses": [Frozen(1), Frozen(1.0), Frozen(1, ("a",)), Box(1, ("a",))],
    "registered": [Polynomial([1], "p"), Polynomial([1, 2], "p"), Polynomial([1], "q")],
    "arrays": [pg.asarray(1), pg.asarray(1.0), pg.asarray([1]), np.zeros((2, 0)), np.zeros((0, 2))],
    "functions": [len, abs, lambda: 1, functools.partial(abs), Plain().__init__],
    "dtypes": [np.dtype("float32"), np.dtype("float64"), pg.float32, pg.float64, "float32"],
}


@pytest.mark.parametrize("values", DIFFERENT.values(), ids=DIFFERENT)
def test_values_with_graphs_of_their_own(values: list[Any]) -> None:
    f = count()
    for expected, value in enumerate(values, start=1):
        f(value)
        assert f.tracing_count == expected, value
    for value in values:
        f(value)
    assert f.tracing_count == len(values)


one = np.array([1.0, 2.0])
SAME = {
    "nan": [float("nan"), -float("nan"), float("inf") - float("inf")],
    "dict order": [{"a": 1, "b": 2}, {"b": 2, "a": 1}],
    "ordered dict": [OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)],
    "sets": [{1, 2, 3}, {3, 2, 1}],
    "equal objects": [keep := Valued(3), Valued(3)],
    "fractions": [fractions.Fraction(1, 2), fractions.Fraction(2, 4)],
    "own key": [OwnKey("a"), OwnKey("a")],
    "arrays": [one, pg.asarray(one), one[::-1], one.astype(">f8"), Exchange(one), Convertible(one)],
    "scalars": [np.float64(1.0), pg.asarray(2.0), np.array(3.0)],
    "nested arrays": [Box(one, [one]), Box(pg.asarray(one), [one + 1])],
    "registered": [Polynomial([one], "p"), Polynomial([2 * one], "p")],
}


@pytest.mark.parametrize("values", SAME.values(), ids=SAME)
def test_values_that_share_a_graph(values: list[Any]) -> None:
    f = count()
    for value in values:
        f(value)
    assert f.tracing_count == 1


def test_objects_without_hash_count_by_identity() -> None:
    f = count()
    first, second = Unhashable(1), Unhashable(1)
    for value in (first, second, first):
        f(value)
    assert f.tracing_count == 2


def test_bound_methods_count_by_function_and_instance() -> None:
    f = count()
    first, second = Valued(1), Valued(1)
    for value in (first.__eq__, first.__eq__, second.__eq__, first.__hash__):
        f(value)
    assert f.tracing_count == 3


def test_tensors_in_registered_classes_are_inputs() -> None:
    @pg.function
    def double(p):  # type: ignore[no-untyped-def]
        return Polynomial([2 * c for c in p.coefficients], p.name + "2")

    result = double(Polynomial([pg.asarray(1.0), pg.asarray([2.0, 3.0])], "p"))
    assert result.name == "p2"
    assert [c.tolist() for c in result.coefficients] == [2.0, [4.0, 6.0]]
    with pytest.raises(ValueError, match="Polynomial is a structure already"):
        pg.register_pytree_node(Polynomial, lambda p: ((), None), lambda _, parts: None)
    with pytest.raises(TypeError, match="takes a class"):
        pg.register_pytree_node(3, lambda p: ((), None), lambda _, parts: None)  # type: ignore


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def make_function() -> Any:
    def local() -> None:
        pass

    return local


@pytest.mark.parametrize(
    "make",
    [Plain, make_function, lambda: Valued(7), lambda: [1, {"a": Plain()}], lambda: Unhashable(1)],
)
@pytest.mark.usefixtures("no_collector")
def test_the_graphs_of_an_object_go_with_it(make: Any) -> None:
    f = count()
    f(1)
    live = pg.runtime.live_graphs()
    value = make()
    f(value)
    f(value)
    assert pg.runtime.live_graphs() == live + 1
    assert f.cache_info().graphs == 2
    del value
    assert pg.runtime.live_graphs() == live
    assert f.cache_info().graphs == 1


@pytest.mark.usefixtures("no_collector")
def test_the_graphs_of_a_bound_method_go_with_its_instance() -> None:
    f = count()
    value = Valued(1)
    f(value.__hash__)
    assert f.cache_info().graphs == 1
    del value
    assert f.cache_info().graphs == 0


def test_objects_without_weak_references_are_kept_and_explained() -> None:
    f = count()
    f(Slotted())
    (row,) = f.explain()
    assert row.held_strongly == ("x",)
    assert "holds x strongly" in str(f.explain())


BAD = {
    "huge": (2**64, OverflowError, "fits no dtype"),
    "low": (-(2**63) - 1, OverflowError, "fits no dtype"),
    "nested huge": ([{"a": 10**5000}], OverflowError, "fits no dtype"),
    "generator": ((i for i in [1]), TypeError, "iterator"),
    "map": (map(abs, [1]), TypeError, "iterator"),
    "list of iterators": ([iter([1])], TypeError, "iterator"),
    "set of objects": ({Plain()}, TypeError, "set"),
    "dtype": (np.zeros(2, np.int8), TypeError, "int8"),
    "strings": (np.array(["a"]), TypeError, "not supported"),
    "slice of tensors": (slice(pg.asarray(1), None), TypeError, "slice"),
}


@pytest.mark.parametrize(("value", "kind", "text"), BAD.values(), ids=BAD)
def test_unsupported_arguments_are_named(value: Any, kind: type[Exception], text: str) -> None:
    @pg.function
    def takes(first, second):  # type: ignore[no-untyped-def]
        return 1

    with pytest.raises(kind, match=f"takes: argument 'second': .*{text}"):
        takes(1, value)
    with pytest.raises(kind, match=f"takes: argument 'second': .*{text}"):
        takes(second=value, first=1)
    assert takes.cache_info() == (0, 0, None)


def test_a_list_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(RecursionError):
        count()(loop)
