"""pygraph: plain Python numeric code, control flow included, run as graphs in a C++ executor."""

import importlib
from typing import TYPE_CHECKING, Any

from pygraph import _core, autograph, ops, runtime
from pygraph._hot import DType, Tensor
from pygraph.autograph.operators.once import TracedOnceWarning
from pygraph.control import cond, print, range, while_loop
from pygraph.function import ConcreteFunction, Function, RetracingWarning, function
from pygraph.graph import Graph, TensorSpec
from pygraph.graph.structure import register_pytree_node
from pygraph.ops import *  # noqa: F403  (the array namespace; its names are listed in ops.__all__)
from pygraph.state import Variable, init_scope

if TYPE_CHECKING:
    from pygraph.profiling import Profile, profile
    from pygraph.saving import load, save

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
    "TracedOnceWarning",
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

# Many programs need none of these: they are imported when they are first asked for.
_LATE = {
    "Profile": "pygraph.profiling",
    "profile": "pygraph.profiling",
    "load": "pygraph.saving",
    "save": "pygraph.saving",
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module 'pygraph' has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(_LATE[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATE})
