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


def run_tests(isa: str, *arguments: str) -> None:
    files = [HERE / name for name in ("test_elementwise.py", "test_reductions.py", "test_ulp.py")]
    command = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *arguments]
    result = run_python([*command, *map(str, [*files, HERE / "test_matmul.py"])], isa)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("isa", LOWER)
def test_a_lower_instruction_set_gives_right_results(isa: str) -> None:
    run_tests(isa, "-k", "special or casts or powers or extrema or sums or stated or large")


@pytest.mark.slow
@pytest.mark.parametrize("isa", LOWER)
def test_a_lower_instruction_set_passes_all_tests(isa: str) -> None:
    run_tests(isa)


def test_an_unknown_instruction_set_is_noted_and_ignored() -> None:
    result = run_python(["-c", "import pygraph as pg; pg.abs(pg.asarray(-1))"], "z80")
    assert result.returncode == 0
    assert "PYGRAPH_ISA=z80" in result.stderr


@pytest.mark.skipif(shutil.which("nm") is None, reason="needs nm")
def test_no_symbol_is_shared_between_builds() -> None:
    """A weak symbol that two builds emit is merged, and the wrong build's code could win."""
    objects = sorted((ROOT / "build").glob("release*/obj/kernels/isa/*.o"))
    if not objects:
        pytest.skip("not run from a tree that was built")
    listing = subprocess.run(["nm", "-A", *objects], capture_output=True, text=True, check=True)
    shared = [line for line in listing.stdout.splitlines() if line.split()[-2] in "WVuw"]
    assert shared == []
