"""Python values that a tensor chooses among: strings, enum members, functions, classes.

They are no tensors, so a graph passes on which of them it is: a position among the values that may
be meant. What a function makes of such a value is made of each of them while tracing, and chosen.
"""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable, Iterator, Sequence
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np

from pygraph._hot import DType, EagerTensor
from pygraph.control.leaves import NUMBERS, Leaf, Place, TensorLeaf, ValueLeaf, same_value
from pygraph.control.tensors import apply, current, is_tensor, is_tracing, weakened
from pygraph.graph.structure import LEAF, Structure, register_pytree_node
from pygraph.graph.text import Text, deferred, marking

_KINDS = (str, bytes, enum.Enum, type, DType, FunctionType, BuiltinFunctionType, MethodType)
# A loop that makes another text in every iteration would never come to an end.
_MOST = 64


class ChosenValue:
    """One of several Python values: ``values[position]``, for a 0-d int64 tensor."""

    __slots__ = ("position", "values")
    __pygraph_choice__ = True

    def __init__(self, position: Any, values: tuple[Any, ...]) -> None:
        self.position = position
        self.values = values

    def each(self, function: Callable[[Any], Any]) -> Any:
        """Return what a function without effects gives for the value that is chosen."""
        return _chosen(self.position, [function(value) for value in self.values])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = [getattr(value, name) for value in self.values]
        if all(map(callable, found)):
            return lambda *given, **named: _chosen(
                self.position, [method(*given, **named) for method in found]
            )
        return _chosen(self.position, found)

    def __len__(self) -> int:
        lengths = set(map(len, self.values))
        if len(lengths) > 1:
            raise TypeError(f"the length of {self!r} is used where a Python number is needed")
        return lengths.pop()

    def __bool__(self) -> bool:
        truths = set(map(bool, self.values))
        if len(truths) > 1:
            raise TypeError(f"the truth of {self!r} is used where a Python bool is needed")
        return truths.pop()

    def __hash__(self) -> int:
        raise TypeError(
            f"{self!r} cannot be a key or an item of a set here: a tensor decides which it is"
        )

    def __repr__(self) -> str:
        if marking() is not None:
            return self._marked("!r")
        return "one of " + ", ".join(map(repr, self.values))

    def __str__(self) -> str:
        return self._marked("") if marking() is not None else repr(self)

    def __format__(self, spec: str) -> str:
        if marking() is not None:
            return self._marked(f":{spec}" if spec else "")
        return format(repr(self), spec)

    def _marked(self, field: str) -> str:
        active = marking()
        assert active is not None
        return active(self, field)


def _put_together(values: tuple[Any, ...], parts: Sequence[Any]) -> Any:
    """Return a choice; the value itself, where it is known which one that is."""
    (position,) = parts
    if type(position) is int or (current() is None and type(position) is EagerTensor):
        return values[int(position)]
    return ChosenValue(position, values)


register_pytree_node(ChosenValue, lambda choice: ((choice.position,), choice.values), _put_together)


def _chosen(position: Any, results: Sequence[Any]) -> Any:
    """Return the one of several values that stands at a position."""
    first = results[0]
    if all(same_value(first, result) for result in results):
        return first
    if all(type(result) in NUMBERS for result in results):
        return _number(position, results)
    if all(is_tensor(result) or type(result) in NUMBERS for result in results):
        return _tensor(position, results)
    values: list[Any] = []
    places = [_place_among(values, result) for result in results]
    if not all(map(can_be_chosen, values)):
        kinds = sorted({type(value).__name__ for value in values})
        raise TypeError(f"a tensor cannot choose among values of type {', '.join(kinds)}")
    return ChosenValue(_moved(position, places), tuple(values))


def _tensor(position: Any, results: Sequence[Any]) -> Any:
    shapes = {tuple(result.static_shape) if is_tensor(result) else () for result in results}
    if len(shapes) > 1:
        raise ValueError(f"a tensor chooses among tensors of different shapes: {sorted(shapes)}")
    chosen = results[0]
    for index, result in enumerate(results[1:], start=1):
        chosen = apply("where", (position == index, result, chosen))
    return chosen


def _number(position: Any, numbers: Sequence[Any]) -> Any:
    table = np.array(numbers)
    result = apply("gather", (_lifted(table), position), {"axis": 0})
    return result if table.dtype == bool or not is_tracing() else weakened(result)


def _lifted(table: np.ndarray[Any, Any]) -> Any:
    builder = current()
    return table if builder is None else builder.lift(table)


def _place_among(values: list[Any], value: Any) -> int:
    """Return where a value stands in a list, at whose end it is put if it is new."""
    for index, known in enumerate(values):
        if _is_same(known, value):
            return index
    values.append(value)
    return len(values) - 1


def _is_same(one: Any, other: Any) -> bool:
    """Return whether two values are the same; a function that was made anew is what it was."""
    if type(one) is FunctionType and type(other) is FunctionType:
        return one is other or (
            one.__code__ is other.__code__
            and one.__defaults__ == other.__defaults__
            and one.__kwdefaults__ == other.__kwdefaults__
        )
    return same_value(one, other)


def _moved(position: Any, places: Sequence[int]) -> Any:
    """Return the place that belongs to a position."""
    if list(places) == list(range(len(places))):
        return position
    return apply("gather", (_lifted(np.array(places)), position), {"axis": 0})


def can_be_chosen(value: Any) -> bool:
    """Return whether a tensor may choose a Python value. Functions must capture nothing."""
    return isinstance(value, _KINDS) and not getattr(value, "__closure__", None)


# ---- where ways meet ----


def is_chosen_value(structure: Structure) -> bool:
    """Return whether a structure is that of a choice."""
    return structure.kind == "registered" and structure.key[0] is ChosenValue


def values_of(structure: Structure, leaves: Sequence[Leaf]) -> tuple[Any, ...] | None:
    """Return the values that a variable may have, None if it is not one that may be chosen."""
    if is_chosen_value(structure):
        values: tuple[Any, ...] = structure.key[1]
        return values
    leaf = leaves[0] if structure.kind == "leaf" else None
    return (leaf.value,) if isinstance(leaf, ValueLeaf) and can_be_chosen(leaf.value) else None


def joined_values(
    one: tuple[Any, ...], other: tuple[Any, ...], place: Place
) -> tuple[Structure, TensorLeaf]:
    """Return the structure and the leaf of what may have either values.

    Raises TypeError for more values than can be followed.
    """
    values = list(one)
    for value in other:
        _place_among(values, value)
    if len(values) > _MOST:
        advice = f"It may have more than {_MOST} different values; keep a number in its place."
        raise place.error(TypeError, repr(values[0]), repr(values[-1]), advice)
    return Structure("registered", (ChosenValue, tuple(values)), (LEAF,)), TensorLeaf("int64", ())


def position_among(values: tuple[Any, ...], own: Structure, leaves: Iterator[Any]) -> Any:
    """Return the position of a value, which is taken from its leaves, among those it may be."""
    found = list(values)
    if own.kind == "leaf":
        return _place_among(found, next(leaves))
    places = [_place_among(found, value) for value in own.key[1]]
    return _moved(next(leaves), places)


# ---- in text ----


def chosen_in(value: Any) -> ChosenValue | None:
    """Return a choice that stands in text, or in the arguments of an exception."""
    if type(value) is ChosenValue:
        return value
    if isinstance(value, BaseException):
        return chosen_in((value.args, vars(value)))
    if type(value) is Text:
        value = value.values
    elif isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return None
    found = map(chosen_in, value)
    return next((choice for choice in found if choice is not None), None)


def decided(value: Any, choice: ChosenValue, number: int) -> Any:
    """Return text, or what holds it, with one of the values in a choice's place."""
    if value is choice:
        return choice.values[number]
    if type(value) is Text:
        parts = [decided(part, choice, number) for part in value.values]
        return deferred(lambda: str(Text(value.template, parts)))
    if isinstance(value, dict):
        return {key: decided(part, choice, number) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(decided(part, choice, number) for part in value)
    return value


def _delegate(name: str, reflected: bool) -> Callable[..., Any]:
    function = getattr(operator, name)

    def method(self: ChosenValue, *others: Any) -> Any:
        def result(value: Any) -> Any:
            given = (*others, value) if reflected else (value, *others)
            return function(*given)

        return self.each(result)

    return method


_PLAIN = ("neg", "pos", "abs", "invert", "getitem", "eq", "ne", "lt", "le", "gt", "ge")
_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift")
for _name in (*_PLAIN, *_BINARY):
    setattr(ChosenValue, f"__{_name}__", _delegate(f"__{_name}__", False))
for _name in _BINARY:
    setattr(ChosenValue, f"__r{_name}__", _delegate(f"__{_name}__", True))
