"""What guards leave alone, what they say, and that they keep nothing alive."""

from __future__ import annotations

import random
import sys
import threading
import time
import types
import warnings
import weakref
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pygraph as pg

X = pg.asarray(2.0)
scale = 2.0
calls = 0
schedule = {"lr": 0.5, "steps": [1, 2]}


class Model:
    """Has what the functions below read."""

    def __init__(self, w: float) -> None:
        self.w = w
        self.step = 0
        self.seen: list[float] = []

    @pg.function
    def forward(self, x: Any) -> Any:
        """Read an attribute, and assign another one."""
        self.step += 1
        self.seen.append(1.0)
        return x * self.w


def test_instances_have_checks_of_their_own() -> None:
    one, other = Model(2.0), Model(3.0)
    assert [float(m.forward(X)) for m in (one, other, one)] == [4.0, 6.0, 4.0]
    one.w = 5.0
    assert [float(m.forward(X)) for m in (one, other, one)] == [10.0, 6.0, 10.0]
    assert Model.forward.tracing_count == 3  # type: ignore[attr-defined]
    assert one.step == 2
    assert other.step == 1


def test_what_the_traced_code_assigns_is_not_checked() -> None:
    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        global calls
        calls += 1
        return x + calls

    assert [float(f(X)) for _ in range(4)] == [3.0] * 4
    assert f.tracing_count == 1
    model = Model(2.0)
    for step in range(4):
        model.step = step
        model.seen.append(2.0)
        assert float(model.forward(X)) == 4.0
    assert model.forward.tracing_count == 1  # type: ignore[attr-defined]


def test_guards_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    f = pg.function(lambda x: x * scale, guards=False)
    assert float(f(X)) == 4.0
    monkeypatch.setattr(sys.modules[__name__], "scale", 7.0)
    assert float(f(X)) == 4.0
    assert f.explain()[0].baked == ()


def test_the_reason_names_what_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        return x * scale * schedule["lr"] + schedule["steps"][0]  # type: ignore[index]

    f(X)
    monkeypatch.setattr(sys.modules[__name__], "scale", 3.0)
    f(X)
    monkeypatch.setitem(schedule, "lr", 1.5)
    f(X)
    reasons = [row.reason for row in f.explain()]
    assert reasons == ["first call", "scale was 2.0, is 3.0", "schedule['lr'] was 0.5, is 1.5"]
    change = f.explain()[1].changes[0]
    assert change == ("scale", "2.0", "3.0", True)
    baked = {row.name: row.value for row in f.explain()[2].baked}
    assert baked["scale"] == "3.0"
    assert baked["schedule['lr']"] == "1.5"
    assert "has baked in schedule['steps'][0] = 1" in str(f.explain(baked=True))
    assert "baked" not in str(f.explain())


def test_a_graph_is_found_again() -> None:
    model = types.SimpleNamespace(training=True)
    f = pg.function(lambda x: x * 2.0 if model.training else x)
    for _ in range(5):
        for model.training, expected in ((True, 4.0), (False, 2.0)):
            assert float(f(X)) == expected
    assert f.tracing_count == 2
    assert f.cache_info().graphs == 2
    f.clear_cache()
    assert f.cache_info().graphs == 0


def test_former_graphs_are_bounded() -> None:
    model = types.SimpleNamespace(rate=0.0)
    f = pg.function(lambda x: x * model.rate)

    def run() -> None:
        for model.rate in range(12):
            assert float(f(X)) == 2.0 * model.rate

    with pytest.warns(pg.RetracingWarning, match=r"because of 'model.rate' .* pygraph.Variable"):
        run()
    assert f.cache_info().graphs <= 5


def test_input_signatures_and_varying_shapes() -> None:
    model = types.SimpleNamespace(w=2.0)
    signed = pg.function(
        lambda x: x * model.w, input_signature=[pg.TensorSpec((None,), pg.float64)]
    )
    wide = pg.function(lambda x, n: x * model.w + n, reduce_retracing=True)
    for model.w in (2.0, 3.0, 2.0, 5.0):
        for size in (1, 2, 3):
            x = np.ones(size)
            np.testing.assert_array_equal(signed(x), x * model.w)
            np.testing.assert_array_equal(wide(x, size), x * model.w + size)
    assert signed.tracing_count == 3
    before = wide.tracing_count
    np.testing.assert_array_equal(wide(np.ones(7), 7), np.ones(7) * 5.0 + 7)
    assert wide.tracing_count == before


def test_concrete_functions_keep_what_they_were_made_with() -> None:
    model = types.SimpleNamespace(w=2.0)
    f = pg.function(lambda x: x * model.w)
    concrete = f.get_concrete_function(X)
    model.w = 3.0
    assert float(concrete(X)) == 4.0
    assert float(f.get_concrete_function(X)(X)) == 6.0


def test_values_that_are_new_at_each_read_cause_no_traces() -> None:
    class Fresh:
        @property
        def pair(self) -> tuple[float, float]:
            return 1.0, 2.0

        @property
        def box(self) -> list[Any]:
            return [object(), 2.0]

        def __getattr__(self, name: str) -> Any:
            return [name]

        def method(self, x: Any) -> Any:
            return x + 1

    module = types.ModuleType("fresh")
    module.__getattr__ = lambda name: [name]  # type: ignore[method-assign, assignment]
    fresh = Fresh()

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        bound = fresh.method
        x = bound(x) + fresh.pair[0] + fresh.box[1] + len(fresh.anything)
        return x + len(module.anything)

    for _ in range(5):
        assert float(f(X)) == 8.0
    assert f.tracing_count == 1


def test_attributes_that_a_library_keeps_are_not_checked() -> None:
    class Worker(threading.Thread):
        def __init__(self) -> None:
            super().__init__()
            self.factor = 2.0

    worker = Worker()
    f = pg.function(lambda x: x * worker.factor + (1.0 if worker._started is None else 0.0))  # type: ignore[attr-defined]
    assert float(f(X)) == 4.0
    worker._started = threading.Event()  # type: ignore[attr-defined]
    assert float(f(X)) == 4.0
    assert f.tracing_count == 1
    worker.factor = 3.0
    assert float(f(X)) == 6.0


def test_nothing_is_kept_alive_and_nothing_needs_the_collector() -> None:
    class Part:
        v = 1.0

    class Layer:
        def __init__(self) -> None:
            self.w = 2.0
            self.parts = [Part()]

        def __call__(self, x: Any) -> Any:
            return x * self.w + self.parts[0].v

    before = pg.runtime.live_graphs()
    space = types.SimpleNamespace(layer=Layer())
    f = pg.function(lambda x: space.layer(x))
    assert float(f(X)) == 5.0
    layer, part = weakref.ref(space.layer), weakref.ref(space.layer.parts[0])
    space.layer = None
    assert layer() is None
    assert part() is None
    space.layer = Layer()
    space.layer.w = 3.0
    assert float(f(X)) == 7.0
    slim = types.SimpleNamespace(space=types.SimpleNamespace(v=1.0))  # allows no weak reference
    g = pg.function(lambda x: x * slim.space.v)
    g(X)
    assert g.explain()[0].held_strongly == ("slim", "slim.space")
    del f, g
    assert pg.runtime.live_graphs() == before


def test_a_change_by_another_thread_while_tracing_is_seen() -> None:
    model = types.SimpleNamespace(w=2.0)
    entered, changed = threading.Event(), threading.Event()

    @pg.autograph.do_not_convert
    def wait() -> None:
        entered.set()
        changed.wait(10)

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        y = x * model.w
        wait()
        return y

    def change() -> None:
        entered.wait(10)
        model.w = 5.0
        changed.set()

    thread = threading.Thread(target=change)
    thread.start()
    f(X)
    thread.join()
    for _ in range(3):
        assert float(f(X)) == 10.0
    assert f.tracing_count == 2


def test_what_each_trace_changes_unseen_is_given_up() -> None:
    counter = types.SimpleNamespace(n=0)

    @pg.autograph.do_not_convert
    def count() -> None:
        vars(counter)["n"] += 1

    @pg.function
    def f(x):  # type: ignore[no-untyped-def]
        y = x + counter.n
        count()
        return y

    for _ in range(6):
        f(X)
    assert f.tracing_count <= 2
    assert any(row.unguarded for row in f.explain()[-1].baked)


def test_large_containers_are_told_of() -> None:
    table = list(range(20_000))
    f = pg.function(lambda x: x + len(table))
    f(X)
    rows = [row for row in f.explain()[0].baked if row.unguarded]
    assert rows[0].name == "table"
    assert "too large" in rows[0].unguarded


def test_a_default_that_is_used_by_calls_of_other_shapes() -> None:
    def f(x, k=2.0):  # type: ignore[no-untyped-def]
        return x * k

    staged = pg.function(f)
    staged(X)
    f.__defaults__ = (5.0,)
    np.testing.assert_array_equal(staged(np.ones(3)), [5.0] * 3)
    assert float(staged(X)) == 10.0
    assert float(staged(X, 3.0)) == 6.0


NAMES = ("a", "b", "c", "d")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*NAMES, "e"]), st.integers(0, 2)), max_size=12))
def test_any_order_of_changes_gives_what_python_gives(changes: list[tuple[str, int]]) -> None:
    space = types.SimpleNamespace(a=1.0, opt=types.SimpleNamespace(b=1.0), c=[1.0], d={"k": 1.0})

    def put(name: str, value: int) -> None:
        if name == "a":
            space.a = float(value)
        elif name == "b" and value:
            space.opt.b = value
        elif name == "b":
            space.opt = types.SimpleNamespace(b=7.0)
        elif name == "c":
            space.c = [float(v) for v in range(value)] if value else [*space.c, 3.0]
        elif name == "d":
            space.d["k" if value else "other"] = value
        else:
            space.e = value

    def f(x):  # type: ignore[no-untyped-def]
        for v in space.c:
            x = x + v
        return x * space.a + space.opt.b * space.d["k"]

    staged = pg.function(f)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pg.RetracingWarning)
        for name, value in changes:
            put(name, value)
            assert float(staged(X)) == float(f(X))


def test_random_numbers_and_clocks_are_warned_of_once() -> None:
    def f(x):  # type: ignore[no-untyped-def]
        return x + random.random()

    with pytest.warns(
        pg.TracedOnceWarning, match=r"random\.random\(\) runs only while f"
    ) as caught:
        pg.function(f)(X)
    assert len(caught) == 1
    assert (caught[0].filename, caught[0].lineno) == (__file__, f.__code__.co_firstlineno + 1)
    assert "argument" in str(caught[0].message)
    pg.function(f)(X)  # once a line

    def g(x):  # type: ignore[no-untyped-def]
        return x + time.time() + np.random.default_rng(0).normal()

    staged = pg.function(g)
    with pytest.warns(pg.TracedOnceWarning) as caught:
        staged(X)
    assert "time.time()" in str(caught[0].message)
    assert "runs while tracing only" in str(staged.explain(baked=True))


def test_a_fresh_function_at_each_call_is_warned_of() -> None:
    apply = pg.function(lambda h, x: h(x))

    def run() -> None:
        for _ in range(12):
            apply(lambda v: v * 2, X)

    with pytest.warns(pg.RetracingWarning, match="'h' .*once, outside of the loop"):
        run()


def test_functions_in_c() -> None:
    np.testing.assert_allclose(np.asarray(pg.function(np.sin)(X)), np.sin(2.0))
    np.testing.assert_allclose(np.asarray(pg.function(np.add)(X, np.ones(2))), [3.0, 3.0])
    assert float(pg.function(abs)(pg.asarray(-3.0))) == 3.0
    assert float(pg.function(max)(X, 7.0)) == 7.0


def test_a_trace_does_not_compare_with_all_graphs_there_are() -> None:
    f = pg.function(lambda x, n: x + n)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pg.RetracingWarning)
        for n in range(100):
            f(X, n)
    assert len(f._origins._latest) <= 16
    assert f.explain()[99].reason == "n was 98, is 99"


def test_a_name_that_is_gone_is_missed_as_in_python() -> None:
    space = types.SimpleNamespace(v=2.0)
    f = pg.function(lambda x: x * space.v)
    assert float(f(X)) == 4.0
    del space.v
    for _ in range(2):
        with pytest.raises(AttributeError, match="no attribute 'v'"):
            f(X)
    space.v = 3.0
    assert float(f(X)) == 6.0
