"""The core's own text of tensors, which C++ programs print, is Python's."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import pygraph as pg
from pygraph import _core

REALS = [0.0, -0.0, 1.0, -2.5, 0.1, 1 / 3, 1e15, 123456789012345680.0, 1e16, -1e22, 1e-4, 9.99e-5]
REALS += [5e-324, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"), 0.5, 2.675]
INTEGERS = [0, 1, -1, 255, -1234567, 2**63 - 1, -(2**63)]
REAL_SPECS = ["", ".3f", "8.2f", "<9.1f", "^12.3e", "+.0f", " g", "G", ".4g", "012.3f", "*>10", "%"]
REAL_SPECS += [".1%", ",.2f", "_.1f", ".3", "10", "=+10.2f", "#.0f", "E"]
INTEGER_SPECS = [
    "",
    "d",
    "5",
    "<6d",
    "^7",
    "+d",
    " d",
    "08d",
    ",",
    "_d",
    "x",
    "#X",
    "b",
    "#o",
    ".2f",
]


def core_text(template: str, values: Any) -> str:
    """Return the text that the core makes of a format string over one tensor."""
    tensor = pg.asarray(values)
    module = _core.parse(
        f"""graph f(x: {tensor.dtype}{list(tensor.shape)}) -> () {{
          raise x {{text="= {template}", exception="ValueError", builtin="ValueError", object=0}}
          return
        }}"""
    )
    with pytest.raises(ValueError, match="= ") as caught:
        _core.Executable(module).run([tensor], [])
    return str(caught.value).removeprefix("= ")


@pytest.mark.parametrize("spec", REAL_SPECS)
def test_reals(spec: str) -> None:
    for value in REALS:
        assert core_text(f"{{0:{spec}}}" if spec else "{0}", value) == format(value, spec), value


@pytest.mark.parametrize("spec", INTEGER_SPECS)
def test_integers(spec: str) -> None:
    for value in INTEGERS:
        assert core_text(f"{{0:{spec}}}" if spec else "{0}", value) == format(value, spec), value


def test_other_dtypes() -> None:
    single = pg.asarray(0.1, dtype=pg.float32)
    assert core_text("{0}", single) == f"{single}" == "0.10000000149011612"
    assert core_text("{0:.2f}", pg.asarray(-7, dtype=pg.int32)) == "-7.00"
    for truth, spec in itertools.product((True, False), ("", "d", "5")):
        assert core_text(f"{{0:{spec}}}" if spec else "{0}", truth) == format(truth, spec)


def test_whole_tensors() -> None:
    assert core_text("<{0!r}> {{{0}}}", 3) == "<Tensor(3, dtype=int64)> {3}"
    matrix = np.array([[1.0, -0.5], [2.0, 1e20]])
    assert core_text("{0!s}", matrix) == str(matrix.tolist())
    shown = f"Tensor({matrix.tolist()}, dtype=float64)"
    assert core_text("{0}", matrix) == core_text("{0!r}", matrix) == shown
    assert core_text("{0!r:>60}|", matrix) == f"{shown:>60}|"
    assert core_text("{0!s:^9}|", [True]) == " [True]  |"
    assert core_text("{0!s}", np.zeros((2, 0))) == "[]"


@pytest.mark.parametrize(
    "text", ["{", "}", "{}", "{1}", "{x}", "{0!a}", "{0", "{0:99999}", "{0:{0}}"]
)
def test_texts_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="fields for the inputs"):
        core_text(text, 1)
