"""Function: what ``@pygraph.function`` makes of a Python function."""

from __future__ import annotations

import functools
import itertools
import sys
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    NamedTuple,
    ParamSpec,
    TypeVar,
    overload,
)

from pygraph._hot import (
    EagerTensor,
    FunctionCore,
    SymbolicTensor,
    Variable,
    array_of,
    fast_calls,
)
from pygraph.autograph import convert_function, converted_call
from pygraph.control.recursion.calls import followed
from pygraph.function import limits, nested, tracing
from pygraph.function.bound import BoundFunction
from pygraph.function.casting import cast_argument
from pygraph.function.change import Change
from pygraph.function.concrete import ConcreteFunction
from pygraph.function.guards import guards_of_keyword_defaults, text_of
from pygraph.function.origin import Origin, Origins
from pygraph.function.retracing import (
    Generaliser,
    RetracingWatch,
    joined,
    note_new_function,
    shapes_of,
)
from pygraph.function.signature import IN_C, Parameter, Signature
from pygraph.function.tracing import NumberPlace
from pygraph.graph import TensorSpec, public
from pygraph.graph.structure import flatten, map_structure
from pygraph.ops import asarray

if TYPE_CHECKING:
    from pygraph.function.explain import Explanation
    from pygraph.function.pickling import PickledGraph

P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R", covariant=True)
S = TypeVar("S")

_SIGNATURE_KEY = ("input_signature",)
# How many keys may share one graph before the rarer ones are asked for again.
_MAX_ALIASES = 1024
# How many graphs are kept for each key whose Python values have changed.
_MAX_FORMER = 4
_binding = threading.Lock()


class CacheInfo(NamedTuple):
    """How many graphs a Function holds, how often it has traced, and the bound on the graphs."""

    graphs: int
    traces: int
    max_graphs: int | None = None


class _Owner(NamedTuple):
    """Whose method a Function is: the instance, and the Function on the class."""

    instance: Callable[[], Any]
    on_class: weakref.ref[Any]


def _checked_max_graphs(limit: int | None) -> int | None:
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
        raise ValueError(f"max_graphs must be at least 1, or None for no bound, got {limit!r}")
    return limit


def _identity(value: Any) -> Any:
    return value


def _by_value(value: Any) -> Any:
    """Return arguments or results with tensors of their own, as a graph gives them."""

    def leaf(value: Any) -> Any:
        if type(value) in (EagerTensor, SymbolicTensor):
            return value.copy()
        if isinstance(value, Variable) or not tracing.is_array(value):
            return value
        return asarray(array_of(value), copy=True)

    return map_structure(leaf, value)


class _ForgetInstance:
    """Called when an instance dies: drops the Function of its method."""

    __slots__ = ("_function", "_key")

    def __init__(self, function: weakref.ref[Any], key: int) -> None:
        self._function = function
        self._key = key

    def __call__(self, _: object) -> None:
        function = self._function()
        if function is not None:
            function.instances.pop(self._key, None)


class Function(FunctionCore, Generic[P, R]):
    """A Python function that runs as graphs: one per set of input dtypes, shapes and Python values.

    Tensors, NumPy arrays and NumPy scalars select a graph by dtype and shape, Python values by
    type and value, other objects by identity. Make one with :func:`function`.
    """

    # The protocol by which converted code knows that a call must not be converted.
    __pygraph_call__ = True

    def __init__(
        self,
        python_function: Callable[..., Any],
        *,
        input_signature: Sequence[Any] | None = None,
        autograph: bool = True,
        reduce_retracing: bool = False,
        max_graphs: int | None = None,
        name: str | None = None,
        guards: bool = True,
        owner: _Owner | None = None,
    ) -> None:
        self.signature = Signature(python_function, bound=owner is not None)
        self.options: dict[str, Any] = {
            "input_signature": input_signature,
            "autograph": autograph,
            "reduce_retracing": reduce_retracing,
            "max_graphs": _checked_max_graphs(max_graphs),
            "name": name,
            "guards": guards,
        }
        own_name = getattr(python_function, "__name__", type(python_function).__name__)
        self.name: str = name or own_name
        self._owner = owner
        self._input_signature = self._checked_input_signature(input_signature)
        fixed_key = None if self._input_signature is None else _SIGNATURE_KEY
        super().__init__(python_function, self.signature.binder, fixed_key)
        if guards:
            self.take_code(guards_of_keyword_defaults(python_function))
        # Graphs for values that Python variables had before: they may have them again.
        self._former: dict[Any, list[ConcreteFunction]] = {}
        self._unstable_reads: set[str] = set()
        self._staged: Callable[..., Any] | None = None
        self._traces = 0
        # The keys of calls that are traced where they stand, inside of other functions' traces.
        self.inlined: set[Any] = set()
        self._origins = Origins()
        self._changes: dict[Any, tuple[Change, ...]] = {}  # that the next trace for a key is due to
        self._watch = RetracingWatch()
        self._generaliser = Generaliser()
        functools.update_wrapper(self, python_function, updated=())
        limits.register(self)

    if TYPE_CHECKING:

        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
            """Call the function."""
            raise NotImplementedError

        @overload
        def __get__(self, instance: None, owner: type | None = None) -> Function[P, R]: ...
        @overload
        def __get__(
            self: Function[Concatenate[S, Q], R], instance: S, owner: type | None = None
        ) -> BoundFunction[Q, R]: ...
        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            """Return the method of an instance."""

    # ---- what the call path asks for ----

    def cast(self, canonical: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return canonical arguments cast to the input signature."""
        wanted = self._input_signature
        if wanted is None:
            return canonical
        return self._cast(self.signature.names(), canonical, wanted)

    def trace(self, key: Any, canonical: tuple[Any, ...]) -> ConcreteFunction:
        """Return the graph for a trace key that is not in the cache, tracing it."""
        with tracing.lock:
            found = self._current(key)
            if found is not None:
                return found
            if self._input_signature is not None:
                return self._new_graph(key, tuple(self._input_signature), [])
            if self.options["reduce_retracing"]:
                return self._generalised(canonical)
            return self._specialised(canonical)

    def renew(self) -> None:
        """Take the Python function as it is now, with another code or other defaults."""
        with tracing.lock:
            now = text_of(self.python_function)
            change = Change(f"{self.name}()", "of other code or defaults", now, True)
            self._changes = dict.fromkeys(self.graphs, (change,))
            self.clear_graphs()
            self._former.clear()
            self._staged = None
            self.take_code(guards_of_keyword_defaults(self.python_function))
            self.signature = Signature(self.python_function, bound=self._owner is not None)
            self.binder = self.signature.binder
            self._input_signature = self._checked_input_signature(self.options["input_signature"])

    def refuse_argument(self, position: int, error: Exception) -> None:
        """Raise the error of an argument that has no trace key, with the argument's name."""
        if "was traced (" in str(error):  # a symbolic tensor that escaped: its line says it all
            return
        name = self.signature.names()[position]
        raise type(error)(f"{self.name}: argument '{name}': {error}") from None

    def call_while_tracing(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Record a call in the graph being traced, or the ops where there can be no call."""
        self.renew_if_outdated()
        found = nested.call_body(self, args, kwargs)
        if found is not None:
            return found[0]
        args, kwargs = _by_value((args, kwargs))
        with nested.inlining():
            return _by_value(self._followed()(*self._self(), *args, **kwargs))

    def graph_for(self, described: tuple[Any, ...]) -> ConcreteFunction:
        """Return the graph for canonical arguments, with TensorSpecs in them, traced if need be."""
        with tracing.lock:
            if self._input_signature is not None:
                return self.trace(_SIGNATURE_KEY, ())
            return self._specialised(described)

    def call_eagerly(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the Python function as it is, on arguments of its own."""
        if self._input_signature is not None:
            cast, kwargs = self.signature.unbind(self.cast(self.signature.bind(args, kwargs)))
            args = tuple(cast)
        args, kwargs = _by_value((args, kwargs))
        return _by_value(self.python_function(*self._self(), *args, **kwargs))

    def bind_instance(self, instance: Any) -> BoundFunction[..., Any]:
        """Return this Function as the method of an instance that it was not used with so far."""
        with _binding:
            entry = self.instances.get(id(instance))
            if entry is None:
                entry = self._instance_entry(instance)
                self.instances[id(instance)] = entry
        return BoundFunction(entry[1], instance)

    # ---- for users ----

    @property
    def tracing_count(self) -> int:
        """How often the Python function was traced, for all instances in case of a method."""
        return self._traces

    @property
    def concrete_functions(self) -> list[ConcreteFunction]:
        """The graphs in the cache, in the order in which they were traced."""
        graphs = self.all_graphs()
        for graph in graphs:
            graph.fixed()
        return graphs

    @property
    def input_signature(self) -> tuple[Any, ...] | None:
        """The specs given at decoration, or None."""
        return self._input_signature

    @public
    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """Return the graph for arguments, which may be TensorSpecs; trace it if need be.

        It keeps the values that captured tensors and NumPy arrays have now.
        """
        return self._graph_for(args, kwargs).as_of_now()

    def _graph_for(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> ConcreteFunction:
        self.renew_if_outdated()
        if self._input_signature is not None and not args and not kwargs:
            return self.trace(_SIGNATURE_KEY, ())
        canonical = self.signature.bind(args, kwargs)
        if not any(isinstance(leaf, TensorSpec) for leaf in flatten(canonical)[0]):
            self.cast(canonical)
        return self.graph_for(canonical)

    def explain(self, *, baked: bool = False) -> Explanation:
        """Return why each graph was traced and what it costs: rows to query, a table to print.

        With ``baked`` the table lists the Python values that each trace has read and that its graph
        has baked in, beside its arguments; where one changes, the next call traces anew. What no
        call looks at again is listed with the reason.
        """
        from pygraph.function.explain import Explanation

        return Explanation(self.name, self._traces, self.all_graphs(), baked)

    def pretty_printed_signatures(self) -> str:
        """Return the signatures of the graphs, a line each."""
        return "\n".join(g.pretty_printed_signature() for g in self.all_graphs())

    def cache_info(self) -> CacheInfo:
        """Return the number of graphs held, of traces made, and the bound on graphs."""
        return CacheInfo(len(self.all_graphs()), self._traces, self.options["max_graphs"])

    def clear_cache(self) -> None:
        """Release all graphs."""
        self.clear_graphs()
        self._former.clear()
        self._origins = Origins()
        self.number_inputs = None
        self._generaliser.clear()
        for _, function in list(self.instances.values()):
            function.clear_cache()

    def staged_function(self) -> Callable[..., Any]:
        """Return the function that is traced: converted by AutoGraph, unless that was opted out."""
        if self._staged is None:
            function = self.python_function
            convert = self.options["autograph"] and not hasattr(type(function), "__pygraph_call__")
            if convert and isinstance(function, IN_C):
                self._staged = converted_call(function)
            else:
                self._staged = convert_function(function) if convert else function
        return self._staged

    def _followed(self) -> Callable[..., Any]:
        return followed(self.python_function, self.staged_function())

    def __repr__(self) -> str:
        return f"<pygraph.Function {self.name}{self.signature.inspected}>"

    def __reduce__(self) -> Any:
        from pygraph.function.pickling import reduce_function

        if is_importable(self):
            return getattr(self, "__qualname__", self.name)
        return reduce_function(self, restore_function)

    def __copy__(self) -> Function[P, R]:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: dict[int, Any]) -> Function[P, R]:
        if is_importable(self) or self._owner is not None:
            return self
        copy: Function[P, R] = Function(self.python_function, **self.options)
        for concrete in self.own_graphs():
            if concrete.can_be_pickled():
                copy.adopt(concrete.traced, concrete.origin)
        return copy

    # ---- graphs ----

    def all_graphs(self) -> list[ConcreteFunction]:
        """Return the graphs of this Function and, of a method, those of all instances."""
        graphs = self.own_graphs()
        for _, function in list(self.instances.values()):
            graphs += function.own_graphs()
        return graphs

    def own_graphs(self) -> list[ConcreteFunction]:
        """Return the graphs of this Function alone, each once."""
        former = itertools.chain.from_iterable(self._former.values())
        return list(dict.fromkeys((*former, *self.graphs.values())))

    def drop(self, concrete: ConcreteFunction) -> None:
        """Remove a graph from the cache; a run of it that is under way is not disturbed."""
        for key, held in list(self.graphs.items()):
            if held is concrete:
                self.remove_graph(key)
        for former in self._former.values():
            if concrete in former:
                former.remove(concrete)

    def adopt(self, traced: tracing.Traced, origin: Origin) -> None:
        """Enter a graph that was traced elsewhere."""
        concrete = ConcreteFunction(self.name, traced, self.signature, origin)
        canonical = concrete.structured_input_signature
        if self._input_signature is not None:
            self.graphs[_SIGNATURE_KEY] = concrete
        else:
            self.graphs[self.key_of_arguments(canonical, specs=True)] = concrete

    def _specialised(self, canonical: tuple[Any, ...]) -> ConcreteFunction:
        watched: list[Any] = []
        key = self.key_of_arguments(canonical, specs=True, watched=watched)
        found = self._current(key)
        return found if found is not None else self._new_graph(key, canonical, watched)

    def _new_graph(
        self,
        key: Any,
        canonical: tuple[Any, ...],
        watched: list[Any],
        shapes: Sequence[tracing.Dims] | None = None,
    ) -> ConcreteFunction:
        traced = tracing.trace(
            tracing.Request(
                self.python_function,
                self.staged_function(),
                self.name,
                self.signature.names(),
                canonical,
                self._unbind,
                shapes,
                self.number_inputs or (),
                self._traces == 0,
                self._self(),
                self.options["guards"],
                self._unstable_reads,
            )
        )
        structures = dict(
            zip(self.signature.names(), map(str, traced.arguments.children), strict=True)
        )
        changed = self._changes.pop(key, ())
        origin = self._origins.add(traced.names, traced.leaves, structures, changed)
        concrete = ConcreteFunction(self.name, traced, self.signature, origin)
        concrete.watch(weakref.ref(self), key, watched)
        concrete.touch()
        self._count()
        self.graphs[key] = concrete
        if self.options["max_graphs"] is not None:
            limits.trim_function(self, concrete, self.options["max_graphs"])
        limits.trim(concrete)
        self._watch.note(self.name, origin, self.options["reduce_retracing"])
        if self._traces == 1 and self._owner is None:
            note_new_function(self, origin)
        return concrete

    def _current(self, key: Any) -> ConcreteFunction | None:
        """Return the graph of a key for which all is as it was when it was traced."""
        found: ConcreteFunction | None = self.graphs.get(key)
        if found is None or found.is_current():
            return found
        former = self._former.setdefault(key, [])
        again = next((graph for graph in former if graph.is_current()), None)
        self.remove_graph(key)
        former.append(found)
        if again is not None:
            former.remove(again)
            self.graphs[key] = again
        else:
            self._changes[key] = found.changed_reads()
            del former[:-_MAX_FORMER]
        return again

    def _count(self) -> None:
        self._traces += 1
        on_class = self._owner.on_class() if self._owner is not None else None
        if on_class is not None:
            on_class._count()

    def _unbind(self, canonical: tuple[Any, ...]) -> tuple[list[Any], dict[str, Any]]:
        args, kwargs = self.signature.unbind(canonical)
        return [*self._self(), *args], kwargs

    # ---- methods ----

    def _self(self) -> tuple[Any, ...]:
        return () if self._owner is None else (self._owner.instance(),)

    def _instance_entry(self, instance: Any) -> tuple[Any, Function[..., Any]]:
        self.renew_if_outdated()
        here = weakref.ref(self)
        try:
            holder: Any = weakref.ref(instance, _ForgetInstance(here, id(instance)))
            reference: Callable[[], Any] = weakref.ref(instance)
        except TypeError:
            holder = instance
            reference = functools.partial(_identity, instance)
        bound: Function[..., Any] = Function(
            self.python_function, **self.options, owner=_Owner(reference, here)
        )
        bound._staged = self.staged_function()
        return holder, bound

    # ---- reduce_retracing ----

    def _generalised(self, canonical: tuple[Any, ...]) -> ConcreteFunction:
        varied = self._generaliser.varying_numbers(*flatten(canonical))
        varied -= self.number_inputs or frozenset()
        for places in dict.fromkeys([varied, *(frozenset([p]) for p in sorted(varied))]):
            found = self._with_number_inputs(places, canonical) if places else None
            if found is not None:
                return found
        self._generaliser.refuse_numbers(varied)
        try:
            return self._generalised_shapes(canonical)
        except Exception:
            if not self.number_inputs:
                raise
            # The numbers were fit to be inputs for other shapes only.
            self._generaliser.refuse_numbers(self.number_inputs)
            self.number_inputs = None
            return self._generalised_shapes(canonical)

    def _with_number_inputs(
        self, places: frozenset[NumberPlace], canonical: tuple[Any, ...]
    ) -> ConcreteFunction | None:
        """Return a graph that has these numbers as inputs, or None where the body needs them."""
        former = self.number_inputs
        superseded = self.own_graphs()
        self.number_inputs = (former or frozenset()) | places
        try:
            concrete = self._generalised_shapes(canonical)
        except Exception:  # whatever stops the body: it needs the number itself
            self.number_inputs = former
            return None
        for graph in superseded:
            self.drop(graph)
        return concrete

    def _generalised_shapes(self, canonical: tuple[Any, ...]) -> ConcreteFunction:
        erased = self.key_of_arguments(canonical, erase_dims=True)
        leaves, structure = flatten(canonical)
        places = tracing.number_places(leaves, structure)
        inputs = {leaf for leaf, at in places.items() if at in (self.number_inputs or ())}
        shapes = shapes_of(leaves, inputs, asarray)
        family = self._generaliser.family(erased)
        if family is None:
            concrete = self._specialised(canonical)
            self._generaliser.remember(erased, shapes, concrete)
            return concrete
        former, concrete = family
        wider = joined(former, shapes)
        watched: list[Any] = []
        key = self.key_of_arguments(canonical, watched=watched)
        if wider == former and concrete.is_current():
            return self._alias(key, concrete, watched)
        try:
            wide = self._new_graph(key, canonical, watched, wider)
        except Exception:
            self._generaliser.refuse_shapes(erased)
            return self._specialised(canonical)
        self.drop(concrete)
        self._generaliser.remember(erased, wider, wide)
        return wide

    def _alias(self, key: Any, concrete: ConcreteFunction, watched: list[Any]) -> ConcreteFunction:
        """Enter one more key for a graph."""
        if sum(held is concrete for held in list(self.graphs.values())) >= _MAX_ALIASES:
            self.drop(concrete)
        concrete.watch(weakref.ref(self), key, watched)
        self.graphs[key] = concrete
        return concrete

    # ---- input signatures ----

    def _checked_input_signature(self, signature: Sequence[Any] | None) -> tuple[Any, ...] | None:
        if signature is None:
            return None
        if not isinstance(signature, (list, tuple)):
            raise TypeError(
                f"input_signature must be a list or tuple of TensorSpecs, got {signature!r}"
            )
        leaves, _ = flatten(tuple(signature))
        for leaf in leaves:
            if not isinstance(leaf, TensorSpec):
                raise TypeError(f"input_signature may hold TensorSpecs only, got {leaf!r}")
        names = self.signature.names()
        try:
            if self._owner is None and names and names[0] in ("self", "cls"):
                # A method: the signature is for what follows, in the Functions of its instances.
                self.signature.bind((None, *signature), {})
                return None
            return self.signature.bind(tuple(signature), {})
        except TypeError as error:
            raise TypeError(f"input_signature does not fit the function: {error}") from None

    def _cast(
        self, names: Sequence[str], canonical: tuple[Any, ...], wanted: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        cast = tuple(
            cast_argument(self.name, name, argument, spec)
            for name, argument, spec in zip(names, canonical, wanted, strict=True)
        )
        _, given = flatten(cast)
        _, structure = flatten(wanted)
        if given != structure:
            raise TypeError(
                f"{self.name}: the arguments have structure {given}, expected {structure}"
            )
        return cast


fast_calls(Function)


def is_importable(function: Any) -> bool:
    """Return whether importing by module and qualified name gives this very object."""
    found: Any = sys.modules.get(getattr(function, "__module__", None) or "")
    for part in getattr(function, "__qualname__", "<none>").split("."):
        found = vars(found).get(part) if isinstance(found, type) else getattr(found, part, None)
    return found is function


def restore_function(
    name: str,
    documentation: str | None,
    parameters: list[Parameter],
    options: dict[str, Any],
    graphs: list[PickledGraph],
) -> Function[..., Any]:
    """Return the Function that was pickled by its graphs."""
    from pygraph.function.pickling import GraphsOnly, unpacked

    stand_in = GraphsOnly(name, documentation, parameters)
    function: Function[..., Any] = Function(
        stand_in, **{**options, "autograph": False, "name": name}
    )
    for graph in graphs:
        function.adopt(unpacked(graph), graph.origin)
    return function
