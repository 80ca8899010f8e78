"""Staging of branches: both are recorded, one runs. Serves ``pygraph.cond`` and AutoGraph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from pygraph.control.changes.journal import Change, Journal, note, recording
from pygraph.control.changes.parts import ORDER, attributes, write_part
from pygraph.control.changes.state import both_ways, put, settled_values
from pygraph.control.effects.ways import EndOfWay, Raised, until_raise
from pygraph.control.identity.aliases import BranchObjects, contents, inner_flags
from pygraph.control.identity.merged import (
    Source,
    When,
    can_be_changed,
    choosing_flags,
    has_other_name,
    note_merged,
    older_sources,
    one_for_each,
)
from pygraph.control.join.chosen_values import ChosenValue
from pygraph.control.join.errors import CallSite, Site
from pygraph.control.join.forms import Form, form_of, join, met
from pygraph.control.join.objects import is_attributes
from pygraph.control.join.pending import UnknownResult, skipped_read, unreachable
from pygraph.control.join.unset import UNSET, Maybe, known
from pygraph.control.tensors import as_predicate, is_tensor, stages, tracing
from pygraph.graph import Builder, public
from pygraph.graph.locations import Region


@public
def cond(
    pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], *operands: Any
) -> Any:
    """Return ``true_fn(*operands)`` where ``pred`` holds, else ``false_fn(*operands)``.

    ``pred`` is a bool or a 0-d tensor; a number counts as true unless it is 0. In a graph both
    functions are traced and one of them runs; their results must have the same structure, and
    tensors in the same place the same dtype and number of dimensions.

    Raises ValueError for a predicate that is no scalar, and TypeError or ValueError where the
    results of the two functions do not agree.
    """
    if not stages(pred):
        if is_tensor(pred):
            pred = as_predicate(pred, "the predicate of cond")
        return true_fn(*operands) if pred else false_fn(*operands)
    (result,) = stage_cond(
        as_predicate(pred, "the predicate of cond"),
        lambda: [true_fn(*operands)],
        lambda: [false_fn(*operands)],
        ["the result of cond"],
        site=CallSite(("in true_fn", "in false_fn"), (true_fn, false_fn)),
    )
    return result


Maybe.cond = staticmethod(cond)


def stage_cond(
    pred: Any,
    then: Callable[[], list[Any]],
    otherwise: Callable[[], list[Any]],
    names: Sequence[str],
    *,
    site: Site,
    guarded: Sequence[str] = (),
) -> list[Any]:
    """Record a ``cond`` op; return the values of the variables after it.

    ``then`` and ``otherwise`` run a branch and return the values of ``names`` at its end. A
    variable in ``guarded`` needs no flag: nothing reads it where it has no value.
    """
    parent = tracing()
    pred = as_predicate(pred)
    parent.staged += 1
    aliases = parent.module.aliases
    before = aliases.stale()
    with Region():
        first = _traced(_where(parent, "then", pred, True), then, site)
        stale = [aliases.stale()]
        aliases.resume(before)
        second = _traced(_where(parent, "else", pred, False), otherwise, site)
        stale.append(aliases.stale())
        aliases.join(stale[0])
    if _raises(first, second):
        return _after_raise(parent, pred, first, second, names, site)
    if not isinstance(first, _Side) or not isinstance(second, _Side):
        return _only(first, second)
    parts = both_ways(first.changes, second.changes, site)
    names = [*names, *(change.name for change, _, _ in parts)]
    for which, side in enumerate((first, second)):
        values = [part[1 + which] for part in parts]
        side.ends.extend(_at_end(side, values, site))
        side.values.extend(values)
    _narrow(first, second)
    joined: list[Form | None] = []
    forms: list[tuple[Form, Form]] = []
    for index, name in enumerate(names):
        pair = (
            form_of(name, first.ends[index], settled=True),
            form_of(name, second.ends[index], settled=True),
        )
        forms.append(pair)
        same = first.values[index] is second.values[index]
        joined.append(None if same else _joined(met(*pair, parent), site, name in guarded))
    flags = [_inner_flags(side) for side in (first, second)]
    for which, side in enumerate((first, second)):
        aliases.resume(stale[which])
        with recording(side.builder, site.journal(runs=False)) as journal:
            tensors: list[Any] = []
            for form, pair, value in zip(joined, forms, side.ends, strict=True):
                if form is not None and form.tensors:
                    tensors.extend(form.take_apart(value, pair[which]))
            for owner, inner in enumerate(flags):
                tensors.extend(inner if owner == which else [False] * len(inner))
            side.builder.set_results(tensors)
            journal.undo()
    aliases.join(stale[0])
    outputs = iter(parent.record_cond(parent.lift(pred), first.builder, second.builder))
    values = [None if form is None else form.put_together(outputs) for form in joined]
    outside = dict(zip([id(flag) for inner in flags for flag in inner], outputs, strict=True))
    consist = first.contents, second.contents
    objects = BranchObjects(
        parent.lift(pred), outside, consist, site.journal().is_older, stage_cond
    )
    after = [
        one if form is None else objects.own_objects(name, value, one, other)
        for name, form, value, one, other in zip(
            names, joined, values, first.values, second.values, strict=True
        )
    ]
    ends = first.values, second.values
    merged = _merged(parent.lift(pred), names, site, ends, after, outside)
    return _with_parts(after, [change for change, _, _ in parts], merged)


def each_way(choice: ChosenValue, act: Callable[[int], None]) -> None:
    """Record, for each value of a choice, what is done where that one is chosen.

    ``act`` is called with the number of the value.
    """
    _from(choice, act, 0)


def _from(choice: ChosenValue, act: Callable[[int], None], number: int) -> None:
    if number + 1 == len(choice.values):
        act(number)
        return
    then, otherwise = partial(act, number), partial(_from, choice, act, number + 1)
    either(choice.position == number, then, otherwise)


def either(pred: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> None:
    """Record what is done where a tensor holds, and what is done where it does not."""

    def done(act: Callable[[], Any]) -> list[Any]:
        act()
        return []

    site = CallSite(("where it is chosen", "where it is not"), (None, None))
    stage_cond(pred, partial(done, then), partial(done, otherwise), (), site=site)


def _where(parent: Builder, name: str, pred: Any, truth: bool) -> Builder:
    """Return a builder for what runs only where a tensor holds, or does not."""
    builder = Builder(name, parent)
    builder.assume(pred, truth)
    return builder


def _narrow(first: _Side, second: _Side) -> None:
    """Drop the flags of what is known in a branch to have a value, or none."""
    for index, (one, other) in enumerate(zip(first.ends, second.ends, strict=True)):
        if first.values[index] is not second.values[index]:
            for side, value in ((first, one), (second, other)):
                if type(value) is Maybe:
                    side.ends[index] = value.narrowed(side.builder)


def _raises(first: _Way, second: _Way) -> bool:
    """Return whether a branch raises, and it is known what the other one does."""
    ways = (first, second)
    known = all(isinstance(way, (_Side, _RaisedWay)) for way in ways)
    return known and any(isinstance(way, _RaisedWay) for way in ways)


def _after_raise(
    parent: Builder, pred: Any, first: _Way, second: _Way, names: Sequence[str], site: Site
) -> list[Any]:
    """Record a cond of which a branch raises: the other branch alone gives the variables."""
    ways = [way for way in (first, second) if isinstance(way, (_Side, _RaisedWay))]
    side = next((way for way in ways if isinstance(way, _Side)), None)
    changes = side.changes if side is not None else []
    ends = [*side.ends, *(change.after for change in changes)] if side is not None else []
    all_names = [*names, *(change.name for change in changes)] if side is not None else []
    forms = [form_of(*item, settled=True) for item in zip(all_names, ends, strict=True)]
    flags = [] if side is None else _inner_flags(side)
    for way in ways:
        with recording(way.builder, Journal()) as journal:
            tensors: list[Any] = []
            for form, value in zip(forms, ends, strict=True):
                tensors += form.take_apart(value, form) if way is side else form.placeholders()
            tensors += flags if way is side else [False] * len(flags)
            way.builder.set_results(tensors)
            journal.undo()
    outputs = iter(parent.record_cond(parent.lift(pred), *(way.builder for way in ways)))
    if side is None:
        raise EndOfWay
    values = [*side.values, *(change.after for change in changes)]
    after = [
        form.put_together(outputs) if form.tensors else value
        for form, value in zip(forms, values, strict=True)
    ]
    outside = dict(zip(map(id, flags), outputs, strict=True))
    consist = side.contents, side.contents
    is_older = site.journal().is_older
    objects = BranchObjects(parent.lift(pred), outside, consist, is_older, stage_cond)
    after = [
        objects.own_objects(name, value, *((one, UNSET) if side is first else (UNSET, one)))
        if form.tensors
        else value
        for name, form, value, one in zip(all_names, forms, after, values, strict=True)
    ]
    nothing = [UNSET] * len(values)
    both = (values, nothing) if side is first else (nothing, values)
    merged = _merged(parent.lift(pred), all_names, site, both, after, outside)
    return _with_parts(after, changes, merged)


def _inner_flags(side: _Side) -> list[Any]:
    """Return the bool tensors of a branch that tell which objects the values at its end are."""
    flags = [*inner_flags(side.builder, side.values), *choosing_flags(side.builder, side.values)]
    return list({id(flag): flag for flag in flags}.values())


def _merged(
    pred: Any,
    names: Sequence[str],
    site: Site,
    ends: tuple[Sequence[Any], Sequence[Any]],
    after: list[Any],
    outside: dict[int, Any],
) -> list[tuple[Any, str, list[Source]]]:
    """Return the objects that stand for others that are known under other names as well.

    ``ends`` are the values at the end of either branch; ``outside`` has what stands for the bool
    tensors of the branches.
    """
    journal = site.journal()
    found = []
    for given in zip(names, *ends, after, strict=True):
        for name, one, other, value in _meeting(*given):
            sources = one_for_each(
                source
                for side, holds in ((one, True), (other, False))
                if side is not value and can_be_changed(side)
                for source in older_sources(side, When(pred, holds), journal.is_older, outside)
            )
            if len(sources) > 1 or (sources and has_other_name(sources[0].value, name)):
                found.append((value, name, sources))
    return found


def _meeting(name: str, one: Any, other: Any, value: Any) -> Iterator[tuple[str, Any, Any, Any]]:
    """Yield the objects that can be changed and stand for one of two, with their names.

    Of what may be None it is the object that it is otherwise.
    """
    one, other, value = known(one), known(other), known(value)
    if one is other:
        return
    if type(value) is tuple:
        if type(one) is type(other) is tuple and len(one) == len(other) == len(value):
            for index, parts in enumerate(zip(one, other, value, strict=True)):
                yield from _meeting(f"{name}[{index}]", *parts)
    elif can_be_changed(value):
        yield name, one, other, value


class _Side(NamedTuple):
    """A branch that was traced: the variables at its end, and what it does to outer objects.

    ``values`` are the objects that the variables hold, ``ends`` the same as they were at the end,
    and ``contents`` has, by identity, what lists and dicts among them consisted of, and what the
    objects that the branch changes did.
    """

    builder: Builder
    values: list[Any]
    ends: list[Any]
    changes: list[Change]
    contents: dict[int, Any]


class _RaisedWay(NamedTuple):
    """A branch that was traced, and ends with a ``raise``."""

    builder: Builder


# None for a branch that reads what has no value in this trace.
_Way = _Side | _RaisedWay | UnknownResult | None


def _traced(builder: Builder, branch: Callable[[], list[Any]], site: Site) -> _Way:
    """Trace a branch. One that reads what has no value, or no type, in this trace gives no side."""
    with recording(builder, site.journal()) as journal:
        values = unreachable(lambda: until_raise(branch))
        ends = settled_values(values, journal) if isinstance(values, list) else []
        consist = contents(values) if isinstance(values, list) else {}
        changes = journal.close()
    for change in changes:
        if is_attributes(change.owner):
            consisted = consist.setdefault(id(change.owner), attributes(change.owner))
            consisted[change.key] = change.after
    if isinstance(values, Raised):
        return _RaisedWay(builder)
    return _Side(builder, values, ends, changes, consist) if isinstance(values, list) else values


def _at_end(side: _Side, values: list[Any], site: Site) -> list[Any]:
    """Return values as they are at the end of a branch, the changes of which were undone."""
    if not any(can_be_changed(known(value)) for value in values):
        return values
    with recording(side.builder, site.journal(runs=False)) as journal:
        for change in side.changes:
            if change.key is not ORDER:
                note(change.owner)
                write_part(change.owner, change.key, change.after)
        ends = settled_values(values, journal)
        journal.undo()
    return ends


def _with_parts(
    values: list[Any],
    parts: list[Change],
    merged: Iterable[tuple[Any, str, list[Source]]] = (),
) -> list[Any]:
    """Give the parts of objects, which come last, their values; return the variables' values.

    Then what stands for other objects is linked to these, part by part.
    """
    count = len(values) - len(parts)
    for change, value in zip(parts, values[count:], strict=True):
        put(change, value)
    for value, name, sources in merged:
        note_merged(value, name, sources)
    return values[:count]


def _only(first: _Way, second: _Way) -> list[Any]:
    """What a branch gives whose other branch reads what has no type yet.

    The trace is going to be thrown away, so placeholders of the right types serve. Where both
    branches make such a read, it is up to what is around.
    """
    for side in (first, second):
        if isinstance(side, _Side):
            parts = [change for change in side.changes if change.after is not UNSET]
            values = [*side.ends, *(change.after for change in parts)]
            stand_ins = [form_of("", value, settled=True).stand_in() for value in values]
            return _with_parts(stand_ins, parts)
    unknown = [read for read in (first, second) if isinstance(read, UnknownResult)]
    if not unknown:
        raise skipped_read()
    # Of two recursions the outer one says first what its result is.
    raise min(unknown, key=lambda read: read.depth)


def _joined(pair: tuple[Form, Form], site: Site, guarded: bool) -> Form:
    one, other = pair
    form = join(one, other, site)
    if guarded:  # nothing reads it where it is unset
        return form if form.none or form.structure is None else form._replace(missing=False)
    if one.structure is None and other.structure is None and one.none != other.none:
        # Unset on one way and None on the other: reading it is an error either way.
        return Form(form.name, None, (), missing=True)
    return form
