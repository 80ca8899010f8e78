"""Items of lists and the methods of lists, where a tensor decides which item or how many."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from pygraph.autograph.operators.comparisons import (
    all_equal,
    has_own_equality,
    holds_staged,
    is_staged_key,
)
from pygraph.autograph.operators.comprehensions import collected
from pygraph.autograph.operators.iteration import ListItems, own_iterable, staged_iterable
from pygraph.autograph.operators.lookups import (
    chosen,
    got,
    item_at_choice,
    looked_up,
    refuse_key,
)
from pygraph.autograph.operators.mutation import watched
from pygraph.autograph.operators.parts import PartTarget, is_part
from pygraph.control.changes.journal import note
from pygraph.control.changes.reads import reads
from pygraph.control.containers import arrays, lists
from pygraph.control.containers.lists import check_own
from pygraph.control.effects.raising import require
from pygraph.control.identity.merged import is_merged
from pygraph.control.join.chosen_values import ChosenValue, can_be_chosen
from pygraph.control.join.pending import MissingItemError
from pygraph.control.join.unset import Maybe, given
from pygraph.control.tensors import is_tracing, stages
from pygraph.graph.locations import describe, user_line
from pygraph.graph.text import Text, deferred


def item(container: Any, key: Any) -> Any:
    """``container[key]``: of a list, staged when a tensor is the key or decided the length."""
    if type(key) is ChosenValue:
        return item_at_choice(key, [item(container, value) for value in key.values])
    noted = reads()
    if noted is not None:
        noted.item(container, key)
    if type(key) is Maybe:
        key = key.read()
    if not is_tracing() or not isinstance(container, (list, tuple, deque, dict)):
        return arrays.item(container, key) if _is_array(container) else given(container[key])
    if isinstance(container, dict):
        return given(looked_up(container, key))
    if lists.is_staged(container):
        return lists.get(container, key)
    if _is_staged_key(key) and container:
        if type(key) is slice:
            return lists.get(container, key)
        # Of what is no tensor there is but one of each: the index becomes its position.
        values = all(map(can_be_chosen, container))
        return chosen(container, _position_of(container, key) if values else key)
    if _is_staged_key(key):
        raise MissingItemError(f"{_kind_of(container)} index out of range")
    try:
        return given(container[key])
    except IndexError as error:
        raise MissingItemError(*error.args) from None


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and is_tracing()


def _position_of(container: Sequence[Any], key: Any) -> Any:
    """Return an index, counted from the front; running the graph raises IndexError for no index."""
    return lists.get(list(range(len(container))), key)


def _kind_of(container: Any) -> str:
    return "deque" if isinstance(container, deque) else "list"


def _is_staged_key(key: Any) -> bool:
    if type(key) is slice:
        return stages(key.start) or stages(key.stop) or stages(key.step)
    return stages(key)


def place(container: Any, key: Any) -> Any:
    """``container[key]``, a part of which is about to be assigned."""
    if isinstance(container, ItemTarget):
        return ItemTarget(container, key)
    staged = lists.is_staged(container) or _is_staged_key(key)
    if type(container) in METHODS and container and staged and is_tracing():
        return ItemTarget(ListTarget(container), key)
    return PartTarget(container, key) if is_part(container, key) else item(container, key)


def repeated(left: Any, right: Any) -> Any:
    """``left * right``, one of which is a list."""
    for items, times in ((left, right), (right, left)):
        if type(items) is list and stages(times):
            return lists.repeated(items, times)
    return left * right


class ItemTarget:
    """An item of a staged list, a part of which is about to be assigned."""

    __slots__ = ("_key", "_owner")

    def __init__(self, owner: ListTarget | ItemTarget, key: Any) -> None:
        self._owner = owner
        self._key = key

    def __getitem__(self, key: Any) -> Any:
        return item(self._owner[self._key], key)

    def __setitem__(self, key: Any, value: Any) -> None:
        whole = self._owner[self._key]
        lists.disown(whole)
        (ListTarget(whole) if type(whole) in METHODS else whole)[key] = value
        self._owner[self._key] = lists.written_out(whole)

    @property
    def root(self) -> list[Any]:
        """The list that changes in the end."""
        return self._owner.root


class ListTarget:
    """A list, an item of which is about to be assigned or deleted."""

    __slots__ = ("root",)

    def __init__(self, target: lists.Changing) -> None:
        self.root: Any = target

    def __getitem__(self, key: Any) -> Any:
        staged = lists.is_staged(self.root) or _is_staged_key(key)
        if staged and type(key) is not slice and self.root:
            return lists.taken(self.root, key)
        found = item(self.root, key)
        arrays.note_array(found)  # items[key] += 1 changes what is there
        return found

    def __setitem__(self, key: Any, value: Any) -> None:
        target = self.root
        if not lists.is_staged(target) and not _is_staged_key(key):
            target[key] = value
        elif type(key) is slice:
            _check_step(key)
            lists.put_slice(target, key, listed(value))
        elif not target:
            raise MissingItemError("list assignment index out of range")
        else:
            lists.put(target, key, value)

    def __delitem__(self, key: Any) -> None:
        if lists.is_staged(self.root) or _is_staged_key(key):
            if type(key) is slice:
                _check_step(key)
                lists.put_slice(self.root, key, [])
            else:
                lists.pop(self.root, key, "list assignment index out of range")
        else:
            del self.root[key]


def _check_step(key: slice) -> None:
    if key.step is not None and (stages(key.step) or key.step != 1):
        raise TypeError(
            "a slice with a step cannot be assigned or deleted where a tensor decides which items "
            f"it has\n  {describe(user_line())}\nAssign its items one by one, or make a new list "
            "with a comprehension."
        )


def list_method(method: Any) -> Callable[..., Any] | None:
    """Return the staged form of a list's method, or None to call it as it is."""
    owner = getattr(method, "__self__", None)
    changing: Any = METHODS.get(type(owner), {}).get(getattr(method, "__name__", ""))
    if changing is not None:
        check_own(owner)
        note(owner)
        return lambda *arguments, **keywords: changing(owner, *arguments, **keywords)
    if type(owner) is tuple and method.__name__ in ("count", "index"):
        found = METHODS[list][method.__name__]
        return lambda *arguments: found(owner, *arguments)
    if isinstance(owner, dict) and method.__name__ == "get":
        return lambda *arguments: got(owner, *arguments)
    if isinstance(owner, (set, dict)) and method.__name__ in _OF_KEYS:
        return _with_known_key(method)
    return None


_OF_KEYS = ("add", "discard", "remove", "pop", "setdefault")


def _with_known_key(method: Any) -> Callable[..., Any]:
    """Return a method that takes a key to add or remove, which no tensor may decide."""

    def checked(*arguments: Any) -> Any:
        if arguments and is_staged_key(arguments[0]):
            refuse_key(f"{type(method.__self__).__name__}.{method.__name__}(key)")
        return watched(method)(*arguments)

    return checked


def _append(target: list[Any], value: Any) -> None:
    if lists.is_staged(target):
        lists.append(target, value)
    else:
        target.append(value)


def _extend(target: list[Any], items: Iterable[Any]) -> None:
    added = listed(items)
    if lists.is_staged(target):
        lists.extend(target, added)
    else:
        target.extend(added)


def listed(items: Iterable[Any]) -> list[Any]:
    """``list(items)``: a tensor or what is made of tensors becomes a staged list."""
    items = own_iterable(items)
    staged = staged_iterable(items)
    if staged is None:
        return list(items)
    if isinstance(staged, ListItems):
        return list(staged.sequence)
    return collected(items, list)


def _pop(target: list[Any], index: Any = -1) -> Any:
    if lists.is_staged(target) or (stages(index) and target):
        return lists.pop(target, index)
    if stages(index):
        raise MissingItemError("pop index out of range")
    try:
        return target.pop(index)
    except IndexError as error:
        raise MissingItemError(*error.args) from None


def _insert(target: list[Any], index: Any, value: Any) -> None:
    if lists.is_staged(target) or (stages(index) and target):
        lists.insert(target, index, value)
    elif stages(index):
        target.append(value)
    else:
        target.insert(index, value)


def _reverse(target: list[Any]) -> None:
    if lists.is_staged(target):
        lists.reverse(target)
    else:
        target.reverse()


def _count(target: Sequence[Any], value: Any) -> Any:
    if _has_staged(target, value):
        return lists.occurrences(*_comparable(target, value))
    return target.count(value)


def _has_staged(target: Sequence[Any], *values: Any) -> bool:
    """Return whether tensors decide which items of a list, which has some, are equal to a value."""
    return lists.is_staged(target) or (bool(target) and any(map(holds_staged, (*values, *target))))


def _comparable(target: Sequence[Any], value: Any) -> tuple[Sequence[Any], Any]:
    """Return a list and a value that the graph can compare: objects' own ``__eq__`` has its say."""
    own = has_own_equality, is_merged
    if lists.is_staged(target) or not any(has(one) for has in own for one in (value, *target)):
        return target, value
    return [all_equal([(item, value)]) for item in target], True


def _index(target: Any, value: Any, *bounds: Any) -> Any:
    if not _has_staged(target, value, *bounds):
        return target.index(value, *bounds)
    missing = _not_in(target, value)
    start, stop = (*bounds, None, None)[:2]
    return _position(target, value, missing, slice(start, stop))


def _not_in(target: Any, value: Any) -> str | Text:
    return deferred(lambda: f"{value!r} is not in {_kind_of(target)}")


def _position(target: Any, value: Any, missing: str | Text, within: slice = slice(None)) -> Any:
    found, position = lists.position(*_comparable(target, value), within)
    require(found, ValueError, missing)
    return position


def _remove(target: Any, value: Any) -> None:
    if not _has_staged(target, value):
        target.remove(value)
        return
    in_list = "list.remove(x): x not in list"
    missing = _not_in(target, value) if isinstance(target, deque) else in_list
    position = _position(target, value, missing)
    lists.pop(target, position)


# By type: the methods that are staged where a tensor decides the items or how many there are.
# `list.sort` and those of deques are made of what is here, and add themselves in `builtins.py`.
METHODS: dict[type, dict[str, Callable[..., Any]]] = {
    list: {
        "append": _append,
        "count": _count,
        "extend": _extend,
        "index": _index,
        "insert": _insert,
        "pop": _pop,
        "remove": _remove,
        "reverse": _reverse,
    }
}


def unpacked(value: Any, before: int, after: int | None = None) -> Any:
    """What is assigned to so many targets: the items of a staged list, all else as it is.

    ``after`` is how many targets stand behind a starred one.
    """
    if isinstance(value, np.ndarray):
        arrays.note_read(value)
    if not lists.is_staged(value):
        return value
    length = lists.count(value)
    wanted = before + (after or 0)
    least = "at least " if after is not None else ""
    require(
        length >= wanted,
        ValueError,
        deferred(lambda: f"not enough values to unpack (expected {least}{wanted}, got {length})"),
    )
    first = [lists.get(value, position) for position in range(before)]
    if after is None:
        message = f"too many values to unpack (expected {before})"
        require(length <= before, ValueError, message)
        return first
    rest = lists.get([*value], slice(before, -after or None))
    return [*first, *rest, *(lists.get(value, position) for position in range(-after, 0))]
