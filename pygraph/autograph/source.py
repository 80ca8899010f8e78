"""From a function's code object to the syntax tree of its source.

The lines of the function are cut out by the positions that its code object holds, which is far
cheaper than reading the whole file. What was cut out is compiled and compared with the live code:
that finds the right one of several lambdas on a line, and notices a file that was edited.
"""

from __future__ import annotations
import __future__

import ast
import functools
import linecache
import opcode
import re
import sys
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any

import numpy as np

from pygraph.autograph.analysis.scopes import FunctionNode
from pygraph.autograph.errors import ConversionError

# What `from __future__ import ...` leaves in the flags of a code object.
_FUTURE_FLAGS = 0
for _name in __future__.all_feature_names:
    _FUTURE_FLAGS |= getattr(__future__, _name).compiler_flag & ~0xFFFF


def function_node(code: CodeType, module_globals: dict[str, Any] | None = None) -> FunctionNode:
    """Return the syntax tree of a function, at its own lines and columns.

    Raises ConversionError when there is no source, or when it is not the one that runs.
    """
    lines = _lines(code, module_globals)
    if not lines:
        raise _error(
            code, "its source is not available (code from exec() or a prompt without history?)"
        )
    node = _find(code, lines)
    if node is None:
        linecache.checkcache(code.co_filename)
        lines = lines_of_file(code.co_filename, module_globals)
        node = _find(code, lines)
    if node is None:
        raise _error(
            code, "the source file is not what was loaded; was it edited? Import the module again"
        )
    return node


def compile_in_scope(
    node: FunctionNode, code: CodeType, extra_names: tuple[str, ...] = ()
) -> CodeType | None:
    """Compile a function in a scope like its own and return its code object.

    The scope has the free variables of ``code`` and ``extra_names``, and a class of the right name
    around the function, so that private names are mangled as they were.
    """
    statement: ast.stmt
    if isinstance(node, ast.Lambda):
        statement = ast.copy_location(ast.Expr(node), node)
    else:
        statement = node
    class_name = class_around(code)
    if class_name is not None:
        statement = ast.ClassDef(class_name, [], [], [statement], [])
    names = [*code.co_freevars, *extra_names]
    arguments = ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
    body: list[ast.stmt] = [statement]
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and statement.name not in names:
        # A function that calls itself, or its class, finds it where it was: among the globals.
        body.insert(0, ast.Global([statement.name]))
    outer = ast.FunctionDef("scope", arguments, body, [])
    for added in (*body, outer, *arguments.args):
        if not hasattr(added, "lineno"):
            ast.copy_location(added, node)
    module = ast.Module([outer], [])
    compiled = compile(
        module, code.co_filename, "exec", flags=code.co_flags & _FUTURE_FLAGS, dont_inherit=True
    )
    scope = next(_codes(compiled))
    holder = next(_codes(scope)) if class_name is not None else scope
    name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
    # Defaults and decorators come first; the function itself is the last of its name.
    found = [candidate for candidate in _codes(holder) if candidate.co_name == name]
    return found[-1] if found else None


def class_around(code: CodeType) -> str | None:
    """Return the name of the class that a function's private names belong to."""
    parts = code.co_qualname.split(".")[:-1]
    while parts:
        part = parts.pop()
        if part != "<locals>":
            return part
        parts.pop()
    return None


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant


def _error(code: CodeType, reason: str) -> ConversionError:
    return ConversionError(reason, code.co_filename, code.co_firstlineno, code.co_qualname)


def _find(code: CodeType, lines: list[str]) -> FunctionNode | None:
    first = code.co_firstlineno
    if not 1 <= first <= len(lines):
        return None
    end = min(_last_line(code), len(lines))
    candidates: Iterator[FunctionNode]
    if code.co_name == "<lambda>":
        candidates = _lambdas(code, lines, first, end)
    else:
        candidates = _definitions(code, lines, first, end)
    loose = None
    for node in candidates:
        compiled = compile_in_scope(node, code)
        if compiled is None:
            continue
        if same_code(compiled, code, exact_place=isinstance(node, ast.Lambda)):
            return node
        if loose is None and same_code(compiled, code, exact_place=False):
            loose = node
    return loose


def _last_line(code: CodeType) -> int:
    last = max((line for _, _, line in code.co_lines() if line), default=0)
    return max([last, code.co_firstlineno, *(_last_line(inner) for inner in _codes(code))])


def _definitions(
    code: CodeType, lines: list[str], first: int, end: int
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Cut out the block of a ``def``: all lines that follow and stand deeper."""
    indent = _indent(lines[first - 1])
    while end < len(lines):
        line = lines[end]
        if line.strip() and _indent(line) <= indent and not line.lstrip().startswith(("#", ")")):
            break
        end += 1
    for tree in _trees(lines, first, end):
        found = False
        for node in _walk_definitions(tree):
            if node.name == code.co_name and _first_line(node) == first:
                found = True
                yield node
        if found:
            return


def _lambdas(code: CodeType, lines: list[str], first: int, end: int) -> Iterator[ast.Lambda]:
    """Find the lambdas that start on a line: in its own statement, else in the whole file."""
    for tree in _trees(lines, first, end):
        found = False
        for node in ast.walk(tree):
            if isinstance(node, ast.Lambda) and node.lineno == first:
                found = True
                yield node
        if found:
            return


def _trees(lines: list[str], first: int, end: int) -> Iterator[ast.Module]:
    """Yield the parsed slice of a file, and the whole file in case that does not help."""
    tree = _parse_slice(lines, first, end, _indent(lines[first - 1]))
    if tree is not None:
        yield tree
    tree = _parse_file(lines)
    if tree is not None:
        yield tree


def _walk_definitions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the definitions in a tree, outer ones first; expressions hold none."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop(0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        for name in ("body", "orelse", "handlers", "finalbody", "cases"):
            inside = getattr(node, name, None)
            if type(inside) is list:
                pending.extend(inside)


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    decorators = node.decorator_list
    return decorators[0].lineno if decorators else node.lineno


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _parse_slice(lines: list[str], first: int, end: int, indent: int) -> ast.Module | None:
    """Parse some lines so that every node has its place in the file."""
    text = "".join(lines[first - 1 : end])
    if indent and first > 1:
        source = "\n" * (first - 2) + "if 1:\n" + text
    elif indent:
        return None
    else:
        source = "\n" * (first - 1) + text
    try:
        return ast.parse(source)
    except SyntaxError:
        return None


def _parse_file(lines: list[str]) -> ast.Module | None:
    try:
        return ast.parse("".join(lines))
    except SyntaxError:
        return None


def same_code(one: CodeType, other: CodeType, exact_place: bool) -> bool:
    """Return whether two code objects come from the same source.

    Functions that pytest rewrote (it instruments ``assert``) are compared by their signature.
    """
    signature = one.co_varnames[: _argument_count(one)]
    if (
        one.co_name != other.co_name
        or signature != other.co_varnames[: _argument_count(other)]
        or one.co_argcount != other.co_argcount
        or one.co_posonlyargcount != other.co_posonlyargcount
    ):
        return False
    if _is_instrumented(other):
        return True
    if exact_place and one.co_linetable != other.co_linetable:
        return False
    return (
        (one.co_code == other.co_code or _skeleton(one) == _skeleton(other))
        and one.co_names == other.co_names
        and one.co_varnames == other.co_varnames
        and one.co_freevars == other.co_freevars
        and one.co_cellvars == other.co_cellvars
        and len(one.co_consts) == len(other.co_consts)
        and all(map(_same_constant, one.co_consts, other.co_consts))
    )


def opcodes(*names: str) -> frozenset[int]:
    """Return the numbers of those instructions that this Python has."""
    return frozenset(opcode.opmap[name] for name in names if name in opcode.opmap)


_ATTRIBUTES = ("LOAD_METHOD", "LOAD_ATTR")
# Their argument holds, besides the name, a bit that says how they are called.
_FLAGGED = ("LOAD_GLOBAL", *(("LOAD_ATTR",) if sys.version_info >= (3, 12) else ()))


def _table(default: Any, numbers: Iterable[int], value: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a value for some instructions, and the default for all others."""
    table = np.empty(256, np.uint8)
    table[:] = default
    table[[number for number in numbers if number < 256]] = value
    return table


_MEANINGS = _table(range(256), opcodes(*_ATTRIBUTES), opcode.opmap["LOAD_ATTR"])
_KEPT = _table(1, opcodes("CACHE", "PUSH_NULL", "EXTENDED_ARG", "NOP"), 0)
_SHIFTS = _table(0, opcodes(*_FLAGGED), 1)
_WITH_ARGUMENT = _table(1, (*opcode.hasjrel, *opcode.hasjabs), 0)


def _skeleton(code: CodeType) -> bytes:
    """Return the instructions without what depends on how the rest of the module was written.

    The compiler calls ``name.attribute()`` in another way when the module imports ``name``.
    """
    raw = np.frombuffer(code.co_code, np.uint8)
    operations, arguments = raw[::2], raw[1::2]
    arguments = (arguments >> _SHIFTS[operations]) * _WITH_ARGUMENT[operations]
    kept = _KEPT[operations] != 0
    skeleton = np.concatenate((_MEANINGS[operations][kept], arguments[kept]))
    return skeleton.tobytes()


def _argument_count(code: CodeType) -> int:
    varargs = bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)
    return code.co_argcount + code.co_kwonlyargcount + varargs


def _is_instrumented(code: CodeType) -> bool:
    if any(name.startswith("@py") for name in (*code.co_names, *code.co_varnames)):
        return True
    return any(_is_instrumented(inner) for inner in _codes(code))


def _same_constant(one: object, other: object) -> bool:
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        return same_code(one, other, exact_place=False)
    if type(one) is not type(other):
        return False
    if isinstance(one, str):
        # The class body holds its qualified name, which depends on what is around it.
        return one == other or one.rpartition(".")[2] == str(other).rpartition(".")[2]
    return repr(one) == repr(other)


def has_source(code: CodeType, module_globals: dict[str, Any] | None = None) -> bool:
    """Return whether the source of a code object can be read."""
    return bool(_lines(code, module_globals))


def lines_of_file(filename: str, module_globals: dict[str, Any] | None = None) -> list[str]:
    """Return the lines of a file; none if there is no such file.

    Any text that is executed may be called "<string>", that of ``python -c`` among others, which
    Python keeps from 3.13 on.
    """
    lines = linecache.getlines(filename, module_globals)
    return lines if lines or filename != "<string>" else _command_lines()


def _lines(code: CodeType, module_globals: dict[str, Any] | None) -> list[str]:
    """Return the lines of the file that a function is of; none where they are of other text."""
    lines = lines_of_file(code.co_filename, module_globals)
    return lines if code.co_filename != "<string>" or _find(code, lines) is not None else []


@functools.cache
def _command_lines() -> list[str]:
    """Return the lines that ``python -c`` was given; none if it was not."""
    arguments = iter(sys.orig_argv[1:])
    for argument in arguments:
        if not argument.startswith("-") or argument.startswith("--"):
            continue
        # Options of one letter may stand together; these take an argument.
        _, option, rest = re.split(r"([cmWX]|$)", argument[1:], maxsplit=1)
        if option == "c":
            return [line + "\n" for line in (rest or next(arguments, "")).split("\n")]
        if option == "m":
            break
        if option and not rest:
            next(arguments, None)
    return []
