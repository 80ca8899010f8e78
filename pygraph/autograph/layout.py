"""Lays out converted code for a reader: long lines are wrapped, helpers set apart.

``ast.unparse`` puts a statement on one line however long it is.
"""

from __future__ import annotations

import io
import itertools
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

WIDTH = 88
_INDENT = 4
_OPENING = "([{"
_CLOSING = ")]}"


def lay_out(source: str) -> str:
    """Return the same code in lines of at most 88 columns, where brackets allow that."""
    lines = source.splitlines()
    laid_out: list[str] = []
    helpers: list[int] = []  # indentations of the functions around the line at hand
    done = 0
    for first, last in _statements(source):
        if not laid_out or not laid_out[-1].lstrip().startswith("def "):
            laid_out += lines[done:first]  # blank lines
        line = lines[first]
        indent = len(line) - len(line.lstrip())
        while helpers and indent <= helpers[-1]:
            if helpers.pop() == indent > 0 and laid_out[-1]:
                laid_out.append("")
        if line.lstrip().startswith("def "):
            helpers.append(indent)
        laid_out += _wrapped(line) if first == last else lines[first : last + 1]
        done = last + 1
    return "\n".join(laid_out + lines[done:])


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(text).readline))


def _statements(source: str) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of each statement or header, counted from 0."""
    first: int | None = None
    for token in _tokens(source):
        if token.type == tokenize.NEWLINE and first is not None:
            yield first - 1, token.end[0] - 1
            first = None
        elif first is None and token.string.strip():
            first = token.start[0]


class _Bracket(NamedTuple):
    """A pair of brackets that stands in no other one: its content, and commas that part items."""

    start: int
    end: int
    commas: list[int]


def _brackets(line: str) -> list[_Bracket]:
    found: list[_Bracket] = []
    depth = start = 0
    commas: list[int] = []
    lambdas: list[int] = []  # the depths of lambdas whose arguments are being read
    divisible = True
    for token in _tokens(line):
        if token.string == "lambda":
            lambdas.append(depth)
        elif token.string == "for" and depth == 1:
            divisible = False  # a comprehension: its commas part no items
        elif token.type != tokenize.OP:
            continue
        elif token.string in _OPENING:
            depth += 1
            if depth == 1:
                start, commas, divisible = token.end[1], [], True
        elif token.string in _CLOSING:
            depth -= 1
            if depth == 0:
                found.append(_Bracket(start, token.start[1], commas if divisible else []))
        elif lambdas and lambdas[-1] == depth and token.string == ":":
            lambdas.pop()
        elif token.string == "," and depth == 1 and not lambdas:
            commas.append(token.start[1])
    return found


def _wrapped(line: str) -> list[str]:
    """Break a long line inside its longest pair of brackets, and again what is still too long."""
    if len(line) <= WIDTH:
        return [line]
    indent = len(line) - len(line.lstrip())
    code = line[indent:]
    brackets = [bracket for bracket in _brackets(code) if bracket.start < bracket.end]
    if not brackets:
        return [line]
    longest = max(brackets, key=lambda bracket: bracket.end - bracket.start)
    inner = " " * (indent + _INDENT)
    content = inner + code[longest.start : longest.end]
    if len(content) <= WIDTH or not longest.commas:
        items = [content]
    else:
        bounds = [longest.start, *(comma + 1 for comma in longest.commas), longest.end]
        parts = [code[a:b].strip(" ,") for a, b in itertools.pairwise(bounds)]
        items = [f"{inner}{part}," for part in parts if part]
    body = [wrapped for item in items for wrapped in _wrapped(item)]
    return [
        line[: indent + longest.start],
        *body,
        " " * indent + code[longest.end :],
    ]
