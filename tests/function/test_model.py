"""Random signatures and calls against the plain function and a model of the key rules."""

from __future__ import annotations

import inspect
import math
import struct
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import pygraph as pg


def number_key(value: Any) -> Any:
    """A Python number: its type and value, all NaNs alike, 0.0 apart from -0.0."""
    if isinstance(value, float):
        return ("float", "nan") if math.isnan(value) else ("float", struct.pack("<d", value))
    return (type(value).__name__, value)


def leaf_key(value: Any) -> Any:
    """A tensor or NumPy array: dtype and shape. None, text and numbers: type and value."""
    if isinstance(value, (np.ndarray, np.generic, pg.Tensor)):
        array = np.asarray(value)
        return ("tensor", array.dtype.name, array.shape)
    if value is None or isinstance(value, (str, bytes)):
        return (type(value).__name__, value)
    return number_key(value)


def key(value: Any) -> Any:
    """A container: its type, what names its children, and their keys."""
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, *(key(item) for item in value))
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: item[0])
        return ("dict", *((number_or_text(name), key(item)) for name, item in items))
    return leaf_key(value)


def number_or_text(name: Any) -> Any:
    """A dict's key."""
    return ("str", name) if isinstance(name, str) else number_key(name)


def call_key(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A call: its arguments bound to parameters, defaults filled in."""
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    return tuple((name, key(value)) for name, value in bound.arguments.items())


numbers = st.one_of(
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([0.0, -0.0, 1.0, 2.0, math.nan, -math.inf, 2**63, -(2**63)]),
)
arrays = st.builds(
    lambda shape, dtype, kind: kind(np.ones(shape, dtype)),
    st.sampled_from([(), (1,), (2,), (2, 1), (0,)]),
    st.sampled_from(["float64", "float32", "int64", "bool"]),
    st.sampled_from([np.asarray, pg.asarray, lambda array: array.T[...]]),
)
leaves = st.one_of(numbers, arrays, st.none(), st.sampled_from(["", "a", b"", b"a"]))
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.lists(inner, max_size=2).map(tuple),
        st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
        st.dictionaries(st.integers(0, 1), inner, max_size=2),
    ),
    max_leaves=4,
)


@st.composite
def functions(draw: st.DrawFn) -> Any:
    """A function of random parameters that returns all of them."""
    plain = draw(st.integers(0, 2))
    defaults = draw(st.integers(0, plain))
    parts = [f"p{i}" if i < plain - defaults else f"p{i}={i}" for i in range(plain)]
    if plain and draw(st.booleans()):
        parts.insert(draw(st.integers(1, plain)), "/")
    names = [f"p{i}" for i in range(plain)]
    if draw(st.booleans()):
        parts.append("*rest")
        names.append("rest")
    elif draw(st.booleans()):
        parts.append("*")
    if parts and parts[-1] in ("*", "*rest"):
        parts.append(draw(st.sampled_from(["k", "k=1.0"])))
        names.append("k")
    if draw(st.booleans()):
        parts.append("**more")
        names.append("more")
    namespace: dict[str, Any] = {}
    exec(f"def f({', '.join(parts)}): return [{', '.join(names)}]", namespace)
    return namespace["f"]


calls = st.tuples(
    st.lists(values, max_size=3).map(tuple),
    st.dictionaries(st.sampled_from(["p0", "p1", "k", "z"]), values, max_size=2),
)


@given(functions(), st.lists(calls, min_size=1, max_size=6))
def test_against_the_model(function: Any, drawn: list[Any]) -> None:
    staged = pg.function(function, autograph=False)
    seen = set()
    for args, kwargs in drawn:
        try:
            expected = function(*args, **kwargs)
        except TypeError as error:
            try:
                staged(*args, **kwargs)
            except TypeError as other:
                assert str(other) == str(error)  # noqa: PT017
            else:
                raise AssertionError("the call should not fit") from error
            continue
        seen.add(call_key(function, args, kwargs))
        result = staged(*args, **kwargs)
        assert key(result) == key(expected)
        assert staged.tracing_count == len(seen)
