"""The core built without Python's packages: by tools/build.py, and by CMake for C++ projects."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pygraph as pg

ROOT = Path(__file__).resolve().parents[2]
CMAKE = ROOT / "csrc" / "CMakeLists.txt"
PROJECT = """\
cmake_minimum_required(VERSION 3.16)
project(embedding LANGUAGES CXX)
add_subdirectory({csrc} pygraph)
add_executable(sum_squares {example})
target_link_libraries(sum_squares PRIVATE pygraph)
"""
pytestmark = [
    pytest.mark.unsanitized,
    pytest.mark.skipif(not CMAKE.exists(), reason="needs the sources"),
]


def run(*command: object, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def without_packages(code: str, **environment: str) -> str:
    """Run Python where only its own library can be imported."""
    path = f"import sys; sys.path.append({str(ROOT)!r}); "
    return run(sys.executable, "-I", "-S", "-c", path + code, **environment)


def core_units() -> list[tuple[str, list[str]]]:
    code = (
        "import json; from tools.build import *; builder = CoreBuilder('core-{}', 'out'); "
        "print(json.dumps([(str(u.source), builder.command(u)) for u in builder.core_units()]))"
    )
    return [(source, command) for source, command in json.loads(without_packages(code))]


def meant(command: list[str]) -> list[str]:
    """Those flags that decide what the code does; of several levels the last."""
    level = [flag for flag in command if re.fullmatch(r"-O\d", flag)][-1]
    kept = [flag for flag in command if flag.startswith(("-f", "-march", "-std", "-DPYGRAPH"))]
    return sorted([level, *{flag.replace("-fPIE", "-fPIC") for flag in kept}])


@pytest.mark.skipif(shutil.which("cmake") is None, reason="needs CMake")
def test_cmake_compiles_the_same_sources_with_the_same_flags(tmp_path: Path) -> None:
    run("cmake", "-S", CMAKE.parent, "-B", tmp_path, "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
    listed = json.loads((tmp_path / "compile_commands.json").read_text())
    found = sorted(
        (entry["file"], meant(entry["command"].replace('\\"', '"').split())) for entry in listed
    )
    assert found == sorted((source, meant(command)) for source, command in core_units())


def test_commands_for_editors_name_every_source_of_the_core(tmp_path: Path) -> None:
    target = tmp_path / "compile_commands.json"
    without_packages(
        "from tools.build import *; builder = CoreBuilder('core-{}', 'out'); "
        f"builder.write_commands(builder.core_units(), Path({str(target)!r}))"
    )
    named = [entry["file"] for entry in json.loads(target.read_text())]
    assert named == [source for source, _ in core_units()]
    assert len(named) > len(set(named)) > 40


@pytest.mark.slow
@pytest.mark.timeout(900)  # all of the core is compiled
@pytest.mark.skipif(shutil.which("cmake") is None, reason="needs CMake")
def test_a_cmake_project_runs_a_saved_graph(tmp_path: Path) -> None:
    @pg.function
    def sum_squares(n):
        total = 0
        for i in pg.range(1, n + 1):
            total += i * i
        return total

    sum_squares(pg.asarray(3))
    pg.save(sum_squares, tmp_path / "sum_squares.pgraph")
    example = ROOT / "examples" / "embed" / "sum_squares.cpp"
    project = PROJECT.format(csrc=CMAKE.parent, example=example)
    (tmp_path / "CMakeLists.txt").write_text(project)
    folder = tmp_path / "build"
    launcher = shutil.which("ccache")
    options = [f"-DCMAKE_CXX_COMPILER_LAUNCHER={launcher}"] if launcher else []
    run("cmake", "-S", tmp_path, "-B", folder, "-DBUILD_SHARED_LIBS=OFF", *options)
    run("cmake", "--build", folder, "--parallel", len(os.sched_getaffinity(0)))
    assert run(folder / "sum_squares", tmp_path / "sum_squares.pgraph", 10) == "385\n"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_core_alone_is_small() -> None:
    out = Path(
        run(sys.executable, "-I", "-S", ROOT / "tools" / "build.py", "core").splitlines()[-1]
    )
    assert (out / "include" / "pygraph" / "pygraph.hpp").exists()
    stripped = out / "stripped.so"
    run("strip", "-o", stripped, out / "lib" / "libpygraph.so")
    size = stripped.stat().st_size
    stripped.unlink()
    assert size <= 4_000_000


def test_warnings_stop_strict_builds_alone_and_are_not_forgotten(tmp_path: Path) -> None:
    source = tmp_path / "careless.cpp"
    source.write_text("short careless(int number) { return number; }\n")
    code = (
        "from tools.build import *; builder = CoreBuilder('core-{}', 'out'); "
        f"source = Path({str(source)!r}); "
        "unit = Unit(source, source.with_suffix('.o'), ('-Wconversion',)); "
        "builder.compile(unit); print(builder.failures)"
    )
    for strict, failures in [("0", "[]"), ("0", "[]"), ("1", "careless.cpp: warnings are errors")]:
        said = without_packages(code, PYGRAPH_WERROR=strict)
        assert "-Wconversion" in said
        assert failures in said
