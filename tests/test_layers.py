"""No arrow points up: every `#include` and `import` leads to a layer below, or stays in its own.

The tables here are the architecture (docs/house.md draws them). A layer names what it may use; a
folder or module that no table knows is an error, so a new one must be given its place. Nor do
arrows lead back within a layer: files that import each other are an error, unless listed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.unsanitized

ROOT = Path(__file__).resolve().parent.parent


def pile(*floors: str) -> dict[str, frozenset[str]]:
    """Layers from the bottom up; each may use all floors below, and no neighbour on its own."""
    below: set[str] = set()
    allowed = {}
    for floor in floors:
        names = floor.split()
        for name in names:
            allowed[name] = frozenset(below)
        below.update(names)
    return allowed


CPP_LAYERS = pile("base", "kernels ir", "ops", "format passes", "plan", "exec", "api", "bind")
# The public headers stand alone, and only their implementation and the bindings know them.
CPP_LAYERS["include"] = frozenset()
for _name in ("api", "bind"):
    CPP_LAYERS[_name] |= {"include"}

# `_core` hands out the tensors of `_hot`; `runtime` and `profiling` stand beside the graph.
PYTHON_LAYERS = pile(
    "_hot",
    "_core",
    "graph runtime profiling",
    "ops",
    "state interop",
    "control",
    "autodiff autograph",
    "function",
    "saving",
    "keras",
    "__init__",
    "demo",
    "__main__",
)

# Circles of files that are allowed, with the reason.
CIRCLES: dict[frozenset[str], str] = {}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
# Cython's way to include a C++ file, and its imports of the package, which stands above all of C++.
EXTERN = re.compile(r'^\s*cdef extern from (["<])([^">]+)[">]')
CYTHON_IMPORT = re.compile(r"^\s*(?:from|import|cimport)\s+pygraph\b")
SOURCES = frozenset({".cpp", ".hpp", ".h", ".def", ".inc", ".pyx", ".pxi", ".pxd"})
# The only door to Python is csrc/bind.
PYTHON_HEADERS = re.compile(r"^(Python\.h|pybind11/|numpy/|structmember\.h)")


def cpp_layer(path: Path, csrc: Path) -> str:
    """The layer a C++ file belongs to: its first folder."""
    return path.relative_to(csrc).parts[0]


def included_layer(quote: str, name: str) -> str | None:
    """The layer that an include names, or None for a system header."""
    if name.startswith("pygraph/"):
        return "include"
    return name.split("/")[0] if quote == '"' else None


def cpp_faults(csrc: Path, layers: Mapping[str, frozenset[str]]) -> list[str]:
    """What is wrong with the includes under `csrc`, one line each."""
    faults = []
    paths = [p for p in csrc.rglob("*") if p.suffix in SOURCES]
    for path in sorted(paths):
        own = cpp_layer(path, csrc)
        if own not in layers:
            faults.append(f"{path.relative_to(csrc)}: '{own}' is no layer of the table")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if path.suffix in {".pyx", ".pxi", ".pxd"} and CYTHON_IMPORT.match(line):
                faults.append(f"{path.relative_to(csrc)}:{number}: C++ may not import pygraph")
            match = INCLUDE.match(line) or EXTERN.match(line)
            if match is None or (own == "bind" and match[2] == "Python.h"):
                continue
            where = f"{path.relative_to(csrc)}:{number}"
            quote, name = match.groups()
            if own == "include" and quote == '"' and "/" not in name:
                continue  # installed side by side, away from csrc
            other = included_layer(quote, name)
            if quote == '"' and "/" not in name:
                faults.append(f'{where}: "{name}" is not rooted at csrc')
            elif PYTHON_HEADERS.match(name):
                if own != "bind":
                    faults.append(f"{where}: {name} belongs in bind only")
            elif other is not None and other != own:
                if other not in layers:
                    faults.append(f"{where}: '{other}' is no layer of the table")
                elif other not in layers[own]:
                    faults.append(f"{where}: {own} may not include {other}")
    return faults


def python_layer(parts: tuple[str, ...]) -> str:
    """The layer of a dotted name inside the package; the package itself is its `__init__`."""
    return parts[0] if parts else "__init__"


def imported_modules(tree: ast.AST, package: tuple[str, ...]) -> list[tuple[int, tuple[str, ...]]]:
    """Modules of the package imported anywhere in a file: (line, dotted name in the package)."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root, *rest = alias.name.split(".")
                if root == "pygraph":
                    found.append((node.lineno, tuple(rest)))
        elif isinstance(node, ast.ImportFrom):
            module = tuple(node.module.split(".")) if node.module else ()
            if node.level:
                base = ("pygraph", *package)[: len(package) + 2 - node.level]
                module = (*base, *module)
            if module[:1] == ("pygraph",):
                # `from pygraph import graph` names a layer, `from pygraph.graph import x` has it.
                names = [(alias.name,) for alias in node.names] if len(module) == 1 else [()]
                found.extend((node.lineno, (*module[1:], *name)) for name in names)
    return found


def python_faults(package: Path, layers: Mapping[str, frozenset[str]]) -> list[str]:
    """What is wrong with the imports under `package`, one line each."""
    faults = []
    known = set(layers)
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.pyi")]):
        relative = path.relative_to(package)
        parts = relative.with_suffix("").parts
        own = python_layer(parts)
        if own not in known:
            faults.append(f"{relative}: '{own}' is no layer of the table")
            continue
        tree = ast.parse(path.read_text(), str(path))
        for line, target in imported_modules(tree, parts[:-1]):
            other = python_layer(target)
            if other not in known:
                # `from pygraph import asarray` takes a public name, which lives in `__init__`.
                other = "__init__"
            if other != own and other not in layers[own]:
                faults.append(f"{relative}:{line}: {own} may not import {other}")
    return faults


def _typing_only(tree: ast.AST) -> set[ast.AST]:
    """Nodes under ``if TYPE_CHECKING:``, of which nothing is imported when the code runs."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }


def imports_between_files(package: Path) -> dict[str, set[str]]:
    """By file, the files of the package that it imports, inside functions too.

    ``from x import y`` leads to the file of ``y`` if that is a module, else to that of ``x``.
    """
    paths = [*package.rglob("*.py"), *package.rglob("*.pyi")]
    files = {path.relative_to(package): path for path in paths}
    by_name = {
        path.parent.parts if path.stem == "__init__" else path.with_suffix("").parts: str(path)
        for path in files
    }
    found: dict[str, set[str]] = {str(path): set() for path in files}
    for relative, path in files.items():
        tree = ast.parse(path.read_text(), str(path))
        skipped = _typing_only(tree)
        for node in ast.walk(tree):
            if node in skipped:
                continue
            targets: list[tuple[str, ...]] = []
            if isinstance(node, ast.Import):
                targets = [tuple(alias.name.split(".")) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = ("pygraph", *relative.parts[:-1])[: len(relative.parts) + 1 - node.level]
                module = tuple(node.module.split(".")) if node.module else ()
                module = (*base, *module) if node.level else module
                targets = [
                    (*module, alias.name) if (*module, alias.name)[1:] in by_name else module
                    for alias in node.names
                ]
            found[str(relative)].update(
                by_name[target[1:]]
                for target in targets
                if target[:1] == ("pygraph",) and target[1:] in by_name
            )
    return found


def circles(arrows: Mapping[str, set[str]]) -> list[list[str]]:
    """Files that reach each other, as sorted groups."""
    reach = {start: _reached(start, arrows) for start in arrows}
    groups = {
        tuple(sorted(other for other in reach[start] if start in reach[other]))
        for start in arrows
        if start in reach[start]
    }
    return [list(group) for group in sorted(groups)]


def _reached(start: str, arrows: Mapping[str, set[str]]) -> set[str]:
    """Files that a file imports, and those that these import, and so on."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = arrows[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def test_no_circles_of_files() -> None:
    found = circles(imports_between_files(ROOT / "pygraph"))
    unknown = [" <-> ".join(circle) for circle in found if frozenset(circle) not in CIRCLES]
    assert not unknown, "\n".join(unknown)
    gone = CIRCLES.keys() - {frozenset(circle) for circle in found}
    assert not gone, f"no circles any more, strike them from the list: {gone}"


def test_cpp_layers() -> None:
    faults = cpp_faults(ROOT / "csrc", CPP_LAYERS)
    assert not faults, "\n".join(faults)


def test_python_layers() -> None:
    faults = python_faults(ROOT / "pygraph", PYTHON_LAYERS)
    assert not faults, "\n".join(faults)


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Make a little tree of files."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("name", "line", "fault"),
    [
        ("ops/a.cpp", '#include "exec/run.hpp"', "ops/a.cpp:1: ops may not include exec"),
        ("ir/a.hpp", '#include "kernels/add.hpp"', "ir/a.hpp:1: ir may not include kernels"),
        ("plan/a.hpp", '# include "api/c.hpp"', "plan/a.hpp:1: plan may not include api"),
        (
            "exec/a.cpp",
            "#include <pygraph/pygraph.h>",
            "exec/a.cpp:1: exec may not include include",
        ),
        ("base/a.cpp", "#include <Python.h>", "base/a.cpp:1: Python.h belongs in bind only"),
        (
            "base/a.cpp",
            "#include <pybind11/stl.h>",
            "base/a.cpp:1: pybind11/stl.h belongs in bind only",
        ),
        ("base/a.cpp", '#include "dtype.hpp"', 'base/a.cpp:1: "dtype.hpp" is not rooted at csrc'),
        ("base/a.cpp", '#include "attic/x.hpp"', "base/a.cpp:1: 'attic' is no layer of the table"),
        ("attic/a.cpp", "", "attic/a.cpp: 'attic' is no layer of the table"),
        ("ops/a.cpp", '#include "ir/ir.hpp"', None),
        ("ops/a.cpp", '#include "ops/table.hpp"', None),
        ("plan/a.cpp", '#include "passes/run.hpp"', None),
        ("bind/a.cpp", "#include <Python.h>", None),
        ("api/a.cpp", "#include <pygraph/pygraph.h>", None),
        ("base/a.cpp", "#include <vector>", None),
        (
            "bind/a.pyx",
            "    from pygraph.graph import x",
            "bind/a.pyx:1: C++ may not import pygraph",
        ),
        ("bind/a.pxi", "import pygraph", "bind/a.pxi:1: C++ may not import pygraph"),
        ("bind/a.pyx", 'cdef extern from "bind/a.hpp" nogil:', None),
        ("bind/a.pyx", 'cdef extern from "Python.h":', None),
        ("bind/a.pyx", "cdef extern from *:", None),
        ("ops/a.pyx", 'cdef extern from "exec/run.hpp":', "ops/a.pyx:1: ops may not include exec"),
        (
            "bind/a.pyx",
            'cdef extern from "attic/x.hpp":',
            "bind/a.pyx:1: 'attic' is no layer of the table",
        ),
        ("include/pygraph/a.hpp", '#include "pygraph.h"', None),
        (
            "include/pygraph/a.hpp",
            '#include "base/dtype.hpp"',
            "include/pygraph/a.hpp:1: include may not include base",
        ),
    ],
)
def test_the_cpp_checker_sees(tmp_path: Path, name: str, line: str, fault: str | None) -> None:
    faults = cpp_faults(write(tmp_path, {name: line}), CPP_LAYERS)
    assert faults == ([] if fault is None else [fault])


@pytest.mark.parametrize(
    ("name", "line", "fault"),
    [
        ("graph/a.py", "import pygraph", "graph/a.py:1: graph may not import __init__"),
        ("graph/a.py", "from pygraph import ops", "graph/a.py:1: graph may not import ops"),
        (
            "graph/a.py",
            "from pygraph import asarray",
            "graph/a.py:1: graph may not import __init__",
        ),
        ("graph/a.py", "from pygraph.ops.x import y", "graph/a.py:1: graph may not import ops"),
        ("graph/b/a.py", "from ...ops import y", "graph/b/a.py:1: graph may not import ops"),
        ("graph/a.py", "from .. import ops", "graph/a.py:1: graph may not import ops"),
        (
            "ops/a.py",
            "def f():\n    import pygraph.control",
            "ops/a.py:2: ops may not import control",
        ),
        ("interop/a.py", "import pygraph.state.x", "interop/a.py:1: interop may not import state"),
        (
            "autograph/a.py",
            "import pygraph.function",
            "autograph/a.py:1: autograph may not import function",
        ),
        ("attic/a.py", "", "attic/a.py: 'attic' is no layer of the table"),
        ("graph/a.py", "from .specs import x\nfrom pygraph.graph import y", None),
        ("graph/b/a.py", "from ..specs import x", None),
        ("graph/a.py", "from pygraph._core import x", None),
        ("graph/a.py", "from pygraph import runtime", "graph/a.py:1: graph may not import runtime"),
        ("_hot.pyi", "from pygraph._core import x", "_hot.pyi:1: _hot may not import _core"),
        ("function/a.py", "from pygraph.autograph import x", None),
        ("__init__.py", "from pygraph.saving import save", None),
        ("demo/a.py", "import pygraph as pg", None),
    ],
)
def test_the_python_checker_sees(tmp_path: Path, name: str, line: str, fault: str | None) -> None:
    faults = python_faults(write(tmp_path, {name: line}), PYTHON_LAYERS)
    assert faults == ([] if fault is None else [fault])


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a.py": "from pygraph.b import x", "b.py": ""}, []),
        ({"a.py": "from pygraph import b", "b.py": "import pygraph.a"}, [["a.py", "b.py"]]),
        (
            {"c/a.py": "from . import b", "c/b.py": "def f():\n    from pygraph.c.a import x"},
            [["c/a.py", "c/b.py"]],
        ),
        (
            {
                "a.py": "from pygraph.b import x",
                "b.py": "from pygraph.c import y",
                "c/__init__.py": "from pygraph.a import z",
            },
            [["a.py", "b.py", "c/__init__.py"]],
        ),
        ({"a.py": "import pygraph.b", "b.py": "if TYPE_CHECKING:\n    import pygraph.a"}, []),
        ({"a.py": "from numpy.a import b", "b.py": "from pygraph.a import x"}, []),
    ],
)
def test_the_checker_sees_circles(
    tmp_path: Path, files: Mapping[str, str], found: list[list[str]]
) -> None:
    assert circles(imports_between_files(write(tmp_path, files))) == found
