"""Random programs: well-typed, of small integers, with all the control flow there is; they all end.

A program is the text of a function ``f(a, b, v)`` of two integers and an array of three. Everything
in it stays small, so that int64 and Python's integers agree. A number makes a program: the same
one always the same.
"""

from __future__ import annotations

import ast
import itertools
import linecache
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

# The arguments that each program is called with.
CALLS: list[tuple[Any, ...]] = [
    (0, 0, [3, 1, 2]),
    (5, 2, [0, 4, -1]),
    (-3, 7, [9, 9, 9]),
    (11, -4, [1, 0, 5]),
]
INTEGERS = ("a", "b", "x", "y", "z")
_numbers = itertools.count()

# What f starts with; each line may be read by any expression below it.
START = """\
import collections
import contextlib


class Box:
    def __init__(self, n, m):
        self.n = n
        self.m = m
        self.best = None

    def add(self, k):
        self.n = (self.n + k) % 50
        return self.n


def f(a, b, v):
    x, y, z = {x}, {y}, {z}
    pair = (a, {x})
    table = {{"k": b, "m": {y}}}
    flag = a > b
    real = 0.5
    best = None
    items = []
    box = Box(a, {y})
    tally = collections.Counter()
    mode = "p"
    w = v + 1
    part = v * 1
"""


class _Writer:
    """Writes one program, asking a random generator for every choice."""

    def __init__(self, seed: int, unset: bool) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.counters = 0
        self.budget = 12
        # `u` gets a value on some ways only; it is read where an assignment stands before.
        self.unset = unset
        self.u_seen = False
        self.functions: list[str] = []
        # Inside a nested function: its parameter, and whether its block may return.
        self.names: tuple[str, ...] = INTEGERS
        self.result = "{}"

    def choose(self, *options: Any) -> Any:
        return self.random.choice(options)

    def likely(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def write(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def program(self) -> str:
        start = {name: self.choose("a", "b", "0", "3", "a + b") for name in "xyz"}
        self.lines = START.format(**start).splitlines()
        self.result = self.choose("{}", "{}", "({}, {})", '{{"r": {}, "s": [{}]}}')
        if self.likely(40):
            self.define(1)
        self.block(1, loop=False)
        self.statement(1, loop=False)
        self.write(1, f"return {self.value()}")
        return "\n".join(self.lines) + "\n"

    def value(self) -> str:
        text: str = self.result.format(self.expression(1), self.expression(1))
        return text

    # Statements

    def block(self, depth: int, loop: bool) -> None:
        for _ in range(self.choose(1, 2, 3)):
            self.statement(depth, loop)

    def statement(self, depth: int, loop: bool) -> None:
        self.budget -= 1
        simple = [self.assign, self.assign, self.augment, self.swap, self.other, self.other]
        if self.unset:
            simple.append(self.set_unset)
        if self.budget <= 0 or depth > 5:
            self.choose(*simple)(depth)
            return
        kinds: list[Any] = [*simple, self.branch, self.branch, self.branch, self.count, self.count]
        kinds += [self.repeat, self.guard, self.over_items, self.choice, self.effect, self.grow]
        kinds += [self.change, self.change, self.size]
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
        self.write(depth, f"{self.choose(*self.names)} = {self.expression(2)}")

    def augment(self, depth: int) -> None:
        name = self.choose(*self.names)
        self.write(depth, f"{name} {self.choose('+', '-')}= {self.expression(1)}")

    def swap(self, depth: int) -> None:
        first, second = self.choose(*self.names), self.choose(*self.names)
        self.write(depth, f"{first}, {second} = {self.expression(1)}, {self.expression(1)}")

    def set_unset(self, depth: int) -> None:
        self.write(depth, f"u = {self.expression(1)}")
        self.u_seen = True

    def other(self, depth: int) -> None:
        """An assignment to what is no integer."""
        one, other = self.expression(1), self.expression(1)
        text = self.choose(
            f"pair = (pair[1], {one})",
            f"pair = ({one}, {other})",
            f"table = {{'k': {one}, 'm': table['k']}}",
            f"table = {{**table, 'm': {one}}}",
            f"flag = True if {self.condition()} else False",
            f"real = real / 2 + {one}",
            f"v = v * 2 % 11 + {one}",
            f"v[:] = v * 2 % 11 + {one}",
            f"v[({one}) % 3] = {other}",
            f"v[({one}) % 3] += {other}",
            f"best = {one}",
            f"best = {one} if best is None or {self.atom()} > best else best",
        )
        self.write(depth, text)

    def change(self, depth: int) -> None:
        """A change of an object, of what is chosen, or of which array a name stands for."""
        one, other = self.expression(1), self.expression(1)
        text = self.choose(
            f"box.n = {one}",
            f"box.m += {one}",
            f"{self.choose(*self.names)} = box.add({one})",
            f"box = Box({one}, box.m)",
            f"box.n, box.m = box.m, {other}",
            f"setattr(box, 'n', {one})",
            f"box.best = {one}",
            f"tally['a'] += {one} % 5",
            f"tally.update(b={one} % 7)",
            f"table.update(k={one})",
            f"mode = 'q' if {self.condition()} else 'p'",
            "mode = {'p': 'q', 'q': 'r', 'r': 'p'}[mode]",
            "v, w = w, v",
            f"w = v if {self.condition()} else w",
            f"w[({one}) % 3] = {other}",
            "w += v",
        )
        if self.likely(30):
            self.write(depth, f"if {self.condition()}:")
            depth += 1
        elif self.likely(20):
            self.write(depth, f"if box.best is None or {self.atom()} > box.best:")
            depth, text = depth + 1, f"box.best = {one}"
        self.write(depth, text)

    def size(self, depth: int) -> None:
        """An array whose size is known when the graph runs, and a guard on it."""
        if self.likely(50):
            self.write(depth, f"part = v[({self.expression(1)}) % 4:]")
            return
        name = self.choose(*self.names)
        text = self.choose(
            f"{name} = max(part) if len(part) > 0 else 0",
            f"{name} = part[1] if len(part) > 1 else {self.atom()}",
        )
        self.write(depth, text)

    def effect(self, depth: int) -> None:
        one = self.expression(1)
        if self.likely(60):
            # A tensor among what is printed: Python's values print while tracing, and only then.
            self.write(depth, self.choose(f"print({one}, v[0])", f"print('x', {one}, f'{{v[1]}}')"))
        elif self.likely(50):
            self.write(depth, f"assert {one} < 60, {self.choose(repr('large'), self.atom())}")
        else:
            self.write(depth, f"if {one} > 40:")
            self.write(depth + 1, f"raise {self.choose('ValueError', 'KeyError')}('large')")

    def grow(self, depth: int) -> None:
        """A change of a list's length."""
        if self.likely(60):
            self.write(depth, f"items.append({self.expression(1)})")
        else:
            self.write(depth, f"if {self.choose('items', 'len(items) > 1')}:")
            self.write(depth + 1, f"{self.choose(*self.names)} = items.pop()")

    def branch(self, depth: int, loop: bool) -> None:
        self.write(depth, f"if {self.condition()}:")
        self.block(depth + 1, loop)
        if self.likely(40):
            self.write(depth, f"elif {self.condition()}:")
            self.block(depth + 1, loop)
        if self.likely(50):
            self.write(depth, "else:")
            self.block(depth + 1, loop)

    def choice(self, depth: int) -> None:
        """A branch whose test assigns."""
        name = self.choose(*self.names)
        self.write(depth, f"if ({name} := {self.expression(1)}) > {self.atom()}:")
        self.block(depth + 1, False)

    def count(self, depth: int) -> None:
        self.counters += 1
        name = self.choose(f"i{self.counters}", "z")
        stop = self.choose("2", "3", f"({self.expression(1)}) % 4")
        bounds = self.choose(stop, f"1, {stop}", f"({stop}), -1, -1", f"0, {stop}, 2")
        items = self.choose("range({})", "range({})", "reversed(range({}))").format(bounds)
        self.write(depth, f"for {name} in {items}:")
        self.block(depth + 1, True)
        if self.likely(50):
            self.write(depth + 1, f"y = {name} + y % 50")
        self.otherwise(depth)

    def over_items(self, depth: int) -> None:
        """A loop over an array, or over items that Python counts."""
        self.counters += 1
        name = f"i{self.counters}"
        position = f"j{self.counters}"
        header = self.choose(
            f"for {name} in v:",
            f"for {position}, {name} in enumerate(v):",
            f"for {name}, {position} in zip(v, range(({self.expression(1)}) % 5)):",
            f"for {name} in (1, 2, {self.atom()}):",
            f"for {position}, {name} in ((0, {self.atom()}), (1, 5)):",
        )
        self.write(depth, header)
        self.write(depth + 1, f"{self.choose(*self.names)} = {name} + {self.expression(1)}")
        self.block(depth + 1, True)
        self.otherwise(depth)

    def repeat(self, depth: int) -> None:
        self.counters += 1
        counter = f"c{self.counters}"
        self.write(depth, f"{counter} = ({self.expression(1)}) % 5")
        joined = self.choose("and", "and not")
        if self.likely(40):
            self.write(depth, f"while {counter} > 0 {joined} {self.condition()}:")
        elif self.likely(30):
            self.write(depth, f"while {counter}:")
        elif self.likely(50):
            self.write(depth, f"while {counter} > 0:")
        else:
            self.write(depth, "while True:")
            self.write(depth + 1, f"if {counter} < 1:")
            self.write(depth + 2, self.choose("break", f"return {self.value()}"))
        self.write(depth + 1, f"{counter} -= 1")
        self.block(depth + 1, True)
        self.otherwise(depth)

    def otherwise(self, depth: int) -> None:
        if self.likely(30):
            self.write(depth, "else:")
            self.block(depth + 1, False)

    def guard(self, depth: int, loop: bool) -> None:
        if self.likely(40):
            self.write(depth, "with contextlib.nullcontext():")
            self.block(depth + 1, loop)
            return
        self.write(depth, "try:")
        self.block(depth + 1, loop)
        self.write(depth, "finally:")
        self.assign(depth + 1)

    def leave(self, depth: int) -> None:
        self.write(depth, f"return {self.value()}")

    def jump(self, depth: int) -> None:
        self.write(depth, f"if {self.condition()}:")
        ways = ["break", "continue", f"return {self.value()}"]
        self.write(depth + 1, self.choose(*ways))

    def define(self, depth: int) -> None:
        """A nested function of one integer, which reads and may assign what is around it."""
        name = f"g{len(self.functions)}"
        outside = self.names, self.result, self.budget, self.unset, self.u_seen
        self.write(depth, f"def {name}(p):")
        assigned = self.choose((), (), ("x",), ("y", "z"))
        if assigned:
            self.write(depth + 1, f"nonlocal {', '.join(assigned)}")
        self.names, self.result, self.budget = ("p", *assigned), "{}", 5
        self.unset = self.u_seen = False
        self.write(depth + 1, f"q = {self.expression(1)}")
        for _ in range(2):
            self.choose(self.assign, self.augment, self.inner_branch)(depth + 1)
        self.write(depth + 1, f"return {self.expression(1)} + q")
        self.names, self.result, self.budget, self.unset, self.u_seen = outside
        self.functions.append(name)

    def inner_branch(self, depth: int) -> None:
        self.write(depth, f"if {self.condition()}:")
        self.choose(self.assign, self.augment, self.leave)(depth + 1)

    # Expressions

    def atom(self) -> str:
        kinds = [*self.names, *self.names, "1", "2", "7", "pair[0]", "pair[1]", "table['k']"]
        kinds += ["table['m']", "v[1]", "int(flag)", "int(real)", "len(items)"]
        kinds.append(self.choose("x", "0 if best is None else best"))
        kinds += self.choose(
            ("box.n", "box.m"),
            ("0 if box.best is None else box.best", "tally['a']"),
            ("1 if mode == 'p' else 2", "len(part)", "w[1]"),
        )
        if self.u_seen:
            kinds += ["u", "u"]
        chosen: str = self.choose(*kinds)
        return f"({chosen})" if " " in chosen else chosen

    def expression(self, depth: int) -> str:
        if depth == 0:
            return self.atom()
        one, other = self.atom(), self.expression(depth - 1)
        kinds = [
            one,
            f"{one} + {other}",
            f"{one} - {other}",
            f"({one} * ({other})) % 97",
            f"({other}) // 3",
            f"({one} if {self.condition()} else {other})",
            f"max({one}, {other})",
            f"min({other}, {one}, 50)",
            f"abs({other})",
            f"v[({other}) % 3]",
            f"sum([{one} * k for k in range(3)]) % 50",
            f"len([k for k in (1, 2, 3) if k != 2]) + {other}",
        ]
        if self.functions:
            kinds += [f"{self.choose(*self.functions)}({other}) % 90"] * 3
        return str(self.choose(*kinds))

    def condition(self) -> str:
        one, other, third = self.atom(), self.atom(), self.atom()
        sign = self.choose("<", ">", "==", "!=", "<=")
        kinds = (
            f"{one} {sign} {other}",
            f"{one} {sign} {other}",
            f"{one} % 3 {sign} {self.choose('0', '1', '2')}",
            f"{one} < {other} < {third}",
            f"({one} > {other} and {third} % 2 == 0)",
            f"({one} > {other} or {third} % 2 == 1)",
            f"not {one} > {other}",
            f"({one} and {other} > {third})",
            f"({other} < {third} or flag)",
            "flag",
            "not flag",
            f"{one} in (0, 2, {other})",
            f"real > {one}",
        )
        return str(self.choose(*kinds))


def program(seed: int, *, unset: bool = False) -> str:
    """Return the text of the program of a number."""
    return _Writer(seed, unset).program()


def as_arrays(arguments: Sequence[Any]) -> list[Any]:
    """Return arguments with new arrays in place of lists."""
    return [np.asarray(value) if isinstance(value, list) else value for value in arguments]


def build(text: str) -> Callable[..., Any]:
    """Return the function of a program, with its source where tracebacks look for it."""
    filename = f"<program {next(_numbers)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    namespace: dict[str, Any] = {}
    exec(compile(text, filename, "exec"), namespace)
    function: Callable[..., Any] = namespace["f"]
    return function


# Shrinking


def shrink(text: str, fails: Callable[[str], bool]) -> str:
    """Return a small program that fails like the one given: statements are left out one by one."""
    while True:
        for smaller in _smaller(text):
            if ends(smaller) and fails(smaller):
                text = smaller
                break
        else:
            return text


def _smaller(text: str) -> Iterator[str]:
    """Yield programs with one statement less, or with a compound one replaced by its body."""
    count = sum(1 for _ in _blocks(ast.parse(text)))
    for number in range(count):
        position = 0
        while True:
            tree = ast.parse(text)
            block = next(itertools.islice(_blocks(tree), number, None))
            if position >= len(block):
                break
            statement = block.pop(position)
            if block:
                yield ast.unparse(tree) + "\n"
            block[position:position] = getattr(statement, "body", [])
            if not isinstance(statement, (ast.FunctionDef, ast.Import)):
                yield ast.unparse(tree) + "\n"
            position += 1


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and not isinstance(node, ast.Module):
                yield block


def ends(text: str, lines: int = 20_000) -> bool:
    """Return whether a program is one, and ends by itself."""
    left = lines

    def count(frame: Any, event: str, argument: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise TimeoutError
        return count

    former = sys.gettrace()
    try:
        function = build(text)
        sys.settrace(count)
        for arguments in CALLS:
            try:
                function(*as_arrays(arguments))
            except TimeoutError:
                return False
            except Exception:  # as good a result as any
                continue
    except SyntaxError:
        return False
    finally:
        sys.settrace(former)
    return True
