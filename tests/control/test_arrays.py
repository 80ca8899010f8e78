"""NumPy arrays in converted code: what is refused, what is compared at each call, what is left."""

# mypy: disable-error-code="no-untyped-def"

from typing import Any

import numpy as np
import pytest

import pygraph as pg


class Holder:
    def __init__(self) -> None:
        self.table = np.arange(6.0).reshape(2, 3)
        self.numbers = {"a": np.arange(3.0)}
        self.several = [np.arange(3.0)]


TABLE = np.arange(5.0)
HOLDER = Holder()


def writes_an_element(i):
    TABLE[i] = 0


def writes_a_tensor(i):
    TABLE[0] = i


def writes_an_attribute(i):
    HOLDER.table[i] = 0


def augments_an_element(i):
    TABLE[i] += 1


def writes_a_part(i):
    HOLDER.table[0][i] = 1


def writes_a_view(i):
    part = TABLE[1:]
    part[i] = 1


def writes_a_picked_row(i):
    row = HOLDER.table[i]
    row[0] = 1


def fills(i):
    TABLE.fill(i)


def copies_to(i):
    np.copyto(TABLE, i)


REFUSED = [
    (
        writes_an_element,
        "'TABLE', a NumPy array from outside.*cannot be changed.*writes_an_element",
    ),
    (writes_a_tensor, "'TABLE'"),
    (writes_an_attribute, r"'HOLDER.table'"),
    (augments_an_element, "'TABLE'"),
    (writes_a_part, "a NumPy array of shape .3,. from outside"),
    (writes_a_view, "'part'"),
    (writes_a_picked_row, "would be a view in NumPy"),
    (fills, "'TABLE'"),
    (copies_to, "'TABLE'"),
]


@pytest.mark.parametrize(("function", "match"), REFUSED, ids=[f.__name__ for f, _ in REFUSED])
def test_writes_of_tensors_into_captured_arrays_are_refused(function: Any, match: str) -> None:
    with pytest.raises(TypeError, match="(?s)" + match):
        pg.function(function)(pg.asarray(1))
    assert TABLE.tolist() == [0, 1, 2, 3, 4]


def sorts(c):
    if c:
        TABLE[::-1].sort()


def shuffles(c):
    if c:
        np.random.shuffle(TABLE)


def adds_with_out(c):
    if c:
        np.add(TABLE, 1, out=TABLE)


def adds_at(c):
    if c:
        np.add.at(TABLE, [0], 1)


def augments_a_name(c):
    local = TABLE
    if c:
        local += 1


def augments_an_attribute(c):
    if c:
        HOLDER.table += 1


def augments_an_item(c):
    if c:
        HOLDER.numbers["a"] += 1


def augments_an_item_of_a_list(c):
    if c:
        HOLDER.several[0] += 1


def fills_a_row(c):
    row = HOLDER.table[0]
    if c:
        row.fill(7)


def assigns_in_a_loop(c):
    for _ in pg.range(3):
        TABLE[0] += 1


def puts(c):
    while c:
        np.put(TABLE, [0], 9)
        c = ~c


UNSEEN = [
    sorts, shuffles, adds_with_out, adds_at, augments_a_name, augments_an_attribute,
    augments_an_item, augments_an_item_of_a_list, fills_a_row, assigns_in_a_loop, puts,
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:np.random.shuffle")
@pytest.mark.parametrize("function", UNSEEN, ids=[f.__name__ for f in UNSEEN])
def test_changes_of_captured_arrays_where_a_tensor_decides_are_refused(function: Any) -> None:
    np.random.seed(1)  # or a shuffle may change nothing
    with pytest.raises(TypeError, match=r"(?s)ndarray.*is changed.*" + function.__name__):
        pg.function(function)(pg.asarray(True))
    assert TABLE.tolist() == [0, 1, 2, 3, 4]
    assert HOLDER.table.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert [*HOLDER.numbers["a"], *HOLDER.several[0]] == [0, 1, 2, 0, 1, 2]


def element(table, x):
    return x * table[1]


def decided(table, x):
    return x if table[1] > 2 else -x


def summed(table, x):
    return x + np.sum(table) + table.max() + sum(table) + float(table[0])


def iterated(table, x):
    for value in table:
        x = x + value * 2
    return x


def unpacked(table, x):
    first, *_ = table
    return x + first


def calculated(table, x):
    return x + (table * 2 - 1)


def read_by_numpy(table, x):
    return x + np.sort(table)[0] + np.dot(table, table)


READS = [element, decided, summed, iterated, unpacked, calculated, read_by_numpy]


@pytest.mark.parametrize("function", READS, ids=[f.__name__ for f in READS])
def test_what_was_read_as_python_values_is_never_stale(function: Any) -> None:
    table = np.arange(4.0)
    staged = pg.function(lambda x: function(table, x))
    x = pg.asarray(10.0)
    for change in (0.0, 0.0, 3.0, 3.0, -1.0):
        table += change
        np.testing.assert_array_equal(staged(x).numpy(), function(table, 10.0))
    assert staged.tracing_count == 4


def test_what_the_code_itself_changes_is_not_compared() -> None:
    calls = np.zeros(1)

    @pg.function
    def f(x):
        calls[0] += 1
        return x + 1

    assert [f(pg.asarray(1)).item() for _ in range(3)] == [2, 2, 2]
    assert calls[0] == f.tracing_count == 1


def test_only_the_element_that_was_read_is_compared() -> None:
    table = np.arange(4.0)
    f = pg.function(lambda x: x * table[1])
    x = pg.asarray(3.0)
    assert f(x).item() == 3
    table[0] = 100
    assert f(x).item() == 3
    assert f.tracing_count == 1
    table[1] = 5
    assert f(x).item() == 15


def test_objects_keep_arrays_of_numpys_own() -> None:
    class Model:
        data: Any
        many: Any

    model = Model()

    @pg.function
    def f(x):
        model.data = np.zeros(3)
        model.data[0] = 1
        model.many = {"a": [np.ones(2)]}
        return x + model.data

    assert f(pg.asarray(1.0)).tolist() == [2, 1, 1]
    assert type(model.data) is np.ndarray
    assert type(model.many["a"][0]) is np.ndarray
    assert model.data.tolist() == [1, 0, 0]


def test_an_object_does_not_keep_an_array_of_the_graph() -> None:
    class Model:
        data: Any = None

    model = Model()

    @pg.function
    def f(i):
        model.data = np.zeros(3)
        model.data[i] = 1
        return i

    with pytest.raises(TypeError, match=r"model\.data is older than this trace of f"):
        f(pg.asarray(1))
    assert model.data is None


def test_a_dtype_that_tensors_have_not() -> None:
    @pg.function
    def f(i):
        image = np.zeros(3, np.uint8)
        image[1] = 255
        return pg.asarray(image.astype(np.int64))[i]

    assert f(pg.asarray(1)).item() == 255

    @pg.function
    def g(i):
        image = np.zeros(3, np.uint8)
        image[i] = 255
        return image

    with pytest.raises(TypeError, match="uint8"):
        g(pg.asarray(1))


@pytest.mark.parametrize("eagerly", [False, True])
def test_arrays_are_passed_by_value(eagerly: bool) -> None:
    @pg.function
    def f(x, more):
        x[0] = 9
        more["a"][0][1] = 8
        return x, more["a"][0], np.float64(2.0)

    @pg.function(input_signature=[pg.TensorSpec((None,), pg.float64)])
    def double(x):
        return x * 2

    x, y = np.zeros(2), np.ones(2)
    pg.runtime.run_functions_eagerly(eagerly)
    try:
        results = f(x, {"a": [y]})
        assert double([1, 2]).tolist() == [2, 4]
        assert double([1, 2]).dtype is pg.float64
        with pytest.raises(TypeError, match="input signature"):
            double(np.zeros((2, 2)))
        with pytest.raises(ZeroDivisionError):
            pg.function(lambda a, b: a // b)(np.int64(1), np.int64(0))
        for value, error in ((np.nan, ValueError), (np.inf, OverflowError)):
            with pytest.raises(error, match="cannot convert float"):
                pg.function(lambda a: int(a))(np.float64(value))
    finally:
        pg.runtime.run_functions_eagerly(False)
    assert (x.tolist(), y.tolist()) == ([0, 0], [1, 1])
    assert [result.tolist() for result in results[:2]] == [[9, 0], [1, 8]]
    assert all(isinstance(result, pg.Tensor) for result in results)
