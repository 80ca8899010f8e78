"""The objects that a variable may hold after a branch or a loop, and those they stand for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from pygraph._hot import SymbolicTensor
from pygraph.control.changes.journal import Journal
from pygraph.control.changes.parts import attributes, part_name, write_part
from pygraph.control.containers.arrays import LocalArray
from pygraph.control.identity.chosen import MOST, Choice, Cond, Literal, Option, any_holds, link
from pygraph.control.join.objects import is_attributes
from pygraph.control.join.unset import UNSET, Maybe
from pygraph.control.tensors import current, is_tensor
from pygraph.graph import Builder
from pygraph.graph.aliases import Aliases, Stale, View, object_of
from pygraph.graph.items import StagedItems


class BranchObjects:
    """The objects of two branches where they meet, and what tells which branch ran.

    ``flags`` has, by identity, what stands outside of the branches for a bool tensor of theirs, and
    ``contents`` for either branch what lists, dicts and changed objects consisted of at its end.
    """

    def __init__(
        self,
        pred: Any,
        flags: dict[int, Any],
        contents: tuple[dict[int, Any], dict[int, Any]],
        is_older: Callable[[Any], bool],
        cond: Cond,
    ) -> None:
        self._pred = pred
        self._flags = flags
        self._contents = contents
        self._is_older = is_older
        self._cond = cond

    def own_objects(self, name: str, value: Any, one: Any, other: Any) -> Any:
        """Return what a variable is after the branches, with their own objects if possible.

        ``value`` was put together anew; ``one`` and ``other`` are what the branches gave. What is
        one object on both ways, or one from before that only one way gives, stays that object.
        Tensors that stand for one of two are linked to these: a write goes to the right one.
        """
        if type(value) is Maybe:
            value.value = self.own_objects(name, value.value, _known(one), _known(other))
            return value
        one, other = object_of(_known(one)), object_of(_known(other))
        if type(value) is SymbolicTensor and value.dims:
            given = [part for part in (one, other) if part is not UNSET and part is not None]
            own = given[0] if len(given) == 1 or one is other else None
            if type(own) is SymbolicTensor and _builder().is_within(own.builder):
                return own
            self._note_parts(value, (one, other))
            self._link(name, value, (_staged(one), _staged(other)))
        elif type(value) in (list, tuple, dict):
            return self._container(name, value, one, other)
        elif is_attributes(value):
            return self._object(name, value, one, other)
        return value

    def _link(self, name: str, value: SymbolicTensor, sides: tuple[Any, Any]) -> None:
        options: list[Option] = []
        made: list[SymbolicTensor] = []
        for side, holds in zip(sides, (True, False), strict=True):
            options += self._options(side, (Literal(self._pred, holds),))
            made += _made_in_branch(side)
        options = _one_for_each(options)
        aliases = _builder().module.aliases
        if len(options) > MOST:
            _note_choice(aliases, value, sides)
        elif options:
            always = not made and all(map(is_tensor, sides))
            link(value, name, options, None if always else value.copy(), self._cond)
            _note_choice(aliases, value.link.own, made)
        else:
            _note_choice(aliases, value, made)

    def _note_parts(self, value: SymbolicTensor, sides: Iterable[Any]) -> None:
        """Note that a tensor may be a part of an array that converted code made."""
        wholes = [s.root for s in sides if type(s) is LocalArray and s.root is not s]
        if wholes:
            _builder().module.aliases.note_reach(value, map(_staged, wholes))

    def _options(self, side: Any, when: tuple[Literal, ...]) -> Iterator[Option]:
        """Yield the older objects that a tensor at the end of a branch may be."""
        side = object_of(side)
        if not is_tensor(side):
            return
        within = type(side) is not SymbolicTensor or _builder().is_within(side.builder)
        if type(side) is SymbolicTensor and type(side.link) is Choice:
            # What that may be itself: a choice of choices would be written in ever more branches.
            for option in side.link.options:
                outside = [one._replace(tensor=self._outside(one.tensor)) for one in option.when]
                yield from self._options(option.target, (*when, *outside))
            if within and side.link.own is not None:
                other = any_holds([option.when for option in side.link.options])
                yield Option(side.link.own, (*when, Literal(other, False)))
        elif within:
            yield Option(side, when)

    def _outside(self, flag: SymbolicTensor) -> SymbolicTensor:
        return self._flags.get(id(flag), flag)  # type: ignore[no-any-return]

    def _container(self, name: str, value: Any, one: Any, other: Any) -> Any:
        if one is other:
            return one
        given = [part for part in (one, other) if part is not UNSET and part is not None]
        if len(given) == 1 and type(value) is not tuple and self._is_older(given[0]):
            return given[0]
        one, other = [c.get(id(p), p) for c, p in zip(self._contents, (one, other), strict=True)]
        given = [part for part in (one, other) if part is not UNSET and part is not None]
        if StagedItems in map(type, value) or not all(_is_like(part, value) for part in given):
            _note_choice(_builder().module.aliases, value, given)
            return value
        keys = list(value) if type(value) is dict else list(range(len(value)))
        parts = [
            self.own_objects(f"{name}[{key!r}]", value[key], _item(one, key), _item(other, key))
            for key in keys
        ]
        if type(value) is tuple:
            return tuple(parts)
        for key, part in zip(keys, parts, strict=True):
            value[key] = part
        return value

    def _object(self, name: str, value: Any, one: Any, other: Any) -> Any:
        if one is other:
            return one
        sides = [
            (consist.get(id(side)) or attributes(side)) if type(side) is type(value) else {}
            for consist, side in zip(self._contents, (one, other), strict=True)
        ]
        for key, part in attributes(value).items():
            ends = [side.get(key, UNSET) for side in sides]
            own = self.own_objects(part_name(value, key, name), part, *ends)
            if own is not part:
                write_part(value, key, own)
        return value


def _one_for_each(options: Sequence[Option]) -> list[Option]:
    """Return options with one for each object, that holds where one of its options does."""
    by_target: dict[int, list[Option]] = {}
    for option in options:
        by_target.setdefault(id(option.target), []).append(option)
    return [
        group[0]
        if len(group) == 1
        else Option(group[0].target, (Literal(any_holds([one.when for one in group]), True),))
        for group in by_target.values()
    ]


def contents(values: Iterable[Any]) -> dict[int, Any]:
    """Return, by identity, what the lists and dicts in values consist of now."""
    found: dict[int, Any] = {}
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if type(value) is Maybe:
            waiting.append(value.value)
        elif type(value) is tuple:
            waiting.extend(value)
        elif type(value) in (list, dict) and id(value) not in found:
            found[id(value)] = value.copy()
            waiting.extend(value.values() if type(value) is dict else value)
    return found


def inner_flags(builder: Builder, values: Iterable[Any]) -> list[SymbolicTensor]:
    """Return the bool tensors of a branch that tell which objects the values at its end are."""
    found: dict[int, SymbolicTensor] = {}
    waiting = [tensor for value in values for tensor in tensors_in(value)]
    while waiting:
        tensor = object_of(waiting.pop())
        if type(tensor) is SymbolicTensor and tensor.builder is builder:
            for option in tensor.link.options if type(tensor.link) is Choice else ():
                waiting.append(option.target)
                flags = [one.tensor for one in option.when if one.tensor.builder is builder]
                found.update({id(flag): flag for flag in flags})
    return list(found.values())


def _made_in_branch(side: Any) -> list[SymbolicTensor]:
    """Return the objects that a branch made and that a tensor at its end may be."""
    side = object_of(side)
    if type(side) is not SymbolicTensor or _builder().is_within(side.builder):
        return []
    if type(side.link) is not Choice:
        return [side]
    made = [inner for option in side.link.options for inner in _made_in_branch(option.target)]
    return made if side.link.own is None else [side.link.own, *made]


def _staged(side: Any) -> Any:
    """Return what stands in the graph for an array that converted code made; None for a part."""
    if type(side) is not LocalArray:
        return side
    return side.stage() if side.root is side else None


def _item(container: Any, key: Any) -> Any:
    return container if container is UNSET or container is None else container[key]


def _is_like(part: Any, value: Any) -> bool:
    if type(part) is not type(value) or len(part) != len(value):
        return False
    return type(value) is not dict or part.keys() == value.keys()


def _builder() -> Builder:
    builder: Builder | None = current()
    assert builder is not None
    return builder


def _known(value: Any) -> Any:
    value = value.value if type(value) is Maybe else value
    if type(value) is SymbolicTensor and _builder().module.aliases.is_blank(value):
        return UNSET
    return value


def _note_choice(aliases: Aliases, value: Any, sources: Iterable[Any]) -> None:
    """Note that the tensors in a value may be those in others, which it stands for."""
    older = [tensor for source in sources for tensor in tensors_in(source)]
    if older:
        for tensor in tensors_in(value):
            aliases.note_choice(tensor, older)


def tensors_in(value: Any) -> Iterator[SymbolicTensor]:
    """Yield the tensors in a value that can be written into."""
    if type(value) is SymbolicTensor:
        if value.dims:
            yield value
    elif type(value) is Maybe:
        yield from tensors_in(value.value)
    elif type(value) is StagedItems:  # those of numbers cannot be written into
        yield from (column for column in tensors_in(value.leaves) if column.ndim > 1)
    elif isinstance(value, (list, tuple, deque)):
        for part in value:
            yield from tensors_in(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from tensors_in(part)


class LoopAliases:
    """Which tensors the variables of a loop share with each other, and with what is around it.

    ``before`` are the values of the variables before the loop, ``ended`` those after the iteration
    that was traced last; ``guarded`` are the variables, by number, that are never read unless the
    last iteration set them.
    """

    def __init__(self, all: Aliases, before: Sequence[Any], guarded: Collection[int]) -> None:
        self._all = all
        # Per variable what identifies it; the numbers of parts of objects may change.
        self.keys: list[Any] = []
        self.before = before
        self.guarded = guarded
        self.ended: Sequence[Any] = ()
        # At the start of an iteration, and what was written by then.
        self._given: Sequence[Any] = ()
        self._writes = 0
        # Per variable, the tensors from outside of the loop that it may hold in a later iteration,
        # and the variables, by number, that may have handed their tensors on to it.
        self._outside: dict[int, list[SymbolicTensor]] = {}
        self._passed: set[tuple[int, int]] = set()
        # Per variable, by its key, the views that the body made and that it may hold afterwards.
        self._made: dict[Any, list[SymbolicTensor]] = {}
        # The variables that may hold one tensor in a later iteration.
        self._sharing: set[tuple[int, int]] = set()
        # What was not known before the loop; what else an iteration leaves unknown outside of it.
        self._stale: Stale = all.stale()
        self._left: Stale = {}

    def start_trace(self) -> None:
        """Begin a trace of the body."""
        self._writes = self._all.writes
        self._all.resume(self._stale)

    def start_test(self) -> None:
        """Begin the trace of the test, which is evaluated before the first iteration as well."""
        self._left = self._all.stale()
        self._all.resume(self._stale)

    def note_parameters(self, values: Sequence[Any]) -> None:
        """Note what the variables may hold at the start of an iteration."""
        self._given = values
        self._note(values)
        for index in self.guarded:
            self._all.note_blank(tensors_in(values[index]))
        self._all.join(self._left)

    def note_results(self, values: Sequence[Any]) -> None:
        """Note what the variables may hold after the loop."""
        self._all.resume(self._stale)
        self._note(values)
        self._all.join(self._left)
        for index, (value, ended) in enumerate(zip(values, self.ended, strict=False)):
            if self._is_told(value):
                continue
            if index in self.guarded or any(map(self._all.is_stale, tensors_in(ended))):
                _note_choice(self._all, value, [ended])

    def watch(self, journal: Journal) -> None:
        """Have a journal look after what a trace of the body or the test notes here."""

    def start_iteration(self) -> None:
        """Begin a run of the body, whose changes are noted."""

    def end_iteration(self, values: Sequence[Any]) -> None:
        """Note what the variables are at the end of a run of the body."""

    def objects(self, values: Sequence[Any]) -> list[Any]:
        """Return the variables' values with the objects that they are in place of new ones."""
        return list(values)

    def _is_told(self, value: Any) -> bool:
        """Return whether it is known which object a value is."""
        return False

    def _note(self, values: Sequence[Any]) -> None:
        for index, value in enumerate(values):
            if index in self.guarded or self._is_told(value):
                continue
            older = self._outside.get(index, ()), self._made.get(self.keys[index], ())
            _note_choice(self._all, value, (self.before[index], *chain(*older)))
        for one, other in self._sharing:
            if not self._is_told(values[one]) or not self._is_told(values[other]):
                _note_choice(self._all, values[other], [values[one]])
        for giver, taker in self._passed:
            if self._is_told(values[taker]):
                continue
            for tensor in tensors_in(values[taker]):
                self._all.note_reach(tensor, tensors_in(self.before[giver]))

    def found_more(self, parent: Builder) -> bool:
        """Return whether the body has to be traced again, with what is known from its end now."""
        known = self._known()
        self._find_shared(parent)
        for identity, doubt in self._all.stale().items():
            if parent.is_within(doubt.tensor.builder) and identity not in self._stale:
                self._left[identity] = doubt
        # Where nothing is written into, it only matters what the variables are after the loop.
        return self._known() > known and self._all.writes > self._writes

    def _known(self) -> int:
        outside = sum(map(len, self._outside.values()))
        known = (self._sharing, self._passed, self._left, self._made)
        return outside + sum(map(len, known))

    def _find_shared(self, parent: Builder) -> None:
        may_be = [
            {} if index in self.guarded else self._sources(value)
            for index, value in enumerate(self.ended)
        ]
        for index, tensors in enumerate(may_be):
            own = set(map(id, (*tensors_in(self.before[index]), *self._outside.get(index, ()))))
            for giver, given in enumerate(self._given):
                if giver != index and not tensors.keys().isdisjoint(map(id, tensors_in(given))):
                    self._passed.add((giver, index))
            self._outside.setdefault(index, []).extend(
                tensor
                for tensor in tensors.values()
                if parent.is_within(tensor.builder) and id(tensor) not in own
            )
            made = [tensor for tensor in tensors.values() if type(tensor.link) is View]
            made = [view for view in made if not parent.is_within(view.builder)]
            if made:
                self._made[self.keys[index]] = made
            for later in range(index + 1, len(may_be)):
                if not tensors.keys().isdisjoint(may_be[later]):
                    self._sharing.add((index, later))
        for giver, taker in list(self._passed):  # and what was handed on to the giver before
            self._passed.update((g, taker) for g, t in list(self._passed) if t == giver)

    def _sources(self, value: Any) -> dict[int, SymbolicTensor]:
        """Return what the tensors in a value may be, as of the start of an iteration."""
        found = {
            identity: tensor
            for part in tensors_in(value)
            for identity, tensor in self._all.of(part).items()
        }
        for given, before in zip(self._given, self.before, strict=True):
            for tensor in tensors_in(given):
                if id(tensor) in found:
                    for older in tensors_in(before):
                        for identity in self._all.of(older):
                            found.pop(identity, None)
        return found
