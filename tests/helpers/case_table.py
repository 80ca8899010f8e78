"""The table of cases: small programs, each with calls of its function ``f`` and what they give.

A file of ``cases/`` holds the cases of one construct. It is Python, cut up by comments; what
stands above the first case belongs to all of them::

    # case: halve_while_even
    def f(n):
        while n % 2 == 0:
            n = n // 2
        return n


    f(12)  # -> 3
    f(0)  # raises ZeroDivisionError: integer division

After a call, or in the comment lines below it, stands what plain Python gives:

* ``-> 3`` the result, an expression; ``staged -> 3.0`` that of a graph, where it differs;
* ``prints: 1 2`` a line that is printed;
* ``raises TypeError: text`` the type of an exception, and a part of its text;
* ``staged raises TypeError: text`` what Python allows and a graph can't do.

Numbers, bools and lists (as arrays) are the arguments that become tensors. ``static(3)`` is one
that stays a Python number; what is inside of tuples and dicts becomes tensors one by one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import CodeType
from typing import Any

FOLDER = Path(__file__).parent.parent / "autograph" / "cases"
_TITLE = re.compile(r"# case: (\w+)$")


@dataclass(frozen=True)
class Raises:
    """An exception that is expected: its type's name and a part of its text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Call:
    """One call of a case's function, and what is expected of it."""

    line: int
    source: str
    value: str | None
    staged_value: str | None
    raises: Raises | None
    staged_raises: Raises | None
    prints: str

    @property
    def arguments(self) -> CodeType:
        """The arguments as an expression: a tuple of those by position and a dict of the others."""
        call = ast.parse(self.source, mode="eval").body
        assert isinstance(call, ast.Call)
        by_name = ast.Dict(
            [ast.Constant(keyword.arg) for keyword in call.keywords],
            [keyword.value for keyword in call.keywords],
        )
        both = ast.Tuple([ast.Tuple(call.args, ast.Load()), by_name], ast.Load())
        return compile(ast.fix_missing_locations(ast.Expression(both)), "<arguments>", "eval")


@dataclass(frozen=True)
class Case:
    """A program that defines ``f``, under the lines of the file it stands in."""

    file: Path
    name: str
    program: CodeType
    calls: list[Call] = field(repr=False)

    @property
    def id(self) -> str:
        """How the case is called in the list of tests."""
        return f"{self.file.stem}-{self.name}"

    def namespace(self) -> dict[str, Any]:
        """Run the program anew; what it defines."""
        names: dict[str, Any] = {"__name__": self.id}
        exec(self.program, names)
        return names


class _Reader:
    """Reads the cases of one file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lines = file.read_text().splitlines()
        self.starts = [
            number for number, line in enumerate(self.lines) if line.startswith("# case:")
        ]

    def cases(self) -> Iterator[Case]:
        for start, end in pairwise([*self.starts, len(self.lines)]):
            title = _TITLE.match(self.lines[start])
            if title is None:
                raise self.error(start + 1, "a case starts with `# case: its_name`")
            yield self.case(title[1], start, end)

    def case(self, name: str, start: int, end: int) -> Case:
        tree = ast.parse("\n".join(self.text(start, end)), str(self.file))
        calls = [statement for statement in tree.body if _is_call(statement)]
        if not calls:
            raise self.error(start + 1, f"the case {name} has no call of f")
        tree.body = [statement for statement in tree.body if statement not in calls]
        code = compile(tree, str(self.file), "exec", dont_inherit=True)
        return Case(self.file, name, code, [self.call(statement) for statement in calls])

    def text(self, start: int, end: int) -> list[str]:
        """The head of the file and one case, each on its own lines."""
        first = self.starts[0]
        return [*self.lines[:first], *[""] * (start - first), *self.lines[start:end]]

    def call(self, statement: ast.stmt) -> Call:
        assert statement.end_lineno is not None
        last = self.lines[statement.end_lineno - 1][statement.end_col_offset :]
        source = "\n".join(self.lines[statement.lineno - 1 : statement.end_lineno])
        directives = [last.strip()]
        for line in self.lines[statement.end_lineno :]:
            if not line.startswith("#") or line.startswith("# case:"):
                break
            directives.append(line)
        value = staged_value = raises = staged_raises = None
        prints = []
        for directive in filter(None, directives):
            if match := re.match(r"#\s*-> (.+)", directive):
                value = match[1]
            elif match := re.match(r"#\s*staged -> (.+)", directive):
                staged_value = match[1]
            elif match := re.match(r"#\s*prints: ?(.*)", directive):
                prints.append(match[1] + "\n")
            elif match := re.match(r"#\s*(staged )?raises (\w+)(?:: (.+))?$", directive):
                expected = Raises(match[2], match[3] or "")
                if match[1]:
                    staged_raises = expected
                else:
                    raises = expected
            else:
                raise self.error(statement.end_lineno, f"{directive!r} says nothing that is known")
        if value is None and raises is None and staged_raises is None:
            raise self.error(statement.lineno, "the call does not say what it gives")
        return Call(
            statement.lineno,
            source,
            value,
            staged_value or value,
            raises,
            staged_raises,
            "".join(prints),
        )

    def error(self, line: int, text: str) -> ValueError:
        return ValueError(f"{self.file}:{line}: {text}")


def _is_call(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and statement.value.func.id == "f"
    )


def read_cases() -> list[Case]:
    """All cases, file by file."""
    return [case for file in sorted(FOLDER.glob("*.py")) for case in _Reader(file).cases()]
