"""``while`` and ``for``."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from types import CodeType
from typing import Any, NamedTuple

from pygraph.autograph.operators.iteration import own_iterable, positions, staged_iterable
from pygraph.autograph.operators.protocols import tested
from pygraph.autograph.operators.sites import LoopSite
from pygraph.autograph.operators.variables import Variables, run
from pygraph.control.changes.journal import Undoable
from pygraph.control.conditional import stage_cond
from pygraph.control.effects.printing import HeldPrints
from pygraph.control.effects.ways import taken
from pygraph.control.loop.invariants import Invariants
from pygraph.control.loop.options import LoopOptions
from pygraph.control.loop.staging import Items, stage_for, stage_while
from pygraph.control.tensors import as_predicate, is_tensor, is_tracing, mark, rollback, stages
from pygraph.graph.locations import describe, user_line

MANY = 10_000
# Python loops of more iterations, or with more nodes in the graph, are taken for endless.
MOST = 100_000
MOST_NODES = 2_000_000
# The same for iterations that a tensor may have left: each is a branch.
MOST_BRANCHES = 10_000
_CHECKED = 1_000


class _Loop(NamedTuple):
    """A loop of the user's. ``test`` says, before an iteration or after it, whether to go on."""

    body: Callable[..., Any]
    test: Callable[[], Any] | None
    names: Sequence[str]
    guarded: Sequence[str]
    indirect: Sequence[str]
    augmented: Sequence[str]
    options: Callable[[], LoopOptions] | None

    def variables(self) -> Variables:
        """Return the variables that an iteration passes on."""
        return Variables(self.names, (self.body, self.test))

    def unrolls(self) -> bool:
        """Return whether every iteration is to be put into the graph."""
        return self.options is not None and self.options().unroll

    def watch(self, start: int, count: int, most: int = MOST) -> None:
        """Warn of a Python loop that makes a large graph; end the trace where that seems endless.

        ``start`` is the mark of the graph before the loop, ``count`` the number of iterations.
        """
        if count != MANY + 1 and count % _CHECKED:
            return
        nodes = mark() - start if is_tracing() else 0
        if (nodes >= most and count >= most) or nodes >= MOST_NODES:
            if not self.unrolls():
                raise RuntimeError(
                    f"a Python loop has put {count} iterations into the graph, one by one, and no "
                    f"tensor ends it ({describe(user_line())}): let a tensor decide in the "
                    "`while` or in a loop over pygraph.range(n), or say by "
                    "autograph.set_loop_options(unroll=True) in its body that all are meant"
                )
        elif nodes >= MANY and count == MANY + 1:
            warnings.warn(
                f"a Python loop put more than {MANY} iterations into the graph, one by one "
                f"({describe(user_line())}); loop over pygraph.range(n) or a tensor to stage it",
                stacklevel=2,
            )

    def staging(self, before: Sequence[Any]) -> dict[str, Any]:
        """Return what the user says on how to stage the loop."""
        if self.options is None:
            return {}
        options = self.options()
        if options.unroll:
            raise ValueError(
                "a `while` loop that a tensor decides cannot be unrolled "
                f"({describe(user_line())}); use a `for` loop of known length"
            )
        return {
            "invariants": options.shapes(self.names, before) if options.shape_invariants else (),
            "maximum_iterations": options.maximum_iterations,
        }

    def invariants(self, variables: Variables) -> Invariants | None:
        """Return the shapes that the user says variables keep; None for none."""
        options = None if self.options is None else self.options()
        if options is None or not options.shape_invariants:
            return None
        before = variables.get()
        shapes = options.shapes(self.names, before)
        return Invariants(self.names, before, shapes, LoopSite(self.body, self.test, variables))

    def stage(
        self,
        variables: Variables,
        record: Callable[[list[Any], LoopSite], list[Any]],
    ) -> None:
        """Record the loop and give the variables their values after it."""
        before = variables.get()
        try:
            values = record(before, LoopSite(self.body, self.test, variables))
        except BaseException:
            variables.set(before)
            raise
        variables.set(values)


def while_stmt(
    test: Callable[[], Any],
    loop_body: Callable[[], Any],
    names: Sequence[str] = (),
    *,
    guarded: Sequence[str] = (),
    indirect: Sequence[str] = (),
    augmented: Sequence[str] = (),
    options: Callable[[], LoopOptions] | None = None,
) -> None:
    """Run a loop for as long as its test holds; stage it when the test is a tensor.

    ``names`` are the variables that an iteration passes on to the next or to what follows; those in
    ``indirect`` are assigned, if at all, by functions that the body calls, and those in ``guarded``
    are never read where they are unset. Those that are ``augmented`` are assigned by ``x += y`` and
    the like only. ``options`` says how to stage the loop.
    """
    loop = _Loop(loop_body, test, names, guarded, indirect, augmented, options)
    run(lambda: _while(loop, test))


class _Found(threading.local):
    """Loops that the first iteration of a loop around them found to be staged.

    By the code of their bodies, with whether the test changes objects. Where that iteration is
    undone and the loop around is staged, they are staged at once: else each level of nested loops
    would double the traces of those inside.
    """

    def __init__(self) -> None:
        self.known: dict[CodeType, bool] = {}
        self.attempts: list[dict[CodeType, bool]] = []

    def note(self, loop: _Loop, test_changes: bool) -> None:
        for found in self.attempts:
            found[loop.body.__code__] = test_changes


_found = _Found()


class _First:
    """The first iteration of a loop, run before it is known whether the loop is staged."""

    def __init__(self, loop: _Loop, variables: Variables) -> None:
        self._mark = mark()
        self._variables = variables
        self._values = variables.get()
        self._undoable = Undoable((loop.body, loop.test))
        self.staged: dict[CodeType, bool] = {}
        _found.attempts.append(self.staged)

    def keep(self) -> None:
        """Let it stand."""
        self._undoable.keep()
        self._end()

    def undo(self) -> None:
        """Make everything what it was before."""
        self._undoable.undo()
        rollback(self._mark)
        self._variables.set(self._values)
        self._end()

    def _end(self) -> None:
        _found.attempts[:] = [found for found in _found.attempts if found is not self.staged]


@contextmanager
def _knowing(staged: dict[CodeType, bool]) -> Iterator[None]:
    """Stage loops at once, until the end of the block, that are known to be."""
    former, _found.known = _found.known, {**_found.known, **staged}
    try:
        yield
    finally:
        _found.known = former


def _while(loop: _Loop, test: Callable[[], Any]) -> None:
    variables = loop.variables()
    invariants = loop.invariants(variables)
    first: _First | None = None
    prints = HeldPrints()
    start, count = mark(), 0
    test_changes = False
    try:
        while True:
            here = mark()
            with prints if count == 1 else nullcontext():
                going, changes = _evaluated(test)
            test_changes = test_changes or changes
            known = _found.known.get(loop.body.__code__) if count == 0 and going is True else None
            if known is not None:
                test_changes = test_changes or known
            if stages(going) or known is not None:
                # The graph computes the test itself; a first iteration, run to find that out, is
                # undone.
                staged: dict[CodeType, bool] = {}
                if first is not None and count == 1:
                    first.undo()
                    going, staged = True, first.staged
                    _found.note(loop, test_changes)
                with _knowing(staged):
                    if test_changes:
                        _stage_after_test(loop, test, variables, going)
                        return
                    rollback(here)
                    _stage_while(loop, test, variables, count > 0 or known is not None)
                    return
            if count == 1:
                prints.release()
            if not going:
                return
            if first is not None:
                first.keep()
            elif is_tracing():
                first = _First(loop, variables)
            count += 1
            loop.watch(start, count)
            with prints if count == 1 else nullcontext():
                loop.body()
            if invariants is not None:
                invariants.check(variables.get(), recorded=True)
    finally:
        if first is not None:
            first.keep()


def _evaluated(test: Callable[[], Any]) -> tuple[Any, bool]:
    """Return what a test gives, and whether it changes objects while a graph is traced."""
    if not is_tracing():
        return tested(test()), False
    undoable = Undoable((test,))
    try:
        return tested(test()), undoable.changed
    finally:
        undoable.keep()


def _stage_after_test(
    loop: _Loop, test: Callable[[], Any], variables: Variables, going: Any
) -> None:
    """Stage a loop whose test changes objects, and was evaluated: that gave ``going``.

    The test becomes the last thing in the body.
    """

    def run_test(values: list[Any]) -> Any:
        variables.set(values[1:])
        return values[0]

    def run_body(values: list[Any]) -> list[Any]:
        variables.set(values[1:])
        loop.body()
        return [_flag(tested(test())), *variables.get()]

    def record(before: list[Any], site: LoopSite) -> list[Any]:
        staging = loop.staging(before)
        if staging.get("invariants"):
            staging["invariants"] = [None, *staging["invariants"]]
        return stage_while(
            run_test,
            run_body,
            [_flag(going), *before],
            ["whether the loop goes on", *variables.names],
            guarded=loop.guarded,
            indirect=loop.indirect,
            augmented=loop.augmented,
            runs=going is True,
            site=site,
            **staging,
        )[1:]

    loop.stage(variables, record)


def _flag(going: Any) -> Any:
    return as_predicate(going) if stages(going) else bool(going)


def _stage_while(loop: _Loop, test: Callable[[], Any], variables: Variables, runs: bool) -> None:
    def run_test(values: list[Any]) -> Any:
        variables.set(values)
        return tested(test())

    def run_body(values: list[Any]) -> list[Any]:
        variables.set(values)
        loop.body()
        return variables.get()

    loop.stage(
        variables,
        lambda before, site: stage_while(
            run_test,
            run_body,
            before,
            variables.names,
            guarded=loop.guarded,
            indirect=loop.indirect,
            augmented=loop.augmented,
            runs=runs,
            site=site,
            **loop.staging(before),
        ),
    )


def for_stmt(
    iterable: Iterable[Any],
    loop_body: Callable[[Any], Any],
    names: Sequence[str] = (),
    test: Callable[[], Any] | None = None,
    *,
    guarded: Sequence[str] = (),
    indirect: Sequence[str] = (),
    augmented: Sequence[str] = (),
    options: Callable[[], LoopOptions] | None = None,
) -> None:
    """Run a loop over an iterable; stage it when the iterable is a tensor or a range of tensors.

    ``test`` says, after an iteration, whether to go on; the rest is as for ``while_stmt``.
    """
    loop = _Loop(loop_body, test, names, guarded, indirect, augmented, options)
    iterable = own_iterable(iterable)
    items = staged_iterable(iterable)
    if items is None:
        run(lambda: _for(loop, iter(iterable)))
    elif loop.unrolls():
        run(lambda: _for(loop, _unrolled(iterable)))
    else:
        run(lambda: _stage_for(loop, items))


def _unrolled(iterable: Any) -> Iterator[Any]:
    items = positions(iterable)
    if items is None or is_tensor(items.count):
        raise ValueError(
            "unroll=True is for a loop whose length is known while tracing; "
            f"this one's is not ({describe(user_line())})"
        )
    return (items.item(position) for position in range(items.count))


def _for(loop: _Loop, iterator: Iterator[Any]) -> None:
    start = mark()
    variables = loop.variables()
    invariants = loop.invariants(variables)
    for count, item in enumerate(taken(iterator), 1):
        loop.watch(start, count)
        loop.body(item)
        if invariants is not None:
            invariants.check(variables.get(), recorded=True)
        if loop.test is not None:
            going = loop.test()
            if stages(going):
                _unroll_guarded(loop, iterator, going)
                return
            if not going:
                return


def _unroll_guarded(loop: _Loop, iterator: Iterator[Any], going: Any) -> None:
    """Unroll the rest of a loop that a tensor may have left: iterations run unless one left."""
    assert loop.test is not None
    start = mark()
    for count, item in enumerate(taken(iterator), 1):
        loop.watch(start, count, MOST_BRANCHES)
        if stages(going):
            _stage_iteration(loop, item, going)
        elif going:
            loop.body(item)
        else:
            return
        going = loop.test()


def _stage_iteration(loop: _Loop, item: Any, going: Any) -> None:
    variables = loop.variables()

    def record(before: list[Any], site: LoopSite) -> list[Any]:
        def iteration() -> list[Any]:
            variables.set(before)
            loop.body(item)
            return variables.get()

        return stage_cond(
            going, iteration, lambda: before, variables.names, guarded=loop.guarded, site=site
        )

    loop.stage(variables, record)


def _stage_for(loop: _Loop, items: Items) -> None:
    variables = loop.variables()

    def run_test(values: list[Any]) -> Any:
        variables.set(values)
        return True if loop.test is None else loop.test()

    def run_body(item: Any, values: list[Any]) -> list[Any]:
        variables.set(values)
        loop.body(item)
        return variables.get()

    loop.stage(
        variables,
        lambda before, site: stage_for(
            items,
            run_test,
            run_body,
            before,
            variables.names,
            guarded=loop.guarded,
            indirect=loop.indirect,
            augmented=loop.augmented,
            site=site,
            **loop.staging(before),
        ),
    )
