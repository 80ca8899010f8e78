"""Tensors that are parts of others, or one object or another depending on a tensor.

A graph has no objects: each tensor of a trace stands for a value. Where two names share memory in
Python, a write through one of them has to reach the other. A tensor with a link that is *derived*
is read from others anew after these were written into, and written into through them. Of any other
tensor that a write may have reached the value is not known from there on: using it is an error.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from types import FrameType
from typing import Any, NamedTuple, Protocol

from pygraph._hot import SymbolicTensor, Tensor, apply, current
from pygraph.graph.locations import Location, describe, is_library_file, user_line
from pygraph.graph.op_rows import OP_ROWS


class Link(Protocol):
    """What a tensor is made of that is no object of its own."""

    derived: bool
    """Whether its value always follows from others."""

    @property
    def sources(self) -> Sequence[SymbolicTensor]:
        """The tensors that it is made of."""

    def read(self) -> Any:
        """Return the value as it is now."""


class View:
    """A part of a tensor, or all of it otherwise arranged: in NumPy it would be a view.

    It is ``derived`` where the tensor is to behave like NumPy's arrays. Elsewhere it has a value of
    its own, which must not be written into as long as the other tensor is in use.
    """

    __slots__ = ("attributes", "base", "derived", "inputs", "location", "op")

    def __init__(
        self,
        base: Any,
        op: str,
        inputs: tuple[Any, ...],
        attributes: dict[str, Any],
        derived: bool,
        location: Location | None,
    ) -> None:
        self.base = base
        self.op = op
        self.inputs = inputs
        self.attributes = attributes
        self.derived = derived
        self.location = location

    @property
    def sources(self) -> Sequence[SymbolicTensor]:
        """The tensor that it shows."""
        return (self.base,)

    def read(self) -> Any:
        """Return the part of the tensor as it is now."""
        return apply(self.op, (self.base, *self.inputs), self.attributes)


class Doubt(NamedTuple):
    """A tensor whose value is not known any more, and why.

    ``line`` wrote into one that it may be. ``made`` is the line that made a view, and ``writer``
    the identity of that, where the write went into a view.
    """

    tensor: SymbolicTensor
    written: str
    line: Location | None
    made: Location | None = None
    writer: int = 0


# In a slice, a bound that is left out.
_NO_BOUND = -(2**63)

# By the identity of their tensors.
Stale = dict[int, Doubt]


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
            if id(source) in self._reached:
                self.note_reach(tensor, self._reached[id(source)].values())
            if id(source) in self._stale:
                self._stale[id(tensor)] = self._stale[id(source)]._replace(tensor=tensor)

    def note_reach(self, tensor: SymbolicTensor, others: Iterable[SymbolicTensor]) -> None:
        """Note that a write into a tensor may be one into others, and the other way round.

        Unlike with a choice, two tensors that reach the same one are not one themselves.
        """
        self._may_be.setdefault(id(tensor), {id(tensor): tensor})
        self._reached.setdefault(id(tensor), {}).update({id(other): other for other in others})

    def note_view(
        self, tensor: SymbolicTensor, op: str, inputs: tuple[Any, ...], attributes: dict[str, Any]
    ) -> None:
        """Note that an op's result is a part of its first operand, if it is one to NumPy."""
        base, *others = inputs
        if not tensor.dims or not getattr(base, "ndim", 0):
            return  # of or from a number
        if any(isinstance(i, Tensor) and i.ndim > 0 for i in others):
            return  # chosen by an index array: NumPy copies as well
        symbolic = type(base) is SymbolicTensor
        # A variable that may be unset is checked: what is read is the same object.
        # NumPy copies where the elements do not lie in a row; nothing is shared then.
        in_place = op != "reshape" or _is_contiguous(base)
        derived = op == "check_defined" or (symbolic and base.has_views and in_place)
        if not derived and symbolic and type(base.link) is View and not base.link.derived:
            doubt = self._stale.get(id(base.link.base))
            if doubt is None or doubt.writer != id(base):
                base = base.link.base
        tensor.link = View(base, op, tuple(others), attributes, derived, user_line())
        if derived:
            tensor.has_views = base.has_views
            tensor.stamp = _stamp(tensor.link.sources)

    def note_blank(self, tensors: Iterable[SymbolicTensor]) -> None:
        """Note that tensors stand for a variable that is never read unless it is set later."""
        self._blank.update({id(tensor): tensor for tensor in tensors})

    def is_blank(self, tensor: SymbolicTensor) -> bool:
        """Return whether a tensor stands for such a variable."""
        return id(tensor) in self._blank

    def of(self, tensor: SymbolicTensor) -> dict[int, SymbolicTensor]:
        """Return all that a tensor may be, by identity, or be made of."""
        found = self._may_be.get(id(tensor)) or {id(tensor): tensor}
        if not is_derived(tensor):
            return found
        found = dict(found)
        for source in tensor.link.sources:
            found.update(self.of(source))
        return found

    def note_write(self, tensor: SymbolicTensor) -> None:
        """Note that a tensor is written into: nothing else that it may be is known from here on."""
        self.writes += 1
        if self._may_be:
            others = self._others(tensor)
            if others:
                name, line = _name_of(tensor), user_line()
                found = {key: Doubt(other, name, line) for key, other in others.items()}
                self._stale.update(found)
            for other in others.values():
                if type(other.link) is View:
                    self.note_view_write(other)

    def note_view_write(self, tensor: SymbolicTensor) -> None:
        """Note that a view is written into: what it is a view of is not to be used from here on.

        Raises TypeError where that is older than the trace.
        """
        base = object_of(tensor.link.base)
        if type(base) is not SymbolicTensor:
            raise TypeError(view_refusal(tensor.link.location, user_line()))
        self.writes += 1
        doubt = Doubt(base, _name_of(tensor), user_line(), tensor.link.location, id(tensor))
        others = {**self._others(base), **self.of(base)}
        self._stale.update({key: doubt._replace(tensor=other) for key, other in others.items()})

    def _others(self, tensor: SymbolicTensor) -> dict[int, SymbolicTensor]:
        """Return all that may be one with a tensor that is written into."""
        written = self.of(tensor)
        others = {**written, **self._reached.get(id(tensor), {})}
        for identity, may_be in self._may_be.items():
            reached = id(tensor) in self._reached.get(identity, ())
            if reached or not written.keys().isdisjoint(may_be):
                others[identity] = may_be[identity]
        del others[id(tensor)]
        return others

    def is_stale(self, tensor: SymbolicTensor) -> bool:
        """Return whether a tensor may have changed through another one."""
        return id(tensor) in self._stale

    def check(self, tensor: SymbolicTensor, user: str = "") -> None:
        """Bring a tensor up to date that follows from others.

        ``user`` says who uses it, if not the user's line that runs. Raises TypeError for one that
        may have changed in a way that is not known.
        """
        if self._stale and id(tensor) in self._stale:
            raise _unknown(self._stale[id(tensor)], user)
        link = tensor.link
        if link is None:
            return
        if link.derived:
            self._refresh(tensor, link, user)
        elif self._stale and id(link.base) in self._stale:
            doubt = self._stale[id(link.base)]
            if doubt.writer not in (0, id(tensor)):
                raise _unknown(doubt, user)

    def _refresh(self, tensor: SymbolicTensor, link: Link, user: str) -> None:
        sources = link.sources
        for source in sources:
            self.check(source, user)
        if _is_up_to_date(tensor.stamp, sources):
            return
        builder = current()
        if builder is not None and builder.journal is not None:
            builder.journal.note_tensor(tensor)
        tensor.become(link.read())
        tensor.stamp = _stamp(sources)

    def settle(self, tensor: SymbolicTensor, value: SymbolicTensor) -> None:
        """Give a tensor that follows from others the value that it has by now."""
        tensor.become(value)
        tensor.stamp = _stamp(tensor.link.sources)

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


def object_of(tensor: Any) -> Any:
    """Return the object that a tensor is; one that was checked for being set is what it was."""
    while type(tensor) is SymbolicTensor and type(tensor.link) is View and _is_check(tensor.link):
        tensor = tensor.link.base
    return tensor


def _is_contiguous(tensor: Any) -> bool:
    """Return whether the elements of NumPy's array would lie in a row, in order, for sure."""
    while type(tensor) is SymbolicTensor and tensor.link is not None:
        link = tensor.link
        if type(link) is not View or not _keeps_order(link):
            return False
        tensor = link.base
    return True


def _keeps_order(link: View) -> bool:
    if link.op == "slice":  # of the first axis only, and forward
        starts, stops, steps = (link.attributes[key] for key in ("starts", "stops", "steps"))
        bounds = {*starts[1:], *stops[1:]}
        return bounds <= {_NO_BOUND} and set(steps) == {1}
    if link.op == "gather":
        return bool(link.attributes["axis"] == 0)
    return bool(OP_ROWS[link.op]["view"] == "whole")


def _is_check(link: View) -> bool:
    return link.op == "check_defined"


def is_derived(tensor: SymbolicTensor) -> bool:
    """Return whether a tensor's value follows from others."""
    return tensor.link is not None and tensor.link.derived


def _stamp(sources: Sequence[SymbolicTensor]) -> tuple[tuple[Any, int], ...]:
    return tuple([(source.builder, source.id) for source in sources])


def _is_up_to_date(stamp: Any, sources: Sequence[SymbolicTensor]) -> bool:
    return stamp is not None and all(
        builder is source.builder and number == source.id
        for (builder, number), source in zip(stamp, sources, strict=True)
    )


def view_refusal(made: Location | None, written: Location | None) -> str:
    """Return the text that refuses a write into what NumPy would have made a view."""
    return (
        "a part of a tensor is written into, which is a tensor of its own here and would be a view "
        "in NumPy, so that the whole would change as well\n"
        f"  the part was made at {describe(made)}\n"
        f"  it is written into at {describe(written)}\n"
        "Copy it where it is made, as in `row = x[i].copy()`, or write into the whole, as in "
        "`x[i] += value`."
    )


class UnknownValueError(TypeError):
    """A tensor may be the one that was written into: a trace that tells objects apart knows it."""


# To the user it is Python's own error.
UnknownValueError.__name__ = UnknownValueError.__qualname__ = TypeError.__name__
UnknownValueError.__module__ = TypeError.__module__


def _unknown(doubt: Doubt, user: str) -> TypeError:
    used = user or f"used at {describe(user_line())}"
    if doubt.writer:
        return TypeError(f"{view_refusal(doubt.made, doubt.line)}\n  The whole is {used}.")
    return UnknownValueError(
        f"{_name_of(doubt.tensor)} is one object, or is not, with the one written into as "
        f"{doubt.written}: that depends on a tensor, so its value is not known\n"
        f"  written into at {describe(doubt.line)}\n"
        f"  {used}\n"
        "Copy one of the two where they become one, as in `w = v.copy()`."
    )


def _name_of(tensor: SymbolicTensor) -> str:
    """Return how the user's function that runs calls a tensor."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_library_file(frame.f_code.co_filename):
        frame = frame.f_back
    variables = {} if frame is None else frame.f_locals
    names = [name for name, value in variables.items() if value is tensor]
    name = (*names, tensor.name)[0]
    return repr(name) if name else "a tensor"
