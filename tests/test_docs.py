"""Runs every Python block of README.md and docs/, and every script of examples/.

The blocks of one page run in order in one namespace. `expression  # -> text` promises what the
expression shows, and is held to it.
"""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
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


def run_page(page: Path, scratch: Path) -> None:
    """Run a page's Python; the code stands in a file, on the page's own line numbers."""
    source_lines = [""] * len(page.read_text().splitlines())
    for start, text in blocks(page.read_text(), "python"):
        for offset, line in enumerate(text.splitlines()):
            source_lines[start - 1 + offset] = line
    source = "\n".join(source_lines) + "\n"
    script = scratch / f"{page.stem}.py"
    script.write_text(source)
    namespace: dict[str, Any] = {"__name__": page.stem, "__file__": str(script)}
    for statement in ast.parse(source, str(script)).body:
        run_statement(statement, source_lines, script, namespace)


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
    run_page(page, tmp_path)


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


def test_pages_link_to_what_exists() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_readme_has_two_commands() -> None:
    commands = [text.strip() for _, text in blocks((ROOT / "README.md").read_text(), "sh")]
    assert len(commands) == 2
    assert all("\n" not in command and "pip install" in command for command in commands)
    assert commands[0].endswith("-m pygraph demo")
    assert commands[1].endswith("-m pytest")
