"""One command that says whether the tree is fit to hand in: format, lint, types, build, fast tests.

python tests/check.py                 about a minute
python tests/check.py --fix           let the formatters repair what they can first
python tests/check.py --asan --ubsan  the tests again, over a core built with these sanitizers
python tests/check.py --tsan          likewise, for data races
python tests/check.py --fuzz --slow   hypothesis at length; the tests that take long
python tests/check.py --pythons       the tests again, on every other supported Python there is
python tests/check.py --step types    one step alone, by the name in the table at the end
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CPP_SUFFIXES = {".c", ".cpp", ".h", ".hpp"}
# What a run of another build needs beside the package; a copy can't be confused with the tree.
STAGED = ("tests", "docs", "examples", "bench", "README.md", "pyproject.toml")
RUNTIMES = {
    "asan": ["libasan.so"],
    "ubsan": ["libubsan.so"],
    "tsan": ["libtsan.so"],
    "sanitize": ["libasan.so", "libubsan.so"],
}
# Warnings stop our own builds, not those of users, whose compilers may know others.
STRICT = {"PYGRAPH_WERROR": "1"}
STEPS = ("format", "lint", "C++ format", "types", "build", "tests")
PYTHONS = ("3.11", "3.12", "3.13")


@dataclass
class Outcome:
    """How one step ended."""

    name: str
    passed: bool
    seconds: float
    note: str


class Checker:
    """Runs the steps in turn, or some of them by name; shows what fails, and keeps score."""

    def __init__(self, names: list[str] | None = None) -> None:
        self.names = names
        self.outcomes: list[Outcome] = []

    def step(
        self,
        name: str,
        command: list[str],
        *,
        cwd: Path = ROOT,
        extra: dict[str, str] | None = None,
        show: bool = False,
    ) -> bool:
        """Run one command; its output is shown if it fails, or always with `show`."""
        if self.names is not None and name not in self.names:
            return True
        print(f"-- {name}: {shorten(shlex.join(command))}", flush=True)
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(extra or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        lines: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if show:
                print(line, end="", flush=True)
        passed = process.wait() == 0
        if not passed and not show:
            print("".join(lines), flush=True)
        seconds = time.perf_counter() - started
        self.outcomes.append(Outcome(name, passed, seconds, summary_of(lines)))
        return passed

    def summary(self) -> int:
        """Print the table; the exit code."""
        width = max(len(outcome.name) for outcome in self.outcomes)
        print()
        for outcome in self.outcomes:
            verdict = "ok    " if outcome.passed else "FAILED"
            row = f"{outcome.name:<{width}}  {verdict}  {outcome.seconds:7.1f} s  {outcome.note}"
            print(row.rstrip())
        failed = [outcome.name for outcome in self.outcomes if not outcome.passed]
        total = sum(outcome.seconds for outcome in self.outcomes)
        verdict = f"FAILED: {', '.join(failed)}" if failed else "all is well"
        print(f"{'total':<{width}}          {total:7.1f} s  {verdict}", flush=True)
        return 1 if failed else 0


def shorten(text: str, width: int = 100) -> str:
    """The beginning of a long command."""
    return text if len(text) <= width else text[: width - 3] + "..."


def summary_of(lines: list[str]) -> str:
    """The line in which a tool says what it found, if it says so at the end."""
    for line in reversed(lines[-5:]):
        text = line.strip().strip("= ")
        if re.search(r"\d+ (passed|failed|error|source file|file)", text):
            return shorten(text, 70)
    return ""


def cpp_files() -> list[str]:
    """All C++ sources and headers of ours."""
    found = []
    for folder in ("csrc", "tests", "examples"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in CPP_SUFFIXES:
                found.append(str(path.relative_to(ROOT)))
    return found


def python(*arguments: str) -> list[str]:
    """A command for the Python that runs this."""
    return [sys.executable, *arguments]


def check_style(checker: Checker, fix: bool) -> None:
    """Formatters, linter and type checker."""
    sources = cpp_files()
    if fix:
        checker.step("fix lint", python("-m", "ruff", "check", "--fix", "-q", "."))
        checker.step("fix format", python("-m", "ruff", "format", "-q", "."))
        if sources:
            checker.step("fix C++ format", [clang_format(), "-i", *sources])
    checker.step("format", python("-m", "ruff", "format", "--check", "."))
    checker.step("lint", python("-m", "ruff", "check", "."))
    if sources:
        checker.step("C++ format", [clang_format(), "--dry-run", "-Werror", *sources])
    checker.step("types", python("-m", "mypy"))


def clang_format() -> str:
    """The clang-format of this environment, whether or not it is activated."""
    beside = Path(sys.executable).with_name("clang-format")
    return str(beside) if beside.exists() else "clang-format"


def runtime_libraries(variant: str) -> str:
    """What a sanitized run preloads: libstdc++ too, whose functions it looks up at the start."""
    compiler = shlex.split(os.environ.get("CXX", "g++"))
    paths = []
    for name in [*RUNTIMES[variant], "libstdc++.so"]:
        asked = subprocess.run(
            [*compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True
        )
        paths.append(str(Path(asked.stdout.strip()).resolve()))
    return " ".join(paths)


def check_copy(
    checker: Checker,
    name: str,
    tests: list[str],
    *,
    interpreter: str = sys.executable,
    variant: str = "release",
    extra: dict[str, str] | None = None,
) -> None:
    """Build a copy of the package in a folder of its own, and run the tests from there."""
    stage = ROOT / "build" / name / "stage"
    build = [interpreter, "setup.py", "-q", "build", "--build-lib", str(stage)]
    if not checker.step(f"{name} build", build, extra={**STRICT, "PYGRAPH_BUILD": variant}):
        return
    for part in STAGED:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, stage / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, stage / part)
    environment = {
        "PYTHONPATH": str(stage),
        "PYTHONSAFEPATH": "1",
        "PYGRAPH_UNDER_TEST": str(stage),
        **(extra or {}),
    }
    # What is unsanitized reads sources or calls other tools, and so needs the tree itself.
    chosen = ["-m", "not slow and not unsanitized", *tests]
    command = [interpreter, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen]
    checker.step(f"{name} tests", command, cwd=stage, extra=environment, show=True)


def check_sanitized(checker: Checker, variant: str, pytest_arguments: list[str]) -> None:
    """The tests over a sanitized build."""
    environment = {
        "LD_PRELOAD": runtime_libraries(variant),
        "PYTHONMALLOC": "malloc",
        "PYGRAPH_SANITIZED": variant,
        # Python itself leaks at exit, by design; what we leak is counted by tests of our own.
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1:allocator_may_return_null=1",
        "UBSAN_OPTIONS": "print_stacktrace=1:abort_on_error=1",
        "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
        # ThreadSanitizer takes the threads of NumPy's BLAS, which are not built with it, for races.
        "OPENBLAS_NUM_THREADS": "1",
    }
    tests = ["--timeout", "600", *pytest_arguments]
    check_copy(checker, variant, tests, variant=variant, extra=environment)


def installed_python(version: str) -> str | None:
    """Where the Python of a version is, if there is one on the path."""
    name = shutil.which(f"python{version}")
    if name is None:
        return None
    # pyenv puts the names of all its Pythons on the path, and must be told which one is meant.
    environment = {**os.environ, "PYENV_VERSION": version}
    command = [name, "-c", "import sys; print(sys.executable)"]
    asked = subprocess.run(command, capture_output=True, text=True, env=environment)
    return asked.stdout.strip() if asked.returncode == 0 else None


def check_python(checker: Checker, version: str, pytest_arguments: list[str]) -> None:
    """The tests on another Python, with a virtual environment that is kept in build/."""
    name = f"python{version}"
    found = installed_python(version)
    if found is None:
        print(f"-- {name} is not installed", flush=True)
        return
    folder = ROOT / "build" / name / "venv"
    interpreter = str(folder / "bin" / "python")
    if not Path(interpreter).exists():
        checker.step(f"{name} venv", [found, "-m", "venv", str(folder)])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    if checker.step(f"{name} pip", [interpreter, "-m", "pip", "install", "-q", *needed]):
        check_copy(checker, name, pytest_arguments, interpreter=interpreter)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="format, lint, types, build and fast tests")
    parser.add_argument("--fix", action="store_true", help="let the formatters repair first")
    parser.add_argument("--asan", action="store_true", help="tests under AddressSanitizer")
    parser.add_argument(
        "--ubsan", action="store_true", help="tests under UBSan (with --asan: in one)"
    )
    parser.add_argument("--tsan", action="store_true", help="tests under ThreadSanitizer")
    parser.add_argument("--fuzz", action="store_true", help="hypothesis tests, many new examples")
    parser.add_argument("--slow", action="store_true", help="the tests marked slow")
    parser.add_argument("--pythons", action="store_true", help="tests on the other Pythons")
    parser.add_argument("--only", action="store_true", help="leave out what runs without a flag")
    parser.add_argument("--step", action="append", choices=STEPS, help="run only this step")
    parser.add_argument("tests", nargs="*", help="passed to pytest: which tests to run")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for."""
    options = parse(arguments)
    checker = Checker(options.step)
    if not options.only:
        check_style(checker, options.fix)
    built = checker.step("build", python("setup.py", "-q", "build_ext", "--inplace"), extra=STRICT)
    pytest = python("-m", "pytest", "-q", *options.tests)
    if built and not options.only:
        checker.step("tests", pytest, show=True)
    if built and options.slow:
        checker.step("slow tests", [*pytest, "-m", "slow", "--timeout", "1200"], show=True)
    if built and options.fuzz:
        fuzz = ["-m", "fuzz", "--hypothesis-profile", "fuzz", "--timeout", "1800"]
        checker.step("fuzz tests", [*pytest, *fuzz], show=True)
    wanted = [name for name in ("asan", "ubsan", "tsan") if getattr(options, name)]
    if options.asan and options.ubsan:
        wanted = ["sanitize", *(["tsan"] if options.tsan else [])]
    for variant in wanted:
        check_sanitized(checker, variant, options.tests)
    for version in PYTHONS if options.pythons else ():
        if version != f"{sys.version_info.major}.{sys.version_info.minor}":
            check_python(checker, version, options.tests)
    return checker.summary()


if __name__ == "__main__":
    sys.exit(main())
