"""What users and the function layer call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType, MethodType, ModuleType
from typing import Any, TypeVar, overload

from pygraph.autograph.errors import ConversionError
from pygraph.graph import public

_F = TypeVar("_F", bound=Callable[..., Any])
_CALL = "__call__"


@public
def convert(function: _F) -> _F:
    """Return the converted form of a function: it works on tensors, staged or not, and on values.

    The result has the signature of the original. Raises ConversionError when the source is not
    available, or when the function is a generator or a coroutine.
    """
    return convert_function(function)


def convert_function(function: _F) -> _F:
    """Return the converted form of a function, method, partial or callable object.

    Unlike a call from converted code this converts whatever it is given, also parts of pygraph.
    """
    from pygraph.autograph.conversion import convert_python_function

    converted: Any
    if isinstance(function, FunctionType):
        converted = convert_python_function(function)
    elif isinstance(function, MethodType):
        converted = MethodType(convert_function(function.__func__), function.__self__)
    elif isinstance(function, functools.partial):
        converted = functools.partial(
            convert_function(function.func), *function.args, **function.keywords
        )
    else:
        method = getattr(type(function), _CALL, None)
        if isinstance(function, type) or not isinstance(method, FunctionType):
            raise ConversionError(f"{function!r} is not a Python function")
        converted = MethodType(convert_python_function(method), function)
    return converted  # type: ignore[no-any-return]


def converted_call(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what calls a function in C, such as NumPy's, as converted code does."""
    from pygraph.autograph.operators import call

    def staged(*arguments: Any, **keywords: Any) -> Any:
        return call(function)(*arguments, **keywords)

    return staged


@overload
def do_not_convert(target: _F) -> _F: ...
@overload
def do_not_convert(target: ModuleType) -> ModuleType: ...
def do_not_convert(target: Any) -> Any:
    """Leave a function, or all functions of a module, as they are when converted code calls them.

    Works as a decorator; returns what it is given.
    """
    from pygraph.autograph.exclusions import exclude

    exclude(target)
    return target


@public
def to_code(function: Callable[..., Any]) -> str:
    """Return the source text of the converted form of a function.

    A function of pygraph's own (one that ``@pygraph.function`` made) shows what it wraps.
    """
    from pygraph.autograph.conversion import convert_tree, unparse

    target: Any = getattr(function, "python_function", function)
    while True:
        if isinstance(target, MethodType):
            target = target.__func__
        elif isinstance(target, functools.partial):
            target = target.func
        elif not isinstance(target, FunctionType):
            method = getattr(type(target), _CALL, None)
            if isinstance(target, type) or not isinstance(method, FunctionType):
                raise ConversionError(f"{target!r} is not a Python function")
            target = method
        else:
            break
    node, _ = convert_tree(target.__code__, target.__globals__)
    return unparse(node)
