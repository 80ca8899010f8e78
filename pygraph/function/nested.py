"""Calls of a Function while another one is traced: one body for all that have the same key.

The inner Function is traced by itself, as when it is called from outside, and the graph being
traced calls what that gives. Where that cannot be, its ops become part of the graph at the place of
the call: it is recursive, changes Python objects, is given or reaches what only this trace knows,
or raises while it is traced.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pygraph.control.changes.reads import enter, reads
from pygraph.control.effects.printing import HeldPrints
from pygraph.control.recursion.activations import stack
from pygraph.control.tensors import current, is_tensor
from pygraph.function import tracing
from pygraph.graph import TensorSpec
from pygraph.graph.context import ModuleContext
from pygraph.graph.structure import Structure, flatten, unflatten

if TYPE_CHECKING:
    from pygraph.function.concrete import ConcreteFunction
    from pygraph.function.function import Function

# Kinds of structures that only a trace knows.
_STAGED = ("staged", "items")


class UnderWay(BaseException):
    """A Function is called whose trace has begun outside of the one being made.

    It is no Exception: the user's handlers are not asked.
    """


class _State(threading.local):
    # Whether nested calls are traced where they are called, since an attempt has failed.
    inlines = False


_state = _State()


@contextmanager
def inlining() -> Iterator[None]:
    """Trace nested calls where they are called until the end of the block."""
    former, _state.inlines = _state.inlines, True
    try:
        yield
    finally:
        _state.inlines = former


def call_body(
    function: Function[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any] | None:
    """Record a call of the graph that serves these arguments, tracing it if need be.

    Returns what it gives in a tuple, None if there can be no such graph. Raises UnderWay where the
    call belongs to a recursion that began outside of this trace.
    """
    if _is_under_way(function) or _state.inlines:
        return None
    canonical = _canonical(function, args, kwargs)
    described = None if canonical is None else _described(canonical)
    if described is None:
        return None
    key = function.key_of_arguments(described, specs=True)
    if key in function.inlined:
        return None
    found = _attempt(function, described)
    if found is None:
        function.inlined.add(key)
        return None
    enter(function.python_function, function.staged_function(), args, kwargs)
    _pass_on_reads(found)
    return (found.record(flatten(canonical)[0]),)


def _attempt(function: Function[..., Any], described: tuple[Any, ...]) -> ConcreteFunction | None:
    """Return the graph for arguments; None, and all is as it was, where there can't be one."""
    with HeldPrints() as prints:
        try:
            with tracing.undone_if_it_fails():
                found = function.graph_for(described)
        except (Exception, UnderWay, tracing.ObjectsChanged):
            return None
    prints.release()
    return None if found.changes_objects else found


def _is_under_way(function: Function[..., Any]) -> bool:
    module = _module()
    for activation in stack():
        if activation.function is function.python_function:
            if activation.builder.module is not module:
                raise UnderWay
            return True
    return False


def _canonical(
    function: Function[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, ...] | None:
    """Return canonical arguments, cast to the input signature; None where a run knows sizes."""
    canonical = function.signature.bind(args, kwargs)
    try:
        return function.cast(canonical)
    except TypeError:  # for a size that is not known yet there is no error
        if any(None in getattr(leaf, "static_shape", ()) for leaf in flatten(canonical)[0]):
            return None
        raise


def _described(canonical: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Return arguments with specs for tensors; None where a part is known to this trace only."""
    leaves, structure = flatten(canonical)
    if not _is_plain(structure):
        return None
    described: list[Any] = []
    for leaf in leaves:
        if hasattr(type(leaf), "__pygraph_tensor__"):
            return None
        described.append(TensorSpec.of(leaf) if is_tensor(leaf) else leaf)
    return tuple(unflatten(structure, described))


def _is_plain(structure: Structure) -> bool:
    if structure.kind in _STAGED:
        return False
    if structure.kind == "registered":
        kind = structure.key[0]
        if hasattr(kind, "__pygraph_choice__") or hasattr(kind, "__pygraph_optional__"):
            return False
    return all(map(_is_plain, structure.children))


def _pass_on_reads(inner: ConcreteFunction) -> None:
    """Let the trace at hand depend on what the inner one has read."""
    noted = reads()
    if noted is None:
        return
    if inner.traced.guarded is not None:
        noted.nested.append(inner.traced.guarded)
    for array, _ in inner.traced.contents:
        _module().captured.note_read(array)


def _module() -> ModuleContext:
    builder = current()
    assert builder is not None
    return builder.module
