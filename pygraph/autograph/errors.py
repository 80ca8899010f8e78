"""The error of a function that cannot be converted."""

from __future__ import annotations


class ConversionError(Exception):
    """A function cannot be converted; says where, why, and what to do instead."""

    def __init__(self, reason: str, filename: str = "", line: int = 0, function: str = "") -> None:
        self.reason = reason
        self.filename = filename
        self.line = line
        self.function = function
        place = f"{filename}:{line}, in {function}: " if filename else ""
        super().__init__(
            f"{place}{reason}\n"
            "To run it as it is, use autograph=False or pygraph.autograph.do_not_convert."
        )
