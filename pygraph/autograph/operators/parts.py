"""Parts of tensors that are written to through an item, as in ``x[i][j] = value``.

NumPy's ``x[i]`` is a view of x; here it is a value of its own. A write to it goes to x itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pygraph.control.tensors import is_tensor


class PartTarget:
    """A part of a tensor, some of which is about to be assigned."""

    __slots__ = ("_key", "_owner")

    def __init__(self, owner: Any, key: Any) -> None:
        self._owner = owner
        self._key = key

    def __getitem__(self, key: Any) -> Any:
        return self._owner[self._key][key]

    def __setitem__(self, key: Any, value: Any) -> None:
        keys = key if type(key) is tuple else (key,)
        if _is_integer(self._key) and all(type(one) is slice or _is_integer(one) for one in keys):
            self._owner[(self._key, *keys)] = value
        else:
            part = self._owner[self._key].copy()
            part[key] = value
            self._owner[self._key] = part


def is_part(owner: Any, key: Any) -> bool:
    """Return whether NumPy's ``owner[key]`` were a view: not where arrays or lists are keys."""
    is_array = isinstance(owner, np.ndarray) and any(map(is_tensor, _keys(key)))
    if not is_tensor(owner) and not isinstance(owner, PartTarget) and not is_array:
        return False
    return all(
        one is None or one is ... or type(one) is slice or _is_integer(one) for one in _keys(key)
    )


def _keys(key: Any) -> tuple[Any, ...]:
    return key if type(key) is tuple else (key,)


def _is_integer(key: Any) -> bool:
    if is_tensor(key):
        return bool(key.ndim == 0 and key.dtype.kind == "integer")
    return isinstance(key, (int, np.integer)) and not isinstance(key, bool)
