"""Calls of complete graphs from the graph being traced: the body stands in the module once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pygraph._hot import SymbolicTensor, Value, current
from pygraph.graph.builder import Builder
from pygraph.graph.callee import Callee
from pygraph.graph.context import ModuleContext
from pygraph.graph.exceptions import KeptException
from pygraph.graph.locations import Region
from pygraph.graph.op_rows import OP_ROWS
from pygraph.graph.replay import replay
from pygraph.graph.view import Graph, GraphFunction, GraphNode, GraphParameter, ValueType


def call_graph(
    key: object,
    graph: Graph,
    operands: Sequence[Any],
    exceptions: Sequence[KeptException] = (),
    weak: Sequence[bool] = (),
) -> tuple[SymbolicTensor, ...]:
    """Record a call of a graph in the one being traced; return what its results are there.

    ``key`` is the object that the graph belongs to: its calls share one body. ``operands`` are as
    the entry's parameters demand, a Variable for each that is one. ``weak`` says of each result
    whether it stands for a Python number; none does by default.
    """
    builder: Builder = current()
    known: dict[object, Recording] = builder.module.recordings
    recording = known.get(key)
    if recording is None:
        recording = known[key] = Recording(graph, builder.module, exceptions)
    body = recording.callee(0)
    weak = weak or [False] * len(body.result_types)
    return builder.record_call(body, [builder.place_or_tensor(one) for one in operands], weak)


class Recording:
    """The rule that records a graph's nodes into the one being traced."""

    def __init__(
        self, graph: Graph, module: ModuleContext, exceptions: Sequence[KeptException]
    ) -> None:
        self._graph = graph
        self._module = module
        self._may_recur = any(node.op == "call" for node in graph.nodes)
        self._first_exception = len(module.exceptions)
        module.exceptions.extend(exceptions)
        self._callees: dict[int, Callee] = {}

    def callee(self, number: int) -> Callee:
        """Return what calls of a function of the graph name, recorded when it is asked for."""
        found = self._callees.get(number)
        if found is None:
            found = self._callees[number] = self._started(number)
            self._record_body(found, number)
        return found

    def _started(self, number: int) -> Callee:
        function = self._graph.functions[number]
        made = Callee(len(self._module.callees), function.name, self._may_recur)
        self._module.callees.append(made)
        made.result_types = [self._value(kind) for kind in self._result_types(function)]
        return made

    def _record_body(self, callee: Callee, number: int) -> None:
        function = self._graph.functions[number]
        around: Builder = current()
        body = callee.start(around)
        with body, Region(()):
            operands = [
                body.add_place(*one.type, one.name) if one.is_variable else _declared(body, one)
                for one in function.parameters
            ]
            body.set_results(self._run(number, operands), function.result_names)
        callee.finish(around)

    def _result_types(self, function: GraphFunction) -> Sequence[ValueType]:
        if function.declared:
            return function.declared
        types = dict(enumerate([parameter.type for parameter in function.parameters]))
        for node in function.nodes:
            types.update(zip(node.outputs, node.types, strict=True))
        return [types[value] for value in function.results]

    def _value(self, kind: ValueType) -> Value:
        dtype, dims = kind
        unknown = self._module.new_unknown
        return Value(dtype, tuple([unknown() if dim < 0 else dim for dim in dims]))

    def __call__(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        """Return the results of a node."""
        with Region(tuple(node.location)):
            special = getattr(self, f"_{node.op}", None)
            if special is not None:
                return special(node, operands)  # type: ignore[no-any-return]
            builder: Builder = current()
            if OP_ROWS[node.op]["operands"] == "variable":
                return builder.record(
                    node.op, tuple(operands[1:]), node.attributes, place=builder.lift(operands[0])
                )
            return builder.record(node.op, tuple(operands), node.attributes)

    def _run(self, function: int, inputs: Sequence[Any]) -> list[Any]:
        return replay(self._graph, inputs, self, function)

    def _constant(self, node: GraphNode, _: list[Any]) -> Sequence[Any]:
        return (current().known_constant(self._graph.constants[node.attributes["index"]]),)

    def _cond(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        parent: Builder = current()

        def branch(name: str, function: int) -> Builder:
            made = Builder(name, parent)
            with made:
                made.set_results(self._run(function, operands[1:]))
            return made

        then, otherwise = node.subgraphs
        return parent.record_cond(
            parent.lift(operands[0]), branch("then", then), branch("else", otherwise)
        )

    def _while_loop(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        parent: Builder = current()
        count = node.attributes["captures"]

        def part(name: str, function: int) -> Builder:
            made = Builder(name, parent)
            with made:
                kinds = self._graph.functions[function].parameters[count:]
                state = [_declared(made, kind) for kind in kinds]
                made.set_results(self._run(function, operands[:count] + state))
            return made

        test, body = node.subgraphs
        return parent.record_while(part("test", test), part("body", body), operands[count:])

    def _call(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        builder: Builder = current()
        callee = self.callee(node.attributes["function"])
        return builder.record_call(callee, operands, [False] * len(callee.result_types))

    def _raise(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        attributes = dict(node.attributes)
        if attributes["object"] >= 0:
            attributes["object"] += self._first_exception
        return current().record("raise", tuple(operands), attributes)  # type: ignore[no-any-return]

    def _print(self, node: GraphNode, operands: list[Any]) -> Sequence[Any]:
        current().module.prints = True
        return current().record("print", tuple(operands), node.attributes)  # type: ignore[no-any-return]


def _declared(builder: Builder, parameter: GraphParameter) -> SymbolicTensor:
    dtype, dims = parameter.type
    return builder.add_parameter(dtype, [None if d < 0 else d for d in dims], parameter.name)
