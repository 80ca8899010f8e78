"""What a variable looks like where ways meet: its structure, and the type of each tensor in it.

A Form is what two branches, or a loop's start and the end of its body, have to agree on. It is
computed from a value, joined with another Form, and used to take values apart into the tensors that
a graph passes on and to put them together again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pygraph.control.join.errors import Site
from pygraph.control.join.leaves import Leaf, Place, TensorLeaf, leaf_of, leaf_value
from pygraph.control.join.structures import (
    Shaped,
    conformed,
    join_items,
    join_shaped,
    opened_if_new,
    staged_shape,
)
from pygraph.control.join.unset import UNSET, Maybe
from pygraph.control.tensors import cast, placeholder, tracing
from pygraph.graph import Builder
from pygraph.graph.structure import Structure, flatten, leaf_names, unflatten


class Form(NamedTuple):
    """The form of one variable.

    ``structure`` is None as long as no value is known. ``missing`` says whether the variable may be
    without a value, ``none`` whether it is None then.
    """

    name: str
    structure: Structure | None
    leaves: tuple[Leaf, ...]
    missing: bool = False
    none: bool = False

    @property
    def flagged(self) -> bool:
        """Whether the variable has a value on some ways only, which a flag tells at run time."""
        return self.missing and self.structure is not None

    @property
    def tensors(self) -> int:
        """The number of tensors that the graph passes on for the variable."""
        count = sum(isinstance(leaf, TensorLeaf) for leaf in self.leaves)
        return count + self.flagged

    @property
    def types(self) -> list[TensorLeaf]:
        """The types of these tensors."""
        types = [leaf for leaf in self.leaves if isinstance(leaf, TensorLeaf)]
        return [*types, FLAG] if self.flagged else types

    def placeholders(self) -> list[Any]:
        """Return tensors of these types that nothing may look at."""
        return [placeholder(leaf.dtype, leaf.shape, leaf.weak) for leaf in self.types]

    def leaf_names(self) -> list[str]:
        """Return how the user would write each leaf."""
        return [] if self.structure is None else leaf_names(self.structure, self.name)

    def take_apart(self, value: Any, current: Form) -> list[Any]:
        """Return the tensors of a value whose own form is ``current``; records casts as needed."""
        if current.structure is None:
            parts = [
                placeholder(leaf.dtype, leaf.shape, leaf.weak) for leaf in self._tensor_leaves()
            ]
        else:
            inner = value.value if isinstance(value, Maybe) else value
            assert self.structure is not None
            parts = conformed(inner, Shaped(self.structure, self.leaves))
        if self.flagged:
            defined = value.defined if isinstance(value, Maybe) else current.structure is not None
            parts.append(cast(defined, "bool"))
        return parts

    def put_together(self, tensors: Iterator[Any]) -> Any:
        """Return the value that consists of the tensors which a graph passed on."""
        if self.structure is None:
            return None if self.none else UNSET
        leaves = []
        for leaf in self.leaves:
            if isinstance(leaf, TensorLeaf):
                leaves.append(leaf_value(next(tensors), leaf))
            else:
                leaves.append(leaf.value)
        value = unflatten(self.structure, leaves)
        if self.missing:
            tracing().module.has_maybe = True
            return Maybe(self.name, value, next(tensors), self.none)
        return value

    def stand_in(self) -> Any:
        """Return a value of this form for a trace that is going to be discarded."""
        builder = tracing()
        tensors = [builder.stand_in(leaf.dtype, leaf.shape, leaf.weak) for leaf in self.types]
        return self.put_together(iter(tensors))

    def _tensor_leaves(self) -> list[TensorLeaf]:
        return [leaf for leaf in self.leaves if isinstance(leaf, TensorLeaf)]


FLAG = TensorLeaf("bool", ())


def form_of(name: str, value: Any, *, settled: bool = False) -> Form:
    """Return the form of a value. Numbers may become tensors, unless it is ``settled`` that not."""
    if value is UNSET:
        return Form(name, None, (), missing=True)
    if value is None:
        return Form(name, None, (), missing=True, none=True)
    if isinstance(value, Maybe):
        inner = form_of(name, value.value, settled=settled)
        return inner._replace(missing=True, none=value.none)
    leaves, structure = flatten(value)
    return Form(name, structure, tuple([leaf_of(leaf, settled) for leaf in leaves]))


def met(one: Form, other: Form, home: Builder) -> tuple[Form, Form]:
    """Return two forms that are to be joined: an object that only one has may be taken apart.

    ``home`` is the builder around the branches, or the loop, that the values come from.
    """
    if (one.structure is None) == (other.structure is None):
        return one, other
    return _opened(one, home), _opened(other, home)


def _opened(form: Form, home: Builder) -> Form:
    if form.structure is None:
        return form
    part = opened_if_new(Shaped(form.structure, form.leaves), home)
    return form._replace(structure=part.structure, leaves=part.leaves)


def join(one: Form, other: Form, site: Site) -> Form:
    """Return the form that serves two values of a variable.

    Raises TypeError or ValueError, naming the variable, both types and both lines, when there is
    none.
    """
    missing, none = one.missing or other.missing, one.none or other.none
    if one.structure is None or other.structure is None:
        known = other if one.structure is None else one
        return known._replace(missing=missing, none=none)
    joined = join_shaped(
        Shaped(one.structure, one.leaves),
        Shaped(other.structure, other.leaves),
        Place(one.name, one.name, site),
    )
    return Form(one.name, joined.structure, joined.leaves, missing, none)


# So few items that move are kept in variables of their own.
_FEW = 8


def as_queue(form: Form, site: Site) -> Form:
    """Return the form of a deque that changes in a loop: a step costs no more for its length.

    Where its items are not all alike, each is a variable that takes another one's value.
    """
    structure = form.structure
    if structure is None or structure.kind != "deque" or len(structure.children) <= _FEW:
        return form
    items = list(Shaped(structure, form.leaves).children())
    try:
        element = join_items(items, Place(form.name, form.name, site))
    except (TypeError, ValueError):
        return form
    queue = staged_shape(structure.key, element, None)
    return form._replace(structure=queue.structure, leaves=queue.leaves)
