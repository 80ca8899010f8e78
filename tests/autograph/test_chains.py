"""Chains of branches, as long as Python takes them: they do not nest deeper for their length."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg

COUNT = 210
NUMBERS = (-1, 0, 1, 16, 32, 128, COUNT - 1, COUNT)


def define(folder: Path, lines: Iterator[str] | list[str]) -> Callable[[Any], Any]:
    """Make a function of its lines; they stand in a file, as converted code needs it."""
    file = folder / "chain.py"
    file.write_text("\n".join(lines) + "\n")
    names: dict[str, Any] = {}
    exec(compile(file.read_text(), str(file), "exec"), names)
    return names["f"]


def elifs() -> Iterator[str]:
    yield "def f(x):"
    yield "    y = -1"
    for i in range(COUNT):
        yield f"    {'el' if i else ''}if x == {i}:"
        yield f"        y = {3 * i}"
    yield "    return y"


def elifs_with_else() -> Iterator[str]:
    yield "def f(x):"
    for i in range(COUNT):
        yield f"    {'el' if i else ''}if x == {i}:"
        yield f"        y = {3 * i}"
    yield "    else:"
    yield "        y = -1"
    yield "    return y"


def returns() -> Iterator[str]:
    yield "def f(x):"
    for i in range(COUNT):
        yield f"    if x == {i}:"
        yield f"        return {3 * i}"
    yield "    return -1"


def returns_with_statements_between() -> Iterator[str]:
    yield "def f(x):"
    yield "    s = x"
    for i in range(COUNT):
        yield f"    if s == {2 * i}:"
        yield f"        return s + {i}"
        yield "    s = s + 1"
    yield "    return -s"


def cases() -> Iterator[str]:
    yield "def f(x):"
    yield "    match x:"
    for i in range(COUNT):
        yield f"        case {i}:"
        yield f"            y = {3 * i}"
    yield "        case _:"
    yield "            y = -1"
    yield "    return y"


def ternaries() -> Iterator[str]:
    yield "def f(x):"
    yield "    return ("
    for i in range(COUNT):
        yield f"        {3 * i} if x == {i} else"
    yield "        -1)"


def ors() -> Iterator[str]:
    yield "def f(x):"
    yield "    found = " + " or ".join(f"x == {i}" for i in range(COUNT))
    yield "    return 1 if found else 0"


def ands() -> Iterator[str]:
    yield "def f(x):"
    yield "    if " + " and ".join(f"x != {i}" for i in range(COUNT)) + ":"
    yield "        return 0"
    yield "    return x"


def continues() -> Iterator[str]:
    yield "def f(x):"
    yield "    s = 0"
    yield "    for j in range(x - x + 2):"
    for i in range(COUNT):
        yield f"        if x + j == {i}:"
        yield "            continue"
    yield "        s += j + 1"
    yield "    return s"


def breaks() -> Iterator[str]:
    yield "def f(x):"
    yield "    s = 0"
    yield "    for j in range(x - x + 2):"
    for i in range(COUNT):
        yield f"        if x + j == {i}:"
        yield f"            s += {i}"
        yield "            break"
    yield "        s += 1000"
    yield "    return s"


def returns_in_a_loop() -> Iterator[str]:
    yield "def f(x):"
    yield "    for j in range(x - x + 2):"
    for i in range(COUNT):
        yield f"        if x + j == {i}:"
        yield f"            return {2 * i} + j"
    yield "    return -1"


def walrus() -> Iterator[str]:
    yield "def f(x):"
    yield "    y = 1"
    for i in range(COUNT):
        yield f"    {'el' if i else ''}if (z := x + {i}) == {2 * i}:"
        yield "        y = z * 3"
    yield "    return y + z"


def raises() -> Iterator[str]:
    yield "def f(x):"
    yield "    if x == -1:"
    yield "        return 7"
    for i in range(COUNT):
        yield f"    elif x == {i}:"
        yield f"        raise ValueError('number {i}')"
    yield "    return -1"


def items() -> Iterator[str]:
    yield "def f(x):"
    yield "    t = {'a': 0}"
    for i in range(COUNT):
        yield f"    {'el' if i else ''}if x == {i}:"
        yield f"        t['a'] = x + {i}"
    yield "    return t['a']"


def python_values_decide_some() -> Iterator[str]:
    yield "def f(x):"
    yield "    k = 5"
    for i in range(COUNT):
        yield f"    {'el' if i else ''}if {'x' if i % 3 else 'k - 6'} == {i}:"
        yield f"        y = {3 * i}"
    yield "    elif k == 5:"
    yield "        y = -1"
    for _ in range(COUNT):
        yield "    elif x.no_such_attribute:"
        yield "        y = no_such_name"
    yield "    return y"


CHAINS = (
    elifs, elifs_with_else, returns, returns_with_statements_between, cases, ternaries, ors, ands,
    continues, breaks, returns_in_a_loop, walrus, raises, items, python_values_decide_some,
)  # fmt: skip


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.__name__)
def test_chain(chain: Callable[[], Iterator[str]], tmp_path: Path) -> None:
    f = define(tmp_path, chain())
    staged = pg.function(f)
    pg.save(staged.get_concrete_function(pg.asarray(0)), tmp_path / "chain.pgraph")
    loaded = pg.load(tmp_path / "chain.pgraph")
    for number in NUMBERS:
        for call in (staged, lambda x: loaded(x)[0]):
            try:
                wanted = f(number)
            except ValueError as error:
                with pytest.raises(ValueError, match=str(error)):
                    call(pg.asarray(number))
            else:
                assert np.asarray(call(pg.asarray(number))) == wanted


def test_variable_set_by_no_branch(tmp_path: Path) -> None:
    lines = ["def f(x):"]
    for i in range(COUNT):
        lines += [f"    {'el' if i else ''}if x == {i}:", f"        y = {i}"]
    f = pg.function(define(tmp_path, [*lines, "    return y"]))
    assert int(f(pg.asarray(40))) == 40
    with pytest.raises(UnboundLocalError, match="'y'"):
        f(pg.asarray(COUNT))


def test_types_that_differ_name_the_variable(tmp_path: Path) -> None:
    lines = ["def f(x):"]
    for i in range(COUNT):
        lines += [f"    {'el' if i else ''}if x == {i}:", f"        y = {i}"]
    f = pg.function(define(tmp_path, [*lines, "    else:", "        y = 'text'", "    return y"]))
    with pytest.raises(TypeError, match=r"variable 'y' is .*\n.*chain.py"):
        f(pg.asarray(40))


def test_what_truly_nests_names_function_and_line(tmp_path: Path) -> None:
    compared = " < ".join(f"(x + {i})" for i in range(400))
    f = pg.function(define(tmp_path, ["def f(x):", "    y = x", f"    return {compared}"]))
    with pytest.raises(ValueError, match=r"nest deeper than 200 .*chain.py:3, in f"):
        f(pg.asarray(0))


def test_expression_that_takes_more_than_the_stack(tmp_path: Path) -> None:
    compared = " < ".join(f"(x + {i})" for i in range(4000))
    f = pg.function(define(tmp_path, ["def f(x):", f"    return {compared}"]))
    with pytest.raises((ValueError, RecursionError), match=r"(?s)nest.*chain.py:\d, in f"):
        f(pg.asarray(0))
