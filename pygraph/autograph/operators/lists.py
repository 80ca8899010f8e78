"""Items of lists and the methods of lists, where a tensor decides which item or how many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pygraph.autograph.operators.effects import require
from pygraph.autograph.operators.iteration import ListItems, own_iterable, staged_iterable
from pygraph.autograph.operators.parts import PartTarget, is_part
from pygraph.control import lists
from pygraph.control.chosen_values import ChosenValue
from pygraph.control.journal import note
from pygraph.control.lists import check_own
from pygraph.control.pending import MissingItemError
from pygraph.control.raising import raised
from pygraph.control.tensors import is_tracing, stages
from pygraph.graph.locations import describe, user_line
from pygraph.graph.text import Text, deferred


def item(container: Any, key: Any) -> Any:
    """``container[key]``: of a list, staged when a tensor is the key or decided the length."""
    if type(key) is ChosenValue:
        return key.each(lambda value: item(container, value))
    if not isinstance(container, (list, tuple)) or not is_tracing():
        return container[key]
    if lists.is_staged(container) or (_is_staged_key(key) and container):
        return lists.get(container, key)
    if _is_staged_key(key):
        raise MissingItemError("list index out of range")
    try:
        return container[key]
    except IndexError as error:
        raise MissingItemError(*error.args) from None


def _is_staged_key(key: Any) -> bool:
    if type(key) is slice:
        return stages(key.start) or stages(key.stop) or stages(key.step)
    return stages(key)


def place(container: Any, key: Any) -> Any:
    """``container[key]``, a part of which is about to be assigned."""
    if isinstance(container, ItemTarget):
        return ItemTarget(container, key)
    staged = lists.is_staged(container) or _is_staged_key(key)
    if type(container) is list and container and staged and is_tracing():
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
        (ListTarget(whole) if type(whole) is list else whole)[key] = value
        self._owner[self._key] = lists.written_out(whole)

    @property
    def root(self) -> list[Any]:
        """The list that changes in the end."""
        return self._owner.root


class ListTarget:
    """A list, an item of which is about to be assigned or deleted."""

    __slots__ = ("root",)

    def __init__(self, target: list[Any]) -> None:
        self.root = target

    def __getitem__(self, key: Any) -> Any:
        return item(self.root, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        target = self.root
        if not lists.is_staged(target) and not _is_staged_key(key):
            target[key] = value
        elif type(key) is slice:
            raise TypeError(
                "a slice of a list cannot be assigned where a tensor decides which items it has\n"
                f"  {describe(user_line())}\nAssign its items one by one, or use a tensor."
            )
        elif not target:
            raise MissingItemError("list assignment index out of range")
        else:
            lists.put(target, key, value)

    def __delitem__(self, key: Any) -> None:
        if lists.is_staged(self.root) or _is_staged_key(key):
            if type(key) is slice:
                raise TypeError(
                    "a slice of a list cannot be deleted where a tensor decides which items it "
                    f"has\n  {describe(user_line())}\nPut together what is left, as in "
                    "`items = items[:i] + items[j:]`."
                )
            lists.pop(self.root, key)
        else:
            del self.root[key]


def list_method(method: Any) -> Callable[..., Any] | None:
    """Return the staged form of a list's method, or None to call it as it is."""
    owner = getattr(method, "__self__", None)
    if type(owner) is list:
        found = _METHODS.get(method.__name__)
        if found is not None:
            check_own(owner)
            note(owner)
            return lambda *arguments, **keywords: found(owner, *arguments, **keywords)
    if type(owner) is tuple and lists.is_staged(owner) and method.__name__ == "count":
        return lambda value: _count(owner, value)  # type: ignore[arg-type]
    return None


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
    from pygraph.autograph.operators.comprehensions import collected

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


def _sort(target: list[Any], *, key: Any = None, reverse: bool = False) -> None:
    from pygraph.autograph.operators.aggregates import sorted_

    target[:] = sorted_(target, key=key, reverse=reverse)


def _count(target: list[Any], value: Any) -> Any:
    if lists.is_staged(target) or (target and any(map(stages, (value, *target)))):
        return lists.occurrences(target, value)
    return target.count(value)


def _index(target: list[Any], value: Any, *bounds: Any) -> Any:
    if not lists.is_staged(target) and not any(map(stages, (value, *bounds, *target))):
        return target.index(value, *bounds)
    if bounds:
        raise TypeError(
            "list.index() takes no bounds where it is part of the graph\n"
            f"  {describe(user_line())}\nTake a slice of the list, and add where it begins."
        )
    missing = deferred(lambda: f"{value!r} is not in list")
    return _position(target, value, missing)


def _position(target: list[Any], value: Any, missing: str | Text) -> Any:
    if not target:
        raise raised(ValueError(missing))
    found, position = lists.position(target, value)
    require(found, ValueError, missing)
    return position


def _remove(target: list[Any], value: Any) -> None:
    if not lists.is_staged(target) and not any(map(stages, (value, *target))):
        target.remove(value)
    else:
        _pop(target, _position(target, value, "list.remove(x): x not in list"))


_METHODS: dict[str, Callable[..., Any]] = {
    "append": _append,
    "count": _count,
    "extend": _extend,
    "index": _index,
    "insert": _insert,
    "pop": _pop,
    "remove": _remove,
    "reverse": _reverse,
    "sort": _sort,
}


def unpacked(value: Any, count: int) -> Any:
    """What is assigned to ``count`` targets: the items of a staged list, all else as it is."""
    if type(value) is not list or not lists.is_staged(value):
        return value
    length = lists.count(value)
    message = f"the list to unpack has another length than {count}"
    require(length == count, ValueError, message)
    return [lists.get(value, position) for position in range(count)]
