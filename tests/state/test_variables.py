"""Variables: eager, captured by functions, as arguments, in branches and loops."""

from __future__ import annotations

import doctest
import gc

import numpy as np
import pytest

import pygraph as pg


def test_reading_and_assigning() -> None:
    v = pg.Variable([1.0, 2.0], name="v")
    assert (v.dtype, v.shape, v.name, v.trainable) == (pg.float64, (2,), "v", True)
    before = v.read()
    v.assign([3.0, 4.0]).assign_add(1).assign_sub([0.5, 1.5])
    np.testing.assert_array_equal(v, [3.5, 3.5])
    np.testing.assert_array_equal(before, [1.0, 2.0])
    np.testing.assert_array_equal(v * 2 + v, [10.5, 10.5])
    np.testing.assert_array_equal(np.ones(2) - v, [-2.5, -2.5])
    assert pg.Variable(3, dtype="float32").dtype == pg.float32
    assert not pg.Variable(1, trainable=False).trainable


def test_a_variable_keeps_memory_of_its_own() -> None:
    array = np.ones(3)
    v = pg.Variable(array)
    w = pg.Variable(np.zeros(3))
    w.assign(array)
    array[:] = 7
    np.testing.assert_array_equal(v, np.ones(3))
    np.testing.assert_array_equal(w, np.ones(3))


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (
            [1.0, 2.0, 3.0],
            ValueError,
            r"the variable 'v'.*shape \[3\] cannot be assigned to a variable of shape \[2\]",
        ),
        (np.ones(2, np.float32), TypeError, "float32 cannot be assigned to a variable of float64"),
        ("x", TypeError, "got str"),
    ],
)
def test_values_that_do_not_fit(value: object, kind: type[Exception], text: str) -> None:
    v = pg.Variable([1.0, 2.0], name="v")
    with pytest.raises(kind, match=text):
        v.assign(value)
    np.testing.assert_array_equal(v, [1.0, 2.0])


def test_captured_variables_are_references() -> None:
    v = pg.Variable(1.0)

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        return x * v

    assert f(pg.asarray(2.0)).item() == 2.0
    v.assign(10.0)
    assert f(pg.asarray(2.0)).item() == 20.0
    assert f.tracing_count == 1


def test_effects_happen_in_program_order() -> None:
    v = pg.Variable(1.0)

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        first = v.read()
        v.assign(v * x)
        second = v + 0.0
        v.assign_add(1.0)
        return first, second, v.read()

    assert [t.item() for t in f(pg.asarray(3.0))] == [1.0, 3.0, 4.0]
    assert v.item() == 4.0
    assert [t.item() for t in f(pg.asarray(2.0))] == [4.0, 8.0, 9.0]


def test_branches_and_loops() -> None:
    count = pg.Variable(0)
    trace = pg.Variable([0.0, 0.0])

    @pg.function
    def f(n):  # type: ignore[no-untyped-def]
        for i in pg.range(n):
            if i % 2 == 0:
                count.assign_add(i)
            else:
                trace.assign(trace + pg.asarray([1.0, 0.5]))
        return count * 10

    assert f(pg.asarray(6)).item() == 60
    assert count.item() == 6
    np.testing.assert_array_equal(trace, [3.0, 1.5])
    assert f(pg.asarray(2)).item() == 60
    np.testing.assert_array_equal(trace, [4.0, 2.0])


def test_arguments() -> None:
    @pg.function
    def move(a, b):  # type: ignore[no-untyped-def]
        a.assign_add(b)
        b.assign(0.0)
        return a.read()

    a, b, c = pg.Variable(1.0), pg.Variable(2.0), pg.Variable(5.0)
    assert move(a, b).item() == 3.0
    assert move(c, a).item() == 8.0
    assert (a.item(), b.item(), c.item()) == (0.0, 0.0, 8.0)
    assert move.tracing_count == 1
    assert move(c, c).item() == 0.0
    assert move.tracing_count == 2
    with pytest.raises(ValueError, match="assign"):
        move(pg.Variable([1.0]), pg.Variable([2.0]))


def test_an_argument_is_not_the_captured_variable() -> None:
    v, w = pg.Variable(1.0), pg.Variable(10.0)

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        return x + v * 100.0

    assert f(v).item() == 101.0
    assert f(w).item() == 110.0
    assert f.tracing_count == 1


def test_variables_made_in_the_first_trace() -> None:
    class Counter:
        def __init__(self) -> None:
            self.total = None

        @pg.function
        def add(self, x):  # type: ignore[no-untyped-def]
            if self.total is None:
                self.total = pg.Variable(pg.zeros(2) + 1.0, name="total")
            self.total.assign_add(x)
            return self.total.read()

    counter = Counter()
    np.testing.assert_array_equal(counter.add(pg.asarray([1.0, 2.0])), [2.0, 3.0])
    np.testing.assert_array_equal(counter.add(pg.asarray([1.0, 2.0])), [3.0, 5.0])
    np.testing.assert_array_equal(counter.total, [3.0, 5.0])


def test_variables_made_from_arguments_or_later_are_refused() -> None:
    kept = []

    @pg.function
    def depends(x):  # type: ignore[no-untyped-def]
        kept.append(pg.Variable(x * 2, name="w"))
        return x

    with pytest.raises(TypeError, match=r"initial value of the variable 'w' depends on .*depends"):
        depends(pg.asarray(1.0))

    @pg.function
    def again(x):  # type: ignore[no-untyped-def]
        kept.append(pg.Variable(1.0, name="w"))
        return x

    again(pg.asarray(1.0))
    with pytest.raises(TypeError, match=r"again made the variable 'w' in another trace"):
        again(pg.asarray(1))


def test_init_scope_runs_at_once() -> None:
    v = pg.Variable(0)

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        with pg.init_scope():
            v.assign_add(1)
        return x

    f(pg.asarray(1.0))
    f(pg.asarray(2.0))
    assert v.item() == 1


def test_graphs_release_their_variables() -> None:
    gc.collect()
    before = pg.runtime.memory_stats()["live_buffers"]

    def use() -> None:
        v = pg.Variable(np.ones(1000))
        pg.function(lambda x: x * v)(pg.asarray(1.0))

    use()
    assert pg.runtime.memory_stats()["live_buffers"] == before


def test_loops_state_and_passes_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> tuple[float, list[float]]:
        v = pg.Variable([1.0, 2.0])

        @pg.function
        def f(n):  # type: ignore[no-untyped-def]
            total = 0.0
            while n > 0:
                old = v.read()
                if n % 3 == 0:
                    v.assign(v[::-1] * 1.5)
                total = total + pg.sum(old * v)
                n = n - 1
            return total

        return f(pg.asarray(10)).item(), v.tolist()

    expected = run()
    for passes in ("none", "-coalesce", "-reuse_memory", "-fold_constants", "-dead_code"):
        monkeypatch.setenv("PYGRAPH_PASSES", passes)
        assert run() == expected
    v, total, n = np.array([1.0, 2.0]), 0.0, 10
    while n > 0:
        old = v
        if n % 3 == 0:
            v = v[::-1] * 1.5
        total += float(np.sum(old * v))
        n -= 1
    assert expected == (total, v.tolist())


def test_a_failed_run_keeps_what_it_assigned() -> None:
    v = pg.Variable(0)

    @pg.function
    def f(x, i):  # type: ignore[no-untyped-def]
        v.assign_add(1)
        y = x[i]
        v.assign_add(10)
        return y

    with pytest.raises(IndexError):
        f(pg.asarray([1, 2]), pg.asarray(5))
    assert v.item() == 1


IN_PLACE = ["+=", "-=", "*=", "/=", "//=", "%=", "**=", "@=", "&=", "|=", "^=", "<<=", ">>="]


@pytest.mark.parametrize("operator", IN_PLACE)
def test_operators_that_assign_are_refused(operator: str) -> None:
    v = pg.Variable([1, 2], name="v")
    with pytest.raises(TypeError, match=r"would make the variable 'v' a plain tensor; use assign"):
        exec(f"v {operator} 1", {"v": v})
    assert v.tolist() == [1, 2]


def test_the_example_of_the_class() -> None:
    examples = doctest.DocTestFinder(recurse=False).find(pg.Variable, "Variable", globs={"pg": pg})
    assert doctest.DocTestRunner().run(examples[0]) == (0, 7)


def test_as_numbers() -> None:
    v, w = pg.Variable([1.0, -2.0, 3.0]), pg.Variable(2)
    array = np.asarray(v)
    for of_variable, of_array in [
        (v + w, array + 2), (3 - v, 3 - array), (v / 2, array / 2), (v // w, array // 2),
        (7 % w, 7 % 2), (v**2, array**2), (2.0**v, 2.0**array), (v @ v, array @ array),
        (-v, -array), (abs(v), abs(array)), (v > w, array > 2), (v == 3.0, array == 3.0),
        (v != v, array != array), (w & 3, 2 & 3), (w << 2, 2 << 2), (~w, ~2), (v[1:], array[1:]),
        (v[v > 0], array[array > 0]), (v[w], array[2]), (np.float32(1) + v, 1 + array),
        (v.sum(), array.sum()), (v.reshape(3, 1), array.reshape(3, 1)),
        (v.astype("int64"), [1, -2, 3]),
    ]:  # fmt: skip
        np.testing.assert_array_equal(of_variable, of_array)
        assert type(of_variable) is type(v.read())
    assert (len(v), v.ndim, v.size, [x.item() for x in v]) == (3, 1, 3, [1.0, -2.0, 3.0])
    assert (int(w), float(w), complex(w), bool(w), [5, 6, 7][w]) == (2, 2.0, 2 + 0j, True, 7)
    assert -2.0 in v
    assert divmod(7, w)[0].item() == 3
    with pytest.raises(TypeError, match="0-d variable has no length"):
        len(w)
    with pytest.raises(TypeError, match="variables are not hashable"):
        hash(v)
    with pytest.raises(AttributeError):
        v.name = "other"  # type: ignore[misc]
    assert not v.numpy().flags.writeable
    assert repr(w) == "Variable(2, dtype=int64, shape=())"
    assert len(repr(pg.Variable(np.zeros(100_000)))) < 200
