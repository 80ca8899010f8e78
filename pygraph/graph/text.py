"""Text in which tensors stand whose values are known only when the graph runs.

While a :class:`~pygraph.graph.marking.Marking` is active, tensors give marks as their text. What
Python makes of them, ``str`` of a list or a class's own ``__repr__``, is then read back as a
:class:`Text`: a format string over tensors, which ``print``, ``assert`` and ``raise`` take into
the graph.
"""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from pygraph._hot import EagerTensor, current, elements_text
from pygraph.graph.marking import END, START, Mark, Marking, marking
from pygraph.graph.structure import register_pytree_node

_MARK = f"{START}([0-9]+)([^{END}]*){END}"


class Text:
    """Text with tensors in it: ``template`` is a format string over ``values``.

    Only ``print``, ``assert``, ``raise``, ``+`` and other formatting take one; as anything else it
    refuses, since its characters are not known yet.
    """

    __slots__ = ("template", "values")

    def __init__(self, template: str, values: Sequence[Any]) -> None:
        self.template = template
        self.values = tuple(values)

    def __add__(self, other: object) -> Any:
        return deferred(lambda: f"{self}{other}") if _is_text(other) else NotImplemented

    def __radd__(self, other: object) -> Any:
        return deferred(lambda: f"{other}{self}") if _is_text(other) else NotImplemented

    def __str__(self) -> str:
        if marking() is None:
            return repr(self)
        return render(self.template, self.values, _mark)

    def __format__(self, spec: str) -> str:
        text = str(self)
        if spec and type(text) is not Mark:
            self._refuse(f"the format {spec!r}")
        return format(text, spec)

    def __repr__(self) -> str:
        if marking() is not None:
            return f"'{self}'"
        return f"<text with tensors: {self.template!r}>"

    def _refuse(self, what: str) -> NoReturn:
        raise TypeError(
            f"{self!r} has no characters while the function is traced, so {what} is not possible; "
            "use it in print, assert or raise"
        )

    def __eq__(self, other: object) -> bool:
        if self is not other:
            self._refuse("a comparison")
        return True

    def __hash__(self) -> int:
        self._refuse("use as a key")

    def __bool__(self) -> bool:
        self._refuse("its truth value")

    def __len__(self) -> int:
        self._refuse("its length")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse(f"{name!r}")


def _is_text(value: object) -> bool:
    return isinstance(value, (str, Text))


def _from_parts(template: Any, values: Sequence[Any]) -> Any:
    """Put a text together again; one whose tensors have values by now is plain text."""
    if current() is None and all(isinstance(value, _WITH_VALUE) for value in values):
        return render(template, values)
    return Text(template, values)


_WITH_VALUE = (EagerTensor, bool, int, float, str)


register_pytree_node(Text, lambda text: (text.values, text.template), _from_parts)


def _mark(value: Any, field: str) -> str:
    if isinstance(value, (str, Text)):
        return _field_text(value, field)
    active = marking()
    assert active is not None
    return active(value, field)


def template_of(marked: str) -> str:
    """Return text with marks in it as a format string."""
    escaped = marked.replace("{", "{{").replace("}", "}}")
    return re.sub(_MARK, lambda found: "{" + found[1] + found[2] + "}", escaped)


def deferred(make: Callable[[], str]) -> str | Text:
    """Return the text that a function makes: a str, or a Text where tensors are in it."""
    with Marking() as active:
        made = make()
    return Text(template_of(made), active.values) if active.values else made


def render(
    template: str, values: Sequence[Any], field_text: Callable[[Any, str], str] | None = None
) -> str:
    """Return the text that a format string gives for values."""
    as_text = field_text or _field_text
    parts = []
    for literal, name, spec, conversion in string.Formatter().parse(template):
        if literal:
            parts.append(literal)
        if name is not None:
            conversion = f"!{conversion}" if conversion else ""
            field = f"{conversion}:{spec}" if spec else conversion
            parts.append(as_text(values[int(name)], field))
    return parts[0] if len(parts) == 1 else "".join(parts)


def _field_text(value: Any, field: str) -> str:
    conversion, _, spec = field.partition(":")
    if conversion == "!r":
        value = repr(value)
    elif conversion == "!l":
        value = repr(value.tolist())[1:-1]
    elif conversion == "!s":
        value = elements_text(value, "Variable(")  # variables alone use it
    return format(value, spec)


def print_text(template: str, values: Sequence[Any], to_error: bool, flush: bool) -> None:
    """Write what a staged ``print`` prints; the core calls this while a graph runs."""
    stream = sys.stderr if to_error else sys.stdout
    if stream is not None:  # as print does in a program without a console
        stream.write(render(template, values))
        if flush:
            stream.flush()
