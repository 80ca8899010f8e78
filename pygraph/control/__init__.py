"""Control flow as functions, and the staging of branches and loops that AutoGraph builds on."""

from pygraph.control.conditional import cond
from pygraph.control.loop import while_loop
from pygraph.control.printing import print
from pygraph.control.ranges import Range

range = Range

__all__ = ["Range", "cond", "print", "range", "while_loop"]
