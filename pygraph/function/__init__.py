"""``@pygraph.function``: Python functions that run as cached graphs."""

from pygraph.function.concrete import ConcreteFunction
from pygraph.function.function import Function, function

__all__ = ["ConcreteFunction", "Function", "function"]
