"""Nested loops whose state grows: how often bodies are traced and nodes inferred, by the depth."""

from __future__ import annotations

import linecache
import pickle
from pathlib import Path
from typing import Any

import pytest

import pygraph as pg
from pygraph import _core
from pygraph.control.loop import state

# What stands in the innermost loop, before all loops, and in each loop on the way out.
GROWING = {
    "a shape": ("x = pg.concat([x, x[:1]])", "", ""),
    "a shape of each level": ("", "", "x = pg.concat([x, x[:1]])"),
    "a state of each level": ("", "s{0} = x", "s{0} = pg.concat([s{0}, x[:1], s{1}[:1]])"),
    "a dtype": ("c += 0.5", "", ""),
    "an array that is written into": ("x += 1.0", "", ""),
    "under a condition": ("if n > 3: x = pg.concat([x, x[:1]])", "", ""),
    "a variable first set there": ("y = x[0]", "", ""),
    "an attribute": ("o.value = o.value + 1", "o = Box()", ""),
    "a list": ("o.append(c)", "o = []", ""),
}


class Box:
    value = 0


def program(depth: int, inside: str, before: str, outwards: str, path: Path) -> Any:
    lines = ["def f(x, n):", "    c = 0"]
    lines += [f"    {before.format(level)}" for level in range(depth + 1)]
    for level in range(depth):
        lines.append("    " * (level + 1) + f"for i{level} in range(n):")
    lines.append("    " * (depth + 1) + (inside or "pass"))
    for level in reversed(range(depth)):
        lines.append("    " * (level + 2) + outwards.format(level, level + 1))
    lines.append("    return x, c")
    path.write_text("\n".join(lines))
    linecache.checkcache(str(path))
    names: dict[str, Any] = {"pg": pg, "Box": Box}
    exec(compile(path.read_text(), str(path), "exec"), names)
    return names["f"]


@pytest.mark.parametrize("kind", GROWING)
def test_traces_of_nested_loops(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    traced = []

    class Counted(state.Builder):
        def __init__(self, name: str, parent: Any = None) -> None:
            traced.append(name)
            super().__init__(name, parent)

    monkeypatch.setattr(state, "Builder", Counted)
    for depth in (2, 5, 10):
        function = pg.function(program(depth, *GROWING[kind], tmp_path / f"nested{depth}.py"))
        traced.clear()
        inferred = _core.nodes_inferred()
        concrete = function.get_concrete_function(pg.ones(1), pg.asarray(1))
        # Each loop settles once, and each one around it traces it again at most twice.
        assert traced.count("body") <= (depth + 1) * (depth + 2) / 2 + 3 * depth
        assert _core.nodes_inferred() - inferred <= 60 * depth
        inferred = _core.nodes_inferred()
        pickle.loads(pickle.dumps(concrete))
        assert _core.nodes_inferred() - inferred <= 60 * depth


def test_results_of_nested_loops(tmp_path: Path) -> None:
    for inside, before, outwards in GROWING.values():
        f = program(3, inside, before, outwards, tmp_path / "nested.py")
        x, c = pg.function(f)(pg.ones(1), pg.asarray(2))
        expected, wanted = f(pg.ones(1), 2)
        assert x.shape == expected.shape
        assert c == wanted


def endless_loops(depth: int, path: Path) -> Any:
    """Return `while True` loops inside each other, each left by a `break` that a tensor decides."""
    lines = ["def f(n):", "    t = 0"]
    for level in range(depth):
        lines.append("    " * (level + 1) + "while True:")
        lines.append("    " * (level + 2) + "t += 1")
    for level in reversed(range(depth)):
        lines.append("    " * (level + 2) + f"if t > n + {level}: break")
    lines.append("    return t")
    path.write_text("\n".join(lines))
    names: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    linecache.checkcache(str(path))
    return names["f"]


def test_traces_of_nested_endless_loops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    for depth in (4, 8):
        function = endless_loops(depth, tmp_path / f"endless_{depth}.py")
        runs = 0
        run = state.LoopState._run

        def counted(self: Any, body: Any, given: Any, run: Any = run) -> Any:
            nonlocal runs
            runs += 1
            return run(self, body, given)

        monkeypatch.setattr(state.LoopState, "_run", counted)
        assert pg.function(function)(pg.asarray(20)).item() == function(20)
        monkeypatch.setattr(state.LoopState, "_run", run)
        counts.append(runs)
    assert counts[1] <= 5 * counts[0]  # twice as deep: four times for a square
