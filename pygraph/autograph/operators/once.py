"""Warnings about calls whose results differ each time: a trace makes them once, for all calls."""

from __future__ import annotations

import warnings
from types import FunctionType, MethodType
from typing import Any

from pygraph.control.changes.reads import reads
from pygraph.control.tensors import tracing
from pygraph.graph.locations import describe, is_installed_file, user_line


class TracedOnceWarning(UserWarning):
    """A call whose result differs each time was made while tracing: that is once."""


# By module, functions of the standard library: told by name, for not every program loads them.
_FUNCTIONS = {
    "time": frozenset(
        f"{clock}{unit}"
        for clock in ("time", "perf_counter", "monotonic", "process_time", "thread_time")
        for unit in ("", "_ns")
    ),
    "uuid": frozenset(("uuid1", "uuid4")),
    "posix": frozenset(("urandom", "getrandom")),
    "nt": frozenset(("urandom",)),
    "secrets": frozenset(("token_bytes", "token_hex", "token_urlsafe", "randbelow")),
}
_CLOCK_METHODS = frozenset(("now", "utcnow", "today"))
# By the module of a generator of random numbers, how its methods are written.
_GENERATORS = {
    "random": "random.",
    "numpy.random.mtrand": "np.random.",
    "numpy.random._generator": "a NumPy generator's ",
}
# What sets or tells a generator's state gives no numbers.
_NO_NUMBERS = frozenset(
    ("seed", "getstate", "setstate", "get_state", "set_state", "spawn", "__init__")
)

_warned: set[tuple[str, int]] = set()


def warn_where_it_runs_once(function: Any) -> None:
    """Warn where the user's code calls a clock or a generator of random numbers in a trace."""
    name = _name_of(function)
    line = None if name is None else user_line()
    if line is None or is_installed_file(line[0]):
        return
    noted = reads()
    if noted is not None:
        noted.unguarded.setdefault(f"{name}() at {line[0]}:{line[1]}", "it runs while tracing only")
    if line[:2] in _warned:
        return
    _warned.add(line[:2])
    builder = tracing()
    warnings.warn_explicit(
        f"{name}() runs only while {builder.root_name} is traced, and all calls of its graph have "
        f"that one result ({describe(line)}); call it outside, and pass what it returns as an "
        "argument: a tensor",
        TracedOnceWarning,
        *line[:2],
    )


def _name_of(function: Any) -> str | None:
    """Return how to write a function whose results differ each time; None for any other."""
    kind, name = type(function), function.__name__
    if kind is not FunctionType:
        owner = function.__self__
        written = _GENERATORS.get(type(owner).__module__)
        if written is not None:
            return None if name in _NO_NUMBERS else f"{written}{name}"
        if name in _CLOCK_METHODS and getattr(owner, "__module__", None) == "datetime":
            return f"{owner.__name__}.{name}" if isinstance(owner, type) else None
    module = function.__module__
    if kind is MethodType or type(module) is not str or name not in _FUNCTIONS.get(module, ()):
        return None
    return f"{'os' if module in ('posix', 'nt') else module}.{name}"
