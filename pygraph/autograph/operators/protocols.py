"""Methods of the user's classes that Python's own syntax calls: truth, length, iteration, order.

Python wants plain values of them; converted code calls them itself, and takes tensors as well.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from pygraph.autograph.entry import call
from pygraph.control.changes.reads import note_attribute
from pygraph.control.containers import lists
from pygraph.control.join.chosen_values import ChosenValue
from pygraph.control.join.unset import Maybe
from pygraph.control.tensors import is_tensor, is_tracing


def own_method(value: Any, name: str) -> Callable[..., Any] | None:
    """Return a method of a class of the user's, converted; None outside of a trace.

    There is none where the method is a generator, which is not converted.
    """
    method = getattr(type(value), name, None)
    if type(method) is not FunctionType or not is_tracing():
        return None
    note_attribute(value, name)
    converted = call(method)
    if converted is method:  # not the user's
        return None
    return lambda *arguments: converted(value, *arguments)


def tested(value: Any) -> Any:
    """Return what a condition tests: a tensor, or what Python finds the truth of itself."""
    if is_tensor(value):
        return value
    if type(value) is ChosenValue:
        return value.each(bool)
    if type(value) is Maybe:
        return tested(value.truth())
    for name in ("__bool__", "__len__"):
        method = own_method(value, name)
        if method is not None:
            result = method()
            return lists.tested(result) if name == "__bool__" else result != 0
    return lists.tested(value)
