"""The graph being traced: what the public functions record into.

A builder holds one function of the graph. Control flow nests builders; a value of an outer one that
an inner one uses is captured: it becomes a parameter of the inner function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygraph import _hot
from pygraph._hot import (
    BuilderCore,
    DType,
    EagerTensor,
    Node,
    SymbolicTensor,
    Value,
    Variable,
    as_dtype,
    exchange_recorder,
    from_numpy,
    require_stack,
    scalar,
)
from pygraph.graph.context import ModuleContext, ValueKey
from pygraph.graph.initial import initial_value, natural_dtype
from pygraph.graph.locations import Location, current_chain, describe

if TYPE_CHECKING:
    from pygraph.graph.callee import Callee

__all__ = ["Builder", "Node", "Value", "current", "tracing"]

Dims = tuple[int, ...]
Captured = EagerTensor | np.ndarray[Any, Any]
Path = tuple[int | str, ...]
_NUMBERS = (bool, int, float)
# As deep as the reader of a graph lets branches and loops nest.
MAX_NESTING = 200


class NestingError(ValueError):
    """Branches and loops nest deeper than a graph may."""


# To the user it is a ValueError.
NestingError.__name__ = NestingError.__qualname__ = ValueError.__name__
NestingError.__module__ = ValueError.__module__


class Builder(BuilderCore):
    """One function of the graph being traced. ``with builder:`` makes it this thread's current one.

    While it is open, value ids are handed out in the order of creation. :meth:`close` numbers them
    as the formats want them: captured values, then declared parameters, then results of nodes.
    """

    module: ModuleContext

    def __init__(self, name: str, parent: Builder | None = None) -> None:
        super().__init__(ModuleContext() if parent is None else parent.module)
        self.name = name
        self.parent = parent
        self.root_name: str = name if parent is None else parent.root_name
        self.number: int = self.module.builders
        self.module.builders += 1
        # Values of which it is known, where this builder's code runs, whether they hold.
        self.known_truths: dict[ValueKey, bool] = {}
        self.depth: int = 0 if parent is None else parent.depth + 1
        if self.depth > MAX_NESTING:
            raise self._too_deep()
        # How many branches and loops were staged in it, and which of its parent's it belongs to:
        # the path is the same each time that the code is traced anew.
        self.staged = 0
        self.path: Path = () if parent is None else (*parent.path, parent.staged, name)
        # What the code being traced changes objects in; control flow and functions set it.
        self.journal: Any = None
        self.may_make_variables: bool = True if parent is None else parent.may_make_variables
        self.results: list[int] = []
        self.result_names: list[str] = []
        self.parameters: list[Value] = []
        # Only ids, no tensors: a tensor refers to its builder, and nothing here may make a cycle.
        self._declared: list[int] = []
        # Values that stand for what was a Python number before a branch or a loop.
        self.numbers: set[int] = set()
        self.variables: list[Variable] = []  # of the entry's variable parameters, in order
        self._variable_ids: dict[int, int] = {}  # by identity of the variable
        # By identity, what the function captured: the value that stands for it here, and itself.
        self._hidden: dict[int, tuple[int, Captured]] = {}
        self.hidden_inputs: tuple[Captured, ...] = ()  # of a closed builder, those that are used
        self._captured: dict[int, int] = {}  # from the parent's value to the one here
        self._captures: list[int] = []  # the parent's values that became parameters
        self._scalars: dict[tuple[str, type, object], int] = {}
        self._tensors: dict[int, int] = {}
        self._result_ids: list[int] = []
        self._former: list[Builder | None] = []

    def __enter__(self) -> Builder:
        require_stack()
        self._former.append(exchange_recorder(self))
        return self

    def __exit__(self, *_: object) -> None:
        exchange_recorder(self._former.pop())

    # ---- values ----

    def tensor(self, identifier: int) -> SymbolicTensor:
        """Return the tensor of a value."""
        dtype, dims, name, _ = self.values[identifier]
        weak = self.weak[identifier]
        return SymbolicTensor.make(self, identifier, as_dtype(dtype), dims, weak, name)

    def add_parameter(
        self,
        dtype: DType | str,
        shape: Sequence[int | None],
        name: str = "",
        weak: bool = False,
    ) -> SymbolicTensor:
        """Declare a parameter. In ``shape``, None is a size that is not known yet."""
        dims = tuple(self.module.new_unknown() if dim is None else dim for dim in shape)
        tensor = self.new_value(as_dtype(dtype), dims, weak, name, 0)
        self._declared.append(tensor.id)
        return tensor

    def add_place(self, dtype: str, shape: Sequence[int], name: str) -> SymbolicTensor:
        """Declare a parameter that is a variable."""
        identifier = self.new_value(as_dtype(dtype), tuple(shape), False, name, 0).id
        self.values[identifier] = Value(dtype, tuple(shape), name, True)
        self._declared.append(identifier)
        return self.tensor(identifier)

    def place_or_tensor(self, value: Any) -> SymbolicTensor:
        """Return what stands for a variable itself, or for another value."""
        return self.tensor(self._variable(value)) if type(value) is Variable else self.lift(value)

    def stand_in(self, dtype: str, shape: Sequence[int | None], weak: bool) -> SymbolicTensor:
        """Return a value that nothing computes, for a trace that is going to be discarded."""
        dims = tuple(self.module.new_unknown() if dim is None else dim for dim in shape)
        return self.new_value(as_dtype(dtype), dims, weak, "", 0)

    def declared_parameters(self) -> list[SymbolicTensor]:
        """Return the parameters that were declared (captured values are not among them)."""
        declared = [i for i in self._declared if not self.values[i].is_variable]
        return [self.tensor(identifier) for identifier in declared]

    def _too_deep(self) -> Exception:
        return NestingError(
            f"branches and loops nest deeper than {MAX_NESTING} while {self.root_name} is traced "
            f"({describe(current_chain()[0])}); compute the inner ones before, give them names, or "
            "make a loop of them"
        )

    def capture(self, tensor: SymbolicTensor) -> SymbolicTensor:
        """Return the parameter that stands in this builder for an outer builder's value."""
        if self.parent is None:
            raise self.leak_error(tensor)
        outer = tensor if tensor.builder is self.parent else self.parent.capture(tensor)
        return self.tensor(self.capture_from(self.parent, outer.id))

    def capture_from(self, parent: Builder, outer: int) -> int:
        """Return the value that stands here for one of the parent's."""
        known = self._captured.get(outer)
        if known is not None:
            return known
        value, weak = parent.values[outer], parent.weak[outer]
        constant = parent.constant_values.get(outer)
        if constant is not None:
            inner = self._constant(constant, weak).id
        else:
            inner = self.new_value(as_dtype(value.dtype), value.shape, weak, value.name, 0).id
            self.values[inner] = value
            self._captures.append(outer)
        self._captured[outer] = inner
        return inner

    def captured_ids(self) -> list[int]:
        """Return the parent's values that became parameters, in order."""
        return list(self._captures)

    def captured(self, outer: int) -> SymbolicTensor:
        """Return the parameter that stands for a value of the parent's."""
        return self.tensor(self._captured[outer])

    def origin(self, identifier: int) -> tuple[Builder, int]:
        """Return the builder that a value was made in, and its id there."""
        for outer, inner in self._captured.items():
            if inner == identifier and self.parent is not None:
                return self.parent.origin(outer)
        return self, identifier

    def is_within(self, other: Builder) -> bool:
        """Return whether another builder is this one, or one around it."""
        builder: Builder | None = self
        while builder is not None and builder is not other:
            builder = builder.parent
        return builder is not None

    def _variable(self, variable: Variable) -> int:
        """Return the parameter that stands for a variable."""
        known = self._variable_ids.get(id(variable))
        if known is not None:
            return known
        if self.parent is None:
            place = self.add_place(variable.dtype.name, variable.static_shape, variable.name)
            identifier = place.id
            self.variables.append(variable)
        else:
            identifier = self.capture_from(self.parent, self.parent._variable(variable))
        self._variable_ids[id(variable)] = identifier
        return identifier

    def initial_value(self, initial: Any, dtype: DType | None, name: str) -> EagerTensor:
        """Return the value that a variable made during this trace starts with."""
        return initial_value(self, initial, dtype, name)

    def results_of(self, node: int) -> tuple[int, ...]:
        """Return the ids of the results of a node, by its number."""
        return self.outputs[node]

    def known_values(self) -> dict[int, EagerTensor]:
        """Return the values that are constants, and those that were captured as they are now."""
        known = dict(self.constant_values)
        for identifier, source in self._hidden.values():
            known[identifier] = _as_tensor(source, False)
        return known

    def read_variable(self, variable: Variable) -> SymbolicTensor:
        """Append a read of a variable."""
        place = self.tensor(self._variable(variable))
        return self.record_exact("read_variable", [place], {}, (), False)[0]

    def change_variable(
        self, op: str, variable: Variable, inputs: tuple[Any, ...], attributes: dict[str, Any]
    ) -> None:
        """Append an op that changes a variable.

        Raises TypeError or ValueError where the inputs do not fit.
        """
        self.record(op, inputs, attributes, place=self.tensor(self._variable(variable)))

    def note_implied(
        self, value: SymbolicTensor, truth: bool, other: SymbolicTensor, other_truth: bool
    ) -> None:
        """Note that ``other`` has a truth wherever ``value`` has one."""
        found = self.module.implied.setdefault((_key(value), truth), [])
        found.append((_key(other), other_truth))

    def assume(self, value: Any, truth: bool) -> None:
        """Note that this builder's code runs only where a value has a truth."""
        if type(value) is not SymbolicTensor:
            return
        waiting = [(_key(value), truth)]
        while waiting:
            key, holds = waiting.pop()
            if key not in self.known_truths:
                self.known_truths[key] = holds
                waiting += self.module.implied.get((key, holds), ())

    def known_truth(self, value: SymbolicTensor) -> bool | None:
        """Return whether a value holds wherever this builder's code runs; None if not known."""
        key = _key(value)
        builder: Builder | None = self
        while builder is not None:
            known = builder.known_truths.get(key)
            if known is not None:
                return known
            builder = builder.parent
        return None

    def constant_of(self, identifier: int) -> EagerTensor | None:
        """Return the value of a constant by its id, also once the builder is closed."""
        following = len(self.parameters)
        for node, outputs in zip(self.nodes, self.outputs, strict=True):
            first = following if self.closed else outputs[0] if outputs else -1
            following += len(outputs)
            if first == identifier:
                return (
                    self.module.constants[node.attributes["index"]]
                    if node.op == "constant"
                    else None
                )
        return None

    def known(self, tensor: SymbolicTensor) -> EagerTensor | None:
        """Return the value of one of this builder's tensors where it is a constant."""
        return self.constant_values.get(tensor.id)

    def lift(self, value: Any, dtype: DType | None = None) -> SymbolicTensor:
        """Return this builder's tensor for a tensor, NumPy array or Python number.

        A number without ``dtype`` stays weak. Raises TypeError for anything else.
        """
        kind = type(value)
        if kind in _NUMBERS:
            return self._constant_number(value, dtype)
        if kind is SymbolicTensor:
            if value.link is not None:
                self.module.aliases.check(value)
            tensor = value if value.builder is self else self._from_elsewhere(value)
        elif isinstance(value, Variable):
            tensor = self.read_variable(value)
        elif kind is EagerTensor:
            known = id(value) in self.module.literals
            tensor = self._constant_tensor(value) if known else self._captured_value(value)
        elif hasattr(kind, "__pygraph_tensor__"):
            return self.lift(value.__pygraph_tensor__(), dtype)
        elif isinstance(value, np.generic):
            self.module.captured.use_scalar(value)
            tensor = self.constant(value)
        elif isinstance(value, np.ndarray):
            tensor = self._captured_array(value)
        elif isinstance(value, _NUMBERS):
            return self._constant_number(value, dtype)
        else:
            raise TypeError(f"expected a tensor, a NumPy array or a number, got {kind.__name__}")
        if dtype is not None and tensor.dtype is not dtype:
            return self._cast(tensor, dtype)
        return tensor

    def _from_elsewhere(self, tensor: SymbolicTensor) -> SymbolicTensor:
        if tensor.builder.module is not self.module or tensor.builder.closed:
            raise self.leak_error(tensor)
        if not self.is_within(tensor.builder):
            raise self.leak_error(tensor)
        return self.capture(tensor)

    def made_at(self, tensor: SymbolicTensor) -> Location | None:
        """Return the line that made one of this builder's tensors."""
        return self.module.location(self.locations[tensor.id])

    def leak_error(self, tensor: SymbolicTensor) -> Exception:
        """Return the error for a symbolic tensor used where its graph is not being traced."""
        made = tensor.builder
        where = describe(made.made_at(tensor))
        label = f" '{tensor.name}'" if tensor.name else ""
        return TypeError(
            f"the symbolic tensor{label} was made while {made.root_name} was traced ({where}) and "
            f"has no value outside of that trace; return it from {made.root_name} instead of "
            f"keeping it"
        )

    def known_constant(self, value: EagerTensor) -> SymbolicTensor:
        """Return the tensor of a constant, the same each time."""
        return self._constant_tensor(value)

    def constant(self, value: np.ndarray[Any, Any] | np.generic) -> SymbolicTensor:
        """Return the tensor of what an array holds now."""
        return self._constant(from_numpy(value, False), False)

    def note_literal(self, tensor: EagerTensor) -> None:
        """Note that a tensor was made of Python values during the trace."""
        self.module.literals[id(tensor)] = tensor

    def _captured_array(self, array: np.ndarray[Any, Any]) -> SymbolicTensor:
        if self.module.captured.is_older(array, self._could_reach):
            return self._captured_value(array)
        return self.constant(array)

    def contents_read(self) -> list[tuple[np.ndarray[Any, Any], bytes]]:
        """Return the captured arrays whose elements were read as Python values, with these."""
        captured = self.module.captured
        if captured.derived:
            for array in self._root_journal().arrays().values():
                captured.note_read(array)
        return list(captured.read(self._could_reach))

    def _could_reach(self, array: np.ndarray[Any, Any]) -> bool:
        """Return whether the function being traced could reach an array before it ran."""
        journal = self._root_journal()
        return journal is None or bool(journal.shares_memory(array))

    def _root_journal(self) -> Any:
        """Return what notes the changes of a whole trace, which knows what that can reach."""
        builder = self
        while builder.parent is not None:
            builder = builder.parent
        journal = builder.journal
        while journal is not None and journal.outer is not None:
            journal = journal.outer
        return journal

    def _captured_value(self, source: Captured) -> SymbolicTensor:
        """Return the hidden input that stands for a tensor or array: what it holds at each call."""
        known = self._hidden.get(id(source))
        if known is None:
            if self.parent is None:
                like = _as_tensor(source, True)
                identifier = self.new_value(like.dtype, like.shape, False, "", 0).id
            else:
                outer = self.parent._captured_value(source)
                identifier = self.capture_from(self.parent, outer.id)
            known = self._hidden[id(source)] = identifier, source
        return self.tensor(known[0])

    def _constant(self, value: EagerTensor, weak: bool) -> SymbolicTensor:
        self.module.constants.append(value)
        index = len(self.module.constants) - 1
        tensor = self.new_value(value.dtype, value.shape, weak, "", 0)
        self.append("constant", (), {"index": index}, (), (tensor.id,), 0)
        self.constant_values[tensor.id] = value
        return tensor

    def _constant_tensor(self, value: EagerTensor) -> SymbolicTensor:
        known = self._tensors.get(id(value))
        if known is not None:
            return self.tensor(known)
        tensor = self._constant(value, False)
        self._tensors[id(value)] = tensor.id
        return tensor

    def _constant_number(self, value: bool | int | float, dtype: DType | None) -> SymbolicTensor:
        weak = dtype is None and not isinstance(value, bool)
        if dtype is None:
            dtype = natural_dtype(value)
        # repr tells 0.0 from -0.0 and equals itself for NaN.
        key = (dtype.name, type(value), (repr(value), weak))
        known = self._scalars.get(key)
        if known is not None:
            return self.tensor(known)
        tensor = self._constant(scalar(value, dtype), weak)
        self._scalars[key] = tensor.id
        return tensor

    def _cast(self, tensor: SymbolicTensor, dtype: DType) -> SymbolicTensor:
        constant = self.constant_values.get(tensor.id)
        if constant is not None and constant.ndim == 0 and tensor.weak:
            return self._constant_number(constant.item(), dtype)
        return self.record("astype", (tensor,), {"dtype": dtype.name})[0]

    # ---- nodes ----

    def lifted_operand(self, op: str, position: int, value: Any) -> SymbolicTensor:
        """Return this builder's tensor for an op's input; an error names the op and the place."""
        try:
            return self.lift(value)
        except TypeError as error:
            if isinstance(value, SymbolicTensor):
                raise
            raise TypeError(f"{op}: argument {position + 1}: {error}") from None

    def location(self, chain: Sequence[Location] | None) -> int:
        """Return the id of a chain of the user's calls, by default of those that are running."""
        return self.module.location_id(current_chain() if chain is None else chain)

    def record_cond(
        self, predicate: SymbolicTensor, then: Builder, otherwise: Builder
    ) -> tuple[SymbolicTensor, ...]:
        """Append a cond whose branches are complete sub-builders.

        Their results must agree in dtype and rank; dims that differ become unknown.
        """
        captures = self._share_captures(then, otherwise)
        outputs = self.record_exact(
            "cond", [self.lift(predicate), *captures], {}, (then, otherwise), False
        )
        weak = [
            a.weak and b.weak
            for a, b in zip(then.result_tensors(), otherwise.result_tensors(), strict=True)
        ]
        then.close()
        otherwise.close()
        return self._with_weakness(outputs, weak)

    def record_while(
        self, test: Builder, body: Builder, initial: Sequence[Any]
    ) -> tuple[SymbolicTensor, ...]:
        """Append a loop whose test and body are complete sub-builders on the same state.

        The state's types are those of the body's declared parameters; ``initial`` must fit them.
        """
        captures = self._share_captures(test, body)
        state = [
            self.lift(value, parameter.dtype)
            for value, parameter in zip(initial, body.declared_parameters(), strict=True)
        ]
        outputs = self.record_exact(
            "while_loop", [*captures, *state], {"captures": len(captures)}, (test, body), False
        )
        weak = [parameter.weak for parameter in body.declared_parameters()]
        test.close()
        body.close()
        return self._with_weakness(outputs, weak)

    def record_call(
        self, callee: Callee, arguments: Sequence[Any], weak: Sequence[bool]
    ) -> tuple[SymbolicTensor, ...]:
        """Append a call; ``arguments`` are tensors or numbers of the types of its parameters."""
        operands = callee.captured_values(self) + [self.lift(argument) for argument in arguments]
        attributes = {"function": callee.number}
        outputs = self.record_exact("call", operands, attributes, (), False, callee)
        return self._with_weakness(outputs, weak)

    def _share_captures(self, first: Builder, second: Builder) -> list[SymbolicTensor]:
        """Make two sub-builders capture the same values in the same order; return those values."""
        for outer in [*first._captures, *second._captures]:
            first.capture_from(self, outer)
            second.capture_from(self, outer)
        second._captures = list(first._captures)
        return [self.tensor(outer) for outer in first._captures]

    def _with_weakness(
        self, outputs: tuple[SymbolicTensor, ...], weak: Sequence[bool]
    ) -> tuple[SymbolicTensor, ...]:
        return tuple(
            self.as_weak(output) if is_weak else output
            for output, is_weak in zip(outputs, weak, strict=True)
        )

    def as_weak(self, tensor: SymbolicTensor) -> SymbolicTensor:
        """Return one of this builder's tensors as a Python number still, for promotion."""
        self.weak[tensor.id] = True
        return self.tensor(tensor.id)

    def mark(self) -> int:
        """Return a mark of what is recorded by now, for :meth:`rollback`."""
        return len(self.nodes)

    def rollback(self, mark: int) -> None:
        """Drop what was recorded since a mark, except for constants, which later ops may share."""
        kept = [
            (node, outputs)
            for node, outputs in zip(self.nodes[mark:], self.outputs[mark:], strict=True)
            if node.op == "constant"
        ]
        del self.nodes[mark:], self.outputs[mark:]
        for node, outputs in kept:
            self.nodes.append(node)
            self.outputs.append(outputs)

    # ---- completion ----

    def set_results(self, results: Sequence[Any], names: Sequence[str] = ()) -> None:
        """Set the results: tensors, NumPy arrays or numbers."""
        self.check_open()
        self._result_ids = [self.lift(result).id for result in results]
        self.result_names = list(names) if names else [""] * len(self._result_ids)

    def result_tensors(self) -> list[SymbolicTensor]:
        """Return the results that were set."""
        return [self.tensor(identifier) for identifier in self._result_ids]

    def signature(self) -> tuple[list[Value], list[Value]]:
        """Return the parameters (captured ones first) and the results."""
        return self._values(self._parameter_ids()), self._values(self._result_ids)

    def _values(self, identifiers: Sequence[int]) -> list[Value]:
        return [self.values[identifier] for identifier in identifiers]

    def _parameter_ids(self) -> list[int]:
        return [self._captured[outer] for outer in self._captures] + self._declared

    def close(self) -> None:
        """Number the values for writing; nothing can be recorded afterwards."""
        self.check_open()
        self.closed = True
        hidden = self._used_hidden_inputs() if self.parent is None else {}
        self.hidden_inputs = tuple(hidden.values())
        self.parent = None  # which will hold this builder through the node that owns it
        parameters = [*self._parameter_ids(), *hidden]
        order = parameters + [output for outputs in self.outputs for output in outputs]
        number = [0] * len(self.values)
        for new, old in enumerate(order):
            number[old] = new
        self.values = [self.values[old] for old in order]
        self.parameters = self.values[: len(parameters)]
        self.nodes = [
            node._replace(inputs=tuple([number[value] for value in node.inputs]))
            for node in self.nodes
        ]
        self.results = [number[result] for result in self._result_ids]

    def _used_hidden_inputs(self) -> dict[int, Captured]:
        """Return what a whole graph captured, by the values that stand for it."""
        used = {value for node in self.nodes for value in node.inputs}.union(self._result_ids)
        return {value: source for value, source in self._hidden.values() if value in used}

    def release(self) -> None:
        """Drop the graph: what remains serves only errors about tensors that escaped."""
        self.nodes = []
        self.values = []
        self.constant_values = {}
        self.variables = []
        self._variable_ids = {}
        self._hidden = {}
        self.hidden_inputs = ()
        self.module.literals = {}
        self.module.captured.clear()
        for array in self.module.local_arrays.values():
            array.let_go()
        self.module.local_arrays = {}
        self.module.constants = []
        self.module.callees = []
        self.module.recordings = {}
        self.module.copies = {}
        self.module.merged = {}
        self.module.merged_from = {}
        self.module.settled = {}
        self.module.implied = {}
        for missing in self.module.missing_parts:
            missing.part = None
        self.module.missing_parts = []
        self.module.aliases.clear()


def _key(tensor: SymbolicTensor) -> ValueKey:
    return tensor.builder.number, tensor.id


def _as_tensor(source: Captured, borrow: bool) -> EagerTensor:
    return source if isinstance(source, EagerTensor) else from_numpy(source, borrow)


# The builder that this thread traces into, or None.
current: Callable[[], Builder | None] = _hot.current


def tracing() -> Builder:
    """Return the builder that this thread traces into, where there is one."""
    builder = current()
    assert builder is not None
    return builder
