"""The instructions of code objects: one for each variable that they load or store."""

from __future__ import annotations

import dis
from collections.abc import Callable
from typing import Any

import pytest

from pygraph.graph.instructions import instructions


def accesses(function: Callable[..., Any]) -> list[tuple[str, str]]:
    """What is loaded from and stored to local variables, in order."""
    found = []
    for instruction in instructions(function.__code__):
        kind, _, fast = instruction.opname.partition("_")
        if fast.startswith("FAST"):
            found.append((kind, instruction.argval))
    return found


def loads(a: int, b: int) -> int:
    return a + b


def stores(pair: tuple[int, int]) -> None:
    _a, _b = pair


def stores_then_loads(a: int) -> int:
    b = a
    return b  # noqa: RET504


EXPECTED = [
    (loads, [("LOAD", "a"), ("LOAD", "b")]),
    (stores, [("LOAD", "pair"), ("STORE", "_a"), ("STORE", "_b")]),
    (stores_then_loads, [("LOAD", "a"), ("STORE", "b"), ("LOAD", "b")]),
]


@pytest.mark.parametrize(("function", "expected"), EXPECTED)
def test_each_variable_has_an_instruction(
    function: Callable[..., Any], expected: list[tuple[str, str]]
) -> None:
    assert accesses(function) == expected


def test_an_instruction_of_two_variables_is_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.13 has such instructions; on any Python they are parted."""
    first = next(dis.get_instructions(loads.__code__))
    joined = [
        first._replace(opname="LOAD_FAST_LOAD_FAST", argval=("a", "b")),
        first._replace(opname="STORE_FAST_LOAD_FAST", argval=("c", "d")),
        first._replace(opname="LOAD_FAST_BORROW_LOAD_FAST_BORROW", argval=("e", "f")),
        first._replace(opname="RETURN_VALUE", argval=None),
    ]
    monkeypatch.setattr(dis, "get_instructions", lambda code: iter(joined))
    found = [(each.opname, each.argval) for each in instructions(loads.__code__)]
    assert found == [
        ("LOAD_FAST", "a"),
        ("LOAD_FAST", "b"),
        ("STORE_FAST", "c"),
        ("LOAD_FAST", "d"),
        ("LOAD_FAST_BORROW", "e"),
        ("LOAD_FAST_BORROW", "f"),
        ("RETURN_VALUE", None),
    ]


def test_code_inside_is_left_out() -> None:
    def outer() -> Callable[[int], int]:
        return lambda inner: inner

    assert accesses(outer) == []
