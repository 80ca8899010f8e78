"""Exceptions that a graph raises: kept by the graph, made anew for every fault."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any, NamedTuple

from pygraph._hot import Tensor, Variable
from pygraph.graph.marking import Marking
from pygraph.graph.structure import Structure, flatten, unflatten
from pygraph.graph.text import Text, render, template_of


class KeptException(NamedTuple):
    """An exception as the user made it, with places for the tensors in its arguments.

    ``leaves`` are those of its arguments and attributes: Python values, or the places of tensors.
    """

    kind: type[BaseException]
    structure: Structure
    leaves: tuple[Any, ...]
    cause: KeptException | None
    suppress_context: bool

    def make(self, values: Sequence[Any]) -> BaseException:
        """Return the exception with these tensors in it."""
        leaves = [leaf.take(values) if isinstance(leaf, _Place) else leaf for leaf in self.leaves]
        arguments, attributes = unflatten(self.structure, leaves)
        # Not by the user's constructor, which need not take the arguments that it passed on.
        base: Any = _builtin_base(self.kind)
        error: BaseException = base.__new__(self.kind, *arguments)
        base.__init__(error, *arguments)
        error.__dict__.update(attributes)
        if self.cause is not None:
            error.__cause__ = self.cause.make(values)
        error.__suppress_context__ = self.suppress_context
        return error


class _Place(NamedTuple):
    """Where a tensor among a run's values goes; ``weak``: as a Python number."""

    position: int
    weak: bool

    def take(self, values: Sequence[Any]) -> Any:
        value = values[self.position]
        return value.item() if self.weak else value


class Described(NamedTuple):
    """What a ``raise`` op says of an exception, and the tensors that are its inputs."""

    text: str
    exception: str
    builtin: str
    kept: KeptException
    values: list[Any]


def describe_exception(error: BaseException) -> Described:
    """Take an exception apart."""
    with Marking() as marking:
        text = template_of(_text_of(error))
        kept = _kept(error, marking)
    builtin = _natural_class(type(error)).__name__
    return Described(text, _name_of(type(error)), builtin, kept, marking.values)


def holds_tensors(error: BaseException) -> bool:
    """Return whether an exception has tensors without values in its arguments or its text."""
    leaves, _ = flatten((error.args, _attributes(error)))
    if any(isinstance(leaf, (Tensor, Text)) for leaf in leaves):
        return True
    with Marking() as marking:
        _text_of(error)
    return bool(marking.values)


def make_exception(
    text: str,
    exception: str,
    builtin: str,
    number: int,
    values: Sequence[Any],
    kept: Sequence[KeptException],
) -> BaseException:
    """Return the exception that a run ended with.

    A graph from a file has only the name of a class that is not built in: then the nearest built-in
    class stands for it, with the name in its text. It raises no other exceptions than errors: who
    runs a file is not ended or interrupted by what is in it.
    """
    if 0 <= number < len(kept):
        return kept[number].make(values)
    message = render(text, values)
    error = _builtin_error(builtin, message) if exception == builtin else None
    if error is not None:
        return error
    name = exception.rpartition(".")[2]
    message = f"{name}: {message}" if message else name
    return _builtin_error(builtin, message) or RuntimeError(message)


def _kept(error: BaseException, marking: Marking) -> KeptException:
    leaves, structure = flatten((_arguments(error), _attributes(error)))
    places = [
        _Place(marking.position(leaf), getattr(leaf, "weak", False))
        if isinstance(leaf, Tensor)
        else leaf
        for leaf in (leaf.read() if isinstance(leaf, Variable) else leaf for leaf in leaves)
    ]
    cause = error.__cause__
    return KeptException(
        type(error),
        structure,
        tuple(places),
        None if cause is None else _kept(cause, marking),
        error.__suppress_context__,
    )


def _arguments(error: BaseException) -> Any:
    """The arguments that make such an exception again: an OSError's own lack its file name."""
    return error.__reduce__()[1] if isinstance(error, OSError) else error.args


def _attributes(error: BaseException) -> dict[str, Any]:
    return {name: value for name, value in vars(error).items() if name != RAISED_AT}


# The attribute that says where the user's `raise` stands (pygraph.control.effects.raising).
RAISED_AT = "__pygraph_raised_at__"


def _text_of(error: BaseException) -> str:
    """The text that says most: a KeyError's own shows its argument in quotes."""
    only = error.args[0] if len(error.args) == 1 else None
    return str(only) if isinstance(only, (str, Text)) else str(error)


def _name_of(kind: type) -> str:
    return kind.__name__ if _is_builtin(kind) else f"{kind.__module__}.{kind.__qualname__}"


def _is_builtin(kind: type) -> bool:
    return getattr(builtins, kind.__name__, None) is kind


def _builtin_base(kind: type[BaseException]) -> type[BaseException]:
    return next(base for base in kind.__mro__ if _is_builtin(base))


def _natural_class(kind: type[BaseException]) -> type[BaseException]:
    """The built-in class that stands for a class where only its name is known."""
    base = _builtin_base(kind)
    return RuntimeError if base in (Exception, BaseException) and base is not kind else base


def _builtin_error(name: str, message: str) -> Exception | None:
    """Return the built-in error of that name; None where it needs more than text, or is none."""
    kind = getattr(builtins, name, None)
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        return None
    try:
        return kind(*([message] if message else []))
    except TypeError:
        return None
