"""ConcreteFunction: one traced graph of a Function."""

from __future__ import annotations

from typing import Any

from pygraph._hot import CompiledGraph, EagerTensor
from pygraph.function.tracing import Opaque, Traced, is_array
from pygraph.graph import Graph, TensorSpec
from pygraph.graph.structure import flatten, unflatten
from pygraph.ops import asarray


class ConcreteFunction(CompiledGraph):
    """One graph of a function, for inputs of fixed dtypes and shapes. Call it like the function.

    Tensors must have the dtype and shape it was traced for; Python values must equal those it was
    traced with. It can also be called with the tensors alone, in the order of ``inputs``.
    """

    def __init__(self, name: str, traced: Traced) -> None:
        super().__init__(traced.executable.capsule(), traced.template, traced.results)
        self.name = name
        self._executable = traced.executable
        self._arguments = traced.arguments
        self._leaves = traced.leaves
        self._results = traced.results
        self._template = traced.template
        self.inputs: list[TensorSpec] = traced.inputs
        self.trace_seconds = traced.seconds

    @property
    def graph(self) -> Graph:
        """The graph."""
        return Graph(self._executable.module())

    @property
    def outputs(self) -> list[TensorSpec]:
        """The specs of the graph's outputs, in order."""
        return [
            TensorSpec([None if dim < 0 else dim for dim in dims], dtype)
            for dtype, dims in self._executable.module().results()
        ]

    @property
    def structured_input_signature(self) -> Any:
        """The canonical arguments, with a TensorSpec for each tensor."""
        return unflatten(
            self._arguments, [e.value if isinstance(e, Opaque) else e for e in self._leaves]
        )

    @property
    def structured_outputs(self) -> Any:
        """The result, with a TensorSpec for each tensor."""
        specs = self.outputs
        leaves = [specs[e] if isinstance(e, int) else e.value for e in self._template]
        return unflatten(self._results, leaves)

    def plan_text(self) -> str:
        """Return the plan as text: instructions, where values live, the arena's size."""
        zeros = [asarray(0, dtype=spec.dtype) for spec in self.inputs if not spec.shape]
        if len(zeros) != len(self.inputs):
            from pygraph.ops import zeros as make_zeros

            zeros = [
                make_zeros(tuple(dim or 0 for dim in spec.shape), dtype=spec.dtype)
                for spec in self.inputs
            ]
        return self._executable.plan_text(zeros)

    def __call__(self, *args: Any) -> Any:
        """Run the graph. Raises TypeError or ValueError naming an argument that does not fit."""
        leaves, _ = flatten(args)
        given = [leaf for leaf in leaves if is_array(leaf)]
        if len(leaves) != len(given):
            self._check_values(leaves)
        tensors = [
            leaf if isinstance(leaf, EagerTensor) else asarray(leaf, copy=None) for leaf in given
        ]
        return self.run_flat(tuple(tensors))

    def _check_values(self, leaves: list[Any]) -> None:
        if len(leaves) != len(self._leaves):
            raise TypeError(f"{self.name} takes {len(self._leaves)} arguments, got {len(leaves)}")
        for given, wanted in zip(leaves, self._leaves, strict=True):
            if isinstance(wanted, TensorSpec):
                if not is_array(given):
                    raise TypeError(f"{self.name}: '{wanted.name}' must be a tensor, got {given!r}")
            elif isinstance(wanted, Opaque):
                if given is not wanted.value:
                    raise ValueError(f"{self.name} was traced with another object than {given!r}")
            elif type(given) is not type(wanted) or given != wanted:
                raise ValueError(
                    f"{self.name} was traced with {wanted!r} where {given!r} is given now"
                )

    def __repr__(self) -> str:
        inputs = ", ".join(f"{s.name or '_'}: {s.dtype}{list(s.shape)}" for s in self.inputs)
        return f"<ConcreteFunction {self.name}({inputs})>"
