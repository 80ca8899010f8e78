"""The cost of a first call: converting a function of a hundred lines, and tracing it."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

import pygraph as pg
from bench.measure import Measurement, compare, report
from pygraph.autograph.conversion import convert_python_function

# What fills the functions: mostly assignments, and little but control flow.
ASSIGNMENTS = """\
    a = x * 2.0 + w
    b = a[1:] - a[:-1]
    c = helper(b, n)
    if n > 3:
        total = total + c[0]
    else:
        total = total - c[0]
    d = a * a + total
    e = (d - c[0]) / (1.0 + d)
    x = x + e[0]
    for i in range(n):
        total += x[i]
"""
CONTROL = """\
    for i in range(n):
        if x[i] > 0.5 and i % 2 == 0:
            total = total + x[i] * w[i]
        elif x[i] < -0.5:
            total = total - x[i]
        else:
            continue
        y = max(total, 0.0)
        while y > 10:
            y = y / 2
            if y == 3:
                break
        items.append(y)
    count = len(items)
    assert count >= 0, f"bad {count}"
"""
LINES = 100


def _source(block: str) -> str:
    lines = ["def f(x, w, n):", "    total, items = x[0] * 0.0, []"]
    while len(lines) < LINES - 1:
        lines += block.splitlines()
    return "\n".join(["def helper(v, n):", "    return v * n", "", *lines, "    return total", ""])


def _modules(block: str, folder: Path) -> Callable[[], ModuleType]:
    """Return what loads the function anew: code is converted once."""
    path = folder / "program.py"
    path.write_text(_source(block))

    def load() -> ModuleType:
        spec = importlib.util.spec_from_file_location("program", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def _layers(layer: Callable[..., Any], weights: Sequence[Any]) -> Callable[[Any], Any]:
    def network(x: Any) -> Any:
        for w in weights:
            x = layer(x, w)
        return x

    return network


def _layer(x: Any, w: Any) -> Any:
    y = pg.tanh(x @ w)
    if pg.sum(y) > 0:
        y = y / 2
    for _ in pg.range(3):
        y = y * 0.9
    return y


def _growing(count: int) -> Callable[[], None]:
    """Return what traces a function for one more number, when it has so many graphs."""
    function = pg.function(lambda x, n: x * n + 1)
    x = pg.asarray(1.0)
    for number in range(count):
        function.get_concrete_function(x, number)
    numbers = iter(range(count, 10**9))
    return lambda: function.get_concrete_function(x, next(numbers)) and None


def main() -> None:
    """Measure conversion by the kind of code, then traces of layers and beside other graphs."""
    tables: dict[str, dict[str, Measurement]] = {}
    x, w = np.ones(4), np.ones(4)
    with tempfile.TemporaryDirectory() as folder:
        for title, block in (("assignments", ASSIGNMENTS), ("control flow", CONTROL)):
            load = _modules(block, Path(folder))

            def loaded(load: Callable[[], ModuleType] = load) -> FunctionType:
                return load().f  # type: ignore[no-any-return]

            def converted(loaded: Callable[[], FunctionType] = loaded) -> None:
                convert_python_function(loaded())

            def traced(loaded: Callable[[], FunctionType] = loaded) -> None:
                pg.function(loaded()).get_concrete_function(x, w, pg.asarray(4))

            rows = compare({"load": loaded, "pygraph": converted, "and traced": traced})
            tables[f"{LINES} lines of {title}: load, and convert, and trace"] = rows
    weights = [np.eye(4) for _ in range(50)]
    x = np.ones((2, 4))
    tables["50 calls of a layer: as a Function, and inlined"] = compare(
        {
            "pygraph": lambda: pg.function(
                _layers(pg.function(_layer), weights)
            ).get_concrete_function(x),
            "inlined": lambda: pg.function(_layers(_layer, weights)).get_concrete_function(x),
        }
    )
    tables["one more graph: beside 1000, and the first ones"] = compare(
        {"pygraph": _growing(1000), "few": _growing(1)}, samples=3, seconds=0.02
    )
    report("trace: conversion and tracing", tables)
