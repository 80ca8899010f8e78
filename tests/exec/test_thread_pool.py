"""Work is shared among threads, and its results do not depend on how many there are."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import pygraph as pg

Array = np.ndarray
RNG = np.random.default_rng(5)


@pytest.fixture(autouse=True)
def restore_thread_count() -> Iterator[None]:
    before = pg.runtime.num_threads()
    yield
    pg.runtime.num_threads(before)


def samples(*shape: int, dtype: str = "float32") -> Array:
    return (RNG.normal(size=shape) * 100).astype(dtype)


LONG = samples(300_001)
WIDE = samples(1200, 700)


def short_steps(x: Any) -> Any:
    """Return what a loop makes of ``x`` in steps that only threads which are awake share."""
    y = x
    for _ in pg.range(30):
        y = pg.where(y * y < x, y * 1.01 + x, y * x - 0.5) * 0.75 + (y - x) * 0.125
    return y


CASES: dict[str, tuple[Callable[..., pg.Tensor], tuple[Array, ...]]] = {
    "add": (lambda x, y: x + y, (LONG, LONG[::-1].copy())),
    "exp": (pg.exp, (LONG,)),
    "scalar operand": (lambda x: 2.5 * x, (LONG,)),
    "row": (lambda x, y: x * y, (WIDE, WIDE[0].copy())),
    "column": (lambda x, y: x - y, (WIDE, WIDE[:, :1].copy())),
    "three dims": (lambda x, y: x + y, (samples(40, 1, 900), samples(30, 1))),
    "where": (lambda x, y: pg.where(x > y, x, y), (LONG, LONG[::-1].copy())),
    "sum": (pg.sum, (LONG,)),
    "sum of int32": (pg.sum, (samples(300_001, dtype="int32"),)),
    "max": (pg.max, (LONG,)),
    "any": (pg.any, (LONG > 1e6,)),
    "sum of rows": (lambda x: pg.sum(x, axis=1), (WIDE,)),
    "sum of columns": (lambda x: pg.sum(x, axis=0), (samples(400, 1025, dtype="float64"),)),
    "sum of outer axes": (lambda x: pg.sum(x, axis=(0, 2)), (samples(6, 90, 600),)),
    "argmax": (lambda x: pg.argmax(x, axis=1), (WIDE,)),
    "cumulative_sum": (lambda x: pg.cumulative_sum(x, axis=1), (WIDE,)),
    "matmul": (pg.matmul, (samples(301, 257), samples(257, 203))),
    "tall matmul": (pg.matmul, (samples(1000, 64), samples(64, 50))),
    "wide matmul": (pg.matmul, (samples(33, 300), samples(300, 999))),
    "float64 matmul": (pg.matmul, (samples(310, 310, dtype="float64"),) * 2),
    "transposed matmul": (lambda x, y: x.T @ y.T, (samples(257, 301), samples(203, 257))),
    "integer matmul": (pg.matmul, (np.arange(90_000).reshape(300, 300),) * 2),
    "matrix times vector": (pg.matmul, (samples(2100, 2050), samples(2050))),
    "vector times matrix": (pg.matmul, (samples(2050), samples(2050, 2100))),
    "transposed matrix times vector": (lambda x, y: x.T @ y, (samples(2050, 2100), samples(2050))),
    "vector times vector": (pg.matmul, (samples(300_001), samples(300_001))),
    "short steps": (short_steps, (samples(4096) / 100,)),
    "batch": (pg.matmul, (samples(40, 60, 70), samples(70, 50))),
}


@pytest.mark.parametrize("name", CASES)
def test_bits_do_not_depend_on_the_threads(name: str) -> None:
    function, arguments = CASES[name]
    tensors = [pg.asarray(argument) for argument in arguments]

    def bits(way: Callable[..., Any]) -> bytes:
        return np.asarray(way(*tensors)).tobytes()

    ways = {"eager": function, "staged": pg.function(function)}
    pg.runtime.num_threads(1)
    alone = {way: bits(call) for way, call in ways.items()}
    # A transposed operand is read where it stands only if staged: then sums have another order.
    assert alone["eager"] == alone["staged"] or name.startswith("transposed")
    for count in (2, 3, 8):
        pg.runtime.num_threads(count)
        for way, call in ways.items():
            assert bits(call) == alone[way], f"{way}, {count} threads"


@pytest.mark.parametrize("n", [4095, 4096, 4097, 8192, 20_000, 300_001])
@pytest.mark.parametrize("dtype", ["bool", "int32", "int64", "float32", "float64"])
def test_long_lines_reduce_like_numpy(n: int, dtype: str) -> None:
    x = (RNG.normal(size=n) * 3).astype(dtype)
    tensor = pg.asarray(x)
    for name in ("max", "min", "all", "any"):
        assert np.asarray(getattr(pg, name)(tensor)) == getattr(np, name)(x), name
    floating = x.dtype.kind == "f"
    want = x.sum(dtype="longdouble" if floating else "int64")
    bound = 4 * np.finfo(dtype).eps * np.abs(x).sum(dtype="float64") if floating else 0
    assert abs(np.asarray(pg.sum(tensor)) - want) <= bound


def test_a_fault_in_a_range_is_the_callers() -> None:
    pg.runtime.num_threads(4)
    x = np.arange(1, 400_001)
    x[333_333] = 0
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        pg.asarray(x) // pg.asarray(x)
    assert (np.asarray(pg.asarray(x[:1000]) // pg.asarray(x[:1000])) == 1).all()


def test_threads_of_the_caller_share_the_pool() -> None:
    pg.runtime.num_threads(3)
    x = pg.asarray(LONG)
    function = pg.function(lambda x: pg.sum(pg.exp(x / 100) * x))
    want = np.asarray(function(x))
    found: list[Array] = []

    def work() -> None:
        found.extend(np.asarray(function(x)) for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert all(result == want for result in found)


@pytest.mark.unsanitized
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own() -> None:
    pg.runtime.num_threads(2)
    x = pg.asarray(LONG)
    want = np.asarray(pg.sum(pg.exp(x / 100)))
    child = os.fork()
    if child == 0:
        os._exit(0 if np.asarray(pg.sum(pg.exp(x / 100))) == want else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert np.asarray(pg.sum(pg.exp(x / 100))) == want


@pytest.mark.parametrize("count", [0, -1, 257])
def test_the_number_of_threads_is_checked(count: int) -> None:
    before = pg.runtime.num_threads()
    with pytest.raises(ValueError, match=f"from 1 to 256, got {count}"):
        pg.runtime.num_threads(count)
    assert pg.runtime.num_threads() == before
    with pytest.raises(TypeError):
        pg.runtime.num_threads(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "count", "said"), [("3", 3, ""), ("many", None, "is no number")])
def test_the_environment_gives_the_number_of_threads(
    text: str, count: int | None, said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from pygraph import _core; print(_core.thread_count())"],
        env={**os.environ, "PYGRAPH_NUM_THREADS": text},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) == (count or len(os.sched_getaffinity(0)))
    assert said in done.stderr
