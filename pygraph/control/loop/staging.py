"""Staging of loops, for ``pygraph.while_loop`` and AutoGraph: recorded once the state settled.

``state.py`` says what settles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from pygraph._hot import SymbolicTensor
from pygraph.control.changes.journal import recording
from pygraph.control.effects.ways import Raised, until_raise
from pygraph.control.join.errors import Site
from pygraph.control.join.pending import (
    UnknownResult,
    leave_out,
)
from pygraph.control.loop.state import ItemsToCome, LoopState
from pygraph.control.tensors import (
    apply,
    as_predicate,
    is_tensor,
    tracing,
)
from pygraph.graph import Builder
from pygraph.graph.builder import Path
from pygraph.graph.locations import Region


class Items(Protocol):
    """What a staged ``for`` goes over."""

    def first(self) -> Any:
        """Return the position of the first item."""

    def more(self, position: Any) -> Any:
        """Return whether there is an item at a position."""

    def item(self, position: Any) -> Any:
        """Return the item at a position."""

    def following(self, position: Any) -> Any:
        """Return the position after a position."""


def stage_while(
    test: Callable[[list[Any]], Any],
    body: Callable[[list[Any]], list[Any]],
    before: Sequence[Any],
    names: Sequence[str],
    *,
    site: Site,
    guarded: Sequence[str] = (),
    indirect: Sequence[str] = (),
    augmented: Sequence[str] = (),
    runs: bool = False,
    invariants: Sequence[Any] = (),
    maximum_iterations: Any = None,
) -> list[Any]:
    """Record a ``while_loop`` op; return the values of the variables after it.

    ``test`` and ``body`` are given the values of ``names`` at the start of an iteration; ``body``
    returns those at its end. ``runs``: the body is known to run at least once. ``guarded``: as in
    ``stage_cond``. Numbers in ``indirect`` join the state only when the body is seen to change
    them. Tensors in ``augmented`` are most likely written into rather than replaced.
    ``invariants``: the ``shapes`` of :class:`Invariants`.
    """
    kept = {
        index: value
        for index, (name, value) in enumerate(zip(names, before, strict=True))
        if name in (*augmented, *indirect) and type(value) is SymbolicTensor and value.dims
    }
    parent = tracing()
    number = parent.staged  # of the loop before
    replaced: Path = (*parent.path, number + 1, "replaced")
    if kept and not any(invariants) and replaced not in parent.module.settled:
        rest = [index for index in range(len(names)) if index not in kept]
        stale = parent.module.aliases.stale()
        try:
            after = stage_while(
                _without(kept, test),
                _without(kept, body),
                [before[index] for index in rest],
                [names[index] for index in rest],
                site=site,
                guarded=guarded,
                indirect=indirect,
                runs=runs,
                maximum_iterations=maximum_iterations,
            )
            return _merged(kept, after)
        except _ReplacedError:
            parent.module.aliases.resume(stale)
            parent.module.settled[replaced] = True
    if maximum_iterations is not None:
        test, body = counted(test, body, maximum_iterations)
        before, names = [0, *before], ["the number of iterations", *names]
        invariants = [None, *invariants] if invariants else ()
    parent.staged = number + 1
    loop = LoopState(parent, site)
    loop.start(names, before, guarded, indirect, invariants)
    test_builder = Builder("test", parent)
    try:
        with Region():
            body_builder, ends = loop.settle(body)
        with Region(), recording(test_builder, site.journal()) as journal:
            loop.aliases.watch(journal)
            loop.aliases.start_test()
            given = loop.give(test_builder)
            going = until_raise(partial(test, given))
            loop.refuse_changes(journal)
            test_builder.set_results([False if isinstance(going, Raised) else _as_flag(going)])
    except (UnknownResult, ItemsToCome) as unknown:
        if isinstance(unknown, ItemsToCome):
            leave_out(unknown.read)
        # The trace is going to be thrown away. What is known: no iteration leaves all as it was.
        skipped = 0 if maximum_iterations is None else 1
        return [variable.own.stand_in() for variable in loop.variables[skipped : len(names)]]
    tensors = [
        tensor
        for variable in loop.variables
        for tensor in variable.form.take_apart(variable.before, variable.own)
    ]
    outputs = iter(parent.record_while(test_builder, body_builder, tensors))
    after = loop.finish(outputs, ends, runs)
    return after if maximum_iterations is None else after[1:]


class _ReplacedError(BaseException):
    """A variable holds another object at the end of the body."""


def _without(kept: dict[int, Any], function: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    """Return the test or the body of a loop some of whose variables hold the same objects always.

    What is written into these objects is found as for all objects.
    """

    def called(values: list[Any]) -> Any:
        after = function(_merged(kept, values))
        if not isinstance(after, list):
            return after
        if any(after[index] is not value for index, value in kept.items()):
            raise _ReplacedError
        return [value for index, value in enumerate(after) if index not in kept]

    return called


def _merged(kept: dict[int, Any], values: Sequence[Any]) -> list[Any]:
    others = iter(values)
    return [
        kept[index] if index in kept else next(others) for index in range(len(kept) + len(values))
    ]


def counted(
    test: Callable[[list[Any]], Any], body: Callable[[list[Any]], list[Any]], maximum: Any = None
) -> tuple[Callable[[list[Any]], Any], Callable[[list[Any]], list[Any]]]:
    """Put a count of the iterations in front of a loop's variables; ``maximum`` bounds it."""
    if maximum is None:
        return lambda values: test(values[1:]), lambda values: [values[0] + 1, *body(values[1:])]

    def bounded_test(values: list[Any]) -> Any:
        going, below = test(values[1:]), values[0] < maximum
        if not is_tensor(going):
            return below if going else False
        return apply("logical_and", (below, as_predicate(going)))

    return bounded_test, lambda values: [values[0] + 1, *body(values[1:])]


def _as_flag(going: Any) -> Any:
    return as_predicate(going) if is_tensor(going) else bool(going)


def record_loop(
    test: Callable[[list[Any]], Any],
    body: Callable[[list[Any]], list[Any]],
    state: Sequence[Any],
) -> list[Any]:
    """Record a loop that is none of the user's; return its state after it.

    The state is tensors, of types that stay; ``test`` and ``body`` change no objects.
    """
    parent = tracing()
    test_builder, body_builder = Builder("test", parent), Builder("body", parent)
    for builder, run in ((test_builder, lambda given: [test(given)]), (body_builder, body)):
        with Region(), builder:
            given = [
                builder.add_parameter(part.dtype.name, part.static_shape, weak=part.weak)
                for part in state
            ]
            builder.set_results(run(given))
    return list(parent.record_while(test_builder, body_builder, state))


def stage_for(
    items: Items,
    test: Callable[[list[Any]], Any],
    body: Callable[[Any, list[Any]], list[Any]],
    before: Sequence[Any],
    names: Sequence[str],
    *,
    site: Site,
    guarded: Sequence[str] = (),
    indirect: Sequence[str] = (),
    augmented: Sequence[str] = (),
    invariants: Sequence[Any] = (),
    maximum_iterations: Any = None,
) -> list[Any]:
    """Record a loop over items; return the values of the variables after it."""

    def more(values: list[Any]) -> Any:
        position, *variables = values
        here = items.more(position)
        going = test(variables)
        if not is_tensor(going):
            return here if going else False
        return apply("logical_and", (here, as_predicate(going)))

    def step(values: list[Any]) -> list[Any]:
        position, *variables = values
        ends = body(items.item(position), variables)
        return [items.following(position), *ends]

    _, *after = stage_while(
        more,
        step,
        [items.first(), *before],
        ["the position in the loop", *names],
        site=site,
        guarded=guarded,
        indirect=indirect,
        augmented=augmented,
        invariants=[None, *invariants] if invariants else (),
        maximum_iterations=maximum_iterations,
    )
    return after
