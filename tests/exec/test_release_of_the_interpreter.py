"""While a long run is on, other Python threads get the interpreter: in straight-line work too."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import pygraph as pg


@pytest.fixture
def no_forced_switches() -> Iterator[None]:
    """Let threads switch only where one gives the interpreter up."""
    former = sys.getswitchinterval()
    sys.setswitchinterval(100.0)
    yield
    sys.setswitchinterval(former)


def is_overtaken(work: Callable[[], Any]) -> bool:
    """Return whether another thread got to run while the work was done."""
    order: list[str] = []
    started = threading.Event()

    def run() -> None:
        started.set()
        work()
        order.append("done")

    def watch() -> None:
        started.wait()
        order.append("seen")

    threads = [threading.Thread(target=watch), threading.Thread(target=run)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return order == ["seen", "done"]


def product(x: Any) -> Any:
    return x @ x


def selected(x: Any) -> Any:
    # How many there are, only the data says.
    return pg.sum(pg.exp(x[x > -1.0]))


@pytest.mark.usefixtures("no_forced_switches")
@pytest.mark.parametrize("way", ["eager", "staged", "any shape", "data-dependent"])
def test_straight_line_work_lets_others_run(way: str) -> None:
    x = pg.asarray(np.ones((400, 400)))
    any_shape = [pg.TensorSpec((None, None), pg.float64)]
    function = {
        "eager": product,
        "staged": pg.function(product),
        "any shape": pg.function(product, input_signature=any_shape),
        "data-dependent": pg.function(selected),
    }[way]
    if way == "data-dependent":
        x = pg.asarray(np.ones(3_000_000))
    function(x)
    assert any(is_overtaken(lambda: function(x)) for _ in range(30))
