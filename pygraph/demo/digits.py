"""The handwritten digits that the demo clusters; data/LICENSE.digits.txt says whose they are."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

IMAGE_SHAPE = (8, 8)
CLASSES = 10


class Digits(NamedTuple):
    """Images as rows, and what each one shows."""

    pixels: NDArray[np.float64]
    """(1797, 64), whole numbers from 0 to 16."""
    labels: NDArray[np.int64]
    """(1797,), from 0 to 9."""


def load() -> Digits:
    """Read the bundled data set."""
    packed = resources.files("pygraph.demo") / "data" / "digits.npz"
    with packed.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        return Digits(arrays["pixels"].astype(np.float64), arrays["labels"].astype(np.int64))
