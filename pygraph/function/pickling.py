"""Pickling functions: by reference where they can be imported, else by the graphs they have."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pygraph import _core
from pygraph.function.origin import Origin
from pygraph.function.signature import Parameter, Signature
from pygraph.function.tracing import Traced
from pygraph.graph.builder import Captured

if TYPE_CHECKING:
    from pygraph.function.concrete import ConcreteFunction
    from pygraph.function.function import Function


class PickledGraph(NamedTuple):
    """A graph as bytes, with how arguments and results map to it."""

    data: bytes
    traced: Traced  # without its executable
    origin: Origin


def is_importable(function: Any) -> bool:
    """Return whether importing by module and qualified name gives this very object."""
    found: Any = sys.modules.get(getattr(function, "__module__", None) or "")
    for part in getattr(function, "__qualname__", "<none>").split("."):
        found = vars(found).get(part) if isinstance(found, type) else getattr(found, part, None)
    return found is function


def reduce_function(function: Function[..., Any]) -> Any:
    """Return what pickle needs for a Function. Raises TypeError where it has no graph to keep."""
    name: str = getattr(function, "__qualname__", function.name)
    if is_importable(function):
        return name
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
    return restore_function, (function.name, function.__doc__, parameters, function.options, graphs)


def reduce_concrete(concrete: ConcreteFunction) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """Return what pickle needs for a concrete function."""
    if not concrete.can_be_pickled():
        raise TypeError(f"{concrete.name} cannot be pickled: this graph is for one object only")
    packed = _packed(concrete, concrete.fixed().hidden_inputs)
    return restore_concrete, (concrete.name, concrete.signature.parameters, packed)


def _packed(concrete: ConcreteFunction, captured: Sequence[Captured]) -> PickledGraph:
    data = concrete.module_with(captured).write()
    nothing: Any = None
    traced = concrete.traced._replace(
        executable=nothing, exceptions=[], hidden_inputs=(), contents=[], guarded=None
    )
    return PickledGraph(data, traced, concrete.origin)


def _unpacked(graph: PickledGraph) -> Traced:
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


def restore_function(
    name: str,
    documentation: str | None,
    parameters: list[Parameter],
    options: dict[str, Any],
    graphs: list[PickledGraph],
) -> Function[..., Any]:
    """Return the Function that was pickled by its graphs."""
    from pygraph.function.function import Function

    stand_in = GraphsOnly(name, documentation, parameters)
    function: Function[..., Any] = Function(
        stand_in, **{**options, "autograph": False, "name": name}
    )
    for graph in graphs:
        function.adopt(_unpacked(graph), graph.origin)
    return function


def restore_concrete(
    name: str, parameters: list[Parameter], graph: PickledGraph
) -> ConcreteFunction:
    """Return the concrete function that was pickled."""
    from pygraph.function.concrete import ConcreteFunction

    signature = Signature(GraphsOnly(name, None, parameters))
    return ConcreteFunction(name, _unpacked(graph), signature, graph.origin)
