"""Every row of the op table has a public function, or is known to have none; every example runs."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import pygraph as pg
import pygraph.ops
from pygraph import _core, _hot

# What only graphs hold: control flow writes these, or a later pass does.
INTERNAL = {
    "undef",
    "check_defined",
    "scatter",
    "slice_update",
    "list_append",
    "list_pop",
    "read_variable",
    "assign_variable",
    "raise",
    "assign_add",
    "assign_subtract",
    "assign_scatter",
    "assign_slice",
    "matmul_transposed",
}
CONTROL = {"call", "cond", "while_loop"}

# How to reach the rows whose public function has another name or other arguments.
REACHED: dict[str, Callable[[Any], Any]] = {
    "all": lambda x: pg.all(x),
    "any": lambda x: pg.any(x),
    "arange": lambda x: pg.arange(1, x.shape[0]),
    "argmax": lambda x: pg.argmax(x),
    "argmin": lambda x: pg.argmin(x),
    "astype": lambda x: pg.astype(x, pg.float32),
    "broadcast_to": lambda x: pg.broadcast_to(x, (2, 3, 4)),
    "clip": lambda x: pg.clip(x, 1, 2),
    "concat": lambda x: pg.concat((x, x)),
    "constant": lambda x: x + 1,
    "cumulative_prod": lambda x: pg.cumulative_prod(x, axis=0),
    "cumulative_sum": lambda x: pg.cumulative_sum(x, axis=0),
    "dim_size": lambda x: x.shape[0] + 1,
    "expand_dims": lambda x: pg.expand_dims(x),
    "gather": lambda x: x[0],
    "iota": lambda x: x + pg.arange(4),
    "matmul": lambda x: pg.matmul(x, pg.matrix_transpose(x)),
    "nonzero": lambda x: pg.nonzero(x),
    "print": lambda x: pg.print(x),
    "permute_dims": lambda x: pg.permute_dims(x, (1, 0)),
    "reshape": lambda x: pg.reshape(x, -1),
    "slice": lambda x: x[1:],
    "slice_dynamic": lambda x: x[: x.shape[1] - 1],
    "sum_to": lambda x: pg.sum_to(x, (1, x.shape[1])),
    "squeeze": lambda x: pg.squeeze(x[:1], 0),
    "where": lambda x: pg.where(x > 0, x, 0),
}

ROWS = {row["name"]: row for row in _core.op_table()}


def recorded(function: Callable[[Any], Any], dtype: str) -> set[str]:
    """Return the ops of the graph of a function of a matrix of unknown shape."""
    traced = pg.function(
        function, autograph=False, input_signature=[pg.TensorSpec((None, None), dtype)]
    )
    return {node.op for node in traced.get_concrete_function().graph.nodes}


@pytest.mark.parametrize("name", sorted(ROWS.keys() - INTERNAL - CONTROL))
def test_every_op_has_a_public_function(name: str) -> None:
    dtype = "int64" if ROWS[name]["operands"] in ("integral", "integer") else "float64"
    if name in REACHED:
        assert name in recorded(REACHED[name], dtype)
        return
    function = getattr(pg, name)
    assert name in recorded(lambda x: function(*[x] * ROWS[name]["inputs"]), dtype)


def test_the_lists_here_are_up_to_date() -> None:
    assert ROWS.keys() >= INTERNAL | CONTROL | REACHED.keys()
    for name in CONTROL - {"call"}:
        assert callable(getattr(pg, name))
    for name in INTERNAL:
        assert not hasattr(pg, name), f"{name} is public now"


def test_ops_without_a_public_function() -> None:
    x = pg.asarray(np.arange(12.0).reshape(3, 4))
    found = _hot.apply("scatter", (x, pg.asarray([[1.0] * 4]), pg.asarray([-1])), {"axis": 0})
    expected = x.numpy().copy()
    expected[[-1]] = 1
    np.testing.assert_array_equal(found.numpy(), expected)
    found = _hot.apply("scatter", (x, pg.asarray([8.0, 9.0]), pg.asarray([0, 1]), 2), {"axis": 0})
    expected = x.numpy().copy()
    expected[[0, 1], 2] = [8, 9]
    np.testing.assert_array_equal(found.numpy(), expected)
    with pytest.raises(IndexError, match="scatter: index 3 is out of range for an axis of size 3"):
        _hot.apply("scatter", (x, pg.asarray([[1.0] * 4]), pg.asarray([3])), {"axis": 0})
    bounds = {"starts": (1, -3), "stops": (3, -(2**63)), "steps": (1, 2)}
    found = _hot.apply("slice_update", (x, pg.zeros((2, 2))), bounds)
    expected = x.numpy().copy()
    expected[1:3, -3::2] = 0
    np.testing.assert_array_equal(found.numpy(), expected)
    with pytest.raises(ValueError, match=r"slice_update.*\[2, 3\].*\[2, 2\]"):
        _hot.apply("slice_update", (x, pg.zeros((2, 3))), bounds)
    undefined = _hot.apply("undef", (), {"dtype": "int32", "shape": (2, 0)})
    assert (undefined.dtype, undefined.shape) == ("int32", (2, 0))
    assert _hot.apply("check_defined", (x, True), {"name": "x"}).tolist() == x.tolist()
    with pytest.raises(UnboundLocalError, match="x"):
        _hot.apply("check_defined", (x, False), {"name": "x"})


def test_functions_take_numpy_arrays() -> None:
    x = np.arange(12.0).reshape(3, 4).T[::-1]
    calls: list[Callable[[Any], Any]] = [
        pg.sin, pg.sum, pg.mean, pg.argmax, pg.matrix_transpose, pg.flip, pg.nonzero, pg.zeros_like,
        pg.tril, partial(pg.cumulative_sum, axis=0), pg.positive, pg.linalg.vector_norm, pg.unstack,
        pg.count_nonzero,
    ]  # fmt: skip
    calls += [
        lambda x: pg.add(x, x),
        lambda x: pg.matmul(x, x[:3]),
        lambda x: pg.concat((x, x)),
        lambda x: pg.stack((x, x)),
        lambda x: pg.reshape(x, -1),
        lambda x: pg.broadcast_to(x, (2, 4, 3)),
        lambda x: pg.roll(x, 1),
        lambda x: pg.tile(x, (2, 2)),
        lambda x: pg.repeat(x, 2),
        lambda x: pg.take(x, np.asarray([1, 0]), axis=1),
        lambda x: pg.where(x > 3, x, 0),
        lambda x: pg.astype(x, "int32"),
        lambda x: pg.tensordot(x, x, axes=((0, 1), (0, 1))),
    ]
    for call in calls:
        found, expected = call(x), call(pg.asarray(x))
        if not isinstance(found, tuple):
            found, expected = (found,), (expected,)
        for one, other in zip(found, expected, strict=True):
            assert isinstance(one, pg.Tensor)
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_wrong_calls_of_ops() -> None:
    x = pg.ones(2)
    with pytest.raises(ValueError, match="no op named nonsense"):
        _hot.apply("nonsense", (x,))
    with pytest.raises(TypeError, match="add does not take 3 arrays"):
        _hot.apply("add", (x, x, x))
    with pytest.raises(TypeError, match="sum: attribute axis"):
        _hot.apply("sum", (x,))
    with pytest.raises(TypeError, match="sum: attribute keepdims must be a bool"):
        _hot.apply("sum", (x,), {"axis": (0,), "keepdims": 1})
    with pytest.raises(TypeError, match="add was given an attribute"):
        _hot.apply("add", (x, x), {"axis": 0})


MODULES = ["pygraph.ops", *(f"pygraph.ops.{m.name}" for m in pkgutil.iter_modules(pg.ops.__path__))]


def functions() -> dict[str, Any]:
    """Return the public functions by name."""
    found = {name: getattr(pg, name) for name in pygraph.ops.__all__}
    found |= {f"linalg.{name}": getattr(pg.linalg, name) for name in pg.linalg.__all__}
    return {name: function for name, function in found.items() if inspect.isfunction(function)}


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(module), extraglobs={"pg": pg})
    assert failed == 0


@pytest.mark.parametrize("name", sorted(functions()))
def test_public_functions_are_documented(name: str) -> None:
    function = functions()[name]
    text = inspect.getdoc(function)
    assert text, name
    first, _, rest = text.partition("\n\n")
    assert first.endswith(".")
    assert "\n" not in first
    if name != "array_namespace":
        assert f"{name.split('.')[-1]}(" in rest, "the example does not call it"
        assert ">>> " in rest
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty


def test_the_namespace() -> None:
    assert pg.ones(2).__array_namespace__() is pg
    for name in pygraph.ops.__all__:
        assert hasattr(pg, name)


@pytest.mark.parametrize("module", [_hot, _core], ids=["_hot", "_core"])
def test_stubs_name_what_is_there(module: Any) -> None:
    import ast
    from pathlib import Path

    stub = Path(pg.__path__[0]) / f"{module.__name__.rpartition('.')[2]}.pyi"
    for node in ast.parse(stub.read_text()).body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name.startswith("_"):
            continue
        there = [getattr(module, f"_{node.name}", getattr(module, node.name))]
        if node.name == "Tensor":  # it leaves a few members to its two kinds
            there += there[0].__subclasses__()
        if not isinstance(node, ast.ClassDef):
            continue
        for member in node.body:
            if isinstance(member, ast.FunctionDef):
                assert any(hasattr(kind, member.name) for kind in there), member.name
