"""Files with several functions, which share their variables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg
from pygraph import _core
from pygraph.graph import Graph
from pygraph.saving import Program, Programs


def model() -> tuple[Any, Any, pg.Variable]:
    """Return two functions over a common variable, and the variable."""
    w = pg.Variable([1.0, 2.0], name="w")
    rate = pg.Variable(0.5, name="rate", trainable=False)

    @pg.function
    def predict(x: Any) -> Any:
        return pg.sum(x * w)

    @pg.function
    def train(x: Any, times: Any) -> Any:
        i = 0
        while i < times:
            w.assign_sub(rate * x)
            i += 1
        return i

    predict(np.ones(2))
    predict(np.ones((3, 2)))
    train(np.ones(2), np.int64(2))
    w.assign([1.0, 2.0])
    return predict, train, w


def test_functions_share_the_variables(tmp_path: Path) -> None:
    predict, train, w = model()
    pg.save({"predict": predict, "train": train}, tmp_path / "a.pgraph")
    both = pg.load(tmp_path / "a.pgraph")
    assert isinstance(both, Programs)
    assert isinstance(both.predict, Program)
    assert list(both.functions) == ["predict", "train"]
    assert both.functions["train"] is both.train
    assert [v.name for v in both.variables] == ["w", "rate"]
    assert [v.trainable for v in both.variables] == [True, False]
    assert len(both.predict.graphs) == 2
    assert both.predict(np.ones(2))[0].item() == 3.0
    assert both.train(np.ones(2), np.int64(3))[0].item() == 3
    assert both.predict(np.ones((3, 2)))[0].item() == 0.0
    assert both.variables[0].tolist() == [-0.5, 0.5]
    both.variables[0].assign([5.0, 5.0])
    assert both.predict(np.ones(2))[0].item() == 10.0
    assert w.tolist() == [1.0, 2.0]
    assert {"predict", "train", "variables"} <= set(dir(both))
    assert repr(both) == "<Programs predict, train>"


def test_each_takes_its_own_graphs_only(tmp_path: Path) -> None:
    predict, train, _ = model()
    pg.save({"predict": predict, "train": train}, tmp_path / "a.pgraph")
    both = pg.load(tmp_path / "a.pgraph")
    with pytest.raises(TypeError, match="no graph of the program takes inputs"):
        both.predict(np.ones(2), np.int64(3))
    with pytest.raises(TypeError, match="no graph of the program takes inputs"):
        both.train(np.ones(2))


def test_calls_in_a_trace(tmp_path: Path) -> None:
    predict, train, _ = model()
    pg.save({"predict": predict, "train": train}, tmp_path / "a.pgraph")
    both = pg.load(tmp_path / "a.pgraph")

    @pg.function
    def step(x: Any) -> Any:
        both.train(x, pg.asarray(1))
        return both.predict(x)[0]

    assert step(np.ones(2)).item() == 2.0
    assert step(np.ones(2)).item() == 1.0
    assert both.predict(np.ones(2))[0].item() == 1.0


def test_one_function_concrete_functions_and_methods(tmp_path: Path) -> None:
    class Scale:
        def __init__(self, by: float) -> None:
            self.by = pg.Variable(by)

        @pg.function
        def __call__(self, x: Any) -> Any:
            return x * self.by

    scale = Scale(2.0)
    scale(np.ones(3))
    square = pg.function(lambda x: x * x)
    concrete = square.get_concrete_function(pg.TensorSpec((None,), "float64"))
    pg.save({"only": square}, tmp_path / "a.pgraph")
    only = pg.load(tmp_path / "a.pgraph")
    assert only.only(np.asarray([3.0]))[0].tolist() == [9.0]
    pg.save({"scale": scale.__call__, "square": concrete}, tmp_path / "a.pgraph")
    both = pg.load(tmp_path / "a.pgraph")
    assert both.scale(np.ones(3))[0].tolist() == [2.0] * 3
    assert both.square(np.asarray([3.0, 4.0]))[0].tolist() == [9.0, 16.0]


def test_what_cannot_be_saved(tmp_path: Path) -> None:
    predict, _, _ = model()
    fresh = pg.function(lambda x: x)
    cases: list[tuple[Any, type[Exception], str]] = [
        ({}, ValueError, "no function to save"),
        ({"predict": predict, "fresh": fresh}, ValueError, "has no graph to save yet"),
        ({"predict": predict, "f": len}, TypeError, "only functions made by pygraph.function"),
        ({3: predict}, TypeError, "named by strings, got 3"),
    ]
    for name in ("a b", "", "_private", "variables", "functions", "class", "1st"):
        cases.append(
            ({name: predict}, ValueError, f"{re.escape(repr(name))} cannot name a function")
        )
    for functions, error, text in cases:
        with pytest.raises(error, match=text):
            pg.save(functions, tmp_path / "a.pgraph")
    assert not (tmp_path / "a.pgraph").exists()


def test_another_name_is_refused(tmp_path: Path) -> None:
    predict, train, _ = model()
    pg.save({"predict": predict, "train": train}, tmp_path / "a.pgraph")
    both = pg.load(tmp_path / "a.pgraph")
    with pytest.raises(AttributeError, match="no function 'trian': it has predict, train"):
        both.trian  # noqa: B018


def test_the_bytes_are_canonical_and_every_flipped_bit_is_refused(tmp_path: Path) -> None:
    v = pg.Variable([1, 2], name="v")
    f = pg.function(lambda x: x + v)
    g = pg.function(lambda: v.read())
    f(pg.asarray(1))
    g()
    pg.save({"f": f, "g": g}, tmp_path / "a.pgraph")
    data = bytearray((tmp_path / "a.pgraph").read_bytes())
    assert _core.write_program(*_core.read_program(bytes(data))) == bytes(data)
    for position in range(8 * len(data)):
        data[position // 8] ^= 1 << position % 8
        with pytest.raises(ValueError, match=r"(program file|malformed graph): .{8,200}$"):
            _core.read_program(bytes(data))
        data[position // 8] ^= 1 << position % 8
    for length in range(len(bytes(data).rstrip(b"\0"))):
        with pytest.raises(ValueError, match=r"(program file|malformed graph): "):
            _core.read_program(bytes(data[:length]))


@pytest.mark.parametrize(
    ("functions", "fault"),
    [
        ([("f", 1)], "is of other graphs"),
        ([("f", 3)], "is of other graphs"),
        ([("f", 1), ("g", 2)], "is of other graphs"),
        ([("f", 1), ("f", 1)], "has no name of its own for each function"),
        ([("f", 1), ("", 1)], "has no name of its own for each function"),
        ([("f", 0), ("g", 2)], "has an entry of another type"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(functions: list[tuple[str, int]], fault: str) -> None:
    graph = Graph.from_text("graph f(x: int64[]) -> (int64[]) { return x }").module
    data = _core.write_program([graph, graph], [], [], functions)
    with pytest.raises(ValueError, match=f"program file: its table of functions {fault}"):
        _core.read_program(data)


def test_a_file_without_its_table_is_refused() -> None:
    graph = Graph.from_text("graph f(x: int64[]) -> (int64[]) { return x }").module
    data = bytearray(_core.write_program([graph], [], []))
    data[8] = 2
    with pytest.raises(ValueError, match="its table of functions is missing"):
        _core.read_program(bytes(data))
    data[12] = 0
    with pytest.raises(ValueError, match="program file"):
        _core.read_program(bytes(data))
