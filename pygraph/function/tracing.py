"""Runs a function on symbolic tensors and turns what it recorded into an executable graph."""

from __future__ import annotations

import itertools
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from pygraph import _core
from pygraph._hot import (
    Constant,
    EagerTensor,
    SymbolicTensor,
    Tensor,
    Variable,
    array_of,
    from_numpy,
    is_array_like,
)
from pygraph.autograph import convert_method
from pygraph.autograph.operators.variables import assignment_line
from pygraph.control.changes.journal import Change, Journal, containers_of, note_outer_variables
from pygraph.control.changes.parts import write_part
from pygraph.control.changes.reads import Read, Reads, noting
from pygraph.control.containers.arrays import LocalArray
from pygraph.control.containers.ranges import Range
from pygraph.control.effects.ways import ends_graph
from pygraph.control.join.unset import Maybe
from pygraph.control.recursion.calls import deeper_stack, followed
from pygraph.function.guards import Guarded, guarded_by
from pygraph.graph import Builder, TensorSpec, UnconvertedMethod, VariableSpec
from pygraph.graph.aliases import UnknownValueError
from pygraph.graph.builder import Captured
from pygraph.graph.exceptions import KeptException
from pygraph.graph.locations import Location, describe, target_of, trace_boundary
from pygraph.graph.structure import Structure, flatten, leaf_names, unflatten
from pygraph.graph.wire import write

# One trace at a time in the process; a trace may start another (re-entrant). Waiting for it does
# not hold the interpreter, and cached calls never take it.
lock = threading.RLock()


def _forget_other_threads() -> None:
    """Open a lock that a thread held which did not come along into this forked child."""
    if not lock._is_owned():  # type: ignore[attr-defined]
        lock._at_fork_reinit()  # type: ignore[attr-defined]


os.register_at_fork(after_in_child=_forget_other_threads)

Dims = tuple[int | None, ...]
# Where a Python number is: the position of its argument, and its own among the ints and floats in
# that argument.
NumberPlace = tuple[int, int]


class Traced(NamedTuple):
    """A traced function: its executable, and how arguments and results map to the graph's."""

    executable: _core.Executable
    inputs: list[TensorSpec]
    arguments: Structure
    # Of the arguments: a TensorSpec, a VariableSpec, a Python value, or an Opaque object.
    leaves: list[Any]
    names: list[str]  # of the leaves, as a user would write them
    results: Structure
    template: list[Any]  # per leaf of the result: the index of an output, or a Constant
    # In the graph's order: a Variable that it captured, or a position among the arguments' ones.
    variables: list[Variable | int]
    # Captured tensors and arrays: they follow the inputs, and each call reads what they hold.
    hidden_inputs: tuple[Captured, ...]
    # Captured arrays that were read as Python values, with their elements.
    contents: list[tuple[Any, bytes]]
    exceptions: list[KeptException]  # that the graph may raise, by number
    trace_seconds: float
    plan_seconds: float
    guarded: Guarded | None = None  # what it read as Python values
    # Where it is decided whether a result is None, if that takes a run.
    may_be_none: str = ""
    weak: Sequence[bool] = ()  # per output, whether it stands for a Python number
    changes_objects: bool = False  # whether the trace changed older objects of Python's


class Request(NamedTuple):
    """What is to be traced: the function, as it was and as converted, and canonical arguments.

    ``shapes``, where given, replaces the shapes of the tensors among the arguments, in order.
    ``number_inputs`` says which Python numbers become inputs.
    ``may_make_variables`` is true for a function's first trace.
    """

    python_function: Callable[..., Any]
    function: Callable[..., Any]
    name: str
    parameter_names: Sequence[str]
    canonical: tuple[Any, ...]
    unbind: Callable[[tuple[Any, ...]], tuple[list[Any], dict[str, Any]]]
    shapes: Sequence[Dims] | None = None
    number_inputs: Collection[NumberPlace] = ()
    may_make_variables: bool = True
    instance: tuple[Any, ...] = ()  # whose method it is
    guards: bool = True
    unstable: set[str] | None = None  # reads that a trace has found changed when it was over


# Python values that are kept with a graph as they are.
_BY_VALUE = (bool, int, float, complex, str, bytes, type(None), range, slice, set, frozenset)


class Opaque:
    """An argument that a graph was traced with, held weakly where its type allows that."""

    __slots__ = ("_reference",)

    def __init__(self, value: Any) -> None:
        try:
            self._reference: Callable[[], Any] = weakref.ref(value)
        except TypeError:
            self._reference = _Strong(value)

    @property
    def value(self) -> Any:
        """The object; None if it is gone."""
        return self._reference()

    @property
    def strong(self) -> bool:
        """Whether the object is kept alive."""
        return isinstance(self._reference, _Strong)

    def __repr__(self) -> str:
        return repr(self.value)


class _Strong:
    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __call__(self) -> Any:
        return self._value


class ObjectsChanged(BaseException):
    """A trace that is to be undone if it fails has changed older objects of Python's.

    It is no Exception: the user's handlers are not asked.
    """


class _Attempts(threading.local):
    under_way = False


_attempts = _Attempts()


@contextmanager
def undone_if_it_fails() -> Iterator[None]:
    """Have traces leave no changes of older objects: raise ObjectsChanged for those that do."""
    former, _attempts.under_way = _attempts.under_way, True
    try:
        yield
    finally:
        _attempts.under_way = former


@trace_boundary
def _run(function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    return function(*args, **kwargs)


def _run_to_end(function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Run a function; one whose every way raises when the graph runs has no result."""
    try:
        return _run(function, args, kwargs)
    except BaseException as error:
        if not ends_graph(error):
            raise
        return None


def is_array(value: Any) -> bool:
    """Return whether an argument's leaf becomes an input of the graph."""
    return is_array_like(value)


def trace(request: Request) -> Traced:
    """Trace a function on canonical arguments: tensors, arrays and specs become inputs.

    Raises what the function raises, and TypeError where it changes a container that it was given.
    """
    tells_apart = False
    while True:
        try:
            return _trace(request, tells_apart)
        except UnconvertedMethod as found:
            for method in found.methods:
                if not convert_method(method.owner, method.name):
                    method.leave_as_it_is()
        except UnknownValueError:
            # Telling objects apart costs time at run time, so it is left for where it is needed.
            if tells_apart:
                raise
            tells_apart = True


def _trace(request: Request, tells_apart: bool) -> Traced:
    started = time.perf_counter()
    builder = Builder(request.name)
    builder.module.tells_apart = tells_apart
    builder.may_make_variables = request.may_make_variables
    leaves, structure = flatten(request.canonical)
    names = _leaf_names(structure, request.parameter_names)
    arguments, described, specs = _declare(builder, request, leaves, names, structure)
    given = unflatten(structure, arguments)
    args, kwargs = request.unbind(given)
    noted = _opened_reads(request, arguments, names) if request.guards else None
    try:
        with (
            _journaled(builder, request.function, request.name, args),
            deeper_stack(),
            noting(noted),
        ):
            called = followed(request.python_function, request.function)
            result = _run_to_end(called, args, kwargs)
            _refuse_mutation(request, builder.journal, given, arguments, names, structure)
            if builder.module.has_maybe:
                result = _read_missing(result)
            may_be_none = _where_none(builder, request.name, result)
            results, template = _take_results(builder, request, result)
            guarded = None
            if noted is not None:
                guarded = guarded_by(
                    noted, request.python_function, _changed_in(builder.journal), request.unstable
                )
            _refuse_changed_arrays(builder, request.name)
            contents = builder.contents_read() if request.guards else []
            changes_objects = bool(builder.journal.older(builder.journal.differing()))
            if changes_objects and _attempts.under_way:
                raise ObjectsChanged
        variables = _variable_slots(builder.variables, arguments)
        exceptions = builder.module.exceptions
        weak = [result.weak for result in builder.result_tensors()]
        builder.close()
        hidden_inputs = builder.hidden_inputs
        data, constants = write(builder)
        traced = time.perf_counter()
        executable = _core.Executable(_core.read(data, constants))
    finally:
        builder.release()
    return Traced(
        executable,
        specs,
        structure,
        described,
        names,
        results,
        template,
        variables,
        hidden_inputs,
        contents,
        exceptions,
        traced - started,
        time.perf_counter() - traced,
        guarded,
        may_be_none,
        weak,
        changes_objects,
    )


def _changed_in(journal: Journal) -> Callable[[Read], bool]:
    """Return what tells whether the traced code has changed what it read."""
    return lambda read: journal.owns(read.owner) or journal.owns(read.value)


def _opened_reads(request: Request, arguments: list[Any], names: list[str]) -> Reads:
    """Return where a trace notes its reads; what it is given was there before."""
    noted = Reads()
    noted.add_older(request.python_function, request.name)
    for instance in request.instance:
        noted.add_older(instance, "self")
    for value, name in zip(arguments, names, strict=True):
        if not isinstance(value, _BY_VALUE):
            noted.add_older(value, name)
    return noted


def _refuse_changed_arrays(builder: Builder, name: str) -> None:
    """Raise TypeError where the function uses an array from outside and changes it."""
    for array in builder.module.captured.changed():
        raise TypeError(
            f"{name} uses a NumPy array of shape {array.shape} from outside and changes it in "
            "place; that would happen while tracing only, not at every call: work on a copy, pass "
            "it as an argument, or make it a pygraph.Variable"
        )


def _declare(
    builder: Builder,
    request: Request,
    leaves: list[Any],
    names: list[str],
    structure: Structure,
) -> tuple[list[Any], list[Any], list[TensorSpec]]:
    """Return what the function is called with, the leaves as they are kept, and the inputs."""
    numbers = {
        leaf
        for leaf, place in number_places(leaves, structure).items()
        if place in request.number_inputs
    }
    aliases: dict[int, tuple[int, Variable]] = {}
    arguments: list[Any] = []
    described: list[Any] = []
    specs: list[TensorSpec] = []
    for position, (leaf, name) in enumerate(zip(leaves, names, strict=True)):
        if isinstance(leaf, Variable):
            # Another object for the same place: the function may have captured the variable too.
            number, alias = aliases.setdefault(leaf.place_id, (len(aliases), leaf.alias()))
            described.append(VariableSpec(leaf.static_shape, leaf.dtype, number, name))
            arguments.append(alias)
            continue
        is_number = position in numbers
        spec = _number_spec(leaf, name) if is_number else _spec_of(leaf, name)
        if spec is None:
            described.append(leaf if isinstance(leaf, _BY_VALUE) else Opaque(leaf))
            arguments.append(set(leaf) if type(leaf) is set else leaf)
            continue
        if request.shapes is not None:
            spec = TensorSpec(request.shapes[len(specs)], spec.dtype, name)
        specs.append(spec)
        described.append(spec)
        arguments.append(
            builder.add_parameter(spec.dtype, spec.shape, name, weak=is_number or spec.weak)
        )
    return arguments, described, specs


def _variable_slots(used: list[Variable], arguments: list[Any]) -> list[Variable | int]:
    """Return for each variable of a graph the position of the argument that it is, or itself."""
    positions: dict[int, int] = {}
    for argument in arguments:
        if isinstance(argument, Variable):
            positions.setdefault(id(argument), len(positions))
    return [positions.get(id(variable), variable) for variable in used]


def number_places(leaves: Sequence[Any], structure: Structure) -> dict[int, NumberPlace]:
    """Return where the numbers among the leaves of the arguments are that can be inputs."""
    places: dict[int, NumberPlace] = {}
    leaf = 0
    for argument, child in enumerate(structure.children):
        numbers = 0
        for _ in range(child.leaf_count):
            value = leaves[leaf]
            if type(value) in (int, float):
                if type(value) is float or -(1 << 63) <= value < 1 << 63:
                    places[leaf] = argument, numbers
                numbers += 1
            leaf += 1
    return places


def _leaf_names(structure: Structure, parameter_names: Sequence[str]) -> list[str]:
    names: list[str] = []
    for name, child in zip(parameter_names, structure.children, strict=True):
        names += leaf_names(child, name)
    return names


def _number_spec(leaf: Any, name: str) -> TensorSpec:
    return TensorSpec((), "int64" if type(leaf) is int else "float64", name)


def _spec_of(leaf: Any, name: str) -> TensorSpec | None:
    if isinstance(leaf, TensorSpec):
        return leaf.named(name)
    if isinstance(leaf, SymbolicTensor):
        raise leaf.builder.leak_error(leaf)
    if is_array(leaf):
        tensor = leaf if isinstance(leaf, Tensor) else from_numpy(array_of(leaf), True)
        return TensorSpec.of(tensor, name)
    return None


@contextmanager
def _journaled(
    builder: Builder, function: Callable[..., Any], name: str, args: Sequence[Any]
) -> Iterator[None]:
    """Record into a function's builder; raise TypeError where an older object holds a symbol then.

    Python values that were put into objects stay: that happened while tracing, and only then.
    """
    function = target_of(function)
    journal = Journal(watched=containers_of(function, args))
    journal.roots.append((function, ""))
    names = function.__code__.co_varnames if isinstance(function, FunctionType) else ()
    journal.roots += itertools.zip_longest(args, names[: len(args)], fillvalue="an argument")
    with builder:
        builder.journal = journal
        try:
            if isinstance(function, FunctionType):
                note_outer_variables(function)
            yield
        except BaseException as error:
            # The function runs again: what it changes of Python's is to happen once.
            if _attempts.under_way or isinstance(error, (UnconvertedMethod, UnknownValueError)):
                journal.undo()
            raise
        finally:
            builder.journal = None
            leaks = journal.leaks(_holds_symbol)
            for leak in leaks:
                write_part(leak.owner, leak.key, leak.before)
            journal.let_go_of_arrays()
    if leaks:
        raise _escape_error(function, name, leaks[0])


def _holds_symbol(value: Any) -> bool:
    return any(
        leaf.is_staged if type(leaf) is LocalArray else isinstance(leaf, (SymbolicTensor, Maybe))
        for leaf in flatten(value)[0]
    )


def _escape_error(function: Callable[..., Any], name: str, leak: Change) -> TypeError:
    where = assignment_line(function, leak.name) if isinstance(function, FunctionType) else None
    if leak.lines and where not in leak.lines:
        where = leak.lines[-1]
    for leaf in flatten(leak.after)[0]:
        if where is None and isinstance(leaf, SymbolicTensor):
            where = leaf.builder.made_at(leaf)
    advice = f"return the tensor, or make {leak.name} a pygraph.Variable and assign to that"
    if isinstance(leak.owner, (list, set, deque)):
        advice = "return the tensors, and add them to it where the function is called"
    return TypeError(
        f"{leak.name} is older than this trace of {name} and would keep a symbolic tensor "
        f"({describe(where)}), which has no value outside of the trace: {advice}"
    )


def _refuse_mutation(
    request: Request,
    journal: Journal,
    given: tuple[Any, ...],
    arguments: list[Any],
    names: list[str],
    structure: Structure,
) -> None:
    """Raise TypeError where the function has changed a list, dict, set or object it was given."""
    start = 0
    for name, value, child in zip(request.parameter_names, given, structure.children, strict=True):
        leaves, after = flatten(value)
        before = arguments[start : start + child.leaf_count]
        start += child.leaf_count
        changed = after != child or any(a is not b for a, b in zip(leaves, before, strict=True))
        if changed:
            raise _mutation_error(request.name, name, journal.lines_within(value))
    leaves, _ = flatten(request.canonical)
    for leaf, argument, name in zip(leaves, arguments, names, strict=True):
        if type(leaf) is set and leaf != argument:
            raise _mutation_error(request.name, name, journal.lines_within(argument))


def _mutation_error(function: str, argument: str, lines: Sequence[Location]) -> TypeError:
    where = f" ({describe(lines[-1])})" if lines else ""
    return TypeError(
        f"{function} changes its argument '{argument}' in place{where}; that would happen while "
        "tracing only, not at every call: work on a copy and return it"
    )


def _take_results(builder: Builder, request: Request, result: Any) -> tuple[Structure, list[Any]]:
    """Set the builder's results; return the result's structure and what each leaf of it is."""
    leaves, structure = flatten(result)
    leaves = [leaf.array() if type(leaf) is Range else leaf for leaf in leaves]
    template: list[Any] = []
    outputs: list[Any] = []
    output_names: list[str] = []
    for leaf, leaf_name in zip(leaves, leaf_names(structure, "result"), strict=True):
        held = leaf.root.value() if type(leaf) is LocalArray else leaf
        if type(held) is SymbolicTensor:
            builder.module.aliases.check(held, f"returned by {builder.name}")
        if isinstance(leaf, (SymbolicTensor, EagerTensor, Variable, np.ndarray, np.generic)):
            template.append(len(outputs))
            outputs.append(leaf)
            output_names.append(leaf_name)
        elif isinstance(leaf, (bool, int, float, complex, str, bytes)):
            template.append(Constant(leaf))
        else:
            raise TypeError(
                f"{request.name} returns an object of type {type(leaf).__name__} ({leaf_name}); a "
                f"function can return tensors, numbers, strings, None and nested structures of them"
                f"\n  {describe(_returning_line(request.python_function))}"
            )
    builder.set_results(outputs, output_names)
    return structure, template


def _returning_line(function: Callable[..., Any]) -> Location | None:
    """Return the line of a function's `return`, or its first one where it has several."""
    import dis

    code = getattr(target_of(function), "__code__", None)
    if code is None:
        return None
    ends = [found for found in dis.get_instructions(code) if found.opname.startswith("RETURN_")]
    lines = {found.positions.lineno for found in ends if found.positions is not None}
    line = lines.pop() if len(lines) == 1 else None
    return code.co_filename, line or code.co_firstlineno, code.co_name


def _where_none(builder: Builder, name: str, result: Any) -> str:
    """Return where it is decided whether a part of a result is None, "" where no run decides that.

    Raises TypeError for a container whose keys a run would decide.
    """
    if not builder.module.has_maybe:
        return ""
    where = ""
    for part in _parts_of(result):
        flag = part.defined
        place = describe(flag.builder.made_at(flag)) if type(flag) is SymbolicTensor else ""
        if not part.none:
            raise TypeError(
                f"{name} returns what has {part.name} on some ways only, as a tensor decides "
                f"({place}): give it a value on every way, or return that part by itself"
            )
        where = where or place
    return where


def _read_missing(value: Any, container: Any = None) -> Any:
    """Return a result in which what may be missing elsewhere, and not in it, is read."""
    if type(value) is Maybe:
        elsewhere = value.part is None or value.part.owner is not container
        return value.given() if elsewhere else value
    if type(value) is dict:
        return {key: _read_missing(part, value) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_read_missing(part, value) for part in value)
    return value


def _parts_of(value: Any) -> Iterator[Maybe]:
    """Yield what may be None, or missing, in nested containers."""
    if type(value) is Maybe:
        yield value
        yield from _parts_of(value.value)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _parts_of(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _parts_of(part)
    elif hasattr(type(value), "__dataclass_fields__"):
        for part in vars(value).values():
            yield from _parts_of(part)
