"""Function: what ``@pygraph.function`` makes of a Python function."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Sequence
from types import MethodType
from typing import Any, NamedTuple

from pygraph._hot import FunctionCore, SymbolicTensor
from pygraph.autograph import convert_function
from pygraph.function import tracing
from pygraph.function.concrete import ConcreteFunction
from pygraph.function.signature import Signature
from pygraph.graph import TensorSpec
from pygraph.graph.structure import flatten, unflatten
from pygraph.ops import asarray


class CacheInfo(NamedTuple):
    """How many graphs a Function holds, and how often it has traced."""

    graphs: int
    traces: int


class Function(FunctionCore):
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
        name: str | None = None,
    ) -> None:
        self._signature = Signature(python_function)
        self._input_signature = None
        if input_signature is None:
            super().__init__(python_function, self._signature.arity)
        else:
            self._input_signature = self._checked_input_signature(input_signature)
            super().__init__(python_function, -1, _SIGNATURE_KEY)
        own_name = getattr(python_function, "__name__", type(python_function).__name__)
        self.name: str = name or own_name
        self._autograph = autograph
        self._staged: Callable[..., Any] | None = None
        self._traces = 0
        functools.update_wrapper(self, python_function, updated=())

    # ---- what the call path asks for ----

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return canonical arguments, cast to the input signature where there is one."""
        canonical = self._signature.bind(args, kwargs)
        if self._input_signature is None:
            return canonical
        return self._cast(canonical)

    def trace(self, key: Any, canonical: tuple[Any, ...]) -> ConcreteFunction:
        """Return the graph for a trace key that is not in the cache, tracing it."""
        with tracing.lock:
            found: ConcreteFunction | None = self.graphs.get(key)
            if found is not None:
                return found
            if self._input_signature is not None:
                canonical = self._input_signature
            traced = tracing.trace(
                self.staged_function(),
                self.name,
                self._signature.names(),
                canonical,
                self._signature.unbind,
            )
            self._traces += 1
            concrete = ConcreteFunction(self.name, traced)
            self.graphs[key] = concrete
            return concrete

    def describe_argument(self, value: Any) -> tuple[list[Any], Any]:
        """Return the leaves of an argument, and what besides them belongs to the trace key."""
        if isinstance(value, SymbolicTensor):
            raise value.builder.leak_error(value)
        leaves, structure = flatten(value)
        if structure.kind != "leaf":
            return leaves, structure
        return [], _opaque_key(value)

    def call_while_tracing(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run inside another function's trace: the ops become part of its graph."""
        return self.staged_function()(*args, **kwargs)

    # ---- for users ----

    @property
    def tracing_count(self) -> int:
        """How often the Python function was traced."""
        return self._traces

    @property
    def concrete_functions(self) -> list[ConcreteFunction]:
        """The graphs in the cache, in the order in which they were traced."""
        return list(self.graphs.values())

    @property
    def input_signature(self) -> tuple[Any, ...] | None:
        """The specs given at decoration, or None."""
        return self._input_signature

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """Return the graph for arguments, which may be TensorSpecs; trace it if need be."""
        if self._input_signature is not None and not args and not kwargs:
            canonical = self._input_signature
        else:
            canonical = self.bind(args, kwargs)
        leaves, structure = flatten(canonical)
        if any(isinstance(leaf, TensorSpec) for leaf in leaves):
            examples = [_example(leaf) if isinstance(leaf, TensorSpec) else leaf for leaf in leaves]
            key: Any = tuple(examples_key(self, unflatten(structure, examples), leaves))
        else:
            key = self.key_of_arguments(canonical)
        if self._input_signature is not None:
            key = _SIGNATURE_KEY
        found: ConcreteFunction | None = self.graphs.get(key)
        return found if found is not None else self.trace(key, canonical)

    def cache_info(self) -> CacheInfo:
        """Return the number of graphs held and of traces made."""
        return CacheInfo(len(self.graphs), self._traces)

    def clear_cache(self) -> None:
        """Release all graphs."""
        self.graphs.clear()

    def staged_function(self) -> Callable[..., Any]:
        """Return the function that is traced: converted by AutoGraph, unless that was opted out."""
        if self._staged is None:
            function = self.python_function
            self._staged = convert_function(function) if self._autograph else function
        return self._staged

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        return MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<pygraph.Function {self.name}>"

    # ---- input signatures ----

    def _checked_input_signature(self, signature: Sequence[Any]) -> tuple[Any, ...]:
        if not isinstance(signature, (list, tuple)):
            raise TypeError(
                f"input_signature must be a list or tuple of TensorSpecs, got {signature!r}"
            )
        leaves, _ = flatten(tuple(signature))
        for leaf in leaves:
            if not isinstance(leaf, TensorSpec):
                raise TypeError(f"input_signature may hold TensorSpecs only, got {leaf!r}")
        try:
            return self._signature.bind(tuple(signature), {})
        except TypeError as error:
            raise TypeError(f"input_signature does not fit the function: {error}") from None

    def _cast(self, canonical: tuple[Any, ...]) -> tuple[Any, ...]:
        _, wanted = flatten(self._input_signature)
        cast: list[Any] = []
        for name, argument, spec in zip(
            self._signature.names(), canonical, self._input_signature or (), strict=True
        ):
            cast.append(_cast_argument(self.name, name, argument, spec))
        _, given = flatten(tuple(cast))
        if given != wanted:
            raise TypeError(f"{self.name}: the arguments have structure {given}, expected {wanted}")
        return tuple(cast)


_SIGNATURE_KEY = ("input_signature",)


def examples_key(function: Function, canonical: tuple[Any, ...], leaves: list[Any]) -> list[Any]:
    """Return the trace key of arguments some of which were given as specs."""
    open_specs = tuple(
        leaf for leaf in leaves if isinstance(leaf, TensorSpec) and None in leaf.shape
    )
    key = list(function.key_of_arguments(canonical))
    return [*key, open_specs] if open_specs else key


def _example(spec: TensorSpec) -> Any:
    from pygraph.ops import zeros

    return zeros(tuple(0 if dim is None else dim for dim in spec.shape), dtype=spec.dtype)


def _opaque_key(value: Any) -> Any:
    """Return the part of a trace key that stands for an object: a weak reference where possible."""
    try:
        reference = weakref.ref(value)
    except TypeError:
        reference = value
    try:
        hash(reference)
    except TypeError:
        raise TypeError(
            f"an argument of type {type(value).__name__} cannot be part of a trace key: it is "
            f"neither hashable nor a structure that pygraph knows"
        ) from None
    return (type(value), reference)


def _cast_argument(function: str, name: str, argument: Any, spec: Any) -> Any:
    """Return an argument as tensors of the dtypes and shapes that its spec asks for."""
    if not isinstance(spec, TensorSpec):
        return _cast_structure(function, name, argument, spec)
    if tracing.is_array(argument):
        tensor = asarray(argument)
    else:
        tensor = asarray(argument, dtype=spec.dtype)
    if not spec.accepts(tensor):
        raise TypeError(
            f"{function}: argument '{name}' is {tensor.dtype}{list(tensor.static_shape)}, "
            f"but the input signature asks for {spec}"
        )
    return tensor


def _cast_structure(function: str, name: str, argument: Any, spec: Any) -> Any:
    """Return an argument cast to a nested spec; without specs in it, it must be the same value."""
    leaves, given = flatten(argument)
    specs, wanted = flatten(spec)
    if given != wanted:
        raise TypeError(
            f"{function}: argument '{name}' has structure {given}, the signature {wanted}"
        )
    if wanted.kind != "leaf":
        parts = [
            _cast_argument(function, name, leaf, leaf_spec)
            for leaf, leaf_spec in zip(leaves, specs, strict=True)
        ]
        return unflatten(wanted, parts)
    if tracing.is_array(argument) or type(argument) is not type(spec) or argument != spec:
        raise TypeError(
            f"{function}: argument '{name}' is not in the input signature and must keep its "
            f"default {spec!r}, got {argument!r}"
        )
    return argument


def function(
    func: Callable[..., Any] | None = None,
    *,
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    name: str | None = None,
) -> Any:
    """Make a Python function run as graphs in the C++ executor.

    Args:
        func: The function; left out when the decorator is used with arguments.
        input_signature: TensorSpecs, one per parameter (nested where the arguments are): the
            function then has one graph only, and arguments are cast to it.
        autograph: Whether ``if``, ``while``, ``for`` and their kin on tensors become graph
            operations. Without it the function must use ``cond`` and ``while_loop`` itself.
        name: The name in errors and files; the function's own by default.

    Raises:
        TypeError: where the signature does not fit the function.

    >>> import pygraph as pg
    >>> @pg.function
    ... def cube(x):
    ...     return x ** 3
    >>> cube(pg.asarray(2.0))
    Tensor(8.0, dtype=float64)
    """
    if func is None:
        return functools.partial(
            function, input_signature=input_signature, autograph=autograph, name=name
        )
    return Function(func, input_signature=input_signature, autograph=autograph, name=name)
