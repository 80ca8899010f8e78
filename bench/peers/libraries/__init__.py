"""One module per library: its variants (ways to compile), and how it says each program.

A module defines ``VARIANTS``, a table of names to :class:`Variant`. It is imported in the library's
own environment only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Program = Callable[..., Any]

# What pip installs into the environment of each library; pygraph runs where the driver runs.
REQUIREMENTS: dict[str, list[str]] = {
    "python": [],
    "numpy": [],
    "pygraph": [],
    "jax": ["jax"],
    "numba": ["numba", "scipy"],  # its matmul takes BLAS from SciPy
    "numexpr": ["numexpr"],
    "onnxruntime": ["onnxruntime", "onnx"],
    "tensorflow": ["tensorflow-cpu"],
    "torch": ["torch==2.13.0"],
}
VARIANTS: dict[str, list[str]] = {
    "python": ["Python"],
    "numpy": ["NumPy"],
    "pygraph": ["pygraph"],
    "jax": ["jax.jit"],
    "numba": ["numba.njit"],
    "numexpr": ["numexpr"],
    "onnxruntime": ["onnxruntime"],
    "tensorflow": ["tf.function", "tf.function, XLA"],
    "torch": ["torch", "torch.compile"],
}

# Those that make something of a function before it runs.
COMPILERS = frozenset(
    {"pygraph", "jax.jit", "numba.njit", "onnxruntime", "tf.function", "tf.function, XLA",
     "torch.compile"}
)  # fmt: skip


class Variant(NamedTuple):
    """A way to run programs: ``programs`` makes them, by name, when they are asked for."""

    programs: Mapping[str, Callable[[], Program]]
    # From NumPy's arrays to what the library prefers; leaves of the inputs only.
    native: Callable[[Any], Any] = lambda array: array
    # What is passed for NumPy's arrays where those are asked for; and whether a program takes no
    # such thing, so that each call converts.
    array: Callable[[Any], Any] = lambda array: array
    converts: bool = False
    # Blocks until a result is there; None where a call returns when it is.
    wait: Callable[[Any], Any] | None = None
    # Whether a program writes into its inputs, which then have to be fresh for each call.
    writes: frozenset[str] = frozenset()


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply a function to the arrays of a nested tuple, list or dict."""
    if isinstance(tree, (tuple, list)):
        return type(tree)(map_leaves(function, part) for part in tree)
    if isinstance(tree, dict):
        return {key: map_leaves(function, part) for key, part in tree.items()}
    return function(tree)
