"""The layout of converted code: the same code, in lines that a terminal shows."""

from __future__ import annotations

import ast
import sysconfig
import textwrap
from pathlib import Path

import pytest

from pygraph.autograph.layout import WIDTH, lay_out


def test_long_lines_are_wrapped() -> None:
    call = "ag.while_stmt(lambda: ag.call(pg.any)(nearest != assigned), loop_body, ('centroids', "
    source = f"def f(x):\n    {call}'nearest', 'assigned', 'rounds'))\n    return (x,)"
    assert lay_out(source) == textwrap.dedent(
        """\
        def f(x):
            ag.while_stmt(
                lambda: ag.call(pg.any)(nearest != assigned),
                loop_body,
                ('centroids', 'nearest', 'assigned', 'rounds'),
            )
            return (x,)"""
    )


def test_helpers_are_set_apart() -> None:
    source = textwrap.dedent(
        '''\
        def f(x):

            def body():

                def inner():
                    """Two
                    lines."""
                    return 1
                use(inner)
            use(body)
            if x:

                def other():
                    pass
            return x'''
    )
    assert lay_out(source) == textwrap.dedent(
        '''\
        def f(x):
            def body():
                def inner():
                    """Two
                    lines."""
                    return 1

                use(inner)

            use(body)
            if x:

                def other():
                    pass
            return x'''
    )


@pytest.mark.parametrize("name", ["argparse", "ast", "dataclasses", "inspect", "statistics"])
def test_the_code_stays_the_same(name: str) -> None:
    tree = ast.parse((Path(sysconfig.get_path("stdlib")) / f"{name}.py").read_text())
    source = ast.unparse(tree)
    laid_out = lay_out(source)
    assert ast.dump(ast.parse(laid_out)) == ast.dump(tree)

    def long_lines(text: str) -> int:
        return sum(len(line) > WIDTH for line in text.splitlines())

    assert long_lines(laid_out) < long_lines(source) / 2
