"""Tracebacks as the user knows the program: the library's frames out, helpers folded."""

from __future__ import annotations

import functools
import linecache
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import CodeType, FrameType, FunctionType, TracebackType
from typing import Any, NamedTuple, ParamSpec, TypeVar

from pygraph._hot import hooks, leave, show_full_tracebacks
from pygraph.graph.locations import (
    describe,
    is_installed_file,
    is_library_file,
    is_standard_file,
    mark_of,
)

_E = TypeVar("_E", bound=BaseException)
_P = ParamSpec("_P")
_R = TypeVar("_R")
_T = TypeVar("_T")


def clean_traceback(error: _E) -> _E:
    """Take pygraph's frames out of an error's traceback, and fold those of helpers; return it.

    A helper's frame stands for its function, so the function's own frame below it goes. An error of
    pygraph's own ends at the user's line. What it was caused by is cleaned as well.
    """
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        found = pending.pop()
        if found is not None and id(found) not in seen:
            seen.add(id(found))
            _clean(found)
            pending += [found.__cause__, found.__context__]
    return error


def _clean(error: BaseException) -> None:
    entries: list[TracebackType] = []
    entry = error.__traceback__
    while entry is not None:
        entries.append(entry)
        entry = entry.tb_next
    kept = folded(_users(entries), lambda entry: entry.tb_frame.f_code)
    following: TracebackType | None = None
    for entry in reversed(kept):
        entry.tb_next = following
        following = entry
    error.__traceback__ = following


def _users(entries: list[TracebackType]) -> list[TracebackType]:
    """Drop the entries of pygraph, and of what it calls in the standard library."""
    kept: list[TracebackType] = []
    inside = False
    for entry in entries:
        name = entry.tb_frame.f_code.co_filename
        inside = is_library_file(name) or (inside and is_standard_file(name))
        if not inside:
            kept.append(entry)
    return kept


hooks.clean_traceback = clean_traceback
show_full_tracebacks(os.environ.get("PYGRAPH_FULL_TRACEBACKS", "0") not in ("", "0"))


def public(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a function one whose errors show the user's frames only, down to its call.

    For what is not called often: it costs a Python call.
    """

    @functools.wraps(function)
    def entrance(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            leave(error)
            raise  # as it is now: a bare raise adds no entry for this frame

    return entrance


class Method(NamedTuple):
    """A method: the class that defines it, its name there, and its code."""

    owner: type
    name: str
    code: CodeType

    def leave_as_it_is(self) -> None:
        """Have an error say from now on that the method is not converted."""
        _as_they_are.add(self.code)


class UnconvertedMethod(BaseException):
    """Methods that Python itself calls need to be converted: the trace has to start anew."""

    def __init__(self, methods: Sequence[Method]) -> None:
        super().__init__(methods)
        self.methods = methods


# The code of methods that cannot be converted.
_as_they_are: set[CodeType] = set()


_GENERATOR = 0x20 | 0x80 | 0x200
GENERATED = "<string>"
"""The file of code that was made as text, as the methods of data classes are."""
_COMPARISONS = ("__eq__", "__lt__", "__le__", "__gt__", "__ge__")


def unconverted_caller() -> str:
    """Return, for the end of an error's text, why the code that runs was not converted.

    Raises UnconvertedMethod where it is a method that Python called and that can be converted.
    """
    frame: FrameType | None = sys._getframe()
    while frame is not None and is_library_file(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None or mark_of(frame.f_code) is not None:
        return ""
    code = frame.f_code
    if code.co_name.startswith("<") and code.co_name != "<lambda>":
        return ""  # a comprehension
    where = describe((code.co_filename, frame.f_lineno, code.co_name))
    if code.co_filename == GENERATED and code.co_name in _COMPARISONS:
        _demand_conversion(frame)
    if code.co_flags & _GENERATOR:
        reason = "it is a generator or a coroutine"
    elif code.co_filename == GENERATED or not linecache.getlines(code.co_filename, frame.f_globals):
        reason = "its source is not available (code from exec() or eval()?)"
    else:
        _demand_conversion(frame)
        reason = "that was turned off, or it is a library's"
    return (
        f"\n  {where}, is not converted by AutoGraph: {reason}. autograph=False or "
        "pygraph.autograph.do_not_convert is for functions that need none"
    )


def _demand_conversion(frame: FrameType) -> None:
    """Raise UnconvertedMethod for the method that converted code entered by way of Python."""
    unconverted = [frame]
    caller = _caller(frame)
    while caller is not None and mark_of(caller.f_code) is None:
        unconverted.append(caller)
        caller = _caller(caller)
    for outer in reversed(unconverted if caller is not None else []):
        code = outer.f_code
        if code.co_argcount and code not in _as_they_are:
            own = type(outer.f_locals.get(code.co_varnames[0]))
            for owner, name in _places_of(code, own):
                raise UnconvertedMethod([Method(owner, name, code)])


def demand_conversion_of(kind: type) -> None:
    """Raise UnconvertedMethod for the code of a class that Python itself calls, such as operators.

    It would find what stands, while tracing, for an attribute that may be missing.
    """
    found = [
        Method(owner, name, function.__code__)
        for owner in kind.__mro__
        for name, value in vars(owner).items()
        if (function := _called_by_python(name, value)) is not None
    ]
    found = [method for method in found if method.code not in _as_they_are]
    if found:
        raise UnconvertedMethod(found)


def _called_by_python(name: str, value: Any) -> FunctionType | None:
    is_special = name.startswith("__") and name.endswith("__") and name not in _MAKING
    function = getattr(value, "fget", None) or getattr(value, "func", None)
    if function is None and is_special:
        function = value
    if type(function) is not FunctionType:
        return None
    code = function.__code__
    if is_library_file(code.co_filename) or is_installed_file(code.co_filename):
        return None
    if mark_of(code) is not None or code.co_flags & _GENERATOR:
        return None
    if code.co_filename == GENERATED:
        return function if name in _COMPARISONS else None
    return function


# Special methods that make objects and attributes: these are there when attributes are read.
_MAKING = frozenset(
    f"__{name}__"
    for name in (
        *("new", "init", "post_init", "del", "init_subclass", "class_getitem", "set_name"),
        *("setattr", "delattr", "getattribute", "reduce", "reduce_ex", "getstate", "setstate"),
    )
)


def _places_of(code: CodeType, kind: type) -> Iterator[tuple[type, str]]:
    """Yield where a class, or one that it is derived from, has a method of that code."""
    for owner in kind.__mro__:
        for name, value in vars(owner).items():
            function = getattr(value, "fget", None) or getattr(value, "func", value)
            if getattr(function, "__code__", None) is code:
                yield owner, name


def _caller(frame: FrameType) -> FrameType | None:
    """Return the frame of the user's code that a frame was called from."""
    caller = frame.f_back
    while caller is not None and is_library_file(caller.f_code.co_filename):
        caller = caller.f_back
    return caller


def is_users(error: BaseException) -> bool:
    """Return whether an error was raised by the user's own code, and not by pygraph."""
    entry = error.__traceback__
    file = ""
    while entry is not None:
        found = entry.tb_frame.f_code.co_filename
        if found != _READS:
            file = found
        entry = entry.tb_next
    return bool(file) and not is_library_file(file)


# What reads attributes and items in the stead of converted code.
_READS = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
    "autograph",
    "operators",
    "reads.py",
)


def folded(entries: Iterable[_T], code_of: Callable[[_T], CodeType]) -> list[_T]:
    """Drop the entries of a function, and of its helpers, from which one of its helpers runs.

    The entries are in the order of calls; ``code_of`` gives the code that each runs.
    """
    kept: list[_T] = []
    for entry in entries:
        mark = mark_of(code_of(entry))
        if mark is not None and mark.owner is not None:
            while kept:
                last = mark_of(code_of(kept[-1]))
                if last is mark.owner:
                    kept.pop()
                    break
                if last is None or last.owner is not mark.owner:
                    break
                kept.pop()
        kept.append(entry)
    return kept


hooks.unconverted_caller = unconverted_caller
