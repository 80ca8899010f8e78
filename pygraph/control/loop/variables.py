"""What goes from iteration to iteration of a staged loop, and the forms at which that settles.

The types in a graph are fixed, so a loop's body is traced until the state at its end has the form
of that at its start. Each trace joins both; what differs becomes more general, or is an error.
An example, for a tensor ``n``::

    s, x, box.total = 0, numbers, 0          # numbers: float32[3]
    while s < n:
        s = s + 0.5
        x = pg.concat([x, x[:1]])
        box.total += 1

===== ===================== ======================== ==============================================
trace its start             its end                  so the next one starts from
===== ===================== ======================== ==============================================
1     s int, x float32[3]   s float, x float32[4],   box.total is a part of an object from outside:
                            and box.total changed    it joins the state, as an int
2     as 1, box.total int   s float, x float32[4],   s float, x float32[?] (sizes that differ are
                            box.total int            unknown from then on)
3     s float, x float32[?] the same                 settled: this trace is the loop's body
===== ===================== ======================== ==============================================

A number that no iteration changes is made Python's again, which is seen at the end of the last
trace and takes one more. Forms only become more general, and can do so only so often: `_steps`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pygraph.control.changes.journal import Change
from pygraph.control.join.forms import Form


class LoopVariable:
    """One variable of a loop, or one part of an outer object that the body changes.

    ``before`` is its value before the loop and ``own`` the form of that; ``form`` is the one that
    it has at the start of an iteration, as far as that has settled.
    """

    __slots__ = (
        "before", "deepened", "fixed", "form", "guarded", "indirect", "left", "name", "own", "part",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        before: Any,
        own: Form,
        form: Form,
        *,
        part: Change | None = None,
        guarded: bool = False,
        indirect: bool = False,
    ) -> None:
        self.name = name
        self.before = before
        self.own = own
        self.form = form
        self.part = part
        # It is never read unless the last iteration set it.
        self.guarded = guarded
        # Its numbers stay Python's until the body is seen to change them.
        self.indirect = indirect
        # The body was seen to leave some of its numbers alone.
        self.fixed = False
        # How many traces in a row it came out nested deeper than it went in.
        self.deepened = 0
        # By identity, the objects from before the loop that an iteration may leave in it.
        self.left: dict[int, Any] = {}


class Settled(NamedTuple):
    """The forms of a loop's variables before it, and those that it settled at; parts come last."""

    own: list[Form]
    forms: list[Form]
    parts: list[Change]


class Trace(NamedTuple):
    """What one trace of the body came to: each is per variable."""

    given: list[Any]
    values: list[Any]
    ends: list[Form]
    found: list[Form]
    """The forms at the end, joined with those at the start."""
    raises: bool
    more: bool
    """Whether variables were found that may be further objects from before the loop."""
