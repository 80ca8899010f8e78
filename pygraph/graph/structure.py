"""Nested structures: taking lists, tuples, dicts, namedtuples, dataclasses apart and together.

The leaves are whatever is no container. ``None`` is a structure without leaves. Dictionaries are
flattened in the order of their sorted keys, so that insertion order makes no difference. A list,
tuple or deque with staged items in it is a structure of kind ``staged``, those items one of kind
``items``.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from pygraph._hot import EagerTensor, fields_of, hooks
from pygraph.graph.items import StagedItems
from pygraph.graph.spec import TensorSpec, VariableSpec

_C = TypeVar("_C")


class DequeOf(NamedTuple):
    """Makes deques of some greatest length, as ``list`` makes lists."""

    maxlen: int | None

    def __call__(self, items: Iterable[Any]) -> deque[Any]:
        """Return a deque of items."""
        return deque(items, self.maxlen)


# Per registered class: what takes an instance apart, and what puts one together.
_registered: dict[type, tuple[Callable[[Any], tuple[Any, Any]], Callable[[Any, Any], Any]]] = {
    deque: (lambda value: (list(value), value.maxlen), lambda maxlen, items: deque(items, maxlen))
}
hooks.registered_classes = _registered
hooks.spec_type = TensorSpec
hooks.variable_spec_type = VariableSpec


def register_pytree_node(
    cls: type[_C],
    flatten: Callable[[_C], tuple[Sequence[Any], Any]],
    unflatten: Callable[[Any, Sequence[Any]], _C],
) -> None:
    """Let instances of a class be nested structures, as arguments, results and state of loops.

    Args:
        cls: The class; subclasses are registered on their own.
        flatten: Returns an instance's children and what besides them makes it (hashable).
        unflatten: Makes an instance of what ``flatten`` gave: the second part, then the children.

    Raises:
        TypeError: where ``cls`` is no class.
        ValueError: where it is registered already, or is a structure by itself.
    """
    if not isinstance(cls, type):
        raise TypeError(f"register_pytree_node takes a class, got {cls!r}")
    if cls in _registered or cls in (list, tuple, dict, OrderedDict, defaultdict, type(None)):
        raise ValueError(f"{cls.__name__} is a structure already")
    _registered[cls] = (flatten, unflatten)


class Structure:
    """The shape of a nested value: everything but its leaves. Hashable and comparable.

    ``kind`` names the container, ``key`` what has to be equal besides the children (type, keys or
    field names), ``children`` the structures inside, ``leaf_count`` how many leaves there are.
    ``order`` keeps a dict's insertion order, which does not take part in comparison.
    """

    __slots__ = ("_hash", "children", "key", "kind", "leaf_count", "order")

    def __init__(
        self,
        kind: str,
        key: Any = None,
        children: tuple[Structure, ...] = (),
        order: tuple[Any, ...] | None = None,
    ) -> None:
        self.kind = kind
        self.key = key
        self.children = children
        self.order = order
        self.leaf_count: int = 1 if kind == "leaf" else sum(c.leaf_count for c in children)
        self._hash = hash((kind, key, children))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Structure):
            return NotImplemented
        return (
            self._hash == other._hash
            and self.kind == other.kind
            and bool(self.key == other.key)
            and self.children == other.children
        )

    def __hash__(self) -> int:
        return self._hash

    def assemble(self, parts: list[Any]) -> Any:
        """Return a container of this kind (not a leaf) with the given children."""
        kind = self.kind
        if kind == "none":
            return None
        if kind == "list":
            return parts
        if kind == "tuple":
            return tuple(parts)
        if kind == "items":
            return StagedItems(self.key, parts)
        if kind == "deque":
            return self.key(parts)
        if kind == "staged":
            return self.key(_written_out(parts))
        if kind == "namedtuple":
            return self.key._make(parts)
        if kind == "dict":
            return _unflatten_dict(self, parts)
        cls, names = self.key
        if kind == "registered":
            return _registered[cls][1](names, parts)
        instance = object.__new__(cls)
        for name, part in zip(names, parts, strict=True):
            object.__setattr__(instance, name, part)
        return instance

    def __reduce__(self) -> tuple[type[Structure], tuple[Any, ...]]:
        # The hash differs between processes.
        return Structure, (self.kind, self.key, self.children, self.order)

    def __repr__(self) -> str:
        return f"Structure({self})"

    def __str__(self) -> str:
        return _text(self)


LEAF = Structure("leaf")
NONE = Structure("none")


def flatten(value: Any) -> tuple[list[Any], Structure]:
    """Return the leaves of a nested value, in order, and its structure."""
    leaves: list[Any] = []
    return leaves, _flatten(value, leaves)


def unflatten(structure: Structure, leaves: Sequence[Any]) -> Any:
    """Return the nested value of ``structure`` with ``leaves`` in it.

    Raises ValueError when the number of leaves is wrong.
    """
    if structure.kind == "leaf" and len(leaves) == 1:
        return leaves[0]
    if len(leaves) != structure.leaf_count:
        raise ValueError(f"the structure has {structure.leaf_count} leaves, got {len(leaves)}")
    return _unflatten(structure, iter(leaves))


def map_structure(function: Callable[[Any], Any], value: Any) -> Any:
    """Return ``value`` with ``function`` applied to every leaf."""
    leaves, structure = flatten(value)
    return unflatten(structure, [function(leaf) for leaf in leaves])


def depth(structure: Structure | None) -> int:
    """Return how many containers, or objects, stand in each other."""
    if structure is None:
        return 0
    return 1 + max(map(depth, structure.children), default=0)


def leaf_names(structure: Structure, name: str) -> list[str]:
    """Return how a user would write each leaf of the variable ``name``, as in ``state['h'][0]``."""
    if structure.kind == "leaf":
        return [name]
    if structure.kind == "items":
        return leaf_names(structure.key, name)
    names: list[str] = []
    for suffix, child in zip(suffixes(structure), structure.children, strict=True):
        names.extend(leaf_names(child, name + suffix))
    return names


def _flatten(value: Any, leaves: list[Any]) -> Structure:
    if value is None:
        return NONE
    kind = type(value)
    if kind is list or kind is tuple:
        nodes = tuple([_flatten(item, leaves) for item in value])
        if StagedItems in map(type, value):
            return Structure("staged", kind, nodes)
        return Structure(kind.__name__, None, nodes)
    if kind is deque:
        nodes = tuple([_flatten(item, leaves) for item in value])
        staged = StagedItems in map(type, value)
        if staged and value.maxlen is not None and len(value) > 1:
            raise TypeError(
                "a deque with a maximum length, whose length the graph decides, was changed or "
                "made by an operator; use its methods, such as extend()"
            )
        return Structure("staged" if staged else "deque", DequeOf(value.maxlen), nodes)
    if kind is StagedItems:
        leaves.extend(value.leaves)
        return Structure("items", value.element, (LEAF,) * len(value.leaves))
    if isinstance(value, dict):
        return _flatten_dict(value, leaves)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return Structure("namedtuple", kind, tuple([_flatten(item, leaves) for item in value]))
    registered = _registered.get(kind)
    if registered is not None:
        parts, extra = registered[0](value)
        nodes = tuple([_flatten(item, leaves) for item in parts])
        return Structure("registered", (kind, extra), nodes)
    if hasattr(kind, "__pygraph_trace_type__"):
        leaves.append(value)
        return LEAF
    if hasattr(kind, "__dataclass_fields__"):
        names = fields_of(kind)
        children = tuple([_flatten(getattr(value, name), leaves) for name in names])
        return Structure("dataclass", (kind, names), children)
    leaves.append(value)
    return LEAF


def _flatten_dict(value: dict[Any, Any], leaves: list[Any]) -> Structure:
    kind = type(value)
    if kind not in (dict, OrderedDict, defaultdict):
        leaves.append(value)
        return LEAF
    order = tuple(value)
    try:
        keys = tuple(sorted(order))
    except TypeError:  # keys of unlike types have no order: the insertion order has to do
        keys = order
    factory = value.default_factory if isinstance(value, defaultdict) else None
    children = tuple([_flatten(value[key], leaves) for key in keys])
    return Structure("dict", (kind, factory, keys), children, order)


def _unflatten(structure: Structure, leaves: Iterator[Any]) -> Any:
    if structure.kind == "leaf":
        return next(leaves)
    return structure.assemble([_unflatten(child, leaves) for child in structure.children])


def _written_out(parts: list[Any]) -> list[Any]:
    """Return the items of a list; once the graph has run, there are as many as it decided."""
    out: list[Any] = []
    for part in parts:
        if type(part) is StagedItems and EagerTensor in map(type, part.leaves):
            out.extend(_elements(part))
        else:
            out.append(part)
    return out


def _elements(items: StagedItems) -> list[Any]:
    count = max(len(leaf) for leaf in items.leaves if type(leaf) is EagerTensor)
    columns = [list(leaf) if type(leaf) is EagerTensor else [leaf] * count for leaf in items.leaves]
    return [unflatten(items.element, row) for row in zip(*columns, strict=True)]


def _unflatten_dict(structure: Structure, parts: list[Any]) -> Any:
    kind, factory, keys = structure.key
    by_key = dict(zip(keys, parts, strict=True))
    items = [(key, by_key[key]) for key in structure.order or keys]
    if kind is defaultdict:
        return defaultdict(factory, items)
    return kind(items)


def suffixes(structure: Structure) -> list[str]:
    """Return how a user would write each child of a container, as in ``['h']`` and ``[0]``."""
    if structure.kind == "dict":
        return [f"[{key!r}]" for key in structure.key[2]]
    if structure.kind in ("dataclass", "object"):
        return [f".{name}" for name in structure.key[1]]
    if structure.kind == "namedtuple":
        return [f".{name}" for name in structure.key._fields]
    if structure.kind == "staged":
        return ["[...]"] * len(structure.children)
    if structure.kind == "registered" and hasattr(structure.key[0], "__pygraph_choice__"):
        return [""] * len(structure.children)  # to the user it is one value
    if structure.kind == "registered" and hasattr(structure.key[0], "__pygraph_optional__"):
        return ["", " is not None"]
    return [f"[{index}]" for index in range(len(structure.children))]


def _text(structure: Structure) -> str:
    if structure.kind == "leaf":
        return "*"
    if structure.kind == "none":
        return "None"
    if structure.kind == "items":
        return f"*[{_text(structure.key)}, ...]"
    parts = [_text(child) for child in structure.children]
    if structure.kind == "staged":
        name = "deque" if isinstance(structure.key, DequeOf) else structure.key.__name__
        return f"{name}({', '.join(parts)})"
    if structure.kind == "deque":
        return f"deque([{', '.join(parts)}])"
    if structure.kind == "list":
        return "[" + ", ".join(parts) + "]"
    if structure.kind == "tuple":
        return "(" + ", ".join(parts) + ("," if len(parts) == 1 else "") + ")"
    if structure.kind == "dict":
        keys = structure.key[2]
        pairs = ", ".join(f"{key!r}: {part}" for key, part in zip(keys, parts, strict=True))
        return "{" + pairs + "}"
    if structure.kind == "registered" and hasattr(structure.key[0], "__pygraph_optional__"):
        return f"{parts[0]} or None"
    if structure.kind == "registered":
        return f"{structure.key[0].__name__}({', '.join(parts)})"
    if structure.kind in ("dataclass", "object"):
        cls, names = structure.key
    else:
        cls, names = structure.key, structure.key._fields
    fields = ", ".join(f"{name}={part}" for name, part in zip(names, parts, strict=True))
    return f"{cls.__name__}({fields})"
