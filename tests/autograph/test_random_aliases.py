"""Random programs that bind names to arrays and write into them, against NumPy.

What a program gives is NumPy's, or it is refused; it is never something else.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg

NAMES = ("x", "y", "z")


class Writer:
    """Writes one program.

    Where it binds views of ``m``, it does not write into ``m`` directly: a tensor's part keeps its
    value then, unlike NumPy's.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.views = self.chance(0.5)

    def program(self) -> str:
        self.lines = ["def program(a, b, m, c, n):", "    x, y, z = a, b, a + b"]
        if self.chance(0.3):
            self.lines.append("    z = a")
        self.lines.append("    items = [x, y]")
        self.block(1, self.random.randint(3, 7))
        self.lines.append("    return x, y, z, a, b, m, items")
        return "\n".join(self.lines) + "\n"

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def name(self) -> str:
        return self.random.choice((*NAMES, *NAMES, "a", "items[0]", "items[1]"))

    def target(self) -> str:
        return self.random.choice(NAMES)

    def block(self, depth: int, count: int) -> None:
        for _ in range(count):
            self.statement(depth)

    def add(self, depth: int, line: str) -> None:
        self.lines.append("    " * depth + line)

    def condition(self) -> str:
        return self.random.choice(
            (
                "c > 0",
                "c > 1",
                f"{self.target()}[0] > 2.0",
                "n > 2",
                f"{self.target()}[1] < {self.target()}[0]",
            )
        )

    def statement(self, depth: int) -> None:
        kinds = [self.bind, self.write, self.write, self.augment, self.augment, self.swap]
        kinds += [self.choose, self.item, self.view, self.call]
        if depth < 4:
            kinds += [self.branch, self.branch, self.loop]
        self.random.choice(kinds)(depth)

    def bind(self, depth: int) -> None:
        value = self.random.choice(
            (f"{self.name()}", f"{self.name()}", f"{self.name()} + 1.0", f"{self.name()}.copy()")
        )
        self.add(depth, f"{self.target()} = {value}")

    def write(self, depth: int) -> None:
        key = self.random.choice(("0", "1", ":2", "::2", "-1", "...", "n % 3"))
        value = self.random.choice(("5.0", f"{self.name()}[1]", "float(7)"))
        self.add(depth, f"{self.name()}[{key}] = {value}")

    def augment(self, depth: int) -> None:
        value = self.random.choice(("1.0", "0.5", self.name(), "a[2]"))
        key = self.random.choice(("", "", "", "[1]", "[:2]"))
        if key == "[:2]":
            value = "2.0"
        elif key:
            value = "a[0]"
        self.add(depth, f"{self.name()}{key} {self.random.choice('+-*')}= {value}")

    def swap(self, depth: int) -> None:
        one, other = self.random.sample(NAMES, 2)
        self.add(depth, f"{one}, {other} = {other}, {one}")

    def choose(self, depth: int) -> None:
        other = self.random.choice((self.name(), f"{self.name()} * 2.0"))
        line = f"{self.target()} = {self.name()} if {self.condition()} else {other}"
        self.add(depth, line)

    def item(self, depth: int) -> None:
        number = self.random.randint(0, 1)
        value = self.random.choice((self.name(), f"{self.name()} + 0.5"))
        self.add(depth, f"items[{number}] = {value}")

    def view(self, depth: int) -> None:
        part = self.random.choice(("m[0]", "m[:, 1]", "m.T[1]", "m[n % 3]", "m.reshape(9)[:3]"))
        target = self.target()
        if self.views:
            self.add(depth, f"{target} = {part}{self.random.choice(('', ' + 1.0', '.copy()'))}")
        else:
            self.add(depth, f"m[{self.random.randint(0, 2)}] = {self.name()} * 1.0")

    def call(self, depth: int) -> None:
        self.add(depth, f"{self.target()} = helper({self.name()}, {self.random.randint(0, 2)})")

    def branch(self, depth: int) -> None:
        self.add(depth, f"if {self.condition()}:")
        self.block(depth + 1, self.random.randint(1, 2))
        if self.chance(0.1):
            self.add(depth + 1, "return x, y, z, a, b, m, items")
        if self.chance(0.4):
            self.add(depth, "else:")
            self.block(depth + 1, self.random.randint(1, 2))

    def loop(self, depth: int) -> None:
        header = self.random.choice(("for i{0} in range(n):", "for i{0} in range(c + 1):"))
        self.add(depth, header.format(depth))
        self.block(depth + 1, self.random.randint(1, 3))
        if self.chance(0.2):
            self.add(depth + 1, f"if {self.condition()}:")
            self.add(depth + 2, self.random.choice(("break", "continue")))


HELPER = """
def helper(t, k):
    if k == 0:
        t[0] = 4.0
    elif k == 1:
        t += 1.0
        return t
    else:
        t = t * 2.0
        t[1] -= 1.0
    return t


"""


ARGUMENTS = [(0, 0), (1, 2), (2, 3)]


def arrays() -> list[np.ndarray]:
    return [np.asarray([1.0, 2.0, 3.0]), np.asarray([4.0, 1.0, 0.5]), np.arange(9.0).reshape(3, 3)]


def flat(value: Any) -> list[Any]:
    if isinstance(value, (tuple, list)):
        return [part for item in value for part in flat(item)]
    return [np.asarray(value).tolist()]


def loaded(text: str, file: Path) -> Any:
    file.write_text(text)
    names: dict[str, Any] = {}
    exec(compile(text, str(file), "exec"), names)
    return names["program"]


def outcome(run: Any) -> Any:
    with np.errstate(all="ignore"):
        return flat(run())


def compare(seed: int, folder: Path) -> dict[str, int]:
    """Run one program in all ways; count how often it is refused."""
    text = HELPER + Writer(seed).program()
    program = loaded(text, folder / f"aliases_{seed}.py")
    staged = pg.function(program)
    counts = {"right": 0, "refused": 0}
    for c, n in ARGUMENTS:
        want = outcome(lambda c=c, n=n: program(*arrays(), c, n))
        tensors = [pg.asarray(x) for x in arrays()]
        ways = {
            "eager": lambda c=c, n=n, t=tensors: program(*t, c, n),
            "staged": lambda c=c, n=n, t=tensors: staged(*t, pg.asarray(c), pg.asarray(n)),
        }
        for way in ("staged", "eager"):
            try:
                got = outcome(ways[way])
            except TypeError as error:
                text_of = str(error)
                assert "copy" in text_of, f"{seed} {way}: {text_of}"
                counts["refused"] += 1
                continue
            same = [np.array_equal(g, w, equal_nan=True) for g, w in zip(got, want, strict=True)]
            assert all(same), f"seed {seed}, {way}, c={c}, n={n}\n{text}\n{got}\n{want}"
            counts["right"] += 1
    return counts


@pytest.mark.parametrize(
    "seeds", [range(start, start + 20) for start in range(0, 100, 20)], ids=str
)
def test_programs(seeds: range, tmp_path: Path) -> None:
    for seed in seeds:
        compare(seed, tmp_path)
