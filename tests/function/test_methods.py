"""Functions as methods: each instance has graphs of its own, held weakly."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import pygraph as pg


class Scaler:
    def __init__(self, factor: float) -> None:
        self.factor = factor

    @pg.function
    def scale(self, x):  # type: ignore[no-untyped-def]
        return x * self.factor

    @pg.function
    def __call__(self, x):  # type: ignore[no-untyped-def]
        return self.scale(x) + 1


class Slotted:
    __slots__ = ("factor",)

    def __init__(self, factor: float) -> None:
        self.factor = factor

    @pg.function
    def scale(self, x):  # type: ignore[no-untyped-def]
        return x * self.factor


class Equal(Scaler):
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


@dataclass(frozen=True)
class Frozen:
    factor: float

    @pg.function
    def scale(self, x):  # type: ignore[no-untyped-def]
        return x * self.factor


@pytest.mark.parametrize("cls", [Scaler, Slotted, Equal, Frozen])
def test_instances_do_not_share_graphs(cls: Any) -> None:
    two, three = cls(2.0), cls(3.0)
    x = pg.asarray([1.0, 2.0])
    for _ in range(2):
        np.testing.assert_array_equal(two.scale(x), [2.0, 4.0])
        np.testing.assert_array_equal(three.scale(x), [3.0, 6.0])
    assert two.scale.tracing_count == 1
    two.scale(pg.asarray(1.0))
    assert two.scale.tracing_count == 2
    assert three.scale.tracing_count == 1
    assert len(two.scale.explain()) == 2
    assert len(three.scale.explain()) == 1
    assert two.scale.cache_info().graphs == 2


def test_instances_and_their_graphs_go_at_once() -> None:
    gc.collect()
    gc.disable()
    try:
        live = pg.runtime.live_graphs()
        scaler = Scaler(2.0)
        assert scaler(pg.asarray(1.0)).item() == 3.0
        assert pg.runtime.live_graphs() == live + 2  # its own, and that of the method it calls
        reference = weakref.ref(scaler)
        del scaler
        assert reference() is None
        assert pg.runtime.live_graphs() == live
    finally:
        gc.enable()


def test_static_and_class_methods_and_properties() -> None:
    class Tools:
        offset = 5

        @staticmethod
        @pg.function
        def outer_static(x):  # type: ignore[no-untyped-def]
            return x + 1

        @pg.function
        @staticmethod
        def inner_static(x):  # type: ignore[no-untyped-def]
            return x + 2

        @classmethod
        @pg.function
        def outer_class(cls, x):  # type: ignore[no-untyped-def]
            return x + cls.offset

        @pg.function
        @classmethod
        def inner_class(cls, x):  # type: ignore[no-untyped-def]
            return x - cls.offset

        @property
        @pg.function
        def total(self):  # type: ignore[no-untyped-def]
            return pg.asarray(1.0) + self.offset

    tools = Tools()
    x = pg.asarray(1.0)
    for owner in (Tools, tools):
        assert owner.outer_static(x).item() == 2
        assert owner.inner_static(x).item() == 3
        assert owner.outer_class(x).item() == 6
        assert owner.inner_class(x).item() == -4
    assert tools.total.item() == 6


def test_calls_through_the_class_are_the_instances() -> None:
    class Base:
        def __init__(self, factor: float) -> None:
            self.factor = factor

        @pg.function
        def scale(self, x):  # type: ignore[no-untyped-def]
            return x * self.factor

    class Derived(Base):
        @pg.function
        def scale(self, x):  # type: ignore[no-untyped-def]
            return super().scale(x) + Base.scale(self, x) + 1

    two, derived = Base(2.0), Derived(3.0)
    x = pg.asarray(5.0)
    for _ in range(3):
        assert Base.scale(two, x).item() == 10
        assert two.scale(x).item() == 10
        assert derived.scale(x).item() == 31
        assert Base.scale(derived, x).item() == 15
        assert Base.scale(two, x=x).item() == 10
    assert two.scale.cache_info().traces == 1
    pg.runtime.run_functions_eagerly(True)
    try:
        assert derived.scale(x).item() == 31
        assert Base.scale(two, x).item() == 10
    finally:
        pg.runtime.run_functions_eagerly(False)
    with pytest.raises(TypeError, match="scale"):
        Base.scale()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="scale"):
        two.scale(x, x)


def test_a_function_that_becomes_a_method_later() -> None:
    @pg.function
    def scale(self, x):  # type: ignore[no-untyped-def]
        return x * self.factor

    equal = Equal(4.0)
    x = pg.asarray(2.0)
    assert scale(equal, x).item() == 8
    Equal.other_scale = scale  # type: ignore[attr-defined]
    try:
        for _ in range(3):
            assert equal.other_scale(x).item() == 8  # type: ignore[attr-defined]
            assert scale(equal, x).item() == 8
    finally:
        del Equal.other_scale  # type: ignore[attr-defined]
    equal.own_scale = scale  # type: ignore[attr-defined]
    assert equal.own_scale(Scaler(7.0), x).item() == 14  # type: ignore[attr-defined]


def test_an_input_signature_leaves_self_out() -> None:
    class Model:
        @pg.function(input_signature=[pg.TensorSpec((None,), "float64")])
        def total(self, x):  # type: ignore[no-untyped-def]
            return pg.sum(x)

    model = Model()
    assert model.total([1, 2, 3]).item() == 6
    assert model.total(np.ones(5)).item() == 5
    assert model.total.tracing_count == 1
    with pytest.raises(TypeError, match="input_signature"):
        pg.function(lambda self, x: x, input_signature=[])


def test_bound_functions_call_compare_and_wrap() -> None:
    scaler = Scaler(2.0)
    bound = scaler.scale
    assert bound == scaler.scale
    assert hash(bound) == hash(scaler.scale)
    assert bound != Scaler(2.0).scale
    assert bound.__self__ is scaler
    assert bound(x=pg.asarray(2.0)).item() == 4
    assert Scaler.scale(scaler, pg.asarray(3.0)).item() == 6
    concrete = bound.get_concrete_function(pg.TensorSpec((2,), "float64"))
    np.testing.assert_array_equal(concrete(np.ones(2)), [2.0, 2.0])
    outer = pg.function(bound)
    assert outer(pg.asarray(5.0)).item() == 10
