"""A dtype that is one row of dtypes.def: every part of the library knows it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg

TOP = 2**15 - 1
FLOATS = ("float32", "float64")
NUMBERS = np.array([0, 1, -1, 2, -7, 300, TOP, -TOP - 1], "int16")


def fused(x, y):  # type: ignore[no-untyped-def]
    return pg.where(x > y, x * y - 3, pg.abs(y)) // 3


def total(x):  # type: ignore[no-untyped-def]
    s = x[0]
    for i in pg.range(1, len(x)):
        if x[i] % 2 == 0:
            s = s * 3 - x[i]
        else:
            s = pg.maximum(s, x[i]) + (x[i] >> 1)
    return s


def plain_total(x: Any) -> Any:
    s = x[0]
    with np.errstate(over="ignore"):
        for item in x[1:]:
            s = (
                s * np.int16(3) - item
                if item % 2 == 0
                else np.maximum(s, item) + (item >> np.int16(1))
            )
    return s


def filled(n):  # type: ignore[no-untyped-def]
    x = pg.zeros(10, dtype=pg.int16)
    for i in pg.range(n):
        x[i] = pg.astype(i * i * 1000, pg.int16)
    return x


@pytest.mark.parametrize("passes", ["", "none", "-native_code", "-fuse", "-register_programs"])
def test_programs(passes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYGRAPH_PASSES", passes)
    x, y = np.resize(NUMBERS, 5000), np.resize(NUMBERS[1:], 5000)
    y[y == 0] = 5
    with np.errstate(over="ignore"):
        expected = np.where(x > y, x * y - np.int16(3), np.abs(y)) // np.int16(3)
    for result in (fused(pg.asarray(x), pg.asarray(y)), pg.function(fused)(x, y)):
        np.testing.assert_array_equal(np.asarray(result), expected, strict=True)
    np.testing.assert_array_equal(
        np.asarray(pg.function(total)(NUMBERS)), plain_total(NUMBERS), strict=True
    )
    squares = (np.arange(10) ** 2 * 1000).astype("int16")
    np.testing.assert_array_equal(np.asarray(pg.function(filled)(10)), squares, strict=True)


def test_rows_that_are_broadcast() -> None:
    c = np.array([[True, False], [False, True]])
    x, y = np.array([[3, 5], [7, 9]], "int16"), np.array([[2], [4]], "int16")
    found = pg.function(lambda c, x, y: pg.where(c, x - y, y * x))(c, x, y)
    np.testing.assert_array_equal(np.asarray(found), np.where(c, x - y, y * x), strict=True)


def test_a_loop_over_its_elements_is_a_register_program() -> None:
    text = pg.function(total).get_concrete_function(NUMBERS).plan.as_text()
    assert "registers" in text
    assert "load_uint16" in text or "get_uint16" in text


@pytest.mark.parametrize(
    ("other", "common"),
    [("bool", "int16"), *((name, name) for name in ("int16", "int32", "int64", *FLOATS))],
)
def test_promotion(other: str, common: str) -> None:
    x, y = pg.asarray(NUMBERS), pg.asarray(np.array([1], other))
    assert pg.result_type(pg.int16, other) == common
    assert pg.result_type(other, pg.int16) == common
    if other != "bool":
        assert (x + y).dtype == (y + x).dtype == common
        assert pg.function(lambda x, y: x + y)(x, y).dtype == common


def test_numbers_adapt_to_it() -> None:
    x = pg.asarray(NUMBERS)
    assert (x + 1).dtype == pg.int16
    assert (x + 1.5).dtype == pg.float64
    assert pg.sum(x).dtype == pg.int64
    with pytest.raises(OverflowError, match="40000 does not fit int16"):
        x + 40000
    with pytest.raises(OverflowError, match="int16"):
        pg.asarray([1, 40000], dtype=pg.int16)


@pytest.mark.parametrize("dtype", ["bool", "int16", "int32", "int64", "float32", "float64"])
def test_casts_both_ways(dtype: str) -> None:
    for source, target in (("int16", dtype), (dtype, "int16")):
        x = NUMBERS.astype(source)
        result = pg.astype(pg.asarray(x), target)
        np.testing.assert_array_equal(np.asarray(result), x.astype(target), strict=True)
    assert int(pg.astype(pg.asarray(np.inf), pg.int16)) == -TOP - 1


def test_in_and_out() -> None:
    x = pg.asarray(NUMBERS)
    assert repr(pg.asarray(NUMBERS[:3])) == "Tensor([ 0,  1, -1], dtype=int16)"
    assert x.tolist() == NUMBERS.tolist()
    assert isinstance(x[5].item(), int)
    assert pg.asarray(np.int16(7)).dtype == pg.int16
    assert x[pg.asarray(np.array([5, 0], "int16"))].tolist() == [300, 0]
    assert np.from_dlpack(np.asarray(x)).dtype == np.int16
    assert pg.int16.kind == "integer"
    assert (pg.int16.itemsize, pg.int16.unsigned) == (2, False)
    assert pg.iinfo(pg.int16).max == TOP
    assert pg.isdtype(pg.int16, "signed integer")
    assert pg.arange(3, dtype=pg.int16).dtype == pg.int16
    assert pg.sort(x).tolist() == sorted(NUMBERS.tolist())
    assert pg.argsort(x).tolist() == np.argsort(NUMBERS, kind="stable").tolist()


def test_staged_text(capsys: pytest.CaptureFixture[str]) -> None:
    pg.function(lambda x: pg.print(x, x[5]))(NUMBERS)
    assert "300,  32767, -32768], dtype=int16) Tensor(300, dtype=int16)" in capsys.readouterr().out


CONSTANT = np.array([5, -6, TOP], "int16")


def with_constant(x):  # type: ignore[no-untyped-def]
    s = pg.asarray([5, -6, 32767], dtype=pg.int16) + x
    for i in pg.range(3):
        s = s * x[i] + pg.astype(i, pg.int16)
    return s


MAIN = """
#include <pygraph/pygraph.hpp>
#include <cstdio>
int main(int, char** arguments) {
  const auto program = pygraph::Program::load(arguments[1]);
  const auto x = pygraph::Tensor::from(std::vector<std::int16_t>{1, -2, 300}, {3});
  const auto results = program.run({x});
  for (const int item : results[0].elements<std::int16_t>()) std::printf("%d ", item);
}
"""


def test_saved_and_loaded_and_in_cpp(tmp_path: Path) -> None:
    x = np.array([1, -2, 300], "int16")
    expected = CONSTANT + x
    for i in range(3):
        expected = expected * x[i] + np.int16(i)
    function = pg.function(with_constant)
    concrete = function.get_concrete_function(x)
    text = concrete.graph.as_text()
    assert "int16" in text
    pg.save(concrete, tmp_path / "program.pgraph")
    loaded = pg.load(tmp_path / "program.pgraph")
    (result,) = loaded(x)
    np.testing.assert_array_equal(np.asarray(result), expected, strict=True)
    source = tmp_path / "main.cpp"
    source.write_text(MAIN)
    command = [sys.executable, "-m", "pygraph", "config"]
    flags = shlex.split(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    compiler = ["c++", "-std=c++20", str(source), "-o", str(tmp_path / "main"), *flags]
    subprocess.run(compiler, check=True)
    command = [str(tmp_path / "main"), str(tmp_path / "program.pgraph")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [int(item) for item in done.stdout.split()] == expected.tolist()
