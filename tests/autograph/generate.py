"""Random well-typed programs: integers, all the control flow there is, loops that end.

A program is the text of a function ``f(a, b)`` of two integers. Everything in it stays small, so
that int64 and Python's integers agree.
"""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

NAMES = ("a", "b", "x", "y", "z")
_numbers = itertools.count()


class _Writer:
    """Writes one program, asking ``draw`` for every choice."""

    def __init__(self, draw: Callable[..., Any], unset: bool) -> None:
        self.draw = draw
        self.lines: list[str] = []
        self.counters = 0
        self.budget = 24
        # `u` gets a value on some ways only; it is read where an assignment stands before.
        self.unset = unset
        self.u_seen = False

    def choose(self, *options: Any) -> Any:
        return options[self.draw(st.integers(0, len(options) - 1))]

    def write(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def program(self) -> str:
        self.lines = ["def f(a, b):"]
        for name in NAMES[2:]:
            self.write(1, f"{name} = {self.choose('a', 'b', '0', '3', 'a + b')}")
        self.block(1, loop=False)
        self.write(1, f"return {self.expression(1)}")
        return "\n".join(self.lines) + "\n"

    def block(self, depth: int, loop: bool) -> None:
        for _ in range(self.choose(1, 2, 3)):
            self.statement(depth, loop)

    def statement(self, depth: int, loop: bool) -> None:
        self.budget -= 1
        simple = [self.assign, self.assign, self.augment, self.swap]
        if self.unset:
            simple.append(self.set_unset)
        if self.budget <= 0 or depth > 5:
            self.choose(*simple)(depth)
            return
        kinds: list[Any] = [*simple, self.branch, self.branch, self.count, self.repeat, self.guard]
        if depth > 1:
            kinds.append(self.leave)
        if loop:
            kinds += [self.jump, self.jump]
        chosen = self.choose(*kinds)
        if chosen in (self.branch, self.guard):
            chosen(depth, loop)
        else:
            chosen(depth)

    def assign(self, depth: int) -> None:
        self.write(depth, f"{self.choose(*NAMES)} = {self.expression(2)}")

    def augment(self, depth: int) -> None:
        self.write(depth, f"{self.choose(*NAMES)} {self.choose('+', '-')}= {self.expression(1)}")

    def swap(self, depth: int) -> None:
        first, second = self.choose(*NAMES), self.choose(*NAMES)
        self.write(depth, f"{first}, {second} = {self.expression(1)}, {self.expression(1)}")

    def set_unset(self, depth: int) -> None:
        self.write(depth, f"u = {self.expression(1)}")
        self.u_seen = True

    def branch(self, depth: int, loop: bool) -> None:
        self.write(depth, f"if {self.condition()}:")
        self.block(depth + 1, loop)
        if self.choose(True, False):
            self.write(depth, f"elif {self.condition()}:")
            self.block(depth + 1, loop)
        if self.choose(True, False):
            self.write(depth, "else:")
            self.block(depth + 1, loop)

    def count(self, depth: int) -> None:
        self.counters += 1
        name = self.choose(f"i{self.counters}", "z")
        stop = self.choose("2", "3", f"({self.expression(1)}) % 4")
        bounds = self.choose(stop, f"1, {stop}", f"({stop}), -1, -1", f"0, {stop}, 2")
        self.write(depth, f"for {name} in range({bounds}):")
        self.block(depth + 1, True)
        if self.choose(True, False):
            self.write(depth + 1, f"y = {name} + y % 50")
        self.otherwise(depth)

    def repeat(self, depth: int) -> None:
        self.counters += 1
        counter = f"c{self.counters}"
        self.write(depth, f"{counter} = ({self.expression(1)}) % 5")
        if self.choose(True, False):
            self.write(
                depth, f"while {counter} > 0 {self.choose('and', 'and not')} {self.condition()}:"
            )
        elif self.choose(True, False):
            self.write(depth, f"while {counter} > 0:")
        else:
            self.write(depth, "while True:")
            self.write(depth + 1, f"if {counter} < 1:")
            self.write(depth + 2, self.choose("break", f"return {self.expression(1)}"))
        self.write(depth + 1, f"{counter} -= 1")
        self.block(depth + 1, True)
        self.otherwise(depth)

    def otherwise(self, depth: int) -> None:
        if self.choose(True, False, False):
            self.write(depth, "else:")
            self.block(depth + 1, False)

    def guard(self, depth: int, loop: bool) -> None:
        self.write(depth, "try:")
        self.block(depth + 1, loop)
        self.write(depth, "finally:")
        self.assign(depth + 1)

    def leave(self, depth: int) -> None:
        self.write(depth, f"return {self.expression(1)}")

    def jump(self, depth: int) -> None:
        self.write(depth, f"if {self.condition()}:")
        self.write(depth + 1, self.choose("break", "continue"))

    def atom(self) -> str:
        names = [*NAMES, "u"] if self.u_seen else [*NAMES]
        return str(self.choose(*names, "1", "2", "7"))

    def expression(self, depth: int) -> str:
        if depth == 0:
            return self.atom()
        one, other = self.atom(), self.expression(depth - 1)
        kinds = (
            one,
            f"{one} + {other}",
            f"{one} - {other}",
            f"({one} * ({other})) % 97",
            f"({other}) // 3",
            f"({one} if {self.condition()} else {other})",
            f"max({one}, {other})",
            f"abs({other})",
        )
        return str(self.choose(*kinds))

    def condition(self) -> str:
        one, other, third = self.atom(), self.atom(), self.atom()
        sign = self.choose("<", ">", "==", "!=", "<=")
        kinds = (
            f"{one} {sign} {other}",
            f"{one} % 3 {sign} {self.choose('0', '1', '2')}",
            f"{one} < {other} < {third}",
            f"({one} > {other} and {third} % 2 == 0)",
            f"({one} > {other} or {third} % 2 == 1)",
            f"not {one} > {other}",
        )
        return str(self.choose(*kinds))


@st.composite
def programs(draw: Callable[..., Any], *, unset: bool = False) -> str:
    """Draw the text of a program."""
    return _Writer(draw, unset).program()


def build(text: str) -> Callable[..., Any]:
    """Return the function of a program, with its source where tracebacks look for it."""
    filename = f"<program {next(_numbers)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    namespace: dict[str, Any] = {}
    exec(compile(text, filename, "exec"), namespace)
    return namespace["f"]


def outcome(function: Callable[..., Any], *arguments: Any) -> tuple[str, Any]:
    """Return what a call gives: a value, or the type and text of an error."""
    try:
        return "value", function(*arguments)
    except Exception as error:  # compared by the caller
        return type(error).__name__, str(error)
