"""The builds of the kernels: each gives right results, and none leaks code into another."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pygraph import _core

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LOWER = list(_core.build_info()["isas_available"][:-1])


def run_python(arguments: list[str], isa: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYGRAPH_ISA": isa}
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


@pytest.mark.parametrize("isa", LOWER)
def test_a_lower_instruction_set_passes_the_same_tests(isa: str) -> None:
    files = ["test_elementwise.py", "test_reductions.py", "test_matmul.py", "test_ulp.py"]
    pytest_run = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    result = run_python([*pytest_run, *(str(HERE / name) for name in files)], isa)
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_unknown_instruction_set_is_noted_and_ignored() -> None:
    result = run_python(["-c", "import pygraph as pg; pg.abs(pg.asarray(-1))"], "z80")
    assert result.returncode == 0
    assert "PYGRAPH_ISA=z80" in result.stderr


@pytest.mark.skipif(shutil.which("nm") is None, reason="needs nm")
def test_no_symbol_is_shared_between_builds() -> None:
    """A weak symbol that two builds emit is merged, and the wrong build's code could win."""
    objects = sorted((ROOT / "build" / "release" / "obj" / "kernels" / "isa").glob("*.o"))
    if not objects:
        pytest.skip("not run from a tree that was built")
    listing = subprocess.run(["nm", "-A", *objects], capture_output=True, text=True, check=True)
    shared = [line for line in listing.stdout.splitlines() if line.split()[-2] in "WVuw"]
    assert shared == []
