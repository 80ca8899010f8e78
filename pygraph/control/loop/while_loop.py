"""``pygraph.while_loop``: staged where a graph is built, else run as Python runs a loop."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pygraph._hot import EagerTensor
from pygraph.control.join.errors import CallSite
from pygraph.control.join.forms import Form, form_of, join
from pygraph.control.join.leaves import TensorLeaf
from pygraph.control.join.structures import Shaped, leaves_in
from pygraph.control.loop.invariants import Invariants, checked_invariants
from pygraph.control.loop.staging import counted, stage_while
from pygraph.control.tensors import as_predicate, cast, is_tensor, is_tracing
from pygraph.graph import public
from pygraph.graph.structure import flatten, map_structure, unflatten
from pygraph.ops import asarray

AROUND = ("before the loop", "after an iteration")


@public
def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    *,
    maximum_iterations: Any = None,
    shape_invariants: Any = None,
    count_iterations: bool = False,
) -> Any:
    """Return the loop variables after ``body`` ran for as long as ``cond`` holds.

    ``loop_vars`` is a list or tuple of variables, each a tensor, a number or a nested structure of
    these; both functions take them as arguments, and ``body`` returns as many new ones. Python
    numbers take the dtype that the body gives them. ``maximum_iterations`` bounds how often the
    body runs. ``shape_invariants``, of the structure of ``loop_vars``, gives shapes (with None for
    a dim that varies), which the variables keep; without it a dim that changes becomes unknown by
    itself. With ``count_iterations`` the result is a pair: the variables, and how often the body
    ran, a 0-d int64 tensor.

    Raises TypeError or ValueError, naming the variable, when its number of parts, dtype, number of
    dimensions or structure changes, or when it does not keep its shape.
    """
    if not isinstance(loop_vars, (list, tuple)):
        raise TypeError(f"loop_vars must be a list or tuple, got {type(loop_vars).__name__}")
    names = _variable_names(body, len(loop_vars))
    kind = _maker(loop_vars)
    if not is_tracing():
        shapes = checked_invariants(loop_vars, shape_invariants)
        own = [map_structure(_by_value, value) for value in loop_vars]
        after, count = _run(cond, body, own, maximum_iterations, names, shapes)
        return (kind(after), asarray(count)) if count_iterations else kind(after)
    site = CallSite(AROUND, (None, body))

    def test(values: list[Any]) -> Any:
        going = cond(*values)
        _check_scalar(going)
        return going

    def step(values: list[Any]) -> list[Any]:
        return _returned(body(*values), len(loop_vars), names)

    stage = partial(stage_while, site=site, maximum_iterations=maximum_iterations)
    invariants = checked_invariants(loop_vars, shape_invariants)
    if not count_iterations:
        return kind(stage(test, step, list(loop_vars), names, invariants=invariants))
    count, *after = stage(
        *counted(test, step),
        [0, *loop_vars],
        ["the count of iterations", *names],
        invariants=[None, *invariants] if invariants else (),
    )
    return kind(after), count


def _by_value(value: Any) -> Any:
    return value.copy() if type(value) is EagerTensor else value


def _run(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    values: list[Any],
    maximum: Any,
    names: list[str],
    shapes: Sequence[Any],
) -> tuple[list[Any], int]:
    """The loop as Python runs it, held to the same rules as a staged one; and its iterations."""
    site = CallSite(AROUND, (None, body))
    invariants = Invariants(names, values, shapes, site)
    forms = [form_of(name, value) for name, value in zip(names, values, strict=True)]
    count = 0
    while maximum is None or count < maximum:
        going = cond(*values)
        _check_scalar(going)
        if not going:
            break
        values = _returned(body(*values), len(names), names)
        invariants.check(values)
        ends = [form_of(name, value) for name, value in zip(names, values, strict=True)]
        forms = [join(f, end, site) for f, end in zip(forms, ends, strict=True)]
        count += 1
    return [_settled(form, value) for form, value in zip(forms, values, strict=True)], count


def _settled(form: Form, value: Any) -> Any:
    """A number that took a dtype in some iteration has it at the end as well."""
    if form.structure is None:
        return value
    leaves, structure = flatten(value)
    out = []
    for leaf, wanted in zip(
        leaves, leaves_in(structure, Shaped(form.structure, form.leaves)), strict=True
    ):
        settles = isinstance(wanted, TensorLeaf) and not wanted.weak
        out.append(cast(leaf, wanted.dtype) if settles else leaf)  # type: ignore[union-attr]
    return unflatten(structure, out)


def _check_scalar(going: Any) -> None:
    if is_tensor(going):
        as_predicate(going, "the condition of while_loop")


def _returned(values: Any, count: int, names: list[str]) -> list[Any]:
    if count == 1 and not (isinstance(values, (list, tuple)) and len(values) == 1):
        return [values]
    if not isinstance(values, (list, tuple)) or len(values) != count:
        got = f"{len(values)}" if isinstance(values, (list, tuple)) else repr(type(values).__name__)
        raise ValueError(
            f"the body of while_loop must return {count} variables ({', '.join(names)}), got {got}"
        )
    return list(values)


def _variable_names(body: Callable[..., Any], count: int) -> list[str]:
    """Name the loop variables as the body's parameters are named."""
    try:
        parameters = list(inspect.signature(body).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [names[i] if i < len(names) else f"loop_vars[{i}]" for i in range(count)]


def _maker(loop_vars: Any) -> Callable[[list[Any]], Any]:
    if hasattr(loop_vars, "_make"):
        return loop_vars._make  # type: ignore[no-any-return]
    return type(loop_vars)
