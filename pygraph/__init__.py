"""pygraph: plain Python numeric code, control flow included, run as graphs in a C++ executor."""

from pygraph import _core, autograph, ops, runtime
from pygraph._hot import DType, Tensor
from pygraph.control import cond, print, range, while_loop
from pygraph.function import ConcreteFunction, Function, RetracingWarning, function
from pygraph.graph import Graph, TensorSpec
from pygraph.graph.structure import register_pytree_node
from pygraph.ops import *  # noqa: F403  (the array namespace; its names are listed in ops.__all__)
from pygraph.profiling import Profile, profile
from pygraph.saving import load, save
from pygraph.state import Variable, init_scope

__version__: str = _core.__version__

__all__ = [
    "ConcreteFunction",
    "DType",
    "Function",
    "Graph",
    "Profile",
    "RetracingWarning",
    "Tensor",
    "TensorSpec",
    "Variable",
    "autograph",
    "cond",
    "function",
    "init_scope",
    "load",
    "print",
    "profile",
    "range",
    "register_pytree_node",
    "runtime",
    "save",
    "while_loop",
]
__all__ += ops.__all__
