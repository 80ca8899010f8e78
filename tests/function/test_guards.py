"""A Function is never stale: what its trace read as Python values may change between the calls."""

from __future__ import annotations

import itertools
import re
import sys
import types
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import pygraph as pg

_numbers = itertools.count()


class Case(NamedTuple):
    """A program that defines ``f``, and pieces to run after it: what they are, and their text."""

    program: str
    pieces: list[tuple[str, str]]


def read_cases() -> dict[str, Case]:
    """Return the cases of the file beside this one by their names."""
    text = (Path(__file__).parent / "cases_of_guards.py").read_text()
    parts = re.split(r"^# (case: .*|unrelated:|change:)$", text, flags=re.MULTILINE)
    cases: dict[str, Case] = {}
    for title, piece in zip(parts[1::2], parts[2::2], strict=True):
        if title.startswith("case: "):
            case = cases[title.removeprefix("case: ")] = Case(piece, [])
        else:
            case.pieces.append((title.rstrip(":"), piece))
    return cases


CASES = read_cases()


def run(program: str, space: dict[str, Any], folder: Path) -> None:
    """Run a piece of a program from a file of its own: conversion reads the source."""
    path = folder / f"piece_{next(_numbers)}.py"
    path.write_text(program)
    exec(compile(program, str(path), "exec"), space)


def same(left: Any, right: Any) -> None:
    np.testing.assert_allclose(np.asarray(left), np.asarray(right), rtol=1e-14)


@pytest.mark.parametrize("autograph", [True, False])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_kind_of_read(
    case: Case, autograph: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not autograph and "needs autograph" in case.program:
        return
    module = types.ModuleType("program")
    monkeypatch.setitem(sys.modules, "program", module)
    space = vars(module)
    run(case.program, space, tmp_path)
    plain = space["f"]
    staged = pg.function(plain, autograph=autograph)
    x = pg.asarray([1.0, 2.0])
    for _ in range(3):
        same(staged(x), plain(x))
    assert staged.tracing_count == 1
    for kind, piece in case.pieces:
        run(piece, space, tmp_path)
        before = staged.tracing_count
        for _ in range(3):
            same(staged(x), plain(x))
        # What is looked through without being run may read more than it does.
        exact = kind == "unrelated" and autograph
        assert staged.tracing_count <= before + (not exact), piece
