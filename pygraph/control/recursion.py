"""Calls of functions that are under way.

Where Python values decide whether a function calls itself again, the calls are traced one inside
the other, as any call is. Where a tensor decides, that would never end: the function becomes one of
the graph's, which the graph calls. Its body is traced until the types of its parameters and results
have settled; in the first trace nothing is known of a call's result, so a branch that needs it is
left out, and the other branch gives the type.
"""

from __future__ import annotations

import inspect
import sys
import threading
import typing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pygraph._hot import DType, Variable
from pygraph.control.errors import CallSite
from pygraph.control.forms import (
    NUMBERS,
    Form,
    Leaf,
    TensorLeaf,
    ValueLeaf,
    form_of,
    join,
    joined_types,
    leaf_of,
    number_leaf,
    same_value,
)
from pygraph.control.pending import UnknownResult
from pygraph.control.tensors import current
from pygraph.graph import Builder, TensorSpec
from pygraph.graph.callee import Callee
from pygraph.graph.locations import Region, describe, trace_boundary, user_line
from pygraph.graph.structure import flatten, leaf_names

# Types become more general from trace to trace, and captured values more, so this is never reached
# but by a result that changes with every call.
_MAX_TRACES = 20

# Where so many calls are under way, each where a tensor decides, that differ in Python numbers
# only, these become tensors: the numbers alone may never end the recursion.
_NESTED_WITH_NUMBERS = 3


def followed(function: Callable[..., Any], target: Callable[..., Any]) -> Callable[..., Any]:
    """Return what is called for a function while a graph is traced; ``target`` is what runs."""

    def call(*args: Any, **kwargs: Any) -> Any:
        builder = current()
        if builder is None:
            return target(*args, **kwargs)
        stack = _state.stack
        activation = _Activation(function, builder, args, kwargs)
        first = next((other for other in stack if other.function is function), None)
        recursion = None if first is None else _find(activation, first)
        if first is not None and recursion is not None:
            try:
                return recursion.call(activation, target)
            except Exception:
                if not recursion.tries_numbers or recursion.complete:
                    raise
                first.needs_numbers = True
        stack.append(activation)
        try:
            return target(*args, **kwargs)
        except RecursionError as error:
            if first is not None or not _is_pythons(error):
                raise
            raise _endless(activation) from None
        finally:
            stack.pop()

    call.__wrapped__ = function  # type: ignore[attr-defined]
    return call


_FRAMES_PER_CALL = 4


@contextmanager
def deeper_stack() -> Iterator[None]:
    """Trace inside with a higher limit on recursion.

    Where Python values decide, a recursion is traced call by call, and what is one call of the
    user's takes several of Python's while it is traced.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit * _FRAMES_PER_CALL)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


class _Activation:
    """A call that is being traced: of which function, into which builder, with what arguments.

    ``recursion`` is set where the function is one of the graph's, and this is its body.
    ``needs_numbers`` says that the function does not trace with its Python numbers as tensors.
    """

    __slots__ = (
        "_arguments",
        "args",
        "builder",
        "function",
        "kwargs",
        "needs_numbers",
        "recursion",
    )

    def __init__(
        self,
        function: Callable[..., Any],
        builder: Builder,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        recursion: _Recursion | None = None,
    ) -> None:
        self.function = function
        self.builder = builder
        self.args = args
        self.kwargs = kwargs
        self.recursion = recursion
        self.needs_numbers = False
        self._arguments: _Arguments | None = None

    def arguments(self) -> _Arguments | None:
        """Return the arguments by parameter; None if they do not fit, which the call will say."""
        if self._arguments is None:
            try:
                bound = inspect.signature(self.function).bind(*self.args, **self.kwargs)
            except TypeError:
                return None
            bound.apply_defaults()
            values = tuple(bound.arguments.values())
            leaves, structure = flatten(values)
            names = [
                leaf
                for name, child in zip(bound.arguments, structure.children, strict=True)
                for leaf in leaf_names(child, name)
            ]
            form = Form("the arguments", structure, tuple([_leaf(leaf) for leaf in leaves]))
            self._arguments = _Arguments(bound, values, names, form)
        return self._arguments


@dataclass(slots=True)
class _Arguments:
    bound: inspect.BoundArguments
    values: tuple[Any, ...]
    names: list[str]  # of the leaves
    form: Form


def _leaf(value: Any) -> Leaf:
    # A variable is passed as the place that it is.
    return ValueLeaf(value) if isinstance(value, Variable) else leaf_of(value, settled=True)


class _State(threading.local):
    def __init__(self) -> None:
        self.stack: list[_Activation] = []


_state = _State()


class _Recursion(Callee):
    """A function of the graph, under way or complete."""

    def __init__(
        self, number: int, function: Callable[..., Any], form: Form, tries_numbers: bool
    ) -> None:
        super().__init__(number, getattr(function, "__name__", "function"))
        self.function = function
        self.form = form  # of the arguments
        self.tries_numbers = tries_numbers  # Python numbers became parameters
        self.result: Form | None = None
        self.complete = False

    def call(self, activation: _Activation, target: Callable[..., Any]) -> Any:
        """Record a call; trace the body first if that has not been done."""
        arguments = activation.arguments()
        assert arguments is not None
        if self.builder is None:
            self._trace(activation, target)
        if self.result is None:
            raise UnknownResult(self.number)
        operands = self.form.take_apart(arguments.values, arguments.form)
        outputs = activation.builder.record_call(
            self, operands, [leaf.weak for leaf in self.result.types]
        )
        (value,) = self.result.put_together(iter(outputs))
        return value

    def _trace(self, activation: _Activation, target: Callable[..., Any]) -> None:
        """Trace the body until its types have settled."""
        home = activation.builder
        callees = home.module.callees
        callees.append(self)
        try:
            for _ in range(_MAX_TRACES):
                # What it calls was traced with types that may have changed.
                del callees[self.number + 1 :]
                if self._trace_once(activation, target, self.start(home)):
                    break
            else:
                raise TypeError(
                    f"the result of {self.name} ({_place(self.function)}) changes its type with "
                    f"every call"
                )
        except BaseException:
            del callees[self.number :]
            raise
        self.finish(home)
        self.complete = True

    def _trace_once(
        self, activation: _Activation, target: Callable[..., Any], body: Builder
    ) -> bool:
        form, result = self.form, self.result
        with Region(), body:
            parameters = _parameters(body, form, activation)
            inside = _Activation(self.function, body, (), {}, self)
            _state.stack.append(inside)
            try:
                value = _run(target, parameters)
            except UnknownResult as unknown:
                if unknown.depth != self.number:
                    raise
                self._set_result(_annotated(self.function) or self._refuse())
                self.has_settled()
                return False
            finally:
                _state.stack.pop()
            own = form_of(f"the result of {self.name}", (value,))
            found = own if result is None else join(result, own, self._site())
            if found == result and form == self.form and self.has_settled():
                body.set_results(found.take_apart((value,), own))
                return True
            self._set_result(found)
            self.has_settled()
            return False

    def _set_result(self, form: Form) -> None:
        self.result = form
        self.result_types = [
            (leaf.dtype, tuple([-1 if dim is None else dim for dim in leaf.shape]))
            for leaf in form.types
        ]

    def _site(self) -> CallSite:
        both = ("where it does not call itself", "where it does")
        return CallSite(both, (self.function, self.function))

    def _refuse(self) -> Form:
        raise TypeError(
            f"the type of what {self.name} returns cannot be found: it calls itself on every way "
            f"({_place(self.function)}). Give it a return annotation, as in "
            f"`def {self.name}(...) -> pygraph.TensorSpec((), 'float64'):`, or `-> int`"
        )


@trace_boundary
def _run(target: Callable[..., Any], bound: inspect.BoundArguments) -> Any:
    return target(*bound.args, **bound.kwargs)


def _parameters(body: Builder, form: Form, activation: _Activation) -> inspect.BoundArguments:
    """Declare the parameters of a body; return the arguments that stand for them."""
    arguments = activation.arguments()
    assert arguments is not None
    tensors = [
        body.add_parameter(leaf.dtype, leaf.shape, name, leaf.weak)
        for name, leaf in zip(arguments.names, form.leaves, strict=True)
        if isinstance(leaf, TensorLeaf)
    ]
    values = form.put_together(iter(tensors))
    bound = inspect.BoundArguments(arguments.bound.signature, arguments.bound.arguments.copy())
    bound.arguments.update(zip(arguments.bound.arguments, values, strict=True))
    return bound


def _find(activation: _Activation, first: _Activation) -> _Recursion | None:
    """Return the function of the graph that a call goes to; None if it is traced where it is.

    ``first`` is the first call of the same function that is under way.
    """
    arguments = activation.arguments()
    if arguments is None:
        return None
    builder, form = activation.builder, arguments.form
    for callee in builder.module.callees:
        assert isinstance(callee, _Recursion)
        if callee.complete and callee.function is activation.function:
            serves = _joined(callee.form, form) == callee.form
            if serves and callee.can_be_called_from(builder):
                return callee
    inside_a_body = False
    nested: set[Builder] = set()
    for other in reversed(_state.stack):
        if other.builder.module is not builder.module:
            break
        if other.function is activation.function:
            # A tensor decides if the builder is another: that of a branch, or of a loop's body.
            staged = other.builder is not builder
            found = None
            if other.recursion is not None:
                found = _under_way(other.recursion, form, staged)
            elif staged and not inside_a_body:
                nested.add(other.builder)
                deep = len(nested) >= _NESTED_WITH_NUMBERS
                found = _new(other, form, deep and not first.needs_numbers)
            if found is not None:
                return found
        inside_a_body = inside_a_body or other.recursion is not None
    return None


def _under_way(recursion: _Recursion, form: Form, staged: bool) -> _Recursion | None:
    joined = _joined(recursion.form, form)
    if joined is None or not (staged or joined == recursion.form):
        return None
    recursion.form = joined
    return recursion


def _new(outer: _Activation, form: Form, numbers: bool) -> _Recursion | None:
    arguments = outer.arguments()
    joined = None if arguments is None else _joined(arguments.form, form, numbers)
    if joined is None:
        return None
    return _Recursion(len(outer.builder.module.callees), outer.function, joined, numbers)


def _joined(one: Form, other: Form, numbers: bool = False) -> Form | None:
    """Return the form of arguments that serves both, or None.

    Dims that differ become unknown. A Python number fits a parameter that is a tensor; any other
    Python value must be the same. With ``numbers``, those that differ become tensors.
    """
    if one.structure != other.structure:
        return None
    leaves: list[Leaf] = []
    for first, second in zip(one.leaves, other.leaves, strict=True):
        leaf = _joined_leaf(first, second, numbers)
        if leaf is None:
            return None
        leaves.append(leaf)
    return Form(one.name, one.structure, tuple(leaves))


def _joined_leaf(one: Leaf, other: Leaf, numbers: bool) -> Leaf | None:
    if isinstance(one, ValueLeaf):
        if isinstance(other, ValueLeaf) and _same(one.value, other.value):
            return one
        if not numbers or type(one.value) not in NUMBERS:
            return None
        one = number_leaf(one.value)
    if isinstance(other, ValueLeaf):
        if type(other.value) not in NUMBERS:
            return None
        other = number_leaf(other.value)
    return joined_types(one, other)


def _same(one: Any, other: Any) -> bool:
    return one is other or (not isinstance(one, Variable) and same_value(one, other))


def _annotated(function: Callable[..., Any]) -> Form | None:
    """Return the form of a result that the function's return annotation describes, if it does."""
    try:
        annotation = inspect.get_annotations(function, eval_str=True)["return"]
    except Exception:  # none, or one whose names cannot be looked up here
        return None
    leaves, structure = flatten((_described(annotation),))
    types: list[Leaf] = []
    for leaf in leaves:
        if isinstance(leaf, TensorSpec):
            types.append(TensorLeaf(leaf.dtype.name, leaf.shape))
        elif isinstance(leaf, DType):
            types.append(TensorLeaf(leaf.name, ()))
        elif leaf in NUMBERS:
            types.append(TensorLeaf(NUMBERS[leaf], (), weak=leaf is not bool))
        else:
            return None
    return Form("the result", structure, tuple(types))


def _described(annotation: Any) -> Any:
    """Return ``tuple[int, float]`` as ``(int, float)``."""
    if typing.get_origin(annotation) is tuple:
        return tuple([_described(part) for part in typing.get_args(annotation)])
    return annotation


def _place(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    if code is None:
        return describe(user_line())
    return describe((code.co_filename, code.co_firstlineno, code.co_name))


def _is_pythons(error: RecursionError) -> bool:
    return str(error).startswith("maximum recursion depth exceeded")


def _endless(activation: _Activation) -> RecursionError:
    name = getattr(activation.function, "__name__", "the function")
    arguments = activation.arguments()
    numbers = (
        []
        if arguments is None
        else [
            leaf_name
            for leaf_name, leaf in zip(arguments.names, arguments.form.leaves, strict=True)
            if isinstance(leaf, ValueLeaf) and type(leaf.value) in NUMBERS
        ]
    )
    which = f" ({', '.join(numbers)})" if numbers else ""
    return RecursionError(
        f"maximum recursion depth exceeded: {name} calls itself again and again while it is traced "
        f"({_place(activation.function)}). Where no tensor decides, each call is traced by itself: "
        f"see that Python's values{which} bring it to an end, or pass as a tensor what decides, as "
        f"in {name}(pygraph.asarray(0))"
    )
