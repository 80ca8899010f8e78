"""Random programs that change lists, attributes, cells and tensors in nested control flow."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg

HEAD = """
import pygraph as pg

class Box:
    def __init__(self, value):
        self.value = value
        self.count = value * 0

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
    i = x

    def add(value):
        nonlocal total
        total = total + value % 5

"""
TAIL = "    return box.value, box.count, table, pair, tensor, total\n"

VALUES = ["x", "table['a']", "pair[0]", "box.value", "tensor[1]", "tensor[i % 3]", "total", "2"]
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
