"""From a call's arguments to canonical ones, one entry per parameter, and back."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any

from pygraph._hot import Binder

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Signature:
    """The parameters of a Python function; of a method, those after ``self``.

    A canonical argument tuple has one entry per parameter: the tuple of surplus positional
    arguments for ``*args``, the dict of surplus keyword arguments for ``**kwargs``.
    """

    def __init__(self, function: Callable[..., Any], *, bound: bool = False) -> None:
        self.inspected = inspect.signature(function)
        parameters = list(self.inspected.parameters.values())
        if bound and parameters and parameters[0].kind in _POSITIONAL:
            parameters = parameters[1:]
            self.inspected = self.inspected.replace(parameters=parameters)
        self.parameters = parameters
        self.binder = Binder(parameters, _Refusal(function, self.inspected, bound))

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return canonical arguments. Raises TypeError as a call of the Python function would."""
        return self.binder.bind(args, kwargs)

    def unbind(self, canonical: tuple[Any, ...]) -> tuple[list[Any], dict[str, Any]]:
        """Return the positional and keyword arguments of a call for canonical ones."""
        positional: list[Any] = []
        keywords: dict[str, Any] = {}
        for parameter, value in zip(self.parameters, canonical, strict=True):
            if parameter.kind in _POSITIONAL:
                positional.append(value)
            elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                positional.extend(value)
            elif parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                keywords[parameter.name] = value
            else:
                keywords.update(value)
        return positional, keywords

    def names(self) -> list[str]:
        """Return the parameters' names."""
        return [parameter.name for parameter in self.parameters]


class _Refusal:
    """Raises the TypeError of a call that does not fit, in the words that Python itself uses.

    They come from calling a function without a body that has the same name and parameters.
    """

    def __init__(
        self, function: Callable[..., Any], inspected: inspect.Signature, bound: bool
    ) -> None:
        self._function = function
        self._inspected = inspected
        self._bound = bound

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        first = (None,) if self._bound else ()
        hollow = _hollow(self._function)
        if hollow is not None:
            hollow(*first, *args, **kwargs)
        self._inspected.bind(*args, **kwargs)


def _hollow(function: Any) -> Callable[..., Any] | None:
    """Return a function that takes what ``function`` takes, and does nothing."""
    if isinstance(function, functools.partial):
        inner = _hollow(function.func)
        return inner and functools.partial(inner, *function.args, **function.keywords)
    if isinstance(function, MethodType):
        inner = _hollow(function.__func__)
        return inner and functools.partial(inner, function.__self__)
    if isinstance(function, FunctionType) and not hasattr(function, "__wrapped__"):
        return _hollow_function(function)
    call = inspect.getattr_static(type(function), "__call__", None)
    if isinstance(call, FunctionType) and not isinstance(function, type):
        return functools.partial(_hollow_function(call), function)
    return None


def _hollow_function(function: FunctionType) -> Callable[..., Any]:
    parameters = [
        parameter.replace(
            annotation=inspect.Parameter.empty,
            default=parameter.default if parameter.default is inspect.Parameter.empty else None,
        )
        for parameter in inspect.signature(function).parameters.values()
    ]
    namespace: dict[str, Any] = {}
    exec(f"def hollow{inspect.Signature(parameters)}: pass", namespace)
    hollow: FunctionType = namespace["hollow"]
    hollow.__name__ = function.__name__
    hollow.__qualname__ = function.__qualname__
    return hollow
