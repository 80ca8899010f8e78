"""What code reads, as far as its bytecode tells: variables, and attributes and items right of them.

It serves code that is not converted; that is one pass over the instructions, once per code object.
"""

from __future__ import annotations

import weakref
from collections import Counter
from dis import Instruction
from types import CodeType, FunctionType
from typing import Any

from pygraph.graph.instructions import instructions

Step = tuple[bool, Any]
"""An attribute (true) and its name, or an item and its key."""

CodeRead = tuple[str, str, tuple[Step, ...]]
"""What a read starts with ("global", "free" or "argument"), its name, and the steps from there."""

_Span = tuple[tuple[int, int], tuple[int, int]]

_LOCAL = frozenset(("LOAD_FAST", "LOAD_FAST_BORROW", "LOAD_FAST_CHECK"))
_GLOBAL = frozenset(("LOAD_GLOBAL", "LOAD_NAME"))
_IGNORED = frozenset(("CACHE", "EXTENDED_ARG", "PRECALL", "PUSH_NULL", "NOP", "RESUME"))
_KEYS = (int, str, bool, float)

_reads: dict[int, tuple[weakref.ref[CodeType], tuple[CodeRead, ...]]] = {}


def code_reads(code: CodeType) -> tuple[CodeRead, ...]:
    """Return the reads of a code object, and of those inside it by their globals and free names."""
    known = _reads.get(id(code))
    if known is not None:
        return known[1]
    found = _scan(code)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found += [
                read
                for read in code_reads(inner)
                if read[0] == "global" or (read[0] == "free" and read[1] in code.co_freevars)
            ]
    key = id(code)
    result = tuple(dict.fromkeys(found))
    _reads[key] = (weakref.ref(code, lambda _: _reads.pop(key, None)), result)
    return result


def _scan(code: CodeType) -> list[CodeRead]:
    """Return the reads of a code object alone, in the order of its instructions.

    A local name that is assigned once, with what was read, stands for that.
    """
    found: list[CodeRead] = []
    scanned = _apart([i for i in instructions(code) if i.opname not in _IGNORED])
    stored = Counter(i.argval for i in scanned if i.opname.startswith("STORE_FAST"))
    parameters = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    known: dict[str, CodeRead] = {
        name: ("argument", name, ()) for name in parameters if not stored[name]
    }
    read: CodeRead | None = None
    key: list[Any] = []  # a constant on the stack, above what was read
    for instruction in scanned:
        name, argument = instruction.opname, instruction.argval
        if read is not None and name in ("LOAD_ATTR", "LOAD_METHOD") and not key:
            read = (read[0], read[1], (*read[2], (True, argument)))
            continue
        if read is not None and name == "LOAD_CONST" and not key and type(argument) in _KEYS:
            key.append(argument)
            continue
        if read is not None and key and (name == "BINARY_SUBSCR" or instruction.argrepr == "[]"):
            read = (read[0], read[1], (*read[2], (False, key.pop())))
            continue
        if read is not None:
            found.append(read)
            if name == "STORE_FAST" and not key and stored[argument] == 1:
                known.setdefault(argument, read)
        key.clear()
        read = None
        if name in _LOCAL:
            read = known.get(argument)
        elif name in _GLOBAL:
            read = ("global", argument, ())
        elif name == "LOAD_DEREF" and argument in code.co_freevars:
            read = ("free", argument, ())
    return found


def _apart(scanned: list[Instruction]) -> list[Instruction]:
    """Return the instructions with other names for the variables that comprehensions have.

    From Python 3.12 on, comprehensions are part of the code around them, and its variables of the
    same names are put aside there.
    """
    put_aside: list[tuple[str, _Span]] = []
    found = []
    for instruction in scanned:
        variable, span = instruction.argval, _span(instruction)
        if instruction.opname == "LOAD_FAST_AND_CLEAR":
            put_aside.append((variable, span))
        if any(variable == name and _is_inside(span, whole) for name, whole in put_aside):
            instruction = instruction._replace(argval=f".{variable}")
        found.append(instruction)
    return found


def _span(instruction: Instruction) -> _Span:
    """Return where the source of an instruction starts and ends; nowhere if that is not known."""
    line, end_line, column, end_column = instruction.positions or (None,) * 4
    return (line or 0, column or 0), (end_line or 0, end_column or 0)


def _is_inside(part: _Span, whole: _Span) -> bool:
    return whole[0] <= part[0] and part[1] <= whole[1]


_assigned: weakref.WeakKeyDictionary[type, frozenset[str]] = weakref.WeakKeyDictionary()


def assigned_attributes(kind: type) -> frozenset[str]:
    """Return the names of the attributes that the methods of a class assign."""
    known = _assigned.get(kind)
    if known is None:
        names: set[str] = set()
        for value in list(vars(kind).values()):
            function = getattr(value, "__func__", value)
            if type(function) is FunctionType:
                for instruction in instructions(function.__code__):
                    if instruction.opname == "STORE_ATTR":
                        names.add(instruction.argval)
        known = _assigned[kind] = frozenset(names)
    return known
