"""Runs the blocks of README.md and of the pages of docs/, and every script of examples/.

The blocks of one page run in order, in a folder of their own: Python in one namespace, in which
`expression  # -> text` promises what the expression shows, and is held to it. A `cpp` block whose
first line is `// name.cpp` becomes that file; `sh` runs; a `diff` must fit the tree, and a slow
test makes these changes to a copy of it; what is to be read only is `text`. README's two commands
are not run here: `.ci/run` runs them.
"""

from __future__ import annotations

import ast
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
EXAMPLES = sorted((ROOT / "examples").rglob("*.py"))
FENCE = re.compile(r"^```(\w*)\s*$")
PROMISE = re.compile(r"#\s*->\s*(.+?)\s*$")


def blocks(text: str, language: str) -> list[tuple[int, str]]:
    """Fenced blocks of one language: the line each starts on, and its text."""
    found: list[tuple[int, str]] = []
    current: list[str] | None = None
    kind, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        match = FENCE.match(line)
        if match is None:
            if current is not None:
                current.append(line)
        elif current is None:
            current, kind, start = [], match.group(1), number + 1
        else:
            if kind == language:
                found.append((start, "\n".join(current) + "\n"))
            current = None
    assert current is None, f"the block at line {start} is not closed"
    return found


def run_page(page: Path, scratch: Path, shell: bool = True) -> None:
    """Run a page's blocks; the Python stands in a file, on the page's own line numbers."""
    text = page.read_text()
    source_lines = [""] * len(text.splitlines())
    for start, block in blocks(text, "python"):
        for offset, line in enumerate(block.splitlines()):
            source_lines[start - 1 + offset] = line
    source = "\n".join(source_lines) + "\n"
    script = scratch / f"{page.stem}.py"
    script.write_text(source)
    namespace: dict[str, Any] = {"__name__": page.stem, "__file__": str(script)}
    steps: list[tuple[int, Callable[[], None]]] = [
        (statement.lineno, partial(run_statement, statement, source_lines, script, namespace))
        for statement in ast.parse(source, str(script)).body
    ]
    if shell:
        steps += [
            (line, partial(write_source, block, scratch)) for line, block in blocks(text, "cpp")
        ]
        steps += [(line, partial(run_shell, block, scratch)) for line, block in blocks(text, "sh")]
    for _, step in sorted(steps, key=lambda step: step[0]):
        step()


def write_source(text: str, scratch: Path) -> None:
    """Write a block to the file that its first line names."""
    name = re.match(r"// (\w+\.\w+)\n", text)
    assert name is not None, f"the first line names no file: {text[:40]!r}"
    (scratch / name.group(1)).write_text(text)


def run_shell(text: str, scratch: Path) -> None:
    """Run a block's commands, with the Python and the package that these tests belong to."""
    tools = scratch / "bin"
    if not tools.exists():
        tools.mkdir()
        (tools / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (tools / "python").chmod(0o755)
    import pygraph

    package = str(Path(str(pygraph.__file__)).parent.parent)
    environment = {**os.environ, "PYTHONPATH": package, "PATH": f"{tools}:{os.environ['PATH']}"}
    lines = text.splitlines()
    commands = [re.sub(r"\s*# -> .*", "", line) for line in lines]
    script = ["set -eu", *commands]
    done = subprocess.run(
        ["sh", "-c", "\n".join(script)],
        cwd=scratch,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
    promised = [match.group(1) for line in lines if (match := PROMISE.search(line))]
    assert done.stdout.splitlines()[-len(promised) :] == promised or not promised, done.stdout


def compile_as_is(tree: ast.Expression | ast.Module, script: Path) -> CodeType:
    """Compile without this file's own `from __future__`."""
    mode = "eval" if isinstance(tree, ast.Expression) else "exec"
    return compile(tree, str(script), mode, dont_inherit=True)


def run_statement(
    statement: ast.stmt, lines: list[str], script: Path, namespace: dict[str, Any]
) -> None:
    """Run one statement, and compare what an expression shows with what is promised of it."""
    end = statement.end_lineno
    promise = PROMISE.search(lines[(end or statement.lineno) - 1])
    if isinstance(statement, ast.Expr) and promise is not None:
        code = compile_as_is(ast.Expression(statement.value), script)
        shown = repr(eval(code, namespace))
        assert shown == promise.group(1), f"{script.stem}:{statement.lineno}"
    else:
        exec(compile_as_is(ast.Module([statement], []), script), namespace)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # A program built against a sanitized library needs more than the page says (tests/embed).
    shell = page.name != "README.md" and "PYGRAPH_SANITIZED" not in os.environ
    run_page(page, tmp_path, shell)


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.name)
def test_example_runs(
    script: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(script), run_name="__main__")
    assert capsys.readouterr().out.strip()


def test_a_broken_promise_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 1\nx + 1  # -> 2\n```\ntext\n```python\nx  # -> 3\n```\n")
    with pytest.raises(AssertionError, match="page:7"):
        run_page(page, tmp_path)


def changes(page: Path) -> list[tuple[str, list[str]]]:
    """The `diff` blocks of a page: a file each, and lines that begin with a space or a plus."""
    found = []
    for line, block in blocks(page.read_text(), "diff"):
        head, *lines = block.splitlines()
        assert head.startswith("+++ "), f"{page.name}:{line} names no file"
        assert all(text[:1] in ("+", " ", "") for text in lines), f"{page.name}:{line}"
        found.append((head.removeprefix("+++ "), lines))
    return found


def changed(text: str, lines: list[str]) -> str:
    """Return a file's text with the lines of one change added where its other lines stand."""
    present = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
    assert text.count(present) == 1, f"found {text.count(present)} times:\n{present}"
    return text.replace(present, "".join(f"{line[1:]}\n" for line in lines))


@pytest.mark.unsanitized
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_changes_fit_the_tree(page: Path) -> None:
    for name, lines in changes(page):
        assert len(changed((ROOT / name).read_text(), lines).splitlines()) > len(lines)


@pytest.mark.slow
@pytest.mark.unsanitized
def test_the_ops_of_adding_an_op(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    skipped = shutil.ignore_patterns(".*", "build", "dist", "*.so", "__pycache__", "lib", "include")
    shutil.copytree(ROOT, tree, ignore=skipped)
    shutil.copytree(ROOT / "csrc" / "include", tree / "csrc" / "include")
    for name, lines in changes(ROOT / "docs" / "adding-an-op.md"):
        path = tree / name
        path.write_text(changed(path.read_text(), lines))
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYGRAPH_UNDER_TEST": str(tree)}
    for command in (
        ["setup.py", "-q", "build_ext", "--inplace"],
        [
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/ops",
            "-k",
            "cbrt or interleave or doc or example",
        ],
    ):
        done = subprocess.run(
            [sys.executable, *command], cwd=tree, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
    # By itself, with an integer, within the tests over the table, and as an example: all found.
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed.group(1)) >= 7


def test_shell_and_sources_run_in_order(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```cpp\n// a.txt\ntext\n```\n```sh\nwc -l < a.txt  # -> 2\n```\n"
        "```python\nfrom pathlib import Path\n\n"
        "Path('a.txt').read_text()  # -> '// a.txt\\ntext\\n'\n```\n"
        "```sh\npython -c 'print(5)'  # -> 6\n```\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        with pytest.raises(AssertionError, match="5"):
            run_page(page, tmp_path)


def test_pages_link_to_what_exists() -> None:
    for page in PAGES:
        prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", prose):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_readme_has_two_commands() -> None:
    commands = [text.strip() for _, text in blocks((ROOT / "README.md").read_text(), "sh")]
    assert len(commands) == 2
    assert all("\n" not in command and "pip install" in command for command in commands)
    assert commands[0].endswith("-m pygraph demo")
    assert commands[1].endswith("-m pytest")
