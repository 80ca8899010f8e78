"""Calls of functions that are under way.

Where Python values decide whether a function calls itself again, the calls are traced one inside
the other, as any call is. Where a tensor decides, that would never end: the function becomes one of
the graph's (`recursive.py`), which the graph calls.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pygraph._hot import require_stack
from pygraph.control.changes.reads import enter
from pygraph.control.join.forms import Form
from pygraph.control.join.leaves import NUMBERS, ValueLeaf
from pygraph.control.recursion.activations import Activation, joined, stack
from pygraph.control.recursion.recursive import Recursive, place
from pygraph.control.tensors import current
from pygraph.graph import Builder
from pygraph.graph.builder import NestingError

# Where so many calls are under way, each where a tensor decides, that differ in Python numbers
# only, these become tensors: the numbers alone may never end the recursion. So do the others of a
# function of the graph where as many of its bodies, one for each number, stand in each other: each
# is traced several times for each trace of the one around it.
_NESTED_WITH_NUMBERS = 3

_FRAMES_PER_CALL = 4


def followed(function: Callable[..., Any], target: Callable[..., Any]) -> Callable[..., Any]:
    """Return what is called for a function while a graph is traced; ``target`` is what runs."""

    def call(*args: Any, **kwargs: Any) -> Any:
        builder = current()
        if builder is None:
            return target(*args, **kwargs)
        require_stack()
        enter(function, target, args, kwargs)
        calls = stack()
        activation = Activation(function, builder, args, kwargs)
        first = next((other for other in calls if other.function is function), None)
        recursive = None if first is None else _find(activation, first)
        if first is not None and recursive is not None:
            try:
                return recursive.call(activation, target)
            except Exception:
                if not recursive.tries_numbers or recursive.complete:
                    raise
                first.needs_numbers = True
        if first is not None:
            first.repeats += 1
        calls.append(activation)
        try:
            return target(*args, **kwargs)
        except (RecursionError, NestingError) as error:
            if first is not None or not _is_pythons(error, activation):
                raise
            raise (_endless(activation) if activation.repeats else _too_deep(activation)) from None
        finally:
            calls.pop()

    call.__wrapped__ = function  # type: ignore[attr-defined]
    call.__pygraph_target__ = target  # type: ignore[attr-defined]
    return call


@contextmanager
def deeper_stack() -> Iterator[None]:
    """Trace inside with a higher limit on recursion.

    Where Python values decide, a recursion is traced call by call, and what is one call of the
    user's takes several of Python's while it is traced.
    """
    if stack():  # a trace inside of another
        yield
        return
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit * _FRAMES_PER_CALL)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _find(activation: Activation, first: Activation) -> Recursive | None:
    """Return the function of the graph that a call goes to; None if it is traced where it is.

    ``first`` is the first call of the same function that is under way.
    """
    arguments = activation.arguments()
    if arguments is None:
        return None
    complete = _complete(activation, first.callees)
    if complete is not None:
        return complete
    bodies = 0  # of the function itself, around the call
    inside_a_body = False
    nested: set[Builder] = set()
    for other in reversed(stack()):
        if other.builder.module is not activation.builder.module:
            break
        if other.function is activation.function:
            # A tensor decides if the builder is another: that of a branch, or of a loop's body.
            staged = other.builder is not activation.builder
            found = None
            if other.recursive is not None:
                bodies += 1
                deep = bodies >= _NESTED_WITH_NUMBERS
                numbers = staged and deep and not first.needs_numbers
                found = _under_way(other.recursive, activation, staged, numbers)
            elif staged and not inside_a_body:
                nested.add(other.builder)
                deep = len(nested) >= _NESTED_WITH_NUMBERS
                found = _new(other, activation, deep and not first.needs_numbers)
            if found is not None:
                return found
        inside_a_body = inside_a_body or other.recursive is not None
    return None


def _form_for(recursive: Recursive, activation: Activation) -> Form:
    arguments = activation.arguments(recursive.shared)
    assert arguments is not None
    return arguments.form


def _complete(activation: Activation, since: int) -> Recursive | None:
    """Return a function of the graph, not one of the first ``since``, that serves a call.

    What an earlier one has read, outer variables and objects, may be another by now.
    """
    builder = activation.builder
    for callee in builder.module.callees[since:]:
        if (
            isinstance(callee, Recursive)
            and callee.complete
            and callee.function is activation.function
            and joined(callee.form, _form_for(callee, activation)) == callee.form
            and callee.can_be_called_from(builder)
            and callee.serves_parts()
        ):
            return callee
    return None


def _under_way(
    recursive: Recursive, activation: Activation, staged: bool, numbers: bool
) -> Recursive | None:
    wider = joined(recursive.form, _form_for(recursive, activation), numbers)
    arguments = activation.arguments()
    if wider is None and staged and arguments is not None:
        recursive.share_changed(arguments)
    if wider is None or not (staged or wider == recursive.form):
        return None
    if numbers and wider != recursive.form:
        recursive.tries_numbers = True
    recursive.form = wider
    return recursive


def _new(outer: Activation, activation: Activation, numbers: bool) -> Recursive | None:
    shared = _changed_lists(outer, activation)
    arguments, inner = outer.arguments(shared), activation.arguments(shared)
    if arguments is None or inner is None:
        return None
    wider = joined(arguments.form, inner.form, numbers)
    if wider is None:
        return None
    made = Recursive(len(outer.builder.module.callees), outer.function, wider, numbers)
    made.shared = shared
    return made


def _changed_lists(outer: Activation, activation: Activation) -> set[int]:
    """Return the positions of lists that a call passes on, and that have changed since it began."""
    before, after = outer.arguments(), activation.arguments()
    if before is None or after is None:
        return set()
    parts = [arguments.form.structure for arguments in (before, after)]
    children = [() if structure is None else structure.children for structure in parts]
    return {
        place
        for place, (one, other) in enumerate(zip(before.values, after.values, strict=True))
        if one is other and type(one) in (list, deque) and children[0][place] != children[1][place]
    }


def _is_pythons(error: RecursionError | NestingError, activation: Activation) -> bool:
    if isinstance(error, NestingError):
        return activation.repeats > 0
    return str(error).startswith("maximum recursion depth exceeded")


def _too_deep(activation: Activation) -> RecursionError:
    name = getattr(activation.function, "__name__", "the function")
    return RecursionError(
        f"maximum recursion depth exceeded while {name} is traced "
        f"({place(activation.function)}): its calls, branches and expressions nest too deep; give "
        "parts of it names, or put them into a loop"
    )


def _endless(activation: Activation) -> RecursionError:
    name = getattr(activation.function, "__name__", "the function")
    arguments = activation.arguments()
    numbers = (
        []
        if arguments is None
        else [
            leaf_name
            for leaf_name, leaf in zip(arguments.names, arguments.form.leaves, strict=True)
            if isinstance(leaf, ValueLeaf) and type(leaf.value) in NUMBERS
        ]
    )
    which = f" ({', '.join(numbers)})" if numbers else ""
    return RecursionError(
        f"maximum recursion depth exceeded: {name} calls itself again and again while it is traced "
        f"({place(activation.function)}). Where no tensor decides, each call is traced by itself: "
        f"see that Python's values{which} bring it to an end, or pass as a tensor what decides, as "
        f"in {name}(pygraph.asarray(0))"
    )
