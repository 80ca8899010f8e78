"""Loops whose variables are told apart by object: flags in the state say which one a variable is.

That makes writes exact after ``if p: a, b = b, a`` in a loop, say. It costs copies at run time, so
a function is traced in this way only where the other way has to refuse it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import product
from typing import Any

from pygraph._hot import SymbolicTensor
from pygraph.control.changes.journal import Journal, note
from pygraph.control.conditional import stage_cond
from pygraph.control.identity.aliases import LoopAliases
from pygraph.control.identity.chosen import Choice, Literal, Option, all_hold, link
from pygraph.control.join.unset import Maybe
from pygraph.control.tensors import apply, is_tensor
from pygraph.graph import Builder
from pygraph.graph.aliases import Aliases, object_of


class ToldApart(LoopAliases):
    """The aliases of a loop that knows which older object each of its variables is."""

    def __init__(self, all: Aliases, before: Sequence[Any], guarded: Collection[int]) -> None:
        super().__init__(all, before, guarded)
        # Per variable, the older objects that it may be.
        self._objects: dict[Any, list[Any]] = {}
        # By variable and object: whether it is that, a Python bool or a tensor. It is a dict of the
        # user's as far as journals are concerned, and so joins the loop's state.
        self.flags: dict[tuple[Any, int], Any] = {}

    def watch(self, journal: Journal) -> None:
        """Have a journal look after the flags."""
        journal.roots.append((self.flags, "which object it is"))
        for key, before in zip(self.keys, self.before, strict=True):
            if key not in self._objects and _object(before) is not None:
                self._add(key, before, _object(before))

    def start_iteration(self) -> None:
        """Begin a run of the body, whose changes are noted."""
        note(self.flags)

    def end_iteration(self, values: Sequence[Any]) -> None:
        """Note which objects the variables are at the end of a run of the body."""
        found = {
            (key, id(target)): _is(value, target)
            for key, value in zip(self.keys, values, strict=True)
            for target in self._objects.get(key, ())
        }
        self.flags.update(found)

    def objects(self, values: Sequence[Any]) -> list[Any]:
        """Return the variables' values with the objects that they are in place of new ones."""
        found = [self._linked(key, value) for key, value in zip(self.keys, values, strict=True)]
        for one, other in self._sharing:
            if self._is_told(found[one]) and self._is_told(found[other]):
                for tensor in _own(found[other]):
                    self._all.note_choice(tensor, _own(found[one]))
        return found

    def _linked(self, key: Any, value: Any) -> Any:
        if type(value) is Maybe and self._is_told(value):
            value.value = self._linked(key, value.value)
            return value
        if type(value) is not SymbolicTensor or not value.dims:
            return value
        options = []
        for target in self._objects.get(key, ()):
            flag = self.flags[key, id(target)]
            if flag is True:
                return target
            if flag is not False:
                options.append(Option(target, (Literal(flag, True),)))
        own = value
        if options:
            link(value, "a variable of a loop", options, value.copy(), stage_cond)
            own = value.link.own
        if key in self._made:
            self._all.note_choice(own, self._made[key])
        return value

    def _is_told(self, value: Any) -> bool:
        return type(value) is SymbolicTensor or (
            type(value) is Maybe and type(value.value) is SymbolicTensor
        )

    def found_more(self, parent: Builder) -> bool:
        """Return whether the body has to be traced again, with what is known from its end now."""
        found = super().found_more(parent)
        for key, before, value in zip(self.keys, self.before, self.ended, strict=False):
            if not self._is_told(value):
                continue
            for terminal, _ in _terminals(value, parent):
                known = self._objects.get(key, ())
                if _is_outside(terminal, parent) and not any(terminal is one for one in known):
                    self._add(key, before, terminal)
                    found = True
        return found

    def _add(self, key: Any, before: Any, target: Any) -> None:
        self._objects.setdefault(key, []).append(target)
        self.flags[key, id(target)] = _object(before) is target

    def _find_shared(self, parent: Builder) -> None:
        super()._find_shared(parent)
        self._sharing = {
            (one, other)
            for one, other in self._sharing
            if not self._is_told(self.ended[one])
            or not self._is_told(self.ended[other])
            or self._may_be_one(self.ended[one], self.ended[other], parent)
        }

    def _may_be_one(self, one: Any, other: Any, parent: Builder) -> bool:
        """Return whether two values at the end of the body may be one that the body made."""
        return any(
            not _is_outside(a, parent)
            and not _is_outside(b, parent)
            and _agree(first, second)
            and not self._all.of(a).keys().isdisjoint(self._all.of(b))
            for (a, first), (b, second) in product(
                _terminals(one, parent), _terminals(other, parent)
            )
        )


def _object(value: Any) -> Any:
    """Return the tensor that a variable is, None where it has no such value."""
    value = object_of(value.value if type(value) is Maybe else value)
    return value if is_tensor(value) and value.ndim else None


def _own(value: Any) -> list[SymbolicTensor]:
    """Return the object of its own that a variable may be."""
    tensor = _object(value)
    if type(tensor) is not SymbolicTensor:
        return []
    own = tensor.link.own if type(tensor.link) is Choice else tensor
    return [] if own is None else [own]


def _is(value: Any, target: Any) -> Any:
    """Return whether a value at the end of the body is an older object: a bool, or a tensor."""
    tensor = _object(value)
    if tensor is target or type(tensor) is not SymbolicTensor or type(tensor.link) is not Choice:
        return tensor is target
    found: Any = False
    for option in tensor.link.options:
        inner = _is(option.target, target)
        if inner is not False:
            when = all_hold(option.when)
            holds = when if inner is True else apply("logical_and", (when, inner))
            found = holds if found is False else apply("logical_or", (found, holds))
    return found


Literals = tuple[Literal, ...]


def _terminals(value: Any, parent: Builder, when: Literals = ()) -> Iterator[tuple[Any, Literals]]:
    """Yield the objects that a value may be, each with what has to hold then."""
    tensor = _object(value)
    if tensor is None:
        return
    if _is_outside(tensor, parent) or type(tensor.link) is not Choice:
        yield tensor, when
        return
    for option in tensor.link.options:
        yield from _terminals(option.target, parent, (*when, *option.when))
    if tensor.link.own is not None:
        yield tensor.link.own, when


def _is_outside(tensor: Any, parent: Builder) -> bool:
    return type(tensor) is not SymbolicTensor or parent.is_within(tensor.builder)


def _agree(one: Literals, other: Literals) -> bool:
    holds = {id(literal.tensor): literal.holds for literal in one}
    return all(holds.get(id(literal.tensor), literal.holds) == literal.holds for literal in other)
