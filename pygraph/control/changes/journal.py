"""What traced code does to objects that it did not make: noted, undone, and told apart.

While the body of a branch or a loop is traced, it runs once for all the times that the graph may
run it. A change of an object is undone then, and joins what the graph passes on (`changes.py`).
Each builder has a journal, in which the parts of an object are noted before the first write.
"""

from __future__ import annotations

import functools
import opcode
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO, StringIO
from operator import is_
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from pygraph._hot import EagerTensor, SymbolicTensor
from pygraph.control.changes.parts import (
    ORDER,
    VALUE,
    WHOLE,
    Attribute,
    Parts,
    changes_as_whole,
    class_attribute,
    dict_of,
    has_parts,
    is_cache,
    is_namespace,
    is_same,
    is_unchanged,
    part_name,
    parts_of,
    referent,
    restore,
    write_part,
)
from pygraph.control.changes.search import arrays, is_library, keeps_values, paths, reached
from pygraph.control.changes.unseen import unseen
from pygraph.control.containers.arrays import LocalArray, as_numpys, note_array, owner_of
from pygraph.control.identity.merged import check_single, linked_roots
from pygraph.control.join.unset import UNSET, Maybe
from pygraph.control.tensors import current, is_tensor, tracing
from pygraph.graph import Builder
from pygraph.graph.aliases import Aliases, View, is_derived
from pygraph.graph.items import StagedItems
from pygraph.graph.locations import Location, target_of, user_line
from pygraph.graph.structure import flatten, map_structure
from pygraph.ops.updates import put_part

# How many objects are compared before and after code that notes nothing.
LIMIT = 10_000


class Change(NamedTuple):
    """A part of an object that differs from what it was, and how the user would write it."""

    owner: Any
    key: Any
    before: Any
    after: Any
    name: str
    lines: Sequence[Location] = ()
    """Where the object was changed, as far as that is known."""

    @property
    def place(self) -> tuple[int, Any]:
        """Identify the part."""
        return id(self.owner), self.key


class Watched:
    """Objects that some code may change unseen, with their parts before it runs.

    ``more``: there are more objects than were looked at.
    """

    __slots__ = ("more", "parts")

    def __init__(self, objects: Iterable[Any], more: bool = False) -> None:
        self.more = more
        self.parts: dict[int, tuple[Any, Parts]] = {
            id(owner): (owner, parts_of(owner)) for owner in objects
        }

    @staticmethod
    def from_roots(roots: Iterable[Any]) -> Watched:
        """Return all that can be reached from some objects."""
        objects, more = reached(roots, LIMIT)
        return Watched(filter(_is_watched, objects), more)


class Journal:
    """The objects that were changed since it was opened, with their parts as they were then.

    ``functions`` are those whose code runs: what they cannot reach was made by that code.
    ``handled`` are the places that whoever opens it looks after. ``watched`` are objects that may
    change without being noted. ``tentative``: it is for a part of what a builder records.
    """

    def __init__(
        self,
        functions: Iterable[Callable[..., Any] | None] = (),
        handled: Collection[tuple[int, Any]] = (),
        watched: Watched | None = None,
        *,
        tentative: bool = False,
    ) -> None:
        given = [target_of(function) for function in functions if function is not None]
        # Where the search for an object starts, and how that is written.
        self.roots: list[tuple[Any, str]] = [(function, "") for function in given]
        # Objects that stand for others: an assignment to one of them reaches these as well.
        self._linked = linked_roots()
        self._handled = handled
        self._tentative = tentative
        # The one in whose stead a tentative one stands.
        self.outer: Journal | None = None
        self._cells = [(cell, parts_of(cell)) for cell in _cells(given)]
        self._noted: dict[int, tuple[Any, Parts]] = {}
        self._watched = {} if watched is None else dict(watched.parts)
        self._lines: dict[int, dict[Location, None]] = {}
        # By identity: the dicts whose items are the attributes of objects that are known here.
        self._dicts = {id(dict_of(owner)) for owner, _ in self._watched.values()}
        self._arrays: dict[int, Any] | None = None

    def note(
        self, owner: Any, keys: Collection[Any] = (), lines: Iterable[Location | None] = ()
    ) -> None:
        """Remember what an object (or only some keys of it) is like, before it is changed."""
        owner = referent(owner)
        noted = self._noted.get(id(owner))
        for line in lines:
            if line is not None:
                self._lines.setdefault(id(owner), {})[line] = None
        if keys:
            parts = {} if noted is None else noted[1]
            for key in keys:
                parts.setdefault(key, owner.get(key, UNSET))
            self._noted[id(owner)] = (owner, parts)
        elif noted is None:
            watched = self._watched.get(id(owner))
            if watched is not None:
                self._noted[id(owner)] = watched
            elif id(owner) not in self._dicts and has_parts(owner):
                self._noted[id(owner)] = (owner, self._parts_before(owner))

    def _parts_before(self, owner: Any) -> Parts:
        """Return the parts of an object, the dict of whose attributes may have changed already."""
        parts = parts_of(owner)
        values = dict_of(owner)
        if values is not None:
            self._dicts.add(id(values))
            _, before = self._noted.pop(id(values), (None, None))
            if before is not None:
                return {**{key: parts[key] for key in parts if key not in values}, **before}
        return parts

    def watch(self, roots: Iterable[Any]) -> Watched:
        """Remember what code that is not converted can change."""
        watched = Watched.from_roots(roots)
        for identity, entry in watched.parts.items():
            values = id(dict_of(entry[0]))
            if not {identity, values} & self._noted.keys() and identity not in self._dicts:
                self._watched.setdefault(identity, entry)
                self._dicts.add(values)
            if type(entry[0]) is FunctionType:
                self._note_assigned(entry[0])
        return watched

    def _note_assigned(self, function: FunctionType) -> None:
        """Note the variables of modules and enclosing functions that a function assigns."""
        variables, free = assigned_outside(function.__code__)
        if variables:
            self.note(function.__globals__, variables)
        names = function.__code__.co_freevars
        for name, cell in zip(names, function.__closure__ or (), strict=True):
            if name in free:
                self.note(cell)

    def note_changed(self, watched: Watched) -> list[Any]:
        """Note which of some objects have changed by now, at the line that runs; return these."""
        changed = [
            owner for owner, before in watched.parts.values() if not is_unchanged(owner, before)
        ]
        lines = (user_line(),) if changed else ()
        for owner in changed:
            self.note(owner, lines=lines)
        return changed

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

    def note_change(
        self,
        owner: Any,
        keys: Collection[Any] = (),
        lines: Sequence[Location] = (),
        *,
        linked: bool = False,
    ) -> None:
        """Remember an object that is about to be changed; see :func:`note`."""
        builder = current()
        if builder is not None and builder.module.merged and not linked:
            check_single(owner)
        if type(owner) is SymbolicTensor:
            self.note_tensor(owner)
        elif type(owner) is LocalArray:
            self.note_local(owner.root)
        else:
            self.note(owner, keys, lines or (user_line(),))

    def write(self, tensor: SymbolicTensor, change: Callable[[Any], Any]) -> None:
        """Change the object that a tensor is, for the user's code.

        ``change`` returns the new value of a tensor, for which another one may stand.
        """
        builder = tracing()
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

    def _note_watched(self) -> None:
        """Note the objects that were watched and have changed: before all others."""
        changed = {
            identity: entry
            for identity, entry in self._watched.items()
            if identity not in self._noted and not is_unchanged(*entry)
        }
        if changed:
            self._noted = {**changed, **self._noted}

    def owns(self, owner: Any) -> bool:
        """Return whether an object was noted."""
        return id(owner) in self._noted

    def absorb(self, later: Journal) -> None:
        """Add what was noted in a journal that was opened later on the same builder."""
        later._note_watched()
        for identity, lines in later._lines.items():
            self._lines.setdefault(identity, {}).update(lines)
        for identity, noted in later._noted.items():
            owner, parts = noted
            if type(owner) is not SymbolicTensor or parts[VALUE].builder is not current():
                self._noted.setdefault(identity, noted)

    def undo(self) -> None:
        """Make the objects, and the variables that the functions share, what they were."""
        self._note_watched()
        # What was noted last first: an object and the dict of its attributes share their parts.
        for owner, parts in reversed([*self._cells, *self._noted.values()]):
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
            self._watched.pop(id(change.owner), None)
        changed = [change for change in changed if change not in logged]
        self.undo()
        if not changed:
            return []
        wanted = {id(change.owner) for change in changed}
        found = paths([*self.roots, *self._linked], wanted)
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
                older.append(self._named(change, name))
        for change in younger:
            write_part(change.owner, change.key, change.after)
        return older

    def leaks(self, is_leak: Callable[[Any], bool]) -> list[Change]:
        """Return the changed parts that hold what they must not, of objects that can be reached."""
        changed = [
            change for change in self.differences() if any(map(is_leak, _contents(change.after)))
        ]
        if not changed:
            return []
        found = paths(self.roots, {id(change.owner) for change in changed})
        return [
            self._named(change, found[id(change.owner)])
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
            self._named(change, found[id(change.owner)])
            for change in changes
            if id(change.owner) in found
        ]

    def _named(self, change: Change, name: str) -> Change:
        """Return a change of an object that is written as ``name``."""
        name = part_name(change.owner, change.key, name)
        return change._replace(name=name, lines=tuple(self._lines.get(id(change.owner), ())))

    def lines_within(self, root: Any) -> list[Location]:
        """Return where an object, or what can be reached from it, was changed, if that is known."""
        changed = {id(change.owner) for change in self.differences()}
        found = paths([(root, "")], changed)
        return [line for identity in found for line in self._lines.get(identity, ())]

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
        self._note_watched()
        changes: list[Change] = []
        for owner, before in self._noted.values():
            if type(owner) is SymbolicTensor and is_derived(owner):
                continue
            changes += _changes_of(owner, before, parts_of(owner))
        return changes


def _changes_of(owner: Any, before: Parts, after: Parts) -> Iterator[Change]:
    """Yield the parts of an object that differ."""
    keys = _items(before), _items(after)
    if isinstance(owner, list) and _changed_length(before, after):
        before, after = _as_whole(before), _as_whole(after)
    # Of a namespace only the noted names count.
    for key in before if is_namespace(owner) else {**before, **after}:
        one, other = before.get(key, UNSET), after.get(key, UNSET)
        if one is UNSET:
            one = class_attribute(owner, key)
        if not is_same(owner, key, one, other) and not (one is UNSET and is_cache(owner, key)):
            yield Change(owner, key, one, other, "")
    if isinstance(owner, dict) and not is_namespace(owner) and keys[0] != keys[1]:
        yield Change(owner, ORDER, *keys, "")


def _items(parts: Parts) -> list[Any]:
    """Return the keys of those parts that are no attributes."""
    return [key for key in parts if type(key) is not Attribute]


def _as_whole(parts: Parts) -> Parts:
    """Return the parts of a list with its items as one."""
    own = {key: value for key, value in parts.items() if type(key) is Attribute}
    return {WHOLE: [parts[key] for key in _items(parts)], **own}


def _contents(value: Any) -> Iterable[Any]:
    return value if isinstance(value, (set, deque)) else (value,)


# What is looked into for further objects, or is known from elsewhere to have changed.
_NEVER_WATCHED = frozenset(
    {bool, int, float, complex, str, bytes, type(None), range, slice, tuple, frozenset, CodeType}
    | {CellType, SymbolicTensor, EagerTensor, np.ndarray, BuiltinFunctionType, MethodType}
)


def _is_watched(owner: Any) -> bool:
    """Return whether an object may be changed by code that notes nothing."""
    kind = type(owner)
    if kind in _NEVER_WATCHED or is_namespace(owner):
        return False
    if kind is FunctionType or kind is ModuleType or isinstance(owner, type):
        return not is_library(owner.__name__ if kind is ModuleType else owner.__module__)
    return changes_as_whole(owner) or (keeps_values(kind) and has_parts(owner))


def _changed_length(before: dict[Any, Any], after: dict[Any, Any]) -> bool:
    """Return whether a list has, or may have when the graph runs, another length than before."""
    if len(before) != len(after):
        return True
    staged = StagedItems in map(type, [*before.values(), *after.values()])
    return staged and not all(map(is_, before.values(), after.values()))


def watch(owner: Any) -> None:
    """Note an object that may be changed, or not."""
    builder = current()
    if isinstance(owner, np.ndarray):
        note_array(owner)
    elif builder is not None and builder.journal is not None:
        builder.journal.note(owner)


def note(
    owner: Any,
    keys: Collection[Any] = (),
    lines: Sequence[Location] = (),
    *,
    linked: bool = False,
) -> None:
    """Note an object, or some keys of it, in the journal of the graph at hand, if there is one.

    ``lines`` are where it is changed, by default the line that runs. ``linked``: what may be the
    same object is changed as well; else that is refused.
    """
    builder = current()
    if builder is not None and builder.journal is not None:
        builder.journal.note_change(owner, keys, lines, linked=linked)


Maybe.note = staticmethod(note)


def note_outer_variables(function: FunctionType) -> None:
    """Note the variables of modules and enclosing functions that a function assigns."""
    builder = current()
    if builder is not None and builder.journal is not None:
        builder.journal._note_assigned(function)


_GLOBAL_CHANGES = (opcode.opmap["STORE_GLOBAL"], opcode.opmap["DELETE_GLOBAL"])
_CELL_CHANGES = (opcode.opmap["STORE_DEREF"], opcode.opmap["DELETE_DEREF"])


@functools.lru_cache(maxsize=4096)
def assigned_outside(code: CodeType) -> tuple[frozenset[str], frozenset[str]]:
    """Return the globals and the free variables that a function, or one in it, assigns."""
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
        if isinstance(constant, CodeType):
            inner = assigned_outside(constant)
            variables |= inner[0]
            free |= inner[1]
    return frozenset(variables), frozenset(free.intersection(code.co_freevars))


def watched_by(functions: Iterable[Callable[..., Any] | None]) -> Watched:
    """Return what some functions, which are converted, may change unseen."""
    given = [target_of(function) for function in functions if function is not None]
    containers, runs_code = unseen(given)
    return Watched.from_roots(given) if runs_code else Watched(containers)


def containers_of(function: Callable[..., Any], arguments: Iterable[Any]) -> Watched:
    """Return the lists and such that a function and its arguments refer to."""
    return Watched(unseen((function, *arguments))[0])


def in_region() -> Journal | None:
    """Return the journal of a branch or loop that is being traced, None outside of any."""
    builder = current()
    if builder is None:
        return None
    journal: Journal | None = builder.journal
    if journal is None or (builder.parent is None and not journal._tentative):
        return None
    return journal


@contextmanager
def recording(builder: Builder, journal: Journal) -> Iterator[Journal]:
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


class Undoable:
    """A piece of code that may be undone, in the middle of what a builder records."""

    def __init__(self, functions: Iterable[Callable[..., Any] | None]) -> None:
        self._builder = tracing()
        self._outer: Journal | None = self._builder.journal
        functions = list(functions)
        self._journal: Journal | None = Journal(
            functions, (), watched_by(functions), tentative=True
        )
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


# What may take up Python values while tracing, to be looked at afterwards.
_LOGS = (list, set, deque, StringIO, BytesIO)


def _is_log(change: Change) -> bool:
    """Whether an object that is older than the whole trace has taken up Python values only."""
    if not isinstance(change.owner, _LOGS):
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


def _cells(functions: Iterable[Any]) -> Iterable[CellType]:
    for function in functions:
        inner = getattr(function, "__func__", function)
        if isinstance(inner, FunctionType):
            yield from inner.__closure__ or ()
