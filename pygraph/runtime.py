"""The state of the process: graphs alive, memory, and switches for debugging."""

from __future__ import annotations

import operator

from pygraph import _core, _hot


def live_graphs() -> int:
    """Return how many graphs exist in the process."""
    return _core.live_graphs()


def memory_stats() -> dict[str, int]:
    """Return bytes in use and cached for reuse, allocations so far, and live buffers."""
    return _core.memory_stats()


def release_memory() -> None:
    """Give cached memory, and the plans of eager operations, back to the system."""
    _core.release_memory()


def run_functions_eagerly(value: bool) -> None:
    """Set whether Functions run their Python code as it is written, for debugging."""
    _hot.set_run_eagerly(bool(value))


def show_full_tracebacks(value: bool) -> None:
    """Set whether the tracebacks of errors keep pygraph's own frames, which they leave out.

    The environment variable ``PYGRAPH_FULL_TRACEBACKS=1`` does that from the start.
    """
    _hot.show_full_tracebacks(bool(value))


def set_cache_limit(limit: int | None) -> None:
    """Set how many bytes the graphs of all functions may hold; None, the default, for no limit.

    Above it the graphs that were used least recently go; the newest one always stays, and one that
    is running lives until its run ends. Raises ValueError for a negative limit.
    """
    _hot.set_cache_limit(limit)


def num_threads(count: int | None = None) -> int:
    """Return how many threads a call may use; with ``count``, set it first.

    The default is one per processor, or what the environment variable PYGRAPH_NUM_THREADS says.
    Large operations share their work among the threads; results do not depend on how many there
    are. Raises ValueError for a count below 1 or above 256.
    """
    if count is not None:
        _core.set_thread_count(operator.index(count))
    return _core.thread_count()
