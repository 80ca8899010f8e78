"""``if`` and ``x if c else y``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pygraph.autograph.operators.protocols import tested
from pygraph.autograph.operators.sites import BranchSite
from pygraph.autograph.operators.variables import Variables, run
from pygraph.control.conditional import stage_cond
from pygraph.control.effects.ways import is_raised
from pygraph.control.join.pending import MissingItemError
from pygraph.control.join.unset import UNSET, given
from pygraph.control.tensors import stages
from pygraph.graph.frames import is_users
from pygraph.graph.locations import describe

RESULT = "the return value"
EXPRESSION = "the value of the expression"


def if_stmt(
    test: Any,
    if_body: Callable[[], Any],
    else_body: Callable[[], Any] | None = None,
    names: Sequence[str] = (),
    *,
    guarded: Sequence[str] = (),
    needs: Sequence[str] = (),
) -> Any:
    """Run one branch, or stage both. Returns what the branch returns, for one that ends a function.

    ``names`` are the variables that the branches assign and that are read later; those in
    ``guarded`` are never read where they are unset. The first branch is never taken while those
    it ``needs`` are unset.
    """
    test = tested(test)
    if stages(test):
        if any(value is UNSET for value in Variables(needs, (if_body,)).get()):
            return None if else_body is None else run(else_body)
        return _staged_if(test, if_body, else_body, names, guarded)
    if test:
        return run(if_body)
    return None if else_body is None else run(else_body)


def _staged_if(
    test: Any,
    if_body: Callable[[], Any],
    else_body: Callable[[], Any] | None,
    names: Sequence[str],
    guarded: Sequence[str],
) -> Any:
    variables = Variables(names, (if_body, else_body))
    site = BranchSite(if_body, else_body, variables)

    def branch(body: Callable[[], Any] | None) -> Callable[[], Any]:
        return lambda: None if body is None else run_noted(body, site)

    return stage_choice(
        test,
        branch(if_body),
        branch(else_body),
        variables,
        site,
        RESULT,
        guarded=guarded,
    )


def stage_choice(
    test: Any,
    then: Callable[[], Any],
    otherwise: Callable[[], Any],
    variables: Variables,
    site: BranchSite,
    result_name: str,
    *,
    guarded: Sequence[str] = (),
) -> Any:
    """Stage both branches; give the variables their values after it and return the result."""
    before = variables.get()

    def trace(branch: Callable[[], Any]) -> list[Any]:
        variables.set(before)
        result = branch()
        return [*variables.get(), result]

    try:
        *values, result = stage_cond(
            test,
            lambda: trace(then),
            lambda: trace(otherwise),
            [*variables.names, result_name],
            guarded=guarded,
            site=site,
        )
    except BaseException:
        variables.set(before)
        raise
    variables.set(values)
    return result


def run_noted(branch: Callable[[], Any], site: BranchSite) -> Any:
    """Run a branch while it is traced; an error of the user's own says why the branch ran."""
    try:
        return run(branch)
    except (NameError, MissingItemError):
        raise
    except Exception as error:
        if not hasattr(error, "__notes__") and is_users(error) and not is_raised(error):
            error.add_note(
                f"raised while tracing the branch at {describe(site.start())}: its condition is a "
                "tensor, so both branches are traced"
            )
        raise


def if_expr(
    test: Any,
    body: Callable[[], Any],
    orelse: Callable[[], Any],
    names: Sequence[str] = (),
    helpers: Sequence[Callable[..., Any]] = (),
) -> Any:
    """``body if test else orelse``.

    ``names`` are variables that an expression assigns with ``:=``, found in the cells of
    ``helpers`` (the two expressions, if not given).
    """
    test = tested(test)
    if not stages(test):
        return run(body) if test else run(orelse)
    return staged_expr(test, body, orelse, names, helpers or (body, orelse))


def staged_expr(
    test: Any,
    body: Callable[[], Any],
    orelse: Callable[[], Any],
    names: Sequence[str],
    helpers: Sequence[Callable[..., Any]],
) -> Any:
    """Stage ``body if test else orelse``; errors show the lines of the first and last helper."""
    variables = Variables(names, helpers)
    return stage_choice(
        test,
        lambda: given(run(body)),
        lambda: given(run(orelse)),
        variables,
        BranchSite(helpers[0], helpers[-1], variables),
        EXPRESSION,
    )
