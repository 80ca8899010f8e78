"""The errors of wrong programs: their type, the names and the line in them, and what to do."""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import wrong_programs

import pygraph as pg

FILE = Path(wrong_programs.__file__)
PROGRAMS = [
    function
    for name, function in inspect.getmembers(wrong_programs, inspect.isfunction)
    if function.__module__ == "wrong_programs"
]


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_error(function: Callable[..., Any]) -> None:
    kind, _, expected = (function.__doc__ or "").partition(": ")
    arguments = [wrong_programs.ARGUMENTS[name] for name in inspect.signature(function).parameters]
    error = error_of(pg.function(function), *arguments)
    assert type(error).__name__ == kind
    for part in expected.split(" | "):
        assert part in str(error)
    shown = "".join(traceback.format_exception(error))
    assert not re.search(r"_hot\b|_core\b|\bEagerTensor\b|an unknown place", shown)
    blamed = blamed_line(function)
    if blamed is not None:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)]
        assert blamed in lines or f"{FILE}:{blamed}" in str(error), shown


def error_of(function: Callable[..., Any], *arguments: Any) -> Exception:
    try:
        result = function(*arguments)
    except Exception as error:
        return error
    raise AssertionError(f"it gave {result!r}")


def blamed_line(function: Callable[..., Any]) -> int | None:
    lines, first = inspect.getsourcelines(function)
    return next((first + i for i, line in enumerate(lines) if line.endswith("# here\n")), None)
