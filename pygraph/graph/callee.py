"""A function that the graph calls, instead of having its body at the place of the call."""

from __future__ import annotations

from collections.abc import Sequence

from pygraph._hot import SymbolicTensor, Value
from pygraph.graph.builder import Builder


class Callee:
    """What ``call`` nodes name by number: an entry of ``ModuleContext.callees``.

    Values of outer builders that the body uses are captured, as in a branch, and become its first
    parameters. Every call passes them on: the body's own calls its own parameters, other calls the
    values themselves.
    """

    def __init__(self, number: int, name: str, calls_itself: bool = True) -> None:
        self.number = number
        self.calls_itself = calls_itself
        self.name = name
        self.builder: Builder | None = None
        self.result_types: Sequence[Value] = ()
        # The captured values of a traced body: each by the builder that it was made in.
        self._origins: list[tuple[Builder, int]] = []
        # While the body is traced: those that its last trace captured, by the outer builder's ids.
        self._expected: list[int] = []

    def start(self, home: Builder) -> Builder:
        """Return a builder for the body, whose parameters so far are what it is known to capture.

        ``home`` is the builder at hand where the function is called first.
        """
        builder = Builder(self.name, home)
        for outer in self._expected:
            builder.capture_from(home, outer)
        self.builder = builder
        return builder

    def has_settled(self) -> bool:
        """Return whether the body captured what its calls pass; if not it must be traced again."""
        assert self.builder is not None
        captures = self.builder.captured_ids()
        settled = captures == self._expected
        self._expected = captures
        return settled

    def finish(self, home: Builder) -> None:
        """Complete the body."""
        assert self.builder is not None
        self._origins = [home.origin(outer) for outer in self._expected]
        self.builder.close()

    def can_be_called_from(self, builder: Builder) -> bool:
        """Return whether all captured values of a complete body can be had in a builder."""
        return all(builder.is_within(owner) for owner, _ in self._origins)

    def captured_values(self, builder: Builder) -> list[SymbolicTensor]:
        """Return the operands that a call in ``builder`` passes for the captured values."""
        body = self.builder
        assert body is not None
        if body.closed:
            return [builder.lift(owner.tensor(value)) for owner, value in self._origins]
        return [builder.lift(body.captured(outer)) for outer in self._expected]
