"""``@pygraph.function``."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, Protocol, TypeVar, overload

from pygraph.function.function import Function
from pygraph.graph import public

P = ParamSpec("P")
R = TypeVar("R")


class Decorator(Protocol):
    """What ``function`` with arguments returns."""

    def __call__(self, func: Callable[P, R], /) -> Function[P, R]:
        """Make a function run as graphs."""


@overload
def function(
    func: Callable[P, R],
    *,
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    reduce_retracing: bool = False,
    max_graphs: int | None = None,
    name: str | None = None,
    guards: bool = True,
) -> Function[P, R]: ...
@overload
def function(
    func: None = None,
    *,
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    reduce_retracing: bool = False,
    max_graphs: int | None = None,
    name: str | None = None,
    guards: bool = True,
) -> Decorator: ...
@public
def function(
    func: Callable[..., Any] | None = None,
    *,
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    reduce_retracing: bool = False,
    max_graphs: int | None = None,
    name: str | None = None,
    guards: bool = True,
) -> Any:
    """Make a Python function run as graphs in the C++ executor.

    Args:
        func: The function; left out when the decorator is used with arguments.
        input_signature: TensorSpecs, one per parameter (nested where the arguments are), ``self``
            left out: the function then has one graph only, and arguments are cast to it.
        autograph: Whether ``if``, ``while``, ``for`` and their kin on tensors become graph
            operations. Without it the function must use ``cond`` and ``while_loop`` itself.
        reduce_retracing: Whether a dim that varies between calls becomes unknown (each number of
            dims has a graph of its own), and a Python number that varies, inside containers too,
            becomes an input where the function's body allows it.
        max_graphs: How many graphs to keep at most; the one used least recently goes first.
        name: The name in errors and files; the function's own by default.
        guards: Whether a call looks at the Python values that the trace read beside the arguments
            (variables of modules and enclosing functions, defaults, functions it calls, attributes,
            items), and traces anew where one has changed. Without that, what the first call read
            counts for good.

    Raises:
        TypeError: where the signature does not fit the function.
        ValueError: where ``max_graphs`` is less than 1.

    >>> import pygraph as pg
    >>> @pg.function
    ... def cube(x):
    ...     return x ** 3
    >>> cube(pg.asarray(2.0))
    Tensor(8.0, dtype=float64)
    """
    options: dict[str, Any] = {
        "input_signature": input_signature,
        "autograph": autograph,
        "reduce_retracing": reduce_retracing,
        "max_graphs": max_graphs,
        "name": name,
        "guards": guards,
    }
    if func is None:
        return functools.partial(function, **options)
    if isinstance(func, (staticmethod, classmethod)):
        return type(func)(Function(func.__func__, **options))
    return Function(func, **options)
