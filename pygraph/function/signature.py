"""From a call's arguments to canonical ones, one entry per parameter, and back."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, NamedTuple

import numpy as np

from pygraph._hot import Binder

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_EMPTY = inspect.Parameter.empty
# Functions in C: their signatures, where they have one, tell of arguments that no tensor is for.
IN_C = (BuiltinFunctionType, np.ufunc)


class Parameter(NamedTuple):
    """A parameter: its kind and default as `inspect` has them, and nothing else."""

    name: str
    kind: int
    default: Any = _EMPTY


class Signature:
    """The parameters of a Python function; of a method, those after ``self``.

    A canonical argument tuple has one entry per parameter: the tuple of surplus positional
    arguments for ``*args``, the dict of surplus keyword arguments for ``**kwargs``.
    """

    def __init__(self, function: Callable[..., Any], *, bound: bool = False) -> None:
        parameters = _parameters_of(function)
        self._without_first = bound and bool(parameters) and parameters[0].kind in _POSITIONAL
        self.parameters = parameters[1:] if self._without_first else parameters
        self._function = function
        self.binder = Binder(self.parameters, _Refusal(function, self._without_first))

    @property
    def inspected(self) -> inspect.Signature:
        """The same for people and tools, annotations included."""
        if isinstance(self._function, IN_C):
            kinds = [(p.name, inspect._ParameterKind(p.kind)) for p in self.parameters]
            return inspect.Signature([inspect.Parameter(name, kind) for name, kind in kinds])
        return _inspected(self._function, self._without_first)

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
            elif parameter.kind == inspect.Parameter.VAR_POSITIONAL:
                positional.extend(value)
            elif parameter.kind == inspect.Parameter.KEYWORD_ONLY:
                keywords[parameter.name] = value
            else:
                keywords.update(value)
        return positional, keywords

    def names(self) -> list[str]:
        """Return the parameters' names."""
        return [parameter.name for parameter in self.parameters]


def _parameters_of(function: Callable[..., Any]) -> list[Parameter]:
    """Return the parameters; `inspect` takes ten times as long for a plain function."""
    if isinstance(function, IN_C):
        return [Parameter("args", 2), Parameter("kwargs", 4)]
    if type(function) is not FunctionType or function.__dict__:
        inspected = inspect.signature(function).parameters.values()
        return [Parameter(p.name, int(p.kind), p.default) for p in inspected]
    code = function.__code__
    names = code.co_varnames
    count = code.co_argcount
    defaults = function.__defaults__ or ()
    values = [_EMPTY] * (count - len(defaults)) + list(defaults)
    parameters = [
        Parameter(names[i], int(i >= code.co_posonlyargcount), values[i]) for i in range(count)
    ]
    named = names[count : count + code.co_kwonlyargcount]
    rest = count + len(named)
    if code.co_flags & inspect.CO_VARARGS:
        parameters.append(Parameter(names[rest], 2))
        rest += 1
    keyword_defaults = function.__kwdefaults__ or {}
    parameters += [Parameter(name, 3, keyword_defaults.get(name, _EMPTY)) for name in named]
    if code.co_flags & inspect.CO_VARKEYWORDS:
        parameters.append(Parameter(names[rest], 4))
    return parameters


def _inspected(function: Callable[..., Any], without_first: bool) -> inspect.Signature:
    inspected = inspect.signature(function)
    if not without_first:
        return inspected
    return inspected.replace(parameters=list(inspected.parameters.values())[1:])


class _Refusal:
    """Raises the TypeError of a call that does not fit, in the words that Python itself uses.

    They come from calling a function without a body that has the same name and parameters.
    """

    def __init__(self, function: Callable[..., Any], without_first: bool) -> None:
        self._function = function
        self._without_first = without_first

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        first = (None,) if self._without_first else ()
        hollow = _hollow(self._function)
        if hollow is not None:
            hollow(*first, *args, **kwargs)
        _inspected(self._function, self._without_first).bind(*args, **kwargs)


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
