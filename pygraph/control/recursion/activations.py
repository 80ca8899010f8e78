"""The calls that are being traced: of which functions, with arguments of which forms."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pygraph._hot import Variable
from pygraph.control.join.forms import Form
from pygraph.control.join.leaves import (
    NUMBERS,
    Leaf,
    TensorLeaf,
    ValueLeaf,
    joined_types,
    leaf_of,
    number_leaf,
    same_value,
    without_arrays,
)
from pygraph.graph import Builder
from pygraph.graph.structure import flatten, leaf_names

if TYPE_CHECKING:
    from pygraph.control.recursion.recursive import Recursive


class Shared:
    """A list that a recursive function changes, and passes on to itself: one object for all."""

    __slots__ = ("owner",)

    def __init__(self, owner: Any) -> None:
        self.owner = owner

    def __eq__(self, other: object) -> bool:
        return type(other) is Shared and other.owner is self.owner

    def __hash__(self) -> int:
        return id(self.owner)


class Arguments(NamedTuple):
    """The arguments of a call by parameter, their leaves' names, and their form."""

    bound: inspect.BoundArguments
    values: tuple[Any, ...]
    names: list[str]
    form: Form

    def tensors(self, form: Form) -> list[Any]:
        """Return the leaves that are tensors in a form that serves these arguments."""
        return [
            value
            for value, leaf in zip(flatten(self.values)[0], form.leaves, strict=True)
            if isinstance(leaf, TensorLeaf)
        ]


class Activation:
    """A call that is being traced: of which function, into which builder, with what arguments.

    ``recursive`` is set where the function is one of the graph's, and this is its body.
    ``callees`` is how many functions the graph had when it began. ``needs_numbers`` says that the
    function does not trace with its Python numbers as tensors, ``repeats`` how often it was called
    again meanwhile.
    """

    __slots__ = (
        "_arguments",
        "args",
        "builder",
        "callees",
        "function",
        "kwargs",
        "needs_numbers",
        "recursive",
        "repeats",
    )

    def __init__(
        self,
        function: Callable[..., Any],
        builder: Builder,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        recursive: Recursive | None = None,
    ) -> None:
        self.function = function
        self.builder = builder
        self.callees = len(builder.module.callees)
        self.args = args
        self.kwargs = kwargs
        self.recursive = recursive
        self.needs_numbers = False
        self.repeats = 0
        self._arguments: Arguments | None = None

    def arguments(self, shared: Collection[int] = ()) -> Arguments | None:
        """Return the arguments by parameter; None if they do not fit, which the call will say.

        ``shared`` are the positions of lists that are passed as the objects that they are.
        """
        if self._arguments is None:
            try:
                bound = inspect.signature(self.function).bind(*self.args, **self.kwargs)
            except TypeError:
                return None
            bound.apply_defaults()
            self._arguments = _described(bound, tuple(bound.arguments.values()))
        if not shared:
            return self._arguments
        bound, values = self._arguments.bound, self._arguments.values
        parts = [Shared(v) if place in shared else v for place, v in enumerate(values)]
        return _described(bound, tuple(parts))


def _described(bound: inspect.BoundArguments, values: tuple[Any, ...]) -> Arguments:
    leaves, structure = flatten(values)
    names = [
        leaf
        for name, child in zip(bound.arguments, structure.children, strict=True)
        for leaf in leaf_names(child, name)
    ]
    form = Form("the arguments", structure, tuple([_leaf(leaf) for leaf in leaves]))
    return Arguments(bound, values, names, form)


def _leaf(value: Any) -> Leaf:
    # A variable is passed as the place that it is.
    return ValueLeaf(value) if isinstance(value, Variable) else leaf_of(value, settled=True)


class _State(threading.local):
    def __init__(self) -> None:
        self.stack: list[Activation] = []


_state = _State()


def stack() -> list[Activation]:
    """Return this thread's calls, the innermost last."""
    return _state.stack


def joined(one: Form, other: Form, numbers: bool = False) -> Form | None:
    """Return the form of arguments that serves both, or None.

    Dims that differ become unknown. A Python number fits a parameter that is a tensor; any other
    Python value must be the same. With ``numbers``, those that differ become tensors.
    """
    if one.structure != other.structure:
        return None
    leaves: list[Leaf] = []
    for first, second in zip(one.leaves, other.leaves, strict=True):
        leaf = _joined_leaf(first, second, numbers)
        if leaf is None:
            return None
        leaves.append(leaf)
    return Form(one.name, one.structure, tuple(leaves))


def _joined_leaf(one: Leaf, other: Leaf, numbers: bool) -> Leaf | None:
    one, other = without_arrays(one, other)
    if isinstance(one, ValueLeaf):
        if isinstance(other, ValueLeaf) and _same(one.value, other.value):
            return one
        if not numbers or type(one.value) not in NUMBERS:
            return None
        one = number_leaf(one.value)
    if isinstance(other, ValueLeaf):
        if type(other.value) not in NUMBERS:
            return None
        other = number_leaf(other.value)
    return joined_types(one, other)


def _same(one: Any, other: Any) -> bool:
    return one is other or (not isinstance(one, Variable) and same_value(one, other))
