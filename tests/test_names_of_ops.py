"""Nothing lists ops by name but their table, their kernels, their rules and their wrappers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pygraph import _core

ROOT = Path(__file__).resolve().parent.parent
OPS = {row["name"] for row in _core.op_table()}

# Where ops are told apart one by one: each has code of its own there.
OWN_CODE = (
    "csrc/kernels/",
    "csrc/ops/infer.cpp",
    "csrc/ops/rules.cpp",
    "csrc/ops/prepare",
    "pygraph/ops/",
)
# Where names of Python's functions, methods or public names are meant that ops have as well.
OTHER_NAMES = {
    "pygraph/__init__.py",
    "pygraph/autograph/converters/spelled_out.py",
    "pygraph/autograph/operators/__init__.py",
    "pygraph/autograph/operators/mathematics.py",
    "pygraph/control/__init__.py",
    "pygraph/control/containers/arrays.py",
    "pygraph/control/join/chosen_values.py",
    "pygraph/control/containers/ranges.py",
    "pygraph/control/changes/reads.py",
    "pygraph/control/join/unset.py",
}
# Cases in a row with one body, names joined by "or", names in braces.
CASES = re.compile(r"(?:case (?:ir::)?OpCode::(\w+):\s*){3,}")
ALTERNATIVES = re.compile(
    r"OpCode::\w+(?:\s*(?:,|\|\|)\s*(?:[\w.>()-]+\s*==\s*)?(?:ir::)?OpCode::\w+){2,}"
)


def lists_in_cpp(text: str) -> Iterator[int]:
    for pattern in (CASES, ALTERNATIVES):
        for found in pattern.finditer(text):
            yield text.count("\n", 0, found.start()) + 1


def lists_in_python(text: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            parts: list[ast.expr | None] = list(node.elts)
        elif isinstance(node, ast.Dict):
            parts = list(node.keys)
        else:
            continue
        values = [part.value for part in parts if isinstance(part, ast.Constant)]
        if sum(isinstance(value, str) and value in OPS for value in values) >= 2:
            yield node.lineno


def lists_in_cython(text: str) -> Iterator[int]:
    for found in re.finditer(r"\((\s*\"\w+\",?)+\s*\)", text):
        if sum(name in OPS for name in re.findall(r"\w+", found.group())) >= 2:
            yield text.count("\n", 0, found.start()) + 1


READERS = {
    ".cpp": lists_in_cpp,
    ".hpp": lists_in_cpp,
    ".py": lists_in_python,
    ".pyx": lists_in_cython,
    ".pxi": lists_in_cython,
}


def test_no_list_of_ops_outside_of_their_table() -> None:
    found = [
        f"{name}:{line}"
        for folder in ("csrc", "pygraph")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in READERS
        and not (name := path.relative_to(ROOT).as_posix()).startswith(OWN_CODE)
        and name not in OTHER_NAMES
        for line in READERS[path.suffix](path.read_text())
    ]
    assert not found, "make this a column of csrc/ops/ops.def: " + ", ".join(found)


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".cpp", "case OpCode::exp:\n    case OpCode::log:\n  case OpCode::sin: return 8;"),
        (".cpp", "constexpr OpCode kViews[] = {OpCode::slice, OpCode::gather, OpCode::reshape};"),
        (".cpp", "op == OpCode::add || op == OpCode::subtract || op == OpCode::multiply"),
        (".py", "VIEWS = {'slice', 'gather'}"),
        (".py", "FAULTS = {'gather': IndexError, 'remainder': ZeroDivisionError}"),
        (".pxi", 'VIEWS = frozenset(("slice", "gather"))'),
    ],
)
def test_a_list_is_found(suffix: str, text: str) -> None:
    assert list(READERS[suffix](text)) == [1]
