"""``try`` around what a graph does: faults of a run are beyond handlers, which run while tracing.

Where a handler could catch what an op of the body may raise, the trace is refused.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pygraph._hot import as_dtype
from pygraph.control.effects.ways import left_a_way
from pygraph.control.tensors import current
from pygraph.graph import Builder
from pygraph.graph.locations import describe, user_line
from pygraph.graph.op_rows import OP_ROWS

_SEEN_OUTSIDE = {"prints", "writes", "host"}

Types = Callable[[], Any]


class Attempt:
    """A ``try`` statement while it runs; ``caught`` gives the types that its handlers catch."""

    def __init__(self, caught: Types | None = None) -> None:
        self._caught = caught
        self._builder: Builder | None = None
        self._marks: list[int] = []

    def __enter__(self) -> Attempt:
        self._builder = current()
        self._mark()
        return self

    def body_ended(self, caught: BaseException | None = None) -> None:
        """Say that what follows is a handler, or the ``else``."""
        if len(self._marks) == 1:
            self._mark()
        error = caught or sys.exc_info()[1]
        if left_a_way(error):
            raise TypeError(
                f"{type(error).__name__} is raised where a tensor decides whether that happens, "
                "and caught outside of there\n"
                f"  {describe(user_line())}\n"
                "Put the `try` inside of the branch or loop."
            )

    def finally_starts(self) -> None:
        """Say that what follows is the ``finally``."""
        if len(self._marks) == 1:
            self._mark()
        self._mark()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._builder is None or self._builder.closed:
            return
        if len(self._marks) == 1:
            self._mark()
        start, end = self._marks[:2]
        nodes = self._builder.nodes
        if self._caught is not None:
            _refuse_caught(self._builder, nodes[start:end], self._caught)
        if len(self._marks) > 2:
            final = self._marks[2]
            _refuse_final(self._builder, nodes[start:final], nodes[final:])

    def _mark(self) -> None:
        if self._builder is not None:
            self._marks.append(self._builder.mark())


def _refuse_caught(builder: Builder, nodes: Sequence[Any], caught: Types) -> None:
    faults = list(_faults(builder, nodes))
    if not faults:
        return
    types = tuple(_flat(caught()))
    for fault, location in faults:
        if issubclass(fault, types):
            why = "an `except` (or `suppress`) around it runs while tracing only"
            raise _refused(builder, fault, location, why)


def _refuse_final(builder: Builder, nodes: Sequence[Any], final: Sequence[Any]) -> None:
    if any(OP_ROWS[node.op]["effects"] & _SEEN_OUTSIDE for node in _all_nodes(final)):
        for fault, location in _faults(builder, nodes):
            why = "the effects of the `finally` would be left out then"
            raise _refused(builder, fault, location, why)


def _refused(builder: Builder, fault: type[BaseException], location: int, why: str) -> TypeError:
    where = describe(builder.module.location(location))
    return TypeError(
        f"{fault.__name__} may be raised here when the graph runs, and {why}\n  {where}\n"
        "Test for it with `if`, or put the `try` around the call of the function."
    )


def _flat(types: Any) -> Iterator[type]:
    for kind in types if isinstance(types, tuple) else (types,):
        if isinstance(kind, tuple):
            yield from _flat(kind)
        elif isinstance(kind, type):
            yield kind


def _all_nodes(nodes: Sequence[Any]) -> Iterator[Any]:
    for node in nodes:
        yield node
        for subgraph in node.subgraphs:
            yield from _all_nodes(subgraph.nodes)


def _faults(builder: Builder, nodes: Sequence[Any]) -> Iterator[tuple[type[BaseException], int]]:
    """Yield what nodes of a builder may raise when the graph runs, and the location of each."""
    for node in nodes:
        if node.op == "raise":
            yield builder.module.exceptions[node.attributes["object"]].kind, node.location
        elif node.op == "call":
            yield from _faults_of_call(builder, node)
        elif _may_fail(node.op) and not _is_safe(builder, node):
            yield _fault_of(node), node.location
        elif builder.may_misfit(node):
            yield ValueError, node.location
        for subgraph in node.subgraphs:
            yield from _faults(subgraph, subgraph.nodes)


def _fault_of(node: Any) -> type[BaseException]:
    """Return what an op raises; that of ``check_defined`` may start with another type's name."""
    kind: type[BaseException] = OP_ROWS[node.op]["fault"]
    if node.op != "check_defined":
        return kind
    named = getattr(builtins, node.attributes["name"].partition(": ")[0], kind)
    return named if isinstance(named, type) and issubclass(named, BaseException) else kind


def _faults_of_call(builder: Builder, node: Any) -> Iterator[tuple[type[BaseException], int]]:
    """Yield what a called function may raise.

    A recursion can be too deep, or raise what the user's code does. Its body may be traced in part
    only, so all exceptions of the trace so far count.
    """
    callee = builder.module.callees[node.attributes["function"]]
    if not callee.calls_itself:
        for fault, _ in _faults(callee.builder, callee.builder.nodes):
            yield fault, node.location
        return
    yield RecursionError, node.location
    for kept in builder.module.exceptions:
        yield kept.kind, node.location


def _may_fail(op: str) -> bool:
    return "may_fail" in OP_ROWS[op]["effects"]


def _is_safe(builder: Builder, node: Any) -> bool:
    """Return whether a trace can tell that a node will not fail."""
    safe = OP_ROWS[node.op]["safe"]
    values = [builder.values[identifier] for identifier in node.inputs]
    if safe == "static_shape":
        return all(dim >= 0 for dim in values[0].shape) and len(values) == 1
    if safe == "constant_index":
        return len(node.inputs) == 2 and builder.constant_of(node.inputs[-1]) is not None
    if safe not in _FIT_NUMBERS:
        return False
    if as_dtype(values[0].dtype).kind == "floating":
        return True
    constant = builder.constant_of(node.inputs[-1])
    return constant is not None and bool(_FIT_NUMBERS[safe](constant.numpy()).all())


# Of the ops that fail for some numbers: whether the last input has none of them.
_FIT_NUMBERS: dict[str, Callable[[Any], Any]] = {
    "nonzero_divisor": lambda numbers: numbers != 0,
    "positive_exponent": lambda numbers: numbers >= 0,
}
