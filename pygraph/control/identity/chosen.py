"""A tensor that is one of several objects, as a tensor decides: it is read and written as these.

After ``y = x if c else z`` a write into ``y`` is one into ``x`` where ``c`` holds, else into ``z``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from pygraph._hot import SymbolicTensor
from pygraph.control.join.errors import CallSite, Site
from pygraph.control.tensors import apply, logical_not, tracing
from pygraph.graph import Builder

# More objects than these are not told apart.
MOST = 16

Change = Callable[[Any], Any]


class Cond(Protocol):
    """``stage_cond``, as it is needed here."""

    def __call__(
        self,
        pred: Any,
        then: Callable[[], list[Any]],
        otherwise: Callable[[], list[Any]],
        names: Sequence[str],
        *,
        site: Site,
    ) -> list[Any]:
        """Record a branch; return the values of the variables after it."""


class Literal(NamedTuple):
    """A bool tensor, or its negation."""

    tensor: SymbolicTensor
    holds: bool


class Option(NamedTuple):
    """An object that a tensor may be, and when it is: where all of the literals hold."""

    target: Any
    when: tuple[Literal, ...]


class Choice:
    """One of several objects; where none of the options holds, an object of its own.

    Without ``own`` one of the options always holds.
    """

    derived = True
    __slots__ = ("_cond", "name", "options", "own")

    def __init__(
        self, name: str, options: Sequence[Option], own: SymbolicTensor | None, cond: Cond
    ) -> None:
        self.name = name
        self.options = options
        self.own = own
        self._cond = cond

    @property
    def sources(self) -> Sequence[SymbolicTensor]:
        """All tensors of the trace that it may be."""
        targets = [*(option.target for option in self.options), self.own]
        return [target for target in targets if type(target) is SymbolicTensor]

    def read(self) -> Any:
        """Return the value of the object that it is."""
        *options, last = [(option.when, option.target) for option in self.options]
        if self.own is not None:
            options.append(last)
            last = ((), self.own)
        value = last[1]
        for when, target in reversed(options):
            value = _select(all_hold(when), target, value)
        return value

    def write(self, change: Change) -> None:
        """Change the object that it is."""
        self._write(self.options, change)

    def _write(self, options: Sequence[Option], change: Change) -> None:
        if not options:
            self._change(self.own, change)
            return
        first, *others = options
        if not others and self.own is None:
            self._change(first.target, change)
            return

        def then() -> list[Any]:
            self._change(first.target, change)
            return []

        def otherwise() -> list[Any]:
            self._write(others, change)
            return []

        site = CallSite(("where it is one object", "where it is another"), (None, None))
        self._cond(all_hold(first.when), then, otherwise, [], site=site)

    def _change(self, target: Any, change: Change) -> None:
        if type(target) is not SymbolicTensor:
            raise TypeError(
                f"'{self.name}' may be a tensor from outside of the function being traced, which "
                "cannot be changed in place: copy it first, as in `x.copy()`, pass it to the "
                "function and return it, or make it a Variable"
            )
        try:
            tracing().journal.write(target, change)
        except ValueError as error:
            raise type(error)(
                f"'{self.name}' is one object or another here, as a tensor decides, and what is "
                f"written does not fit each of them: {error}"
            ) from None


def link(
    tensor: SymbolicTensor,
    name: str,
    options: Sequence[Option],
    own: SymbolicTensor | None,
    cond: Cond,
) -> None:
    """Make a tensor the one of several objects that the options say, or one of its own."""
    tensor.link = Choice(name, options, own, cond)
    tensor.has_views = any(source.has_views for source in tensor.link.sources)
    tracing().module.aliases.settle(tensor, tensor)


def all_hold(literals: Iterable[Literal]) -> Any:
    """Return the tensor that says whether all of some literals hold."""
    parts = [one.tensor if one.holds else logical_not(one.tensor) for one in literals]
    result = parts[0]
    for part in parts[1:]:
        result = apply("logical_and", (result, part))
    return result


def any_holds(ways: Sequence[Sequence[Literal]]) -> Any:
    """Return the tensor that says whether all literals of some way hold."""
    result = all_hold(ways[0])
    for way in ways[1:]:
        result = apply("logical_or", (result, all_hold(way)))
    return result


def _select(flag: Any, one: Any, other: Any) -> SymbolicTensor:
    """Return one of two tensors, whose shapes may differ."""
    builder = tracing()
    sides = []
    for name, value in (("then", one), ("else", other)):
        side = Builder(name, builder)
        with side:
            side.set_results([value])
        sides.append(side)
    (result,) = builder.record_cond(builder.lift(flag), *sides)
    return result
