"""Staged items: what a list holds while a graph is built that decides how long the list is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from pygraph.graph.locations import Location, describe, user_line
from pygraph.graph.marking import marking

if TYPE_CHECKING:
    from pygraph.graph.structure import Structure


class StagedItems:
    """Some items of a list or tuple, all alike; the graph decides how many when it runs.

    It stands in the list as ``*items`` stands in a display: ``[a, StagedItems, b]`` is a list of
    ``a``, these items, and ``b``. So Python's own ``+``, ``*``, ``append``, ``extend`` and ``copy``
    do the right thing.

    ``element`` is the structure of one item. ``leaves`` has, for each leaf of it, what all items
    have there: a tensor with one axis more, along which the items lie, or a Python value that is
    the same in all.
    """

    __slots__ = ("element", "leaves", "line")

    def __init__(self, element: Structure, leaves: Sequence[Any]) -> None:
        self.element = element
        self.leaves = list(leaves)
        self.line: Location | None = user_line()

    def __repr__(self) -> str:
        active = marking()
        if active is not None:
            return active(self.tensor(), "!l")
        return f"<staged items, since {describe(self.line)}>"

    def tensor(self) -> Any:
        """Return the items, each a tensor, as one tensor. Raises TypeError for other items."""
        if self.element.kind != "leaf":
            raise TypeError(
                f"a list of items of the form {self.element} is no tensor and has no text while it "
                "is part of the graph; make a list of each part"
            )
        return self.leaves[0]

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(
            f"a list whose length the graph decides (since {describe(self.line)}) was used by code "
            "that is not converted; use it in code that AutoGraph converts, or turn it into a "
            "tensor with pygraph.stack(items)"
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__array__":
            raise AttributeError(name)
        self._refuse()

    __hash__ = __eq__ = __ne__ = _refuse
    __bool__ = __len__ = __iter__ = __getitem__ = __setitem__ = __contains__ = __call__ = _refuse
    __int__ = __float__ = __index__ = __lt__ = __le__ = __gt__ = __ge__ = __neg__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = _refuse
    __rtruediv__ = __floordiv__ = __mod__ = __pow__ = __matmul__ = __abs__ = _refuse
