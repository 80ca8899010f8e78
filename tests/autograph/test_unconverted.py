"""Code without source: converted where a prompt keeps it, else an error that says so."""

from __future__ import annotations

import linecache
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pygraph as pg
from pygraph.autograph import ConversionError

SOURCE = textwrap.dedent("""\
    def halve(x):
        while x > 1.0:
            x = x / 2.0
        if x > 0.75:
            raise ValueError(f"left: {x}")
        return x
    """)


def defined(filename: str) -> Callable[..., Any]:
    names: dict[str, Any] = {}
    exec(compile(SOURCE, filename, "exec"), names)
    return names["halve"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "filename",
    ["<ipython-input-3-0c77a9d4>", "/tmp/ipykernel_812/1417302.py", "<stdin-7>", "<doctest x[0]>"],
)
def test_prompts_keep_their_source(filename: str) -> None:
    linecache.cache[filename] = (len(SOURCE), None, SOURCE.splitlines(True), filename)
    try:
        halve = defined(filename)
        outer = pg.function(lambda x: halve(x) + 1.0)
        for function, more in ((pg.function(halve), 0.0), (outer, 1.0)):
            assert function(pg.asarray(9.0)).item() == 0.5625 + more
            with pytest.raises(ValueError, match=r"left: 1\.0") as caught:
                function(pg.asarray(4.0))
            last = caught.tb
            while last.tb_next is not None:
                last = last.tb_next
            assert (last.tb_frame.f_code.co_filename, last.tb_lineno) == (filename, 5)
    finally:
        del linecache.cache[filename]


def test_no_source() -> None:
    halve = defined("<string>")
    with pytest.raises(ConversionError, match=r"<string>:1, in halve: its source is not available"):
        pg.function(halve)(pg.asarray(9.0))
    text = r"truth value.*\n  <string>:2, in halve, is not converted by AutoGraph: its source"
    with pytest.raises(TypeError, match=text + ".*autograph=False.*do_not_convert"):
        pg.function(lambda x: halve(x))(pg.asarray(9.0))
    # Python values do not need it, nor does what makes no decision.
    assert pg.function(lambda x: x + halve(9.0))(pg.asarray(1.0)).item() == 1.5625
    double = eval("lambda x: x * 2")
    assert pg.function(lambda x: double(x))(pg.asarray(3)).item() == 6


def test_arithmetic_needs_no_source() -> None:
    names: dict[str, Any] = {"scale": 3.0}
    exec("def line(x, y):\n    z = x * scale\n    return -z + y, z.T", names)
    line = pg.function(names["line"])
    x, y = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    for result, expected in zip(line(x, y), names["line"](x, y), strict=True):
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    "source",
    ["x.sum()", "x[0]", "x == x", "'%s' % x", "x if x else x", "[x] * 2", "(lambda: x)()"],
)
def test_anything_else_needs_its_source(source: str) -> None:
    function = eval(f"lambda x: {source}")
    with pytest.raises(ConversionError, match="its source is not available"):
        pg.function(function)(pg.asarray(9.0))


def test_what_is_not_converted_says_why() -> None:
    def steps(x):
        while x > 0:
            yield x
            x = x - 1

    @pg.autograph.do_not_convert
    def opted_out(x):
        return 1 if x else 2

    with pytest.raises(TypeError, match=r"test_unconverted.*in steps.*it is a generator"):
        pg.function(lambda x: sum(steps(x)))(pg.asarray(3))
    with pytest.raises(TypeError, match=r"test_unconverted.*in opted_out.*that was turned off"):
        pg.function(lambda x: opted_out(x))(pg.asarray(3))
    with pytest.raises(TypeError, match=r"in opted_out"):
        pg.function(opted_out, autograph=False)(pg.asarray(3))
