"""Random programs that change lists, attributes, cells and tensors in nested control flow."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg

HEAD = """
import collections
import operator
import weakref

import pygraph as pg

class Box:
    def __init__(self, value):
        self.value = value
        self.count = value * 0

    @property
    def counted(self):
        self.count = self.count + 1
        return self.value

    def __add__(self, other):
        self.value = self.value - other
        return self.count

class Doubling(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key, value * 2)

@pg.autograph.do_not_convert
def unconverted(box, value):
    box.value = box.value + value
    vars(box)['count'] = value

def counting(box, value):
    for k in range(2):
        box.count = box.count + value
        yield k

def rank(box, value):
    def key(item):
        box.value = box.value + value % 7
        return -item
    return key

def bump(box, value):
    box.value += value
    box.count = box.count + 1

def put(pair, value):
    pair[1] = value

def program(x):
    box = Box(x + 1)
    table = {'a': x * 1}
    pair = [x + 0, x * 2]
    tensor = pg.zeros(3, dtype=pg.int64)
    total = x * 0
    counts = collections.Counter(a=x * 0)
    user = collections.UserDict(a=x * 1)
    doubling = Doubling(a=x * 1)
    reference = weakref.ref(box)
    i = x

    def add(value):
        nonlocal total
        total = total + value % 5

"""
TAIL = """
    mine = counts['a'], user['a'], doubling['a']
    return box.value, box.count, table, pair, tensor, total, mine
"""

VALUES = ["x", "table['a']", "pair[0]", "box.value", "tensor[1]", "tensor[i % 3]", "total", "2"]
VALUES += ["counts['a']", "user['a']", "doubling['a']", "box.counted"]
CHANGES = [
    "table['a'] = {} + 1",
    "pair[0] += {}",
    "box.value = {} - 1",
    "tensor[i % 3] = {}",
    "tensor[-1] += {}",
    "tensor[1:] = {}",
    "bump(box, {})",
    "put(pair, {})",
    "add({})",
    "pair[0], pair[1] = pair[1], {}",
    "counts.update(a={})",
    "counts.subtract(a={})",
    "vars(box)['value'] = {}",
    "box.__dict__.update(count={})",
    "object.__setattr__(box, 'value', {})",
    "reference().count = {}",
    "user['a'] = {}",
    "user.update(a={})",
    "doubling['a'] = {}",
    "unconverted(box, {})",
    "list(counting(box, {}))",
    "for k in counting(box, {}): pair[1] = pair[1] + k",
    "sorted([1, 2], key=rank(box, {}))",
    "operator.setitem(pair, 0, {})",
    "list.__setitem__(pair, 1, {})",
    "box + {}",
    "pair += []",
    "total = box.counted + {}",
]
BLOCKS = ["if {} % 3 == 1:", "for i in pg.range(3):", "for i in pg.range(x % 4):"]


def write(rng: random.Random, depth: int) -> list[str]:
    """Return the lines of a random block."""
    lines = []
    for _ in range(rng.randint(1, 3)):
        value = rng.choice(VALUES)
        if depth == 3 or rng.random() < 0.6:
            lines.append("    " * depth + rng.choice(CHANGES).format(value))
            continue
        block = rng.choice(BLOCKS).format(value)
        lines += ["    " * depth + block, *write(rng, depth + 1)]
        if block.startswith("if") and rng.random() < 0.5:
            lines += ["    " * depth + "else:", *write(rng, depth + 1)]
    return lines


def leaves(value: Any) -> list[Any]:
    return [np.asarray(leaf).tolist() for leaf in pg.graph.structure.flatten(value)[0]]


def check(seed: int, folder: Path) -> None:
    source = HEAD + "\n".join(write(random.Random(seed), 1)) + "\n" + TAIL
    path = folder / f"program_{seed}.py"
    path.write_text(source)
    namespace: dict[str, Any] = {"__name__": "program"}
    exec(compile(source, str(path), "exec"), namespace)
    program = namespace["program"]
    staged = pg.function(program)
    for x in (0, 1, 5, -3):
        expected = leaves(program(pg.asarray(x)))
        assert leaves(staged(pg.asarray(x))) == expected, f"{source}\nx = {x}"


@pytest.mark.parametrize("seed", range(8))
def test_some(seed: int, tmp_path: Path) -> None:
    check(seed, tmp_path)


@pytest.mark.slow
def test_many(tmp_path: Path) -> None:
    for seed in range(100, 400):
        check(seed, tmp_path)
