"""Nested structures: apart and together again."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass

import pytest

from pygraph.graph.structure import flatten, leaf_names, map_structure, unflatten

Point = namedtuple("Point", "x y")


@dataclass(frozen=True)
class Box:
    size: int
    inside: list


VALUES = [
    1,
    None,
    [],
    (),
    {},
    [1, (2, [3])],
    {"b": 1, "a": [2, None]},
    OrderedDict(z=1, a=2),
    Point(1, [2]),
    Box(1, [2, {"k": 3}]),
    {1: "one", "two": 2},
    {"set": {1, 2}},
]


@pytest.mark.parametrize("value", VALUES, ids=map(str, VALUES))
def test_round_trip(value):
    leaves, structure = flatten(value)
    again = unflatten(structure, leaves)
    assert again == value
    assert type(again) is type(value)
    assert structure.leaf_count == len(leaves)
    assert flatten(again)[1] == structure
    assert hash(flatten(again)[1]) == hash(structure)
    if isinstance(value, dict):
        assert list(again) == list(value)


def test_what_counts_as_equal():
    assert flatten({"a": 1, "b": 2})[1] == flatten({"b": 3, "a": 4})[1]
    assert flatten({"a": 1, "b": 2})[0] == flatten({"b": 2, "a": 1})[0]
    assert flatten([1])[1] != flatten((1,))[1]
    assert flatten({"a": 1})[1] != flatten(OrderedDict(a=1))[1]
    assert flatten([None])[1] != flatten([1])[1]
    assert flatten(Point(1, 2))[1] != flatten((1, 2))[1]


def test_default_dicts_keep_their_factory():
    value = defaultdict(list, b=1, a=2)
    leaves, structure = flatten(value)
    again = unflatten(structure, [leaf * 10 for leaf in leaves])
    assert again == {"b": 10, "a": 20}
    assert again["new"] == []


def test_names_and_map():
    value = {"b": Point(1, [2]), "a": Box(3, [4])}
    _, structure = flatten(value)
    assert leaf_names(structure, "v") == [
        "v['a'].size",
        "v['a'].inside[0]",
        "v['b'].x",
        "v['b'].y[0]",
    ]
    assert map_structure(lambda leaf: leaf + 1, value) == {"b": Point(2, [3]), "a": Box(4, [5])}
    assert str(structure) == "{'a': Box(size=*, inside=[*]), 'b': Point(x=*, y=[*])}"
    with pytest.raises(ValueError, match="4 leaves, got 3"):
        unflatten(structure, [1, 2, 3])
