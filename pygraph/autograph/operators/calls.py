"""Calls from converted code: what is called is converted first, where it is the user's."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, MethodWrapperType
from typing import Any

from pygraph.autograph.conversion import convert_python_function
from pygraph.autograph.errors import ConversionError
from pygraph.autograph.exclusions import CALL, is_excluded, is_marked
from pygraph.autograph.operators.branches import if_expr
from pygraph.autograph.operators.builtins import isinstance_, staged_builtin
from pygraph.autograph.operators.effects import text_method
from pygraph.autograph.operators.lists import list_method
from pygraph.autograph.operators.lookups import member
from pygraph.autograph.operators.missing import seeing
from pygraph.autograph.operators.mutation import watched, watched_form
from pygraph.autograph.operators.once import warn_where_it_runs_once
from pygraph.autograph.source import has_source
from pygraph.control.changes.journal import note_outer_variables
from pygraph.control.changes.reads import enter, note_attribute
from pygraph.control.conditional import cond
from pygraph.control.containers import arrays
from pygraph.control.join.chosen_values import ChosenValue
from pygraph.control.loop.while_loop import while_loop
from pygraph.control.recursion.calls import followed
from pygraph.control.tensors import is_tracing
from pygraph.graph.locations import mark_of

_GENERATOR = 0x20 | 0x80 | 0x200


# Functions to which it matters which object it is, and not what that holds.
_ON_OBJECTS = (isinstance, issubclass, callable, id, hasattr, getattr, setattr, delattr)


def call(function: Any) -> Any:
    """Return what a call of ``function`` in converted code calls."""
    return _converted(function, is_tracing())


def _converted(function: Any, follow: bool) -> Any:
    kind = type(function)
    if kind in _PLAIN_FUNCTIONS and is_tracing():
        warn_where_it_runs_once(function)
    if is_tracing() and arrays.is_numpys(function) and kind is not type:
        return arrays.calling_numpy(function)
    if kind is FunctionType:
        if is_tracing():
            note_outer_variables(function)
            replaced = staged_builtin(function)
            if replaced is not None:
                return watched_form(replaced)
        return _with_converted_arguments(function) or _function(function, follow)
    if kind is MethodType:
        inner = function.__func__
        converted = _converted(inner, follow)
        return function if converted is inner else MethodType(converted, function.__self__)
    if kind is BuiltinFunctionType or kind is type:
        higher = _with_converted_arguments(function)
        if higher is not None:
            return higher
        if is_tracing():
            debugger = _debugger(function)
            if debugger is not None:
                return debugger
            replaced = list_method(function) or staged_builtin(function) or text_method(function)
            if replaced is not None:
                replaced = seeing(function, watched_form(replaced))
                if function in _ON_OBJECTS:
                    return replaced
                return arrays.with_values(replaced, reads=function is not len)
        if kind is type:
            return _class(function)
        if function is isinstance:
            return isinstance_  # of eager tensors as of symbolic ones
        return seeing(function, _as_it_is(function)) if is_tracing() else function
    if isinstance(function, type):
        return _class(function)
    if kind is MethodWrapperType:
        return seeing(function, _as_it_is(function)) if is_tracing() else function
    if kind is ChosenValue:
        return lambda *given, **named: _chosen_call(function, 0, given, named)
    return _object(function, kind, follow)


_PLAIN_FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType)


def _chosen_call(
    choice: ChosenValue, number: int, given: tuple[Any, ...], named: dict[str, Any]
) -> Any:
    """Call the one of several functions that a tensor chooses."""

    def this() -> Any:
        return call(choice.values[number])(*given, **named)

    if number + 1 == len(choice.values):
        return this()
    return if_expr(
        choice.position == number, this, lambda: _chosen_call(choice, number + 1, given, named)
    )


# Functions that are called as they are, but call functions of the user's.
_HIGHER_ORDER: dict[Any, int] = {map: 1, filter: 1, functools.reduce: 1, cond: 3, while_loop: 2}


def _with_converted_arguments(function: Any) -> Callable[..., Any] | None:
    count = _HIGHER_ORDER.get(function)
    if count is None:
        return None

    def higher(*arguments: Any, **keywords: Any) -> Any:
        converted = [convertible(value) for value in arguments[:count]]
        named = {name: convertible(value) for name, value in keywords.items()}
        target = (staged_builtin(function) if is_tracing() else None) or function
        return target(*converted, *arguments[count:], **named)

    return higher


def convertible(value: Any) -> Any:
    """Return the converted form of a function, and anything else as it is."""
    is_function = type(value) in (FunctionType, MethodType, functools.partial)
    return _converted(value, False) if is_function else value


def _function(function: FunctionType, follow: bool) -> Callable[..., Any]:
    """Return the converted form of a function, if it has one, such that its calls are followed."""
    code = function.__code__
    converted = function
    if mark_of(code) is None:
        if is_excluded(function) or code.co_flags & _GENERATOR:
            return _debugger(function) or _as_it_is(function)
        if not has_source(code, function.__globals__):
            return _as_it_is(function)
        converted = convert_python_function(function)
    if follow:
        return followed(function, converted)
    enter(function, converted)
    return converted


def _debugger(function: Any) -> Callable[..., None] | None:
    """Return pygraph's form of a function that starts Python's debugger, None for any other."""
    if function.__name__ not in ("breakpoint", "set_trace") or not is_tracing():
        return None
    from pygraph.autograph.operators.debugging import debugger_of

    return debugger_of(function)


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what is not converted, such that what it changes is noticed."""
    if not is_tracing():
        return function
    seen = watched(function)
    if seen is function:
        return function
    return arrays.with_values(seen, reads=function is not functools.partial)


def _object(function: Any, kind: type, follow: bool) -> Any:
    if hasattr(kind, "__pygraph_call__"):
        return function
    if is_marked(function):
        return _as_it_is(function)
    if kind is functools.partial:
        inner = _converted(function.func, follow)
        if inner is function.func:
            return function
        return functools.partial(inner, *function.args, **function.keywords)
    method = getattr(kind, CALL, None)
    if type(method) is FunctionType:
        note_attribute(function, CALL)
        converted = _converted(method, follow)
        if converted is not method:
            return MethodType(converted, function)
    return _as_it_is(function)


def _class(cls: type) -> Any:
    """A class is called by way of its converted ``__init__``."""
    if isinstance(cls, enum.EnumMeta) and is_tracing():
        return partial(member, cls)
    initialiser = _initialiser(cls)
    note_attribute(cls, "__init__")
    if (
        type(cls).__call__ is not type.__call__
        or type(initialiser) is not FunctionType
        or is_marked(cls)
        or is_excluded(initialiser)
    ):
        return _as_it_is(cls)
    try:
        converted = call(initialiser)
    except ConversionError:
        return _as_it_is(cls)
    if converted is initialiser:
        return cls

    def construct(*args: Any, **kwargs: Any) -> Any:
        create: Any = cls.__new__
        instance = create(cls) if create is object.__new__ else call(create)(cls, *args, **kwargs)
        if isinstance(instance, cls):
            kind = type(instance)
            run = converted if kind is cls else call(_initialiser(kind))
            run(instance, *args, **kwargs)
        return instance

    return construct


def _initialiser(cls: Any) -> Any:
    return cls.__init__
