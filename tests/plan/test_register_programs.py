"""Register programs, interpreted and native, give the bits and the faults of the kernels."""

from __future__ import annotations

import itertools
import linecache
import os
import platform
import random
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pygraph as pg
from pygraph import _hot

OFF = "-register_programs"
INTERPRETED = "-native_code"
Operation = Callable[[Any, Any], Any]

NATIVE = platform.machine() == "x86_64" and sys.platform in ("linux", "darwin")

ARITHMETIC = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "square": lambda a, b: a**2,
    "negative": lambda a, b: -a,
    "abs": lambda a, b: abs(a),
    "maximum": pg.maximum,
    "minimum": pg.minimum,
    "divide": lambda a, b: a / b,
    "quarter": lambda a, b: a / 4 + b / -0.5 - a / 3 + b / 2.0**1022 + a / 2.0**-100,
    "where": lambda a, b: pg.where(a < b, a, b),
    "clip": lambda a, b: pg.clip(a, -3, b),
    "sum of products": lambda a, b: a * b + b * a + a,
    "sum and square": lambda a, b: b + a**2,
    "lesser": lambda a, b: pg.where(b < a, b, a),
    "greater": lambda a, b: pg.where(b > a, b, a),
    "other one": lambda a, b: pg.where(a > b, b, a),
    "tanh": lambda a, b: pg.tanh(a),
    "sqrt": lambda a, b: pg.sqrt(a),
}
TESTS = {
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
}
LOGIC = {
    "and": pg.logical_and,
    "or": pg.logical_or,
    "not": lambda a, b: pg.logical_not(a),
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
    "nested": lambda a, b: pg.logical_not(pg.logical_and(a, pg.logical_or(b, pg.logical_not(a)))),
}
WHOLE = {
    "bitwise_and": lambda a, b: a & b,
    "bitwise_or": lambda a, b: a | b,
    "bitwise_xor": lambda a, b: a ^ b,
    "bitwise_left_shift": lambda a, b: a << b,
    "bitwise_right_shift": lambda a, b: a >> b,
    "half": lambda a, b: a // 2 + b // 64 + b // 1,
    "parity": lambda a, b: a % 2 + b % 1024 + b % 1,
    "thirds": lambda a, b: a // 3 + b % -3,
    "sevenths": lambda a, b: a % 7 + b // -7,
    "tens": lambda a, b: a % 10 + b // 10,
    "primes": lambda a, b: a // 1000003 + b % 65537,
}
CASTS = {
    name: lambda a, b, name=name: pg.astype(a, getattr(pg, name))
    for name in ("bool", "int32", "int64", "float32", "float64")
}
DIVISIONS = {
    "floor_divide": lambda a, b: a // b,
    "remainder": lambda a, b: a % b,
    "pow": lambda a, b: a**b,
}


def used(ops: Sequence[Operation]) -> Callable[..., Any]:
    """Return a function that computes all of ``ops`` in a loop of one turn."""

    def compute(a, b):
        return tuple([op(a, b) for op in ops])

    def f(a, b, turns):
        results = compute(a, b)
        for _ in pg.range(turns):
            results = compute(a, b)
        return results

    return f


def branched(ops: Sequence[Operation]) -> Callable[..., Any]:
    """Return a function that uses a condition in every kind of jump."""
    (op,) = ops

    def f(a, b, turns):
        taken = 0
        failed = 0
        if op(a, b):
            taken += 1
        if not op(a, b):
            failed += 1
        taken += 2 * failed
        while taken < 20 and op(a, b):
            taken += 4
        while taken < 40 and not op(a, b):
            taken += 8
        while op(a, b):
            taken += 16
            a, b = b, a
            if taken > 100 or not turns:
                break
        for i in pg.range(turns):
            if op(a, b) or i > taken:
                continue
            taken += 32
        return taken

    return f


def compiled(function: Callable[..., Any], passes: str, *sample: Any) -> Callable[..., Any]:
    """Return the function compiled with these passes for arguments like the sample."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYGRAPH_PASSES", passes)
        staged = pg.function(function)
        staged.get_concrete_function(*sample)
        return staged


def outcome(function: Callable[..., Any], *arguments: Any) -> object:
    """Return the bits of the results, or what was raised and where."""
    try:
        results = function(*arguments)
    except (ArithmeticError, LookupError, ValueError) as error:
        return type(error), str(error), traceback.extract_tb(error.__traceback__)[-1].lineno
    parts = results if isinstance(results, tuple) else (results,)
    return [np.asarray(part).tobytes() for part in parts]


def edges(dtype: str) -> list[Any]:
    """Return the numbers of a dtype that formulas go wrong at."""
    if dtype == "bool":
        values: list[Any] = [False, True]
    elif dtype.startswith("float"):
        values = [0.0, -0.0, 1.0, -3.5, 0.75, 1e30, np.inf, -np.inf, np.nan]
    else:
        top = np.iinfo(dtype).max
        values = [0, 1, -1, 2, -7, 64, 77, top, -top - 1, top // 2, -(top // 2) - 1]
    return [np.asarray(value, dtype) for value in values]


def check(function: Callable[..., Any], dtype: str) -> None:
    """Compare register programs, native and not, with kernels, for every pair of edges."""
    one = np.asarray(1)
    numbers = edges(dtype)
    plain = compiled(function, OFF, numbers[0], numbers[0], one)
    program = compiled(function, INTERPRETED, numbers[0], numbers[0], one)
    native = compiled(function, "", numbers[0], numbers[0], one)
    (concrete,) = native.concrete_functions
    assert "registers" in concrete.plan.as_text()
    assert NATIVE is ("native code" in concrete.plan.as_text())
    for a, b in itertools.product(numbers, numbers):
        expected = outcome(plain, a, b, one)
        assert outcome(program, a, b, one) == expected, (a, b)
        assert outcome(native, a, b, one) == expected, (a, b)


NUMBERS = ("int32", "int64", "float32", "float64")


@pytest.mark.parametrize("dtype", ["bool", *NUMBERS])
def test_values(dtype):
    tables = {"bool": LOGIC}.get(dtype, ARITHMETIC | TESTS | CASTS)
    check(used([*tables.values(), *(WHOLE.values() if "int" in dtype else ())]), dtype)


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("name", DIVISIONS)
def test_divisions(name, dtype):
    check(used([DIVISIONS[name]]), dtype)


@pytest.mark.parametrize(
    ("name", "dtype"),
    [(name, dtype) for name in TESTS for dtype in ("int64", "float64")]
    + [("less", "int32"), ("greater_equal", "float32")]
    + [(name, "bool") for name in LOGIC],
)
def test_conditions(name, dtype):
    check(branched([(LOGIC if dtype == "bool" else TESTS)[name]]), dtype)


def written(x, value, *index):
    """Return a copy of ``x`` with one element replaced."""
    return _hot.apply("scatter", (x, value, *index), {"axis": 0})


def edit_distance(a, b, table):
    rows, columns = table.shape
    for i in pg.range(rows):
        for j in pg.range(columns):
            if i == 0 or j == 0:
                table = written(table, i + j, i, j)
            elif a[i - 1] == b[j - 1]:
                table = written(table, table[i - 1, j - 1], i, j)
            else:
                best = pg.minimum(table[i - 1, j], table[i, j - 1])
                table = written(table, pg.minimum(best, table[i - 1, j - 1]) + 1, i, j)
    return table


@pytest.mark.parametrize("dtype", ["int32", "int64", "float32", "float64"])
@pytest.mark.parametrize("passes", ["", "none", OFF, INTERPRETED, "-coalesce"])
def test_a_table_filled_element_by_element(dtype, passes, monkeypatch):
    monkeypatch.setenv("PYGRAPH_PASSES", passes)
    a, b = np.array([1, 5, 2, 2, 7]), np.array([5, 2, 3, 7])
    table = np.zeros((6, 5), dtype)
    found = np.asarray(pg.function(edit_distance)(a, b, table))
    expected = np.add.outer(np.arange(6), np.arange(5))
    for i, j in itertools.product(range(1, 6), range(1, 5)):
        costs = expected[i - 1, j] + 1, expected[i, j - 1] + 1, expected[i - 1, j - 1] + 1
        expected[i, j] = expected[i - 1, j - 1] if a[i - 1] == b[j - 1] else min(costs)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == dtype
    assert not table.any()


def test_the_whole_table_is_one_program():
    sample = np.zeros(3, int), np.zeros(4, int), np.zeros((4, 5), int)
    text = pg.function(edit_distance).get_concrete_function(*sample).plan.as_text()
    kinds = [line.split()[1] for line in text.splitlines() if line[:4].strip().isdigit()]
    assert [kind for kind in kinds if kind != "move"] == ["registers", "finish"]


def raises_what_it_computed(n, limit):
    total = 0
    for i in range(n):
        if total > limit:
            raise ValueError(f"{total} at {i} of {n}, limit {limit}", total, i, n)
        total += i * i
    return total


def raises_what_was_computed_before(n, limit):
    first = n * 2 + 1
    other = limit - 7
    total = 0
    for i in range(n):
        total += i
        if total > limit:
            raise KeyError(first, other, total * 2, 3)
    return total, other


def raises_in_the_inner_loop(n, limit):
    count = 0
    for i in range(n):
        j = i
        while j > 0:
            if j * i == limit:
                raise IndexError(f"{i} x {j}")
            j -= 1
            count += j
        if count > 10 * limit:
            raise OverflowError
    return count


def raises_behind_a_loop(n, limit):
    total = 0.5
    for _i in range(n):
        total *= 1.25
    if total > limit:
        raise ArithmeticError(total, total / 2)
    return total


@pytest.mark.parametrize("passes", ["", "none", OFF, INTERPRETED, "-coalesce", "-reuse_memory"])
@pytest.mark.parametrize(
    "function",
    [
        raises_what_it_computed,
        raises_what_was_computed_before,
        raises_in_the_inner_loop,
        raises_behind_a_loop,
    ],
)
def test_raise(function, passes):
    def told(of, *arguments):
        try:
            return of(*arguments)
        except (ArithmeticError, LookupError, ValueError) as error:
            return type(error), *map(str, error.args)

    staged = compiled(function, passes, np.asarray(1), np.asarray(1))
    for n, limit in itertools.product((0, 1, 5, 30), (-1, 3, 12, 100, 10**6)):
        wanted = told(function, n, limit)
        got = told(staged, np.asarray(n), np.asarray(limit))
        if isinstance(wanted, tuple) and isinstance(wanted[0], type):
            assert got[0] is wanted[0]
            texts = [text.removeprefix("Tensor(").partition(", dtype")[0] for text in got[1:]]
            assert texts == list(wanted[1:]), (n, limit)
        else:
            assert got == wanted, (n, limit)


def test_a_loop_with_raise_is_one_program():
    staged = pg.function(raises_in_the_inner_loop)
    text = staged.get_concrete_function(np.asarray(1), np.asarray(1)).plan.as_text()
    kinds = [line.split()[1] for line in text.splitlines() if line[:4].strip().isdigit()]
    assert [kind for kind in kinds if kind != "move"] == ["registers", "finish"]


def take(x, i, j, k, turns):
    total = x[i, j, k]
    for _ in pg.range(turns):
        total = x[i, j, k]
    return total


def put(x, i, j, k, turns):
    for _ in pg.range(turns):
        x = written(x, 9, i, j, k)
    return x


@pytest.mark.parametrize("function", [take, put])
@pytest.mark.parametrize("dtype", ["bool", "int32", "float64"])
def test_positions_in_three_axes(function, dtype):
    x = np.arange(24).reshape(2, 3, 4).astype(dtype)
    sample = x, *map(np.asarray, (0, 0, 0, 1))
    plain, program = compiled(function, OFF, *sample), compiled(function, INTERPRETED, *sample)
    native = compiled(function, "", *sample)
    faults = 0
    for index in itertools.product([-3, -2, 1, 2], [-4, -3, 2, 3], [-5, -4, 0, 3, 4, 2**62]):
        arguments = x, *map(np.asarray, (*index, 1))
        expected = outcome(plain, *arguments)
        assert outcome(program, *arguments) == expected
        assert outcome(native, *arguments) == expected
        faults += isinstance(expected, tuple)
    assert faults == 96 - 2 * 2 * 3


def primes(n):
    flags = pg.ones(n, dtype=pg.bool)
    i = 2
    while i * i < n:
        if flags[i]:
            for j in pg.range(i * i, n, i):
                flags = written(flags, False, j)
        i += 1
    return flags


def binomials(n):
    table = pg.zeros((n, n), dtype=pg.int64)
    for i in pg.range(n):
        table = written(table, 1, i, 0)
        for j in pg.range(1, i + 1):
            table = written(table, table[i - 1, j - 1] + table[i - 1, j], i, j)
    return table


def kept(n):
    x = pg.arange(n)
    first = x
    for i in pg.range(n):
        x = written(x, x[i] * 2, -1 - i)
    return first, x


def counted(n):
    x, y = pg.zeros(n), pg.zeros((2, n + 1))
    i = 0
    while i < x.shape[0] * y.shape[1]:
        i += y.shape[0]
    return i


def cubes(n):
    x = pg.zeros((n, n + 1, n + 2))
    for i in pg.range(n):
        x = written(x, i + 0.5, i, -1, i)
        x = written(x, x[i, -1, i] * 2, i, 0, -1)
    return x


@pytest.mark.parametrize("function", [primes, binomials, kept, counted, cubes])
@pytest.mark.parametrize("passes", ["", "none", OFF, INTERPRETED, "-coalesce"])
def test_arrays_of_sizes_known_at_run_time(function, passes, monkeypatch):
    monkeypatch.setenv("PYGRAPH_PASSES", passes)
    staged = pg.function(function)
    for n in (7, 1, 30):
        expected = outcome(function, pg.asarray(n))
        assert outcome(staged, pg.asarray(n)) == expected
        assert isinstance(expected, list)


def test_writing_an_element_of_such_an_array_is_one_step():
    text = pg.function(primes).get_concrete_function(pg.asarray(9)).plan.as_text()
    assert "store_uint8" in text
    assert "dynamic scatter" not in text


def beyond(n, i):
    x = pg.zeros((n, n + 1))
    for _ in pg.range(n):
        x = written(x, 1.0, 0, i)
    return x


def test_a_position_outside_such_an_array_is_named():
    staged = pg.function(beyond)
    with pytest.raises(IndexError, match="index 4 is out of range for an axis of size 4"):
        staged(pg.asarray(3), pg.asarray(4))
    assert outcome(staged, pg.asarray(3), pg.asarray(-4)) == outcome(
        beyond, pg.asarray(3), pg.asarray(-4)
    )


class Writer:
    """Writes one program over integers, floats, bools and two arrays."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines = ["def f(a, b, u, v, x, m, turns):"]
        self.depth = 1
        self.counters = 0
        self.budget = 16

    def choose(self, *options: Any) -> Any:
        return self.random.choice(options)

    def write(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def program(self) -> str:
        for _ in range(4):
            self.statement()
        self.write("return a, b, u, v, x, m")
        return "\n".join(self.lines) + "\n"

    def statement(self) -> None:
        self.budget -= 1
        simple = [self.assign, self.assign, self.put]
        nested = [] if self.budget < 0 or self.depth > 3 else [self.branch, self.loop]
        self.choose(*simple, *nested)()

    def block(self) -> None:
        self.depth += 1
        for _ in range(self.choose(1, 2, 3)):
            self.statement()
        self.depth -= 1

    def assign(self) -> None:
        if self.choose(True, False):
            self.write(f"{self.choose('a', 'b')} = {self.integer(2)} + 0 * turns")
        else:
            self.write(f"{self.choose('u', 'v')} = {self.number(2)} + 0 * turns")

    def put(self) -> None:
        if self.choose(True, False):
            self.write(f"x = written(x, {self.integer(1)}, {self.index()})")
        else:
            self.write(f"m = written(m, {self.number(1)}, {self.index()}, {self.index()})")

    def branch(self) -> None:
        self.write(f"if {self.condition(2)}:")
        self.block()
        if self.choose(True, False):
            self.write("else:")
            self.block()

    def loop(self) -> None:
        self.counters += 1
        name = f"i{self.counters}"
        if self.choose(True, False):
            self.write(f"for {name} in pg.range(turns):")
            self.block()
            if self.choose(True, False):
                self.depth += 1
                self.write(f"if {self.condition(1)}:")
                self.write(f"    {self.choose('break', 'continue')}")
                self.write(f"a = {name}")
                self.depth -= 1
            return
        self.write(f"{name} = turns")
        self.write(f"while {name} > 0 {self.choose('and', 'and not')} {self.condition(1)}:")
        self.depth += 1
        self.write(f"{name} = {name} - 1")
        self.depth -= 1
        self.block()

    def index(self) -> str:
        return self.choose("a % 4", "b % 4", "0", "-1", "a & 1", "1 - turns", self.integer(0))

    def integer(self, depth: int) -> str:
        if depth == 0:
            return self.choose("a", "b", "1", "2", "3")
        one, other = self.integer(depth - 1), self.integer(depth - 1)
        return self.choose(
            f"{one} + {other}",
            f"{one} - {other}",
            f"({one}) * ({other})",
            f"({one}) // (a - {other})",
            f"({one}) % (b - {other})",
            f"({one}) % 8",
            f"x[{self.index()}]",
            f"pg.where({self.condition(0)}, {one}, {other})",
            f"pg.minimum({one}, {other})",
            "pg.astype(a < b, pg.int64)",
        )

    def number(self, depth: int) -> str:
        if depth == 0:
            return self.choose("u", "v", "0.5", "-2.0")
        one, other = self.number(depth - 1), self.number(depth - 1)
        return self.choose(
            f"{one} + {other}",
            f"{one} - ({other})",
            f"({one}) * ({other})",
            f"({one}) / (u - {other})",
            f"pg.maximum({one}, {other})",
            f"m[{self.index()}, {self.index()}]",
            f"pg.sin({one})",
            f"{one} + a",
            f"-({one})",
        )

    def condition(self, depth: int) -> str:
        if depth > 0 and self.choose(True, False):
            one, other = self.condition(depth - 1), self.condition(depth - 1)
            return self.choose(
                f"{one} and {other}",
                f"({one} or {other})",
                f"not ({one})",
                f"pg.logical_or({one}, pg.logical_not({other}))",
            )
        test = self.choose("<", "<=", ">", ">=", "==", "!=")
        if self.choose(True, False):
            return f"({self.integer(1)} {test} {self.integer(0)})"
        return f"({self.number(0)} {test} {self.number(1)})"


def build(text: str) -> Callable[..., Any]:
    """Return the function of this source."""
    name = "<elements>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    scope: dict[str, Any] = {"pg": pg, "written": written}
    exec(compile(text, name, "exec"), scope)
    return scope["f"]


@given(
    seed=st.integers(0, 2**32),
    whole=st.tuples(*[st.integers(-9, 9)] * 2, st.integers(0, 4)),
    numbers=st.tuples(*[st.floats(-4, 4)] * 2),
)
def test_random_programs(seed, whole, numbers):
    text = Writer(seed).program()
    a, b, turns = map(np.asarray, whole)
    u, v = map(np.asarray, numbers)
    arguments = a, b, u, v, np.arange(4) - 1, np.linspace(-1, 1, 16).reshape(4, 4), turns
    outcomes = [
        outcome(compiled(build(text), passes, *arguments), *arguments)
        for passes in ("", INTERPRETED, "none")
    ]
    assert outcomes[0] == outcomes[1] == outcomes[2], text


def mixed(n):
    """Use many numbers of both kinds, a kernel and a division that the interpreter makes."""
    a, b, c, d, e = 1, 2, 3, 4, 5
    u, v, w = 0.5, 0.25, 0.0
    for i in pg.range(n):
        a, b, c, d, e = b + i, c ^ a, d - e, (e * a) % 1009, a // (i % 3 - 4)
        if i % 1000 == 0:
            w = w + pg.sin(v) - (i - 1) // (i // 1000 % 3 * 2 - 3)
        u, v = v * 0.999 + w, u + 1 / (b % 17 + 1)
    return a, b, c, d, e, u, v, w


def test_a_long_loop_is_taken_up_again_after_each_poll():
    arguments = (np.asarray(300_000),)
    expected = outcome(compiled(mixed, OFF, *arguments), *arguments)
    assert isinstance(expected, list)
    for passes in ("", INTERPRETED):
        assert outcome(compiled(mixed, passes, *arguments), *arguments) == expected


WITHOUT_EXECUTABLE_MEMORY = """
import ctypes, sys
import pygraph as pg

PR_SET_MDWE, REFUSE_EXECUTABLE = 65, 1
if ctypes.CDLL(None).prctl(PR_SET_MDWE, REFUSE_EXECUTABLE, 0, 0, 0) != 0:
    sys.exit(5)

@pg.function
def triangle(n):
    total = 0
    for i in pg.range(n):
        total += i
    return total

assert int(triangle(pg.asarray(9))) == 36
(concrete,) = triangle.concrete_functions
assert "registers" in concrete.plan.as_text() and "native code" not in concrete.plan.as_text()
"""


@pytest.mark.slow
def test_where_no_memory_may_be_made_executable_programs_are_interpreted(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(WITHOUT_EXECUTABLE_MEMORY)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, str(program)], check=False, env=environment)
    if done.returncode == 5:
        pytest.skip("this kernel cannot refuse executable memory")
    assert done.returncode == 0


def test_constants_in_the_text_are_numbers():
    def halved(x, turns):
        for _ in pg.range(turns):
            x = x * 0.3 - 7.5
        return x

    for dtype in (pg.float32, pg.float64):
        arguments = pg.asarray(1.0, dtype=dtype), pg.asarray(3)
        text = pg.function(halved).get_concrete_function(*arguments).plan.as_text()
        constants = {line.split(" = ")[1] for line in text.splitlines() if " = " in line}
        assert constants == {"0.3", "7.5", "1"}


@settings(max_examples=25, deadline=None)
@given(
    st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-1100, 1100)).filter(bool),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20),
)
def test_division_by_any_constant(divisor, numbers):
    def divided(x):
        quotients, rests = pg.zeros_like(x), pg.zeros_like(x)
        for i in pg.range(x.shape[0]):
            quotients[i] = x[i] // divisor
            rests[i] = x[i] % divisor
        return quotients, rests

    near = [divisor * k + rest for k in range(-2, 3) for rest in (-1, 0, 1)]
    for dtype in (np.int64, np.int32):
        limits = np.iinfo(dtype)
        if not limits.min <= divisor <= limits.max:
            continue
        edges = [0, 1, -1, limits.min, limits.min + 1, limits.max]
        fitting = [n for n in [*numbers, *near] if limits.min <= n <= limits.max]
        x = np.array([*edges, *fitting], dtype)
        with np.errstate(over="ignore"):
            wanted = x // dtype(divisor), x % dtype(divisor)
        quotients, rests = pg.function(divided)(x)
        np.testing.assert_array_equal(quotients, wanted[0])
        np.testing.assert_array_equal(rests, wanted[1])
