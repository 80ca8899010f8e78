"""How the operators are found: by the one cell that all converted code has for them.

They convert what they call, and what they convert calls them. So code below them, and those of
them that others are made of, come to the calling ones by this cell, which the package fills.
"""

from __future__ import annotations

from types import CellType
from typing import Any

OPERATORS = CellType()


def convertible(function: Any) -> Any:
    """Return the converted form of a function, and anything else as it is."""
    return OPERATORS.cell_contents.convertible(function)


def call(function: Any) -> Any:
    """Return what a call of a function in converted code calls."""
    return OPERATORS.cell_contents.call(function)
