"""Staging of loops, for ``pygraph.while_loop`` and AutoGraph: recorded once the state settled."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

from pygraph._hot import EagerTensor, SymbolicTensor
from pygraph.control.changes.journal import LIMIT, Change, Journal, recording
from pygraph.control.changes.parts import ORDER, WHOLE
from pygraph.control.changes.search import reached
from pygraph.control.changes.state import get, is_joinable, is_one_order, put, settled_values
from pygraph.control.containers.arrays import LocalArray
from pygraph.control.effects.printing import HeldPrints
from pygraph.control.effects.ways import Raised, until_raise
from pygraph.control.identity.aliases import LoopAliases
from pygraph.control.identity.merged import (
    Source,
    can_be_changed,
    has_other_name,
    note_merged,
    older_among,
)
from pygraph.control.identity.told_apart import ToldApart
from pygraph.control.join.chosen_values import is_chosen_value
from pygraph.control.join.errors import CallSite, LaterIterations, Site, mismatch, unjoined
from pygraph.control.join.forms import Form, as_queue, form_of, join, met
from pygraph.control.join.leaves import NUMBERS, TensorLeaf, ValueLeaf
from pygraph.control.join.objects import is_plain
from pygraph.control.join.pending import (
    MissingItemError,
    Unknown,
    UnknownResult,
    items_may_come,
    leave_out,
    pending,
)
from pygraph.control.join.structures import Shaped, leaves_in
from pygraph.control.join.unset import UNSET, known
from pygraph.control.loop.invariants import Invariants, checked_invariants
from pygraph.control.tensors import (
    apply,
    as_predicate,
    cast,
    current,
    is_tensor,
    is_tracing,
)
from pygraph.graph import Builder, public
from pygraph.graph.builder import Path
from pygraph.graph.locations import Region
from pygraph.graph.structure import depth, flatten, map_structure, unflatten

# More than the steps from one dtype to the widest that it can settle on.
_DTYPE_STEPS = 6
AROUND = ("before the loop", "after an iteration")


class Items(Protocol):
    """What a staged ``for`` goes over."""

    def first(self) -> Any:
        """Return the position of the first item."""

    def more(self, position: Any) -> Any:
        """Return whether there is an item at a position."""

    def item(self, position: Any) -> Any:
        """Return the item at a position."""

    def following(self, position: Any) -> Any:
        """Return the position after a position."""


def stage_while(
    test: Callable[[list[Any]], Any],
    body: Callable[[list[Any]], list[Any]],
    before: Sequence[Any],
    names: Sequence[str],
    *,
    site: Site,
    guarded: Sequence[str] = (),
    indirect: Sequence[str] = (),
    augmented: Sequence[str] = (),
    runs: bool = False,
    invariants: Sequence[Any] = (),
    maximum_iterations: Any = None,
) -> list[Any]:
    """Record a ``while_loop`` op; return the values of the variables after it.

    ``test`` and ``body`` are given the values of ``names`` at the start of an iteration; ``body``
    returns those at its end. ``runs``: the body is known to run at least once. ``guarded``: as in
    ``stage_cond``. Numbers in ``indirect`` join the state only when the body is seen to change
    them. Tensors in ``augmented`` are most likely written into rather than replaced.
    ``invariants``: the ``shapes`` of :class:`Invariants`.
    """
    kept = {
        index: value
        for index, (name, value) in enumerate(zip(names, before, strict=True))
        if name in (*augmented, *indirect) and type(value) is SymbolicTensor and value.dims
    }
    parent = current()
    number = parent.staged  # of the loop before
    replaced: Path = (*parent.path, number + 1, "replaced")
    if kept and not any(invariants) and replaced not in parent.module.settled:
        rest = [index for index in range(len(names)) if index not in kept]
        stale = parent.module.aliases.stale()
        try:
            after = stage_while(
                _without(kept, test),
                _without(kept, body),
                [before[index] for index in rest],
                [names[index] for index in rest],
                site=site,
                guarded=guarded,
                indirect=indirect,
                runs=runs,
                maximum_iterations=maximum_iterations,
            )
            return _merged(kept, after)
        except _ReplacedError:
            parent.module.aliases.resume(stale)
            parent.module.settled[replaced] = True
    if maximum_iterations is not None:
        test, body = _bounded(test, body, maximum_iterations)
        before, names = [0, *before], ["the number of iterations", *names]
        invariants = [None, *invariants] if invariants else ()
    parent.staged = number + 1
    loop = _Loop(parent, list(names), site, frozenset(guarded), set(indirect))
    loop.start(before, invariants)
    test_builder = Builder("test", parent)
    try:
        with Region():
            body_builder, ends = loop.settle(body)
        with Region(), recording(test_builder, site.journal()) as journal:
            loop.aliases.watch(journal)
            loop.aliases.start_test()
            given = loop.give(test_builder)
            going = until_raise(partial(test, given))
            loop.refuse_changes(journal)
            test_builder.set_results([False if isinstance(going, Raised) else _as_flag(going)])
    except (UnknownResult, _ItemsToCome) as unknown:
        if isinstance(unknown, _ItemsToCome):
            leave_out(unknown.read)
        # The trace is going to be thrown away. What is known: no iteration leaves all as it was.
        skipped = 0 if maximum_iterations is None else 1
        return [form.stand_in() for form in loop.own[skipped : len(names)]]
    tensors: list[Any] = []
    for form, own, value in zip(loop.forms, loop.own, loop.before, strict=True):
        tensors.extend(form.take_apart(value, own))
    outputs = iter(parent.record_while(test_builder, body_builder, tensors))
    after = loop.finish(outputs, ends, runs)
    return after if maximum_iterations is None else after[1:]


# A variable may be found to hold so many levels of objects, one in each trace.
_MOST_LEVELS = 8


class _ItemsToCome(BaseException):
    """The body reads items of a list that only iterations of a loop around it make."""

    def __init__(self, read: Unknown) -> None:
        super().__init__(read)
        self.read = read


class _ReplacedError(BaseException):
    """A variable holds another object at the end of the body."""


def _without(kept: dict[int, Any], function: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    """Return the test or the body of a loop some of whose variables hold the same objects always.

    What is written into these objects is found as for all objects.
    """

    def called(values: list[Any]) -> Any:
        after = function(_merged(kept, values))
        if not isinstance(after, list):
            return after
        if any(after[index] is not value for index, value in kept.items()):
            raise _ReplacedError
        return [value for index, value in enumerate(after) if index not in kept]

    return called


def _merged(kept: dict[int, Any], values: Sequence[Any]) -> list[Any]:
    others = iter(values)
    return [
        kept[index] if index in kept else next(others) for index in range(len(kept) + len(values))
    ]


def _bounded(
    test: Callable[[list[Any]], Any], body: Callable[[list[Any]], list[Any]], maximum: Any
) -> tuple[Callable[[list[Any]], Any], Callable[[list[Any]], list[Any]]]:
    """Put a count of the iterations in front of a loop's variables."""

    def bounded_test(values: list[Any]) -> Any:
        going, below = test(values[1:]), values[0] < maximum
        if not is_tensor(going):
            return below if going else False
        return apply("logical_and", (below, as_predicate(going)))

    return bounded_test, lambda values: [values[0] + 1, *body(values[1:])]


def _as_flag(going: Any) -> Any:
    return as_predicate(going) if is_tensor(going) else bool(going)


class _Settled(NamedTuple):
    """The forms of a loop's variables before it, and those that it settled at; parts come last."""

    own: list[Form]
    forms: list[Form]
    parts: list[Change]


class _Loop:
    """The state of a loop while its form settles."""

    aliases: LoopAliases
    invariants: Invariants

    def __init__(
        self, parent: Any, names: list[str], site: Site, guarded: frozenset[str], indirect: set[str]
    ) -> None:
        self.parent = parent
        self.names = names
        self.site = site
        self.guarded = guarded
        self.indirect = indirect
        self.before: list[Any] = []
        # Parts of outer objects that the body changes; their entries in the other lists come last.
        self.parts: list[Change] = []
        self.own: list[Form] = []
        self.forms: list[Form] = []
        # By variable, how many traces in a row it came out nested deeper than it went in.
        self._deepened: dict[int, int] = {}
        # Variables some numbers of which the body was seen to leave alone.
        self.fixed: set[int] = set()
        self._waits = True  # for items that lists do not have yet
        # By variable, the objects from before the loop that an iteration may leave in it.
        self._left: dict[int, dict[int, Any]] = {}
        # By identity, all objects from before the loop, if a variable is one that can be changed.
        self._older: dict[int, Any] = {}

    def start(self, before: Sequence[Any], shapes: Sequence[Any]) -> None:
        # An array that the loop assigns anew is a tensor from the start.
        before = [value.stage() if type(value) is LocalArray else value for value in before]
        self.before = list(before)
        if any(can_be_changed(known(value)) for value in before):
            objects, _ = reached([root for root, _ in self.site.journal().roots], LIMIT)
            self._older = {id(one): one for one in objects if can_be_changed(one)}
            for index, (name, value) in enumerate(zip(self.names, before, strict=True)):
                if can_be_changed(known(value)) and has_other_name(known(value), name):
                    self._left[index] = {id(known(value)): known(value)}
        self.invariants = Invariants(self.names, before, shapes, self.site)
        guarded = {i for i, name in enumerate(self.names) if name in self.guarded}
        make = ToldApart if self.parent.module.tells_apart else LoopAliases
        self.aliases = make(self.parent.module.aliases, self.before, guarded)
        self._name_parts()
        self.own = [
            form_of(name, value, settled=name in self.indirect)
            for name, value in zip(self.names, before, strict=True)
        ]
        self.forms = list(self.own)
        for index, wanted in enumerate(self.invariants.forms):
            if wanted is not None:
                self.forms[index] = join(wanted, self.own[index], self.site)
        self._resume()

    def _resume(self) -> None:
        """Start from where the same loop settled when the code around it was traced before.

        Types become more general from trace to trace: it would settle there again, at the latest.
        Else each level of nested loops would double the traces of those inside.
        """
        known: _Settled | None = self.parent.module.settled.get(self._path())
        if known is None:
            return
        variables = len(self.names)
        before = [get(part) for part in known.parts]
        own = [
            *self.own,
            *(
                form_of(part.name, value, settled=True)
                for part, value in zip(known.parts, before, strict=True)
            ),
        ]
        forms = [*self.forms, *own[variables:]]
        try:
            joined = [join(then, now, self.site) for then, now in zip(known.own, own, strict=True)]
            forms = [
                join(form, settled, self.site)
                for form, settled in zip(forms, known.forms, strict=True)
            ]
        except (TypeError, ValueError):
            return  # it is another loop, or starts from something else now
        if joined != own:
            return
        self.forms = forms[:variables]
        is_older = self.site.journal().is_older if known.parts else None
        for part, value, *both in zip(
            known.parts, before, own[variables:], forms[variables:], strict=True
        ):
            if is_older is not None and value is not UNSET and is_older(part.owner):
                self._add_part(part._replace(before=value, after=value), *both)
        self._name_parts()

    def _note_settled(self) -> None:
        forms = [
            own if index in self.fixed else form
            for index, (own, form) in enumerate(zip(self.own, self.forms, strict=True))
        ]
        settled = _Settled(list(self.own), forms, list(self.parts))
        self.parent.module.settled[self._path()] = settled

    def _path(self) -> Path:
        return *self.parent.path, self.parent.staged

    def settle(self, body: Callable[[list[Any]], list[Any]]) -> tuple[Builder, list[Form]]:
        """Trace the body until its end has the form of its start."""
        # Each trace finds another part of an object, or more general types than the one before.
        former = found = self.forms
        traces = 0
        while traces <= self._steps():
            traces += 1
            builder = Builder("body", self.parent)
            self.aliases.start_trace()
            with (
                recording(builder, self.site.journal()) as journal,
                pending(self._unknown(), self._waits) as skipped,
                HeldPrints() as prints,
            ):
                self.aliases.watch(journal)
                given = self.parameters(builder)
                ended = until_raise(partial(self._run, body, given))
                more = not isinstance(ended, Raised) and self._find_left(ended)
                # Where the body raises, no turn goes on from here: any state will do.
                ends_with = given if isinstance(ended, Raised) else ended
                values = [
                    # What changes of an object that stays joins the state by its parts.
                    end if end is start and is_plain(end) else value
                    for end, start, value in zip(
                        ends_with, given, settled_values(ends_with, journal), strict=True
                    )
                ]
                if self._found_parts(journal.close()):
                    continue
                self.invariants.check(values)
                ends = [
                    form_of(name, value, settled=name in self.indirect or index in self.fixed)
                    for index, (name, value) in enumerate(zip(self.names, values, strict=True))
                ]
                found = [
                    self._general(own.name, join(*met(form, end, self.parent), self._site_of(own)))
                    for own, form, end in zip(self.own, self.forms, ends, strict=True)
                ]
                self.aliases.ended = [] if isinstance(ended, Raised) else ended
                self._refuse_growth(found)
                if found == self.forms:
                    if skipped:
                        self._leave_to_fail(skipped)
                        continue
                    if not isinstance(ended, Raised) and self._fix_unchanged(given, values):
                        continue
                    if more or self.aliases.found_more(self.parent):
                        continue
                    self.invariants.check(values, recorded=True)
                    results: list[Any] = []
                    for form, end, value in zip(found, ends, values, strict=True):
                        results.extend(form.take_apart(value, end))
                    builder.set_results(results)
                    journal.undo()
                    break
            former, self.forms = self.forms, found
        else:
            raise self._unsettled(former, found)
        self._note_settled()
        prints.release()
        return builder, ends

    def _refuse_growth(self, found: Sequence[Form]) -> None:
        """Refuse a variable whose value holds the one of the iteration before, as linked lists do.

        One that is None before the loop would otherwise nest deeper with every trace.
        """
        for index, (form, end) in enumerate(zip(self.forms, found, strict=True)):
            if depth(end.structure) <= depth(form.structure):
                self._deepened.pop(index, None)
                continue
            self._deepened[index] = self._deepened.get(index, 0) + 1
            if self._deepened[index] > _MOST_LEVELS:
                what = ("one object", "another that holds it")
                advice = (
                    "It grows with every iteration, and a graph's values have a fixed structure. "
                    "Keep such objects in a list, and in them the positions of others."
                )
                site = LaterIterations(self.site)
                raise mismatch(TypeError, site, form.name, form.name, what, advice)

    def _find_left(self, ended: Sequence[Any]) -> bool:
        """Find objects from before the loop among the variables' values; return whether new ones.

        The next iteration may change them by the names of these variables.
        """
        if not self._older:
            return False
        found = 0
        for index, value in enumerate(ended[: len(self.names) - len(self.parts)]):
            value = known(value)
            if not can_be_changed(value) or value is self.before[index]:
                continue
            own = id(known(self.before[index]))
            left = self._left.setdefault(index, {})
            found -= len(left)
            older = older_among(value, self._is_older)
            left.update({id(one): one for one in older if id(one) != own})
            found += len(left)
        return found > 0

    def _is_older(self, value: Any) -> bool:
        return id(value) in self._older

    def _note_left(self, values: Sequence[Any]) -> None:
        """Note which objects from before the loop the variables may be."""
        for index, left in self._left.items():
            value = known(values[index])
            sources = [Source(one, None) for one in left.values() if one is not value]
            if sources and can_be_changed(value):
                note_merged(value, self.names[index], sources)

    def _leave_to_fail(self, skipped: Sequence[Unknown]) -> None:
        """Let reads of items that no iteration makes fail when they run, in the next trace.

        Where another loop is around, its iterations may make them. Other reads fail now.
        """
        for read in skipped:
            if not isinstance(read, MissingItemError):
                raise read
        if items_may_come(outside=True):
            raise _ItemsToCome(skipped[0])
        self._waits = False

    def _run(self, body: Callable[[list[Any]], list[Any]], given: Sequence[Any]) -> list[Any]:
        """Run the body on the state at the start of an iteration; return that at its end."""
        self.aliases.start_iteration()
        values = body(self._put_objects(given))
        self.aliases.end_iteration([*values, *map(get, self.parts)])
        return [*values, *map(get, self.parts)]

    def _put_objects(self, given: Sequence[Any]) -> list[Any]:
        """Give parts their values, by the objects that these are; return the variables' values."""
        self._put(given)
        objects = self.aliases.objects(given)
        first = len(given) - len(self.parts)
        for change, value, own in zip(self.parts, given[first:], objects[first:], strict=True):
            if own is not value:
                put(change, own)
        return objects[:first]

    def _put(self, given: Sequence[Any]) -> None:
        for change, value in zip(self.parts, given[len(given) - len(self.parts) :], strict=True):
            put(change, value)

    def _found_parts(self, changes: Sequence[Change]) -> bool:
        """Let further parts of objects join the state; return whether there are any."""
        known = {part.place for part in self.parts}
        new = [
            change
            for change in changes
            if change.place not in known and (id(change.owner), WHOLE) not in known
        ]
        joined = len(self.parts)
        for change in new:
            values = change.before, change.after
            if change.key is ORDER and is_one_order(*values):
                continue  # what joins are its items
            if not is_joinable(change):
                raise unjoined(change, self.site)
            own, end = (form_of(change.name, value, settled=True) for value in values)
            form = join(*met(own, end, self.parent), self.site)
            if type(change.owner) is deque:
                form = as_queue(form, self.site)
            if change.key is WHOLE:
                self._drop_items(change.owner)
            self._add_part(change, own, form)
        self._name_parts()
        return len(self.parts) > joined

    def _add_part(self, change: Change, own: Form, form: Form) -> None:
        self.parts.append(change)
        self.names.append(change.name)
        self.before.append(change.before)
        self.own.append(own)
        self.forms.append(form)
        self.indirect.add(change.name)

    def _name_parts(self) -> None:
        count = len(self.names) - len(self.parts)
        self.aliases.keys = [*range(count), *(part.place for part in self.parts)]

    def _drop_items(self, owner: Any) -> None:
        """Forget the single items of a list that joins the state as a whole."""
        first = len(self.names) - len(self.parts)
        for index in reversed(range(len(self.parts))):
            if self.parts[index].owner is owner:
                del self.parts[index]
                self._deepened.clear()  # other variables have their places now
                for entries in (self.names, self.before, self.own, self.forms):
                    del entries[first + index]
                self.fixed = {i if i < first + index else i - 1 for i in self.fixed}

    def give(self, builder: Builder) -> list[Any]:
        """Give a subgraph the state; return the variables' values."""
        return self._put_objects(self.parameters(builder))

    def refuse_changes(self, journal: Journal) -> None:
        """Refuse a test that changes objects."""
        known = {part.place for part in self.parts}
        for change in journal.close():
            ordered = change.key is ORDER and is_one_order(change.before, change.after)
            if change.place not in known and not ordered:
                raise TypeError(
                    f"the test of a loop changes {change.name}; change it in the loop's body"
                )

    def _fix_unchanged(self, given: Sequence[Any], values: Sequence[Any]) -> bool:
        """Make numbers that the body leaves alone Python's again; return whether there are any."""
        found = False
        for index, form in enumerate(self.forms):
            own = self.own[index]
            missing = form.missing or own.missing
            if index in self.fixed or missing or own.structure != form.structure:
                continue
            parts = [
                flatten(value)[0] for value in (self.before[index], given[index], values[index])
            ]
            leaves = tuple(
                ValueLeaf(number) if type(number) in NUMBERS and before is after else leaf
                for number, before, after, leaf in zip(*parts, form.leaves, strict=True)
            )
            if leaves != form.leaves:
                self.fixed.add(index)
                self.forms[index] = form._replace(leaves=leaves)
                found = True
        return found

    def parameters(self, builder: Builder) -> list[Any]:
        """Give a subgraph the parameters that hold the state; return the variables' values."""

        def make() -> Iterator[Any]:
            for form in self.forms:
                for leaf in form.types:
                    yield builder.add_parameter(
                        leaf.dtype, leaf.shape, name=form.name, weak=leaf.weak
                    )

        tensors = make()
        values = [form.put_together(tensors) for form in self.forms]
        assert next(tensors, None) is None
        self.aliases.note_parameters(values)
        self._note_left(values)
        return values

    def finish(self, outputs: Iterator[Any], ends: Sequence[Form], runs: bool) -> list[Any]:
        """Return the values of the variables after the loop."""
        values = []
        for form, end in zip(self.forms, ends, strict=True):
            value = form.put_together(outputs)
            if form.flagged and runs and not end.missing:
                # The body ran, and sets the variable on all of its ways.
                value = value.value
            values.append(value)
        self.aliases.note_results(values)
        self._note_left(values)
        return self._put_objects(values)

    def _site_of(self, own: Form) -> Site:
        """Return the place for errors about a variable, given its form before the loop."""
        return self.site if own.structure is not None else LaterIterations(self.site)

    def _unknown(self) -> list[str]:
        return [form.name for form in self.forms if form.structure is None]

    def _general(self, name: str, form: Form) -> Form:
        if name in self.guarded and form.structure is not None and not form.none:
            return form._replace(missing=False)
        return form

    def _steps(self) -> int:
        """Return an upper bound of how often the state can become more general."""
        leaves = [leaf for form in self.forms for leaf in form.leaves]
        dims = sum(len(leaf.shape) for leaf in leaves if isinstance(leaf, TensorLeaf))
        return dims + _DTYPE_STEPS * (len(leaves) + len(self.forms) + 1)

    def _unsettled(self, former: Sequence[Form], found: Sequence[Form]) -> Exception:
        for one, other in zip(former, found, strict=True):
            if one != other:
                leaf = one.leaf_names()[0] if one.leaf_names() else one.name
                what = (_text(one), _text(other))
                advice = "Its type changes with every iteration; give it its final type before."
                if one.structure is not None and is_chosen_value(one.structure):
                    advice = "Every iteration makes another value; keep a number in its place."
                return mismatch(TypeError, self.site, one.name, leaf, what, advice)
        raise AssertionError("a loop that settled is reported as one that did not")


def _text(form: Form) -> str:
    if form.structure is not None and is_chosen_value(form.structure):
        return f"one of {len(form.structure.key[1])} values"
    return ", ".join(str(leaf) for leaf in form.leaves) or "unset"


def record_loop(
    test: Callable[[list[Any]], Any],
    body: Callable[[list[Any]], list[Any]],
    state: Sequence[Any],
) -> list[Any]:
    """Record a loop that is none of the user's; return its state after it.

    The state is tensors, of types that stay; ``test`` and ``body`` change no objects.
    """
    parent: Any = current()
    builders = []
    for name, run in (("test", lambda given: [test(given)]), ("body", body)):
        builder = Builder(name, parent)
        with Region(), builder:
            given = [
                builder.add_parameter(part.dtype.name, part.static_shape, weak=part.weak)
                for part in state
            ]
            builder.set_results(run(given))
        builders.append(builder)
    return list(parent.record_while(*builders, state))


def stage_for(
    items: Items,
    test: Callable[[list[Any]], Any],
    body: Callable[[Any, list[Any]], list[Any]],
    before: Sequence[Any],
    names: Sequence[str],
    *,
    site: Site,
    guarded: Sequence[str] = (),
    indirect: Sequence[str] = (),
    augmented: Sequence[str] = (),
    invariants: Sequence[Any] = (),
    maximum_iterations: Any = None,
) -> list[Any]:
    """Record a loop over items; return the values of the variables after it."""

    def more(values: list[Any]) -> Any:
        position, *variables = values
        here = items.more(position)
        going = test(variables)
        if not is_tensor(going):
            return here if going else False
        return apply("logical_and", (here, as_predicate(going)))

    def step(values: list[Any]) -> list[Any]:
        position, *variables = values
        ends = body(items.item(position), variables)
        return [items.following(position), *ends]

    _, *after = stage_while(
        more,
        step,
        [items.first(), *before],
        ["the position in the loop", *names],
        site=site,
        guarded=guarded,
        indirect=indirect,
        augmented=augmented,
        invariants=[None, *invariants] if invariants else (),
        maximum_iterations=maximum_iterations,
    )
    return after


@public
def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    *,
    maximum_iterations: Any = None,
    shape_invariants: Any = None,
) -> Any:
    """Return the loop variables after ``body`` ran for as long as ``cond`` holds.

    ``loop_vars`` is a list or tuple of variables, each a tensor, a number or a nested structure of
    these; both functions take them as arguments, and ``body`` returns as many new ones. Python
    numbers take the dtype that the body gives them. ``maximum_iterations`` bounds how often the
    body runs. ``shape_invariants``, of the structure of ``loop_vars``, gives shapes (with None for
    a dim that varies), which the variables keep; without it a dim that changes becomes unknown by
    itself.

    Raises TypeError or ValueError, naming the variable, when its number of parts, dtype, number of
    dimensions or structure changes, or when it does not keep its shape.
    """
    if not isinstance(loop_vars, (list, tuple)):
        raise TypeError(f"loop_vars must be a list or tuple, got {type(loop_vars).__name__}")
    names = _variable_names(body, len(loop_vars))
    kind = _maker(loop_vars)
    if not is_tracing():
        shapes = checked_invariants(loop_vars, shape_invariants)
        own = [map_structure(_by_value, value) for value in loop_vars]
        return kind(_run(cond, body, own, maximum_iterations, names, shapes))
    site = CallSite(AROUND, (None, body))

    def test(values: list[Any]) -> Any:
        going = cond(*values)
        _check_scalar(going)
        return going

    after = stage_while(
        test,
        lambda values: _returned(body(*values), len(loop_vars), names),
        list(loop_vars),
        names,
        site=site,
        invariants=checked_invariants(loop_vars, shape_invariants),
        maximum_iterations=maximum_iterations,
    )
    return kind(after)


def _by_value(value: Any) -> Any:
    return value.copy() if type(value) is EagerTensor else value


def _run(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    values: list[Any],
    maximum: Any,
    names: list[str],
    shapes: Sequence[Any],
) -> list[Any]:
    """The loop as Python runs it, held to the same rules as a staged one."""
    site = CallSite(AROUND, (None, body))
    invariants = Invariants(names, values, shapes, site)
    forms = [form_of(name, value) for name, value in zip(names, values, strict=True)]
    count = 0
    while maximum is None or count < maximum:
        going = cond(*values)
        _check_scalar(going)
        if not going:
            break
        values = _returned(body(*values), len(names), names)
        invariants.check(values)
        ends = [form_of(name, value) for name, value in zip(names, values, strict=True)]
        forms = [join(f, end, site) for f, end in zip(forms, ends, strict=True)]
        count += 1
    return [_settled(form, value) for form, value in zip(forms, values, strict=True)]


def _settled(form: Form, value: Any) -> Any:
    """A number that took a dtype in some iteration has it at the end as well."""
    if form.structure is None:
        return value
    leaves, structure = flatten(value)
    out = []
    for leaf, wanted in zip(
        leaves, leaves_in(structure, Shaped(form.structure, form.leaves)), strict=True
    ):
        settles = isinstance(wanted, TensorLeaf) and not wanted.weak
        out.append(cast(leaf, wanted.dtype) if settles else leaf)  # type: ignore[union-attr]
    return unflatten(structure, out)


def _check_scalar(going: Any) -> None:
    if is_tensor(going):
        as_predicate(going, "the condition of while_loop")


def _returned(values: Any, count: int, names: list[str]) -> list[Any]:
    if count == 1 and not (isinstance(values, (list, tuple)) and len(values) == 1):
        return [values]
    if not isinstance(values, (list, tuple)) or len(values) != count:
        got = f"{len(values)}" if isinstance(values, (list, tuple)) else repr(type(values).__name__)
        raise ValueError(
            f"the body of while_loop must return {count} variables ({', '.join(names)}), got {got}"
        )
    return list(values)


def _variable_names(body: Callable[..., Any], count: int) -> list[str]:
    """Name the loop variables as the body's parameters are named."""
    try:
        parameters = list(inspect.signature(body).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [names[i] if i < len(names) else f"loop_vars[{i}]" for i in range(count)]


def _maker(loop_vars: Any) -> Callable[[list[Any]], Any]:
    if hasattr(loop_vars, "_make"):
        return loop_vars._make  # type: ignore[no-any-return]
    return type(loop_vars)
