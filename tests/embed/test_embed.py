"""C and C++ programs against the headers and the library of the package, without Python."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent.parent / "examples" / "embed" / "sum_squares.cpp"
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wpedantic", "-Werror"]
# A sanitized library leaves its runtime's symbols open, until that is preloaded.
OPEN_SYMBOLS = ["-Wl,--allow-shlib-undefined"] if "PYGRAPH_SANITIZED" in os.environ else []

# The numbers of pygraph_status.
VALUE, TYPE, INDEX, ZERO_DIVISION, UNBOUND, FORMAT, RUNTIME = 1, 2, 3, 4, 6, 11, 12
FILE, RECURSION = 14, 15


def flags() -> list[str]:
    """What `python -m pygraph config` says."""
    command = [sys.executable, "-m", "pygraph", "config"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return shlex.split(done.stdout)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that compiles one source to a program."""
    folder = tmp_path_factory.mktemp("programs")
    package = flags()
    plain = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}

    def compile_source(source: Path, *compiler: str) -> Path:
        program = folder / source.stem
        if program.exists():
            return program
        command = [*compiler, *WARNINGS, str(source), "-o", str(program), *package, *OPEN_SYMBOLS]
        done = subprocess.run(command, capture_output=True, text=True, env=plain)
        assert done.returncode == 0, done.stderr
        return program

    return compile_source


def run(program: Path, *arguments: object) -> dict[str, str]:
    """Run a program that prints `name: text` lines."""
    command = [str(program), *map(str, arguments)]
    # Nothing of Python's or of this build's environment may be needed.
    kept = ("LD_PRELOAD", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


@pg.function
def sum_squares(n: Any) -> Any:
    s = 0
    for i in pg.range(n + 1):
        s += i**2
    return s


def shrink(x, limit):  # type: ignore[no-untyped-def]
    rounds = 0
    while pg.any(x > limit):
        for row in x:
            if pg.all(row <= limit):
                break
            rounds += 1
        x = pg.where(x > limit, x // 2, x)
    return x, rounds


@pg.function
def choose(flags, invert):  # type: ignore[no-untyped-def]
    return ~flags if invert else flags


@pg.function
def quotient(a, b):  # type: ignore[no-untyped-def]
    return a // b


@pg.function
def pick(x, i):  # type: ignore[no-untyped-def]
    return x[i]


@pg.function
def unset(x):  # type: ignore[no-untyped-def]
    if x > 0.0:
        y = x
    return y  # only sometimes


class TooManyError(Exception):
    pass


@pg.function
def checked(x, n):  # type: ignore[no-untyped-def]
    print(f"printed: {x} {n:>3} {n / 8:.2f}")
    if n < 0:
        raise ValueError(f"{n} is negative")
    if n > 5:
        raise TooManyError(n, x)
    return x


def count_calls() -> pg.Function:
    """A function with two variables."""
    total = pg.Variable([0.0, 0.5], name="total")
    calls = pg.Variable(0, name="calls")

    @pg.function
    def count(x):  # type: ignore[no-untyped-def]
        total.assign_add(x)
        calls.assign_add(1)
        return total.read()

    return count


@pg.function
def fibonacci(n):  # type: ignore[no-untyped-def]
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


@pg.function(input_signature=[pg.TensorSpec((None,), pg.float64)])
def summed(x):  # type: ignore[no-untyped-def]
    if len(x) == 1:
        return x[0]
    return summed(x[: len(x) // 2]) + summed(x[len(x) // 2 :])


def shrink_both() -> pg.Function:
    """`shrink`, traced for matrices of any size and for vectors of three."""
    function = pg.function(shrink)
    function.get_concrete_function(
        pg.TensorSpec((None, None), pg.float64), pg.TensorSpec((), pg.float64)
    )
    function.get_concrete_function(pg.TensorSpec((3,), pg.int32), pg.TensorSpec((), pg.int32))
    return function


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of programs that Python saved."""
    path = tmp_path_factory.mktemp("graphs")
    sum_squares(pg.asarray(1))
    pg.save(sum_squares, path / "sum_squares.pgraph")
    pg.save(shrink_both(), path / "shrink.pgraph")
    choose(pg.asarray([True, False, True]), pg.asarray(True))
    pg.save(choose, path / "choose.pgraph")
    quotient(pg.asarray(1), pg.asarray(1))
    pg.save(quotient, path / "quotient.pgraph")
    pick(pg.asarray([1.0, 2.0, 3.0]), pg.asarray(0))
    pg.save(pick, path / "pick.pgraph")
    unset(pg.asarray(1.0))
    pg.save(unset, path / "unset.pgraph")
    checked.get_concrete_function(pg.asarray([1.0, 2.0]), pg.asarray(1))
    pg.save(checked, path / "checked.pgraph")
    count = count_calls()
    count.get_concrete_function(pg.TensorSpec((2,), pg.float64))
    pg.save(count, path / "count.pgraph")
    fibonacci(pg.asarray(1))
    pg.save(fibonacci, path / "fibonacci.pgraph")
    summed.get_concrete_function()
    pg.save(summed, path / "summed.pgraph")
    (path / "text.pgraph").write_text("graph")
    (path / "cut.pgraph").write_bytes((path / "shrink.pgraph").read_bytes()[:-100])
    return path


def line_of(text: str) -> int:
    """Return the line of this file on which some code stands."""
    lines = Path(__file__).read_text().splitlines()
    (found,) = [number for number, line in enumerate(lines, 1) if line.strip().startswith(text)]
    return found


def test_the_example_needs_no_python(build: Callable[..., Path], folder: Path) -> None:
    program = build(EXAMPLE, "g++", "-std=c++20")
    command = [str(program), str(folder / "sum_squares.pgraph"), "10"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "385\n"), done.stderr
    done = subprocess.run([*command[:1], "nowhere", "10"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "cannot read nowhere\n")
    libraries = subprocess.run(["ldd", str(program)], capture_output=True, text=True).stdout
    assert "libpygraph.so" in libraries
    assert "python" not in libraries.replace(str(Path(pg.__file__).parent), "")


def test_tour(build: Callable[..., Path], folder: Path) -> None:
    program = build(HERE / "tour.cpp", "g++", "-std=c++20", "-pthread")
    shown = run(program, folder)
    assert "unexpected" not in shown

    assert shown["graphs"] == "2"
    assert shown["results"] == "2"
    function = shrink_both()
    wanted, rounds = function(np.array([[1.0, 2, 3], [4, 50, 6]]), np.float64(4.0))
    elements = " ".join(f"{value:g}" for value in np.asarray(wanted).ravel())
    assert shown["matrix"] == f"[2] [3] {elements}"
    assert shown["rounds"] == str(int(rounds))
    assert (shown["fibonacci"], shown["summed"]) == ("6765", "15")
    assert shown["wide"] == "[1] [1] 4"
    assert shown["empty"] == "[0] [3]"
    assert shown["vector"] == "[3] 4 1 2"
    assert shown["inverted"] == "[3] 0 1 0"
    assert shown["kept"] == "[3] 1 0 1"
    assert (shown["quotient"], shown["after"], shown["set"]) == ("3", "-4", "1")
    assert shown["wrong"] == "0"
    # The last of three runs; the two before print under the same name.
    assert shown["printed"] == "Tensor([1.0, 0.1], dtype=float64)   9 1.12"
    assert shown["variable"] == "calls"
    assert (shown["initial"], shown["total"]) == ("[2] 0 0.5", "[2] 2 4.5")
    assert (shown["assigned"], shown["calls"], shown["other"]) == ("[2] 1 0", "3", "[2] 0 0.5")
    assert shown["after threads"] == "[2] 1001 1000"
    assert (shown["profiled"], shown["operations"], shown["stopped"]) == ("shrink 3", "1111", "1")


def test_several_functions(build: Callable[..., Path], folder: Path, tmp_path: Path) -> None:
    total = pg.Variable(1.0, name="total")

    @pg.function
    def add(x: Any) -> Any:
        total.assign_add(pg.sum(x))

    @pg.function
    def show() -> Any:
        return total.read()

    add(np.float64(0.0))
    add(np.zeros(2))
    show()
    pg.save({"add": add, "show": show}, tmp_path / "both.pgraph")
    program = build(HERE / "several.cpp", "g++", "-std=c++20")
    assert run(program, tmp_path / "both.pgraph", folder / "sum_squares.pgraph") == {
        "names": "add show",
        "graphs": "3",
        "graphs of add": "2",
        "name of add": "add",
        "shown": "3.5",
        "unknown": f"{VALUE} the program has no function named train",
        "of another": f"{VALUE} the program has no function named show",
        "not chosen": f"{TYPE} the program has several functions: choose one by its name, with "
        "pygraph_program_function",
        "other inputs": f"{TYPE} no graph of the program takes inputs (float64[])",
        "after": "8 8",
        "single": "1 sum_squares",
        "chosen": "14",
    }


def test_errors_say_what_and_where(build: Callable[..., Path], folder: Path) -> None:
    program = build(HERE / "tour.cpp", "g++", "-std=c++20", "-pthread")
    shown = run(program, folder)
    here = re.escape(Path(__file__).name)  # whatever the folder
    cases = {
        "no such graph": (TYPE, r".*\(float32\[2\], float64\[\]\)"),
        "too few inputs": (TYPE, r".*\(float64\[2, 3\]\)"),
        "zero": (ZERO_DIVISION, rf".*\({here}:{line_of('return a // b')} in quotient\)"),
        "index": (INDEX, rf".*3.*\({here}:{line_of('return x[i]')} in pick\)"),
        "unset": (UNBOUND, rf".*'y'.*\({here}:{line_of('return y  # only')} in unset\)"),
        "failed": (VALUE, rf"-1 is negative \({here}:{line_of('raise ValueError')} in checked\)"),
        "raised": (
            RUNTIME,
            r"TooManyError: \(Tensor\(9, dtype=int64\), Tensor\(\[1\.0, 0\.1\], .*",
        ),
        "too deep": (
            RECURSION,
            rf"maximum recursion depth.*fibonacci.*\({here}:{line_of('return fibonacci(n')}.*\)",
        ),
        "no file": (FILE, r"cannot read .*nowhere\.pgraph"),
        "no program": (FORMAT, r".*magic.*"),
        "cut program": (FORMAT, r".*ends.*"),
        "count": (VALUE, r".*4 elements, 3.*"),
        "negative": (VALUE, r".*negative.*"),
        "rank": (VALUE, r".*16 dimensions.*"),
        "dtype": (TYPE, r".*dtype.*"),
        "no variable": (VALUE, r".*no variable named sum"),
        "wrong value": (TYPE, r".*total is float64\[2\], the value float64\[\]"),
        "item": (VALUE, r".*2 elements.*"),
    }
    for name, (status, pattern) in cases.items():
        assert re.fullmatch(f"{status} {pattern}", shown[name]), f"{name}: {shown[name]}"


def test_plain_c(build: Callable[..., Path], folder: Path) -> None:
    program = build(HERE / "plain.c", "gcc", "-std=c99")
    assert run(program, folder / "sum_squares.pgraph") == {
        "version": pg.__version__,
        "graphs": "1",
        "from a file": "385",
        "from memory": "2870",
        "profiled": "sum_squares 1",
        "flipped": str(FORMAT),
        "no program": "1",
        "message": "1",
        "shape": "2 2",
        "last": "4",
        "complex": str(TYPE),
    }


def test_headers_need_nothing_of_the_tree() -> None:
    include = Path(flags()[0].removeprefix("-I"))
    assert include.is_relative_to(Path(pg.__file__).parent)
    assert sorted(path.name for path in (include / "pygraph").iterdir()) == [
        "pygraph.h",
        "pygraph.hpp",
    ]


def test_nothing_that_is_passed_ends_the_process(
    build: Callable[..., Path], folder: Path, tmp_path: Path
) -> None:
    program = build(HERE / "refusals.c", "gcc", "-std=c11")
    data = (folder / "count.pgraph").read_bytes()
    huge = tmp_path / "huge"
    huge.write_bytes(data)
    os.truncate(huge, 1 << 43)  # sparse, and more than any memory
    large = tmp_path / "large"
    large.write_bytes(data)
    os.truncate(large, 1 << 26)
    files = [".", "/proc/self/mem", "/dev/zero", "/dev/null", "/nowhere", huge, large]
    shown = run(program, folder / "count.pgraph", *files)
    expected = {
        "tensor without result": (VALUE, "result is NULL"),
        "tensor without shape": (VALUE, "shape is NULL"),
        "tensor without data": (VALUE, "data is NULL"),
        "tensor of no dtype": (TYPE, "this dtype is not supported"),
        "dtype of NULL": (0, "tensor is NULL"),
        "rank of NULL": (-1, "tensor is NULL"),
        "shape of NULL": (0, "tensor is NULL"),
        "data of NULL": (0, "tensor is NULL"),
        "bytes of NULL": (0, "tensor is NULL"),
        "rank of a program": (-1, "this is no tensor, or it was freed"),
        "data of a program": (0, "this is no tensor, or it was freed"),
        "bytes of a tensor": (8, ""),
        "last flag": (1, ""),
        "load without path": (VALUE, "path is NULL"),
        "load without result": (VALUE, "result is NULL"),
        "read without data": (VALUE, "data is NULL"),
        "read of nothing": (FORMAT, "program file: it does not start with the magic number"),
        "read without result": (VALUE, "result is NULL"),
        "graphs of NULL": (0, "program is NULL"),
        "graphs of a tensor": (0, "this is no program, or it was freed"),
        "functions of NULL": (0, "program is NULL"),
        "function name in NULL": (0, "program is NULL"),
        "function name beyond": (0, "index 1000 of 1"),
        "function of NULL": (VALUE, "program is NULL"),
        "function of a tensor": (TYPE, "this is no program, or it was freed"),
        "function without name": (VALUE, "name is NULL"),
        "function without result": (VALUE, "result is NULL"),
        "variables of NULL": (0, "program is NULL"),
        "name in NULL": (0, "program is NULL"),
        "name beyond": (0, "index 1000 of 2"),
        "variable of NULL": (VALUE, "program is NULL"),
        "variable without name": (VALUE, "name is NULL"),
        "variable without result": (VALUE, "result is NULL"),
        "assign to NULL": (VALUE, "program is NULL"),
        "assign without name": (VALUE, "name is NULL"),
        "assign of NULL": (VALUE, "tensor is NULL"),
        "assign of a program": (TYPE, "this is no tensor, or it was freed"),
        "run of NULL": (VALUE, "program is NULL"),
        "count after it": (0, "program is NULL"),
        "run of a tensor": (TYPE, "this is no program, or it was freed"),
        "run without inputs": (VALUE, "inputs is NULL"),
        "run on NULL": (VALUE, "tensor is NULL"),
        "run on a program": (TYPE, "this is no tensor, or it was freed"),
        "run without outputs": (VALUE, "result is NULL"),
        "run without count": (VALUE, "output_count is NULL"),
        "profile without result": (VALUE, "result is NULL"),
        "stop of NULL": (VALUE, "profile is NULL"),
        "stop of a tensor": (TYPE, "this is no profile, or it was freed"),
        "rows of NULL": (0, "profile is NULL"),
        "row of NULL": (0, "profile is NULL"),
        "row beyond": (0, "index 1000 of 0"),
        ".": (FILE, "cannot read .: Is a directory"),
        "/proc/self/mem": (FILE, "cannot read /proc/self/mem: Input/output error"),
        "/dev/zero": (FORMAT, "program file: it does not start with the magic number"),
        "/dev/null": (FORMAT, "program file: it does not start with the magic number"),
        "/nowhere": (FILE, "cannot read /nowhere"),
        str(large): (FORMAT, "program file: it goes on after its last graph"),
    }
    for name, (answer, message) in expected.items():
        assert shown[name] == f"{answer} {message}", name
    assert shown[str(huge)].startswith(f"8 {huge} has {1 << 43} bytes, more than this machine's")
    assert shown["end"] == "0"


@pytest.mark.unsanitized
@pytest.mark.skipif(shutil.which("clang++-14") is None, reason="clang 14 is not installed")
def test_clang_builds_the_interface() -> None:
    csrc = HERE.parent.parent / "csrc"
    common = ["-std=c++20", "-fsyntax-only", f"-I{csrc}", f"-I{csrc / 'include'}"]
    defined = ['-DPYGRAPH_VERSION="0"', "-DPYGRAPH_DEBUG=0"]
    for source in (csrc / "api" / "pygraph.cpp", EXAMPLE):
        command = ["clang++-14", *WARNINGS, *common, *defined, str(source)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
