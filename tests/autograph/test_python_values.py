"""Converted functions on Python values do exactly what the originals do."""

from __future__ import annotations

import pytest
from programs import PROGRAMS

import pygraph as pg
from pygraph import autograph

CALLS = [(function, call) for function, calls in PROGRAMS for call in calls]


@pytest.mark.parametrize(
    ("function", "arguments"), CALLS, ids=[f"{f.__name__}-{c}" for f, c in CALLS]
)
def test_equals_the_original(function, arguments):
    assert autograph.convert(function)(*arguments) == function(*arguments)


@pytest.mark.parametrize("value", [2.0**63, -1e300])
def test_floats_beyond_64_bits(value: float) -> None:
    def rounded(x):  # type: ignore[no-untyped-def]
        return round(x)

    for function in (rounded, pg.function(rounded), pg.function(lambda x: int(x))):
        with pytest.raises(OverflowError, match="a float beyond 64 bits to integer"):
            function(pg.asarray(value))
