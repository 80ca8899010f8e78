"""Views of tensors that behave like NumPy's arrays: they write through, and see what is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import pygraph as pg

MATRIX = np.arange(1.0, 10.0).reshape(3, 3)


@pg.autograph.do_not_convert
def array(x: Any) -> Any:
    """Return an array like one that NumPy makes."""
    own = x.copy()
    if not isinstance(x, np.ndarray):
        own.has_views = True
    return own


def row(a: Any, n: Any) -> Any:
    r = a[n]
    r += 1
    a[n, 0] = 50
    return r


def rows(a: Any, n: Any) -> Any:
    for r in a:
        r[0] = 0
    return a


def unpacked(a: Any, n: Any) -> Any:
    p, q, s = a
    p[:] = 5
    q += p
    return p, q, s


def transposed(a: Any, n: Any) -> Any:
    a.T[0] = 9
    column = a[:, 1]
    column *= 2
    a[1, 1] = 100
    return column


def arranged(a: Any, n: Any) -> Any:
    a.reshape(-1)[4] = 0
    flat = a.reshape(9)
    flat[0] = -1
    extended = a[None]
    extended[0, 1] = 3
    return flat, extended


def nested(a: Any, n: Any) -> Any:
    part = a[0:2]
    part += 1
    inner = part[1]
    inner *= 2
    backward = a[::-1]
    backward[0] = 2
    return part, inner, backward


def swapped(a: Any, n: Any) -> Any:
    a[0], a[1] = a[1], a[0]
    return a


def in_loop(a: Any, n: Any) -> Any:
    kept = a[0]
    for i in range(n):
        r = a[i]
        r += i
        r[1] = 7
        kept += 1
    return kept


def by_helper(a: Any, n: Any) -> Any:
    def put(part: Any, k: Any) -> None:
        part[k] = 0.5

    for i in range(n):
        put(a[i], i)
    return a


def in_branch(a: Any, n: Any) -> Any:
    last = a[2]
    if n > 1:
        last += 1
    else:
        a[2, 0] = -5
    return last


def of_a_choice(a: Any, n: Any) -> Any:
    b = a * 2
    chosen = a if n > 1 else b
    part = chosen[0]
    part += 10
    return b, chosen, part


def copies(a: Any, n: Any) -> Any:
    chosen = a[a > 2]
    chosen += 1
    picked = a[np.array([0, 1])]
    picked[0] = 0
    return chosen, picked


PROGRAMS = [
    row, rows, unpacked, transposed, arranged, nested, swapped, in_loop, by_helper, in_branch,
    of_a_choice, copies,
]  # fmt: skip


@pytest.mark.parametrize("number", [0, 2])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda function: function.__name__)
def test_views_are_numpys(program: Callable[..., Any], number: int) -> None:
    def run(x: Any, n: Any) -> Any:
        a = array(x)
        return program(a, n), a

    want, got = run(MATRIX, number), pg.function(run)(pg.asarray(MATRIX), pg.asarray(number))
    for one, other in zip(leaves(got), leaves(want), strict=True):
        np.testing.assert_array_equal(one, other)


def leaves(value: Any) -> list[Any]:
    return [leaf for part in value for leaf in leaves(part)] if type(value) is tuple else [value]


def chosen_view(a: Any, n: Any) -> Any:
    part = a[0] if n > 1 else a[1]
    part += 1
    return a


def copied_by_reshape(a: Any, n: Any) -> Any:
    flat = a.T.reshape(9)
    flat[0] = 100
    return a


@pytest.mark.parametrize("program", [chosen_view, copied_by_reshape])
def test_what_is_not_known_is_refused(program: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match=r"would be a view[\s\S]*made at[\s\S]*copy\(\)"):
        pg.function(lambda x, n: program(array(x), n))(pg.asarray(MATRIX), pg.asarray(1))
