"""Marks that tensors give as their text, so that it is known where they stand in a text."""

from __future__ import annotations

from typing import Any

from pygraph._hot import exchange_marker

# No text of a user's holds these: Unicode keeps them for a program's own use.
START, END = "\ufdd0", "\ufdd1"


class Mark(str):
    """The mark of a tensor: a start, its number, the rest of its field, an end."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if spec and ":" in self:
            raise TypeError(f"the format {spec!r} cannot be put on top of another")
        return Mark(f"{self[:-1]}:{spec}{END}") if spec else self


class Marking:
    """While it is active, this thread's tensors give marks as their text, which it collects."""

    __slots__ = ("_former", "_positions", "values")

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._positions: dict[int, int] = {}

    def __enter__(self) -> Marking:
        self._former = exchange_marker(self)
        return self

    def __exit__(self, *_: object) -> None:
        exchange_marker(self._former)

    def __call__(self, value: Any, field: str) -> str:
        """Return the mark of a tensor; ``field`` is what follows its number in a format string."""
        if START in field:
            raise TypeError("a width or a precision cannot be a tensor")
        if field == "!r" and getattr(value, "weak", False):
            field = ""  # a Python number still
        return Mark(f"{START}{self.position(value)}{field}{END}")

    def position(self, value: Any) -> int:
        """Return the number of a tensor among the values."""
        known = self._positions.get(id(value))
        if known is None:
            known = self._positions[id(value)] = len(self.values)
            self.values.append(value)
        return known


def marking() -> Marking | None:
    """Return what collects the tensors of the text that is made now, if there is such."""
    active: Any = exchange_marker(None)
    exchange_marker(active)
    return active  # type: ignore[no-any-return]
