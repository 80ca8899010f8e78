"""Converted functions on Python values do exactly what the originals do."""

from __future__ import annotations

import pytest
from programs import PROGRAMS

from pygraph import autograph

CALLS = [(function, call) for function, calls in PROGRAMS for call in calls]


@pytest.mark.parametrize(
    ("function", "arguments"), CALLS, ids=[f"{f.__name__}-{c}" for f, c in CALLS]
)
def test_equals_the_original(function, arguments):
    assert autograph.convert(function)(*arguments) == function(*arguments)
