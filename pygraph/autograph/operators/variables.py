"""The user's variables as operators see them: the cells that helper functions share.

A variable without a value is an empty cell, as in Python, and reads as ``UNSET`` here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from types import CellType, FunctionType
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import numpy as np

from pygraph.control.changes.journal import watch
from pygraph.control.changes.parts import VALUE
from pygraph.control.join.unset import UNSET
from pygraph.graph.instructions import instructions
from pygraph.graph.locations import Location, mark_of

_T = TypeVar("_T")

_LOCAL = "cannot access local variable {!r} where it is not associated with a value"


# Whether `x += y` and the like change objects of a class, beside assigning the variable.
_changed: WeakKeyDictionary[type, bool] = WeakKeyDictionary()


def changed_by_operators(kind: type) -> bool:
    """Return whether an operator such as ``+=`` may change an object of a class in place."""
    if kind in (list, dict, set, deque, np.ndarray):
        return True
    known = _changed.get(kind)
    if known is None:
        known = any(type(getattr(kind, name, None)) is FunctionType for name in _IN_PLACE)
        _changed[kind] = known
    return known


_IN_PLACE = (
    "__iadd__", "__isub__", "__imul__", "__imatmul__", "__itruediv__", "__ifloordiv__", "__imod__",
    "__ipow__", "__ilshift__", "__irshift__", "__iand__", "__ixor__", "__ior__",
)  # fmt: skip


class Variables:
    """Some variables of a function, by the cells or globals that its helpers hold."""

    __slots__ = ("_cells", "_given", "_globals", "names")

    def __init__(self, names: Sequence[str], helpers: Iterable[Callable[..., Any] | None]) -> None:
        self.names = list(names)
        cells: dict[str, CellType] = {}
        module_globals: dict[str, Any] = {}
        # Of variables that are read no more, but may be changed by an operator.
        self._given: list[Any] = []
        for helper in helpers:
            if helper is not None:
                function = cast(FunctionType, helper)
                self._given += function.__defaults__ or ()
                module_globals = function.__globals__
                closure = function.__closure__ or ()
                cells.update(zip(function.__code__.co_freevars, closure, strict=True))
        # A name without a cell is one that the function declares `global`.
        self._cells = [cells.get(name) for name in self.names]
        self._globals = module_globals

    def get(self) -> list[Any]:
        """Return the values, UNSET where there is none."""
        values: list[Any] = []
        for name, cell in zip(self.names, self._cells, strict=True):
            if cell is None:
                values.append(self._globals.get(name, UNSET))
            else:
                try:
                    values.append(cell.cell_contents)
                except ValueError:
                    values.append(UNSET)
        return values

    def places(self) -> set[tuple[int, Any]]:
        """Return where the variables are, as a journal names it."""
        return {
            (id(self._globals), name) if cell is None else (id(cell), VALUE)
            for name, cell in zip(self.names, self._cells, strict=True)
        }

    def set(self, values: Sequence[Any]) -> None:
        """Give the variables values; UNSET takes a variable's value away."""
        for value in self._given:
            if changed_by_operators(type(value)):
                watch(value)
        for name, cell, value in zip(self.names, self._cells, values, strict=True):
            if changed_by_operators(type(value)):
                watch(value)
            if cell is not None:
                if value is UNSET:
                    del cell.cell_contents
                else:
                    cell.cell_contents = value
            elif value is UNSET:
                self._globals.pop(name, None)
            else:
                self._globals[name] = value


def run(helper: Callable[[], _T]) -> _T:
    """Call a helper; a local variable that it reads without a value gives the error of one."""
    try:
        return helper()
    except NameError as error:
        # No variable here holds an exception: its traceback holds this frame, and so a cycle.
        name = _unset_local(error)
        if name is None:
            raise
        message = _LOCAL.format(name)
        raise UnboundLocalError(message).with_traceback(error.__traceback__) from None


def _unset_local(error: NameError) -> str | None:
    """Return the name of a local variable that was read without a value, None if it is no such.

    In a helper the variable is a free one, for which Python raises a plain NameError.
    """
    if type(error) is not NameError or error.__traceback__ is None:
        return None
    traceback = error.__traceback__
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    code = traceback.tb_frame.f_code
    mark = mark_of(code)
    name = error.name
    if mark is None or mark.owner is None or name not in code.co_freevars or name in mark.free:
        return None
    return name


def assignment_line(function: Callable[..., Any], name: str) -> Location | None:
    """Return the last line at which a function, or a helper inside it, assigns a variable."""
    code = cast(FunctionType, function).__code__
    lines = list(assignments(code, name))
    return (code.co_filename, max(lines), code.co_name) if lines else None


def assignments(code: Any, name: str) -> Iterable[int]:
    """Yield the lines at which a code object, or that of a helper in it, assigns a variable."""
    if name.endswith("]"):
        name = ""  # an item: any is taken for it
    name = name.rpartition(".")[2]
    for instruction in instructions(code):
        stored = instruction.argval if instruction.opname != "STORE_SUBSCR" else ""
        if instruction.opname.startswith("STORE_") and stored == name:
            position = instruction.positions
            if position is not None and position.lineno is not None:
                yield position.lineno
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            mark = mark_of(constant)
            if mark is not None and mark.owner is not None:
                yield from assignments(constant, name)
