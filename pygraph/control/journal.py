"""What traced code does to objects that it did not make: noted, undone, and told apart.

While the body of a branch or a loop is traced, it runs once for all the times that the graph may
run it. A change of an object is undone then, and joins what the graph passes on (`changes.py`).
Each builder has a journal, in which the parts of an object are noted before the first write.
"""

from __future__ import annotations

import functools
import inspect
import opcode
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import CellType, CodeType, FunctionType
from typing import Any, NamedTuple

import numpy as np

from pygraph._hot import SymbolicTensor
from pygraph.control.arrays import LocalArray, as_numpys, holds_same, note_array, owner_of
from pygraph.control.search import arrays, paths
from pygraph.control.tensors import current, is_tensor
from pygraph.control.unset import UNSET
from pygraph.graph.aliases import Aliases, View, is_derived
from pygraph.graph.items import StagedItems
from pygraph.graph.locations import describe, mark_of, target_of, user_line
from pygraph.graph.structure import flatten, map_structure
from pygraph.ops.updates import put_part


class _Key:
    """The type of keys that no object has."""


WHOLE = _Key()
"""The key of an object whose change is not one of single parts."""

VALUE = _Key()
"""The key of what a tensor, or the cell of a variable, holds."""


class Change(NamedTuple):
    """A part of an object that differs from what it was, and how the user would write it."""

    owner: Any
    key: Any
    before: Any
    after: Any
    name: str

    @property
    def place(self) -> tuple[int, Any]:
        """Identify the part."""
        return id(self.owner), self.key


class Journal:
    """The objects that were changed since it was opened, with their parts as they were then.

    ``functions`` are those whose code runs: what they cannot reach was made by that code.
    ``handled`` are the places that whoever opens it looks after. ``tentative``: it is for a part of
    what a builder records.
    """

    def __init__(
        self,
        functions: Iterable[Callable[..., Any] | None] = (),
        handled: Collection[tuple[int, Any]] = (),
        *,
        tentative: bool = False,
    ) -> None:
        given = [target_of(function) for function in functions if function is not None]
        # Where the search for an object starts, and how that is written.
        self.roots: list[tuple[Any, str]] = [(function, "") for function in given]
        self._handled = handled
        self._tentative = tentative
        # The one in whose stead a tentative one stands.
        self.outer: Journal | None = None
        self._cells = [(cell, _parts(cell)) for cell in _cells(given)]
        self._noted: dict[int, tuple[Any, dict[Any, Any]]] = {}
        self._arrays: dict[int, Any] | None = None

    def note(self, owner: Any, keys: Collection[Any] = ()) -> None:
        """Remember what an object (or only some keys of it) is like, before it is changed."""
        noted = self._noted.get(id(owner))
        if keys:
            parts = {} if noted is None else noted[1]
            for key in keys:
                parts.setdefault(key, owner.get(key, UNSET))
            self._noted[id(owner)] = (owner, parts)
        elif noted is None and _has_parts(owner):
            self._noted[id(owner)] = (owner, _parts(owner))

    def note_tensor(self, tensor: SymbolicTensor) -> None:
        """Remember a tensor, unless the branch or loop at hand made it: it ends with the trace."""
        if self._tentative or tensor.builder is not current():
            self.note(tensor)

    def note_local(self, array: LocalArray) -> None:
        """Remember an array that converted code made, unless it was made for what is at hand."""
        if array.tensor is not None:
            self.note_tensor(array.tensor)
        elif self._tentative or array.home is not current():
            self.note(array)

    def write(self, tensor: SymbolicTensor, change: Callable[[Any], Any]) -> None:
        """Change the object that a tensor is, for the user's code.

        ``change`` returns the new value of a tensor, for which another one may stand.
        """
        builder: Any = current()
        aliases: Aliases = builder.module.aliases
        aliases.check(tensor)
        link = tensor.link
        if not is_derived(tensor):
            changed = change(tensor)
            if link is not None:
                aliases.note_view_write(tensor)
            aliases.note_write(tensor)
            self.note_tensor(tensor)
            tensor.become(changed)
        elif type(link) is not View:
            link.write(change)
        elif link.op == "check_defined":
            self.write(link.base, change)
        else:
            part = change(tensor)
            self.write(link.base, lambda whole: put_part(whole, part, link))
            self.note_tensor(tensor)
            aliases.settle(tensor, part)

    def note_cells(self) -> None:
        """Remember the variables of enclosing functions that the functions share."""
        for cell, parts in self._cells:
            self._noted[id(cell)] = (cell, parts)

    @property
    def used(self) -> bool:
        """Whether anything was noted."""
        return bool(self._noted)

    def owns(self, owner: Any) -> bool:
        """Return whether an object was noted."""
        return id(owner) in self._noted

    def absorb(self, later: Journal) -> None:
        """Add what was noted in a journal that was opened later on the same builder."""
        for identity, noted in later._noted.items():
            owner, parts = noted
            if type(owner) is not SymbolicTensor or parts[VALUE].builder is not current():
                self._noted.setdefault(identity, noted)

    def undo(self) -> None:
        """Make the objects, and the variables that the functions share, what they were."""
        for owner, parts in [*self._noted.values(), *self._cells]:
            restore(owner, parts)

    def close(self) -> list[Change]:
        """Undo the changes; return those of objects that are older than the journal.

        Changes of objects that were made since stay, and so do Python values put into a list or
        set that is older than the whole trace: like `print`, that happens while tracing.
        """
        changed = self.differing()
        logged = [change for change in changed if change.key is WHOLE and _is_log(change)]
        for change in logged:
            del self._noted[id(change.owner)]
        changed = [change for change in changed if change not in logged]
        self.undo()
        if not changed:
            return []
        wanted = {id(change.owner) for change in changed}
        found = paths(self.roots, wanted)
        older, younger = [], []
        for change in changed:
            name = found.get(id(change.owner))
            if name is None and type(change.owner) is SymbolicTensor:
                name = change.owner.name or "a tensor"
            if name is None and isinstance(change.owner, np.ndarray):
                name = "an array"
            if name is None:
                younger.append(change)
            else:
                older.append(change._replace(name=part_name(change.owner, change.key, name)))
        for change in younger:
            write_part(change.owner, change.key, change.after)
        return older

    def leaks(self, is_leak: Callable[[Any], bool]) -> list[Change]:
        """Return the changed parts that hold what they must not, of objects that can be reached.

        The elements of a list that grew while tracing are left out: they raise an error when they
        are used.
        """
        changed = [
            change
            for change in self.differences()
            if (change.key is not WHOLE or _holds_staged(change.after)) and is_leak(change.after)
        ]
        if not changed:
            return []
        found = paths(self.roots, {id(change.owner) for change in changed})
        return [
            change._replace(
                name=part_name(change.owner, change.key, found.get(id(change.owner), ""))
            )
            for change in changed
            if id(change.owner) in found
        ]

    def let_go_of_arrays(self) -> None:
        """Leave NumPy's own arrays in objects where converted code has put those that it made."""
        for change in self.differences():
            leaves = flatten(change.after)[0]
            if any(type(leaf) is LocalArray and not leaf.is_staged for leaf in leaves):
                value = map_structure(as_numpys, change.after)
                write_part(change.owner, change.key, value)

    def differing(self) -> list[Change]:
        """Return the parts of objects that are now not what they were, whoever made them."""
        return [change for change in self.differences() if change.place not in self._handled]

    def older(self, changes: Sequence[Change]) -> list[Change]:
        """Return those changes that are of objects the functions could reach before they ran."""
        found = paths(self.roots, {id(change.owner) for change in changes})
        return [
            change._replace(name=part_name(change.owner, change.key, found[id(change.owner)]))
            for change in changes
            if id(change.owner) in found
        ]

    def is_older(self, owner: Any) -> bool:
        """Return whether the functions could reach an object before they ran."""
        return bool(paths(self.roots, {id(owner)}))

    def shares_memory(self, array: Any) -> bool:
        """Return whether the functions could reach an array, or one of which that is a view."""
        if self.is_older(array):
            return True
        return id(owner_of(array)) in self.arrays()

    def arrays(self) -> dict[int, Any]:
        """Return the arrays that can be reached, by the identity of what owns their memory."""
        if self._arrays is None:
            self._arrays = {
                id(owner_of(found)): found
                for found in arrays(self.roots)
                if type(found) is not LocalArray
            }
        return self._arrays

    def differences(self) -> list[Change]:
        """Return the parts of what was noted that are not what they were, without names."""
        changes = []
        for owner, before in self._noted.values():
            if type(owner) is SymbolicTensor and is_derived(owner):
                continue
            after = _parts(owner) if _has_parts(owner) else {}
            if type(owner) is list and _changed_length(before, after):
                before, after = {WHOLE: list(before.values())}, {WHOLE: list(owner)}
            # Of a namespace only the noted names count.
            keys = before if _is_namespace(owner) else {**before, **after}
            for key in keys:
                one, other = before.get(key, UNSET), after.get(key, UNSET)
                if one is UNSET and isinstance(key, str):
                    one = _class_attribute(owner, key)
                if not _same(owner, key, one, other):
                    changes.append(Change(owner, key, one, other, ""))
        return changes


def _changed_length(before: dict[Any, Any], after: dict[Any, Any]) -> bool:
    """Return whether a list has, or may have when the graph runs, another length than before."""
    if len(before) != len(after):
        return True
    staged = StagedItems in map(type, [*before.values(), *after.values()])
    return staged and not all(map(_is, before.values(), after.values()))


def watch(owner: Any) -> None:
    """Note an object that may be changed, or not."""
    builder = current()
    if isinstance(owner, np.ndarray):
        note_array(owner)
    elif builder is not None and builder.journal is not None:
        builder.journal.note(owner)


def note(owner: Any, keys: Collection[Any] = ()) -> None:
    """Note an object, or some keys of it, in the journal of the graph at hand, if there is one."""
    builder = current()
    if builder is None or builder.journal is None:
        return
    merged = builder.module.merged.get(id(owner))
    if merged is not None:
        name = merged[1] if merged[1].startswith("the ") else repr(merged[1])
        raise TypeError(
            f"{name} is one object or another here, depending on a tensor, so it cannot be "
            f"changed in place ({describe(user_line())}); change the object in the branches instead"
        )
    if type(owner) is SymbolicTensor:
        builder.journal.note_tensor(owner)
    elif type(owner) is LocalArray:
        builder.journal.note_local(owner.root)
    else:
        builder.journal.note(owner, keys)


def note_outer_variables(function: FunctionType) -> None:
    """Note the variables of modules and enclosing functions that a function assigns."""
    variables, free = _assigned_outside(function.__code__)
    if variables:
        note(function.__globals__, variables)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        if name in free:
            note(cell)


_GLOBAL_CHANGES = (opcode.opmap["STORE_GLOBAL"], opcode.opmap["DELETE_GLOBAL"])
_CELL_CHANGES = (opcode.opmap["STORE_DEREF"], opcode.opmap["DELETE_DEREF"])


@functools.lru_cache(maxsize=4096)
def _assigned_outside(code: CodeType) -> tuple[frozenset[str], frozenset[str]]:
    """Return the globals and the free variables that a function, or a helper in it, assigns."""
    variables: set[str] = set()
    free: set[str] = set()
    cells = [name for name in code.co_cellvars if name not in code.co_varnames]
    places = (*code.co_varnames, *cells, *code.co_freevars)
    raw = code.co_code
    argument = 0
    for operation, low in zip(raw[::2], raw[1::2], strict=True):
        argument = argument << 8 | low
        if operation == opcode.EXTENDED_ARG:
            continue
        if operation in _GLOBAL_CHANGES:
            variables.add(code.co_names[argument])
        elif operation in _CELL_CHANGES:
            free.add(places[argument])
        argument = 0
    for constant in code.co_consts:
        mark = mark_of(constant) if isinstance(constant, CodeType) else None
        if mark is not None and mark.owner is not None:
            inner = _assigned_outside(constant)
            variables |= inner[0]
            free |= inner[1]
    return frozenset(variables), frozenset(free.intersection(code.co_freevars))


@contextmanager
def recording(builder: Any, journal: Journal) -> Iterator[Journal]:
    """Record into a builder, with a journal of its own; what fails is undone."""
    with builder:
        builder.journal = journal
        try:
            yield journal
        except BaseException:
            journal.undo()
            raise
        finally:
            builder.journal = None


class Attempt:
    """A piece of code that may be undone, in the middle of what a builder records."""

    def __init__(self, functions: Iterable[Callable[..., Any] | None]) -> None:
        self._builder: Any = current()
        self._outer: Journal | None = self._builder.journal
        self._journal: Journal | None = Journal(functions, tentative=True)
        self._journal.outer = self._outer
        self._builder.journal = self._journal

    @property
    def changed(self) -> bool:
        """Whether the code has changed objects so far."""
        return self._journal is not None and bool(self._journal.differences())

    def undo(self) -> None:
        """Undo what the code did to objects."""
        if self._journal is not None:
            self._journal.undo()
        self.keep()

    def keep(self) -> None:
        """Let it stand."""
        if self._journal is not None:
            if self._outer is not None:
                self._outer.absorb(self._journal)
            self._builder.journal = self._outer
            self._journal = None


def write_part(owner: Any, key: Any, value: Any) -> None:
    """Give a part of an object a value; UNSET takes it away."""
    kind = type(owner)
    if kind is SymbolicTensor or kind is LocalArray:
        owner.become(value)
    elif kind is CellType:
        if value is UNSET:
            del owner.cell_contents
        else:
            owner.cell_contents = value
    elif key is WHOLE:
        _replace(owner, value)
    elif isinstance(owner, dict):
        if value is UNSET:
            owner.pop(key, None)
        else:
            owner[key] = value
    elif isinstance(owner, list):
        owner[key] = value
    elif isinstance(owner, type):
        if value is UNSET:
            delattr(owner, key)
        else:
            setattr(owner, key, value)
    elif key in slots_of(kind):
        if value is UNSET:
            object.__delattr__(owner, key)
        else:
            object.__setattr__(owner, key, value)
    elif value is UNSET:
        owner.__dict__.pop(key, None)
    else:
        owner.__dict__[key] = value


def read_part(owner: Any, key: Any) -> Any:
    """Return a part of an object, UNSET where there is none."""
    if key is WHOLE and isinstance(owner, list):
        return list(owner)
    return _parts(owner).get(key, UNSET)


def restore(owner: Any, parts: dict[Any, Any]) -> None:
    """Make an object consist of the parts that were noted."""
    if isinstance(owner, list):
        owner[:] = parts.values()
        return
    now = _parts(owner)
    for key, value in parts.items():
        if not _same(owner, key, value, now.get(key, UNSET)):
            write_part(owner, key, value)
    if not _is_namespace(owner):
        for key in now.keys() - parts.keys():
            write_part(owner, key, UNSET)


def part_name(owner: Any, key: Any, name: str) -> str:
    """Return how the user would write a part of an object that is written as ``name``."""
    if key is WHOLE or key is VALUE:
        return name
    if _is_namespace(owner):
        return str(key)
    return f"{name}[{key!r}]" if isinstance(owner, (list, dict)) else f"{name}.{key}"


def _is_log(change: Change) -> bool:
    """Whether an object that is older than the whole trace has taken up Python values only."""
    if isinstance(change.owner, np.ndarray):
        return False
    if any(is_tensor(leaf) for item in change.after for leaf in flatten(item)[0]):
        return False
    root = current()
    while root is not None and root.parent is not None:
        root = root.parent
    journal: Journal | None = None if root is None else root.journal
    while journal is not None and journal.outer is not None:
        journal = journal.outer
    return journal is not None and journal.is_older(change.owner)


# ---- the parts of the kinds of objects ----


def _has_parts(owner: Any) -> bool:
    if isinstance(owner, (list, dict, set, deque, CellType, SymbolicTensor, type, np.ndarray)):
        return True
    return hasattr(owner, "__dict__") or bool(slots_of(type(owner)))


def _parts(owner: Any) -> dict[Any, Any]:
    kind = type(owner)
    if kind is SymbolicTensor:
        return {VALUE: owner.state()}
    if kind is LocalArray:
        return {VALUE: owner.content()}
    if kind is CellType:
        try:
            return {VALUE: owner.cell_contents}
        except ValueError:
            return {VALUE: UNSET}
    if isinstance(owner, list):
        return dict(enumerate(owner))
    if isinstance(owner, dict):
        return dict(owner)
    if isinstance(owner, (set, deque, np.ndarray)):
        return {WHOLE: owner.copy()}
    return attributes(owner)


def attributes(owner: Any) -> dict[str, Any]:
    """Return the attributes that an object itself has."""
    found = dict(getattr(owner, "__dict__", ()))
    if not isinstance(owner, type):
        for name in slots_of(type(owner)):
            value = getattr(owner, name, UNSET)
            if value is not UNSET:
                found[name] = value
    return found


def _class_attribute(owner: Any, name: str) -> Any:
    """Return what an attribute reads as where the object itself has none."""
    if isinstance(owner, (dict, type)):
        return UNSET
    value = inspect.getattr_static(type(owner), name, UNSET)
    return UNSET if hasattr(type(value), "__get__") else value


def slots_of(kind: type) -> list[str]:
    """Return the names of the slots of a class of the user's."""
    found = []
    for base in kind.__mro__:
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__"):
                mangled = name.startswith("__") and not name.endswith("__")
                found.append(f"_{base.__name__.lstrip('_')}{name}" if mangled else name)
    return found


def _is_namespace(owner: Any) -> bool:
    """Whether an object is a module's variables, of which only some are noted."""
    return type(owner) is dict and "__builtins__" in owner


def _same(owner: Any, key: Any, one: Any, other: Any) -> bool:
    if type(owner) is SymbolicTensor:
        return one.id == other.id and one.builder is other.builder
    if type(owner) is LocalArray:
        return holds_same(one, other)
    if key is WHOLE and isinstance(owner, np.ndarray):
        return bool(np.array_equal(one, other))
    if key is WHOLE and not isinstance(owner, list):
        return len(one) == len(other) and all(map(_is, one, other))
    return one is other


def _holds_staged(items: Any) -> bool:
    return StagedItems in map(type, items)


def _is(one: Any, other: Any) -> bool:
    return one is other


def _replace(owner: Any, value: Any) -> None:
    if isinstance(owner, list):
        owner[:] = value
    elif isinstance(owner, np.ndarray):
        owner[...] = value
    else:
        owner.clear()
        (owner.extend if isinstance(owner, deque) else owner.update)(value)


def _cells(functions: Iterable[Any]) -> Iterable[CellType]:
    for function in functions:
        inner = getattr(function, "__func__", function)
        if isinstance(inner, FunctionType):
            yield from inner.__closure__ or ()
