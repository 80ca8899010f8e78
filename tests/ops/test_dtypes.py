"""dtypes: conversion, promotion and questions about them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from modes import DTYPES, FLOATING, INTEGERS, NUMBERS, check, sample

import pygraph as pg


def test_names() -> None:
    for name in DTYPES:
        dtype = getattr(pg, name)
        assert dtype == name
        assert dtype == np.dtype(name)
        assert repr(dtype) == f"pygraph.{name}"
        assert isinstance(dtype, pg.DType)


@pytest.mark.parametrize("source", DTYPES)
@pytest.mark.parametrize("target", DTYPES)
def test_astype(source: str, target: str) -> None:
    for shape in [(), (5,), (2, 0), (2, 3)]:
        x = sample(source, shape, 2, -3, 3)
        check(lambda x: pg.astype(x, target), x.astype(target), x)
    check(lambda x: x.astype(target), x.astype(target), x)


def test_astype_of_numbers() -> None:
    for value in (True, 3, 2.75):
        for dtype in DTYPES:
            expected = np.asarray(value).astype(dtype)
            check(lambda value=value, dtype=dtype: pg.astype(value, dtype), expected)
    assert pg.astype(float("nan"), pg.bool).item() is True
    with pytest.raises(OverflowError, match="int32"):
        pg.astype(2**31, "int32")
    with pytest.raises(TypeError, match="int8"):
        pg.astype(pg.ones(2), "int8")


def test_astype_that_changes_nothing() -> None:
    x = pg.ones(2)
    assert pg.astype(x, "float64") is not x
    assert pg.astype(x, pg.float64, copy=False) is x

    def strong(x: Any) -> Any:
        # Inside a graph a Python number is weak until it is converted.
        return pg.add(x, pg.astype(pg.add(1, 1), pg.int64))

    check(strong, np.asarray([3.0]), np.asarray([1.0], "float32"))


def test_result_type() -> None:
    for first, second in itertools.product(DTYPES, DTYPES):
        expected = np.result_type(first, second)
        assert pg.result_type(first, second) == expected
        assert pg.result_type(pg.ones(2, dtype=first), second) == expected
        assert pg.result_type(np.ones(2, first), np.dtype(second)) == expected
    for dtype in DTYPES:
        for number in (True, 2, 2.5):
            expected = np.result_type(np.zeros(2, dtype), number)
            if dtype == "bool":
                expected = np.result_type(dtype, type(number))
            assert pg.result_type(pg.zeros(2, dtype=dtype), number) == expected
            assert pg.result_type(number, pg.zeros(2, dtype=dtype)) == expected
    assert pg.result_type(1, 2) == "int64"
    assert pg.result_type(1, 2.5) == "float64"
    assert pg.result_type(pg.int32, pg.float32, 1) == "float64"
    with pytest.raises(TypeError, match="one argument"):
        pg.result_type()
    with pytest.raises(TypeError, match="no dtype"):
        pg.result_type("abc")


def test_can_cast() -> None:
    for first, second in itertools.product(DTYPES, DTYPES):
        assert pg.can_cast(first, second) == np.can_cast(first, second), (first, second)
        assert pg.can_cast(pg.zeros(1, dtype=first), second) == np.can_cast(first, second)


def test_isdtype() -> None:
    kinds = {
        "bool": ("bool",),
        "signed integer": INTEGERS,
        "unsigned integer": (),
        "integral": INTEGERS,
        "real floating": FLOATING,
        "complex floating": (),
        "numeric": NUMBERS,
    }
    for kind, members in kinds.items():
        for dtype in DTYPES:
            assert pg.isdtype(getattr(pg, dtype), kind) == (dtype in members)
    assert pg.isdtype(pg.int32, pg.int32)
    assert not pg.isdtype(pg.int32, pg.int64)
    assert pg.isdtype(pg.int32, ("bool", pg.int32))
    assert not pg.isdtype(pg.int32, ())
    with pytest.raises(ValueError, match="no kind of dtype"):
        pg.isdtype(pg.int32, "float")


def test_limits() -> None:
    for dtype in FLOATING:
        info, wanted = pg.finfo(dtype), np.finfo(dtype)
        assert info.dtype == dtype
        assert info.bits == wanted.bits
        for name in ("eps", "max", "min", "smallest_normal"):
            assert getattr(info, name) == float(getattr(wanted, name))
            assert type(getattr(info, name)) is float
    for dtype in INTEGERS:
        limits = pg.iinfo(pg.zeros(1, dtype=dtype))
        assert (limits.min, limits.max) == (np.iinfo(dtype).min, np.iinfo(dtype).max)
        assert (limits.bits, limits.dtype) == (np.iinfo(dtype).bits, dtype)
    with pytest.raises(TypeError, match="int32"):
        pg.finfo("int32")
    with pytest.raises(TypeError, match="float32"):
        pg.iinfo("float32")


def test_constants() -> None:
    assert (pg.e, pg.pi, pg.inf, pg.newaxis) == (np.e, np.pi, np.inf, None)
    assert np.isnan(pg.nan)
