"""Where an error about a staged branch or loop happened, found only when there is one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from types import FrameType
from typing import Any, cast

from pygraph.autograph.operators.variables import Variables, assignment_line, assignments
from pygraph.control.changes.journal import Journal, Watched, watched_by
from pygraph.graph.locations import Location, is_library_file


class BranchSite:
    """The two branches of an ``if``; ``helpers`` are more functions that they may call."""

    both = ("in one branch", "in the other")

    def __init__(
        self,
        body: Callable[..., Any],
        orelse: Callable[..., Any] | None,
        variables: Variables | None = None,
        helpers: Sequence[Callable[..., Any]] = (),
    ) -> None:
        self.body = body
        self.orelse = orelse
        self._helpers = helpers
        self._handled = variables.places() if variables is not None else ()

    def journal(self, runs: bool = True) -> Journal:
        """Return a new journal for a branch, in which the user's code ``runs`` or does not."""
        functions = self.body, self.orelse, *self._helpers
        return Journal(functions, self._handled, self._watched if runs else None)

    @cached_property
    def _watched(self) -> Watched:
        return watched_by((self.body, self.orelse, *self._helpers))

    def start(self) -> Location:
        """Return the line of the ``if``."""
        code = cast(Any, self.body).__code__
        return (code.co_filename, code.co_firstlineno, code.co_name)

    def lines(self, name: str) -> tuple[Location | None, Location | None]:
        """Return where each branch gives a variable its value; the `if` for one left out."""
        other = self.start() if self.orelse is None else _line(self.orelse, name)
        return _line(self.body, name), other


class LoopSite:
    """The body of a loop, and the function around it."""

    both = ("before the loop", "after an iteration")

    def __init__(
        self, body: Callable[..., Any], test: Callable[..., Any] | None, variables: Variables
    ) -> None:
        self.body = body
        self.test = test
        self._handled = variables.places()

    def journal(self, runs: bool = True) -> Journal:
        """Return a new journal for the body or the test, as for a branch."""
        functions = self.body, self.test
        return Journal(functions, self._handled, self._watched if runs else None)

    @cached_property
    def _watched(self) -> Watched:
        return watched_by((self.body, self.test))

    def lines(self, name: str) -> tuple[Location | None, Location | None]:
        """Return where a variable gets its value before the loop and in its body."""
        return _before(self.body, name), _line(self.body, name)


def _line(function: Callable[..., Any], name: str) -> Location | None:
    found = assignment_line(function, name)
    if found is not None:
        return found
    code = cast(Any, function).__code__
    lines = [line for _, _, line in code.co_lines() if line]
    return (code.co_filename, max(lines, default=code.co_firstlineno), code.co_name)


def _before(body: Callable[..., Any], name: str) -> Location | None:
    """The last line before the loop that assigns a variable, in the function that runs the loop."""
    first = cast(Any, body).__code__.co_firstlineno
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_library_file(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return None
    code = frame.f_code
    lines = [line for line in assignments(code, name) if line <= first]
    line = max(lines, default=code.co_firstlineno if name in code.co_varnames else first)
    return (code.co_filename, line, code.co_name)
