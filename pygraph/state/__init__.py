"""State that outlives a call: variables."""

from pygraph._hot import Variable
from pygraph.graph.scope import init_scope

__all__ = ["Variable", "init_scope"]
