"""Runs one function in every way there is: all ways must agree, and agree with NumPy.

The ways: eager on tensors, staged with the shapes known, staged with every dimension unknown, and
both staged ways again with all passes off. Staged functions are given NumPy arrays.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

import pygraph as pg

DTYPES = ("bool", "int32", "int64", "float32", "float64")
NUMBERS = DTYPES[1:]
INTEGERS = ("int32", "int64")
FLOATING = ("float32", "float64")


@contextmanager
def passes_off() -> Iterator[None]:
    """Switch every pass off for the plans made inside."""
    former = os.environ.get("PYGRAPH_PASSES")
    os.environ["PYGRAPH_PASSES"] = "none"
    try:
        yield
    finally:
        if former is None:
            del os.environ["PYGRAPH_PASSES"]
        else:
            os.environ["PYGRAPH_PASSES"] = former


def leaves(result: Any) -> list[np.ndarray]:
    """Return the arrays of a result: a tensor, or a list or tuple of tensors."""
    if isinstance(result, (list, tuple)):
        return [array for part in result for array in leaves(part)]
    return [np.asarray(result)]


def staged(
    function: Callable[..., Any], arrays: Sequence[np.ndarray], unknown: bool
) -> Callable[..., Any]:
    """Return a Function of arrays; with unknown, one graph for any sizes of the dimensions."""
    if not unknown:
        return pg.function(function, autograph=False)
    signature = [pg.TensorSpec((None,) * array.ndim, array.dtype) for array in arrays]
    return pg.function(function, autograph=False, input_signature=signature)


def every_way(
    function: Callable[..., Any], *arrays: np.ndarray, unknown: bool = True
) -> dict[str, list[np.ndarray]]:
    """Return the results of all ways to run a function of arrays."""

    # A signature counts the parameters of a plain function.
    def call(*values: Any) -> Any:
        return function(*values)

    results = {"eager": leaves(function(*[pg.asarray(array) for array in arrays]))}
    kinds = (False, True) if unknown and arrays else (False,)
    for is_unknown in kinds:
        name = "staged, dims unknown" if is_unknown else "staged"
        results[name] = leaves(staged(call, arrays, is_unknown)(*arrays))
        with passes_off():
            results[name + ", no passes"] = leaves(staged(call, arrays, is_unknown)(*arrays))
    return results


def check(
    function: Callable[..., Any],
    expected: Any,
    *arrays: np.ndarray,
    rtol: float = 0.0,
    atol: float = 0.0,
    unknown: bool = True,
) -> None:
    """Check that all ways give the expected arrays: dtype, shape and elements."""
    wanted = [np.asarray(one) for one in expected] if isinstance(expected, (list, tuple)) else None
    if wanted is None:
        wanted = [np.asarray(expected)]
    results = every_way(function, *arrays, unknown=unknown)
    for way, found in results.items():
        assert len(found) == len(wanted), way
        for have, want, eager in zip(found, wanted, results["eager"], strict=True):
            assert have.dtype == want.dtype, f"{way}: {have.dtype}, expected {want.dtype}"
            assert have.shape == want.shape, f"{way}: {have.shape}, expected {want.shape}"
            close(have, want, way, rtol, atol)
            close(have, eager, f"{way} against eager", 0.0, 0.0)


def close(have: np.ndarray, want: np.ndarray, what: str, rtol: float, atol: float) -> None:
    """Check that arrays are equal, NaN equal to NaN, or close for floating dtypes."""
    if have.dtype.kind == "f":
        np.testing.assert_allclose(have, want, rtol=rtol, atol=atol, err_msg=what)
    else:
        np.testing.assert_array_equal(have, want, err_msg=what)


def sample(
    dtype: str, shape: Sequence[int], seed: int = 0, low: float = -8, high: float = 8
) -> np.ndarray:
    """Return an array of a dtype and shape with elements between two bounds."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(low, high, tuple(shape))
    if dtype == "bool":
        return np.asarray(values > (low + high) / 2)
    return np.asarray(values).astype(dtype)


def odd(array: np.ndarray) -> np.ndarray:
    """Return an equal array in a layout that tensors do not have: strided, backwards."""
    wide = np.empty((*array.shape[:-1], array.shape[-1] * 2), array.dtype)
    view = wide[..., ::-2]
    view[...] = array
    return view
