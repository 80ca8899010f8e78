"""Turns an executor's fault into a Python exception whose traceback shows the user's lines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import FrameType, FunctionType, TracebackType
from typing import Any, NoReturn

from pygraph._hot import hooks
from pygraph.graph.exceptions import KeptException, make_exception
from pygraph.graph.locations import Location


def _here() -> FrameType:
    return sys._getframe()


def _frame_of(file: str, line: int, function: str) -> FrameType:
    """Return a frame that says it belongs to that function of the user's."""
    code = _here.__code__.replace(
        co_filename=file, co_name=function, co_qualname=function, co_firstlineno=line
    )
    frame: FrameType = FunctionType(code, {"sys": sys})()
    return frame


def raise_fault(
    kind: type[Exception],
    message: str,
    chain: Sequence[Location],
    raised: tuple[str, str, str, int, list[Any]] | None = None,
    kept: Sequence[KeptException] = (),
) -> NoReturn:
    """Raise a fault with the chain of the user's lines (innermost first) as its traceback.

    ``raised`` describes the exception that the program itself raised, and ``kept`` has those that
    its graph may raise.
    """
    error = kind(message) if raised is None else make_exception(*raised, kept)
    add_lines(error, chain)
    raise error


def add_lines(error: BaseException, chain: Sequence[Location]) -> None:
    """Put the chain of the user's lines in front of an exception's traceback."""
    traceback = error.__traceback__
    for file, line, function in chain:
        # An instruction of -1 keeps Python from underlining columns of the stand-in frame's code.
        traceback = TracebackType(traceback, _frame_of(file, line, function), -1, line)
    error.__traceback__ = traceback


hooks.raise_fault = raise_fault
hooks.add_lines = add_lines
