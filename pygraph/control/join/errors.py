"""The text of errors about staged branches and loops: what, where, and what to do."""

from __future__ import annotations

import inspect
import linecache
from functools import cached_property
from typing import Any, Protocol

from pygraph.control.changes.journal import Change, Journal, Watched, watched_by
from pygraph.control.changes.parts import ORDER, WHOLE
from pygraph.graph.locations import Location, user_line


class Meeting(Protocol):
    """What knows where the two values of a variable come from that do not agree."""

    both: tuple[str, str]
    """Says which value is which, as in ``("before the loop", "after an iteration")``."""

    def lines(self, name: str) -> tuple[Location | None, Location | None]:
        """Return where a variable gets either value."""


class Site(Meeting, Protocol):
    """A branch or a loop where values meet."""

    def journal(self, runs: bool = True) -> Journal:
        """Return a new journal for its code, which ``runs``, or is over."""


class CallSite:
    """A call of ``pygraph.cond`` or ``while_loop``: functions and the line of the call."""

    def __init__(self, both: tuple[str, str], functions: tuple[Any, Any]) -> None:
        self.both = both
        self.functions = functions

    def journal(self, runs: bool = True) -> Journal:
        """Return a new journal; variables that the functions share with others count as objects."""
        journal = Journal(self.functions, (), self._watched if runs else None)
        journal.note_cells()
        return journal

    @cached_property
    def _watched(self) -> Watched:
        return watched_by(self.functions)

    def lines(self, name: str) -> tuple[Location | None, Location | None]:
        """Return where the two functions stand; the line of the call for what is no function."""
        first, second = (_definition(function) or user_line() for function in self.functions)
        return first, second


class LaterIterations:
    """A variable of a loop that has no value before: what two iterations leave meets."""

    both = ("after one iteration", "after the next")

    def __init__(self, loop: Site) -> None:
        self._loop = loop

    def journal(self, runs: bool = True) -> Journal:
        """Return a new journal for its code."""
        return self._loop.journal(runs)

    def lines(self, name: str) -> tuple[Location | None, Location | None]:
        """Return where the loop's body gives the variable a value."""
        return None, self._loop.lines(name)[1]


def mismatch(
    kind: type[Exception],
    site: Meeting,
    variable: str,
    leaf: str,
    what: tuple[str, str],
    advice: str,
) -> Exception:
    """Return the error that a variable differs between two ways."""
    named = leaf if leaf.startswith("the ") else f"variable '{leaf}'"
    first, second = site.both
    lines = site.lines(variable)
    places = "\n".join(
        f"  {which}: {place_of(line)}" for which, line in zip(site.both, lines, strict=True) if line
    )
    text = f"{named} is {what[0]} {first} and {what[1]} {second}"
    return kind("\n".join(part for part in (text, places, advice) if part))


def unjoined(change: Change, site: Site) -> Exception:
    """Return the error of an object whose change no graph can pass on."""
    text = f"the {type(change.owner).__name__} {change.name!r} is changed"
    if change.key is ORDER:
        text = f"the order of the keys of {text}"
    elif change.key is not WHOLE:
        text = f"{change.name} is changed from {change.before!r} to {change.after!r}"
    lines = [line for line in (*site.lines(change.name), *change.lines) if line is not None]
    places = [f"  {place_of(line)}" for line in dict.fromkeys(lines[-1:])]
    where = "where a tensor decides whether, or how often"
    return TypeError("\n".join([f"{text} {where}", *places, _advice(change)]))


def _advice(change: Change) -> str:
    if change.key is ORDER:
        return "Add and delete its keys in the same order on all ways."
    if change.key is not WHOLE:
        return "Only Python can decide that; make an object of each kind."
    if hasattr(change.owner, "__next__"):
        return "Its position would differ; iterate over a tensor, or index a list."
    return (
        "Its length or its elements would differ; use a tensor, or a list of constant length "
        "the items of which are assigned."
    )


def place_of(location: Location) -> str:
    """Return a line of the user's as errors show it, with its text."""
    filename, line, function = location
    source = linecache.getline(filename, line).strip()
    return f"{filename}:{line}, in {function}" + (f": {source}" if source else "")


def _definition(function: Any) -> Location | None:
    code = getattr(inspect.unwrap(function) if callable(function) else None, "__code__", None)
    return None if code is None else (code.co_filename, code.co_firstlineno, code.co_name)
