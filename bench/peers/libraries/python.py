"""Plain Python, on numbers and lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.peers import loops
from bench.peers.libraries import Variant


class _Table(list):  # type: ignore[type-arg]
    """A list of lists that takes ``table[i, j]``."""

    def __getitem__(self, key: Any) -> Any:
        return list.__getitem__(self, key[0])[key[1]]

    def __setitem__(self, key: Any, value: Any) -> None:
        list.__getitem__(self, key[0])[key[1]] = value


def _native(array: Any) -> Any:
    array = np.asarray(array)
    values = array.tolist()
    return _Table(values) if array.ndim == 2 else values


VARIANTS = {
    "Python": Variant(
        {
            "sum_squares": lambda: loops.sum_squares,
            "generator": lambda: loops.generator,
            "collatz": lambda: loops.collatz,
            "sieve": lambda: loops.sieve,
            "edit_distance": lambda: loops.edit_distance,
        },
        native=_native,
        writes=frozenset({"sieve", "edit_distance"}),
    )
}
