"""Why a graph was traced: what its arguments were, how they differ, which call it was."""

from __future__ import annotations

import reprlib
import sys
from collections.abc import Iterable, Mapping
from types import FrameType
from typing import Any, NamedTuple

from pygraph.function.tracing import Opaque
from pygraph.graph import TensorSpec, VariableSpec
from pygraph.graph.locations import Location, is_library_file

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 40


class Change(NamedTuple):
    """An argument that differs from that of the nearest graph; None stands for its absence."""

    argument: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.old is None:
            return f"{self.argument} is new: {self.new}"
        if self.new is None:
            return f"{self.argument} is gone (was {self.old})"
        return f"{self.argument} was {self.old}, is {self.new}"


class Origin(NamedTuple):
    """What the arguments of a trace were, how they differ from the nearest graph's, and where."""

    arguments: Mapping[str, str]
    changes: tuple[Change, ...]
    reason: str
    line: Location | None
    held_strongly: tuple[str, ...]


def text_of_leaf(leaf: Any) -> str:
    """Return an argument's leaf as a short text: a tensor's type, or a Python value."""
    if isinstance(leaf, TensorSpec):
        dims = ", ".join("?" if dim is None else str(dim) for dim in leaf.shape)
        return f"{leaf.dtype}[{dims}]"
    if isinstance(leaf, VariableSpec):
        dims = ", ".join(map(str, leaf.shape))
        return f"variable {leaf.dtype}[{dims}]"
    if isinstance(leaf, Opaque):
        return _short.repr(leaf.value)
    return _short.repr(leaf)


def _typed_text(leaf: Any) -> str:
    # 1, 1.0 and True differ in type, which their texts show; two objects may look alike.
    if isinstance(leaf, Opaque):
        return f"{_short.repr(leaf.value)} (object {id(leaf.value):#x})"
    if isinstance(leaf, VariableSpec):
        return f"{text_of_leaf(leaf)} (variable {leaf.alias} of the call)"
    return text_of_leaf(leaf)


def origin_of(
    names: list[str],
    leaves: list[Any],
    structures: Mapping[str, str],
    others: Iterable[Origin],
) -> Origin:
    """Return the origin of a new graph among the graphs that there are already."""
    arguments = {name: _typed_text(leaf) for name, leaf in zip(names, leaves, strict=True)}
    for name, structure in structures.items():
        arguments.setdefault(name, structure)
    changes = min((_changes(other.arguments, arguments) for other in others), key=len, default=None)
    if changes is None:
        reason = "first call"
    else:
        reason = "; ".join(map(str, changes)) or "a graph like it was dropped or cannot be told by"
    strong = tuple(
        name
        for name, leaf in zip(names, leaves, strict=True)
        if isinstance(leaf, Opaque) and leaf.strong
    )
    return Origin(arguments, changes or (), reason, user_call(), strong)


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Change, ...]:
    names = [*old, *(name for name in new if name not in old)]
    return tuple(
        Change(name, old.get(name), new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    )


def user_call() -> Location | None:
    """Return the user's line that is calling into pygraph."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if not is_library_file(code.co_filename):
            return code.co_filename, frame.f_lineno, code.co_name
        frame = frame.f_back
    return None
