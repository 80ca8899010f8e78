"""The graph being built while a function is traced, and the view of one that is complete."""

from pygraph.graph.builder import Builder, current
from pygraph.graph.faults import raise_fault
from pygraph.graph.frames import UnconvertedMethod, clean_traceback, public
from pygraph.graph.spec import TensorSpec, VariableSpec
from pygraph.graph.view import Graph, GraphFunction, GraphNode, GraphParameter

__all__ = [
    "Builder",
    "Graph",
    "GraphFunction",
    "GraphNode",
    "GraphParameter",
    "TensorSpec",
    "UnconvertedMethod",
    "VariableSpec",
    "clean_traceback",
    "current",
    "public",
    "raise_fault",
]
