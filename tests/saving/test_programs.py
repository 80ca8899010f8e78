"""Program files: the same results after loading, the same bytes every time, and no bad file."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg
from pygraph import _core
from pygraph.graph import Graph

RANDOM = np.random.default_rng(7)
WEIGHTS = pg.asarray(RANDOM.normal(size=(40, 3)))
ODD_VALUES = np.array([np.nan, -0.0, np.inf, -np.inf, 5e-324, 1.5])


def sum_squares(n):  # type: ignore[no-untyped-def]
    s = 0
    for i in pg.range(n + 1):
        s += i**2
    return s


def layers(x):  # type: ignore[no-untyped-def]
    for _ in range(3):
        x = pg.tanh(x @ WEIGHTS) @ pg.matrix_transpose(WEIGHTS)
    return x, pg.sum(x, axis=0)


def collatz(n):  # type: ignore[no-untyped-def]
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
        if steps >= 1000:
            return -1
    return steps


def odd_constants(x):  # type: ignore[no-untyped-def]
    return pg.where(x, pg.asarray(ODD_VALUES), 0.0)


CASES: list[tuple[Any, tuple[Any, ...]]] = [
    (sum_squares, (np.int64(1000),)),
    (sum_squares, (np.int32(10),)),
    (layers, (RANDOM.normal(size=(5, 40)),)),
    (collatz, (np.int64(27),)),
    (odd_constants, (np.array([True, True, True, False, True, True]),)),
]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a small program of two graphs, each with a loop and constants."""
    path = tmp_path_factory.mktemp("saved") / "a.pgraph"
    function = pg.function(sum_squares)
    function(np.int64(6))
    function(np.int32(6))
    pg.save(function, path)
    return path.read_bytes()


def load_bytes(data: bytes, folder: Path) -> pg.saving.Program:
    """Load a program from bytes."""
    path = folder / "given.pgraph"
    path.write_bytes(data)
    return pg.load(path)


@pytest.mark.parametrize(("function", "arguments"), CASES)
def test_the_same_results_after_loading(
    function: Any, arguments: tuple[Any, ...], tmp_path: Path
) -> None:
    staged = pg.function(function)
    results = staged(*arguments)
    results = results if isinstance(results, tuple) else (results,)
    pg.save(staged, tmp_path / "a.pgraph")
    loaded = pg.load(tmp_path / "a.pgraph")
    for found, wanted in zip(loaded(*arguments), results, strict=True):
        assert found.dtype == wanted.dtype
        # Bit for bit, NaN included.
        assert np.asarray(found).tobytes() == np.asarray(wanted).tobytes()
    assert loaded.graphs[0].as_text() == staged.concrete_functions[0].graph.as_text()


def test_the_graph_that_fits_is_chosen(tmp_path: Path) -> None:
    @pg.function
    def double(x):  # type: ignore[no-untyped-def]
        return x * 2

    double(pg.asarray(1))
    double(pg.asarray([1.0, 2.0]))
    double.get_concrete_function(pg.TensorSpec((None, 3), pg.int32))
    pg.save(double, tmp_path / "a.pgraph")
    loaded = pg.load(tmp_path / "a.pgraph")
    assert len(loaded.graphs) == 3
    for value in (np.int64(4), np.array([1.0, -1.0]), np.ones((7, 3), np.int32)):
        (result,) = loaded(value)
        assert result.dtype.name == value.dtype.name
        np.testing.assert_array_equal(np.asarray(result), value * 2)
    with pytest.raises(TypeError, match=r"no graph .* \(float64\[3\]\)"):
        loaded(np.zeros(3))
    with pytest.raises(TypeError, match=r"no graph .* \(int64\[\], int64\[\]\)"):
        loaded(np.int64(1), np.int64(1))


def test_a_single_graph_can_be_saved(tmp_path: Path) -> None:
    function = pg.function(sum_squares)
    function(pg.asarray(3))
    concrete = function.get_concrete_function(pg.TensorSpec((), pg.int32))
    pg.save(concrete, tmp_path / "a.pgraph")
    loaded = pg.load(tmp_path / "a.pgraph")
    assert len(loaded.graphs) == 1
    assert loaded(np.int32(3))[0].item() == 14


def test_a_fault_in_a_loaded_graph_names_the_line(tmp_path: Path) -> None:
    @pg.function
    def quotient(a, b):  # type: ignore[no-untyped-def]
        return a // b

    line = quotient.python_function.__code__.co_firstlineno + 2
    quotient(pg.asarray(1), pg.asarray(1))
    pg.save(quotient, tmp_path / "a.pgraph")
    loaded = pg.load(tmp_path / "a.pgraph")
    with pytest.raises(ZeroDivisionError) as caught:
        loaded(1, 0)
    assert [
        (entry.path, entry.lineno + 1) for entry in caught.traceback if entry.name == "quotient"
    ] == [(Path(__file__), line)]
    assert loaded(7, 2)[0].item() == 3


def test_loaded_graphs_are_released(tmp_path: Path) -> None:
    function = pg.function(sum_squares)
    function(pg.asarray(3))
    pg.save(function, tmp_path / "a.pgraph")
    gc.disable()
    try:
        before = pg.runtime.live_graphs()
        loaded = pg.load(tmp_path / "a.pgraph")
        loaded(3)
        graph = loaded.graphs[0]
        assert pg.runtime.live_graphs() == before + 1
        del loaded
        assert "while_loop" in graph.as_text()
        del graph
        assert pg.runtime.live_graphs() == before
    finally:
        gc.enable()


def test_only_functions_with_graphs_are_saved(tmp_path: Path) -> None:
    path = tmp_path / "a.pgraph"
    with pytest.raises(ValueError, match="sum_squares has no graph"):
        pg.save(pg.function(sum_squares), path)
    with pytest.raises(TypeError, match="only functions"):
        pg.save(sum_squares, path)  # type: ignore[arg-type]
    assert not path.exists()


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        pg.load(tmp_path / "a.pgraph")
    function = pg.function(sum_squares)
    function(pg.asarray(3))
    with pytest.raises(FileNotFoundError):
        pg.save(function, tmp_path / "nowhere" / "a.pgraph")


def test_bytes_are_canonical(saved: bytes) -> None:
    graphs, variables, uses, functions = _core.read_program(saved)
    assert functions == []
    assert len(graphs) == 2
    assert _core.write_program(graphs, variables, uses) == saved
    # The text form holds all of a graph.
    again = [Graph.from_text(g.as_text()).module for g in graphs]
    assert _core.write_program(again, variables, uses) == saved


def test_bytes_are_the_same_in_every_process(tmp_path: Path) -> None:
    script = f"""
import sys
sys.path[:0] = {[str(Path(pg.__file__).parent.parent), str(Path(__file__).parent)]!r}
import numpy as np, pygraph as pg, test_programs
for function, arguments in test_programs.CASES:
    staged = pg.function(function)
    staged(*arguments)
    pg.save(staged, sys.argv[1])
    sys.stdout.buffer.write(open(sys.argv[1], "rb").read())
"""
    outputs = set()
    for seed in ("1", "2"):
        command = [sys.executable, "-c", script, str(tmp_path / "a.pgraph")]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


def refusal(data: bytes) -> str:
    """Return why bytes are no program file; the test fails where they are one."""
    try:
        _core.read_program(data)
    except ValueError as error:
        return str(error)
    pytest.fail("bad bytes were read")


def test_every_cut_is_refused(saved: bytes) -> None:
    for length in range(len(saved)):
        assert re.match(r"program file: |malformed graph: ", refusal(saved[:length]))
    assert refusal(saved + bytes(64)) == "program file: it goes on after its last graph"


def test_every_flipped_bit_is_refused(saved: bytes) -> None:
    data = bytearray(saved)
    for position in range(8 * len(data)):
        data[position // 8] ^= 1 << position % 8
        assert re.match(r"(program file|malformed graph): .{8,200}$", refusal(bytes(data)))
        data[position // 8] ^= 1 << position % 8
    assert bytes(data) == saved


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "magic"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "magic"),
        (b"\x89pgprog\n" + b"\x03\0\0\0" + bytes(52), "version 3 is not known"),
        (b"\x89pgprog\n" + b"\x01\0\0\0\xff\xff\xff\xff" + bytes(48), "ends early, at byte 64"),
        (
            b"\x89pgprog\n" + b"\x01\0\0\0\x01\0\0\0" + bytes(48) + b"\xff" * 8 + bytes(56),
            "graph 0 ends beyond the file",
        ),
    ],
    ids=["empty", "another format", "another version", "too few graphs", "too long a graph"],
)
def test_the_fault_is_named(content: bytes, fault: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="program file: .*" + re.escape(fault)):
        load_bytes(content, tmp_path)


def test_a_result_that_may_be_none_is_refused(tmp_path: Path) -> None:
    @pg.function
    def find(xs, v):  # type: ignore[no-untyped-def]
        for i in pg.range(3):
            if xs[i] == v:
                return i
        return None

    numbers = pg.asarray([1, 2, 3])
    assert find(numbers, pg.asarray(2)) == 1
    assert find(numbers, pg.asarray(9)) is None
    with pytest.raises(ValueError, match=r"find returns None on some ways .*test_programs.py:\d+"):
        pg.save(find, tmp_path / "find.pgraph")
