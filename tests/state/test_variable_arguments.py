"""Variables as arguments of concrete functions, and their way through pickle and copy."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import pygraph as pg
from pygraph.graph import VariableSpec


def traced_move() -> Any:
    """Return a concrete function of two variables, one of them given twice, and a tensor."""

    @pg.function
    def move(a, b, x, again, scale=2.0):  # type: ignore[no-untyped-def]
        a.assign_add(b * x * scale)
        b.assign(0.0)
        return again.read()

    a, b = pg.Variable([1.0, 2.0]), pg.Variable(3.0)
    return move.get_concrete_function(a, b, pg.asarray(1.0), a)


def test_a_concrete_function_takes_any_variables_of_the_types() -> None:
    move = traced_move()
    for _ in range(2):
        a, b = pg.Variable([0.0, 1.0]), pg.Variable(10.0)
        np.testing.assert_array_equal(move(a, b, pg.asarray(0.5), a), [10.0, 11.0])
        np.testing.assert_array_equal(move(again=a, a=a, b=b, x=1.0), [10.0, 11.0])
        assert b.item() == 0.0
    specs, _ = move.structured_input_signature[:2], None
    assert specs == (VariableSpec((2,), pg.float64, 0), VariableSpec((), pg.float64, 1))
    assert "a: variable float64[2], b: variable float64[]" in move.pretty_printed_signature()


@pytest.mark.parametrize(
    ("change", "kind", "text"),
    [
        ({"a": 1.0}, TypeError, r"move: argument 'a' must be a variable float64\[2\], got 1.0"),
        ({"a": pg.asarray([1.0, 2.0])}, TypeError, r"variable float64\[2\], got float64\[2\]"),
        (
            {"b": pg.Variable(1)},
            TypeError,
            r"'b' must be a variable float64\[\], got variable int64\[\]",
        ),
        ({"b": pg.Variable([1.0])}, TypeError, r"'b' must be .*got variable float64\[1\]"),
        (
            {"again": pg.Variable([0.0, 0.0])},
            ValueError,
            "'again' must be the same variable as 'a', as when it was traced",
        ),
        ({"x": pg.asarray([1.0])}, TypeError, r"'x' must be float64\[\], got float64\[1\]"),
        ({"scale": 3.0}, ValueError, "traced with 2.0 for its argument 'scale'"),
    ],
)
def test_what_does_not_fit_is_named(
    change: dict[str, Any], kind: type[Exception], text: str
) -> None:
    a = pg.Variable([0.0, 1.0])
    given = {"a": a, "b": pg.Variable(10.0), "x": pg.asarray(0.5), "again": a, **change}
    with pytest.raises(kind, match=text):
        traced_move()(**given)
    np.testing.assert_array_equal(a, [0.0, 1.0])


def test_two_arguments_must_stay_two_variables() -> None:
    @pg.function
    def swap(a, b):  # type: ignore[no-untyped-def]
        first = a.read()
        a.assign(b)
        b.assign(first)

    concrete = swap.get_concrete_function(pg.Variable(1.0), pg.Variable(2.0))
    v = pg.Variable(3.0)
    with pytest.raises(ValueError, match="'b' must be another variable than 'a', as when"):
        concrete(v, v)


def test_a_variable_pickles_and_copies_with_its_value() -> None:
    v = pg.Variable(np.arange(6.0).reshape(2, 3), name="w", trainable=False)
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(v, protocol=5, buffer_callback=buffers.append)
    assert sum(len(b.raw()) for b in buffers) == 48
    ways = {
        "pickle": pickle.loads(pickle.dumps(v)),
        "out of band": pickle.loads(data, buffers=buffers),
        "copy": copy.copy(v),
        "deepcopy": copy.deepcopy(v),
    }
    for way, again in ways.items():
        assert (again.name, again.trainable, again.dtype) == ("w", False, pg.float64), way
        np.testing.assert_array_equal(again, v, err_msg=way)
        again.assign_add(1.0)
        assert v[0, 0].item() == 0.0, way
        v.assign_sub(0.0)
        assert again[0, 0].item() == 1.0, way
    assert not any(np.shares_memory(v.numpy(), again.numpy()) for again in ways.values())
    one, other = pickle.loads(pickle.dumps([v, v]))
    assert one is other


def test_concrete_functions_pickle_with_their_variables() -> None:
    v = pg.Variable(1.0, name="v")

    @pg.function
    def add(x):  # type: ignore[no-untyped-def]
        v.assign_add(x)
        return v * 1.0

    concrete = add.get_concrete_function(pg.TensorSpec((), pg.float64))
    again, w, other = pickle.loads(pickle.dumps((concrete, v, concrete)))
    assert again(pg.asarray(2.0)).item() == 3.0
    assert other(pg.asarray(2.0)).item() == 5.0
    assert (w.item(), v.item()) == (5.0, 1.0)
    assert again.variables[0] is w
    # By graphs, a whole function: its graphs go on sharing the variable.
    add(pg.asarray([[1.0]])[0, 0])
    copied: Any = pickle.loads(pickle.dumps(add))
    assert [copied(pg.asarray(1.0)).item() for _ in range(2)] == [3.0, 4.0]
    assert v.item() == 2.0


def test_graphs_of_variable_arguments_pickle() -> None:
    move = traced_move()
    again = pickle.loads(pickle.dumps(move))
    a, b = pg.Variable([0.0, 1.0]), pg.Variable(10.0)
    np.testing.assert_array_equal(again(a, b, pg.asarray(0.5), a), [10.0, 11.0])

    @pg.function
    def double(v):  # type: ignore[no-untyped-def]
        v.assign(v * 2)

    double(a)
    loaded: Any = pickle.loads(pickle.dumps(double))
    loaded(pg.Variable([1.0, 1.0]))
    loaded(a)
    assert loaded.tracing_count == 0
    np.testing.assert_array_equal(a, [40.0, 44.0])
