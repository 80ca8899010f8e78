"""Allocations that fail, at any place: MemoryError, and all goes on."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pygraph as pg

ROOT = Path(pg.__file__).parent.parent
pytestmark = pytest.mark.unsanitized

FAILING = r"""
// malloc and its relatives, of which one call after another fails on demand, where pygraph calls.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

extern void* __libc_malloc(size_t);
extern void* __libc_memalign(size_t, size_t);

static __thread int countdown = -1;
static __thread int asked = 0;
static __thread int lasting = 0;

void fail_after(int calls, int always) { countdown = calls; asked = 0; lasting = always; }
int stop_failing(void) { countdown = -1; return asked; }

static int refused(void) {
  if (countdown < 0) return 0;
  ++asked;
  if (countdown > 0) { --countdown; return 0; }
  if (!lasting) countdown = -1;
  errno = ENOMEM;
  return 1;
}

// C++ only: Python's own objects come from pymalloc's arenas and malloc.
void* _Znwm(size_t size) {
  extern void refuse_new(void);
  void* made = refused() ? NULL : __libc_malloc(size ? size : 1);
  if (made == NULL) refuse_new();
  return made;
}
void* aligned_alloc(size_t alignment, size_t size) {
  return refused() ? NULL : __libc_memalign(alignment, size);
}
"""

THROWING = r"""
#include <new>
extern "C" void refuse_new() { throw std::bad_alloc(); }
"""

START = f"""
import ctypes, sys
sys.path.insert(0, {str(ROOT)!r})
import numpy as np
import pygraph as pg

failing = ctypes.PyDLL(None)

def try_everywhere(action, lasting, check):
    # The first allocation fails, then only the second, and so on, until there are no more.
    failures = 0
    for place in range(100_000):
        failing.fail_after(place, lasting)
        try:
            result = action()
        except MemoryError:
            failures += 1
        finally:
            asked = failing.stop_failing()
        if asked <= place:
            break
        check(action())
    return failures

function = pg.function(lambda x, y: (pg.sort(x + y), pg.sum(x * y, axis=0)), autograph=False)
x = pg.asarray(np.arange(3000.0).reshape(3, 1000))
variable = pg.Variable(np.zeros(5))
nonzero = pg.function(
    lambda m: pg.nonzero(m)[0] * 2,
    autograph=False, input_signature=[pg.TensorSpec((None,), pg.bool)],
)
mask = np.arange(5000) % 2 == 0
@pg.function
def loop(n):
    out = []
    for i in pg.range(n):
        out.append(i * 2)
    return out
@pg.function
def fails(i):
    if i > 3:
        raise ValueError(f"number {{i}}")
    return i
def sine(a):
    return pg.sin(a) + 1
def refuse():
    try:
        fails(pg.asarray(7))
    except ValueError as error:
        return str(error)
def profile():
    with pg.profile() as p:
        function(x, x)
    return p.rows
"""

ACTIONS = {
    "an eager op": "lambda: pg.sort(x * 2 + 1)[0, 0].item(), lambda r: None",
    "a small tensor": "lambda: pg.asarray(3) + 4, lambda r: r.item() == 7 or 1 / 0",
    "a number": "lambda: pg.asarray([1.0, 2.0]), lambda r: r.shape == (2,) or 1 / 0",
    "a call": "lambda: function(x, x), lambda r: None",
    "a call on arrays": "lambda: function(np.ones((3, 1000)), x), lambda r: None",
    "a shape from data": "lambda: nonzero(mask), lambda r: r.shape == (2500,) or 1 / 0",
    "a list": "lambda: loop(pg.asarray(100)), lambda r: len(r) == 100 or 1 / 0",
    "a variable": "lambda: variable.assign_add(np.ones(5)), lambda r: None",
    "an item": "lambda: x[0, 5:7], lambda r: r.shape == (2,) or 1 / 0",
    "an exception": "refuse, lambda r: r == 'number 7' or 1 / 0",
    "a profile": "profile, lambda r: None",
    "a trace": "lambda: pg.function(sine, autograph=False)(x), lambda r: None",
    "statistics": "pg.runtime.memory_stats, lambda r: None",
}


@pytest.fixture(scope="module")
def allocator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("gcc") is None or shutil.which("g++") is None:
        pytest.skip("needs a compiler")
    folder = tmp_path_factory.mktemp("allocator")
    (folder / "failing.c").write_text(FAILING)
    (folder / "throwing.cpp").write_text(THROWING)
    library = folder / "failing.so"
    for command in (
        ["gcc", "-O1", "-fPIC", "-fexceptions", "-c", "failing.c"],
        ["g++", "-O1", "-fPIC", "-c", "throwing.cpp"],
        ["g++", "-shared", "-o", str(library), "failing.o", "throwing.o", "-ldl"],
    ):
        subprocess.run(command, cwd=folder, check=True)
    return library


@pytest.mark.parametrize("lasting", [0, 1], ids=["once", "from then on"])
@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_each_allocation_may_fail(action: str, lasting: int, allocator: Path) -> None:
    run, check = action.rsplit(", lambda r:", 1)
    script = f"{START}\n(({run})())\nprint(try_everywhere({run}, {lasting}, lambda r:{check}))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"LD_PRELOAD": str(allocator), "PYTHONMALLOC": "pymalloc"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) >= 0


LIMITED = f"""
import resource, sys
sys.path.insert(0, {str(ROOT)!r})
import numpy as np
import pygraph as pg
pg.sum(pg.ones(1000))

def limit(more):
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + more, -1))
"""


def run_limited(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED + script], capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def test_kept_blocks_make_room() -> None:
    script = """
kept = pg.ones(256 << 17)
del kept
limit(64 << 20)
assert pg.runtime.memory_stats()["bytes_cached"] >= 256 << 20
print(pg.ones(128 << 17)[0].item())
print(pg.runtime.memory_stats()["bytes_cached"] >> 20)
"""
    assert run_limited(script).split() == ["1.0", "128"]  # what was kept before is gone


@pytest.mark.parametrize(
    "action",
    [
        "pg.ones(1 << 30)",
        "pg.arange(1 << 30)",
        "pg.asarray(np.broadcast_to(np.float64(1), (1 << 30,)))",
        "pg.broadcast_to(pg.asarray(1.0), (1 << 30,))",
        "pg.function(lambda x: pg.broadcast_to(x, (1 << 30,)) * 2)(pg.asarray(1.0))",
        "pg.sort(pg.broadcast_to(pg.asarray(1.0), (1 << 30,)))",
        "pg.concat([pg.ones(1 << 22)] * 200)",
        "pg.ones(1 << 22).tolist()" if hasattr(pg.Tensor, "tolist") else "pg.ones(1 << 30)",
    ],
)
def test_a_result_too_large_is_a_memory_error(action: str) -> None:
    script = f"""
limit(300 << 20)
try:
    {action}
except MemoryError:
    print("no memory")
print(pg.sum(pg.ones(10)).item())
"""
    assert run_limited(script).split("\n")[-1] == "10.0"
