"""Variables that have no value: not at all, or not on every way that a graph may go."""

from __future__ import annotations

from typing import Any

from pygraph.control.tensors import apply, logical_not
from pygraph.graph.structure import flatten, unflatten


class _Unset:
    """The type of UNSET, which stands for a variable without a value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"


UNSET = _Unset()


class Maybe:
    """A staged variable that has a value only if its flag holds when the graph runs.

    ``none`` says what it is otherwise: None, or without any value. Converted code reads it through
    :meth:`read`; to anything else it is no tensor.
    """

    __slots__ = ("defined", "name", "none", "value")

    def __init__(self, name: str, value: Any, defined: Any, none: bool) -> None:
        self.name = name
        self.value = value
        self.defined = defined
        self.none = none

    def __repr__(self) -> str:
        return f"<the variable {self.name!r}, which may be unset>"

    def read(self) -> Any:
        """Return the value; running the graph raises UnboundLocalError where there is none."""
        leaves, structure = flatten(self.value)
        checked = [self._check(leaf) if hasattr(leaf, "static_shape") else leaf for leaf in leaves]
        if not any(hasattr(leaf, "static_shape") for leaf in leaves):
            self._check(True)
        return unflatten(structure, checked)

    def _check(self, value: Any) -> Any:
        return apply("check_defined", (value, self.defined), {"name": self.name})

    def is_none(self) -> Any:
        """Return, as a tensor, whether the variable is None; one that is unset may not be asked."""
        if not self.none:
            self.read()
            return False
        return logical_not(self.defined)

    def __bool__(self) -> bool:
        raise TypeError(
            f"the variable {self.name!r} may be unset here, so its truth value cannot be used"
        )
