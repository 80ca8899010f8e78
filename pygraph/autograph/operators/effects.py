"""``assert``, and text with tensors in it."""

from __future__ import annotations

import builtins
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from pygraph.autograph.operators.protocols import tested
from pygraph.autograph.operators.variables import run
from pygraph.control.conditional import stage_cond
from pygraph.control.containers.lists import is_staged, readable
from pygraph.control.effects.printing import traced_print
from pygraph.control.effects.raising import require_or
from pygraph.control.join.chosen_values import ChosenValue
from pygraph.control.join.errors import CallSite
from pygraph.control.tensors import apply, as_predicate, is_tensor, is_tracing, stages
from pygraph.graph.items import StagedItems
from pygraph.graph.locations import describe, user_line
from pygraph.graph.text import Text, deferred


def assert_stmt(test: Any, message: Callable[[], Any] | None = None) -> None:
    """``assert test, message``; on a tensor it is checked when the graph runs."""
    test = tested(test)
    holds = as_predicate(test, "the condition of `assert`") if stages(test) else bool(test)
    require_or(holds, lambda: AssertionError(*([] if message is None else [run(message)])))


def require_integral(value: Any) -> None:
    """Raise what ``int`` raises, when the graph runs, for a float that is no 64-bit integer."""
    limit = 2.0**63

    def checks() -> list[Any]:
        check(value == value, "ValueError: cannot convert float NaN to integer")
        check(abs(value) < math.inf, "OverflowError: cannot convert float infinity to integer")
        check(value == -limit, "OverflowError: cannot convert a float beyond 64 bits to integer")
        return []

    if value.dtype.kind == "floating":
        fits = abs(value) < limit
        if stages(fits):
            stage_cond(
                fits, list, checks, (), site=CallSite(("fits", "does not fit"), (checks, checks))
            )
        elif not fits:
            checks()


def check(holds: Any, fault: str) -> None:
    """Raise an exception, as in ``"ValueError: text"``, unless a bool tensor holds.

    It is cheaper to trace and to run than the branches of ``require``.
    """
    apply("check_defined", (holds, holds), {"name": fault})


def text(template: str, *values: Any) -> str | Text:
    """An f-string, as a format string and the values in it."""
    if not is_tracing():
        return template.format(*values)
    return deferred(lambda: template.format(*map(readable, values)))


def str_(*arguments: Any, **keywords: Any) -> Any:
    """``str``."""
    return deferred(lambda: builtins.str(*map(readable, arguments), **keywords))


def repr_(value: Any) -> Any:
    """``repr``."""
    return deferred(lambda: builtins.repr(readable(value)))


def format_(value: Any, spec: str = "") -> Any:
    """``format``."""
    return deferred(lambda: builtins.format(readable(value), spec))


def text_method(method: Any) -> Callable[..., Any] | None:
    """Return the form of a string's method that takes tensors, or None to call it as it is."""
    if type(getattr(method, "__self__", None)) is not str:
        return None
    if method.__name__ in ("format", "format_map"):
        return lambda *args, **keywords: deferred(
            lambda: method(*map(readable, args), **readable(keywords))
        )
    if method.__name__ == "join":
        return lambda items: _join(method, items)
    return None


def _join(method: Callable[[Any], str], items: Any) -> Any:
    parts = list(items)
    staged = next((part for part in parts if type(part) is StagedItems), None)
    if staged is not None:
        raise TypeError(
            f"the graph decides how many texts are joined (since {describe(staged.line)}), and "
            f"text in a graph has a fixed number of parts\n  {describe(user_line())}\n"
            "Print each by itself, as in `print(part, end='')`, or return the list and join its "
            "items outside of the function."
        )
    return deferred(
        lambda: method([str(p) if isinstance(p, (Text, ChosenValue)) else p for p in parts])
    )


_CONVERSION = re.compile(r"%(?:\((\w*)\))?([-+ #0]*)(\d*)((?:\.\d+)?)([a-zA-Z%])")
_NUMBERS = "diuoxXeEfFgG"


def percent(template: str, values: Any) -> Any:
    """``template % values``."""
    parts = list(values.values()) if isinstance(values, dict) else values
    if not isinstance(parts, (list, tuple)) or is_staged(parts):
        parts = [parts]
    if not is_tracing() or not any(_has_late_text(part) for part in parts):
        return template % values
    return deferred(lambda: _percent(template, values))


def _has_late_text(value: Any) -> bool:
    return isinstance(value, (Text, ChosenValue)) or is_tensor(value) or is_staged(value)


def _percent(template: str, values: Any) -> str:
    following = iter(values if isinstance(values, tuple) else (values,))

    def converted(found: re.Match[str]) -> str:
        key, flags, width, precision, kind = found.groups()
        if kind == "%":
            return "%"
        value = readable(values[key] if key is not None else _next(following))
        if not _has_late_text(value):
            return f"%{flags}{width}{precision}{kind}" % (value,)
        align = "<" if "-" in flags else ">" if kind in "sr" and width else ""
        if kind == "s" and not precision:
            return builtins.format(builtins.str(value), align + width)
        if kind == "r" and not precision:
            return builtins.format(builtins.repr(value), align + width)
        if kind not in _NUMBERS or isinstance(value, (Text, ChosenValue)):
            raise TypeError(f"{found[0]!r} is not supported for a tensor; use an f-string")
        sign = "+" if "+" in flags else " " if " " in flags else ""
        rest = ("#" if "#" in flags else "") + ("0" if "0" in flags and not align else "")
        if kind in "diu":
            kind = "d"
            if value.dtype.kind == "floating":
                require_integral(value)
                value = apply("astype", (apply("trunc", (value,)),), {"dtype": "int64"})
        return builtins.format(value, align + sign + rest + width + precision + kind)

    made = _CONVERSION.sub(converted, template)
    if isinstance(values, tuple) and next(following, None) is not None:
        raise TypeError("not all arguments converted during string formatting")
    return made


def _next(values: Iterator[Any]) -> Any:
    for value in values:
        return value
    raise TypeError("not enough arguments for format string")


STAGED: dict[Any, Callable[..., Any]] = {
    builtins.print: traced_print,
    builtins.str: str_,
    builtins.repr: repr_,
    builtins.format: format_,
}
