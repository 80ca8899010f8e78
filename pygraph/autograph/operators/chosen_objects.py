"""Assignments to an object that may be the same as another one, as a tensor decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pygraph.control.conditional import cond
from pygraph.control.identity.merged import assign, check_single


class Linked:
    """Stands for such an object while its attributes or items are assigned.

    ``target`` gives what an assignment to an object is made to.
    """

    __slots__ = ("_owner", "_target")

    def __init__(self, owner: Any, target: Callable[[Any], Any]) -> None:
        object.__setattr__(self, "_owner", owner)
        object.__setattr__(self, "_target", target)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._owner, name)

    def __setattr__(self, name: str, value: Any) -> None:
        def write(owner: Any, given: Any) -> None:
            setattr(self._target(owner), name, given)

        assign(self._owner, value, lambda owner: getattr(owner, name), write, cond)

    def __delattr__(self, name: str) -> None:
        check_single(self._owner)

    def __getitem__(self, key: Any) -> Any:
        return self._target(self._owner)[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        def write(owner: Any, given: Any) -> None:
            self._target(owner)[key] = given

        assign(self._owner, value, lambda owner: self._target(owner)[key], write, cond)

    def __delitem__(self, key: Any) -> None:
        check_single(self._owner)
