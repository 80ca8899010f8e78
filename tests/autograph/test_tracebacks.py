"""The traceback of an error that leaves a Function has the user's own lines, and only those."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pygraph as pg
from pygraph.autograph import ConversionError

HERE = Path(__file__)


def lines_of(function: Callable[..., Any], *arguments: Any) -> list[tuple[str, str]]:
    """Return (function, source line) of each entry below this function's of a call's error."""
    try:
        function(*arguments)
    except Exception as error:
        text = "".join(traceback.format_exception(error))
        assert "/pygraph/" not in text.replace(str(HERE.parent.parent), "")
        assert "csrc" not in text
        entries = traceback.extract_tb(error.__traceback__)[1:]
        assert {entry.filename for entry in entries} <= {str(HERE)}
        return [(entry.name, entry.line or "") for entry in entries]
    raise AssertionError("no error")


def inner(x, i):
    for k in range(i):
        if x[k] > 0.0:
            x = x * x[k + 5]
    return x


def wrong_shape(x):
    if pg.sum(x) > 0.0:
        x = pg.reshape(x, (7,))
    return x


@pg.function
def nested(x):
    return wrong_shape(x)


@pg.function
def surely_wrong(x):
    return pg.reshape(x, (7,))


X = pg.asarray([1.0, 2.0])


def test_errors_of_tracing() -> None:
    expected = [("nested", "return wrong_shape(x)"), ("wrong_shape", "x = pg.reshape(x, (7,))")]
    assert lines_of(nested, X) == expected
    outer = pg.function(lambda x: nested(x))
    assert lines_of(outer, X)[-2:] == expected

    def use(x):
        while pg.sum(x) > 0.0:
            x = {}[x]
        return x

    assert lines_of(pg.function(use), X) == [("use", "x = {}[x]")]


def test_faults_of_runs() -> None:
    @pg.function
    def use(x, i):
        return inner(x, i) + 1

    wanted = [("use", "return inner(x, i) + 1"), ("inner", "x = x * x[k + 5]")]
    for _ in range(2):
        assert lines_of(use, X, pg.asarray(2)) == wanted


def test_errors_of_calls_and_conversion() -> None:
    @pg.function
    def use(x):
        yield x

    assert lines_of(use, X) == []
    assert lines_of(use) == []
    with pytest.raises(ConversionError):
        use(X)


def test_errors_of_everything_that_is_called(tmp_path: Path) -> None:
    taking_third = pg.function(lambda x: x[pg.asarray(2) + 0])
    concrete = pg.function(inner).get_concrete_function(X, pg.asarray(2))
    wanted = [("inner", "x = x * x[k + 5]")]
    assert lines_of(concrete, X, pg.asarray(2)) == wanted
    assert lines_of(concrete, X) == []
    assert lines_of(concrete, X, X) == []
    assert lines_of(surely_wrong.get_concrete_function, X)[-1][0] == "surely_wrong"
    assert lines_of(taking_third.get_concrete_function, "no tensor") != []
    pg.save(concrete, tmp_path / "inner.pg")
    program = pg.load(tmp_path / "inner.pg")
    assert lines_of(program, X, pg.asarray(2)) == wanted
    assert lines_of(program, X) == []
    assert lines_of(pg.save, 3, "nowhere") == []
    assert lines_of(pg.load, __file__) == []
    assert lines_of(pg.autograph.convert, print) == []
    assert lines_of(pg.autograph.to_code, print) == []
    assert lines_of(pg.while_loop, lambda x: x, lambda x: x, [X]) == []
    assert lines_of(pg.cond, X, lambda: 1, lambda: 2) == []
    assert lines_of(lambda: pg.function(inner, max_graphs=-1)) != []


def assign_beyond(x):
    x = x.copy()
    x[7] = 0.0


def test_errors_of_assignments() -> None:
    assert lines_of(assign_beyond, X) == [("assign_beyond", "x[7] = 0.0")]


@pytest.mark.parametrize(
    "operation",
    [
        lambda x: x + pg.ones((3,)),
        lambda x: 1 - x @ pg.ones((3,)),
        lambda x: x[5],
        lambda x: x[pg.asarray(5)],
        lambda x: bool(x),
        lambda x: float(x),
        lambda x: [][x],
        lambda x: x < pg.ones((3,)),
        lambda x: list(x[0]),
        lambda x: ~x,
        lambda x: pg.Variable(x) + pg.ones((3,)),
        lambda x: len(pg.Variable(x)[0]),
    ],
)
def test_errors_of_operators(operation: Callable[..., Any]) -> None:
    found = lines_of(operation, X)
    assert [name for name, _ in found] == ["<lambda>"]


def test_errors_of_methods() -> None:
    class Model:
        @pg.function
        def step(self, x):
            return x["a"]

    assert lines_of(Model().step, X) == [("step", 'return x["a"]')]


def reshaped(x):
    return pg.reshape(x, (7,))


def test_causes_are_cleaned_too() -> None:
    @pg.function
    def use(x):
        try:
            return reshaped(x)
        except ValueError as error:
            raise RuntimeError("no") from error

    assert lines_of(use, X) == [("use", 'raise RuntimeError("no") from error')]
    with pytest.raises(RuntimeError) as caught:
        use(X)
    cause = caught.value.__cause__
    assert cause is not None
    assert [entry.name for entry in traceback.extract_tb(cause.__traceback__)] == [
        "use",
        "reshaped",
    ]


def test_what_stops_a_run_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, text: str) -> None:
            raise BrokenPipeError

    def show(x):
        print(x)

    @pg.function
    def use(x):
        show(x)
        return x

    use.get_concrete_function(X)
    monkeypatch.setattr(sys, "stdout", Closed())
    found = lines_of(use, X)
    assert found == [("use", "show(x)"), ("show", "print(x)"), ("write", "raise BrokenPipeError")]


def test_full_tracebacks() -> None:
    pg.runtime.show_full_tracebacks(True)
    try:
        with pytest.raises(ValueError, match="reshape") as caught:
            surely_wrong(X)
    finally:
        pg.runtime.show_full_tracebacks(False)
    names = [entry.name for entry in traceback.extract_tb(caught.value.__traceback__)]
    assert "reshape" in names
