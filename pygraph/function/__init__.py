"""``@pygraph.function``: Python functions that run as cached graphs."""

from pygraph.function.bound import BoundFunction
from pygraph.function.concrete import ConcreteFunction
from pygraph.function.decorator import function
from pygraph.function.function import Function
from pygraph.function.retracing import RetracingWarning

__all__ = ["BoundFunction", "ConcreteFunction", "Function", "RetracingWarning", "function"]
