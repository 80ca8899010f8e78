"""The Python writer: what a builder holds arrives in the core as the same graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from graph_corpus import SUM_SQUARES
from hypothesis import given
from hypothesis import strategies as st

import pygraph as pg
from pygraph import _core
from pygraph.graph import wire


# What the writer sees of a builder, filled by hand, so that the tests can say anything.
@dataclass
class Value:
    id: int
    dtype: str
    shape: tuple[int, ...] = ()
    name: str = ""
    is_variable: bool = False


@dataclass
class Context:
    constants: list[Any] = field(default_factory=list)
    locations: list[tuple[str, str, int, int]] = field(default_factory=lambda: [("", "", 0, 0)])
    symbol_count: int = 0


@dataclass
class Graph:
    name: str
    module: Context
    parameters: list[Value]
    nodes: list[tuple[Any, ...]]
    results: list[int]
    result_names: list[str]
    values: list[Value]


def graph(
    name: str,
    module: Context,
    parameters: list[tuple[str, str]],
    nodes: list[tuple[Any, ...]],
    outputs: str,
    results: dict[str, int],
) -> Graph:
    """Make a graph of scalars; `outputs` are the dtypes of the nodes' outputs in order."""
    values = [Value(i, dtype, (), label) for i, (label, dtype) in enumerate(parameters)]
    arguments = list(values)
    values += [Value(len(values) + i, dtype) for i, dtype in enumerate(outputs.split())]
    names = ["" if label.startswith("_") else label for label in results]
    return Graph(name, module, arguments, nodes, list(results.values()), names, values)


def read(builder: Graph) -> _core.Module:
    data, constants = wire.write(builder)
    return _core.read(data, constants)


def test_sum_squares() -> None:
    context = Context([pg.asarray(np.int64(value)) for value in (1, 0, 1)])
    demo = "/home/u/demo.py"
    context.locations += [
        (demo, "sum_squares", 6, 0),
        ("/home/u/main.py", "<module>", 2, 0),
        (demo, "sum_squares", 6, 2),
        ('odd "name".py', "f g", 7, 0),
        ("/home/v/demo.py", "f.<locals>.g", 9, 0),
    ]
    state = [("bound", "int64"), ("i", "int64"), ("s", "int64")]
    test = graph("test", context, state, [("less", (1, 0), {}, (), 0)], "bool", {"_": 3})
    body = graph(
        "body",
        context,
        state,
        [
            ("multiply", (1, 1), {}, (), 4),
            ("add", (2, 3), {}, (), 5),
            ("constant", (), {"index": 2}, (), 0),
            ("add", (1, 5), {}, (), 0),
        ],
        "int64 int64 int64 int64",
        {"i": 6, "s": 4},
    )
    entry = graph(
        "sum_squares",
        context,
        [("n", "int64")],
        [
            ("constant", (), {"index": 0}, (), 1),
            ("add", (0, 1), {}, (), 3),
            ("constant", (), {"index": 1}, (), 0),
            ("while_loop", (2, 3, 3), {"captures": 1}, (test, body), 1),
        ],
        "int64 int64 int64 int64 int64",
        {"total": 5},
    )
    module = read(entry)
    assert module.as_text() == _core.parse(SUM_SQUARES).as_text()
    assert module.write() == _core.parse(SUM_SQUARES).write()


def test_every_kind_of_attribute() -> None:
    context = Context([pg.asarray(np.arange(3.0))])
    nodes = [
        ("constant", (), {"index": 0}, (), 0),
        ("sum", (1,), {"axis": (0,), "keepdims": True}, (), 0),
        ("astype", (2,), {"dtype": "int32"}, (), 0),
        ("cumulative_sum", (3,), {"axis": 0}, (), 0),
        ("check_defined", (4, 0), {"name": "x"}, (), 0),
    ]
    entry = graph(
        "f", context, [("p", "bool")], nodes, "float64 float64 int32 int32 int32", {"_": 5}
    )
    entry.values[5].shape = (1,)
    text = read(entry).as_text()
    assert "%2: float64[1] = sum %1 {axis=[0], keepdims=true}" in text
    assert "%3: int32[1] = astype %2 {dtype=int32}" in text
    assert "%4: int32[1] = cumulative_sum %3 {axis=0}" in text
    assert '%5: int32[1] = check_defined %4, p {name="x"}' in text


@pytest.mark.parametrize("value", [True, "1", None, (1,), 2**63])
def test_attributes_of_the_wrong_kind(value: object) -> None:
    context = Context()
    nodes = [("sum", (0,), {"axis": value, "keepdims": True}, (), 0)]
    entry = graph("f", context, [("x", "float64")], nodes, "float64", {"_": 1})
    with pytest.raises((TypeError, ValueError)):
        read(entry)


def test_constants_that_no_node_uses_stay_behind() -> None:
    context = Context([pg.asarray(np.float64(value)) for value in (1, 2, 3)])
    nodes = [("constant", (), {"index": index}, (), 0) for index in (2, 0, 2)]
    data, constants = wire.write(graph("f", context, [], nodes, "float64 " * 3, {"_": 0}))
    assert [float(constant) for constant in constants] == [3.0, 1.0]
    text = _core.read(data, constants).as_text()
    assert "%1: float64[] = constant 1.0" in text
    assert text.count("= constant @0") == 2


def test_dtype_numbers_are_those_of_the_core() -> None:
    for dtype in ("bool", "int32", "int64", "float32", "float64"):
        entry = graph("f", Context(), [("x", dtype)], [], "", {"_": 0})
        assert f"(x: {dtype}[])" in read(entry).as_text()


def test_unknown_dims() -> None:
    context = Context(symbol_count=4)
    entry = graph("f", context, [("x", "float64"), ("y", "float64")], [], "", {"_": 0})
    entry.parameters[0].shape = (-1, 3)
    entry.parameters[1].shape = (-4,)
    assert "(x: float64[?0, 3], y: float64[?3])" in read(entry).as_text()
    context.symbol_count = 3
    with pytest.raises(ValueError, match="parameter 1: a dim is an unknown size"):
        read(entry)


def test_deep_inlining_loses_the_outermost_calls() -> None:
    context = Context()
    context.locations += [("a.py", "f", line, line - 1) for line in range(1, 2501)]
    nodes = [("add", (0, 0), {}, (), 2500), ("add", (1, 1), {}, (), 1000)]
    entry = graph("f", context, [("x", "int64")], nodes, "int64 int64", {"_": 2})
    lines = read(entry).as_text().splitlines()
    assert lines[1].count("a.py") == 500
    assert lines[2].count("a.py") == 1000


@given(*[st.text(max_size=8) for _ in range(6)])
def test_names_of_any_kind(
    name: str, a: str, b: str, result: str, file: str, function: str
) -> None:
    context = Context()
    context.locations += [(file, function, 3, 0), (f"/x/{file}", name, 4, 1)]
    nodes = [("add", (0, 1), {}, (), 2)]
    entry = graph(name, context, [(a, "int64"), (b, "int64")], nodes, "int64", {"r": 2})
    entry.result_names = [result]
    module = read(entry)
    text = module.as_text()
    assert _core.parse(text).write() == module.write()
    assert _core.read(module.write()).as_text() == text


def test_names_that_are_no_unicode() -> None:
    entry = graph("f\udc80", Context(), [("x", "int64")], [], "", {"_": 0})
    assert 'graph "f\\\\udc80"(x: int64[])' in read(entry).as_text()
