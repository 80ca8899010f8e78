"""Variables in program files: saved with their values, a program's own once it is loaded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg
from pygraph import _core


def counter() -> tuple[pg.Function[..., Any], pg.Variable, pg.Variable]:
    """Return a function of two graphs, and the variables that they share."""
    total = pg.Variable([1.0, 2.0], name="total")
    calls = pg.Variable(0, trainable=False)

    @pg.function
    def count(x):  # type: ignore[no-untyped-def]
        for i in pg.range(x.shape[0]):
            total.assign_add(x[i] * pg.asarray([1.0, 10.0]))
        calls.assign_add(1)
        return total.read(), calls * 2

    count(np.zeros(3))
    count(np.zeros(1))
    return count, total, calls


def test_a_loaded_program_has_variables_of_its_own(tmp_path: Path) -> None:
    count, total, calls = counter()
    pg.save(count, tmp_path / "count.pgraph")
    program, other = (pg.load(tmp_path / "count.pgraph") for _ in range(2))
    names = [(v.name, v.trainable, v.dtype, v.shape) for v in program.variables]
    assert names == [("total", True, pg.float64, (2,)), ("variable", False, pg.int64, ())]
    results = program(np.ones(3))
    np.testing.assert_array_equal(results[0], [4.0, 32.0])
    assert results[1].item() == 6
    # Both graphs use the same variables.
    np.testing.assert_array_equal(program(np.ones(1))[0], [5.0, 42.0])
    program.variables[0].assign([0.0, 0.0])
    np.testing.assert_array_equal(program(np.ones(1))[0], [1.0, 10.0])
    # Neither the function's nor another program's are touched.
    np.testing.assert_array_equal(total, [1.0, 2.0])
    assert (calls.item(), other.variables[1].item()) == (2, 2)
    total.assign([7.0, 7.0])
    np.testing.assert_array_equal(other.variables[0], [1.0, 2.0])


def test_names_are_made_unique(tmp_path: Path) -> None:
    variables = [pg.Variable(float(i), name=name) for i, name in enumerate(["w", "", "w", ""])]
    variables.append(pg.Variable(4.0, name="w_1"))

    @pg.function
    def total(x):  # type: ignore[no-untyped-def]
        return sum(variables, x)

    total(np.float64(0))
    pg.save(total.concrete_functions[0], tmp_path / "a.pgraph")
    program = pg.load(tmp_path / "a.pgraph")
    found = {v.name: v.item() for v in program.variables}
    assert found == {"w": 0.0, "variable": 1.0, "w_1": 2.0, "variable_1": 3.0, "w_1_1": 4.0}
    assert program(0.0)[0].item() == 10.0


def test_the_bytes_are_canonical_and_every_flipped_bit_is_refused(tmp_path: Path) -> None:
    v = pg.Variable([1, 2], name="v")
    f = pg.function(lambda x: x + v)
    f(pg.asarray(1))
    f(pg.asarray([1, 1]))
    pg.save(f, tmp_path / "a.pgraph")
    data = bytearray((tmp_path / "a.pgraph").read_bytes())
    assert _core.write_program(*_core.read_program(bytes(data))) == bytes(data)
    for position in range(8 * len(data)):
        data[position // 8] ^= 1 << position % 8
        with pytest.raises(ValueError, match=r"(program file|malformed graph): .{8,200}$"):
            _core.read_program(bytes(data))
        data[position // 8] ^= 1 << position % 8


def graph(text: str) -> _core.Module:
    """Return a graph of its text."""
    return _core.parse(text)


USER = "graph f(v: variable int64[2]) -> (int64[2]) { %1: int64[2] = read_variable v return %1 }"


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        (None, "is missing"),
        ("graph state(x: int64[]) -> (int64[]) { return x }", "is missing"),
        ("graph state() -> () { return }", "is of other graphs"),
        ("[0] [1]", "is of other graphs"),
        ("[0] [1] [5, 6] [5, 6]", "is of other graphs"),
        ("[1] [1] [5, 6]", "does not have the variables of f"),
        ("[-1] [1] [5, 6]", "does not have the variables of f"),
        ("[0, 0] [1] [5, 6]", "does not have the variables of f"),
        ("[0] [1] [5]", "does not have the variables of f"),
        ("[0] [1, 1] [5, 6] [5, 6]", "has two variables named"),
        ("5 [1] [5, 6]", "has a table of another type"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(state: str | None, fault: str) -> None:
    modules = [graph(USER)]
    if state is not None and not state.startswith("graph"):
        values: list[str] = re.findall(r"\[[^]]*\]|\d+", state)
        types = [f"int64[{p.count(',') + 1}]" if p[0] == "[" else "int64[]" for p in values]
        nodes = " ".join(
            f"%{i}: {t} = constant {p}" for i, (t, p) in enumerate(zip(types, values, strict=True))
        )
        results = ", ".join(f"%{i}" for i in range(len(values)))
        state = f"graph state() -> ({', '.join(types)}) {{ {nodes} return {results} }}"
    if state is not None:
        modules.append(graph(state))
    data = _core.write_program(modules, [], [])
    with pytest.raises(ValueError, match=f"program file: its state {fault}"):
        _core.read_program(data)


def test_variables_that_are_arguments_are_not_saved(tmp_path: Path) -> None:
    @pg.function
    def move(a, w):  # type: ignore[no-untyped-def]
        w.assign_add(a)

    move(1.0, pg.Variable(2.0))
    with pytest.raises(ValueError, match="move takes a variable as its argument 'w'"):
        pg.save(move, tmp_path / "a.pgraph")
    assert not (tmp_path / "a.pgraph").exists()
