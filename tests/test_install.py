"""The README's editable install, as others find it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.unsanitized]

ROOT = Path(__file__).resolve().parent.parent

USER = """
import pygraph as pg

@pg.function
def double(x: pg.Tensor) -> pg.Tensor:
    return x * 2

reveal_type(pg.zeros(3))
pg.load(3)
"""


def test_type_checkers_see_an_editable_install(tmp_path: Path) -> None:
    target = tmp_path / "site"
    # Into a folder of its own, with what this environment has; `pip install -e .` does the same.
    build = """
import os, sys, zipfile
from pathlib import Path
from setuptools import build_meta
folder = sys.argv[1]
wheel = build_meta.build_editable(folder)
zipfile.ZipFile(Path(folder, wheel)).extractall(folder)
"""
    target.mkdir()
    subprocess.run([sys.executable, "-c", build, str(target)], cwd=ROOT, check=True)
    paths = [path.read_text().strip() for path in target.glob("*.pth")]
    assert [Path(path).resolve() for path in paths] == [ROOT]
    script = tmp_path / "user.py"
    script.write_text(USER)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), str(script)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"MYPYPATH": paths[0]},
    )
    assert "Revealed type" in done.stdout, done.stdout + done.stderr
    assert "pygraph._hot.Tensor" in done.stdout or "EagerTensor" in done.stdout, done.stdout
    assert 'Argument 1 to "load"' in done.stdout, done.stdout
