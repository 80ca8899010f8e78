"""What a variable that is made during a trace starts with: a value computed at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from pygraph._hot import (
    DType,
    EagerTensor,
    SymbolicTensor,
    Variable,
    apply,
    as_dtype,
    from_numpy,
    scalar,
)
from pygraph.graph.op_rows import OP_ROWS
from pygraph.graph.scope import init_scope

if TYPE_CHECKING:
    from pygraph.graph.builder import Builder


def initial_value(builder: Builder, initial: Any, dtype: DType | None, name: str) -> EagerTensor:
    """Return the value that a variable starts with.

    Raises TypeError in another trace of a function than its first, and where the value depends on
    more than constants.
    """
    label = f"the variable {name!r}" if name else "a variable"
    if not builder.may_make_variables:
        raise TypeError(
            f"{builder.root_name} made {label} in another trace than its first; make variables "
            f"once, outside of the function or on its first call only"
        )
    with init_scope():
        if isinstance(initial, SymbolicTensor):
            initial = _evaluated(initial.builder, initial, label)
        return _lifted(initial, dtype)


def _evaluated(builder: Builder, tensor: SymbolicTensor, label: str) -> EagerTensor:
    """Compute a value that depends on constants only."""
    producers = {
        output: (node, builder.results_of(number))
        for number, node in enumerate(builder.nodes)
        for output in builder.results_of(number)
    }
    values = builder.known_values()

    def value(identifier: int) -> EagerTensor:
        if identifier not in values:
            node, outputs = producers.get(identifier, (None, ()))
            if node is None or OP_ROWS[node.op]["effects"] & {"reads", "nested"}:
                raise TypeError(
                    f"the initial value of {label} depends on the arguments of "
                    f"{builder.root_name}, on control flow or on a variable; it must not"
                )
            results: Any = apply(node.op, tuple(map(value, node.inputs)), node.attributes)
            values.update(zip(outputs, results if len(outputs) > 1 else (results,), strict=True))
        return values[identifier]

    return value(tensor.id)


def _lifted(value: Any, dtype: DType | None) -> EagerTensor:
    """Return a value as a tensor."""
    if isinstance(value, (bool, int, float)):
        return scalar(value, as_dtype(dtype) if dtype is not None else natural_dtype(value))
    if isinstance(value, Variable):
        value = value.read()
    tensor = value if isinstance(value, EagerTensor) else from_numpy(np.asarray(value), False)
    if dtype is None or tensor.dtype == dtype:
        return tensor
    converted: Any = apply("astype", (tensor,), {"dtype": as_dtype(dtype).name})
    return cast(EagerTensor, converted)


def natural_dtype(value: bool | int | float) -> DType:
    """Return the dtype that a Python number has of itself."""
    if isinstance(value, bool):
        return as_dtype("bool")
    return as_dtype("int64" if isinstance(value, int) else "float64")
