"""The cost of a cached call of ``x + 1``, next to NumPy's own."""

from __future__ import annotations

import numpy as np

import pygraph as pg
from bench.measure import Measurement, compare, report


def main() -> None:
    """Compare for a scalar and for four elements, with tensors and with NumPy arrays in."""

    @pg.function
    def add_one(x):  # type: ignore[no-untyped-def]
        return x + 1

    tables: dict[str, dict[str, Measurement]] = {}
    for title, array in (
        ("0-d float32", np.array(3.0, np.float32)),
        ("(4,) float32", np.arange(4, dtype=np.float32)),
    ):
        tensor = pg.asarray(array)
        np.testing.assert_array_equal(add_one(tensor), array + 1)
        tables[title] = compare(
            {
                "pygraph": lambda tensor=tensor: add_one(tensor),
                "pygraph, NumPy": lambda array=array: add_one(array),
                "NumPy": lambda array=array: array + 1,
            }
        )
    report("cached call: x + 1", tables)
