"""Objects that stand for one of several older ones, as a tensor decides: ``o = a if c else b``.

Such an object holds what the one that is meant holds. So that it goes on doing so, an assignment to
an attribute or item of it is made to the one that is meant as well, and one to either of these
reaches it. Other changes are refused, as long as somebody refers to both.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from types import FrameType, FunctionType
from typing import Any, NamedTuple

from pygraph.control.objects import holds_inner, is_plain
from pygraph.control.parts import attributes
from pygraph.control.tensors import apply, current, logical_not
from pygraph.control.unset import known
from pygraph.graph.locations import describe, mark_of, user_line

# References to an object that `_is_alive` and its `Merged` have.
_OWN = 3
# How many objects are looked at in search of another name.
_MOST = 10_000


class When(NamedTuple):
    """A bool tensor, and whether it holds where one object is another."""

    tensor: Any
    holds: bool

    def is_known(self) -> bool:
        """Return whether it can be asked here; where not, the object was of another trace."""
        known: bool = current().is_within(self.tensor.builder)
        return known

    def predicate(self) -> Any:
        """Return the tensor that says so."""
        return self.tensor if self.holds else logical_not(self.tensor)

    def within(self, outer: When, outside: dict[int, Any]) -> When:
        """Return when this holds and so does what the branch that it is of runs for.

        ``outside`` has, by identity, what stands for a bool tensor of the branch outside of it.
        """
        here = self._replace(tensor=outside.get(id(self.tensor), self.tensor))
        return When(apply("logical_and", (outer.predicate(), here.predicate())), True)


class Source(NamedTuple):
    """An older object that a merged one may stand for, and when; None where that is not known."""

    value: Any
    when: When | None


class Merged(NamedTuple):
    """An object that stands for one of several, with its name."""

    value: Any
    name: str
    sources: Sequence[Source]


def note_merged(value: Any, name: str, sources: Sequence[Source]) -> None:
    """Note that an object stands for one of several older ones."""
    module = current().module
    merged = Merged(value, name, sources)
    module.merged[id(value)] = merged
    for source in sources:
        module.merged_from.setdefault(id(source.value), []).append(merged)


def older_sources(
    value: Any, when: When, is_older: Callable[[Any], bool], outside: dict[int, Any]
) -> Iterator[Source]:
    """Yield the older objects that a value at the end of a branch is, or may be, and when.

    ``when`` says when the branch runs; ``outside`` has what stands for bool tensors of it.
    """
    merged: Merged | None = current().module.merged.get(id(value))
    if is_older(value):
        yield Source(value, when)
    elif merged is not None:
        for source in merged.sources:
            # What the branch did not reach by itself was handed to it, unless it was made there.
            if is_older(source.value) or not holds_inner(source.value, current()):
                inner = source.when
                both = None if inner is None else inner.within(when, outside)
                yield Source(source.value, both)


def one_for_each(sources: Iterable[Source]) -> list[Source]:
    """Return sources with one for each object, which is meant where it is by one of them."""
    found: dict[int, Source] = {}
    for source in sources:
        former = found.get(id(source.value))
        found[id(source.value)] = source if former is None else _either(former, source)
    return list(found.values())


def _either(one: Source, other: Source) -> Source:
    if one.when is None or other.when is None:
        return one._replace(when=None)
    predicates = one.when.predicate(), other.when.predicate()
    return one._replace(when=When(apply("logical_or", predicates), True))


def choosing_flags(builder: Any, values: Iterable[Any]) -> Iterator[Any]:
    """Yield the bool tensors of a branch that say which older objects the values stand for."""
    waiting = [known(value) for value in values]
    while waiting:
        value = waiting.pop()
        if type(value) is tuple:
            waiting.extend(map(known, value))
        merged: Merged | None = current().module.merged.get(id(value))
        for source in () if merged is None else merged.sources:
            if source.when is not None and source.when.tensor.builder is builder:
                yield source.when.tensor


def can_be_changed(value: Any) -> bool:
    """Return whether a value is an object that assignments to its parts change."""
    return (
        isinstance(value, (list, dict))
        or is_plain(value)
        or hasattr(type(value), "__dataclass_fields__")
    )


def has_other_name(value: Any, name: str) -> bool:
    """Return whether the user's functions that run refer to an object other than by a variable."""
    waiting: list[Any] = []
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if mark_of(frame.f_code) is not None:
            waiting += [held for other, held in frame.f_locals.items() if other != name]
        frame = frame.f_back
    seen: dict[int, Any] = {}
    while waiting and len(seen) < _MOST:
        held = waiting.pop()
        if held is value:
            return True
        if id(held) not in seen and type(held) is not FunctionType:
            seen[id(held)] = held
            waiting += _parts_of(held)
    return False


def _parts_of(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, (list, tuple)):
        return value
    if is_plain(value) or hasattr(type(value), "__dataclass_fields__"):
        return attributes(value).values()
    return ()


def older_among(value: Any, is_older: Callable[[Any], bool]) -> Iterator[Any]:
    """Yield the older objects that a value may be."""
    merged: Merged | None = current().module.merged.get(id(value))
    if is_older(value):
        yield value
    elif merged is not None:
        for source in merged.sources:
            yield from older_among(source.value, is_older)


def linked(owner: Any) -> Iterator[tuple[Any, str, When | None]]:
    """Yield the objects that may be the same as another one, their names, and when they are."""
    module = current().module
    merged: Merged | None = module.merged.get(id(owner))
    if merged is not None:
        for source in merged.sources:
            if source.when is None or source.when.is_known():
                yield source.value, merged.name, source.when
    for other in module.merged_from.get(id(owner), ()):
        when = next(source.when for source in other.sources if source.value is owner)
        if (when is None or when.is_known()) and _is_alive(other.value):
            yield other.value, other.name, when


def linked_roots() -> list[tuple[Any, str]]:
    """Return the objects that stand for others by now, and these, with their names."""
    builder = current()
    if builder is None or not builder.module.merged:
        return []
    return [
        (value, merged.name)
        for merged in builder.module.merged.values()
        for value in (merged.value, *(source.value for source in merged.sources))
    ]


def is_linked(owner: Any) -> bool:
    """Return whether an object may be the same as another one that is in use."""
    builder = current()
    if builder is None or not builder.module.merged:
        return False
    return any(True for _ in linked(owner))


def check_single(owner: Any) -> None:
    """Refuse to change an object that may be the same as another one."""
    for _, name, _ in linked(owner):
        shown = name if name.startswith("the ") else repr(name)
        raise TypeError(
            f"{shown} is one object or another here, depending on a tensor, so neither it nor "
            f"these can be changed in place ({describe(user_line())}); change the object in the "
            "branches instead, or a copy"
        )


def assign(
    owner: Any,
    value: Any,
    read: Callable[[Any], Any],
    write: Callable[[Any, Any], None],
    select: Callable[[Any, Callable[[], Any], Callable[[], Any]], Any],
) -> None:
    """Assign to a part of an object, and of those that may be the same where they are.

    ``read`` and ``write`` are for the part; ``select`` chooses by a tensor.
    """
    seen = {id(owner)}
    waiting = [(owner, value)]
    while waiting:
        target, new = waiting.pop()
        others = [found for found in linked(target) if id(found[0]) not in seen]
        if any(when is None for _, _, when in others):
            check_single(target)
        write(target, new)
        for other, _, when in others:
            seen.add(id(other))
            assert when is not None
            kept = partial(read, other)
            waiting.append((other, select(when.predicate(), partial(_given, new), kept)))


def _given(value: Any) -> Any:
    return value


def _is_alive(merged: Any) -> bool:
    """Return whether the user's code can still reach an object that stands for others."""
    return sys.getrefcount(merged) > _OWN
