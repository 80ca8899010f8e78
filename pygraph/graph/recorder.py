"""Recorders that are told of what runs at once, as a gradient tape needs it.

Each thread has one recorder at most. A builder is one: ops are recorded in it and not run. Any
other is told of each op after it has run. What happens within a call of a Function is one event,
of its graph, and what :func:`pygraph.init_scope` surrounds is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from pygraph._hot import CompiledGraph, EagerTensor, Variable, current, exchange_recorder


class Recorder(Protocol):
    """What is told. Nothing that it does itself is recorded."""

    def ran(
        self,
        op: str,
        inputs: tuple[Any, ...],
        attributes: Mapping[str, Any],
        outputs: tuple[EagerTensor, ...],
    ) -> None:
        """An op ran. Inputs are tensors, arrays and numbers, not converted to a common dtype."""

    def became(self, target: EagerTensor, value: EagerTensor) -> None:
        """A tensor has the value of another one from now on: it is a copy, or was written into."""

    def read(self, variable: Variable, value: EagerTensor) -> None:
        """A variable was read."""

    def changed(
        self, op: str, variable: Variable, inputs: tuple[Any, ...], attributes: Mapping[str, Any]
    ) -> None:
        """An op changed a variable."""

    def called(
        self,
        graph: CompiledGraph,
        inputs: tuple[Any, ...],
        variables: tuple[Variable, ...],
        result: Any,
    ) -> None:
        """A graph ran: on inputs in its order, and on variables among the arguments of the call."""


@contextmanager
def recording_ops(recorder: Recorder) -> Iterator[None]:
    """Tell a recorder of all that this thread runs at once inside.

    Raises RuntimeError while a function is traced, whose ops do not run.
    """
    if current() is not None:
        raise RuntimeError("nothing runs while a function is traced: record what calls it")
    former = exchange_recorder(recorder)
    try:
        yield
    finally:
        exchange_recorder(former)
