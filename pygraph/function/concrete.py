"""ConcreteFunction: one traced graph of a Function."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygraph import _core
from pygraph._hot import CompiledGraph, EagerTensor, Tensor, Variable, fast_calls
from pygraph.function.change import Change
from pygraph.function.guards import BakedValue
from pygraph.function.origin import Origin, text_of_leaf
from pygraph.function.plan import Plan
from pygraph.function.signature import Parameter, Signature
from pygraph.function.tracing import Opaque, Traced, is_array
from pygraph.graph import Graph, TensorSpec, VariableSpec
from pygraph.graph.builder import Captured
from pygraph.graph.calls import call_graph
from pygraph.graph.scope import init_scope
from pygraph.graph.structure import Structure, flatten, unflatten
from pygraph.ops import asarray

if TYPE_CHECKING:
    from pygraph._hot import _Sources as Sources
    from pygraph.function.pickling import PickledGraph

# So many bytes of an array that was read as Python values are compared at each call.
_COMPARED = 1 << 20
_SPECS = (TensorSpec, VariableSpec)


class ConcreteFunction(CompiledGraph):
    """One graph of a function, for inputs of fixed dtypes and shapes. Call it like the function.

    Tensors and variables must have the dtype and shape it was traced for, and two arguments must
    be the same variable where they were then; Python values must equal those it was traced with.
    Without variables among the arguments it can also be called with the tensors alone, in the
    order of ``inputs``.
    """

    def __init__(self, name: str, traced: Traced, signature: Signature, origin: Origin) -> None:
        super().__init__(
            traced.executable.capsule(),
            traced.template,
            traced.results,
            traced.variables,
            traced.hidden_inputs,
            [(array, content) for array, content in traced.contents if len(content) <= _COMPARED],
        )
        self.exceptions = traced.exceptions
        if traced.guarded is not None:
            self.guards = traced.guarded.guards
        self.name = name
        self.origin = origin
        self.signature = signature
        self._traced = traced
        self._executable = traced.executable
        self.inputs: list[TensorSpec] = traced.inputs
        # What runs when it is called itself: with what was captured as it was then.
        self._fixed: CompiledGraph | None = None
        # Weak references whose callbacks drop this graph, and what can't be referred to weakly.
        self.held: list[Any] = []

    @property
    def trace_seconds(self) -> float:
        """How long the Python function ran on symbolic tensors, in seconds."""
        return self._traced.trace_seconds

    @property
    def plan_seconds(self) -> float:
        """How long reading, optimising and planning the graph took, in seconds."""
        return self._traced.plan_seconds

    @property
    def graph(self) -> Graph:
        """The graph; what it captured is a constant of it."""
        return Graph(self.module_with(self.fixed().hidden_inputs))

    def module_with(self, captured: Sequence[Captured]) -> _core.Module:
        """Return the graph with what it captured, as it is or was, for constants."""
        module = self._executable.module()
        return module.with_constants([_tensor(value) for value in captured]) if captured else module

    def fixed(self) -> CompiledGraph:
        """Return what runs with captured tensors and arrays as they were when this was made.

        A Function's own calls read them as they are.
        """
        if not self.hidden_inputs:
            return self
        if self._fixed is None:
            with init_scope():
                values = tuple([asarray(value, copy=True) for value in self.hidden_inputs])
            self._fixed = CompiledGraph(
                self._executable.capsule(),
                self._traced.template,
                self._traced.results,
                self._traced.variables,
                values,
            )
            self._fixed.exceptions = self.exceptions
        return self._fixed

    @property
    def changes_objects(self) -> bool:
        """Whether the trace changed objects of Python's that were there before it."""
        return self._traced.changes_objects

    @property
    def outputs(self) -> list[TensorSpec]:
        """The specs of the graph's outputs, in order."""
        return [
            TensorSpec([None if dim < 0 else dim for dim in dims], dtype)
            for dtype, dims in self._executable.module().results()
        ]

    @property
    def may_be_none(self) -> str:
        """Where a run decides whether a result is None, "" where none does."""
        return self._traced.may_be_none

    @property
    def variables(self) -> list[Variable]:
        """The variables that the function captured."""
        return [entry for entry in self._traced.variables if isinstance(entry, Variable)]

    @property
    def structured_input_signature(self) -> Any:
        """The canonical arguments, with a TensorSpec for each tensor, a VariableSpec likewise."""
        leaves = [e.value if isinstance(e, Opaque) else e for e in self._traced.leaves]
        return unflatten(self._traced.arguments, leaves)

    @property
    def structured_outputs(self) -> Any:
        """The result, with a TensorSpec for each tensor."""
        specs = self.outputs
        leaves = [specs[e] if isinstance(e, int) else e.value for e in self._traced.template]
        return unflatten(self._traced.results, leaves)

    def pretty_printed_signature(self) -> str:
        """Return the arguments and the result as ``f(x: float64[2], n=3) -> float64[2]``."""
        arguments = [
            f"{name}{': ' if isinstance(leaf, _SPECS) else '='}{text_of_leaf(leaf)}"
            for name, leaf in zip(self._traced.names, self._traced.leaves, strict=True)
        ]
        outputs = ", ".join(text_of_leaf(spec) for spec in self.outputs) or "()"
        return f"{self.name}({', '.join(arguments)}) -> {outputs}"

    def changed_reads(self) -> tuple[Change, ...]:
        """Return which Python values that the trace read are not what they were."""
        changes = [] if self._traced.guarded is None else [*self._traced.guarded.changes()]
        for array, content in self._traced.contents:
            if len(content) <= _COMPARED and array.tobytes() != content:
                then = np.frombuffer(content, array.dtype).reshape(array.shape)
                changes.append(Change("a captured array", _short(then), _short(array), read=True))
        if not changes and not self.is_current():
            changes.append(Change("a captured array's form", "another", "a new one", read=True))
        return tuple(changes)

    def held_strongly(self) -> tuple[str, ...]:
        """Return what the graph keeps alive because its type allows no weak reference."""
        guarded = self._traced.guarded
        return (*self.origin.held_strongly, *(guarded.held_strongly if guarded else ()))

    def baked(self) -> list[BakedValue]:
        """Return the Python values that the graph has baked in."""
        guarded = self._traced.guarded
        rows = [] if guarded is None else guarded.rows()
        for array, content in self._traced.contents:
            compared = len(content) <= _COMPARED
            why = "" if compared else "it is too large to be compared at each call"
            rows.append(BakedValue("elements of a captured array", _short(array), why))
        return rows

    def bytes_held(self) -> int:
        """Return how many bytes the graph, its plan, its constants and what it captured hold."""
        captured = sum(np.asarray(value).nbytes for value in self.hidden_inputs)
        return self._executable.bytes_held() + captured

    @property
    def plan(self) -> Plan:
        """What the graph is run by: ``plan.as_text()`` shows it."""
        return Plan(self._executable, self.inputs)

    def choose(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[CompiledGraph, tuple[Tensor, ...], list[Variable], Sources]:
        """Return what a call runs on. Raises TypeError or ValueError naming what does not fit."""
        leaves, _ = flatten(args)
        variables: dict[int, Variable] = {}
        sources: Sources = [(position,) for position in range(len(args))]
        flat = not kwargs and all(map(is_array, leaves)) and not self._takes_variables()
        if not flat or len(leaves) != len(self.inputs):
            leaves = self._structured(args, kwargs, variables)
            sources = self.signature.binder.sources(len(args), tuple(kwargs))
        tensors = tuple([_tensor(leaf) for leaf in leaves])
        return self.fixed(), tensors, [variables[alias] for alias in sorted(variables)], sources

    def call_while_tracing(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Record a call in the graph being traced."""
        _, tensors, variables, _ = self.choose(args, kwargs)
        for tensor, spec in zip(tensors, self.inputs, strict=True):
            self._checked_tensor(tensor, spec, spec.name or "an input")
        return self._record(self.fixed(), tensors, variables)

    def record(self, leaves: Sequence[Any]) -> Any:
        """Record a call for arguments with these leaves, and what is captured as it is then."""
        variables: dict[int, Variable] = {}
        tensors = []
        for given, wanted in zip(leaves, self._traced.leaves, strict=True):
            if isinstance(wanted, TensorSpec):
                tensors.append(given if is_array(given) else asarray(given, dtype=wanted.dtype))
            elif isinstance(wanted, VariableSpec):
                variables[wanted.alias] = given
        return self._record(self, tensors, [variables[alias] for alias in sorted(variables)])

    def _record(
        self, graph: CompiledGraph, tensors: Sequence[Any], variables: Sequence[Variable]
    ) -> Any:
        places = [variables[e] if type(e) is int else e for e in self._traced.variables]
        outputs = call_graph(
            graph,
            Graph(self._executable.module()),
            [*tensors, *places, *graph.hidden_inputs],
            self.exceptions,
            self._traced.weak,
        )
        leaves = [outputs[e] if type(e) is int else e.value for e in self._traced.template]
        return unflatten(self._traced.results, leaves)

    def as_of_now(self) -> ConcreteFunction:
        """Return this graph for what was captured as it is now: another, if it is fixed already."""
        if self._fixed is not None:
            pairs = zip(self._fixed.hidden_inputs, self.hidden_inputs, strict=True)
            if not all(np.array_equal(then, now, equal_nan=True) for then, now in pairs):
                other = ConcreteFunction(self.name, self._traced, self.signature, self.origin)
                other.fixed()
                return other
        self.fixed()
        return self

    def _takes_variables(self) -> bool:
        return any(isinstance(leaf, VariableSpec) for leaf in self._traced.leaves)

    def _structured(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], variables: dict[int, Variable]
    ) -> list[Any]:
        """Return the tensors among the arguments of a call like the function's.

        The variables go into ``variables``, by their number.
        """
        leaves, structure = flatten(self.signature.bind(args, kwargs))
        if structure != self._traced.arguments:
            self._refuse_structure(structure)
        tensors: list[Any] = []
        for given, wanted, name in zip(
            leaves, self._traced.leaves, self._traced.names, strict=True
        ):
            if isinstance(wanted, TensorSpec):
                tensors.append(self._checked_tensor(given, wanted, name))
            elif isinstance(wanted, VariableSpec):
                self._take_variable(given, wanted, name, variables)
            else:
                self._check_value(given, wanted, name)
        return tensors

    def _take_variable(
        self, given: Any, wanted: VariableSpec, name: str, variables: dict[int, Variable]
    ) -> None:
        if not isinstance(given, Variable) or not wanted.accepts(given):
            raise TypeError(
                f"{self.name}: argument '{name}' must be a {text_of_leaf(wanted)}, got "
                f"{_typed(given)}"
            )
        for alias, other in variables.items():
            same = alias == wanted.alias
            if (other.place_id == given.place_id) != same:
                raise ValueError(
                    f"{self.name}: argument '{name}' must be {'the same' if same else 'another'} "
                    f"variable {'as' if same else 'than'} '{self._name_of(alias)}', as when it "
                    f"was traced"
                )
        variables[wanted.alias] = given

    def _name_of(self, alias: int) -> str:
        """Return the first argument that is the variable of this number."""
        for leaf, name in zip(self._traced.leaves, self._traced.names, strict=True):
            if isinstance(leaf, VariableSpec) and leaf.alias == alias:
                return name
        raise LookupError(alias)

    def _refuse_structure(self, given: Structure) -> None:
        wanted = self._traced.arguments
        names = self.signature.names()
        for name, old, new in zip(names, wanted.children, given.children, strict=True):
            if old != new:
                raise TypeError(f"{self.name}: argument '{name}' must be like {old}, got {new}")

    def _checked_tensor(self, given: Any, wanted: TensorSpec, name: str) -> Tensor:
        if not is_array(given):
            if not wanted.shape and type(given) in (bool, int, float):
                return asarray(given, dtype=wanted.dtype)
            raise TypeError(
                f"{self.name}: argument '{name}' must be a tensor, {text_of_leaf(wanted)}, "
                f"got {given!r}"
            )
        tensor = _tensor(given)
        if not wanted.accepts(tensor):
            raise TypeError(
                f"{self.name}: argument '{name}' must be {text_of_leaf(wanted)}, got "
                f"{_typed(tensor)}"
            )
        return tensor

    def _check_value(self, given: Any, wanted: Any, name: str) -> None:
        if isinstance(wanted, Opaque):
            value = wanted.value
            same = given is value or (type(given) is type(value) and bool(given == value))
        else:
            same = type(given) is type(wanted) and repr(given) == repr(wanted)
        if not same:
            raise ValueError(
                f"{self.name} was traced with {wanted!r} for its argument '{name}', where "
                f"{given!r} is given now"
            )

    def watch(self, function: weakref.ref[Any], key: Any, watched: list[Any]) -> None:
        """Have the function drop the entry ``key`` as soon as one of the watched objects dies."""
        forget = Forget(function, key)
        for value in watched:
            try:
                self.held.append(weakref.ref(value, forget))
            except TypeError:
                self.held.append(value)

    def can_be_pickled(self) -> bool:
        """Return whether the graph depends on no object's identity."""
        return not any(isinstance(leaf, Opaque) for leaf in self._traced.leaves)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        from pygraph.function.pickling import reduce_concrete

        return reduce_concrete(self, restore_concrete)

    def __copy__(self) -> ConcreteFunction:
        return self

    def __deepcopy__(self, memo: object) -> ConcreteFunction:
        return self

    @property
    def traced(self) -> Traced:
        """What the trace gave."""
        return self._traced

    @property
    def executable(self) -> _core.Executable:
        """The executable."""
        return self._executable

    def __repr__(self) -> str:
        return f"<ConcreteFunction {self.pretty_printed_signature()}>"


fast_calls(ConcreteFunction)


class Forget:
    """Called when an object dies that a graph was traced for: drops the graph from its function."""

    __slots__ = ("_function", "_key")

    def __init__(self, function: weakref.ref[Any], key: Any) -> None:
        self._function = function
        self._key = key

    def __call__(self, _: object) -> None:
        """Drop the graph."""
        function = self._function()
        if function is not None:
            function.remove_graph(self._key)


def _short(array: Any) -> str:
    return np.array2string(array, threshold=6, edgeitems=2)


def _typed(value: Any) -> str:
    """Return a tensor's or variable's type as text, or another value."""
    if isinstance(value, Variable):
        return text_of_leaf(VariableSpec(value.static_shape, value.dtype, 0))
    return text_of_leaf(TensorSpec.of(_tensor(value))) if is_array(value) else repr(value)


def _tensor(value: Any) -> Tensor:
    return value if isinstance(value, EagerTensor) else asarray(value, copy=None)


def restore_concrete(
    name: str, parameters: list[Parameter], graph: PickledGraph
) -> ConcreteFunction:
    """Return the concrete function that was pickled."""
    from pygraph.function.pickling import GraphsOnly, unpacked

    signature = Signature(GraphsOnly(name, None, parameters))
    return ConcreteFunction(name, unpacked(graph), signature, graph.origin)
