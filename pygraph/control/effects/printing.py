"""``print``: of Python values at once, of tensors when the graph runs."""

from __future__ import annotations

import builtins
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from pygraph.control.conditional import each_way, either
from pygraph.control.containers.lists import readable
from pygraph.control.join.chosen_values import chosen_in, decided
from pygraph.control.join.unset import Maybe
from pygraph.control.tensors import apply, is_tracing, tracing
from pygraph.graph.text import Text, deferred

_STDOUT, _STDERR = 1, 2


def print(
    *values: Any, sep: Any = " ", end: Any = "\n", file: Any = None, flush: Any = False
) -> None:
    """Print values when the graph runs, each time it runs; outside of a graph, now.

    It takes what Python's ``print`` takes. Python's own, called in a function that AutoGraph
    converts, does the same if a tensor is among the values; without one it prints while tracing.

    Raises ValueError for a ``file`` other than ``sys.stdout`` and ``sys.stderr`` in a graph.

    >>> import pygraph as pg
    >>> @pg.function
    ... def halve(x):
    ...     pg.print("halving", x)
    ...     return x / 2
    >>> y = halve(pg.asarray(3.0))
    halving Tensor(3.0, dtype=float64)
    """
    if is_tracing():
        stage_print(print_text(values, sep, end), file, flush)
    else:
        builtins.print(*values, sep=sep, end=end, file=file, flush=flush)


class HeldPrints:
    """While it is active, prints of Python values wait: what is traced may be undone."""

    def __init__(self) -> None:
        self._prints: list[Callable[[], None]] = []

    def __enter__(self) -> HeldPrints:
        _held.stack.append(self._prints)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        _held.stack.pop()
        if kind is not None:
            self.release()

    def release(self) -> None:
        """Print what was held; once this is no longer active."""
        for held in self._prints:
            _print_or_hold(held)


class _Held(threading.local):
    def __init__(self) -> None:
        self.stack: list[list[Callable[[], None]]] = []


_held = _Held()


def _print_or_hold(action: Callable[[], None]) -> None:
    if _held.stack:
        _held.stack[-1].append(action)
    else:
        action()


def traced_print(
    *values: Any, sep: Any = " ", end: Any = "\n", file: Any = None, flush: Any = False
) -> None:
    """Print as Python's ``print`` in a function that is traced.

    With a tensor among the values it becomes part of the graph. So does one without any values that
    ends a line which the graph has printed.
    """
    optional = next((value for value in values if type(value) is Maybe and value.none), None)
    if optional is not None:
        _print_optional(values, optional, lambda given: print_text(given, sep, end), file, flush)
        return
    text = print_text(values, sep, end)
    if isinstance(text, Text) or (not values and tracing().module.prints):
        stage_print(text, file, flush)
        return
    file = sys.stdout if file is None else file
    _print_or_hold(lambda: builtins.print(text, end="", file=file, flush=flush))


def _print_optional(
    values: Sequence[Any],
    optional: Maybe,
    text: Callable[[tuple[Any, ...]], str | Text],
    file: Any,
    flush: Any,
) -> None:
    """Record a print of values one of which, or several, may be None."""

    def printing(shown: Any) -> Callable[[], None]:
        chosen = tuple([shown if value is optional else value for value in values])
        another = next((value for value in chosen if type(value) is Maybe and value.none), None)
        if another is not None:
            return lambda: _print_optional(chosen, another, text, file, flush)
        return lambda: stage_print(text(chosen), file, flush)

    either(optional.defined, printing(optional.value), printing(None))


def print_text(values: tuple[Any, ...], sep: Any, end: Any) -> str | Text:
    """Return what a ``print`` writes."""
    for name, part in (("sep", sep), ("end", end)):
        if part is not None and not isinstance(part, (str, Text)):
            raise TypeError(f"{name} must be None or a string, not {type(part).__name__}")
    between, last = " " if sep is None else sep, "\n" if end is None else end
    return deferred(
        lambda: str(between).join([str(readable(value)) for value in values]) + str(last)
    )


def stage_print(text: str | Text, file: Any = None, flush: Any = False) -> None:
    """Record the printing of a text."""
    if file is None or file is sys.stdout:
        stream = _STDOUT
    elif file is sys.stderr:
        stream = _STDERR
    else:
        raise ValueError(
            f"a graph prints to sys.stdout or sys.stderr, not to {file!r}; return the tensor and "
            "print it outside of the function"
        )
    choice = chosen_in(text)
    if choice is not None:
        each_way(choice, lambda number: stage_print(decided(text, choice, number), file, flush))
        return
    if isinstance(text, str):
        text = Text(text.replace("{", "{{").replace("}", "}}"), ())
    tracing().module.prints = True
    attributes = {"text": text.template, "stream": stream, "flush": bool(flush)}
    apply("print", text.values, attributes)
