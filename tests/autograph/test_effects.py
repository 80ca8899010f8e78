"""`assert`, `raise`, `print` and text of tensors: when the graph runs, as Python does eagerly."""

from __future__ import annotations

import gc
import io
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

import asserting
import pytest

import pygraph as pg


class CodedError(ValueError):
    """An exception with a constructor of its own."""

    def __init__(self, code: int, x: Any) -> None:
        super().__init__(f"code {code}: {x:.1f}")
        self.code = code
        self.x = x


TABLE_ERROR = LookupError("table", 3)


def outcome(function: Callable[..., Any], *arguments: Any) -> tuple[Any, ...]:
    """Return what a call gives: a result, or the type, arguments and cause of its exception."""
    try:
        result = function(*map(pg.asarray, arguments))
    except Exception as error:
        cause = error.__cause__
        return type(error), repr(error.args), str(error), type(cause), str(cause)
    return repr(result), None, None, None, None


def check(function: Callable[..., Any], *calls: Any, capsys: Any = None) -> None:
    """Compare what a function does eagerly and staged, traced with the first arguments."""
    staged = pg.function(function)
    for arguments in calls:
        arguments = arguments if isinstance(arguments, tuple) else (arguments,)
        assert outcome(staged, *arguments) == outcome(function, *arguments)
        if capsys is not None:
            printed = capsys.readouterr().out
            staged(*map(pg.asarray, arguments))
            first = capsys.readouterr().out
            function(*map(pg.asarray, arguments))
            assert first == capsys.readouterr().out
            assert printed.endswith(first)
    assert staged.tracing_count == 1


def test_raise_in_a_branch() -> None:
    def use(x):
        if x > 3.0:
            raise ValueError("too big", 7)
        elif x < 0.0:  # noqa: RET506
            raise KeyError(f"negative: {x:.3f}") from ZeroDivisionError(x)
        else:
            y = "kept"
        if x == 1.0:
            raise CodedError(5, x)
        return x * 2, y

    check(use, 2.0, 5.0, -1.5, 1.0, 2.5)


def test_attributes_of_an_exception_have_values() -> None:
    @pg.function
    def use(x):
        if x > 0.0:
            raise CodedError(5, x)
        return x

    with pytest.raises(CodedError) as caught:
        use(pg.asarray(2.0))
    assert caught.value.code == 5
    assert caught.value.x.item() == 2.0
    with pytest.raises(CodedError) as again:
        use(pg.asarray(3.0))
    assert again.value is not caught.value
    assert again.value.x.item() == 3.0


class StrictError(Exception):
    """An exception whose constructor takes what its text does not say."""

    def __new__(cls, x: Any, *, limit: int) -> StrictError:
        return super().__new__(cls, x)

    def __init__(self, x: Any, *, limit: int) -> None:
        super().__init__(f"{x} > {limit}")
        self.limit = limit


def test_exceptions_with_constructors_of_their_own() -> None:
    @pg.function
    def use(x):
        if x > 5:
            raise StrictError(x, limit=5)
        if x > 4:
            raise FileNotFoundError(2, "No such file", "name.txt")
        if x > 3:
            raise UnicodeDecodeError("utf-8", b"abc", 0, 1, "bad")
        if x > 2:
            raise SystemExit(3)
        if x > 1:
            raise ExceptionGroup("both", [ValueError(1), TypeError(2)])
        return x

    with pytest.raises(StrictError, match=r"^6 > 5$") as strict:
        use(pg.asarray(6))
    assert strict.value.limit == 5
    with pytest.raises(FileNotFoundError, match=r"name\.txt") as missing:
        use(pg.asarray(5))
    assert (missing.value.errno, missing.value.filename) == (2, "name.txt")
    with pytest.raises(UnicodeDecodeError, match="byte 0x61 in position 0: bad"):
        use(pg.asarray(4))
    with pytest.raises(SystemExit) as left:
        use(pg.asarray(3))
    assert left.value.code == 3
    with pytest.raises(ExceptionGroup) as group:
        use(pg.asarray(2))
    assert [type(error) for error in group.value.exceptions] == [ValueError, TypeError]


def test_raise_in_loops() -> None:
    def use(x, n):
        total = 0.0
        for i in range(n):
            if total > 5.0:
                raise OverflowError(f"after {i} steps", i)
            total = total + x
        else:
            if n == 0:
                raise RuntimeError
        while x > 1.0:
            if x > 100.0:
                raise LookupError(x)
            x = x / 2.0
        return total, x

    check(use, (1.0, 3), (3.0, 9), (200.0, 1), (1.0, 0))


def test_every_way_raises() -> None:
    def use(x):
        if x > 0.0:
            raise ValueError("positive")
        else:  # noqa: RET506
            raise TypeError("not positive")
        return x  # type: ignore[unreachable]

    def nested(x, n):
        for i in range(n):
            if x > 1.0:
                if x > 2.0:
                    raise ValueError(i)
                raise TypeError(i)
            raise KeyError(i)
        return x

    check(use, 1.0, -1.0)
    check(nested, (3.0, 1), (1.5, 2), (0.5, 1), (0.5, 0))


def test_a_raise_that_ends_the_graph() -> None:
    def use(x):
        print("got", x)
        raise ValueError("always")

    def plain(x):
        raise ValueError("always")

    staged = pg.function(use)
    out = io.StringIO()
    sys.stdout, former = out, sys.stdout
    try:
        for value in (1.0, 2.0):
            with pytest.raises(ValueError, match="always"):
                staged(pg.asarray(value))
    finally:
        sys.stdout = former
    assert out.getvalue() == "got Tensor(1.0, dtype=float64)\ngot Tensor(2.0, dtype=float64)\n"
    assert staged.tracing_count == 1
    # With nothing to do before it, it is Python's own and the graph is not made.
    assert pg.function(plain).cache_info().graphs == 0
    with pytest.raises(ValueError, match="always"):
        pg.function(plain)(pg.asarray(1.0))


def test_handlers_inside_a_branch_see_what_is_raised_there() -> None:
    def use(x):
        if x > 0.0:
            try:
                raise ValueError("inside")
            except ValueError as error:
                y = x + len(str(error))
            finally:
                y = y + 1.0
        else:
            y = x
        return y

    check(use, 1.0, -1.0)


def test_assert() -> None:
    use = asserting.positive
    check(use, (1.0, 2), (-1.0, 1), (1.0, 4), (6.0, 2))
    with pytest.raises(ValueError, match=r"`assert` must be a scalar.*\(2\)"):
        pg.function(use)(pg.asarray([1.0, 2.0]), pg.asarray(1))


def test_a_message_is_evaluated_only_if_needed() -> None:
    check(asserting.item, ([1.0, 2.0, 3.0], 2), ([1.0, 2.0, 3.0], 4))


class Point(NamedTuple):
    x: Any
    y: Any


class Shown:
    """A class whose own text has a tensor in it."""

    def __init__(self, x: Any) -> None:
        self.x = x

    def __repr__(self) -> str:
        return f"<{self.x:>8.2f}>"


def test_print(capsys: pytest.CaptureFixture[str]) -> None:
    def use(x, n):
        print("x =", x, n, sep="|", end="!\n", flush=True)
        print([x, {"n": n}, (1, n)], Point(x, n), Shown(n), {})
        print(f"{n:.3f} {x} {n:>5} {n!r} {n!r:>25} {{x}}", "%5.2f%% %d|%-4d|%s" % (n, n, n, "s"))  # noqa: UP031
        print("a {} {k:08.3f}".format(n, k=n), "-".join([f"{n}", "b"]), "s: " + str(n) + "!")  # noqa: UP032
        print(format(n, "+.1e"), repr(x), str(3))
        return x

    check(use, ([1.5, -2.0], 3), ([1e9, 0.5], -7), capsys=capsys)


def test_print_of_dtypes(capsys: pytest.CaptureFixture[str]) -> None:
    def use(a, b, c):
        print(a, b, c, f"{a} {b} {c}")
        return a

    check(use, (True, [[1, 2], [3, 40]], 0.1), (False, [[0, 0], [0, 0]], 1e-7), capsys=capsys)


def test_print_in_branches_and_loops(capsys: pytest.CaptureFixture[str]) -> None:
    def use(n):
        total = 0
        for i in range(n):
            if i % 2 == 0:
                print("even", i)
                continue
            print(total, end=" ")
            total += i
        print()
        return total

    staged = pg.function(use)
    staged(pg.asarray(5))
    assert capsys.readouterr().out.split() == ["even", "0", "0", "even", "2", "1", "even", "4"]
    staged(pg.asarray(0))
    assert capsys.readouterr().out == "\n"


def test_python_values_print_while_tracing(capsys: pytest.CaptureFixture[str]) -> None:
    @pg.function
    def use(x):
        print("tracing")
        pg.print("running")
        return x

    use(pg.asarray(1))
    assert capsys.readouterr().out == "tracing\nrunning\n"
    use(pg.asarray(2))
    assert capsys.readouterr().out == "running\n"


def test_what_is_undone_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    @pg.function
    def use(n):
        i = 0
        total = 0.5
        while True:
            if i >= n:
                break
            print("in the loop")
            print(i, end=";")
            total = total + n
            i += 1
        print()
        return total

    use(pg.asarray(2))
    assert capsys.readouterr().out == "in the loop\n0;1;\n"
    use(pg.asarray(3))
    assert capsys.readouterr().out == "0;1;2;\n"


def test_python_loops_print_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    @pg.function
    def use(x):
        i = 0
        while i < 3:
            print("python", i)
            i += 1
        return x

    use(pg.asarray(2))
    assert capsys.readouterr().out == "python 0\npython 1\npython 2\n"


def test_where_it_prints(capsys: pytest.CaptureFixture[str]) -> None:
    @pg.function
    def use(x):
        print(x, file=sys.stderr)
        return x

    use(pg.asarray(1))
    assert capsys.readouterr() == ("", "Tensor(1, dtype=int64)\n")

    def elsewhere(x):
        print(x, file=out)
        return x

    out = io.StringIO()
    with pytest.raises(ValueError, match=r"sys\.stdout or sys\.stderr"):
        pg.function(elsewhere)(pg.asarray(1))


def test_a_print_that_fails_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, text: str) -> None:
            raise BrokenPipeError(text)

    @pg.function
    def use(x):
        print("x", x)
        return x

    use.get_concrete_function(pg.asarray(1))
    monkeypatch.setattr(sys, "stdout", Closed())
    with pytest.raises(BrokenPipeError, match="x Tensor"):
        use(pg.asarray(1))


def test_effects_keep_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    variable = pg.Variable(0)

    @pg.function
    def use(x):
        print("first", x)
        variable.assign_add(x)
        assert x < 5, "stopped"
        print("second", variable)
        variable.assign_add(100)

    use(pg.asarray(1))
    assert capsys.readouterr().out.splitlines() == [
        "first Tensor(1, dtype=int64)",
        "second Variable(1, dtype=int64, shape=())",
    ]
    with pytest.raises(AssertionError, match="stopped"):
        use(pg.asarray(9))
    assert capsys.readouterr().out == "first Tensor(9, dtype=int64)\n"
    assert variable.item() == 110


def test_effects_are_not_dropped(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    @pg.function
    def use(x):
        if x > 0:
            print("unused branch", x)
        return 3

    for passes in ("", "none"):
        monkeypatch.setenv("PYGRAPH_PASSES", passes)
        use.clear_cache()
        assert use(pg.asarray(2)) == 3
        assert capsys.readouterr().out == "unused branch Tensor(2, dtype=int64)\n"


def test_effects_in_a_recursion(capsys: pytest.CaptureFixture[str]) -> None:
    def halves(n):
        print("at", n)
        if n % 2 == 1 and n > 1:
            raise ValueError(f"{n} is odd")
        if n > 1:
            return halves(n // 2) + 1
        return n

    def raises(n) -> int:
        if n > 5:
            raises(n - 1)
            raise TypeError("not reached")
        raise ValueError(f"at {n}")

    check(halves, 8, capsys=capsys)
    check(halves, 12)
    check(raises, 7, 2)

    @pg.function
    def traced(n):
        print("tracing")
        if n > 0:
            return traced(n - 1) + 1.5
        return 0

    traced(pg.asarray(2))
    # Where it is called first, and as a function of the graph; what that undoes prints nothing.
    assert capsys.readouterr().out.count("tracing") == 2


def test_text_of_tensors_is_a_result_of_its_own() -> None:
    def use(x):
        return f"<{x:.2f}>", "a" + str(x)

    check(use, 1.0, 2.5)


def test_text_of_tensors_has_no_characters() -> None:
    def compare(x):
        return f"{x}" == "1"

    def key(x):
        return {f"{x}": 1}

    def upper(x):
        return str(x).upper()

    for function in (compare, key, upper):
        with pytest.raises(TypeError, match="print, assert or raise"):
            pg.function(function)(pg.asarray(1))


def line_of(text: str) -> int:
    with open(__file__) as file:
        (found,) = [n for n, line in enumerate(file, 1) if line.strip() == text]
    return found


def test_the_traceback_shows_where_it_was_raised() -> None:
    def check_positive(x):
        if x < 0:
            raise ValueError("the line of this raise")
        return x

    @pg.function
    def use(x):
        return check_positive(x) + 1

    with pytest.raises(ValueError, match="this raise") as caught:
        use(pg.asarray(-1))
    *_, outer, inner = traceback.extract_tb(caught.value.__traceback__)
    assert (outer.name, inner.name) == ("use", "check_positive")
    assert inner.lineno == line_of('raise ValueError("the line of this raise")')
    assert outer.lineno == line_of("return check_positive(x) + 1")


def test_a_saved_program_names_the_exception(tmp_path: Any, capsys: Any) -> None:
    @pg.function
    def use(x):
        print(f"x: {x:.1f}")
        if x > 1.0:
            raise CodedError(3, x)
        if x < 0.0:
            raise KeyError("key")
        return x

    use(pg.asarray(0.5))
    pg.save(use, tmp_path / "use.pgraph")
    loaded = pg.load(tmp_path / "use.pgraph")
    capsys.readouterr()
    (result,) = loaded(0.25)
    assert result.item() == 0.25
    assert capsys.readouterr().out == "x: 0.2\n"
    with pytest.raises(ValueError, match=r"^CodedError: code 3: 2\.0$"):
        loaded(2.0)
    with pytest.raises(KeyError) as caught:
        loaded(-1.0)
    assert caught.value.args == ("key",)
    concrete = pickle.loads(pickle.dumps(use.get_concrete_function(pg.asarray(0.5))))
    with pytest.raises(ValueError, match=r"^CodedError: code 3: 2\.0$"):
        concrete(2.0)


def test_what_graphs_keep_goes_with_them() -> None:
    gc.collect()
    before = pg.runtime.live_graphs()

    @pg.function
    def use(x):
        if x > 0:
            raise ValueError(x) from TABLE_ERROR
        return x

    with pytest.raises(ValueError, match="Tensor") as caught:
        use(pg.asarray(1))
    assert repr(caught.value.__cause__) == repr(TABLE_ERROR)
    assert pg.runtime.live_graphs() == before + 1
    del use, caught
    assert pg.runtime.live_graphs() == before
