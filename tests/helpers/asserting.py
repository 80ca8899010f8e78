"""Functions that assert. pytest rewrites the asserts of test files, but not those here."""

from typing import Any


def positive(x: Any, n: Any) -> Any:
    assert x > 0.0, f"x is {x}"
    assert n < 3
    while n > 0:
        assert x < 10.0, ("step", n)
        x = x * 2.0
        n = n - 1
    return x


def item(x: Any, i: Any) -> Any:
    assert i < 3, x[i - 3]
    return x[i]
