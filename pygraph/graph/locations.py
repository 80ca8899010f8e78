"""Which of the user's lines the running code stands for.

Converted code consists of the user's own function and of small helper functions (the branches of an
``if``, the body of a loop) compiled under the user's file and lines. Each of these code objects
ends its constants with a :class:`CodeMark`, so telling them apart costs one attribute read and the
mark lives exactly as long as the code. Nothing here may import another Python part of pygraph.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, TypeVar

from pygraph._hot import BoundaryMark, CodeMark, chain_of_calls, hooks

_F = TypeVar("_F", bound=Callable[..., Any])

Location = tuple[str, int, str]
"""File name, line number, function name."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_USER_PARTS = (_PACKAGE + "demo" + os.sep,)
# How Cython names its sources in the frames of tracebacks.
_COMPILED = "csrc/bind/"
# Where what ops say of their operands comes from.
_OPS = (_PACKAGE + "ops" + os.sep, _COMPILED)
# What converted code calls in the place of Python's operators and functions.
_OPERATORS = (
    _PACKAGE + os.path.join("autograph", "operators", ""),
    _PACKAGE + os.path.join("control", ""),
    _COMPILED,
)


def mark_of(code: CodeType) -> CodeMark | None:
    """Return the mark of converted code, or None for code as the user wrote it."""
    constants = code.co_consts
    if constants and type(constants[-1]) is CodeMark:
        return constants[-1]
    return None


def trace_boundary(function: _F) -> _F:
    """Mark a function as the place where a trace starts: chains end below its frame."""
    code: CodeType = function.__code__
    function.__code__ = code.replace(co_consts=(*code.co_consts, BoundaryMark()))
    return function


class _LibraryFiles(dict[str, bool]):
    """Whether a file belongs to pygraph itself, remembered by file name."""

    def __missing__(self, filename: str) -> bool:
        is_library = filename.startswith((_PACKAGE, _COMPILED)) and not filename.startswith(
            _USER_PARTS
        )
        self[filename] = is_library
        return is_library


_library_files = _LibraryFiles()
# The standard library lies where `os` does, by that name or by the one that a link stands for.
_STANDARD = tuple(
    {
        os.path.join(folder, "")
        for folder in (os.path.dirname(os.__file__), os.path.realpath(os.path.dirname(os.__file__)))
    }
)
hooks.library_files = _library_files


def is_library_file(filename: str) -> bool:
    """Return whether a file is part of pygraph, as opposed to the user's code."""
    return _library_files[filename]


def is_standard_file(filename: str) -> bool:
    """Return whether a file is part of Python's standard library, and not installed into it."""
    if "site-packages" in filename or "dist-packages" in filename:
        return False
    return filename.startswith(_STANDARD) or filename.startswith("<frozen ")


class _Regions(threading.local):
    """The frames at which staging began, each with the chain of the user's calls up to there."""

    def __init__(self) -> None:
        self.stack: list[tuple[FrameType | None, tuple[Location, ...]]] = [(None, ())]


_regions = _Regions()


class Region:
    """While a branch or a loop is traced: chains are known from the frame that entered it on.

    It saves :func:`current_chain` from walking through the frames of everything around. With
    ``chain``, that is what stands around the frame: nodes of a graph that is recorded again.
    """

    __slots__ = ("_chain",)

    def __init__(self, chain: tuple[Location, ...] | None = None) -> None:
        self._chain = chain

    def __enter__(self) -> None:
        chain = current_chain() if self._chain is None else self._chain
        _regions.stack.append((sys._getframe(1), chain))

    def __exit__(self, *_: object) -> None:
        _regions.stack.pop()


def current_chain() -> tuple[Location, ...]:
    """Return the user's calls that are running now, innermost first.

    pygraph's own frames are left out, and a helper's frame together with the frames up to its
    function count as one entry: the function, at the line where the helper stands.
    """
    return chain_of_calls(*_regions.stack[-1])


def chain_of_op_error(error: BaseException) -> tuple[Location, ...] | None:
    """Return the user's calls at which an op raised an error, innermost first.

    None for an error that no op raised. To be asked where the error is caught.
    """
    entries = []
    entry = error.__traceback__
    while entry is not None:
        entries.append((entry.tb_frame.f_code, entry.tb_lineno))
        entry = entry.tb_next
    if not entries or not entries[-1][0].co_filename.startswith(_OPS):
        return None
    return _chain_of(entries)


def chain_of_converted_error(error: BaseException) -> tuple[Location, ...] | None:
    """Return the user's calls at which converted code itself raised an error, innermost first.

    None for an error that comes from elsewhere. To be asked where the error is caught.
    """
    entries = []
    entry = error.__traceback__
    while entry is not None:
        entries.append((entry.tb_frame.f_code, entry.tb_lineno))
        entry = entry.tb_next
    users = [code for code, _ in entries if not is_library_file(code.co_filename)]
    if not users or mark_of(users[-1]) is None or users[-1] is not _last_of_others(entries):
        return None
    return _chain_of(entries)


def _last_of_others(entries: list[tuple[CodeType, int]]) -> CodeType | None:
    """Return the innermost code that is none of the operators that converted code calls."""
    for code, _ in reversed(entries):
        if not code.co_filename.startswith(_OPERATORS):
            return code
    return None


def _chain_of(entries: list[tuple[CodeType, int]]) -> tuple[Location, ...]:
    chain: list[Location] = []
    folding: CodeMark | None = None
    for code, line in reversed(entries):
        if code.co_consts and type(code.co_consts[-1]) is BoundaryMark:
            return tuple(chain)
        mark = mark_of(code)
        if folding is not None:
            if mark is folding:
                folding = None
        elif not is_library_file(code.co_filename):
            chain.append((code.co_filename, line, code.co_name))
            folding = None if mark is None else mark.owner
    # A helper that is still to be folded belongs to the innermost entry around.
    return (*chain, *current_chain()[folding is not None :])


_INSTALLED = ("site-packages", "dist-packages")


class _InstalledPackages(dict[str, str | None]):
    """The installed package that a file belongs to, remembered by file name."""

    def __missing__(self, filename: str) -> str | None:
        parts = filename.split(os.sep)
        installed = [index for index, part in enumerate(parts) if part in _INSTALLED]
        package: str | None = None
        if installed:
            package = parts[installed[-1] + 1] if installed[-1] + 1 < len(parts) else ""
        elif is_standard_file(filename):
            package = STANDARD_LIBRARY
        self[filename] = package
        return package


STANDARD_LIBRARY = "the standard library"
_installed_packages = _InstalledPackages()


def package_of(filename: str) -> str | None:
    """Return the installed package or standard library that a file is of; None: the user's."""
    return _installed_packages[filename]


def is_installed_file(filename: str) -> bool:
    """Return whether a file is not the user's: of Python, an installed package or pygraph."""
    return _installed_packages[filename] is not None or _library_files[filename]


def is_library_module(name: str) -> bool:
    """Return whether a module is one of pygraph's own."""
    return name == "pygraph" or name.startswith("pygraph.")


def user_line() -> Location | None:
    """Return the innermost of the user's lines, or None outside of any."""
    chain = current_chain()
    return chain[0] if chain else None


def describe(location: Location | None) -> str:
    """Return a location as ``file:line, in function``."""
    if location is None:
        return "an unknown place"
    filename, line, function = location
    return f"{filename}:{line}, in {function}"


def target_of(function: Any) -> Any:
    """Return the function that a wrapper of pygraph's own runs, and any other as it is."""
    return getattr(function, "__pygraph_target__", function)


def name_of(value: object) -> str:
    """Return how the user's function that runs calls an object; empty if it has no name there.

    It is a variable, or an attribute of one.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and is_library_file(frame.f_code.co_filename):
        frame = frame.f_back
    used = {
        name: frame.f_globals[name] for name in frame.f_code.co_names if name in frame.f_globals
    }
    variables = {**used, **frame.f_locals}
    for name, found in variables.items():
        if found is value:
            return name
    for name, owner in variables.items():
        for attribute, found in getattr(owner, "__dict__", {}).items():
            if found is value:
                return f"{name}.{attribute}"
    return ""
