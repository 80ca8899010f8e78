"""Methods that Python itself calls, such as ``__add__`` and property getters, while tracing.

Converted code cannot call these, for it does not see the calls. Where one turns out to decide by a
tensor, its class gets a method in its place that runs the converted form while a graph is built.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any

from pygraph.control.tensors import is_tracing
from pygraph.graph.frames import GENERATED


def convert_method(owner: type, name: str) -> bool:
    """Have a class run the converted form of a method while tracing; return whether it can be."""
    from pygraph.autograph.exclusions import is_excluded

    method = vars(owner)[name]
    replacement: Any
    if isinstance(method, FunctionType):
        if is_excluded(method):
            return False
        of_fields = method.__code__.co_filename == GENERATED
        replacement = _comparing(method) if of_fields else _following(method)
    elif isinstance(method, property) and method.fget is not None:
        replacement = method.getter(_following(method.fget))
    elif isinstance(method, functools.cached_property):
        replacement = functools.cached_property(_following(method.func))
        replacement.__set_name__(owner, name)
    else:
        return False
    try:
        setattr(owner, name, replacement)
    except (TypeError, AttributeError):
        return False
    return True


def _comparing(method: FunctionType) -> Callable[..., Any]:
    """Return a data class's comparison of its fields, such that tensors among them decide."""

    @functools.wraps(method)
    def comparing(one: Any, other: Any) -> Any:
        if not is_tracing() or type(one) is not type(other):
            return method(one, other)
        from pygraph.autograph.operators.comparisons import SYMBOLS, compared

        return compared(one, SYMBOLS[method.__name__], other)

    return comparing


def _following(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def following(*arguments: Any, **keywords: Any) -> Any:
        if not is_tracing():
            return method(*arguments, **keywords)
        from pygraph.autograph.operators import call

        return call(method)(*arguments, **keywords)

    return following
