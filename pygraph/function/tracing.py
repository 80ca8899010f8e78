"""Runs a function on symbolic tensors and turns what it recorded into an executable graph."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from pygraph import _core
from pygraph._hot import Constant, EagerTensor, SymbolicTensor, Tensor, from_numpy
from pygraph.graph import Builder, TensorSpec
from pygraph.graph.locations import trace_boundary
from pygraph.graph.structure import Structure, flatten, leaf_names, unflatten
from pygraph.graph.wire import write

# One trace at a time in the process; a trace may start another (re-entrant). Waiting for it does
# not hold the interpreter, and cached calls never take it.
lock = threading.RLock()


class Traced(NamedTuple):
    """A traced function: its executable, and how arguments and results map to the graph's."""

    executable: _core.Executable
    inputs: list[TensorSpec]
    arguments: Structure
    leaves: list[Any]  # of the arguments: a TensorSpec, a Python value, or an Opaque object
    results: Structure
    template: list[Any]  # per leaf of the result: the index of an output, or a Constant
    seconds: float


# Python values that are kept with a graph as they are.
_BY_VALUE = (bool, int, float, complex, str, bytes, type(None))


class Opaque:
    """An argument that a graph was traced with, held weakly where its type allows that."""

    __slots__ = ("_reference",)

    def __init__(self, value: Any) -> None:
        try:
            self._reference: Callable[[], Any] = weakref.ref(value)
        except TypeError:
            self._reference = lambda: value

    @property
    def value(self) -> Any:
        """The object; None if it is gone."""
        return self._reference()

    def __repr__(self) -> str:
        return repr(self.value)


@trace_boundary
def _run(function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    return function(*args, **kwargs)


def is_array(value: Any) -> bool:
    """Return whether an argument's leaf becomes an input of the graph."""
    return isinstance(value, (Tensor, np.ndarray, np.generic))


def trace(
    function: Callable[..., Any],
    name: str,
    parameter_names: Sequence[str],
    canonical: tuple[Any, ...],
    unbind: Callable[[tuple[Any, ...]], tuple[list[Any], dict[str, Any]]],
) -> Traced:
    """Trace ``function`` on canonical arguments: tensors, arrays and specs become inputs."""
    started = time.perf_counter()
    builder = Builder(name)
    leaves, structure = flatten(canonical)
    names = _leaf_names(structure, parameter_names)
    specs: list[TensorSpec] = []
    described: list[Any] = []
    arguments: list[Any] = []
    for leaf, leaf_name in zip(leaves, names, strict=True):
        spec = _spec_of(leaf, leaf_name)
        if spec is None:
            described.append(leaf if isinstance(leaf, _BY_VALUE) else Opaque(leaf))
            arguments.append(leaf)
        else:
            specs.append(spec)
            described.append(spec)
            arguments.append(builder.add_parameter(spec.dtype, spec.shape, leaf_name))
    args, kwargs = unbind(unflatten(structure, arguments))
    with builder:
        result = _run(function, args, kwargs)
        result_structure, template = _take_results(builder, name, result)
    builder.close()
    try:
        data, constants = write(builder)
        executable = _core.Executable(_core.read(data, constants))
    finally:
        builder.release()
    return Traced(
        executable,
        specs,
        structure,
        described,
        result_structure,
        template,
        time.perf_counter() - started,
    )


def _leaf_names(structure: Structure, parameter_names: Sequence[str]) -> list[str]:
    names: list[str] = []
    for name, child in zip(parameter_names, structure.children, strict=True):
        names += leaf_names(child, name)
    return names


def _spec_of(leaf: Any, name: str) -> TensorSpec | None:
    if isinstance(leaf, TensorSpec):
        return leaf
    if isinstance(leaf, SymbolicTensor):
        raise leaf.builder.leak_error(leaf)
    if is_array(leaf):
        tensor = leaf if isinstance(leaf, Tensor) else from_numpy(leaf, True)
        return TensorSpec.of(tensor, name)
    return None


def _take_results(builder: Builder, name: str, result: Any) -> tuple[Structure, list[Any]]:
    """Set the builder's results; return the result's structure and what each leaf of it is."""
    leaves, structure = flatten(result)
    template: list[Any] = []
    outputs: list[Any] = []
    output_names: list[str] = []
    for leaf, leaf_name in zip(leaves, leaf_names(structure, "result"), strict=True):
        if isinstance(leaf, (SymbolicTensor, EagerTensor, np.ndarray, np.generic)):
            template.append(len(outputs))
            outputs.append(leaf)
            output_names.append(leaf_name)
        elif isinstance(leaf, (bool, int, float, complex, str, bytes)):
            template.append(Constant(leaf))
        else:
            raise TypeError(
                f"{name} returns an object of type {type(leaf).__name__} ({leaf_name}); a function "
                f"can return tensors, numbers, strings, None and nested structures of them"
            )
    builder.set_results(outputs, output_names)
    return structure, template
