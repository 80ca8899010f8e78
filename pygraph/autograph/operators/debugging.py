"""``breakpoint()`` in traced code: Python's debugger, which does not show pygraph's own frames."""

from __future__ import annotations

import builtins
import os
import pdb
import sys
from collections import ChainMap
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Any

from pygraph.autograph.exclusions import is_excluded_file
from pygraph.graph.frames import folded
from pygraph.graph.locations import is_library_file, mark_of

# How the modules of named tuples' methods are called: compiled code enters those with no frame.
_GENERATED = "namedtuple_"


def debugger_of(function: Any) -> Callable[..., None] | None:
    """Return what stands for ``breakpoint`` or ``pdb.set_trace``; None if it is neither.

    A debugger that the user chose by ``sys.breakpointhook`` or ``PYTHONBREAKPOINT`` stays.
    """
    if function is pdb.set_trace:
        return _debug
    chosen = sys.breakpointhook is not sys.__breakpointhook__ or "PYTHONBREAKPOINT" in os.environ
    return _debug if function is builtins.breakpoint and not chosen else None


def _debug(**keywords: Any) -> None:
    debugger = _Debugger()
    if keywords.get("header") is not None:
        debugger.message(keywords["header"])
    debugger.set_trace(sys._getframe().f_back)


class _Debugger(pdb.Pdb):
    """Python's debugger, to which a function and the helpers that it was parted into are one."""

    def stop_here(self, frame: FrameType) -> bool:
        """Return whether to stop in a frame: never in pygraph's, in helpers as in functions."""
        if _is_internal(frame):
            return False
        wanted: FrameType | None = self.stopframe
        if (
            wanted is not None
            and self.stoplineno != -1
            and _function_frame(frame) is _function_frame(wanted)
        ):
            return frame.f_lineno >= self.stoplineno
        return super().stop_here(frame)

    def set_return(self, frame: FrameType) -> None:
        """Go on to the end of the function, from a helper of it too."""
        super().set_return(_function_frame(frame))

    def user_call(self, frame: FrameType, argument_list: None) -> None:
        """Stop at a call, unless it is pygraph's of a helper."""
        if not _is_helper(frame):
            super().user_call(frame, argument_list)

    def user_return(self, frame: FrameType, return_value: Any) -> None:
        """Stop at a return, unless it is a helper's."""
        if not _is_helper(frame):
            super().user_return(frame, return_value)

    def get_stack(
        self, f: FrameType | None, t: TracebackType | None
    ) -> tuple[list[tuple[FrameType, int]], int]:
        """Return the user's frames, a function's with its helpers' as one."""
        stack, current = super().get_stack(f, t)
        chosen = stack[current][0] if stack else None
        kept = folded(
            [entry for entry in stack if not _is_internal(entry[0])],
            lambda entry: entry[0].f_code,
        )
        places = [index for index, entry in enumerate(kept) if entry[0] is chosen]
        return kept, places[0] if places else max(0, len(kept) - 1)

    @property
    def curframe_locals(self) -> Any:
        """The variables that can be seen: in a helper, those of its function too."""
        return self._locals

    @curframe_locals.setter
    def curframe_locals(self, own: Any) -> None:
        outer = [frame.f_locals for frame in _around(self.curframe)]
        self._locals = ChainMap(own, *outer) if outer else own


def _is_internal(frame: FrameType) -> bool:
    """Return whether a frame is pygraph's, or of what pygraph called in other libraries."""
    around: FrameType | None = frame
    while around is not None:
        name = around.f_code.co_filename
        if is_library_file(name) or around.f_globals.get("__name__", "").startswith(_GENERATED):
            return True
        if not is_excluded_file(name):
            return False
        around = around.f_back
    return False


def _is_helper(frame: FrameType) -> bool:
    mark = mark_of(frame.f_code)
    return mark is not None and mark.owner is not None


def _around(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield the frames that a helper's is a part of, from the inside out."""
    mark = None if frame is None else mark_of(frame.f_code)
    owner = None if mark is None else mark.owner
    while owner is not None and frame is not None and frame.f_back is not None:
        frame = frame.f_back
        found = mark_of(frame.f_code)
        if found is owner:
            yield frame
            return
        if found is not None and found.owner is owner:
            yield frame


def _function_frame(frame: FrameType) -> FrameType:
    return [frame, *_around(frame)][-1]
