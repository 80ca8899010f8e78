"""Python values that a tensor chooses among: strings, enum members, functions, classes.

They are no tensors, so a graph passes on which of them it is: a position among the values that may
be meant. What a function makes of such a value is made of each of them while tracing, and chosen.
"""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable, Iterator, Sequence
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, NamedTuple

import numpy as np

from pygraph._hot import DType, EagerTensor
from pygraph.control.join.leaves import (
    NUMBERS,
    Leaf,
    Place,
    TensorLeaf,
    ValueLeaf,
    join_leaves,
    leaf_tensor,
    same_value,
)
from pygraph.control.tensors import (
    apply,
    cast,
    current,
    is_tensor,
    is_tracing,
    placeholder,
    weakened,
)
from pygraph.graph.locations import describe, user_line
from pygraph.graph.marking import marking
from pygraph.graph.structure import LEAF, Structure, register_pytree_node
from pygraph.graph.text import Text, deferred

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


class _TextPlace:
    """Stands, where the values are listed, for a text with tensors, which is among the parts."""

    def __repr__(self) -> str:
        return "text with tensors"

    def __reduce__(self) -> str:
        return "_TEXT"  # there is one


_TEXT = _TextPlace()


def _take_apart(chosen: ChosenValue) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    texts = [value for value in chosen.values if type(value) is Text]
    listed = tuple([_TEXT if type(value) is Text else value for value in chosen.values])
    return (chosen.position, *texts), listed


def _put_together(listed: tuple[Any, ...], parts: Sequence[Any]) -> Any:
    """Return a choice; the value itself, where it is known which one that is."""
    position, *texts = parts
    following = iter(texts)
    values = tuple([next(following) if value is _TEXT else value for value in listed])
    if type(position) is int or (current() is None and type(position) is EagerTensor):
        return values[int(position)]
    return ChosenValue(position, values)


register_pytree_node(ChosenValue, _take_apart, _put_together)


def _chosen(position: Any, results: Sequence[Any]) -> Any:
    """Return the one of several values that stands at a position."""
    first = results[0]
    if all(same_value(first, result) for result in results):
        return first
    if all(type(result) in NUMBERS for result in results):
        return _number(position, results)
    if all(is_tensor(result) or type(result) in NUMBERS for result in results):
        return _tensor(position, results)
    nested = any(type(result) is ChosenValue for result in results)
    options = [one for each in results for one in _options(each)]
    values: list[Any] = []
    places = [_place_among(values, option) for option in options]
    if not all(can_be_chosen(value) or type(value) is Text for value in values):
        kinds = sorted({type(value).__name__ for value in values})
        raise TypeError(f"a tensor cannot choose among values of type {', '.join(kinds)}")
    if nested:
        return _choice_of_choices(position, results, values)
    return ChosenValue(_moved(position, places), tuple(values))


def _options(value: Any) -> tuple[Any, ...]:
    return value.values if type(value) is ChosenValue else (value,)


def _choice_of_choices(position: Any, results: Sequence[Any], values: list[Any]) -> Any:
    """Return the choice among ``values`` that one of several choices, which is taken, gives."""
    if len(values) > _MOST:
        raise TypeError(
            f"a tensor would choose among {len(values)} values, such as {values[0]!r}, and at most "
            f"{_MOST} are followed\n  {describe(user_line())}\nKeep a number in their place."
        )
    places = []
    for result in results:
        inner = [_place_among(values, option) for option in _options(result)]
        places.append(_moved(result.position, inner) if len(inner) > 1 else inner[0])
    return ChosenValue(cast(_tensor(position, places), "int64"), tuple(values))


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


def _moved(position: Any, places: Sequence[int | None]) -> Any:
    """Return the place that belongs to a position."""
    if list(places) == list(range(len(places))):
        return position
    return apply("gather", (_lifted(np.array(places)), position), {"axis": 0})


def can_be_chosen(value: Any) -> bool:
    """Return whether a tensor may choose a Python value. Functions must capture nothing."""
    return isinstance(value, _KINDS) and not getattr(value, "__closure__", None)


# ---- where ways meet ----


class Alternative(NamedTuple):
    """What a variable may be: a Python value, or text with tensors, of which these are the types.

    ``parts`` are leaves, or what the leaves of a value hold.
    """

    value: Any
    text: Structure | None = None
    parts: tuple[Any, ...] = ()

    def is_like(self, other: Alternative) -> bool:
        """Return whether both are one value, or one text but for the tensors in it."""
        if self.text is None or other.text is None:
            return self.text is other.text and _is_same(self.value, other.value)
        return self.text == other.text


def is_chosen_value(structure: Structure) -> bool:
    """Return whether a structure is that of a choice."""
    return structure.kind == "registered" and structure.key[0] is ChosenValue


def alternatives(structure: Structure, parts: Sequence[Any]) -> list[Alternative] | None:
    """Return what a variable may be, None if that is nothing to choose among."""
    if is_chosen_value(structure):
        texts = iter(structure.children[1:])
        found, start = [], 1
        for value in structure.key[1]:
            if value is _TEXT:
                text = next(texts)
                found.append(_text(text, parts[start : start + text.leaf_count]))
                start += text.leaf_count
            else:
                found.append(Alternative(value))
        return found
    if structure.kind == "registered" and structure.key[0] is Text:
        return [_text(structure, parts)]
    if structure.kind != "leaf":
        return None
    value = parts[0].value if isinstance(parts[0], ValueLeaf) else parts[0]
    return [Alternative(value)] if can_be_chosen(value) else None


def _text(structure: Structure, parts: Sequence[Any]) -> Alternative:
    return Alternative(_TEXT, structure, tuple(parts))


def join_alternatives(
    one: Sequence[Alternative], other: Sequence[Alternative], place: Place
) -> tuple[Structure, tuple[Leaf, ...]]:
    """Return the structure and the leaves of what may be either.

    Raises TypeError for more values than can be followed.
    """
    found = list(one)
    for new in other:
        index = _find(found, new)
        if index is None:
            found.append(new)
        else:
            pairs = zip(found[index].parts, new.parts, strict=True)
            parts = [join_leaves(first, second, place) for first, second in pairs]
            found[index] = found[index]._replace(parts=tuple(parts))
    if len(found) > _MOST:
        advice = f"It may have more than {_MOST} different values; keep a number in its place."
        raise place.error(TypeError, repr(found[0].value), repr(found[-1].value), advice)
    values = tuple([each.value for each in found])
    texts = [each.text for each in found if each.text is not None]
    leaves = [part for each in found for part in each.parts]
    structure = Structure("registered", (ChosenValue, values), (LEAF, *texts))
    return structure, (TensorLeaf("int64", ()), *leaves)


def _find(known: Sequence[Alternative], wanted: Alternative) -> int | None:
    for index, one in enumerate(known):
        if one.is_like(wanted):
            return index
    return None


def take_apart(
    own: Structure, values: Sequence[Any], target: Structure, leaves: Sequence[Leaf]
) -> Iterator[Any]:
    """Yield the tensors of a value, whose leaves are given, as a choice that it is among has them.

    That is its position, and the tensors of each text; those of another text are never looked at.
    """
    given, wanted = alternatives(own, values), alternatives(target, leaves)
    assert given is not None
    assert wanted is not None
    places = [_find(wanted, each) for each in given]
    position = _moved(values[0], places) if is_chosen_value(own) else places[0]
    yield cast(position, "int64")
    for index, each in enumerate(wanted):
        parts = given[places.index(index)].parts if index in places else None
        for number, leaf in enumerate(each.parts):
            if not isinstance(leaf, TensorLeaf):
                continue
            if parts is None:
                yield placeholder(leaf.dtype, leaf.shape, leaf.weak)
            else:
                yield leaf_tensor(parts[number], leaf)


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
_BINARY = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and", "or",
    "xor",
)  # fmt: skip
for _name in (*_PLAIN, *_BINARY):
    setattr(ChosenValue, f"__{_name}__", _delegate(f"__{_name}__", False))
for _name in _BINARY:
    setattr(ChosenValue, f"__r{_name}__", _delegate(f"__{_name}__", True))
