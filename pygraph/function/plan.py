"""What a graph is run by, for reading."""

from __future__ import annotations

from pygraph import _core
from pygraph.graph import TensorSpec
from pygraph.ops import zeros


class Plan:
    """The instructions that a graph is run by; for dims of unknown size, as if they were 0."""

    def __init__(self, executable: _core.Executable, inputs: list[TensorSpec]) -> None:
        self._executable = executable
        self._inputs = inputs

    def as_text(self) -> str:
        """Return the arena's size, inputs and results with their bytes, and a line per instruction.

        An instruction stands with where its operands live and the user's lines that it does;
        operations that run as one are one instruction. Register programs follow theirs.
        """
        examples = [
            zeros(tuple(dim or 0 for dim in spec.shape), dtype=spec.dtype) for spec in self._inputs
        ]
        return self._executable.plan_text(examples)

    def __str__(self) -> str:
        return self.as_text()
