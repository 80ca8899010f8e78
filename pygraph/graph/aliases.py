"""Tensors that are one object or two, depending on a tensor: after ``if c: w = v``, for example.

In Python a write into ``w`` is then seen through ``v`` where the condition held. A graph has no
objects, so after such a write the other tensor's value is not known, and using it is an error.
"""

from __future__ import annotations

from collections.abc import Iterable

from pygraph._hot import SymbolicTensor
from pygraph.graph.locations import Location, describe, user_line

# By identity: tensors that may have changed, and by which line.
Stale = dict[int, tuple[SymbolicTensor, Location | None]]


class Aliases:
    """Which tensors of a trace may be the same object, and what was written into."""

    def __init__(self) -> None:
        # By identity: a tensor, and all that it may be, itself included.
        self._may_be: dict[int, dict[int, SymbolicTensor]] = {}
        # By identity: older tensors that a loop may have handed on to one.
        self._reached: dict[int, dict[int, SymbolicTensor]] = {}
        self._stale: Stale = {}
        # By identity: what variables hold that nothing has set yet.
        self._blank: dict[int, SymbolicTensor] = {}
        self.writes = 0

    def note_choice(self, tensor: SymbolicTensor, sources: Iterable[SymbolicTensor]) -> None:
        """Note that a tensor is one of others, which are older, or shares its memory with one."""
        may_be = self._may_be.setdefault(id(tensor), {id(tensor): tensor})
        for source in sources:
            may_be.update(self.of(source))
            if id(source) in self._stale:
                self._stale[id(tensor)] = (tensor, self._stale[id(source)][1])

    def note_reach(self, tensor: SymbolicTensor, others: Iterable[SymbolicTensor]) -> None:
        """Note that a write into a tensor may be one into others, and the other way round.

        Unlike with a choice, two tensors that reach the same one are not one themselves.
        """
        self._may_be.setdefault(id(tensor), {id(tensor): tensor})
        self._reached.setdefault(id(tensor), {}).update({id(other): other for other in others})

    def note_blank(self, tensors: Iterable[SymbolicTensor]) -> None:
        """Note that tensors stand for a variable that is never read unless it is set later."""
        self._blank.update({id(tensor): tensor for tensor in tensors})

    def is_blank(self, tensor: SymbolicTensor) -> bool:
        """Return whether a tensor stands for such a variable."""
        return id(tensor) in self._blank

    def of(self, tensor: SymbolicTensor) -> dict[int, SymbolicTensor]:
        """Return all that a tensor may be, by identity."""
        return self._may_be.get(id(tensor)) or {id(tensor): tensor}

    def note_write(self, tensor: SymbolicTensor) -> None:
        """Note that a tensor is written into: nothing else that it may be is known from here on."""
        self.writes += 1
        if not self._may_be:
            return
        written = self.of(tensor)
        others = {**written, **self._reached.get(id(tensor), {})}
        for identity, may_be in self._may_be.items():
            reached = id(tensor) in self._reached.get(identity, ())
            if reached or not written.keys().isdisjoint(may_be):
                others[identity] = may_be[identity]
        del others[id(tensor)]
        line = user_line() if others else None
        self._stale.update({identity: (other, line) for identity, other in others.items()})

    def is_stale(self, tensor: SymbolicTensor) -> bool:
        """Return whether a tensor may have changed through another one."""
        return id(tensor) in self._stale

    def check(self, tensor: SymbolicTensor) -> None:
        """Raise TypeError for a tensor that may have changed through another one."""
        if self._stale and id(tensor) in self._stale:
            written = describe(self._stale[id(tensor)][1])
            raise TypeError(
                f"a tensor is used here that is one object, or is not, with the one written into "
                f"at {written}: that depends on a tensor, so its value is not known\n"
                f"  {describe(user_line())}\n"
                "Copy one of the two where they become one, as in `w = v.copy()`."
            )

    def stale(self) -> Stale:
        """Return what is not known by now, for :meth:`resume` and :meth:`join`."""
        return dict(self._stale)

    def resume(self, stale: Stale) -> None:
        """Go back to where only that was not known, for another branch or trace."""
        self._stale = dict(stale)

    def join(self, stale: Stale) -> None:
        """Add what is not known after another branch or iteration."""
        self._stale.update(stale)

    def clear(self) -> None:
        """Forget all tensors, which refer to the graph."""
        self._may_be.clear()
        self._reached.clear()
        self._stale.clear()
        self._blank.clear()
