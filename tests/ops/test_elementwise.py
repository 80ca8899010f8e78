"""Elementwise ops against NumPy: dtypes, promotion, broadcasting, edge values, all ways to run."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from modes import DTYPES, FLOATING, INTEGERS, NUMBERS, check, close, odd, sample, staged

import pygraph as pg

SHAPES = [(), (5,), (0,), (2, 0, 3), (3, 4), (2, 1, 3)]
PAIRS = [
    ((), ()),
    ((4,), ()),
    ((3, 4), (4,)),
    ((3, 1), (1, 4)),
    ((2, 1, 3), (4, 1)),
    ((0, 3), (1, 3)),
    ((2, 3, 4), (2, 3, 4)),
]
# Errors of single elements; ours and NumPy's are both within an ulp or two of the exact value.
TOLERANCE = {"float32": 5e-7, "float64": 1e-15}


class Unary(NamedTuple):
    name: str
    reference: Callable[[Any], Any]
    dtypes: tuple[str, ...]
    low: float = -8
    high: float = 8
    exact: bool = False


def erf(x: np.ndarray) -> np.ndarray:
    return np.vectorize(math.erf, otypes=[x.dtype])(x)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return (1 / (1 + np.exp(-x.astype("float64")))).astype(x.dtype)


UNARY = [
    Unary("negative", np.negative, NUMBERS, exact=True),
    Unary("positive", np.positive, NUMBERS, exact=True),
    Unary("abs", np.abs, NUMBERS, exact=True),
    Unary("sign", np.sign, NUMBERS, exact=True),
    Unary("square", np.square, NUMBERS, exact=True),
    Unary("reciprocal", np.reciprocal, FLOATING, 1, exact=True),
    Unary("sqrt", np.sqrt, NUMBERS, 0, exact=True),
    Unary("exp", np.exp, NUMBERS),
    Unary("expm1", np.expm1, NUMBERS),
    Unary("log", np.log, NUMBERS, 1),
    Unary("log1p", np.log1p, NUMBERS, 0),
    Unary("log2", np.log2, NUMBERS, 1),
    Unary("log10", np.log10, NUMBERS, 1),
    Unary("sin", np.sin, NUMBERS),
    Unary("cos", np.cos, NUMBERS),
    Unary("tan", np.tan, NUMBERS),
    Unary("asin", np.arcsin, NUMBERS, -1, 1),
    Unary("acos", np.arccos, NUMBERS, -1, 1),
    Unary("atan", np.arctan, NUMBERS),
    Unary("sinh", np.sinh, NUMBERS),
    Unary("cosh", np.cosh, NUMBERS),
    Unary("tanh", np.tanh, NUMBERS),
    Unary("asinh", np.arcsinh, NUMBERS),
    Unary("acosh", np.arccosh, NUMBERS, 1),
    Unary("atanh", np.arctanh, NUMBERS, -0.9, 0.9),
    Unary("floor", np.floor, FLOATING, exact=True),
    Unary("ceil", np.ceil, FLOATING, exact=True),
    Unary("trunc", np.trunc, FLOATING, exact=True),
    Unary("round", np.round, NUMBERS, exact=True),
    Unary("sigmoid", sigmoid, FLOATING),
    Unary("erf", erf, FLOATING, -3, 3),
    Unary("isnan", np.isnan, NUMBERS, exact=True),
    Unary("isinf", np.isinf, NUMBERS, exact=True),
    Unary("isfinite", np.isfinite, NUMBERS, exact=True),
    Unary("signbit", np.signbit, FLOATING, exact=True),
    Unary("logical_not", np.logical_not, DTYPES, -1, 2, exact=True),
    Unary("bitwise_invert", np.invert, ("bool", *INTEGERS), exact=True),
]


class Binary(NamedTuple):
    name: str
    reference: Callable[[Any, Any], Any]
    dtypes: tuple[str, ...]
    low: float = -8
    high: float = 8
    exact: bool = False
    low2: float | None = None


BINARY = [
    Binary("add", np.add, NUMBERS, exact=True),
    Binary("subtract", np.subtract, NUMBERS, exact=True),
    Binary("multiply", np.multiply, NUMBERS, exact=True),
    Binary("divide", np.divide, NUMBERS, exact=True, low2=1),
    Binary("floor_divide", np.floor_divide, NUMBERS, exact=True, low2=1),
    Binary("remainder", np.remainder, NUMBERS, exact=True, low2=1),
    Binary("pow", np.power, NUMBERS, 1, 6),
    Binary("maximum", np.maximum, DTYPES, exact=True),
    Binary("minimum", np.minimum, DTYPES, exact=True),
    Binary("atan2", np.arctan2, NUMBERS),
    Binary("hypot", np.hypot, NUMBERS),
    Binary("copysign", np.copysign, FLOATING, exact=True),
    Binary("logaddexp", np.logaddexp, NUMBERS),
    Binary("nextafter", np.nextafter, FLOATING, exact=True),
    Binary("equal", np.equal, DTYPES, -2, 2, exact=True),
    Binary("not_equal", np.not_equal, DTYPES, -2, 2, exact=True),
    Binary("less", np.less, DTYPES, -2, 2, exact=True),
    Binary("less_equal", np.less_equal, DTYPES, -2, 2, exact=True),
    Binary("greater", np.greater, DTYPES, -2, 2, exact=True),
    Binary("greater_equal", np.greater_equal, DTYPES, -2, 2, exact=True),
    Binary("logical_and", np.logical_and, DTYPES, -1, 2, exact=True),
    Binary("logical_or", np.logical_or, DTYPES, -1, 2, exact=True),
    Binary("logical_xor", np.logical_xor, DTYPES, -1, 2, exact=True),
    Binary("bitwise_and", np.bitwise_and, ("bool", *INTEGERS), exact=True),
    Binary("bitwise_or", np.bitwise_or, ("bool", *INTEGERS), exact=True),
    Binary("bitwise_xor", np.bitwise_xor, ("bool", *INTEGERS), exact=True),
    Binary("bitwise_left_shift", np.left_shift, INTEGERS, 0, 20, exact=True),
    Binary("bitwise_right_shift", np.right_shift, INTEGERS, 0, 20, exact=True),
]


def tolerance(exact: bool, dtype: np.dtype[Any]) -> float:
    return 0.0 if exact else TOLERANCE.get(dtype.name, 0.0)


@pytest.mark.parametrize("op", UNARY, ids=lambda op: op.name)
def test_unary(op: Unary) -> None:
    function = getattr(pg, op.name)
    for dtype in op.dtypes:
        for seed, shape in enumerate(SHAPES):
            x = sample(dtype, shape, seed, op.low, op.high)
            expected = np.asarray(op.reference(x))
            rtol = tolerance(op.exact, expected.dtype)
            close(np.asarray(function(pg.asarray(x))), expected, f"{dtype}{shape}", rtol, rtol)
            assert function(x).dtype == expected.dtype
    x = sample(op.dtypes[-1], (2, 3), 7, op.low, op.high)
    expected = op.reference(x)
    rtol = tolerance(op.exact, expected.dtype)
    check(function, expected, x, rtol=rtol, atol=rtol)
    check(function, expected, odd(x), rtol=rtol, atol=rtol, unknown=False)


@pytest.mark.parametrize("op", BINARY, ids=lambda op: op.name)
def test_binary(op: Binary) -> None:
    function = getattr(pg, op.name)
    low2 = op.low if op.low2 is None else op.low2
    for first in op.dtypes:
        for second in op.dtypes:
            for seed, (shape1, shape2) in enumerate(PAIRS):
                x = sample(first, shape1, seed, op.low, op.high)
                y = sample(second, shape2, seed + 50, low2, op.high)
                expected = np.asarray(op.reference(x, y))
                rtol = tolerance(op.exact, expected.dtype)
                found = np.asarray(function(pg.asarray(x), pg.asarray(y)))
                what = f"{first}{shape1}, {second}{shape2}"
                assert found.dtype == expected.dtype, what
                close(found, expected, what, rtol, rtol)
    x = sample(op.dtypes[0], (3, 1), 7, op.low, op.high)
    y = sample(op.dtypes[-1], (2, 1, 4), 8, low2, op.high)
    expected = op.reference(x, y)
    rtol = tolerance(op.exact, expected.dtype)
    check(function, expected, x, y, rtol=rtol, atol=rtol)
    check(function, expected, odd(x), odd(y), rtol=rtol, atol=rtol, unknown=False)


@pytest.mark.parametrize("op", BINARY, ids=lambda op: op.name)
@pytest.mark.parametrize("weak_first", [False, True])
def test_binary_with_python_numbers(op: Binary, weak_first: bool) -> None:
    function = getattr(pg, op.name)
    for dtype in op.dtypes:
        for number in (2, 2.5, True):
            if number == 2.5 and op.dtypes[-1] not in FLOATING:
                continue
            if number is True and "bool" not in op.dtypes and dtype not in NUMBERS:
                continue
            if op.name in ("copysign", "nextafter") and number is True:
                continue  # NumPy takes bool as float16 there
            x = sample(dtype, (4,), 3, 1, op.high)
            arguments = (number, x) if weak_first else (x, number)
            expected = np.asarray(op.reference(*arguments))
            if expected.dtype == "float16" or expected.dtype == "int8":
                continue  # of bool operands, by NumPy's rules for smaller dtypes
            if dtype == "bool" and number is not True and expected.dtype.kind not in "bf":
                expected = np.asarray(op.reference(*[np.asarray(a) for a in arguments]))
            rtol = tolerance(op.exact, expected.dtype)

            def call(x: Any, number: Any = number) -> Any:
                return function(number, x) if weak_first else function(x, number)

            check(call, expected, x, rtol=rtol, atol=rtol, unknown=False)


def test_python_numbers_stay_weak_in_a_chain() -> None:
    x = np.asarray([1, 2], "float32")
    check(lambda x: (x + 1) * 2.5 - 1, (x + 1) * np.float32(2.5) - 1, x)
    n = np.asarray([1, 2], "int32")
    check(lambda n: (n + 1) * 2 - 1, (n + 1) * 2 - 1, n)
    check(lambda n: n + 0.5, n + 0.5, n)


def test_where() -> None:
    for dtype in DTYPES:
        for other in DTYPES:
            c = sample("bool", (3, 1), 1)
            x, y = sample(dtype, (4,), 2), sample(other, (3, 4), 3)
            expected = np.where(c, x, y)
            found = pg.where(pg.asarray(c), pg.asarray(x), pg.asarray(y))
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found.numpy(), expected)
    check(pg.where, np.where(c, x, y), c, x, y)
    check(lambda c: pg.where(c, 1, 2.5), np.where(c, 1, 2.5), c)
    x = np.asarray([1, 2], "float32")
    check(lambda x: pg.where(x > 1, x, 0), np.asarray([0, 2], "float32"), x)
    check(lambda n: pg.where(n, 1, 2), np.asarray([2, 1]), np.asarray([0, 3]))


@pytest.mark.parametrize("dtype", NUMBERS)
def test_clip(dtype: str) -> None:
    x = sample(dtype, (3, 4))
    low = sample(dtype, (4,), 1)
    for bounds in [(None, None), (-2, None), (None, 3), (-2, 3), (3, -2)]:
        expected = x if bounds == (None, None) else np.clip(x, *bounds)
        check(lambda x, bounds=bounds: pg.clip(x, *bounds), expected, x)
    check(pg.clip, np.clip(x, low, 5), x, low, np.asarray(5, dtype))
    if dtype == "float64":
        special = np.asarray([np.nan, -np.inf, np.inf])
        check(lambda x: pg.clip(x, -1, 1), np.clip(special, -1, 1), special)


@st.composite
def broadcasting_shapes(draw: st.DrawFn) -> list[tuple[int, ...]]:
    """Three shapes that broadcast against each other."""
    full = draw(st.lists(st.integers(0, 4), max_size=5))
    shapes = []
    for _ in range(3):
        own = full[draw(st.integers(0, len(full))) :]
        shapes.append(tuple(1 if draw(st.booleans()) else dim for dim in own))
    return shapes


@given(broadcasting_shapes(), st.sampled_from(NUMBERS), st.booleans())
def test_any_shapes_that_broadcast(
    shapes: list[tuple[int, ...]], dtype: str, unknown: bool
) -> None:
    c, x, y = sample("bool", shapes[0], 1), sample(dtype, shapes[1], 2), sample(dtype, shapes[2], 3)

    def function(c: Any, x: Any, y: Any) -> Any:
        return pg.where(c, x - y, y * x)

    expected = np.where(c, x - y, y * x)
    for call in (function, staged(function, [c, x, y], unknown)):
        found = np.asarray(call(pg.asarray(c), pg.asarray(x), pg.asarray(y)))
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


SPECIAL = np.asarray([0.0, -0.0, 1.0, -1.0, 2.5, -2.5, np.inf, -np.inf, np.nan, 1e300, 5e-324])


@pytest.mark.parametrize("op", [op for op in UNARY if "float64" in op.dtypes], ids=lambda o: o.name)
def test_special_values_of_unary_ops(op: Unary) -> None:
    for dtype in FLOATING:
        with np.errstate(all="ignore"):
            x = SPECIAL.astype(dtype)
            expected = np.asarray(op.reference(x))
            found = np.asarray(getattr(pg, op.name)(pg.asarray(x)))
            rtol = tolerance(op.exact, expected.dtype)
            close(found, expected, op.name, rtol, 0)
            if found.dtype.kind == "f" and op.name not in ("sign",):
                number = ~np.isnan(expected)
                np.testing.assert_array_equal(
                    np.signbit(found[number]), np.signbit(expected[number]), op.name
                )


@pytest.mark.parametrize(
    "op", [op for op in BINARY if "float64" in op.dtypes], ids=lambda op: op.name
)
def test_special_values_of_binary_ops(op: Binary) -> None:
    for dtype in FLOATING:
        with np.errstate(all="ignore"):
            x, y = SPECIAL.astype(dtype)[:, None], SPECIAL.astype(dtype)
            expected = np.asarray(op.reference(x, y))
            found = np.asarray(getattr(pg, op.name)(pg.asarray(x), pg.asarray(y)))
            rtol = tolerance(op.exact, expected.dtype)
            close(found, expected, op.name, rtol, 0)


def test_rounding_keeps_integers() -> None:
    for dtype in INTEGERS:
        x = pg.asarray(np.asarray([-3, 4], dtype))
        for function in (pg.floor, pg.ceil, pg.trunc, pg.round):
            assert function(x) is x
    for function in (pg.floor, pg.ceil, pg.trunc, pg.round):
        assert function(3).dtype == "int64"
        assert pg.function(lambda x, f=function: f(x), autograph=False)(3).dtype == "int64"


def test_python_round() -> None:
    x = np.asarray([0.5, 1.5, -2.5, 3.14159, -1234.567])
    check(lambda x: x.__round__(), np.round(x).astype("int64"), x)
    for digits in (0, 1, 3, -1, -2, -5):
        check(lambda x, d=digits: x.__round__(d), np.round(x, digits), x)
    for dtype in INTEGERS:
        n = np.asarray([1250, 1350, -1250, 1249, 1251, -5, 15, 25, 2**31 - 1], dtype)
        for digits in (-1, -2, -3, -8):
            expected = [round(int(i), digits) for i in n[:-1]]
            check(lambda n, d=digits: n.__round__(d), np.asarray(expected, dtype), n[:-1])
        check(lambda n: n.__round__(3), n, n)
        check(lambda n: n.__round__(-20), np.zeros_like(n), n)


def test_integers_wrap() -> None:
    for dtype in INTEGERS:
        top = np.iinfo(dtype).max
        x = np.asarray([top, -top - 1], dtype)
        with np.errstate(over="ignore"):
            for name in ("negative", "abs", "square"):
                reference = getattr(np, name)
                check(getattr(pg, name), reference(x), x)
            for name in ("add", "subtract", "multiply"):
                y = np.asarray([3, top], dtype)
                check(getattr(pg, name), getattr(np, name)(x, y), x, y)
        # The one quotient that does not fit wraps too, it does not trap.
        check(pg.floor_divide, np.asarray([-top, -top - 1], dtype), x, np.asarray([-1, -1], dtype))
        check(pg.remainder, np.asarray([0, 0], dtype), x, np.asarray([-1, -1], dtype))


@given(
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=4),
    st.integers(-(2**63), 2**63 - 1).filter(bool),
)
def test_integer_division_floors_as_in_python(values: list[int], divisor: int) -> None:
    x = pg.asarray(values)
    expected = [(v // divisor + 2**63) % 2**64 - 2**63 for v in values]
    assert (x // divisor).tolist() == expected
    assert (x % divisor).tolist() == [v % divisor for v in values]


@given(st.integers(-(2**31), 2**31 - 1), st.integers(0, 40))
def test_integer_powers_wrap(base: int, exponent: int) -> None:
    expected = (base**exponent + 2**63) % 2**64 - 2**63
    assert pg.pow(pg.asarray(base), exponent).item() == expected


def test_faults_of_integer_arithmetic() -> None:
    x = pg.asarray([1, 2])
    for function in (pg.floor_divide, pg.remainder):
        with pytest.raises(ZeroDivisionError, match=function.__name__):
            function(x, 0)
        with pytest.raises(ZeroDivisionError, match=function.__name__):
            pg.function(lambda x, y, f=function: f(x, y), autograph=False)(x, pg.asarray(0))
    with pytest.raises(ValueError, match=r"pow.*negative"):
        pg.pow(x, -1)
    assert pg.pow(x, -1.0).tolist() == [1.0, 0.5]


def test_shift_amounts_beyond_the_width() -> None:
    for dtype in INTEGERS:
        x = np.asarray([1, -1, 5], dtype)
        bits = x.dtype.itemsize * 8
        for amount in (bits - 1, bits, bits + 3):
            y = np.asarray([amount] * 3, dtype)
            check(pg.bitwise_left_shift, np.left_shift(x, y), x, y)
            check(pg.bitwise_right_shift, np.right_shift(x, y), x, y)


@pytest.mark.parametrize("name", ["add", "less", "where", "clip", "maximum", "logical_and"])
def test_shapes_that_do_not_broadcast(name: str) -> None:
    function = getattr(pg, name)
    more = 1 if name in ("where", "clip") else 0
    arrays = [pg.ones((2, 3))] * (1 + more) + [pg.ones((4,))]
    with pytest.raises(ValueError, match=rf"^{name}: shapes \[2, 3\] and \[4\] do not broadcast"):
        function(*arrays)
    with pytest.raises(ValueError, match=rf"^{name}: shapes \[2, 3\] and \[4\] do not broadcast"):
        pg.function(function, autograph=False)(*arrays)


def test_dtypes_that_ops_do_not_take() -> None:
    flags, floats = pg.asarray([True]), pg.asarray([1.0])
    for name in ("add", "subtract", "multiply", "pow", "floor_divide", "remainder"):
        with pytest.raises(TypeError, match=f"{name} is not defined for bool"):
            getattr(pg, name)(flags, flags)
    for name in ("negative", "abs", "sign", "square"):
        with pytest.raises(TypeError, match=f"{name} is not defined for bool"):
            getattr(pg, name)(flags)
    for name in ("bitwise_and", "bitwise_or", "bitwise_xor"):
        with pytest.raises(TypeError, match=f"{name} is not defined for float64"):
            getattr(pg, name)(floats, floats)
    for name in ("bitwise_left_shift", "bitwise_right_shift"):
        with pytest.raises(TypeError, match=f"{name} is not defined for bool"):
            getattr(pg, name)(flags, flags)
    with pytest.raises(TypeError, match=r"add.*list"):
        pg.add(pg.ones(2), [1, 2])
    with pytest.raises(TypeError, match="str"):
        pg.sin("x")
    with pytest.raises(OverflowError, match="int32"):
        pg.add(pg.asarray([1], dtype="int32"), 2**40)


def test_numpy_scalars_are_strong() -> None:
    x = np.asarray([1.0], "float32")
    check(lambda x: pg.add(x, np.float64(1)), np.asarray([2.0]), x)
    check(lambda x: pg.add(np.float32(1), x), np.asarray([2.0], "float32"), x)
    check(lambda x: x + np.float64(1), np.asarray([2.0]), x)
