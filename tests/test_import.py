"""What `import pygraph` loads, and what it leaves for when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pygraph as pg

_LATE = """
import sys
import numpy
before = set(sys.modules)
import pygraph as pg
print(*sorted(set(sys.modules) - before))
assert {"save", "load", "profile", "Profile", "function", "sin"} <= set(dir(pg))
print(pg.save.__module__, pg.profile.__module__)
"""


def test_what_few_programs_need_comes_late() -> None:
    ran = subprocess.run([sys.executable, "-c", _LATE], capture_output=True, text=True, check=True)
    loaded, homes = ran.stdout.splitlines()
    assert "pygraph.graph.builder" in loaded.split()
    for name in (
        "saving",
        "profiling",
        "function.explain",
        "function.pickling",
        "autograph.layout",
    ):
        assert not [m for m in loaded.split() if m.startswith(f"pygraph.{name}")]
    # Making one dataclass takes as long as loading two modules.
    assert not [m for m in loaded.split() if m == "dataclasses"]
    assert homes == "pygraph.saving.program pygraph.profiling"


def test_names_that_come_late_are_ordinary_names() -> None:
    names: dict[str, object] = {}
    exec("from pygraph import *", names)
    assert set(pg.__all__) <= set(names)
    assert names["save"] is pg.save
    assert set(pg.__all__) <= set(dir(pg))
    assert not hasattr(pg, "no_such_name")
