"""Program files: every graph of a function, with its constants."""

from __future__ import annotations

import os
from typing import Any

from pygraph import _core
from pygraph._hot import CompiledGraph, Constant, EagerTensor
from pygraph.function import ConcreteFunction, Function
from pygraph.graph import Graph, TensorSpec
from pygraph.graph.structure import flatten
from pygraph.ops import asarray


def save(function: Function[..., Any] | ConcreteFunction, path: str | os.PathLike[str]) -> None:
    """Write the graphs of a function to a file, which :func:`load` and C++ programs read.

    A Function is saved with the graphs it has: call it first, or use ``get_concrete_function``.

    Raises:
        TypeError: where ``function`` is neither a Function nor a concrete function.
        ValueError: where a Function has no graph yet, or uses variables.
    """
    if isinstance(function, ConcreteFunction):
        graphs = [function.graph]
    elif isinstance(function, Function):
        graphs = [concrete.graph for concrete in function.concrete_functions]
    else:
        raise TypeError(f"only functions made by pygraph.function can be saved, got {function!r}")
    if not graphs:
        raise ValueError(
            f"{function.name} has no graph to save yet; call it, or use get_concrete_function"
        )
    if any(graph.module.variables() for graph in graphs):
        raise ValueError(f"{function.name} uses variables, which program files cannot hold yet")
    data = _core.write_program([graph.module for graph in graphs])
    with open(path, "wb") as file:
        file.write(data)


def load(path: str | os.PathLike[str]) -> Program:
    """Read a program file. Raises ValueError naming the first fault where it is not valid."""
    with open(path, "rb") as file:
        return Program(_core.read_program(file.read()))


class Program:
    """The graphs of a saved function. Call it with the tensors that a graph takes, in order.

    It returns the list of the graph's results.
    """

    def __init__(self, modules: list[_core.Module]) -> None:
        self._executables = [_core.Executable(module) for module in modules]
        self._compiled = [_compiled(executable) for executable in self._executables]
        self._specs = [
            [
                TensorSpec([None if dim < 0 else dim for dim in dims], dtype)
                for dtype, dims in module.parameters()
            ]
            for module in modules
        ]

    @property
    def graphs(self) -> list[Graph]:
        """The graphs."""
        return [Graph(executable.module()) for executable in self._executables]

    def __call__(self, *inputs: Any) -> list[EagerTensor]:
        """Run the first graph whose inputs have these dtypes and shapes.

        Raises TypeError, naming the types given, where there is none.
        """
        tensors = [asarray(value) for value in inputs]
        for compiled, specs in zip(self._compiled, self._specs, strict=True):
            if len(specs) == len(tensors) and all(map(TensorSpec.accepts, specs, tensors)):
                results: list[EagerTensor] = compiled.run_flat(tuple(tensors), [])
                return results
        given = ", ".join(f"{tensor.dtype}{list(tensor.static_shape)}" for tensor in tensors)
        raise TypeError(f"no graph of the program takes inputs ({given})")


def _compiled(executable: _core.Executable) -> CompiledGraph:
    """Return what runs a graph and gives its results as a list."""
    outputs: list[int | Constant] = [*range(len(executable.module().results()))]
    _, structure = flatten(outputs)
    return CompiledGraph(executable.capsule(), outputs, structure, [])
