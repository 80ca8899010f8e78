"""``shape_invariants`` of loops: the shapes that variables keep from iteration to iteration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pygraph.control.effects.raising import require_or
from pygraph.control.join.errors import Meeting, place_of
from pygraph.control.join.forms import Form, form_of
from pygraph.control.join.leaves import Leaf, Shape, TensorLeaf, ValueLeaf, leaf_of
from pygraph.control.join.unset import Maybe
from pygraph.control.tensors import apply
from pygraph.graph.structure import flatten
from pygraph.graph.text import deferred


class Invariants:
    """What the user says of the shapes of a loop's variables.

    ``shapes`` gives one for each variable, nested as its value before the loop, or None; in a shape
    None stands for a size that varies. Raises ValueError where a value is not of its shape.
    """

    def __init__(
        self, names: Sequence[str], values: Sequence[Any], shapes: Sequence[Any], site: Meeting
    ) -> None:
        self.forms: list[Form | None] = [
            None if shape is None else _with_shapes(form_of(name, value), shape, name)
            for name, value, shape in zip(names, values, shapes, strict=bool(shapes))
        ]
        self._site = site

    def check(self, values: Sequence[Any], *, recorded: bool = False) -> None:
        """Raise ValueError where a variable has another shape after an iteration.

        Of sizes that are known only when the graph runs a check is ``recorded``.
        """
        for form, value in zip(self.forms, values, strict=False):
            if form is not None:
                for name, wanted, tensor in _tensors(form, value):
                    self._check(form.name, name, wanted, tensor, recorded)

    def _check(self, variable: str, leaf: str, wanted: Shape, tensor: Any, recorded: bool) -> None:
        actual = leaf_of(tensor, settled=False)
        if not isinstance(actual, TensorLeaf) or len(actual.shape) != len(wanted):
            return  # an error that is told wherever a state's type changes
        pairs = list(zip(wanted, actual.shape, strict=True))
        if any(None not in pair and pair[0] != pair[1] for pair in pairs):
            raise ValueError(self._message(variable, leaf, wanted, actual.shape))
        axes = [axis for axis, (dim, size) in enumerate(pairs) if size is None and dim is not None]
        if not recorded or not axes:
            return
        sizes = {axis: apply("dim_size", (tensor,), {"axis": axis}) for axis in axes}
        shape = [sizes.get(axis, size) for axis, size in enumerate(actual.shape)]
        for axis, size in sizes.items():
            require_or(
                size == wanted[axis],
                lambda: ValueError(deferred(lambda: self._message(variable, leaf, wanted, shape))),
            )

    def _message(self, variable: str, leaf: str, wanted: Shape, actual: Sequence[Any]) -> str:
        line = self._site.lines(variable)[1]
        where = f"\n  {place_of(line)}" if line is not None else ""
        return (
            f"variable '{leaf}' has the shape {_text(actual)} after an iteration, and "
            f"shape_invariants says {_text(wanted)}{where}\n"
            "Give None for a size that varies."
        )


def _tensors(form: Form, value: Any) -> Iterator[tuple[str, Shape, Any]]:
    """Yield name, shape and value of each part of a variable whose shape is given."""
    leaves, structure = flatten(value.value if isinstance(value, Maybe) else value)
    if structure == form.structure:
        for name, leaf, part in zip(form.leaf_names(), form.leaves, leaves, strict=True):
            if isinstance(leaf, TensorLeaf):
                yield name, leaf.shape, part


def _text(shape: Sequence[Any]) -> str:
    dims = ["?" if dim is None else f"{dim}" for dim in shape]
    return f"({', '.join(dims)}{',' if len(dims) == 1 else ''})"


def checked_invariants(loop_vars: Sequence[Any], shapes: Any) -> Sequence[Any]:
    """Return the shapes given for the variables of a ``while_loop``; none for None."""
    if shapes is not None and len(shapes) != len(loop_vars):
        raise ValueError(
            f"shape_invariants has {len(shapes)} entries for {len(loop_vars)} loop variables"
        )
    return shapes or ()


def _with_shapes(form: Form, shapes: Any, name: str) -> Form:
    wanted = _shape_list(shapes)
    if len(wanted) != len(form.leaves):
        raise ValueError(
            f"shape_invariants of '{name}' has {len(wanted)} shapes for {len(form.leaves)} tensors"
        )
    leaves: list[Leaf] = []
    for leaf_name, leaf, shape in zip(form.leaf_names(), form.leaves, wanted, strict=True):
        if shape is None or isinstance(leaf, ValueLeaf):
            leaves.append(leaf)
            continue
        fits = len(shape) == len(leaf.shape) and all(
            dim is None or actual is None or dim == actual
            for dim, actual in zip(shape, leaf.shape, strict=True)
        )
        if not fits:
            raise ValueError(
                f"shape_invariants gives '{leaf_name}' the shape {tuple(shape)}, "
                f"but its value is {leaf}"
            )
        leaves.append(leaf._replace(shape=tuple(shape)))
    return form._replace(leaves=tuple(leaves))


def _shape_list(shapes: Any) -> list[Any]:
    """Flatten a structure whose leaves are shapes: tuples of ints and None."""
    if shapes is None or _is_shape(shapes):
        return [shapes]
    if isinstance(shapes, dict):
        return [leaf for key in sorted(shapes) for leaf in _shape_list(shapes[key])]
    return [leaf for part in shapes for leaf in _shape_list(part)]


def _is_shape(value: Any) -> bool:
    return isinstance(value, tuple) and all(dim is None or isinstance(dim, int) for dim in value)
