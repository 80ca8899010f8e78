"""What converted code calls while it runs. Converted code knows this package as ``ag``.

Every operator looks at its arguments: Python values behave exactly as in Python, tensors that
decide something become part of the graph.
"""

from pygraph.autograph.operators.assignments import changes
from pygraph.autograph.operators.branches import if_expr, if_stmt
from pygraph.autograph.operators.calls import call
from pygraph.autograph.operators.contexts import manager
from pygraph.autograph.operators.logic import (
    and_,
    compare,
    in_,
    is_,
    is_not,
    not_,
    not_in,
    or_,
    read,
)
from pygraph.autograph.operators.loops import for_stmt, while_stmt

__all__ = [
    "and_",
    "call",
    "changes",
    "compare",
    "for_stmt",
    "if_expr",
    "if_stmt",
    "in_",
    "is_",
    "is_not",
    "manager",
    "not_",
    "not_in",
    "or_",
    "read",
    "while_stmt",
]
