"""Arguments cast to what an input signature asks for."""

from __future__ import annotations

from typing import Any

from pygraph.function.tracing import is_array
from pygraph.graph import TensorSpec
from pygraph.graph.structure import flatten, unflatten
from pygraph.ops import asarray


def cast_argument(function: str, name: str, argument: Any, spec: Any) -> Any:
    """Return an argument as tensors of the dtypes and shapes that its spec asks for."""
    if not isinstance(spec, TensorSpec):
        return _cast_structure(function, name, argument, spec)
    if is_array(argument):
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
            cast_argument(function, name, leaf, leaf_spec)
            for leaf, leaf_spec in zip(leaves, specs, strict=True)
        ]
        return unflatten(wanted, parts)
    if is_array(argument) or type(argument) is not type(spec) or argument != spec:
        raise TypeError(
            f"{function}: argument '{name}' is not in the input signature and must keep its "
            f"default {spec!r}, got {argument!r}"
        )
    return argument
