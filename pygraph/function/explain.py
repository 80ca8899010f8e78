"""What ``explain()`` returns: a row per graph of a Function, to query and to print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

from pygraph.function.change import Change
from pygraph.function.concrete import ConcreteFunction
from pygraph.function.guards import BakedValue
from pygraph.graph.locations import Location, describe


class GraphRow(NamedTuple):
    """One graph: what it is for, why it was traced, what it cost and how much it is used.

    ``line`` is the call that caused the trace, as (file, line, function); ``bytes`` the memory that
    the graph and its plans hold, constants included; ``held_strongly`` names the objects that the
    graph keeps alive because their types allow no weak reference; ``baked`` are the Python values
    that the trace read beside its arguments.
    """

    signature: str
    reason: str
    changes: tuple[Change, ...]
    trace_seconds: float
    plan_seconds: float
    calls: int
    bytes: int
    line: Location | None
    held_strongly: tuple[str, ...]
    baked: tuple[BakedValue, ...]


class Explanation(Sequence[GraphRow]):
    """The graphs of a Function, in the order in which they were traced. Prints as a table."""

    def __init__(
        self, name: str, traces: int, concretes: Sequence[ConcreteFunction], baked: bool = False
    ) -> None:
        self.name = name
        self._shows_baked = baked
        self.traces = traces
        self.rows: tuple[GraphRow, ...] = tuple(_row(concrete) for concrete in concretes)

    @overload
    def __getitem__(self, index: int) -> GraphRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[GraphRow]: ...
    def __getitem__(self, index: int | slice) -> GraphRow | Sequence[GraphRow]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[GraphRow]:
        return iter(self.rows)

    def __str__(self) -> str:
        graphs = "1 graph" if len(self) == 1 else f"{len(self)} graphs"
        lines = [f"{self.name}: {graphs}, traced {self.traces} times"]
        if self.rows:
            lines.append("   #   calls   trace ms   plan ms      bytes  signature")
        for number, row in enumerate(self.rows):
            lines += _lines(number, row)
            if self._shows_baked:
                lines += [f"     has baked in {_baked_text(value)}" for value in row.baked]
        return "\n".join(lines)

    __repr__ = __str__


def _lines(number: int, row: GraphRow) -> list[str]:
    lines = [
        f"{number:>4} {row.calls:>7} {row.trace_seconds * 1e3:>10.2f} "
        f"{row.plan_seconds * 1e3:>9.2f} {row.bytes:>10}  {row.signature}",
        f"     why: {row.reason}",
        f"     at:  {describe(row.line)}",
    ]
    if row.held_strongly:
        names = ", ".join(row.held_strongly)
        lines.append(f"     holds {names} strongly: its type allows no weak reference")
    return lines


def _baked_text(value: BakedValue) -> str:
    text = f"{value.name} = {value.value}" if value.value else value.name
    return f"{text}, of which no change is noticed: {value.unguarded}" if value.unguarded else text


def _row(concrete: ConcreteFunction) -> GraphRow:
    origin = concrete.origin
    return GraphRow(
        concrete.pretty_printed_signature(),
        origin.reason,
        origin.changes,
        concrete.trace_seconds,
        concrete.plan_seconds,
        concrete.calls,
        concrete.bytes_held(),
        origin.line,
        concrete.held_strongly(),
        tuple(concrete.baked()),
    )
