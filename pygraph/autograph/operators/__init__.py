"""What converted code calls while it runs. Converted code knows this package as ``ag``.

Every operator looks at its arguments: Python values behave exactly as in Python, tensors that
decide something become part of the graph.
"""

import sys
from builtins import slice

from pygraph.autograph.entry import OPERATORS
from pygraph.autograph.operators.assignments import augmented, changes
from pygraph.autograph.operators.branches import if_expr, if_stmt
from pygraph.autograph.operators.calls import call, convertible
from pygraph.autograph.operators.chains import expr_chain, if_chain
from pygraph.autograph.operators.comparisons import in_, is_, is_not, not_in
from pygraph.autograph.operators.comprehensions import collected, generated, kept, keyed, refused
from pygraph.autograph.operators.contexts import manager
from pygraph.autograph.operators.effects import assert_stmt, percent, text
from pygraph.autograph.operators.frames import frame_reader
from pygraph.autograph.operators.lists import item, place, repeated, unpacked
from pygraph.autograph.operators.logic import (
    and_,
    compare,
    not_,
    or_,
    read,
    read_free,
)
from pygraph.autograph.operators.loops import for_stmt, while_stmt
from pygraph.autograph.operators.reads import attribute, entry, free, variable
from pygraph.control.effects.attempts import Attempt
from pygraph.control.effects.raising import raised

OPERATORS.cell_contents = sys.modules[__name__]

__all__ = [
    "Attempt",
    "and_",
    "assert_stmt",
    "attribute",
    "augmented",
    "call",
    "changes",
    "collected",
    "compare",
    "convertible",
    "entry",
    "expr_chain",
    "for_stmt",
    "frame_reader",
    "free",
    "generated",
    "if_chain",
    "if_expr",
    "if_stmt",
    "in_",
    "is_",
    "is_not",
    "item",
    "kept",
    "keyed",
    "manager",
    "not_",
    "not_in",
    "or_",
    "percent",
    "place",
    "raised",
    "read",
    "read_free",
    "refused",
    "repeated",
    "slice",
    "text",
    "unpacked",
    "variable",
    "while_stmt",
]
