"""The state of a loop while its form settles; `variables.py` says what that is, with an example."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from pygraph.control.changes.journal import LIMIT, Change, Journal, recording
from pygraph.control.changes.parts import ORDER, WHOLE
from pygraph.control.changes.search import reached
from pygraph.control.changes.state import get, is_joinable, is_one_order, put, settled_values
from pygraph.control.containers.arrays import LocalArray
from pygraph.control.containers.lists import check_kept
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
from pygraph.control.join.errors import LaterIterations, Site, mismatch, unjoined
from pygraph.control.join.forms import Form, as_queue, form_of, join, met
from pygraph.control.join.leaves import NUMBERS, TensorLeaf, ValueLeaf
from pygraph.control.join.objects import is_plain
from pygraph.control.join.pending import MissingItemError, Unknown, items_may_come, pending
from pygraph.control.join.unset import UNSET, known
from pygraph.control.loop.invariants import Invariants
from pygraph.control.loop.variables import LoopVariable, Settled, Trace
from pygraph.graph import Builder
from pygraph.graph.builder import Path
from pygraph.graph.structure import depth, flatten

# More than the steps from one dtype to the widest that it can settle on.
_DTYPE_STEPS = 6
# A variable may be found to hold so many levels of objects, one in each trace.
_MOST_LEVELS = 8


class ItemsToCome(BaseException):
    """The body reads items of a list that only iterations of a loop around it make."""

    def __init__(self, read: Unknown) -> None:
        super().__init__(read)
        self.read = read


class LoopState:
    """The state of a loop while its form settles."""

    aliases: LoopAliases
    invariants: Invariants

    def __init__(self, parent: Builder, site: Site) -> None:
        self.parent = parent
        self.site = site
        # The variables of the code, and after them parts of outer objects that the body changes.
        self.variables: list[LoopVariable] = []
        self._count = 0  # of the former
        self._waits = True  # for items that lists do not have yet
        # By identity, all objects from before the loop, if a variable is one that can be changed.
        self._older: dict[int, Any] = {}

    @property
    def forms(self) -> list[Form]:
        """The forms of the variables at the start of an iteration."""
        return [variable.form for variable in self.variables]

    @property
    def parts(self) -> list[Change]:
        """The parts of outer objects that the body changes."""
        return [part for variable in self.variables if (part := variable.part) is not None]

    def start(
        self,
        names: Sequence[str],
        before: Sequence[Any],
        guarded: Sequence[str],
        indirect: Sequence[str],
        shapes: Sequence[Any],
    ) -> None:
        """Take the variables with their values before the loop; see ``stage_while``."""
        # An array that the loop assigns anew is a tensor from the start.
        before = [value.stage() if type(value) is LocalArray else value for value in before]
        self.invariants = Invariants(names, before, shapes, self.site)
        self._count = len(names)
        for name, value in zip(names, before, strict=True):
            own = form_of(name, value, settled=name in indirect)
            self.variables.append(
                LoopVariable(
                    name, value, own, own, guarded=name in guarded, indirect=name in indirect
                )
            )
        for variable, wanted in zip(self.variables, self.invariants.forms, strict=False):
            if wanted is not None:
                variable.form = join(wanted, variable.own, self.site)
        self._find_older()
        make = ToldApart if self.parent.module.tells_apart else LoopAliases
        never_read = {i for i, variable in enumerate(self.variables) if variable.guarded}
        self.aliases = make(self.parent.module.aliases, before, never_read)
        self._resume()
        self._tell_aliases()

    def _find_older(self) -> None:
        """Find the objects from before the loop that variables may be, if some can be changed."""
        if not any(can_be_changed(known(variable.before)) for variable in self.variables):
            return
        objects, _ = reached([root for root, _ in self.site.journal().roots], LIMIT)
        self._older = {id(one): one for one in objects if can_be_changed(one)}
        for variable in self.variables:
            value = known(variable.before)
            if can_be_changed(value) and has_other_name(value, variable.name):
                variable.left = {id(value): value}

    def _resume(self) -> None:
        """Start from where the same loop settled when the code around it was traced before.

        Types become more general from trace to trace: it would settle there again, at the latest.
        Else each level of nested loops would double the traces of those inside.
        """
        then: Settled | None = self.parent.module.settled.get(self._path())
        if then is None:
            return
        parts = [part._replace(before=(now := get(part)), after=now) for part in then.parts]
        added = [self._part(part, form_of(part.name, part.before, settled=True)) for part in parts]
        variables = [*self.variables, *added]
        try:
            joined = [
                join(form, variable.own, self.site)
                for form, variable in zip(then.own, variables, strict=True)
            ]
            forms = [
                join(variable.form, form, self.site)
                for variable, form in zip(variables, then.forms, strict=True)
            ]
        except (TypeError, ValueError):
            return  # it is another loop, or starts from something else now
        if joined != [variable.own for variable in variables]:
            return
        self._generalise(variables, forms)
        if parts:
            is_older = self.site.journal().is_older
            self.variables += [
                variable
                for part, variable in zip(parts, added, strict=True)
                if part.before is not UNSET and is_older(part.owner)
            ]

    def _note_settled(self) -> None:
        own = [variable.own for variable in self.variables]
        forms = [variable.own if variable.fixed else variable.form for variable in self.variables]
        self.parent.module.settled[self._path()] = Settled(own, forms, self.parts)

    def _path(self) -> Path:
        return *self.parent.path, self.parent.staged

    @staticmethod
    def _generalise(variables: Sequence[LoopVariable], forms: Sequence[Form]) -> None:
        for variable, form in zip(variables, forms, strict=True):
            variable.form = form

    def settle(self, body: Callable[[list[Any]], list[Any]]) -> tuple[Builder, list[Form]]:
        """Trace the body until its end has the form of its start."""
        former = found = self.forms
        traces = 0
        # Each trace finds another part of an object, or more general types than the one before.
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
                trace = self._trace(body, builder, journal)
                if trace is None:
                    continue
                found = trace.found
                if found == self.forms:
                    if not self._is_last(trace, skipped):
                        continue
                    self._set_results(builder, trace)
                    journal.undo()
                    break
            former = self.forms
            self._generalise(self.variables, found)
        else:
            raise self._unsettled(former, found)
        self._note_settled()
        prints.release()
        return builder, trace.ends

    def _trace(
        self, body: Callable[[list[Any]], list[Any]], builder: Builder, journal: Journal
    ) -> Trace | None:
        """Trace the body; return None where it changes parts of objects not known before."""
        given = self.parameters(builder)
        ended = until_raise(partial(self._run, body, given))
        raises = isinstance(ended, Raised)
        # Where the body raises, no turn goes on from here: any state will do.
        ends_with = given if isinstance(ended, Raised) else ended
        more = not raises and self._find_left(ends_with)
        values = [
            # What changes of an object that stays joins the state by its parts.
            end if end is start and is_plain(end) else value
            for end, start, value in zip(
                ends_with, given, settled_values(ends_with, journal), strict=True
            )
        ]
        if self._found_parts(journal.close()):
            return None
        self.invariants.check(values)
        ends = [
            form_of(variable.name, value, settled=variable.indirect or variable.fixed)
            for variable, value in zip(self.variables, values, strict=True)
        ]
        found = [
            self._joined(variable, end) for variable, end in zip(self.variables, ends, strict=True)
        ]
        self.aliases.ended = [] if raises else ends_with
        self._refuse_growth(found)
        return Trace(given, values, ends, found, raises, more)

    def _is_last(self, trace: Trace, skipped: Sequence[Unknown]) -> bool:
        """Return whether a trace that ends as it started is the body, or leads to another one."""
        if skipped:
            self._leave_to_fail(skipped)
            return False
        if not trace.raises and self._fix_unchanged(trace.given, trace.values):
            return False
        return not (trace.more or self.aliases.found_more(self.parent))

    def _set_results(self, builder: Builder, trace: Trace) -> None:
        self.invariants.check(trace.values, recorded=True)
        results: list[Any] = []
        for form, end, value in zip(trace.found, trace.ends, trace.values, strict=True):
            results.extend(form.take_apart(value, end))
        builder.set_results(results)

    def _joined(self, variable: LoopVariable, end: Form) -> Form:
        """Return the form that a variable has at the start of an iteration or after one."""
        # Without a value before, what two iterations leave meets.
        site = self.site if variable.own.structure is not None else LaterIterations(self.site)
        form = join(*met(variable.form, end, self.parent), site)
        if variable.guarded and form.structure is not None and not form.none:
            return form._replace(missing=False)
        return form

    def _refuse_growth(self, found: Sequence[Form]) -> None:
        """Refuse a variable whose value holds the one of the iteration before, as linked lists do.

        One that is None before the loop would otherwise nest deeper with every trace.
        """
        for variable, end in zip(self.variables, found, strict=True):
            if depth(end.structure) <= depth(variable.form.structure):
                variable.deepened = 0
                continue
            variable.deepened += 1
            if variable.deepened > _MOST_LEVELS:
                what = ("one object", "another that holds it")
                advice = (
                    "It grows with every iteration, and a graph's values have a fixed structure. "
                    "Keep such objects in a list, and in them the positions of others."
                )
                site = LaterIterations(self.site)
                raise mismatch(TypeError, site, variable.name, variable.name, what, advice)

    def _find_left(self, ended: Sequence[Any]) -> bool:
        """Find objects from before the loop among the variables' values; return whether new ones.

        The next iteration may change them by the names of these variables.
        """
        if not self._older:
            return False
        found = 0
        for variable, value in zip(self.variables[: self._count], ended, strict=False):
            value = known(value)
            if not can_be_changed(value) or value is variable.before:
                continue
            own = id(known(variable.before))
            found -= len(variable.left)
            older = older_among(value, self._is_older)
            variable.left.update({id(one): one for one in older if id(one) != own})
            found += len(variable.left)
        return found > 0

    def _is_older(self, value: Any) -> bool:
        return id(value) in self._older

    def _note_left(self, values: Sequence[Any]) -> None:
        """Note which objects from before the loop the variables may be."""
        for variable, value in zip(self.variables, values, strict=True):
            if variable.left:
                value = known(value)
                sources = [Source(one, None) for one in variable.left.values() if one is not value]
                if sources and can_be_changed(value):
                    note_merged(value, variable.name, sources)

    def _leave_to_fail(self, skipped: Sequence[Unknown]) -> None:
        """Let reads of items that no iteration makes fail when they run, in the next trace.

        Where another loop is around, its iterations may make them. Other reads fail now.
        """
        for read in skipped:
            if not isinstance(read, MissingItemError):
                raise read
        if items_may_come(outside=True):
            raise ItemsToCome(skipped[0])
        self._waits = False

    def _run(self, body: Callable[[list[Any]], list[Any]], given: Sequence[Any]) -> list[Any]:
        """Run the body on the state at the start of an iteration; return that at its end."""
        self.aliases.start_iteration()
        values = body(self._put_objects(given))
        self.aliases.end_iteration([*values, *map(get, self.parts)])
        self._check_kept()
        return [*values, *map(get, self.parts)]

    def _check_kept(self) -> None:
        """Refuse objects that every iteration changes and puts into a staged list, as a copy.

        What a variable was before the loop may be another object where it is put into the list.
        """
        rebound = {id(known(one.before)) for one in self.variables[: self._count]}
        for part in self.parts:
            if id(part.owner) not in rebound:
                check_kept(part.owner, part.name, part.lines)

    def _put_objects(self, given: Sequence[Any]) -> list[Any]:
        """Give parts their values, by the objects that these are; return the variables' values."""
        parts = self.parts
        for part, value in zip(parts, given[self._count :], strict=True):
            put(part, value)
        objects = self.aliases.objects(given)
        values = zip(parts, given[self._count :], objects[self._count :], strict=True)
        for part, value, own in values:
            if own is not value:
                put(part, own)
        return objects[: self._count]

    def _found_parts(self, changes: Sequence[Change]) -> bool:
        """Let further parts of objects join the state; return whether there are any."""
        known = {part.place for part in self.parts}
        new = [
            change
            for change in changes
            if change.place not in known and (id(change.owner), WHOLE) not in known
        ]
        found = False
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
            self.variables.append(self._part(change, own, form))
            found = True
        self._tell_aliases()
        return found

    @staticmethod
    def _part(change: Change, own: Form, form: Form | None = None) -> LoopVariable:
        return LoopVariable(
            change.name, change.before, own, form or own, part=change, indirect=True
        )

    def _tell_aliases(self) -> None:
        """Say which variables there are: of parts, their places."""
        self.aliases.before = [variable.before for variable in self.variables]
        self.aliases.keys = [*range(self._count), *(part.place for part in self.parts)]

    def _drop_items(self, owner: Any) -> None:
        """Forget the single items of a list that joins the state as a whole."""
        self.variables = [
            variable
            for variable in self.variables
            if variable.part is None or variable.part.owner is not owner
        ]

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
        for variable, *now in zip(self.variables, given, values, strict=True):
            form, own = variable.form, variable.own
            missing = form.missing or own.missing
            if variable.fixed or missing or own.structure != form.structure:
                continue
            parts = [flatten(value)[0] for value in (variable.before, *now)]
            leaves = tuple(
                ValueLeaf(number) if type(number) in NUMBERS and before is after else leaf
                for number, before, after, leaf in zip(*parts, form.leaves, strict=True)
            )
            if leaves != form.leaves:
                variable.fixed = found = True
                variable.form = form._replace(leaves=leaves)
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

    def _unknown(self) -> list[str]:
        return [form.name for form in self.forms if form.structure is None]

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
