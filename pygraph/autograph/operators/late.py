"""What operators for built-in functions need of the operator for calls, which stands above."""

from __future__ import annotations

from typing import Any


def convertible(function: Any) -> Any:
    """Return the converted form of a function, and anything else as it is."""
    from pygraph.autograph.operators import calls

    return calls.convertible(function)


def call(function: Any) -> Any:
    """Return what a call of a function in converted code calls."""
    from pygraph.autograph.operators import calls

    return calls.call(function)
