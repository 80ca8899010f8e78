"""Control flow as functions, and the staging of branches and loops that AutoGraph builds on."""

from pygraph.control.conditional import cond
from pygraph.control.containers.ranges import Range
from pygraph.control.effects.printing import print
from pygraph.control.loop.while_loop import while_loop

range = Range

__all__ = ["Range", "cond", "print", "range", "while_loop"]
