"""Why a graph was traced: what its arguments were, how they differ, which call it was."""

from __future__ import annotations

import reprlib
import sys
from collections import deque
from collections.abc import Mapping
from types import FrameType
from typing import Any, NamedTuple

from pygraph.function.change import Change
from pygraph.function.tracing import Opaque
from pygraph.graph import TensorSpec, VariableSpec
from pygraph.graph.locations import Location, is_library_file

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 40


class Origin(NamedTuple):
    """How the arguments of a trace differ from the nearest graph's, and which call it was."""

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


class Origins:
    """The arguments of a Function's latest traces, to say of a new one why it was needed.

    Only so many are compared: a trace costs no more where there are many graphs.
    """

    _MOST = 16

    def __init__(self) -> None:
        self._latest: deque[dict[str, tuple[str, Any]]] = deque(maxlen=self._MOST)

    def add(
        self,
        names: list[str],
        leaves: list[Any],
        structures: Mapping[str, str],
        reads: tuple[Change, ...],
    ) -> Origin:
        """Return the origin of a new graph; ``reads`` are Python values that have changed."""
        arguments = {
            name: (_typed_text(leaf), leaf) for name, leaf in zip(names, leaves, strict=True)
        }
        for name, structure in structures.items():
            arguments.setdefault(name, (structure, None))
        changes = reads
        if not self._latest:
            reason = "first call"
        else:
            others = (_changes(other, arguments) for other in reversed(self._latest))
            changes = changes or min(others, key=len)
            reason = "; ".join(map(str, changes))
            reason = reason or "a graph like it was dropped or cannot be told by"
        self._latest.append(arguments)
        strong = tuple(
            name
            for name, leaf in zip(names, leaves, strict=True)
            if isinstance(leaf, Opaque) and leaf.strong
        )
        return Origin(changes, reason, user_call(), strong)


def _changes(
    old: Mapping[str, tuple[str, Any]], new: Mapping[str, tuple[str, Any]]
) -> tuple[Change, ...]:
    names = [*old, *(name for name in new if name not in old)]
    return tuple(
        Change(name, _text(old.get(name)), _text(new.get(name)))
        for name in names
        if not _same(old.get(name), new.get(name))
    )


def _same(old: tuple[str, Any] | None, new: tuple[str, Any] | None) -> bool:
    if old is None or new is None:
        return False
    if isinstance(old[1], Opaque) and isinstance(new[1], Opaque):
        # Another object may be where one that is gone was.
        return old[1].value is new[1].value
    return old[0] == new[0]


def _text(argument: tuple[str, Any] | None) -> str | None:
    return None if argument is None else argument[0]


def user_call() -> Location | None:
    """Return the user's line that is calling into pygraph."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if not is_library_file(code.co_filename):
            return code.co_filename, frame.f_lineno, code.co_name
        frame = frame.f_back
    return None
