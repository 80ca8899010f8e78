"""Arrays without elements whose other dims are huge, and results too large to be made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import pygraph as pg
from pygraph.ops.updates import set_item

H = 2**62
M = 2**63 - 1
BIG = 2**40

# What is called, the shapes of its arguments, and that of its result.
Case = tuple[Callable[..., Any], list[tuple[int, ...]], Any]
CASES: dict[str, Case] = {
    "concat": (lambda x, y: pg.concat([x, y], axis=1), [(H, 0), (H, 0)], (H, 0)),
    "concat along the huge axis": (lambda x, y: pg.concat([x, y]), [(H, 0), (5, 0)], (H + 5, 0)),
    "stack": (lambda x, y: pg.stack([x, y], axis=2), [(H, 0), (H, 0)], (H, 0, 2)),
    "permute_dims": (lambda x: pg.permute_dims(x, (2, 1, 0)), [(0, 3, M)], (M, 3, 0)),
    "permute_dims of more": (lambda x: pg.permute_dims(x, (1, 2, 0)), [(H, H, 0)], (H, 0, H)),
    "moveaxis": (lambda x: pg.moveaxis(x, 0, 2), [(H, 3, 0)], (3, 0, H)),
    "broadcast_to": (lambda x: pg.broadcast_to(x, (H, H, 0)), [(0,)], (H, H, 0)),
    "reshape": (lambda x: pg.reshape(x, (H, 8, 0)), [(0, M)], (H, 8, 0)),
    "reshape of 0 first": (lambda x: pg.reshape(x, (0, H, 8)), [(H, 0)], (0, H, 8)),
    "expand_dims": (lambda x: pg.expand_dims(x, axis=1), [(H, 0)], (H, 1, 0)),
    "squeeze": (lambda x: pg.squeeze(x, 1), [(H, 1, 0)], (H, 0)),
    "flip": (pg.flip, [(H, 4, 0)], (H, 4, 0)),
    "roll": (lambda x: pg.roll(x, 1, axis=0), [(H, 0)], (H, 0)),
    "repeat": (lambda x: pg.repeat(x, 3, axis=1), [(H, 0)], (H, 0)),
    "tile": (lambda x: pg.tile(x, (1, 3)), [(H, 0)], (H, 0)),
    "slice": (lambda x: x[1:, ::2], [(H, H, 0)], (H - 1, H // 2, 0)),
    "slice of 0": (lambda x: x[:, 5:2], [(0, M)], (0, 0)),
    "slice backwards": (lambda x: x[::-3], [(M, 4, 0)], (-(-M // 3), 4, 0)),
    "index": (lambda x: x[-1], [(H, H, 0)], (H, 0)),
    "last index": (lambda x: x[..., 7], [(0, 3, M)], (0, 3)),
    "take": (lambda x: pg.take(x, pg.asarray([1, 2]), axis=0), [(H, H, 0)], (2, H, 0)),
    "gather on two axes": (lambda x: x[pg.asarray([1]), pg.asarray([H - 1])], [(H, H, 0)], (1, 0)),
    "add": (lambda x, y: x + y, [(H, 1, 0), (0,)], (H, 1, 0)),
    "divide": (lambda x, y: x // y, [(0, M), (0, 1)], (0, M)),
    "where": (lambda x, y: pg.where(x > 0, x, y), [(H, H, 0), ()], (H, H, 0)),
    "clip": (lambda x: pg.clip(x, 0, 1), [(H, H, 0)], (H, H, 0)),
    "astype": (lambda x: pg.astype(x, pg.int32), [(H, H, 0)], (H, H, 0)),
    "sqrt": (pg.sqrt, [(H, H, 0)], (H, H, 0)),
    "sum": (pg.sum, [(H, H, 0)], ()),
    "sum of huge axes": (lambda x: pg.sum(x, axis=(1, 2, 3)), [(3, 0, BIG, BIG)], (3,)),
    "sum that keeps a huge axis": (lambda x: pg.sum(x, axis=0), [(H, H, 0)], (H, 0)),
    "sum of the last": (lambda x: pg.sum(x, axis=(0, 2), keepdims=True), [(H, 5, 0)], (1, 5, 1)),
    "max": (lambda x: pg.max(x, axis=0), [(H, H, 0)], (H, 0)),
    "argmax": (lambda x: pg.argmax(x, axis=1), [(H, H, 0)], (H, 0)),
    "cumulative_sum": (lambda x: pg.cumulative_sum(x, axis=0), [(H, H, 0)], (H, H, 0)),
    "sort": (lambda x: pg.sort(x, axis=0), [(H, H, 0)], (H, H, 0)),
    "argsort": (lambda x: pg.argsort(x, axis=1), [(0, H, H)], (0, H, H)),
    "matmul": (lambda x, y: x @ y, [(H, 3, 0), (0, 2)], None),
    "matmul of nothing": (lambda x, y: x @ y, [(0, H), (H, 0)], (0, 0)),
    "matmul in batches": (lambda x, y: x @ y, [(H, H, 0, 3), (3, 5)], (H, H, 0, 5)),
    "matmul over 0": (lambda x, y: x @ y, [(2, 0), (0, 3)], (2, 3)),
    "tensordot": (lambda x, y: pg.tensordot(x, y, axes=1), [(0, H), (H, 0)], (0, 0)),
    "tril": (pg.tril, [(H, 0, 3)], (H, 0, 3)),
    "nonzero": (lambda x: pg.nonzero(x)[1], [(H, H, 0)], (0,)),
    "mask": (lambda x: x[x > 0], [(H, 0)], (0,)),
    "set an item": (lambda x: set_item(x, 1, 5.0), [(H, H, 0)], (H, H, 0)),
    "set a slice": (lambda x: set_item(x, slice(1, 9, 2), 5.0), [(H, H, 0)], (H, H, 0)),
    "set items": (lambda x: set_item(x, pg.asarray([1, 2]), 5.0), [(H, H, 0)], (H, H, 0)),
    "zeros_like": (pg.zeros_like, [(H, H, 0)], (H, H, 0)),
    "copy": (lambda x: x.copy(), [(H, H, 0)], (H, H, 0)),
    "text": (lambda x: (repr(x), x)[1], [(H, H, 0)], (H, H, 0)),
}


def ways(function: Callable[..., Any], shapes: list[tuple[int, ...]]) -> dict[str, Any]:
    unknown = [pg.TensorSpec((None,) * len(shape), pg.float64) for shape in shapes]
    return {
        "eager": function,
        "staged": pg.function(function, autograph=False),
        "any size": pg.function(function, input_signature=unknown, autograph=False),
    }


@pytest.mark.parametrize("name", CASES)
def test_huge_and_empty(name: str) -> None:
    function, shapes, expected = CASES[name]
    for way, call in ways(function, shapes).items():
        if way != "eager" and name == "text":
            continue
        arguments = [pg.zeros(shape) for shape in shapes]
        if expected is None:  # too large
            with pytest.raises((OverflowError, MemoryError, ValueError)):
                call(*arguments)
        else:
            assert call(*arguments).shape == expected, way


def test_positions_are_checked_all_the_same() -> None:
    for function in (
        lambda x: x[pg.asarray([H])],
        lambda x: x[pg.asarray(-H - 1)],
        lambda x: set_item(x, pg.asarray([H + 3]), 1.0),
    ):
        for way in ways(function, [(H, H, 0)]).values():
            with pytest.raises(IndexError, match="out of range"):
                way(pg.zeros((H, H, 0)))


def test_items_in_place() -> None:
    x = pg.zeros((H, 4, 0))
    x[1:, 2] = 1.0
    x[pg.asarray([1, 2])] = 3.0
    v = pg.Variable(x)
    v[1] = 2.0
    assert v.shape == x.shape == (H, 4, 0)


def test_loops_over_huge_and_empty_arrays() -> None:
    @pg.function
    def use(x, n):
        for _ in range(n):
            x = pg.concat([x, x], axis=1) + 1.0
        print(x)
        return x

    assert use(pg.zeros((H, 0)), pg.asarray(3)).shape == (H, 0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: pg.eye(2**31),
        lambda: pg.eye(2**21),
        lambda: pg.eye(2**31, 2**20, dtype=pg.bool),
        lambda: pg.zeros((BIG, BIG)),
        lambda: pg.zeros(2**63),
        lambda: pg.zeros(2**45),
        lambda: pg.ones((BIG, 2**20)),
        lambda: pg.full((BIG, 2**20), 3),
        lambda: pg.linspace(0, 1, 2**45),
        lambda: pg.linspace(0, 1, 2**63),
        lambda: pg.meshgrid(pg.arange(2**21), pg.arange(2**21)),
        lambda: pg.tile(pg.zeros(2**12), (2**11, 2**22)),
        lambda: pg.tile(pg.zeros(3), (BIG, BIG)),
        lambda: pg.repeat(pg.zeros(3), 2**45),
    ],
)
def test_what_is_too_large_is_refused_first(make: Callable[[], Any]) -> None:
    name = make.__code__.co_names[1]
    pg.runtime.release_memory()
    before = pg.runtime.memory_stats()["bytes_in_use"]
    with pytest.raises((ValueError, MemoryError), match=rf"^{name}: .* of shape \["):
        make()
    assert pg.runtime.memory_stats()["bytes_in_use"] == before
