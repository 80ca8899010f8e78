"""Type checkers see the parameters and the result of what was decorated."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

PROGRAM = """
import pygraph as pg

@pg.function
def scale(x: pg.Tensor, n: int = 2) -> pg.Tensor:
    return x * n

@pg.function(reduce_retracing=True)
def shift(x: pg.Tensor, *, by: float) -> tuple[pg.Tensor, int]:
    return x + by, 1

class Model:
    @pg.function
    def run(self, x: pg.Tensor) -> pg.Tensor:
        return x

reveal_type(scale(pg.asarray(1.0)))
reveal_type(shift(pg.asarray(1.0), by=2.0))
reveal_type(Model().run(pg.asarray(1.0)))
scale("text")
scale(pg.asarray(1.0), m=3)
shift(pg.asarray(1.0))
Model().run()
scale.tracing_count + 1
Model().run.explain().rows
"""


@pytest.mark.unsanitized
def test_mypy_sees_through_the_decorator(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api")
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    cache = str(Path(__file__).parent.parent.parent / ".mypy_cache")
    limit = sys.getrecursionlimit()
    output, problems, _ = api.run(
        ["--strict", "--no-error-summary", "--cache-dir", cache, str(path)]
    )
    sys.setrecursionlimit(limit)  # mypy lets its process recurse deeper than the stack may be
    # mypy remembers its findings with the path of another run's folder.
    found = re.findall(r"program\.py:(\d+): (\w+): (.*)", output)
    notes = [text for _, _, text in found if text.startswith("Revealed type")]
    assert len(notes) == 3, output + problems
    assert "Tensor" in notes[0]
    assert "tuple[" in notes[1]
    assert "int" in notes[1]
    assert "Tensor" in notes[2]
    errors = {int(line) for line, kind, _ in found if kind == "error"}
    assert errors == {20, 21, 22, 23}, output
