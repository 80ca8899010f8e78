"""Objects that stand for one of several older ones, as a tensor decides: ``o = a if c else b``.

Such an object holds what the one that is meant holds. So that it goes on doing so, an assignment to
an attribute or item of it is made to the one that is meant as well, and one to either of these
reaches it. Other changes are refused, as long as somebody refers to both.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial, reduce
from heapq import heapify, heappop, heappush
from types import FrameType, FunctionType
from typing import Any, NamedTuple

from pygraph.control.changes.parts import attributes, part_name
from pygraph.control.join.objects import holds_inner, is_attributes
from pygraph.control.join.unset import known
from pygraph.control.tensors import apply, current, logical_not, tracing
from pygraph.graph import Builder
from pygraph.graph.items import StagedItems
from pygraph.graph.locations import describe, mark_of, name_of, user_line

# References to an object that its `Merged` and `getrefcount` have.
_OWN = 2
# How many objects are looked at in search of another name.
_MOST = 10_000


class When(NamedTuple):
    """A bool tensor, and whether it holds where one object is another."""

    tensor: Any
    holds: bool

    def is_known(self) -> bool:
        """Return whether it can be asked here; where not, the object was of another trace."""
        known: bool = tracing().is_within(self.tensor.builder)
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

    def is_known(self) -> bool:
        """Return whether it may be meant here; where not, it was by an object of another trace."""
        return self.when is None or self.when.is_known()


class Merged(NamedTuple):
    """An object that stands for one of several, with its name.

    ``number`` counts them: what it stands for has lower ones. ``outer`` is there for an object that
    is a part of another such object.
    """

    number: int
    value: Any
    name: str
    sources: Sequence[Source]
    outer: Merged | None = None

    def is_alive(self) -> bool:
        """Return whether the user's code can still reach the object."""
        if self.outer is None:
            return sys.getrefcount(self.value) > _OWN
        return sys.getrefcount(self.value) > _OWN + 1 or self.outer.is_alive()

    def source_for(self, value: Any) -> Source:
        """Return the source that is an object."""
        return next(source for source in self.sources if source.value is value)

    def shown(self) -> str:
        """Return how the user calls the object."""
        name = name_of(self.value) or self.name
        return name if name.startswith("the ") else repr(name)


def note_merged(
    value: Any, name: str, sources: Sequence[Source], outer: Merged | None = None
) -> None:
    """Note that an object stands for one of several older ones, and its parts for theirs."""
    module = tracing().module
    merged = Merged(len(module.merged), value, name, sources, outer)
    module.merged[id(value)] = merged
    for source in sources:
        module.merged_from.setdefault(id(source.value), []).append(merged)
    for key, part in _keyed(value):
        _note_part(part, part_name(value, key, name), _parts_at(sources, key), merged)


def _note_part(part: Any, name: str, sources: Sequence[Source], outer: Merged) -> None:
    """Note a part of an object that stands for one of several; ``sources`` are parts of these."""
    if type(part) is tuple:
        for index, item in enumerate(part):
            _note_part(item, f"{name}[{index}]", _parts_at(sources, index), outer)
    elif can_be_changed(part) and id(part) not in tracing().module.merged:
        found = [one for one in sources if one.value is not part and can_be_changed(one.value)]
        if found:
            note_merged(part, name, one_for_each(found), outer)


def _parts_at(sources: Iterable[Source], key: Any) -> list[Source]:
    """Return what stands at a key in older objects, of those that have it."""
    return [
        Source(part, source.when)
        for source in sources
        for other, part in _keyed(source.value)
        if other == key
    ]


def _keyed(value: Any) -> Iterable[tuple[Any, Any]]:
    """Return the items or attributes of an object, with their keys."""
    value = known(value)
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, (list, tuple)):
        return () if StagedItems in map(type, value) else enumerate(value)
    return attributes(value).items() if can_be_changed(value) else ()


def older_sources(
    value: Any, when: When, is_older: Callable[[Any], bool], outside: dict[int, Any]
) -> Iterator[Source]:
    """Yield the older objects that a value at the end of a branch is, or may be, and when.

    ``when`` says when the branch runs; ``outside`` has what stands for bool tensors of it.
    """
    merged: Merged | None = tracing().module.merged.get(id(value))
    if is_older(value):
        yield Source(value, when)
    elif merged is not None:
        for source in merged.sources:
            # What the branch did not reach by itself was handed to it, unless it was made there.
            if is_older(source.value) or not holds_inner(source.value, tracing()):
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


def choosing_flags(builder: Builder, values: Iterable[Any]) -> Iterator[Any]:
    """Yield the bool tensors of a branch that say which older objects the values stand for."""
    waiting = [known(value) for value in values]
    while waiting:
        value = waiting.pop()
        if type(value) is tuple:
            waiting.extend(map(known, value))
        merged: Merged | None = tracing().module.merged.get(id(value))
        for source in () if merged is None else merged.sources:
            if source.when is not None and source.when.tensor.builder is builder:
                yield source.when.tensor


def can_be_changed(value: Any) -> bool:
    """Return whether a value is an object that assignments to its parts change."""
    return isinstance(value, (list, dict)) or is_attributes(value)


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
    if is_attributes(value):
        return attributes(value).values()
    return ()


def older_among(value: Any, is_older: Callable[[Any], bool]) -> Iterator[Any]:
    """Yield the older objects that a value may be."""
    merged: Merged | None = tracing().module.merged.get(id(value))
    if is_older(value):
        yield value
    elif merged is not None:
        for source in merged.sources:
            yield from older_among(source.value, is_older)


def _involved(owner: Any) -> Iterator[Merged]:
    """Yield what says that an object may be the same as another one, in either direction."""
    module = tracing().module
    merged: Merged | None = module.merged.get(id(owner))
    if merged is not None and any(source.is_known() for source in merged.sources):
        yield merged
    yield from _standing_for(owner)


def is_merged(value: Any) -> bool:
    """Return whether an object stands for one of several."""
    builder = current()
    return builder is not None and id(value) in builder.module.merged


def same_object(one: Any, other: Any) -> Any:
    """Return whether two are one object: a bool tensor where a tensor says what one of them is."""
    if one is other:
        return True
    if not (is_merged(one) or is_merged(other)):
        return False
    result: Any = False
    others = _identities(other)
    for value, when in _identities(one):
        for second, condition in others:
            if value is second:
                both = _all([*when, *condition])
                result = both if result is False else apply("logical_or", (result, both))
    return result


def _identities(value: Any) -> list[tuple[Any, tuple[Any, ...]]]:
    """Return the objects that a value may be, each with the bool tensors that hold where it is."""
    merged: Merged | None = tracing().module.merged.get(id(value))
    if merged is None:
        return [(value, ())]
    found = [(value, ())]  # what a branch made, which is known by no other name
    for source in merged.sources:
        if source.when is None or not source.when.is_known():
            raise _refused(merged, "it cannot be told which one")
        when = source.when.predicate()
        found += [(one, (when, *more)) for one, more in _identities(source.value)]
    return found


def _all(predicates: Sequence[Any]) -> Any:
    return reduce(lambda one, other: apply("logical_and", (one, other)), predicates)


def refuse_hash(value: Any) -> None:
    """Refuse an object that stands for one of several where Python would take its hash."""
    _refuse_merged(value, "it cannot be a key of a dict, or be looked up")


def refuse_identity(value: Any) -> None:
    """Refuse an object that stands for one of several where Python would take its address."""
    _refuse_merged(value, "there is no one number for it; compare by `is`")


def _refuse_merged(value: Any, what: str) -> None:
    builder = current()
    merged: Merged | None = None if builder is None else builder.module.merged.get(id(value))
    if merged is not None:
        raise _refused(merged, what)


def _refused(merged: Merged, what: str) -> TypeError:
    return TypeError(
        f"{merged.shown()} is one object or another here, depending on a tensor, so {what} "
        f"({describe(user_line())}); do this with each of them in the branches, or keep a number "
        "that says which one it is"
    )


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
    return any(True for _ in _involved(owner))


def check_single(owner: Any) -> None:
    """Refuse to change an object that may be the same as another one."""
    for merged in _involved(owner):
        raise _unchangeable(merged)


def _unchangeable(merged: Merged) -> TypeError:
    return TypeError(
        f"{merged.shown()} is one object or another here, depending on a tensor, so neither it "
        f"nor these can be changed in place ({describe(user_line())}); change the object in "
        "the branches instead, or a copy"
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
    for target, predicate in _meant(owner):
        if predicate is True:
            write(target, value)
        else:
            write(target, select(predicate, partial(_given, value), partial(read, target)))


def _meant(owner: Any) -> list[tuple[Any, Any]]:
    """Return the objects that may be the same as another one, and the bool tensor that says when.

    What the object stands for comes first, newest first, so that all that says when an older one
    is meant is known before it; then what stands for any of these, oldest first.
    """
    found: dict[int, tuple[Any, Any]] = {id(owner): (owner, True)}
    for merged in _in_order(_at(owner), _stood_for, -1):
        _, meant = found[id(merged.value)]
        for source in merged.sources:
            if source.is_known():
                _add(found, source.value, _both(meant, _condition(merged, source)))
    starts = [merged for value, _ in found.values() for merged in _standing_for(value)]
    for merged in _in_order(starts, lambda one: _standing_for(one.value), 1):
        for source in merged.sources:
            if id(source.value) in found and source.is_known():
                _, meant = found[id(source.value)]
                _add(found, merged.value, _both(meant, _condition(merged, source)))
    return list(found.values())


def _add(found: dict[int, tuple[Any, Any]], value: Any, predicate: Any) -> None:
    """Note that an object is meant where a predicate holds, too; True is always."""
    _, former = found.get(id(value), (value, None))
    if former is True:
        return
    either = predicate if former is None else apply("logical_or", (former, predicate))
    found[id(value)] = value, either


def _both(meant: Any, predicate: Any) -> Any:
    return predicate if meant is True else apply("logical_and", (meant, predicate))


def _condition(merged: Merged, source: Source) -> Any:
    if source.when is None:
        raise _unchangeable(merged)
    return source.when.predicate()


def _in_order(
    starts: Sequence[Merged], following: Callable[[Merged], Iterable[Merged]], sign: int
) -> Iterator[Merged]:
    """Yield what is reached from some, each once, by age: newest first where the sign is -1."""
    reached = {sign * merged.number: merged for merged in starts}
    waiting = list(reached)
    heapify(waiting)
    while waiting:
        merged = reached[heappop(waiting)]
        yield merged
        for other in following(merged):
            place = sign * other.number
            if place not in reached:
                reached[place] = other
                heappush(waiting, place)


def _stood_for(merged: Merged) -> Iterator[Merged]:
    """Yield what an object stands for that stands for others itself."""
    for source in merged.sources:
        yield from _at(source.value)


def _at(value: Any) -> Sequence[Merged]:
    merged: Merged | None = tracing().module.merged.get(id(value))
    return () if merged is None else (merged,)


def _standing_for(value: Any) -> Iterator[Merged]:
    """Yield what may be an older object and can still be reached."""
    for merged in tracing().module.merged_from.get(id(value), ()):
        if merged.source_for(value).is_known() and merged.is_alive():
            yield merged


def _given(value: Any) -> Any:
    return value
