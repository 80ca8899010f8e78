"""A recorder that is no builder sees all that runs at once, so that it can be computed again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import pygraph as pg
from pygraph import _hot
from pygraph._hot import CompiledGraph, EagerTensor, Variable
from pygraph.graph.recorder import recording_ops
from pygraph.graph.structure import flatten


class Tape:
    """Keeps what it is told of; plays it again with other values, as a gradient tape would."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []

    def ran(
        self,
        op: str,
        inputs: tuple[Any, ...],
        attributes: Mapping[str, Any],
        outputs: tuple[EagerTensor, ...],
    ) -> None:
        """Keep an op."""
        # What a recorder does itself is not recorded.
        assert (pg.asarray(1) + 1).item() == 2
        self.events.append(("ran", op, inputs, dict(attributes), outputs))

    def became(self, target: EagerTensor, value: EagerTensor) -> None:
        """Keep that a tensor has another value."""
        self.events.append(("became", target, value))

    def read(self, variable: Variable, value: EagerTensor) -> None:
        """Keep a read."""
        self.events.append(("read", variable, value))

    def changed(
        self, op: str, variable: Variable, inputs: tuple[Any, ...], attributes: Mapping[str, Any]
    ) -> None:
        """Keep a change of a variable."""
        self.events.append(("changed", op, variable, inputs, dict(attributes)))

    def called(
        self,
        graph: CompiledGraph,
        inputs: tuple[Any, ...],
        variables: tuple[Variable, ...],
        result: Any,
    ) -> None:
        """Keep a call."""
        self.events.append(("called", graph, inputs, variables, result))

    @property
    def names(self) -> list[str]:
        """What happened but for copies: the op where one ran or changed a variable."""
        return [
            event[1] if event[0] in ("ran", "changed") else event[0]
            for event in self.events
            if event[0] != "became"
        ]

    def play(self, given: Mapping[int, Any], wanted: EagerTensor) -> Any:
        """Return a tensor's value where tensors, by identity, have other values than they had."""
        values = dict(given)

        def now(value: Any) -> Any:
            return values.get(id(value), value)

        for kind, *event in self.events:
            if kind == "ran":
                op, inputs, attributes, outputs = event
                found = _hot.apply(op, tuple(map(now, inputs)), attributes or None)
                found = found if isinstance(found, tuple) else (found,)
                values.update(zip(map(id, outputs), found, strict=True))
            elif kind == "became":
                target, value = event
                values[id(target)] = now(value)
            elif kind == "read":
                variable, value = event
                values[id(value)] = values.get(id(variable), value)
            elif kind == "changed":
                op, variable, inputs, _ = event
                (value,) = map(now, inputs)
                former = values.get(id(variable), 0)
                values[id(variable)] = value if op == "assign_variable" else former + value
            else:
                graph, inputs, variables, result = event
                again = graph.run_flat(tuple(map(_tensor, map(now, inputs))), list(variables))
                leaves = zip(flatten(result)[0], flatten(again)[0], strict=True)
                values.update((id(one), other) for one, other in leaves)
        return now(wanted)


def _tensor(value: Any) -> Any:
    return value if isinstance(value, EagerTensor) else pg.asarray(value)


def square_in_place(x: Any) -> Any:
    """Write into a copy."""
    y = x.copy()
    y[1] = 10.0
    y *= x
    y[0] += x[2]
    return y


def branches(x: Any) -> Any:
    """Decide in Python."""
    return pg.sum(x) * 2 if x[0] > -100 else x


@pg.function
def cubed(x: Any) -> Any:
    """Cube."""
    return x * x * x


@pg.function
def nested(pair: Any, scale: Any) -> Any:
    """Return a structure."""
    return {"sum": pair[0] + pair[1] * scale, "cubed": cubed(pair[0])}


PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "operators": lambda x: (x + 1) * x - 2.5 / x,
    "the same op again": lambda x: x + (x + (x + (x + x))),
    "functions": lambda x: pg.exp(x) + pg.concat([x, x])[1:4],
    "several results": lambda x: pg.stack(pg.unstack(x)[::-1]) + 1,
    "an item": lambda x: x[1] * x[-1] + x[0:2][1],
    "writing": square_in_place,
    "Python's control flow": branches,
    "reductions and dtypes": lambda x: pg.mean(pg.astype(x, "float32")) + pg.max(x),
    "NumPy's functions": lambda x: np.add(np.exp(x), np.ones(3)),
    "a Function": lambda x: cubed(x) + 1,
    "a Function of a structure": lambda x: nested((x, x + 1), 3)["sum"] * 2,
    "a concrete function": lambda x: cubed.get_concrete_function(pg.ones(3))(x) + x,
    "a matrix": lambda x: pg.expand_dims(x, axis=0) @ pg.expand_dims(x, axis=1),
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("times", [1, 2])
def test_what_is_recorded_computes_the_same_again(name: str, times: int) -> None:
    program = PROGRAMS[name]
    for _ in range(times - 1):
        program(pg.asarray([3.0, 4.0, 5.0]))  # what is like a recent call is recorded as well
    x, other = pg.asarray([1.0, 2.0, 3.0]), pg.asarray([0.5, -2.0, 7.0])
    tape = Tape()
    with recording_ops(tape):
        result = program(x)
    # What is like the first run is: the tape has kept what the inputs were.
    np.testing.assert_array_equal(np.asarray(result), np.asarray(program(x)))
    played = tape.play({id(x): other}, result)
    np.testing.assert_array_equal(np.asarray(played), np.asarray(program(other)))


def test_ops_are_told_with_inputs_attributes_and_outputs() -> None:
    x = pg.asarray([[1.0, 2.0]])
    tape = Tape()
    with recording_ops(tape):
        y = pg.sum(x, axis=1)
        z = y + 2
    (_, op, inputs, attributes, (output,)), add = tape.events
    assert (op, attributes) == ("sum", {"axis": (1,), "keepdims": False})
    assert inputs[0] is x
    assert output is y
    assert add[1] == "add"
    assert add[2][0] is y
    assert add[2][1] == 2
    assert add[4][0] is z


def test_variables_are_told_of_reads_and_changes() -> None:
    v = pg.Variable([1.0, 2.0], name="v")
    tape = Tape()
    with recording_ops(tape):
        y = v * 3 + v.read()
        v.assign_add([1.0, 1.0])
        z = v + 0
        v.assign(v * 2)
    names = ["read", "multiply", "read", "add", "assign_add", "read", "add"]
    assert tape.names == [*names, "read", "multiply", "assign_variable"]
    assert all(event[1] is v for event in tape.events if event[0] == "read")
    assert all(event[2] is v for event in tape.events if event[0] == "changed")
    others = {id(v): pg.asarray([10.0, 20.0])}
    assert np.asarray(tape.play(others, y)).tolist() == [40.0, 80.0]
    assert np.asarray(tape.play(others, z)).tolist() == [11.0, 21.0]


def test_assignments_to_items_of_variables_are_told() -> None:
    v, tape = pg.Variable([1.0, 2.0]), Tape()
    with recording_ops(tape):
        v[0] = 7.0
    assert np.asarray(v.read()).tolist() == [7.0, 2.0]
    kind, op, variable, (value, position), attributes = tape.events[-1]
    assert (kind, op, attributes) == ("changed", "assign_scatter", {"axis": 0})
    assert variable is v
    assert (value.item(), position) == (7.0, 0)


def test_a_call_is_one_event_with_the_users_objects() -> None:
    v = pg.Variable(2.0)

    @pg.function
    def scaled(x: Any, factor: Any, place: Any) -> Any:
        place.assign_add(1.0)
        return pg.exp(x) * factor * place, "text"

    x, n = pg.asarray([1.0, 2.0]), np.asarray([3.0, 4.0])
    for _ in range(2):  # traced, then found
        tape = Tape()
        with recording_ops(tape):
            result, _ = scaled(x, n, v)
        ((kind, graph, inputs, variables, told),) = tape.events
        assert kind == "called"
        assert isinstance(graph, CompiledGraph)
        assert inputs[0] is x
        assert inputs[1] is n
        assert variables == (v,) or variables[0] is v
        assert told[0] is result


def test_methods_and_their_instances_are_calls() -> None:
    class Model:
        def __init__(self) -> None:
            self.weight = pg.Variable(3.0)

        @pg.function
        def __call__(self, x: Any) -> Any:
            return x * self.weight

    model, tape = Model(), Tape()
    with recording_ops(tape):
        y = model(pg.asarray(2.0)) + 1
    assert y.item() == 7.0
    assert tape.names == ["called", "add"]
    assert tape.events[0][1].hidden_inputs == ()


def test_a_function_run_eagerly_is_told_op_by_op() -> None:
    tape = Tape()
    pg.runtime.run_functions_eagerly(True)
    try:
        with recording_ops(tape):
            cubed(pg.asarray(2.0))
    finally:
        pg.runtime.run_functions_eagerly(False)
    assert tape.names == ["multiply", "multiply"]


def test_written_memory_is_another() -> None:
    x = pg.asarray([1.0, 2.0, 3.0])
    tape = Tape()
    with recording_ops(tape):
        y = x * 2
        before = y + 0
        y[1] = 100.0
    assert tape.names == ["multiply", "add", *tape.names[2:]]
    kind, target, value = tape.events[-1]
    assert kind == "became"
    assert target is y
    assert np.asarray(value).tolist() == [2.0, 100.0, 6.0]
    assert np.asarray(before).tolist() == [2.0, 4.0, 6.0]


def test_nothing_is_told_outside_of_it_or_of_what_is_traced() -> None:
    tape = Tape()

    @pg.function
    def inner(x: Any) -> Any:
        with pg.init_scope():
            table = pg.arange(3) * 2
        return x + table + pg.asarray(1) * 2

    with recording_ops(tape):
        inner(pg.asarray(1))
        with pg.init_scope():
            pg.asarray(1) + 1
    pg.asarray(1) + 1
    assert tape.names == ["called"]


def test_recorders_nest() -> None:
    outer, inner = Tape(), Tape()
    x = pg.asarray(2)
    with recording_ops(outer):
        x + 1
        with recording_ops(inner):
            x * 2
        x - 1
    assert (outer.names, inner.names) == (["add", "subtract"], ["multiply"])


def test_errors_leave_the_recorder_in_place() -> None:
    tape = Tape()

    @pg.function
    def fails(x: Any) -> Any:
        raise ValueError("no")

    with recording_ops(tape):
        with pytest.raises(ValueError, match="no"):
            fails(pg.asarray(1))
        with pytest.raises((TypeError, ValueError)):
            pg.asarray([1, 2]) + pg.asarray([1, 2, 3])
        pg.asarray(1) + 1
    assert tape.names == ["add"]
    assert _hot.exchange_recorder(None) is None


def test_a_recorder_that_fails_says_so() -> None:
    class Broken(Tape):
        def ran(self, *_: Any) -> None:
            raise KeyError("broken")

    tape = Broken()
    with recording_ops(tape), pytest.raises(KeyError, match="broken"):
        pg.asarray(1) + 1
    assert (pg.asarray(1) + 1).item() == 2


def test_no_recorder_while_tracing() -> None:
    @pg.function
    def f(x: Any) -> Any:
        with recording_ops(Tape()):
            return x + 1

    with pytest.raises(RuntimeError, match="while a function is traced: record what calls it"):
        f(pg.asarray(1))
