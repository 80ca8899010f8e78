"""What is called as it is: NumPy, the standard library, pygraph itself, and what the user names."""

from __future__ import annotations

import functools
from types import CodeType, FunctionType, ModuleType
from typing import Any

from pygraph.graph.locations import STANDARD_LIBRARY, is_library_file, package_of

# The method that makes objects callable; every type has the attribute, so it is looked up by name.
CALL = "__call__"

_FLAG = "__pygraph_do_not_convert__"
_LIBRARIES = (STANDARD_LIBRARY, "numpy")

_excluded_modules: set[str] = set()


def _orderings() -> set[CodeType]:
    """Return the code of the comparisons that ``functools.total_ordering`` adds to a class."""
    names = ("__lt__", "__le__", "__gt__", "__ge__")
    found = set()
    for root in names:
        kind: Any = functools.total_ordering(type("", (), {root: lambda self, other: False}))
        found |= {getattr(kind, name).__code__ for name in names if name != root}
    return found


# Of the standard library, what is converted: these call the user's own methods.
_converted = _orderings()


class _ExcludedFiles(dict[str, bool]):
    """Whether functions of a file stay as they are, remembered by file name."""

    def __missing__(self, filename: str) -> bool:
        result = package_of(filename) in _LIBRARIES or is_library_file(filename)
        self[filename] = result
        return result


_excluded_files = _ExcludedFiles()


def exclude(target: Any) -> None:
    """Leave a function or module as it is from now on."""
    if isinstance(target, ModuleType):
        _excluded_modules.add(target.__name__)
    else:
        setattr(getattr(target, "__func__", target), _FLAG, True)


def is_excluded_file(filename: str) -> bool:
    """Return whether functions of a file stay as they are."""
    return _excluded_files[filename]


def is_excluded(function: FunctionType) -> bool:
    """Return whether converted code calls a Python function as it is."""
    if _FLAG in function.__dict__:
        return True
    code = function.__code__
    if is_excluded_file(code.co_filename) and code not in _converted:
        return True
    if not _excluded_modules:
        return False
    name = function.__module__ or ""
    return any(name == module or name.startswith(module + ".") for module in _excluded_modules)


def is_marked(target: Any) -> bool:
    """Return whether ``do_not_convert`` was used on a callable that is no plain function."""
    return bool(getattr(target, _FLAG, False))
