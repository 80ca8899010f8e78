"""What differs between two traces of a function."""

from __future__ import annotations

from typing import NamedTuple


class Change(NamedTuple):
    """An argument that differs from that of the nearest graph; None stands for its absence.

    With ``read`` it is no argument but a variable, attribute or item that the trace read as a
    Python value; ``argument`` is how the user writes it.
    """

    argument: str
    old: str | None
    new: str | None
    read: bool = False

    def __str__(self) -> str:
        if self.old is None:
            return f"{self.argument} is new: {self.new}"
        if self.new is None:
            return f"{self.argument} is gone (was {self.old})"
        return f"{self.argument} was {self.old}, is {self.new}"
