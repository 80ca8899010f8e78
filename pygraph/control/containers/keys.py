"""Keys of dicts and elements of sets, Python's own, where a tensor is looked up among them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from pygraph.control.containers import lists
from pygraph.control.identity.merged import refuse_hash
from pygraph.control.join.leaves import NUMBERS
from pygraph.control.tensors import is_tensor
from pygraph.graph.locations import describe, user_line
from pygraph.graph.structure import flatten


def has_key(container: Collection[Any], key: Any) -> Any:
    """``key in container``, of a set or dict."""
    keys = keys_like(container, key)
    return lists.contains(keys, key) if keys else False


def check_keys(container: Collection[Any]) -> None:
    """Refuse objects that a tensor chose among the elements of a set or the keys of a dict."""
    for key in container:
        for part in key if type(key) is tuple else (key,):
            refuse_hash(part)


def keys_like(container: Collection[Any], key: Any) -> list[Any]:
    """Return the keys that may equal one in which there are tensors."""
    wanted, structure = flatten(key)
    for leaf in wanted:
        refuse_hash(leaf)
        if is_tensor(leaf) and leaf.ndim != 0:
            raise TypeError(
                f"a key is a scalar or a tuple of scalars, not a tensor of {leaf.ndim} dimensions\n"
                f"  {describe(user_line())}"
            )
    found = []
    for known in container:
        leaves, form = flatten(known)
        if form != structure:
            continue
        pairs = zip(leaves, wanted, strict=True)
        if all(_is_number(leaf) if is_tensor(part) else bool(leaf == part) for leaf, part in pairs):
            found.append(known)
    return found


def _is_number(key: Any) -> bool:
    return type(key) in NUMBERS or isinstance(key, np.generic) or is_tensor(key)
