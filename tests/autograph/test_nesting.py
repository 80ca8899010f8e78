"""Every construct inside of every other, with every way to leave it, as Python and staged."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterator

import numpy as np
import pytest
from generate import build
from ways import Arguments, agree, as_tensor, attempt, rerun

import pygraph as pg
from pygraph import autograph

# Headers, and what follows the block; {i} tells the levels apart.
CONSTRUCTS = {
    "for": ("for k{i} in range(n):", ""),
    "for_items": ("for k{i} in v:", ""),
    "for_else": ("for k{i} in range(n):", "else:\n    total += 1000"),
    "for_python": ("for k{i} in (1, 2):", ""),
    "while": ("c{i} = n\nwhile c{i} > 0:\n    c{i} -= 1", ""),
    "while_true": ("c{i} = 0\nwhile True:\n    c{i} += 1\n    if c{i} > n:\n        break", ""),
    "while_else": ("c{i} = n\nwhile c{i} > 0:\n    c{i} -= 1", "else:\n    total += 2000"),
    "if": ("if total < n:", ""),
    "if_else": ("if total < n:", "else:\n    total += 3000"),
    "elif": ("if n == 1:\n    total += 1\nelif total < 20:", "else:\n    total += 2"),
    "match": ("match n:\n    case 2:\n        total += 5\n    case k{i} if k{i} > 0:", ""),
    "with": ("with Noted(notes):", ""),
    "finally": ("try:", "finally:\n    notes += 1"),
    "except": ("try:", "except KeyError:\n    total += 7"),
    "function": ("def g{i}():\n    nonlocal total", "g{i}()"),
}
JUMPS = {
    "break": "break",
    "continue": "continue",
    "return": "return -total, last, notes, items, box.value, table, v",
    "raise": "raise ValueError(f'at {total}')",
    "append": "items.append(total)",
    "assign": "last = total",
    "item": "v[1] = total",
    "attribute": "box.value = total",
    "key": "table['a'] += total",
}
START = """\
class Box:
    value = 0


class Noted:
    def __init__(self, count):
        self.count = count

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


def f(n, v):
    total, last, notes, items = 0, 0, 0, []
    box, table = Box(), {"a": 1}
    box.value = n
"""
END = "return total, last, notes, items, box.value, table, v"
CALLS = [(0, [4, 5, 6]), (1, [0, 0, 1]), (2, [1, 2, 3]), (4, [3, 2, 1])]


def indented(text: str, depth: int) -> str:
    return textwrap.indent(text, "    " * depth)


def nested(outer: str, inner: str, jump: str) -> str | None:
    """Return a program, or None where such a jump cannot stand."""
    if jump in ("break", "continue") and not breakable(outer, inner):
        return None
    leaf = f"total += 1\nif total % 3 == 2:\n    {JUMPS[jump]}\ntotal += 10"
    if "function" in (outer, inner):
        leaf = leaf.replace("last = total", "total = total * 2").replace(JUMPS["return"], "return")
    text = leaf
    for level, name in ((2, inner), (1, outer)):
        header, end = (part.format(i=level) for part in CONSTRUCTS[name])
        depth = 2 if name == "match" else 1
        text = "\n".join(filter(None, [header, indented(text, depth), end]))
        if level == 2:
            text = f"total += 2\n{text}\ntotal += 100"
    return START + indented(f"{text}\n{END}", 1) + "\n"


def breakable(outer: str, inner: str) -> bool:
    """Return whether a jump to the end of a loop can stand in the inner construct."""
    if inner == "function":
        return False
    return "for" in inner or "while" in inner or "for" in outer or "while" in outer


def programs() -> Iterator[tuple[str, str]]:
    for names in itertools.product(CONSTRUCTS, CONSTRUCTS, JUMPS):
        text = nested(*names)
        if text is not None:
            yield "-".join(names), text


PROGRAMS = list(programs())
# Which are run each time: another jump for each pair of constructs.
FAST = PROGRAMS[::23]


def check(text: str, again: bool) -> None:
    function = build(text)
    converted, staged = autograph.convert(function), pg.function(function)
    for n, items in CALLS:
        wanted = attempt(function, n, np.asarray(items))
        tensors = Arguments([as_tensor(n), as_tensor(items)], {})
        outcomes = {
            "converted": attempt(converted, n, np.asarray(items)),
            "eager": tensors.passed_to(function),
            "staged": tensors.passed_to(staged),
        }
        if again:
            outcomes.update(rerun(staged, tensors))
        for way, outcome in outcomes.items():
            assert agree(outcome, wanted), (
                f"{way}({n}, {items}): it {outcome}, not {wanted}\n{text}"
            )


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in FAST])
def test_nested(text: str) -> None:
    check(text, again=False)


@pytest.mark.slow
@pytest.mark.parametrize("outer", CONSTRUCTS)
def test_all_nested(outer: str) -> None:
    for name, text in PROGRAMS:
        if name.startswith(outer + "-"):
            check(text, again=True)
