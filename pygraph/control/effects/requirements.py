"""What must hold when a graph runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pygraph.control.conditional import stage_cond
from pygraph.control.effects.raising import raised
from pygraph.control.join.errors import CallSite
from pygraph.control.tensors import stages


def require(holds: Any, kind: type[Exception], *message: Any) -> None:
    """Raise an exception unless something holds: now, or when the graph runs."""
    require_or(holds, lambda: kind(*message))


def require_or(holds: Any, error: Callable[[], Exception]) -> None:
    """As ``require``, of an exception that is made only where it is needed."""

    def fail() -> list[Any]:
        raise raised(error())

    if stages(holds):
        site = CallSite(("where it holds", "where it does not"), (fail, fail))
        stage_cond(holds, list, fail, (), site=site)
    elif not holds:
        fail()
