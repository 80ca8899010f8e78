"""Plain objects where ways meet: of two of one class the graph passes on the attributes."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from pygraph._hot import SymbolicTensor, Tensor, Variable
from pygraph.control.changes.parts import attributes, slots_of
from pygraph.graph import Builder
from pygraph.graph.structure import Structure, flatten

_HEAP_TYPE = 1 << 9


def is_plain(value: Any) -> bool:
    """Return whether an object is nothing but its attributes: an instance of a class of the user's.

    Its class is made in Python and so are those that it is derived from, but for ``object``.
    """
    kind = type(value)
    new: object = kind.__new__
    if new is not object.__new__ or isinstance(value, (type, ModuleType, Tensor, Variable)):
        return False
    if not hasattr(value, "__dict__") and not slots_of(kind):
        return False  # a class in C, as that of a lock
    made_in_python = all(base.__flags__ & _HEAP_TYPE for base in kind.__mro__[:-1])
    return made_in_python and not kind.__module__.startswith("pygraph.")


def is_attributes(value: Any) -> bool:
    """Return whether an object is passed on by its attributes: a plain one, or of a data class."""
    return is_plain(value) or hasattr(type(value), "__dataclass_fields__")


def opened(value: Any) -> tuple[list[Any], Structure]:
    """Return the leaves of a plain object's attributes, and its structure."""
    found = attributes(value)
    names = tuple(sorted(found))
    leaves: list[Any] = []
    children = []
    for name in names:
        parts, structure = flatten(found[name])
        leaves += parts
        children.append(structure)
    return leaves, Structure("object", (type(value), names), tuple(children))


def holds_inner(value: Any, home: Builder) -> bool:
    """Return whether an object holds tensors of a branch or body, unknown to ``home``."""
    leaves = opened(value)[0] if is_plain(value) else flatten(value)[0]
    return any(type(leaf) is SymbolicTensor and not home.is_within(leaf.builder) for leaf in leaves)
