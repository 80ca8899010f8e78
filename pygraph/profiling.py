"""Profiles: what the operations of graphs take, by the user's lines."""

from __future__ import annotations

import os
import threading
from typing import Any, NamedTuple

from pygraph import _core


class Line(NamedTuple):
    """A line of the user's program."""

    file: str
    number: int
    function: str


class ProfileRow(NamedTuple):
    """What one operation took: in seconds, over all runs of the graph that it is in.

    Operations that run as one are one row, with the lines of all; an operation of a function called
    without a graph has none.
    """

    graph: str
    op: str
    lines: tuple[Line, ...]
    calls: int
    total: float

    @property
    def mean(self) -> float:
        """Seconds per call."""
        return self.total / self.calls


class Profile:
    """The figures of the runs that began, on any thread, while the ``with`` statement was running.

    ``rows`` are the operations, those that took longest first, ``graphs`` the runs of whole graphs.
    ``print`` shows a table. Made by :func:`profile`.
    """

    def __init__(self) -> None:
        self._recorded: _core.Profile | None = None
        self._done = False

    def __enter__(self) -> Profile:
        """Begin to record. Raises RuntimeError if it was recorded already."""
        if self._recorded is not None:
            raise RuntimeError(
                "a profile is recorded once: make another one with pygraph.profile()"
            )
        self._recorded = _core.Profile()
        self._recorded.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._recorded is not None:
            self._recorded.stop()
        self._done = True

    @property
    def rows(self) -> list[ProfileRow]:
        """The operations. Raises RuntimeError before the end of the ``with`` statement."""
        return self._sum(runs=False)

    @property
    def graphs(self) -> list[ProfileRow]:
        """The graphs, each with all its operations, and the functions that they call."""
        return self._sum(runs=True)

    def _sum(self, *, runs: bool) -> list[ProfileRow]:
        """Add up the figures of the same operation in plans for different shapes."""
        sums: dict[tuple[str, str, tuple[Line, ...]], tuple[int, int]] = {}
        for is_run, graph, op, lines, calls, nanoseconds in self._finished().rows():
            if is_run is not runs or not calls:
                continue
            key = graph, op, tuple(Line(*line) for line in lines)
            before = sums.get(key, (0, 0))
            sums[key] = before[0] + calls, before[1] + nanoseconds
        rows = [ProfileRow(*key, calls, spent * 1e-9) for key, (calls, spent) in sums.items()]
        return sorted(rows, key=lambda row: row.total, reverse=True)

    def as_text(self) -> str:
        """Return a table of the graphs and operations, those that took longest first."""
        table = [["total", "mean", "calls", "operation", "graph", "lines"]]
        for row in [*self.graphs, *self.rows]:
            times = [_readable(row.total), _readable(row.mean), str(row.calls)]
            is_graph = not row.lines and row.op == row.graph
            table.append([*times, "(run)" if is_graph else row.op, row.graph, _places(row.lines)])
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        return "\n".join(_aligned(cells, widths) for cells in table)

    def __str__(self) -> str:
        return self.as_text()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the runs and operations, one by one, as a Chrome trace (JSON).

        Perfetto (https://ui.perfetto.dev) and ``chrome://tracing`` show it. A profile keeps a
        million events; ``otherData`` in the file says how many more there were.
        """
        import json  # and pathlib: a few milliseconds that `import pygraph` need not take
        from pathlib import Path

        recorded = self._finished()
        rows = recorded.rows()
        process = os.getpid()
        names = {thread.native_id: thread.name for thread in threading.enumerate()}
        events: list[dict[str, Any]] = []
        threads: set[int] = set()
        for index, thread, start, duration in recorded.events():
            is_run, graph, op, lines, _, _ = rows[index]
            threads.add(thread)
            events.append(
                {
                    "name": graph if is_run else op,
                    "cat": "graph" if is_run else "operation",
                    "ph": "X",
                    "ts": start / 1000,
                    "dur": duration / 1000,
                    "pid": process,
                    "tid": thread,
                    "args": {
                        "lines": [
                            f"{_core.portable_name(file)}:{line} in {name}"
                            for file, line, name in lines
                        ]
                    },
                }
            )
        for thread in sorted(threads):
            name = names.get(thread, f"thread {thread}")
            events.append(
                {"name": "thread_name", "ph": "M", "pid": process, "tid": thread,
                 "args": {"name": name}}
            )  # fmt: skip
        trace = {
            "traceEvents": events,
            "displayTimeUnit": "ns",
            "otherData": {"dropped": recorded.dropped()},
        }
        Path(path).write_text(json.dumps(trace))

    def _finished(self) -> _core.Profile:
        if self._recorded is None:
            raise RuntimeError("the profile is empty: record in `with pygraph.profile() as p:`")
        if not self._done:
            raise RuntimeError("the profile is being recorded: its figures are there after `with`")
        return self._recorded


def profile() -> Profile:
    """Return a profile, which records the graphs and operations that run in its ``with`` statement.

    All threads are recorded; profiles may overlap. Without one, runs cost nothing more.

    >>> @pg.function
    ... def f(x):
    ...     return pg.sum(x @ x)
    >>> x = pg.ones((4, 4))
    >>> with pg.profile() as p:
    ...     for _ in range(3):
    ...         y = f(x)
    >>> [(row.op, row.calls) for row in sorted(p.rows, key=lambda row: row.op)]
    [('matmul', 3), ('sum', 3)]
    >>> [(graph.graph, graph.calls) for graph in p.graphs]
    [('f', 3)]
    """
    return Profile()


def _readable(seconds: float) -> str:
    for unit, scale in (("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3)):
        if seconds < 1000 * scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds:.3g} s"


def _places(lines: tuple[Line, ...]) -> str:
    """Return lines as text, such as ``model.py:12, 13``."""
    places: list[str] = []
    file = None
    for line in lines:
        number = str(line.number)
        places.append(number if line.file == file else f"{os.path.basename(line.file)}:{number}")
        file = line.file
    return ", ".join(places)


def _aligned(cells: list[str], widths: list[int]) -> str:
    """Return a row of the table: the figures to the right, the rest to the left."""
    figures = [cell.rjust(width) for cell, width in zip(cells[:3], widths[:3], strict=True)]
    texts = [cell.ljust(width) for cell, width in zip(cells[3:], widths[3:], strict=True)]
    return "  ".join([*figures, *texts]).rstrip()
