"""Keys of every kind for arrays of shape (3, 4, 5), basic and advanced ones."""

from __future__ import annotations

from typing import Any

import numpy as np

BASIC: list[Any] = [
    0, -1, 2, (1, 2), (-1, -1, -1), slice(None), slice(1, None), slice(None, 2),
    slice(None, None, -1), slice(-2, None), slice(2, 0, -1), slice(5, 1), slice(0, 100),
    slice(-100, 100, 2), slice(None, None, 3), slice(10**30, None, -1), slice(-(2**63), None), ...,
    None, (), (..., 0), (0, ...), (slice(None), 1), (..., None), (None, ..., None),
    (1, None, slice(2)), (None, 0, None, 1, None), (slice(1), slice(1), slice(1)),
    (0, slice(None), 1), (..., 1, slice(None, None, 2)), (np.int64(1), np.int32(-1)),
    (slice(np.int64(1), np.int32(3)),), (0, 1, 2, ...), (..., 0, 1, 2), (0, slice(0, 0)),
]  # fmt: skip

ADVANCED: list[Any] = [
    [0, 2], [[0, 1], [2, 2]], ([0, 1], [1, 2]), ([[0], [1]], [1, 2]), (slice(None), [0, 2]),
    (..., [0, -1]), ([0, 1], slice(None), [2, 3]), (0, slice(None), [2, 3]), ([0, 1], 1),
    (1, [0, 1]), (slice(1), [0, 1], 0), (None, [0, 1]), ([0, 1], None), ([0, 1], None, [1, 2]),
    (slice(None), [0, 1], [1, 2]), ([1], slice(0, 2), None, 0), ([], 0), [], (slice(None), []),
    ([0, 1], ..., [1, 0]), (None, 0, None, [1, 2]), (0, ..., [1, 2]),
    ([-1, -2], [-1, -2], [-1, -2]), (slice(None, None, -1), [2, 0], slice(1, 3)),
    (np.asarray([[1, 0]]), np.asarray([[0], [2]], "int32")), (np.asarray([0, 1], "uint8"),),
    (1, None, [0, 2], 0), [True, False, True], (slice(None), [True, False, False, True]),
    ([True, False, True], [0, 2]), ([False, False, False],), ([True, False, True], 0, slice(None)),
    (..., [True] * 5), (0, [True, False, True, True]), True, False, (True, 0), (slice(None), True),
    (None, True, [0, 1]), (np.bool_(True),), ((0, 2),),
    ([[0, 1], [1, 0]], slice(1, 3), [[0], [1]]),
]  # fmt: skip


def text(key: Any) -> str:
    return repr(key).replace("Ellipsis", "...")
