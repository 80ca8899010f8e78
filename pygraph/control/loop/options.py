"""Options of staged loops, set from inside a loop: ``pygraph.autograph.set_loop_options``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class LoopOptions(NamedTuple):
    """How to stage a loop; see :func:`set_loop_options`."""

    shape_invariants: Sequence[tuple[Any, Any]] | Mapping[str, Any] = ()
    maximum_iterations: Any = None
    unroll: bool = False

    def shapes(self, names: Sequence[str], values: Sequence[Any]) -> list[Any]:
        """Return the shape given for each variable of a loop, None where there is none.

        Raises ValueError for a shape that is of no variable of the loop.
        """
        found: list[Any] = [None] * len(names)
        if isinstance(self.shape_invariants, Mapping):
            given = list(self.shape_invariants.items())
            places = [[i for i, name in enumerate(names) if name == key] for key, _ in given]
        else:
            given = list(self.shape_invariants)
            places = [[i for i, value in enumerate(values) if value is key] for key, _ in given]
        for (key, shape), indices in zip(given, places, strict=True):
            if not indices:
                raise ValueError(
                    f"shape_invariants: {key!r} is no variable that the loop changes; it changes "
                    f"{', '.join(names) or 'none'}"
                )
            for index in indices:
                found[index] = shape
        return found


def set_loop_options(
    *,
    shape_invariants: Sequence[tuple[Any, Any]] | Mapping[str, Any] = (),
    maximum_iterations: Any = None,
    unroll: bool = False,
) -> LoopOptions:
    """Say, as a statement of a loop's body, how the loop is staged.

    ``shape_invariants`` has pairs of a variable and the shape that it keeps, with None for a dim
    that varies (or a dict from the variable's name); an iteration that leaves it with another shape
    is a ValueError. ``maximum_iterations``, an int or a 0-d tensor, ends the loop after so many.
    ``unroll`` puts every iteration of a ``for`` of known length into the graph. Python's own loops
    ignore these two.

    Raises TypeError for an ``unroll`` that is no bool.

    >>> import pygraph as pg
    >>> @pg.function
    ... def powers(x, n):
    ...     for _ in range(n):
    ...         pg.autograph.set_loop_options(maximum_iterations=3)
    ...         x = x * 2
    ...     return x
    >>> powers(pg.asarray(1), pg.asarray(10))
    Tensor(8, dtype=int64)
    """
    if not isinstance(unroll, bool):
        raise TypeError(f"unroll must be True or False, got {unroll!r}")
    return LoopOptions(shape_invariants, maximum_iterations, unroll)
