"""Functions that look at the variables of the code that calls them, which may be a helper."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from pygraph.autograph.operators.calls import call
from pygraph.control.join.unset import UNSET

_DICTS = (builtins.locals, builtins.vars)
_EVALUATORS = (builtins.eval, builtins.exec)


def frame_reader(
    function: Any, names: Sequence[str], reads: Sequence[Callable[[], Any]]
) -> Callable[..., Any]:
    """Return what is called for ``locals``, ``vars``, ``dir``, ``eval`` or ``exec``.

    ``reads`` give the values of the user's variables ``names``, those that have one.
    """
    if function not in (*_DICTS, *_EVALUATORS, builtins.dir):
        return call(function)  # type: ignore[no-any-return]
    variables = {}
    for name, read in zip(names, reads, strict=True):
        try:
            value = read()
        except NameError:
            continue
        if value is not UNSET:
            variables[name] = value
    if function in _DICTS:
        return lambda: variables
    if function is builtins.dir:
        return lambda: sorted(variables)
    module_globals = getattr(reads[0], "__globals__", {}) if reads else {}
    return lambda source: function(source, module_globals, variables)
