"""A recursive function as the graph holds it: traced until its types have settled.

In the first trace nothing is known of a call's result, so a branch that needs it is left out, and
the other branch gives the type. Then the body is traced again with what was found, until a trace
finds what it started with: types of parameters and results, captured values, tensors that are
written, and parts of outer objects that are changed. These go in and come out with every call.
"""

from __future__ import annotations

import inspect
import operator
import typing
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from types import FunctionType
from typing import Any

from pygraph._hot import DType, SymbolicTensor, Value
from pygraph.control.changes.journal import (
    Change,
    Journal,
    note_outer_variables,
    recording,
    watched_by,
)
from pygraph.control.changes.parts import ORDER, WHOLE
from pygraph.control.changes.state import get, is_joinable, is_one_order, put, settled_values
from pygraph.control.effects.printing import HeldPrints
from pygraph.control.effects.ways import Raised, until_raise
from pygraph.control.identity.aliases import tensors_in
from pygraph.control.join.errors import CallSite, unjoined
from pygraph.control.join.forms import Form, form_of, join
from pygraph.control.join.leaves import NUMBERS, Leaf, TensorLeaf, ValueLeaf
from pygraph.control.join.pending import UnknownResult
from pygraph.control.join.unset import UNSET
from pygraph.control.recursion.activations import Activation, Arguments, Shared, stack
from pygraph.control.tensors import is_tensor, tracing
from pygraph.graph import Builder, TensorSpec
from pygraph.graph.aliases import object_of
from pygraph.graph.callee import Callee
from pygraph.graph.locations import Region, describe, trace_boundary, user_line
from pygraph.graph.structure import Structure, flatten

# Types become more general from trace to trace, and captured values more, so this is never reached
# but by a result that changes with every call.
_MAX_TRACES = 20


class MorePassed(BaseException):
    """A call has to pass more than the body was begun with; that is traced anew.

    ``places`` are the positions of lists among the arguments that the body changes. It is no
    Exception: the user's handlers are not asked.
    """

    def __init__(self, recursive: Recursive, places: Collection[int] = ()) -> None:
        super().__init__(places)
        self.recursive = recursive
        self.places = places


class Recursive(Callee):
    """A function of the graph, under way or complete."""

    def __init__(
        self, number: int, function: Callable[..., Any], form: Form, tries_numbers: bool
    ) -> None:
        super().__init__(number, getattr(function, "__name__", "function"))
        self.function = function
        self.form = form  # of the arguments
        self.tries_numbers = tries_numbers  # Python numbers became parameters
        self.result: Form | None = None
        # The positions of lists among the arguments that the body changes; what a trace is given.
        self.shared: set[int] = set()
        self.passed: list[Any] = []
        self.journal: Journal | None = None
        # The tensors among the parameters, by position, that the body writes parts of.
        self.written: list[int] = []
        # Those that a tensor of the result may be, and older tensors that it may be.
        self.returned: list[int] = []
        self.returned_older: list[SymbolicTensor] = []
        # The parts of outer objects that the body changes, with the forms of their values.
        self.parts: list[Change] = []
        self.part_forms: list[Form] = []
        self.complete = False

    def call(self, activation: Activation, target: Callable[..., Any]) -> Any:
        """Record a call; trace the body first if that has not been done."""
        if self.builder is None:
            self._trace(activation, target)
        if not self.complete:
            self._find_changed(activation.builder)
        if self.result is None:
            raise UnknownResult(self.number)
        arguments = activation.arguments(self.shared)
        assert arguments is not None
        operands = self.form.take_apart(arguments.values, arguments.form)
        values = [get(part) for part in self.parts]
        own = self._own_part_forms(values)
        self.part_forms = self._joined_parts(own)
        for form, value, given in zip(self.part_forms, values, own, strict=True):
            operands += form.take_apart(value, given)
        weak = [leaf.weak for leaf in self._output_leaves()]
        outputs = iter(activation.builder.record_call(self, operands, weak))
        (value,) = self.result.put_together(outputs)
        for part, form in zip(self.parts, self.part_forms, strict=True):
            put(part, form.put_together(outputs))
        self._write_back(arguments, outputs)
        tensors = arguments.tensors(self.form)
        passed = [tensors[number] for number in self.returned if is_object(tensors[number])]
        for tensor in tensors_in(value):
            activation.builder.module.aliases.note_choice(tensor, [*passed, *self.returned_older])
        return value

    def serves_parts(self) -> bool:
        """Return whether the changed objects are now what the body was traced for."""
        own = self._own_part_forms([get(part) for part in self.parts])
        try:
            return self._joined_parts(own) == self.part_forms
        except (TypeError, ValueError):
            return False

    def _find_changed(self, builder: Builder | None) -> None:
        """Let objects that are changed at a call be passed, though they be restored after it."""
        changes: list[Change] = []
        while builder is not None and self.journal is not None:
            if builder.journal is not None:
                changes += builder.journal.differing()
            if builder.journal is self.journal:
                break
            builder = builder.parent
        else:
            return  # the call that the body is traced for
        count = len(self.parts)
        self._add_parts(self.journal.older(changes))
        if len(self.parts) != count and self.result is not None:
            raise MorePassed(self)

    def _add_parts(self, changes: Sequence[Change]) -> None:
        for change in changes:
            known = {part.place for part in self.parts}
            if change.place not in known and (id(change.owner), WHOLE) not in known:
                self._add_part(change)

    def share_changed(self, arguments: Arguments) -> None:
        """Raise MorePassed if a call is given a list that the body has been given, and changed."""
        before = [] if self.form.structure is None else self.form.structure.children
        found = {
            place
            for place, (value, own) in enumerate(zip(arguments.values, self.passed, strict=True))
            if value is own and type(value) in (list, deque) and flatten(value)[1] != before[place]
        }
        if found - self.shared:
            raise MorePassed(self, found - self.shared)

    def _own_part_forms(self, values: Sequence[Any]) -> list[Form]:
        return [form_of(part.name, value) for part, value in zip(self.parts, values, strict=True)]

    def _joined_parts(self, own: Sequence[Form]) -> list[Form]:
        site = self._site()
        return [join(form, other, site) for form, other in zip(self.part_forms, own, strict=True)]

    def _output_leaves(self) -> list[TensorLeaf]:
        assert self.result is not None
        parts = [leaf for form in self.part_forms for leaf in form.types]
        return [*self.result.types, *parts, *(self.form.types[index] for index in self.written)]

    def _write_back(self, arguments: Arguments, outputs: Iterator[Any]) -> None:
        """Give the tensors that were passed the values that the body left in its parameters."""
        builder = tracing()
        given = arguments.tensors(self.form)
        objects = [
            builder.module.aliases.of(tensor).keys() if is_object(tensor) else {id(tensor)}
            for tensor in given
        ]
        for position, output in zip(self.written, outputs, strict=True):
            tensor = given[position]
            if sum(not objects[position].isdisjoint(other) for other in objects) > 1:
                raise TypeError(
                    f"{self.name} ({place(self.function)}) writes into a tensor that it is passed "
                    f"twice, and calls itself where a tensor decides; pass a copy of it"
                )
            if is_object(tensor):
                builder.journal.write(tensor, partial(_output, output))
            elif is_tensor(tensor) and tensor.ndim:
                raise TypeError(
                    f"{self.name} ({place(self.function)}) writes into a tensor from outside of "
                    "the function being traced, which cannot be changed in place: pass a copy of it"
                )

    def _trace(self, activation: Activation, target: Callable[..., Any]) -> None:
        """Trace the body until its types have settled."""
        home = activation.builder
        callees = home.module.callees
        callees.append(self)
        try:
            for _ in range(_MAX_TRACES):
                # What it calls was traced with types that may have changed.
                del callees[self.number + 1 :]
                with HeldPrints() as prints:
                    settled = self._trace_once(activation, target, self.start(home))
                if settled:
                    break
            else:
                raise TypeError(
                    f"the result of {self.name} ({place(self.function)}) changes its type with "
                    f"every call"
                )
        except BaseException:
            del callees[self.number :]
            raise
        prints.release()
        self.finish(home)
        self.complete = True

    def _trace_once(
        self, activation: Activation, target: Callable[..., Any], body: Builder
    ) -> bool:
        """Trace the body; return whether what it started with is what came out."""
        before = self._state()
        journal = Journal((target,), (), watched_by((target,)))
        with Region(), recording(body, journal):
            trace = _Trace(self, body, journal, activation)
            try:
                value = trace.run(target)
            except MorePassed as more:
                if more.recursive is not self:
                    raise
                journal.undo()
                if more.places:
                    self._share(more.places, activation)
                else:
                    self._declare_results()
                return False
            except UnknownResult as unknown:
                if unknown.depth != self.number:
                    raise
                self.result = _annotated(self.function) or self._refuse()
            else:
                if isinstance(value, Raised):  # on all its ways; any result will do
                    self.result = self.result or _annotated(self.function) or self._refuse()
                    value = self.result.stand_in()[0]
                self._find(trace, value)
            captures_settled = self.has_settled()
            self._declare_results()
            if self._state() != before or not captures_settled:
                return False
            trace.set_results()
            return True

    def _declare_results(self) -> None:
        self.result_types = [
            Value(leaf.dtype, tuple([-1 if dim is None else dim for dim in leaf.shape]))
            for leaf in self._output_leaves()
        ]

    def _share(self, places: Collection[int], activation: Activation) -> None:
        """Pass lists among the arguments, which the body changes, as the objects that they are."""
        self.shared.update(places)
        arguments = activation.arguments(self.shared)
        assert arguments is not None
        self.form = arguments.form
        self.result = None
        self.written = []
        self.returned = []

    def _state(self) -> tuple[Any, ...]:
        returned = list(self.returned), len(self.returned_older)
        return self.form, self.result, list(self.written), list(self.part_forms), returned

    def _find(self, trace: _Trace, value: Any) -> None:
        """Let what a trace gave join what is known."""
        own = form_of(f"the result of {self.name}", (value,))
        self.result = own if self.result is None else join(self.result, own, self._site())
        trace.value, trace.own = value, own
        self.written = [
            position
            for position, (tensor, first) in enumerate(zip(trace.tensors, trace.ids, strict=True))
            if position in self.written or tensor.id != first
        ]
        returned = {key for tensor in trace.returned for key in trace.may_be(tensor)}
        self.returned = [
            position
            for position, tensor in enumerate(trace.tensors)
            if position in self.returned or id(tensor) in returned
        ]
        older = {id(tensor): tensor for tensor in (*self.returned_older, *trace.returned_older())}
        self.returned_older = list(older.values())
        self.part_forms = self._joined_parts(self._own_part_forms(trace.ends))
        self._add_parts(trace.changes)

    def _add_part(self, change: Change) -> None:
        values = change.before, change.after
        if change.key is ORDER and is_one_order(*values):
            return
        if not is_joinable(change):
            raise unjoined(change, self._site())
        if any(value is UNSET for value in values):
            raise self._not_everywhere(change)
        before, after = (form_of(change.name, value) for value in values)
        form = join(before, after, self._site())
        if form.missing:
            raise self._not_everywhere(change)
        if change.key is WHOLE:
            self._drop_items(change.owner)
        self.parts.append(change)
        self.part_forms.append(form)

    def _drop_items(self, owner: Any) -> None:
        """Forget the single items of a list that is passed as a whole."""
        kept = [part.owner is not owner for part in self.parts]
        self.parts = [part for part, keep in zip(self.parts, kept, strict=True) if keep]
        forms = zip(self.part_forms, kept, strict=True)
        self.part_forms = [form for form, keep in forms if keep]

    def _not_everywhere(self, change: Change) -> Exception:
        return TypeError(
            f"{change.name} has a value, or one other than None, on some ways of {self.name} only, "
            f"which calls itself ({place(self.function)}): give it one of that type before"
        )

    def _site(self) -> CallSite:
        both = ("where it does not call itself", "where it does")
        return CallSite(both, (self.function, self.function))

    def _refuse(self) -> Form:
        raise TypeError(
            f"the type of what {self.name} returns cannot be found: it calls itself on every way "
            f"({place(self.function)}). Give it a return annotation, as in "
            f"`def {self.name}(...) -> pygraph.TensorSpec((), 'float64'):`, or `-> int`"
        )


class _Trace:
    """One trace of a body: its parameters, and what there is at its end."""

    def __init__(
        self, recursive: Recursive, body: Builder, journal: Journal, activation: Activation
    ) -> None:
        arguments = activation.arguments(recursive.shared)
        assert arguments is not None
        self.recursive = recursive
        self.body = body
        self.journal = journal
        form = recursive.form
        self.tensors: list[SymbolicTensor] = [
            body.add_parameter(leaf.dtype, leaf.shape, name, leaf.weak)
            for name, leaf in zip(arguments.names, form.leaves, strict=True)
            if isinstance(leaf, TensorLeaf)
        ]
        self.ids = [tensor.id for tensor in self.tensors]
        values = [
            value.owner if type(value) is Shared else value
            for value in form.put_together(iter(self.tensors))
        ]
        self.bound = inspect.BoundArguments(
            arguments.bound.signature, arguments.bound.arguments.copy()
        )
        self.bound.arguments.update(zip(arguments.bound.arguments, values, strict=True))
        recursive.passed = list(values)
        recursive.journal = journal
        journal.roots += [
            (leaf.value.owner if type(leaf.value) is Shared else leaf.value, name)
            for name, leaf in zip(arguments.names, form.leaves, strict=True)
            if isinstance(leaf, ValueLeaf)
        ]
        self.value: Any = None
        self.returned: list[SymbolicTensor] = []  # the tensors in the result, as objects
        self.own: Form | None = None
        self.ends: list[Any] = []
        self.changes: list[Change] = []

    def run(self, target: Callable[..., Any]) -> Any:
        """Run the function; return its result, or RAISED. What it changed outside is undone."""
        recursive = self.recursive
        self.journal.note_cells()
        if isinstance(target, FunctionType):
            note_outer_variables(target)
        for part, form in zip(recursive.parts, recursive.part_forms, strict=True):
            tensors = [
                self.body.add_parameter(leaf.dtype, leaf.shape, part.name, leaf.weak)
                for leaf in form.types
            ]
            put(part, form.put_together(iter(tensors)))
        passed = self._passed()
        stack().append(Activation(recursive.function, self.body, (), {}, recursive))
        try:
            value = until_raise(lambda: _run(target, self.bound))
        finally:
            stack().pop()
        self._refuse_changes(passed)
        self.returned = list(tensors_in(value))
        ends = map(get, recursive.parts)
        value, *self.ends = settled_values([value, *ends], self.journal)
        self.changes = self.journal.close()
        return value

    def set_results(self) -> None:
        """Set the results of the body, in the order in which a call takes them."""
        recursive = self.recursive
        assert recursive.result is not None
        assert self.own is not None
        results = recursive.result.take_apart((self.value,), self.own)
        for form, end in zip(recursive.part_forms, self.ends, strict=True):
            results += form.take_apart(end, form_of(form.name, end))
        self.body.set_results([*results, *(self.tensors[index] for index in recursive.written)])

    def may_be(self, tensor: SymbolicTensor) -> dict[int, SymbolicTensor]:
        """Return all that a tensor may be, by identity."""
        return self.body.module.aliases.of(object_of(tensor))

    def returned_older(self) -> list[SymbolicTensor]:
        """Return the tensors from outside of the body that the result may hold."""
        found = [one for tensor in self.returned for one in self.may_be(tensor).values()]
        return [one for one in found if one.builder is not self.body and self._is_older(one)]

    def _is_older(self, tensor: SymbolicTensor) -> bool:
        return self.body.is_within(tensor.builder)

    def _passed(self) -> list[tuple[list[Any], Structure]]:
        return list(map(flatten, self.bound.arguments.values()))

    def _refuse_changes(self, before: list[tuple[list[Any], Structure]]) -> None:
        """Find lists that the body changed; raise TypeError for a dict or dataclass."""
        changed = [
            place
            for place, value in enumerate(self.bound.arguments.values())
            if place not in self.recursive.shared and not _is_unchanged(value, before[place])
        ]
        values = list(self.bound.arguments.values())
        if changed and all(type(values[place]) in (list, deque) for place in changed):
            raise MorePassed(self.recursive, set(changed))
        if changed:
            name, function = self.recursive.name, self.recursive.function
            raise TypeError(
                f"{name} ({place(function)}) changes a dict or object that it is passed, and "
                f"calls itself where a tensor decides; return what changes instead"
            )


def is_object(tensor: Any) -> bool:
    """Return whether it is a tensor of the trace that can be written into."""
    return type(tensor) is SymbolicTensor and bool(tensor.dims)


def _output(output: SymbolicTensor, _: SymbolicTensor) -> SymbolicTensor:
    return output


def _is_unchanged(value: Any, before: tuple[list[Any], Structure]) -> bool:
    leaves, structure = flatten(value)
    return structure == before[1] and all(map(operator.is_, leaves, before[0]))


@trace_boundary
def _run(target: Callable[..., Any], bound: inspect.BoundArguments) -> Any:
    return target(*bound.args, **bound.kwargs)


def _annotated(function: Callable[..., Any]) -> Form | None:
    """Return the form of a result that the function's return annotation describes, if it does."""
    try:
        annotation = inspect.get_annotations(function, eval_str=True)["return"]
    except Exception:  # none, or one whose names cannot be looked up here
        return None
    leaves, structure = flatten((_described(annotation),))
    types: list[Leaf] = []
    for leaf in leaves:
        if isinstance(leaf, TensorSpec):
            types.append(TensorLeaf(leaf.dtype.name, leaf.shape))
        elif isinstance(leaf, DType):
            types.append(TensorLeaf(leaf.name, ()))
        elif leaf in NUMBERS:
            types.append(TensorLeaf(NUMBERS[leaf], (), weak=leaf is not bool))
        else:
            return None
    return Form("the result", structure, tuple(types))


def _described(annotation: Any) -> Any:
    """Return ``tuple[int, float]`` as ``(int, float)``."""
    if typing.get_origin(annotation) is tuple:
        return tuple([_described(part) for part in typing.get_args(annotation)])
    return annotation


def place(function: Callable[..., Any]) -> str:
    """Return where a function stands."""
    code = getattr(function, "__code__", None)
    if code is None:
        return describe(user_line())
    return describe((code.co_filename, code.co_firstlineno, code.co_name))
