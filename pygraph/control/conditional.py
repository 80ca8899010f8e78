"""Staging of branches: both are recorded, one runs. Serves ``pygraph.cond`` and AutoGraph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pygraph.control.errors import CallSite, Site, mismatch
from pygraph.control.forms import Form, form_of, join
from pygraph.control.pending import skipped_read, unreachable
from pygraph.control.raising import EndOfWay, Raised, until_raise
from pygraph.control.tensors import as_predicate, current, is_tensor, is_tracing, stages
from pygraph.graph import Builder
from pygraph.graph.locations import Region


def cond(
    pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], *operands: Any
) -> Any:
    """Return ``true_fn(*operands)`` where ``pred`` holds, else ``false_fn(*operands)``.

    ``pred`` is a bool or a 0-d tensor; a number counts as true unless it is 0. In a graph both
    functions are traced and one of them runs; their results must have the same structure, and
    tensors in the same place the same dtype and number of dimensions.

    Raises ValueError for a predicate that is no scalar, and TypeError or ValueError where the
    results of the two functions do not agree.
    """
    if not stages(pred):
        if is_tensor(pred):
            pred = as_predicate(pred, "the predicate of cond")
        return true_fn(*operands) if pred else false_fn(*operands)
    (result,) = stage_cond(
        as_predicate(pred, "the predicate of cond"),
        lambda: [true_fn(*operands)],
        lambda: [false_fn(*operands)],
        ["the result of cond"],
        site=CallSite(("in true_fn", "in false_fn"), (true_fn, false_fn)),
    )
    return result


def stage_cond(
    pred: Any,
    then: Callable[[], list[Any]],
    otherwise: Callable[[], list[Any]],
    names: Sequence[str],
    *,
    site: Site,
    guarded: Sequence[str] = (),
    required: str = "",
) -> list[Any]:
    """Record a ``cond`` op; return the values of the variables after it.

    ``then`` and ``otherwise`` run a branch and return the values of ``names`` at its end. A
    variable in ``guarded`` needs no flag: nothing reads it where it has no value. The one that is
    ``required`` has a value on both ways, or None on both.
    """
    assert is_tracing()
    parent = current()
    pred = as_predicate(pred)
    builders = [Builder("then", parent), Builder("else", parent)]
    with Region():
        first, second = _trace(builders[0], then), _trace(builders[1], otherwise)
    if first is None or second is None:
        return _only(second if first is None else first, names)
    if isinstance(first, Raised) or isinstance(second, Raised):
        return _after_raise(parent, pred, builders, (first, second), names)
    joined: list[Form | None] = []
    forms: list[tuple[Form, Form]] = []
    for name, one, other in zip(names, first, second, strict=True):
        pair = form_of(name, one, settled=True), form_of(name, other, settled=True)
        forms.append(pair)
        joined.append(None if one is other else _joined(pair, site, name in guarded))
        if name == required and pair[0].none != pair[1].none:
            raise _not_everywhere(name, pair, site)
    for index, (builder, end) in enumerate(zip(builders, (first, second), strict=True)):
        with builder:
            tensors: list[Any] = []
            for form, pair, value in zip(joined, forms, end, strict=True):
                if form is not None and form.tensors:
                    tensors.extend(form.take_apart(value, pair[index]))
            builder.set_results(tensors)
    outputs = iter(parent.record_cond(parent.lift(pred), *builders))
    return [
        value if form is None else form.put_together(outputs)
        for form, value in zip(joined, first, strict=True)
    ]


def _trace(builder: Builder, branch: Callable[[], list[Any]]) -> list[Any] | Raised | None:
    with builder:
        return unreachable(lambda: until_raise(branch))


def _after_raise(
    parent: Builder,
    pred: Any,
    builders: Sequence[Builder],
    ends: Sequence[list[Any] | Raised],
    names: Sequence[str],
) -> list[Any]:
    """Record a cond of which a branch raises: the other branch alone gives the variables."""
    values = next((end for end in ends if not isinstance(end, Raised)), None)
    forms = [form_of(*item, settled=True) for item in zip(names, values or (), strict=False)]
    for builder, end in zip(builders, ends, strict=True):
        with builder:
            tensors: list[Any] = []
            for form, value in zip(forms, values or (), strict=True):
                raises = isinstance(end, Raised)
                tensors += form.placeholders() if raises else form.take_apart(value, form)
            builder.set_results(tensors)
    outputs = iter(parent.record_cond(parent.lift(pred), *builders))
    if values is None:
        raise EndOfWay
    return [form.put_together(outputs) for form in forms]


def _only(values: list[Any] | Raised | None, names: Sequence[str]) -> list[Any]:
    """What a branch gives whose other branch cannot be reached in this trace of a loop.

    The trace is going to be thrown away, so placeholders of the right types serve.
    """
    if values is None:
        raise skipped_read()
    if isinstance(values, Raised):
        raise EndOfWay
    forms = [form_of(name, value, settled=True) for name, value in zip(names, values, strict=True)]
    return [form.put_together(iter(form.placeholders())) for form in forms]


def _joined(pair: tuple[Form, Form], site: Site, guarded: bool) -> Form:
    one, other = pair
    form = join(one, other, site)
    if guarded and form.structure is not None:
        return Form(form.name, form.structure, form.leaves)
    if one.structure is None and other.structure is None and one.none != other.none:
        # Unset on one way and None on the other: reading it is an error either way.
        return Form(form.name, None, (), missing=True)
    return form


def _not_everywhere(name: str, pair: tuple[Form, Form], site: Site) -> Exception:
    what = ["None" if form.none else ", ".join(map(str, form.leaves)) or "()" for form in pair]
    advice = (
        "A function whose way depends on a tensor returns the same structure on every way; "
        "falling off its end returns None."
    )
    return mismatch(TypeError, site, name, name, (what[0], what[1]), advice)
