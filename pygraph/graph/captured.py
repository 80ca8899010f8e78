"""Tensors and NumPy arrays that a function captures: hidden inputs of its graph.

Each call reads what they hold then. An array that the traced code itself has made is none: it is
what it was where it was used, a constant. One that it changes in place is refused. What the code
reads of an array as Python values is compared at each call, if it is not too much.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


class CapturedArrays:
    """The arrays that the graph of a trace reads besides its arguments."""

    def __init__(self) -> None:
        # By identity: an array, whether it is older than the trace, and a checksum of what it held.
        self._arrays: dict[int, tuple[np.ndarray[Any, Any], bool, int]] = {}
        # Whether an array was used that NumPy's operators may have made of older ones.
        self.derived = False
        self._scalars: dict[int, np.generic] = {}
        # By identity, arrays that were read, with what they held then.
        self._reads: dict[int, tuple[np.ndarray[Any, Any], bytes]] = {}

    def is_older(self, array: np.ndarray[Any, Any], search: Callable[[Any], bool]) -> bool:
        """Return whether an array that is used is older than the trace, as a search says."""
        known = self._arrays.get(id(array))
        if known is None:
            older = search(array)
            self.derived = self.derived or not older
            known = self._arrays[id(array)] = array, older, _checksum(array) if older else 0
        return known[1]

    def changed(self) -> Iterator[np.ndarray[Any, Any]]:
        """Yield older arrays that hold something else by now."""
        for array, older, checksum in self._arrays.values():
            if older and _checksum(array) != checksum:
                yield array

    def note_read(self, array: np.ndarray[Any, Any]) -> None:
        """Note that the elements of an array are read as Python values."""
        if array.flags.f_contiguous:
            array = array.T
        if not array.flags.c_contiguous:
            array = np.asarray(array.base)
        self._reads.setdefault(id(array), (array, array.tobytes()))

    def note_scalar(self, value: np.generic) -> None:
        """Note that it is known of which elements a scalar was made."""
        self._scalars[id(value)] = value

    def use_scalar(self, value: np.generic) -> None:
        """Note that a scalar is used, which NumPy's operators may have made."""
        self.derived = self.derived or id(value) not in self._scalars

    def read(self, search: Callable[[Any], bool]) -> Iterator[tuple[np.ndarray[Any, Any], bytes]]:
        """Yield the older arrays that were read, with what they held, if they still do.

        What the traced code itself changes is different at each call.
        """
        for array, content in self._reads.values():
            if self.is_older(array, search) and array.tobytes() == content:
                yield array, content

    def clear(self) -> None:
        """Forget all arrays."""
        self._arrays.clear()
        self._reads.clear()
        self._scalars.clear()


def _checksum(array: np.ndarray[Any, Any]) -> int:
    return zlib.crc32(np.ascontiguousarray(array).data.cast("B")) if array.size else 0
