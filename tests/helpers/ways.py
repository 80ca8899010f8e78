"""All ways to run a case: on Python values, converted, eager, staged, and what a graph becomes."""

from __future__ import annotations

import builtins
import contextlib
import io
import math
import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from case_table import Call, Case, Raises
from modes import passes_off

import pygraph as pg
from pygraph import autograph
from pygraph.graph import Graph
from pygraph.graph.replay import Evaluation, replay
from pygraph.graph.structure import map_structure, unflatten


@dataclass(frozen=True)
class Static:
    """An argument that stays a Python value in all ways."""

    value: Any


RERUNS = ("staged, from bytes", "staged, no passes")
# What calls and expected values may use besides the names of the program.
WORDS = {"static": Static, "pg": pg, "np": np, "nan": math.nan, "inf": math.inf}


@dataclass(frozen=True)
class Outcome:
    """What a call gave: a value or an exception, and what it printed before."""

    value: Any
    error: Exception | None
    printed: str

    def line_in(self, file: Path) -> int | None:
        """Return the innermost line of a file in the exception's traceback."""
        line = None
        traceback = self.error.__traceback__ if self.error is not None else None
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == str(file):
                line = traceback.tb_lineno
            traceback = traceback.tb_next
        return line

    def __str__(self) -> str:
        gave = f"gave {self.value!r}"
        if self.error is not None:
            gave = f"raised {type(self.error).__name__}: {self.error}"
        return f"{gave}, printed {self.printed!r}" if self.printed else gave


# How a tensor prints, around how its elements do.
_TENSOR = re.compile(r"Tensor\((.*?), dtype=\w+\)", re.DOTALL)


def attempt(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Outcome:
    """Call a function; what it gave, with Python values in place of tensors and arrays."""
    output = io.StringIO()
    value, error = None, None
    with contextlib.redirect_stdout(output):
        try:
            value = map_structure(as_python, function(*args, **kwargs))
        except Exception as raised:  # compared by the caller
            error = raised
    return Outcome(value, error, _TENSOR.sub(r"\1", output.getvalue()))


def as_python(leaf: Any) -> Any:
    """Return the Python value of a tensor or array."""
    return leaf.tolist() if isinstance(leaf, (pg.Tensor, np.ndarray, np.generic)) else leaf


def as_array(leaf: Any) -> Any:
    """Return an argument as plain Python code would get it: lists as arrays."""
    if isinstance(leaf, list):
        return np.asarray(leaf)
    if isinstance(leaf, pg.Tensor):
        return np.asarray(leaf)[()]
    return leaf


def as_tensor(leaf: Any) -> Any:
    """Return an argument as a tensor, if it can be one."""
    return pg.asarray(leaf) if isinstance(leaf, (bool, int, float, list, np.ndarray)) else leaf


def converted(argument: Any, leaf: Callable[[Any], Any]) -> Any:
    """Return an argument with its leaves converted; tuples and dicts are structure."""
    if isinstance(argument, Static):
        return argument.value
    if type(argument) is tuple:
        return tuple(converted(part, leaf) for part in argument)
    if type(argument) is dict:
        return {key: converted(part, leaf) for key, part in argument.items()}
    return leaf(argument)


@contextlib.contextmanager
def run_eagerly() -> Iterator[None]:
    """Let Functions run their Python code as it is written."""
    pg.runtime.run_functions_eagerly(True)
    try:
        yield
    finally:
        pg.runtime.run_functions_eagerly(False)


@dataclass(frozen=True)
class Arguments:
    """The arguments of a call."""

    by_position: list[Any]
    by_name: dict[str, Any]

    @classmethod
    def of(cls, call: Call, names: dict[str, Any], leaf: Callable[[Any], Any]) -> Arguments:
        """Evaluate the arguments of a case's call in the namespace of its program."""
        given, by_name = eval(call.arguments, {**names, **WORDS})
        return cls.made(given, by_name, leaf)

    @classmethod
    def made(
        cls, given: Iterable[Any], by_name: dict[str, Any], leaf: Callable[[Any], Any]
    ) -> Arguments:
        """Convert the leaves of arguments."""
        named = {name: converted(argument, leaf) for name, argument in by_name.items()}
        return cls([converted(argument, leaf) for argument in given], named)

    def passed_to(self, function: Callable[..., Any]) -> Outcome:
        """Call a function with them."""
        return attempt(function, *self.by_position, **self.by_name)


def every_way(case: Case) -> Iterator[tuple[str, Call, dict[str, Any], Outcome]]:
    """Run all calls of a case in all ways: which way, which call, the case's names, the outcome."""
    for way, convert, leaf in (
        ("python", None, as_array),
        ("converted", autograph.convert, as_array),
        ("eager", None, as_tensor),
        ("eager, converted", autograph.convert, as_tensor),
    ):
        names = case.namespace()
        function = convert(names["f"]) if convert is not None else names["f"]
        for call in case.calls:
            yield way, call, names, Arguments.of(call, names, leaf).passed_to(function)
    for way, leaf in (("run eagerly", as_tensor), ("run eagerly, arrays", as_array)):
        names = case.namespace()
        function = pg.function(names["f"])
        for call in case.calls:
            arguments = Arguments.of(call, names, leaf)
            with run_eagerly():
                outcome = arguments.passed_to(function)
            yield way, call, names, outcome
    names = case.namespace()
    function = pg.function(names["f"])
    for call in case.calls:
        arguments = Arguments.of(call, names, as_tensor)
        yield "staged", call, names, arguments.passed_to(function)
        if call.staged_raises is None and function.concrete_functions:
            for way, outcome in rerun(function, arguments):
                yield way, call, names, outcome


def any_size(case: Case) -> Iterator[tuple[Call, Outcome, Outcome]]:
    """Run the calls with arrays by graphs for arrays of any size.

    Yields the call, its outcome and that of a graph for the sizes at hand.
    """
    names = case.namespace()
    function = pg.function(names["f"])
    for call in case.calls:
        specs = Arguments.of(call, names, as_spec)
        if not any(isinstance(spec, pg.TensorSpec) and spec.shape for spec in specs.by_position):
            continue
        general = attempt_tracing(function, specs)
        wanted = Arguments.of(call, names, as_tensor).passed_to(function)
        arguments = Arguments.of(call, names, as_tensor)
        yield (
            call,
            general if isinstance(general, Outcome) else arguments.passed_to(general),
            wanted,
        )


def as_spec(leaf: Any) -> Any:
    """Return the spec of an argument's tensors of any size, if it can be a tensor."""
    tensor = as_tensor(leaf)
    if not isinstance(tensor, pg.Tensor):
        return leaf
    return pg.TensorSpec((None,) * tensor.ndim, tensor.dtype)


def attempt_tracing(function: pg.Function[..., Any], specs: Arguments) -> Any:
    """Return a concrete function, or what became of tracing it."""
    concrete: list[Any] = []

    def trace() -> None:
        concrete.append(function.get_concrete_function(*specs.by_position, **specs.by_name))

    outcome = attempt(trace)
    return concrete[0] if concrete else outcome


def rerun(function: pg.Function[..., Any], arguments: Arguments) -> Iterator[tuple[str, Outcome]]:
    """Run the graph of a call again: evaluated, called in a graph, from bytes, not optimised."""
    try:
        concrete = function.get_concrete_function(*arguments.by_position, **arguments.by_name)
    except Exception:  # the call has raised it already, while it was traced
        return
    yield "staged, evaluated", arguments.passed_to(Evaluated(concrete))
    yield "staged, called", arguments.passed_to(pg.function(Calling(concrete)))
    try:
        data = pickle.dumps(concrete)
    except (TypeError, pickle.PicklingError):  # it depends on an object, or a class, of the case
        return
    for way, context in zip(RERUNS, (contextlib.nullcontext, passes_off), strict=True):
        with context():
            yield way, arguments.passed_to(pickle.loads(data))


@dataclass(frozen=True)
class Evaluated:
    """Computes the nodes of a concrete function's graph one by one, eagerly."""

    concrete: pg.ConcreteFunction

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        traced = self.concrete.traced
        graph = self.concrete.executable.module()
        compiled, tensors, variables, _ = self.concrete.choose(args, kwargs)
        places = [variables[e] if type(e) is int else e for e in traced.variables]
        whole = Graph(graph)
        inputs = [*tensors, *places, *compiled.hidden_inputs]
        outputs = replay(whole, inputs, Evaluation(whole, self.concrete.exceptions))
        leaves = [outputs[e] if type(e) is int else e.value for e in traced.template]
        return unflatten(traced.results, leaves)


@dataclass(frozen=True)
class Calling:
    """A function of Python that calls a concrete function."""

    concrete: pg.ConcreteFunction

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self.concrete(*args, **kwargs)


def same(one: Any, other: Any) -> bool:
    """Return whether values are equal: types too, and floats to the last few bits."""
    if isinstance(one, (list, tuple)) and type(one) is type(other):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-13) or (math.isnan(one) and math.isnan(other))
    return type(one) is type(other) and bool(one == other)


def fits(expected: Raises, outcome: Outcome, way: str) -> bool:
    """Return whether an outcome is the exception that is expected."""
    error = outcome.error
    kind = expected.kind
    if way in RERUNS and not hasattr(builtins, kind):
        # A class of the user's is not part of a graph.
        kind = "RuntimeError"
    return type(error).__name__ == kind and expected.text in str(error)


def kind_of(error: Exception | None) -> type:
    """Return the type of an exception; a read of an unset variable is one, wherever it stands.

    In a comprehension Python raises NameError or, from 3.12 on, UnboundLocalError.
    """
    return NameError if isinstance(error, NameError) else type(error)


def agree(outcome: Outcome, wanted: Outcome) -> bool:
    """Return whether two outcomes are the same: of an exception, the type."""
    if kind_of(outcome.error) is not kind_of(wanted.error) or outcome.printed != wanted.printed:
        return False
    return wanted.error is not None or same(outcome.value, wanted.value)
