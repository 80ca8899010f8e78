"""Control flow as functions, and the staging of branches and loops that AutoGraph builds on."""

from pygraph.control.conditional import cond
from pygraph.control.loop import while_loop
from pygraph.control.ranges import Range

range = Range

__all__ = ["Range", "cond", "range", "while_loop"]
