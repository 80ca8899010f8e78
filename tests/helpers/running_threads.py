"""Running work in several threads at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

THREADS = 8


def in_threads(work: Callable[[int], object], count: int = THREADS) -> None:
    """Run ``work(0)``, ``work(1)``, ... at once; raise what one of them raises."""
    failures: list[BaseException] = []
    start = threading.Barrier(count)

    def run(index: int) -> None:
        try:
            start.wait()
            work(index)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
