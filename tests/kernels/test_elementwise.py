"""Every element-wise kernel against NumPy: dtypes, sizes, scalar and array operands, odd values."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_samples import (
    ALL,
    BOOL,
    FLOATS,
    INTEGERS,
    NUMBERS,
    SIZES,
    Array,
    extended,
    same_bits,
    sample,
    special,
    ulps,
)

import pygraph as pg


@dataclass(frozen=True)
class Case:
    """One op: its reference, its dtypes and, for a rounded result, the error allowed in ulp."""

    name: str
    reference: Callable[..., Array]
    operands: int
    dtypes: tuple[str, ...]
    allowed: float = 0.0


def exact(name: str, reference: Callable[..., Array], count: int, dtypes: tuple[str, ...]) -> Case:
    return Case(name, reference, count, dtypes)


def rounded(name: str, reference: Callable[..., Array], count: int, allowed: float) -> Case:
    return Case(name, reference, count, FLOATS, allowed)


def sign(x: Array) -> Array:
    return np.sign(x) + x.dtype.type(0)


def clip(x: Array, low: Array, high: Array) -> Array:
    return np.minimum(np.maximum(x, low), high)


def sigmoid(x: Array) -> Array:
    small = np.exp(-np.abs(x))
    return np.where(x < 0, small, 1) / (1 + small)


def erf(x: Array) -> Array:
    return np.array([math.erf(float(v)) for v in x.ravel()], x.dtype).reshape(x.shape)


CASES = [
    *(exact(n, getattr(np, n), 1, NUMBERS) for n in ("negative", "abs", "square")),
    exact("sign", sign, 1, NUMBERS),
    exact("positive", np.copy, 1, NUMBERS),
    *(exact(n, getattr(np, n), 1, FLOATS) for n in ("sqrt", "floor", "ceil", "trunc", "signbit")),
    *(exact(n, getattr(np, n), 1, FLOATS) for n in ("isnan", "isinf", "isfinite")),
    exact("round", np.rint, 1, FLOATS),
    exact("reciprocal", np.reciprocal, 1, FLOATS),
    exact("logical_not", np.logical_not, 1, BOOL),
    exact("bitwise_invert", np.invert, 1, BOOL + INTEGERS),
    *(exact(n, getattr(np, n), 2, NUMBERS) for n in ("add", "subtract", "multiply")),
    *(exact(n, getattr(np, n), 2, ALL) for n in ("maximum", "minimum")),
    *(exact(n, getattr(np, n), 2, FLOATS) for n in ("divide", "copysign", "nextafter")),
    *(exact(n, getattr(np, n), 2, ALL) for n in ("equal", "not_equal", "less", "less_equal")),
    *(exact(n, getattr(np, n), 2, ALL) for n in ("greater", "greater_equal")),
    *(exact(f"logical_{n}", getattr(np, f"logical_{n}"), 2, BOOL) for n in ("and", "or", "xor")),
    *(
        exact(f"bitwise_{n}", getattr(np, f"bitwise_{n}"), 2, BOOL + INTEGERS)
        for n in ("and", "or", "xor")
    ),
    exact("bitwise_left_shift", np.left_shift, 2, INTEGERS),
    exact("bitwise_right_shift", np.right_shift, 2, INTEGERS),
    exact("floor_divide", np.floor_divide, 2, FLOATS),
    exact("remainder", np.remainder, 2, FLOATS),
    exact("where", np.where, 3, ALL),
    exact("clip", clip, 3, NUMBERS),
    rounded("exp", np.exp, 1, 1.1),
    rounded("log", np.log, 1, 0.9),
    rounded("tanh", np.tanh, 1, 2.6),
    rounded("sigmoid", sigmoid, 1, 2.5),
    rounded("erf", erf, 1, 3.2),
    *(rounded(n, getattr(np, n), 1, 2.5) for n in ("expm1", "log1p", "log2", "log10")),
    *(rounded(n, getattr(np, n), 1, 2.5) for n in ("sin", "cos", "tan", "sinh", "cosh")),
    *(
        rounded(n, getattr(np, n.replace("a", "arc", 1)), 1, 2.5)
        for n in ("asin", "acos", "atan", "asinh", "acosh", "atanh")
    ),
    rounded("atan2", np.arctan2, 2, 2.5),
    rounded("hypot", np.hypot, 2, 2.5),
    rounded("pow", np.power, 2, 1.5),
]
# Where both zeros are right answers, or the order of operands decides.
EITHER_ZERO = {"maximum", "minimum", "clip"}


def run(name: str, *operands: Array) -> Array:
    return np.asarray(getattr(pg, name)(*(pg.asarray(x) for x in operands)))


def check(case: Case, operands: list[Array]) -> None:
    got = run(case.name, *operands)
    with np.errstate(all="ignore"):
        if case.allowed == 0:
            want = np.asarray(case.reference(*operands))
            if case.name in EITHER_ZERO:
                got, want = got + want.dtype.type(0), want + want.dtype.type(0)
            same_bits(got, want)
            return
        want = np.asarray(case.reference(*(extended(x) for x in operands)))
        assert got.dtype == operands[-1].dtype
        assert got.shape == want.shape
        worst = float(np.max(ulps(got, want), initial=0))
    assert worst <= case.allowed, f"{case.name} is off by {worst:.2f} ulp"


def operands_of(case: Case, dtype: str, shapes: list[tuple[int, ...]], seed: int) -> list[Array]:
    dtypes = [dtype] * case.operands
    if case.name == "where":
        dtypes[0] = "bool"
    return [sample(d, s, seed + k) for k, (d, s) in enumerate(zip(dtypes, shapes, strict=True))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_matches_numpy(case: Case) -> None:
    for dtype, size in itertools.product(case.dtypes, SIZES):
        # Each operand is an array or a scalar that broadcasts.
        for kinds in itertools.product([(size,), ()], repeat=case.operands):
            check(case, operands_of(case, dtype, list(kinds), seed=size))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_special_values(case: Case) -> None:
    for dtype in case.dtypes:
        edges = special(dtype)
        if case.operands == 1:
            check(case, [edges])
        elif case.operands == 2:
            left, right = np.meshgrid(edges, edges)
            check(case, [left.ravel(), right.ravel()])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_scalar_has_the_bits_of_an_array(case: Case) -> None:
    for dtype in case.dtypes:
        operands = operands_of(case, dtype, [(67,)] * case.operands, seed=5)
        whole = run(case.name, *operands)
        for i in range(67):
            single = run(case.name, *(x[i] for x in operands))
            same_bits(single, whole[i])


@given(data=st.data())
def test_any_shapes_that_broadcast(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from([case for case in CASES if case.allowed == 0]))
    shape = tuple(data.draw(st.lists(st.integers(0, 5), max_size=3)))
    shapes = []
    for _ in range(case.operands):
        kept = shape[data.draw(st.integers(0, len(shape))) :]
        shapes.append(tuple(1 if data.draw(st.booleans()) else size for size in kept))
    dtype = data.draw(st.sampled_from(case.dtypes))
    check(case, operands_of(case, dtype, shapes, data.draw(st.integers(0, 99))))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_results_in_the_place_of_an_operand(case: Case) -> None:
    """A staged chain may reuse its intermediate buffers; that must not show."""
    for dtype in case.dtypes:
        operands = operands_of(case, dtype, [(100,)] * case.operands, seed=9)
        op = getattr(pg, case.name)

        @pg.function
        def chain(*tensors: pg.Tensor, op: Callable[..., pg.Tensor] = op) -> pg.Tensor:
            fresh = [pg.where(t == t, t, t) for t in tensors]
            return op(*fresh)

        got = np.asarray(chain(*(pg.asarray(x) for x in operands)))
        same_bits(got, run(case.name, *operands))


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ["floor_divide", "remainder"])
def test_integer_division(name: str, dtype: str) -> None:
    for size, seed in itertools.product(SIZES, range(3)):
        left = sample(dtype, size, seed)
        right = sample(dtype, size, seed + 10)
        right[right == 0] = 3
        for divisor in (
            right,
            *(np.array(v, dtype) for v in (1, -1, 2, 8, 7, -4, np.iinfo(dtype).max // 2 + 1)),
        ):
            with np.errstate(all="ignore"):
                want = getattr(np, name)(left, divisor)
            same_bits(run(name, left, divisor), np.asarray(want))


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ["floor_divide", "remainder"])
@pytest.mark.parametrize("size", [1, 3, 64])
def test_integer_division_by_zero_raises(name: str, dtype: str, size: int) -> None:
    divisor = np.ones(size, dtype)
    divisor[-1] = 0
    with pytest.raises(ZeroDivisionError):
        run(name, np.ones(size, dtype), divisor)
    with pytest.raises(ZeroDivisionError):
        run(name, np.ones(size, dtype), np.array(0, dtype))
    assert run(name, np.ones(0, dtype), np.array(0, dtype)).size == 0


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integer_powers(dtype: str) -> None:
    base = np.concatenate([special(dtype), np.arange(-5, 6).astype(dtype)])
    for exponent in (0, 1, 2, 3, 4, 7, 31, 62, 63, 64, 1000):
        modulus = 1 << np.iinfo(dtype).bits
        want = np.array([pow(int(b), exponent, modulus) for b in base], np.uint64)
        unsigned = want.astype(f"u{base.dtype.itemsize}").view(dtype)
        same_bits(run("pow", base, np.array(exponent, dtype)), unsigned)
        same_bits(run("pow", base, np.full(base.shape, exponent, dtype)), unsigned)
    with pytest.raises(ValueError, match="negative"):
        run("pow", base, np.array(-1, dtype))
    with pytest.raises(ValueError, match="negative"):
        run("pow", np.array(2, dtype), np.array([1, 1, -2], dtype))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("exponent", [-1, 0, 0.5, 1, 2, 3, 4, 0.25])
def test_float_powers_by_a_scalar_have_the_bits_of_the_general_ones(
    dtype: str, exponent: float
) -> None:
    base = np.concatenate([special(dtype), sample(dtype, 200)])
    by_scalar = run("pow", base, np.array(exponent, dtype))
    same_bits(by_scalar, run("pow", base, np.full(base.shape, exponent, dtype)))


@pytest.mark.parametrize("dtype", FLOATS)
def test_logaddexp(dtype: str) -> None:
    """Its result may be far smaller than its operands, which the error then is measured by."""
    edges = special(dtype)
    pairs = [np.meshgrid(edges, edges), [sample(dtype, 1000, 1), sample(dtype, 1000, 2)]]
    for left, right in pairs:
        got = run("logaddexp", left, right)
        with np.errstate(all="ignore"):
            want = np.logaddexp(extended(left), extended(right))
            scale = np.maximum(np.maximum(np.abs(left), np.abs(right)), np.abs(want))
        np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
        finite = np.isfinite(got) & np.isfinite(want)
        assert (got == want.astype(dtype))[~finite & ~np.isnan(want)].all()
        error = np.abs(got[finite].astype(want.dtype) - want[finite])
        assert (error <= 2 * np.finfo(dtype).eps * scale[finite]).all()


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("source", ALL)
def test_casts(source: str, target: str) -> None:
    limits = np.array([2.0**31, -(2.0**31), 2.0**63, -(2.0**63), 2.0**31 - 1, 9.3e18, 1e30])
    for size in SIZES:
        x = sample(source, size, seed=size)
        if source in FLOATS and size >= 64:
            x[: limits.size] = limits
        if source in FLOATS and target in INTEGERS:
            lowest = np.iinfo(target).min
            fits = (x >= float(lowest)) & (x < -float(lowest))
            want = np.array(
                [int(v) if ok else lowest for v, ok in zip(x, fits, strict=True)], target
            )
        else:
            with np.errstate(all="ignore"):
                want = x.astype(target)
        same_bits(np.asarray(pg.astype(pg.asarray(x), target)), want)
