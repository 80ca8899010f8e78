"""Running one function in every way: plain Python, eager tensors, staged."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pygraph as pg
from pygraph.graph.structure import map_structure


def as_python(value: Any) -> Any:
    """Return a result with Python values in place of tensors."""
    return map_structure(lambda leaf: leaf.tolist() if isinstance(leaf, pg.Tensor) else leaf, value)


def as_tensors(arguments: Sequence[Any], which: Sequence[bool]) -> list[Any]:
    """Return arguments with tensors in some places."""
    return [
        pg.asarray(argument) if tensor else argument
        for argument, tensor in zip(arguments, which, strict=True)
    ]


def mixtures(count: int) -> Iterator[tuple[bool, ...]]:
    """Yield all ways to make some of the arguments tensors, at least one."""
    for which in itertools.product((True, False), repeat=count):
        if any(which):
            yield which


def staged(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function gives staged on tensors, as Python values."""
    return as_python(pg.function(function)(*map(pg.asarray, arguments)))


def nodes(function: Callable[..., Any], *arguments: Any) -> list[str]:
    """Return the names of the ops at the top of the graph of a function on tensors."""
    concrete = pg.function(function).get_concrete_function(*map(pg.asarray, arguments))
    return [node.op for node in concrete.graph.nodes]
