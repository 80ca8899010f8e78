"""``reduce_retracing``: what varied becomes unknown. And the warning where a function retraces."""

from __future__ import annotations

import sys
import warnings
import weakref
from collections import Counter
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any

from pygraph.function.origin import Origin
from pygraph.function.tracing import Dims, NumberPlace, is_array, number_places
from pygraph.graph import TensorSpec
from pygraph.graph.locations import is_installed_file
from pygraph.graph.structure import Structure

if TYPE_CHECKING:
    from pygraph.function.concrete import ConcreteFunction
    from pygraph.function.function import Function


class RetracingWarning(UserWarning):
    """One argument of a function keeps causing new traces."""


# How many traces one argument may cause before a warning; there is one per argument.
_TRACES_BEFORE_WARNING = 10


class RetracingWatch:
    """Counts, per argument, the traces that it has caused."""

    def __init__(self) -> None:
        self._caused: Counter[str] = Counter()

    def note(self, function: str, origin: Origin, reduces: bool) -> None:
        """Count a trace; warn where one argument has caused many."""
        if len(origin.changes) != 1:
            return
        change = origin.changes[0]
        self._caused[change.argument] += 1
        if self._caused[change.argument] != _TRACES_BEFORE_WARNING:
            return
        what, cure = "its argument ", _cure(change.new, reduces)
        if change.read:
            what, cure = "", _CURE_OF_READS
        _warn(
            f"{function} was traced {_TRACES_BEFORE_WARNING} times because of {what}"
            f"'{change.argument}' (last: {change}); {cure}",
            origin,
        )


_CURE_OF_READS = (
    "it reads that as a Python value, which each trace bakes in: pass it as an argument, a number "
    "as a tensor, or keep it in a pygraph.Variable (guards=False bakes in the first value for good)"
)

# Per code object and line: the Function made of it last that was traced there, and how many came
# and went before.
_made: dict[tuple[int, str, int], tuple[weakref.ref[Any], int]] = {}


def note_new_function(function: Function[..., Any], origin: Origin) -> None:
    """Warn where a program makes the same function again and again, and each is traced."""
    code = getattr(function.python_function, "__code__", None)
    if code is None or origin.line is None or not _in_script():
        return
    place = (id(code), *origin.line[:2])
    if place not in _made:
        weakref.finalize(code, _made.pop, place, None).atexit = False
    former, count = _made.get(place, (None, 0))
    count = count + 1 if former is not None and former() is None else 1
    _made[place] = (weakref.ref(function), count)
    if count == _TRACES_BEFORE_WARNING:
        _warn(
            f"{function.name} was made and traced {count} times: each time its definition, or "
            f"pygraph.function, runs there is a new function without graphs; do that once, outside "
            f"of the loop",
            origin,
        )


def _in_script() -> bool:
    """Return whether a module runs: where a test's runner calls the user, each call is its own."""
    frame: FrameType | None = sys._getframe(1)
    outermost = None
    while frame is not None:
        file = frame.f_code.co_filename
        if file != "<string>" and not is_installed_file(file):
            outermost = frame
        frame = frame.f_back
    return outermost is not None and outermost.f_code.co_name == "<module>"


def _warn(message: str, origin: Origin) -> None:
    file, line, _ = origin.line or ("<unknown>", 0, "")
    module = sys._getframe(2).f_globals["__name__"]
    warnings.warn_explicit(message, RetracingWarning, file, line, module=module)


def _cure(new: str | None, reduces: bool) -> str:
    text = new or ""
    if text.endswith("]") and not text.startswith("["):
        cure = "give it a TensorSpec with None for the dims that vary (input_signature)"
    elif text.startswith("<function "):
        return (
            "make that function once, outside of the loop: each `lambda` or `def` is a new object"
        )
    elif "(object 0x" in text:
        return "pass the same object each time, or give its class __eq__ and __hash__"
    elif text[:1].isdigit() or text[:1] == "-":
        cure = "pass it as a tensor, pygraph.asarray(value)"
    else:
        return "pass fewer different values, or a tensor"
    return cure if reduces else f"{cure}, or use reduce_retracing=True"


class Generaliser:
    """What a function's calls had in common so far: which dims and which numbers have varied."""

    def __init__(self) -> None:
        # Per key without dims: the shapes seen so far, None for what varied, and their graph.
        self._families: dict[Any, tuple[list[Dims], weakref.ref[ConcreteFunction]]] = {}
        self._rigid: set[Any] = set()  # the body needs these families' dims
        self._numbers: dict[NumberPlace, int | float] = {}  # the first values
        self._refused: set[NumberPlace] = set()  # the body needs these numbers' values

    def varying_numbers(
        self, leaves: Sequence[Any], structure: Structure
    ) -> frozenset[NumberPlace]:
        """Return where there are Python numbers that are not what they were the first time."""
        varied = set()
        for leaf, place in number_places(leaves, structure).items():
            value = leaves[leaf]
            first = self._numbers.setdefault(place, value)
            if place in self._refused:
                continue
            if type(first) is not type(value) or repr(first) != repr(value):
                varied.add(place)
        return frozenset(varied)

    def refuse_numbers(self, places: frozenset[NumberPlace]) -> None:
        """Remember that the body does not trace with these numbers as inputs."""
        self._refused |= places

    def family(self, erased: Any) -> tuple[list[Dims], ConcreteFunction] | None:
        """Return the shapes that graphs of this kind were asked for, and their graph."""
        entry = self._families.get(erased)
        concrete = entry[1]() if entry is not None else None
        if entry is None or concrete is None or erased in self._rigid:
            return None
        return entry[0], concrete

    def remember(self, erased: Any, shapes: Sequence[Dims], concrete: ConcreteFunction) -> None:
        """Set the graph that serves the shapes seen so far."""
        self._families[erased] = (list(shapes), weakref.ref(concrete))

    def refuse_shapes(self, erased: Any) -> None:
        """Remember that the body does not trace with unknown dims."""
        self._rigid.add(erased)

    def clear(self) -> None:
        """Forget everything."""
        self.__init__()  # type: ignore[misc]


def joined(old: Sequence[Dims], new: Sequence[Dims]) -> list[Dims]:
    """Return shapes of the same ranks with None wherever they differ."""
    return [
        tuple(a if a == b else None for a, b in zip(first, second, strict=True))
        for first, second in zip(old, new, strict=True)
    ]


def shapes_of(leaves: Sequence[Any], numbers: set[int], to_tensor: Any) -> list[Dims]:
    """Return the shapes of the tensors among the leaves, and of the numbers that are inputs."""
    shapes: list[Dims] = []
    for position, leaf in enumerate(leaves):
        if isinstance(leaf, TensorSpec):
            shapes.append(leaf.shape)
        elif is_array(leaf):
            shapes.append(to_tensor(leaf).static_shape)
        elif position in numbers:
            shapes.append(())
    return shapes
