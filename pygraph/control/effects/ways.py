"""Ways that end with an exception: one that the user raises where a branch or a loop is traced.

It travels as in Python up to the end of the branch or body, so that handlers and ``finally``
inside see it. There it becomes the last op of that way, which raises when the graph gets there.
What an op says of sizes that it does not fit is such an exception as well, and so is what Python
says of a key, a position or a division in converted code: that code may never run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pygraph.control.join.pending import MissingItemError, items_may_come
from pygraph.control.tensors import tracing
from pygraph.graph.exceptions import RAISED_AT, describe_exception, holds_tensors
from pygraph.graph.locations import (
    Location,
    chain_of_converted_error,
    chain_of_op_error,
    describe,
)
from pygraph.graph.op_rows import OP_ROWS

_T = TypeVar("_T")

# What ops raise for sizes and positions; a wrong dtype is a TypeError, and wrong for all sizes.
_MISFITS = (ValueError, IndexError, OverflowError)
# What Python raises for values that a way which may not run has found nothing for.
_OF_VALUES = (IndexError, KeyError, ZeroDivisionError)


class Raised:
    """The type of RAISED: what a way gives that ends with a ``raise``."""

    __slots__ = ()


RAISED = Raised()


class EndOfWay(BaseException):
    """Ends the trace of a way whose rest cannot be reached: all ways up to here have raised."""


def until_raise(way: Callable[[], _T]) -> _T | Raised:
    """Trace a branch or a body; where it ends in a ``raise`` or a misfit of sizes, record that."""
    try:
        return way()
    except EndOfWay:
        return RAISED
    except BaseException as error:
        chain = _raised_at(error)
        if chain is None:
            error.__pygraph_left_way__ = True  # type: ignore[attr-defined]
            raise
        _record(error, chain)
        return RAISED


def left_a_way(error: BaseException | None) -> bool:
    """Return whether an exception came out of a branch or a loop while that was traced."""
    return getattr(error, "__pygraph_left_way__", False)


def ends_graph(error: BaseException) -> bool:
    """Return whether an exception that left a function becomes part of its graph.

    It does where tensors are in it, or where the graph has something to do before it.
    """
    if isinstance(error, EndOfWay):
        return True
    chain = _raised_at(error)
    if chain is None or not (_does_something() or (is_raised(error) and holds_tensors(error))):
        return False
    _record(error, chain)
    return True


def is_raised(error: BaseException) -> bool:
    """Return whether an exception comes from a ``raise`` of the user's, noted by ``raised``."""
    return hasattr(error, RAISED_AT)


class _State(threading.local):
    # Whether Python's own loop asks an iterator for its next item.
    taking = False


_state = _State()


def taken(iterator: Iterator[_T]) -> Iterator[_T]:
    """Yield the items of an iterator to a loop of Python's, which a graph cannot end."""
    while True:
        former, _state.taking = _state.taking, True
        try:
            item = next(iterator)
        except StopIteration:
            return
        finally:
            _state.taking = former
        yield item


def _refuse_staged_end(chain: Sequence[Location]) -> None:
    raise TypeError(
        "StopIteration is raised where a tensor decides, which cannot end a loop of Python's "
        f"({describe(chain[0])}): loop over pygraph.range(n) or a tensor, or by `while`"
    )


def _raised_at(error: BaseException) -> Sequence[Location] | None:
    if is_raised(error):
        return getattr(error, RAISED_AT)  # type: ignore[no-any-return]
    chain = chain_of_op_error(error) if type(error) in _MISFITS else None
    if chain is None and isinstance(error, _OF_VALUES) and not _may_change(error):
        return chain_of_converted_error(error)
    return chain


def _may_change(error: BaseException) -> bool:
    """Return whether a later trace may not raise an error."""
    return isinstance(error, MissingItemError) and items_may_come()


def _record(error: BaseException, chain: Sequence[Location]) -> None:
    if _state.taking and isinstance(error, StopIteration):
        _refuse_staged_end(chain)
    builder = tracing()
    if isinstance(error, MissingItemError):
        error = IndexError(*error.args)
    described = describe_exception(error)
    kept = builder.module.exceptions
    attributes = {
        "text": described.text,
        "exception": described.exception,
        "builtin": described.builtin,
        "object": len(kept),
    }
    kept.append(described.kept)
    builder.record("raise", tuple(described.values), attributes, chain)
    # Whoever keeps the exception keeps no frames, and so no symbolic tensors.
    if is_raised(error):
        delattr(error, RAISED_AT)
    error.__traceback__ = None


def _does_something() -> bool:
    builder = tracing()
    return any(OP_ROWS[node.op]["effects"] - {"reads"} for node in builder.nodes)
