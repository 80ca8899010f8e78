"""From a call's arguments to canonical ones, one entry per parameter, and back."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Signature:
    """The parameters of a Python function.

    A canonical argument tuple has one entry per parameter: the tuple of surplus positional
    arguments for ``*args``, the dict of surplus keyword arguments for ``**kwargs``.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.inspected = inspect.signature(function)
        self.parameters = list(self.inspected.parameters.values())
        simple = all(parameter.kind in _POSITIONAL for parameter in self.parameters)
        self.arity = len(self.parameters) if simple else -1

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return canonical arguments. Raises TypeError as a call of the Python function would."""
        bound = self.inspected.bind(*args, **kwargs)
        bound.apply_defaults()
        return tuple(bound.arguments.values())

    def unbind(self, canonical: tuple[Any, ...]) -> tuple[list[Any], dict[str, Any]]:
        """Return the positional and keyword arguments of a call for canonical ones."""
        positional: list[Any] = []
        keywords: dict[str, Any] = {}
        for parameter, value in zip(self.parameters, canonical, strict=True):
            if parameter.kind in _POSITIONAL:
                positional.append(value)
            elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                positional.extend(value)
            elif parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                keywords[parameter.name] = value
            else:
                keywords.update(value)
        return positional, keywords

    def names(self) -> list[str]:
        """Return the parameters' names."""
        return [parameter.name for parameter in self.parameters]
