"""What all tests share: how hypothesis draws, and which build of pygraph is under test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The fast suite draws the same examples each time; `tests/check.py --fuzz` draws many new ones.
settings.register_profile("fast", max_examples=50, deadline=None, derandomize=True, database=None)
settings.register_profile(
    "fuzz",
    max_examples=5000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fast")


# What a pass makes is verified, the pass named that breaks a graph.
os.environ.setdefault("PYGRAPH_VERIFY_PASSES", "1")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Spread the whole suite over the processors; run tests that are named in this process.

    There breakpoints and ``-s`` work. ``-n 4`` or ``-n 0`` ask for something else.
    """
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return 0
    return min(len(os.sched_getaffinity(0)), 8)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what hypothesis drives, so that `-m fuzz` finds it."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.fuzz)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse to test another build than the one that was asked for."""
    wanted = os.environ.get("PYGRAPH_UNDER_TEST")
    if wanted is None:
        return
    import pygraph

    if not Path(str(pygraph.__file__)).is_relative_to(wanted):
        raise pytest.UsageError(f"pygraph comes from {pygraph.__file__}, not from {wanted}")
