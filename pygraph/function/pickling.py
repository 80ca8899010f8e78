"""Pickling functions: by reference where they can be imported, else by the graphs they have."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pygraph import _core
from pygraph.function.origin import Origin
from pygraph.function.signature import Parameter
from pygraph.function.tracing import Traced
from pygraph.graph.builder import Captured

if TYPE_CHECKING:
    from pygraph.function.concrete import ConcreteFunction
    from pygraph.function.function import Function

Reduced = tuple[Callable[..., Any], tuple[Any, ...]]


class PickledGraph(NamedTuple):
    """A graph as bytes, with how arguments and results map to it."""

    data: bytes
    traced: Traced  # without its executable
    origin: Origin


def reduce_function(function: Function[..., Any], restore: Callable[..., Any]) -> Reduced:
    """Return what pickle needs for a Function, which ``restore`` makes again from its graphs.

    Raises TypeError where it has no graph to keep.
    """
    name: str = getattr(function, "__qualname__", function.name)
    graphs = [
        _packed(graph, graph.hidden_inputs)
        for graph in function.own_graphs()
        if graph.can_be_pickled()
    ]
    if not graphs:
        raise TypeError(
            f"{function.name} cannot be pickled: it cannot be imported as "
            f"{function.__module__}.{name}, and has no graph that depends on no "
            f"object's identity; call it first, or move it to the top level of a module"
        )
    parameters = function.signature.parameters
    return restore, (function.name, function.__doc__, parameters, function.options, graphs)


def reduce_concrete(concrete: ConcreteFunction, restore: Callable[..., Any]) -> Reduced:
    """Return what pickle needs for a concrete function, which ``restore`` makes again."""
    if not concrete.can_be_pickled():
        raise TypeError(f"{concrete.name} cannot be pickled: this graph is for one object only")
    packed = _packed(concrete, concrete.fixed().hidden_inputs)
    return restore, (concrete.name, concrete.signature.parameters, packed)


def _packed(concrete: ConcreteFunction, captured: Sequence[Captured]) -> PickledGraph:
    data = concrete.module_with(captured).write()
    nothing: Any = None
    traced = concrete.traced._replace(
        executable=nothing, exceptions=[], hidden_inputs=(), contents=[], guarded=None
    )
    return PickledGraph(data, traced, concrete.origin)


def unpacked(graph: PickledGraph) -> Traced:
    """Return what a graph was traced to, ready to run again."""
    return graph.traced._replace(executable=_core.Executable(_core.read(graph.data)))


class GraphsOnly:
    """Stands for the Python function of a Function that was pickled by its graphs."""

    def __init__(self, name: str, documentation: str | None, parameters: list[Parameter]) -> None:
        self.__name__ = self.__qualname__ = name
        self.__doc__ = documentation
        self.__signature__ = inspect.Signature(
            [
                inspect.Parameter(name, inspect._ParameterKind(kind), default=default)
                for name, kind, default in parameters
            ]
        )

    # The call is neither converted nor traced.
    __pygraph_call__ = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Raise TypeError: there is no Python code."""
        raise TypeError(
            f"{self.__name__} was pickled by its graphs, without its Python code, and has none for "
            f"these arguments; call it with them before pickling it"
        )
