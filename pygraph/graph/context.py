"""What the builders of one trace share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pygraph._hot import EagerTensor
from pygraph.graph.aliases import Aliases
from pygraph.graph.captured import CapturedArrays
from pygraph.graph.exceptions import KeptException
from pygraph.graph.locations import Location

if TYPE_CHECKING:
    from pygraph.graph.callee import Callee


ValueKey = tuple[int, int]


class ModuleContext:
    """Constants, locations, functions that are called, objects, the count of unknown dims."""

    def __init__(self) -> None:
        self.constants: list[EagerTensor] = []
        # (file, function, line, parent) each; entry 0 stands for no location.
        self.locations: list[tuple[str, str, int, int]] = [("", "", 0, 0)]
        self.symbol_count = 0
        # Whether some variable, attribute or item may be missing, or None, as a tensor decides.
        self.has_maybe = False
        # The parts of objects that may be missing, which know where they stand.
        self.missing_parts: list[Any] = []
        # What the truth of a value says of others: by value and truth, values with theirs. A value
        # is given by the number of its builder and its own.
        self.implied: dict[tuple[ValueKey, bool], list[tuple[ValueKey, bool]]] = {}
        self.builders = 0
        self.prints = False  # whether something was printed
        self.exceptions: list[KeptException] = []  # those that `raise` ops name by number
        self.callees: list[Callee] = []
        # What records complete graphs that are called, by the object that the graph belongs to.
        self.recordings: dict[object, Any] = {}
        # Tensors that were made from Python values during the trace, by identity.
        self.literals: dict[int, EagerTensor] = {}
        self.captured = CapturedArrays()
        # By identity of NumPy's, arrays that converted code made (control/containers/arrays.py).
        self.local_arrays: dict[int, Any] = {}
        # Items read from lists that a tensor decides the length of, by identity.
        self.copies: dict[int, object] = {}
        # By identity, objects that stand for one of several (control/identity/merged.py);
        # and the same by the identity of each of these.
        self.merged: dict[int, Any] = {}
        self.merged_from: dict[int, list[Any]] = {}
        # By path, the types that loops settled at; an outer loop that is traced anew meets them
        # again.
        self.settled: dict[tuple[int | str, ...], Any] = {}
        self.aliases = Aliases()
        # Whether loops tell which of several objects a variable is; that costs time at run time.
        self.tells_apart = False
        self._location_ids: dict[tuple[Location, int], int] = {}

    def location_id(self, chain: Sequence[Location]) -> int:
        """Return the id of a chain of the user's lines, innermost first."""
        parent = 0
        for entry in reversed(chain):
            known = self._location_ids.get((entry, parent))
            if known is None:
                known = self._location_ids[entry, parent] = len(self.locations)
                file, line, function = entry
                self.locations.append((file, function, line, parent))
            parent = known
        return parent

    def new_unknown(self) -> int:
        """Return a dim that stands for a size not known yet."""
        self.symbol_count += 1
        return -self.symbol_count

    def location(self, identifier: int) -> Location | None:
        """Return the innermost line of a location id."""
        if identifier == 0:
            return None
        file, function, line, _ = self.locations[identifier]
        return file, line, function
