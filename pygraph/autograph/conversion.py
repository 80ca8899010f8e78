"""The pipeline: code object → syntax tree → converted code, kept for as long as the code lives.

Nothing here refers to a function or its globals: a conversion depends on the code alone, and every
function with that code gets its own copy of the shell around it.
"""

from __future__ import annotations

import ast
import gc
import inspect
import re
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import Any, TypeVar

from pygraph._hot import CodeMark
from pygraph.autograph.analysis.activity import CALLERS, analyse
from pygraph.autograph.analysis.scopes import FunctionNode, FunctionScope
from pygraph.autograph.converters import (  # noqa: F401  (each registers its kinds of nodes)
    branches,
    calls,
    compound,
    comprehensions,
    effects,
    expressions,
    functions,
    loops,
)
from pygraph.autograph.converters.base import Converter, Naming
from pygraph.autograph.converters.nodes import MARK
from pygraph.autograph.converters.reads import Noted, tell
from pygraph.autograph.entry import OPERATORS
from pygraph.autograph.errors import ConversionError
from pygraph.autograph.source import class_around, compile_in_scope, function_node, lines_of_file
from pygraph.autograph.straight import is_straight
from pygraph.graph.locations import is_installed_file, mark_of

_T = TypeVar("_T")

_FUNCTION = 0x01  # CO_OPTIMIZED: a function's code, as opposed to a class body's
_GENERATOR = 0x20 | 0x80 | 0x200
_MARK_PARAMETER = r",? \*" + MARK
_HELPER_PART = r"\.<locals>\.[^.<>]*" + MARK


class _Conversions:
    """Converted code by the identity of the code object; an entry goes when its code goes."""

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[CodeType], CodeType, str]] = {}

    def get(self, code: CodeType) -> tuple[CodeType, str] | None:
        entry = self._entries.get(id(code))
        return None if entry is None else entry[1:]

    def put(self, code: CodeType, converted: CodeType, operators: str) -> None:
        key = id(code)
        entries = self._entries

        def forget(_: object) -> None:
            entries.pop(key, None)

        entries[key] = (weakref.ref(code, forget), converted, operators)

    def __len__(self) -> int:
        return len(self._entries)


conversions = _Conversions()


def convert_python_function(function: FunctionType) -> FunctionType:
    """Return the converted form of a function, sharing its globals and cells.

    Raises ConversionError when the function cannot be converted.
    """
    code = function.__code__
    if mark_of(code) is not None:
        return function
    found = conversions.get(code)
    if found is None:
        with _uncollected():
            found = _with_room(lambda: _convert_code(code, function.__globals__))
        conversions.put(code, *found)
    converted_code, operators = found
    cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
    cells[operators] = OPERATORS
    closure = tuple([cells[name] for name in converted_code.co_freevars])
    converted = FunctionType(
        converted_code, function.__globals__, function.__name__, function.__defaults__, closure
    )
    converted.__kwdefaults__ = function.__kwdefaults__
    converted.__annotations__ = function.__annotations__
    converted.__qualname__ = function.__qualname__
    converted.__module__ = function.__module__
    converted.__doc__ = function.__doc__
    if function.__dict__:
        converted.__dict__.update(function.__dict__)
    return converted


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector from looking at trees, which are many objects and no garbage."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


# Python frames that the walks over a long chain of `elif` may take, one in the other.
_DEEP = 100_000


def _with_room(convert: Callable[[], _T]) -> _T:
    """Convert; where the code nests deeper than Python's recursion limit, with a higher one."""
    try:
        return convert()
    except RecursionError:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, _DEEP))
        try:
            return convert()
        finally:
            sys.setrecursionlimit(limit)


def convert_tree(
    code: CodeType, module_globals: dict[str, Any], noted: Noted | None = None
) -> tuple[FunctionNode, str]:
    """Return the converted syntax tree of a function, and the name of the operators in it.

    ``noted``, where given, receives the reads in it.
    """
    if code.co_flags & _GENERATOR:
        raise _place(ConversionError(_refusal(code)), code)
    node = function_node(code, module_globals)
    lines = lines_of_file(code.co_filename)[node.lineno - 1 : node.end_lineno]
    # How the lines look is far cheaper than a walk through the tree.
    if any(line.lstrip().startswith("match") for line in lines):
        from pygraph.autograph.converters.patterns import rewrite_matches

        rewrite_matches(node)
    if any(":=" in line for line in lines):
        from pygraph.autograph.converters.spelled_out import spell_out

        spell_out(node)
    scope = analyse(node, CALLERS.intersection([*_all_variables(code), *module_globals]))
    taken = {name for inner in _scopes(scope) for name in inner.bits}
    operators = "ag"
    while operators in taken:
        operators += "_"
    taken.add(operators)
    naming = Naming(operators, taken, class_around(code), noted)
    try:
        Converter(scope, naming).convert()
    except ConversionError as error:
        raise _place(error, code) from None
    return node, operators


def _all_variables(code: CodeType) -> Iterator[str]:
    """Yield the variables of a function and of those in it, and those of the functions around."""
    yield from code.co_varnames
    yield from code.co_cellvars
    yield from code.co_freevars
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _all_variables(constant)


def _refusal(code: CodeType) -> str:
    if code.co_flags & inspect.CO_GENERATOR:
        return "a generator (its `yield` leaves and comes back) cannot be staged; return a list"
    return "a coroutine (`async def`) cannot be staged"


def unparse(node: FunctionNode) -> str:
    """Return converted code as text, without the marks on helpers."""
    from pygraph.autograph.layout import lay_out

    if isinstance(node, ast.FunctionDef):
        node.decorator_list = []
    return lay_out(re.sub(_MARK_PARAMETER, "", ast.unparse(node)).replace(MARK, ""))


def _scopes(scope: FunctionScope) -> list[FunctionScope]:
    found = [scope]
    for inner in scope.nested.values():
        found.extend(_scopes(inner))
    return found


def _place(error: ConversionError, code: CodeType) -> ConversionError:
    line = error.line or code.co_firstlineno
    return ConversionError(error.reason, code.co_filename, line, code.co_qualname)


def _convert_code(code: CodeType, module_globals: dict[str, Any]) -> tuple[CodeType, str]:
    if is_straight(code):
        mark = CodeMark(code.co_qualname, free=code.co_freevars)
        return code.replace(co_consts=(*code.co_consts, mark)), ""
    noted = None if is_installed_file(code.co_filename) else Noted(code.co_freevars)
    node, operators = convert_tree(code, module_globals, noted)
    if noted is not None:
        tell(noted, operators)
    compiled = compile_in_scope(node, code, (operators,))
    assert compiled is not None
    mark = CodeMark(code.co_qualname, free=compiled.co_freevars, tells=noted is not None)
    return _finish(compiled, code.co_name, code.co_qualname, compiled.co_qualname, mark), operators


def _finish(code: CodeType, name: str, real: str, made: str, mark: CodeMark | None) -> CodeType:
    """Mark a code object and all in it; helpers take the name of the function they belong to.

    ``made`` is the qualified name of the function as compiled here, ``real`` as the user knows it.
    """
    constants: list[Any] = []
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            constant = _finish_inner(constant, name, real, made, mark)
        elif isinstance(constant, str) and not code.co_flags & _FUNCTION:
            constant = _user_qualname(constant, real, made)
        constants.append(constant)
    if mark is not None and code.co_flags & _FUNCTION:
        constants.append(mark)
    return code.replace(co_consts=tuple(constants), co_name=name, co_qualname=real)


def _finish_inner(
    code: CodeType, name: str, real: str, made: str, mark: CodeMark | None
) -> CodeType:
    owner = mark.owner or mark if mark is not None else None
    if owner is not None and (code.co_name.endswith(MARK) or MARK in code.co_varnames):
        helper = CodeMark(owner.label, owner, owner.free, owner.tells)
        return _finish(code, name, real, made, helper)
    qualname = _user_qualname(code.co_qualname, real, made)
    if code.co_name.startswith("<") and code.co_name != "<lambda>":
        return _finish_plain(code, name, qualname, real, made, owner)
    if code.co_flags & _GENERATOR or not code.co_flags & _FUNCTION:
        return _finish_plain(code, code.co_name, qualname, real, made, None)
    tells = mark is not None and mark.tells
    inner = CodeMark(qualname, free=code.co_freevars, tells=tells)
    return _finish(code, code.co_name, qualname, code.co_qualname, inner)


def _finish_plain(
    code: CodeType, name: str, qualname: str, real: str, made: str, owner: CodeMark | None
) -> CodeType:
    """Class bodies, generators and comprehensions: code that no call enters by itself."""
    constants: list[Any] = []
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            constant = _finish_inner(constant, name, real, made, owner)
        elif isinstance(constant, str) and not code.co_flags & _FUNCTION:
            constant = _user_qualname(constant, real, made)
        constants.append(constant)
    return code.replace(co_consts=tuple(constants), co_qualname=qualname)


def _user_qualname(qualname: str, real: str, made: str) -> str:
    if not qualname.startswith(made):
        return qualname
    return real + re.sub(_HELPER_PART, "", qualname[len(made) :])
