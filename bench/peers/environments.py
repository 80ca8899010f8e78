"""The virtual environments of the libraries, and the processes that run in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import IO, Any

from bench.peers.libraries import REQUIREMENTS

ROOT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENTS = Path(os.environ.get("PYGRAPH_PEERS", ROOT / "build" / "peers"))


def interpreter(library: str) -> Path | None:
    """Return the Python that runs a library, None if it is not installed."""
    if not REQUIREMENTS[library]:
        return Path(sys.executable)
    path = ENVIRONMENTS / library / "bin" / "python"
    return path if path.exists() else None


def install() -> None:
    """Make the environments that are missing."""
    for library, requirements in REQUIREMENTS.items():
        if interpreter(library) is not None:
            continue
        print(f"{library}: {', '.join(requirements)}", flush=True)
        folder = ENVIRONMENTS / library
        venv.create(folder, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q"]
        subprocess.run([*pip, "numpy", *requirements], check=True)


def version(library: str) -> str:
    """Return a library's version, as its metadata says."""
    if library == "python":
        return sys.version.split()[0]
    python = interpreter(library)
    name = {"tensorflow": "tensorflow-cpu"}.get(library, library)
    code = f"import {library}; print({library}.__version__)"
    if library != "pygraph":
        code = f"import importlib.metadata as m; print(m.version({name!r}))"
    done = subprocess.run(
        [str(python), "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


# What would give a library another number of threads, compiler or path than its own, or take its
# bytecode away.
_DROPPED = ("OPENBLAS_", "OMP_", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "CC", "CXX")


def _variables(one_thread: bool) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_DROPPED)}
    if one_thread:
        kept.update(BENCH_ONE_THREAD="1", OMP_NUM_THREADS="1")
    return kept


def ask_fresh(library: str, variant: str, work: str, mode: str, *, one_thread: bool) -> Any:
    """Return the answer of ``fresh.py`` in a new process of a library's environment."""
    command = [str(interpreter(library)), "-m", "bench.peers.fresh", library, variant, work, mode]
    done = subprocess.run(
        command, cwd=ROOT, env=_variables(one_thread), capture_output=True, text=True
    )
    if not done.stdout:
        return {"error": done.stderr[-400:]}
    return json.loads(done.stdout)


class Process:
    """A worker in a library's environment. ``with`` ends it."""

    def __init__(self, library: str, variant: str, *, one_thread: bool) -> None:
        python = interpreter(library)
        assert python is not None
        self._errors: IO[str] = tempfile.TemporaryFile(mode="w+")  # noqa: SIM115  (__exit__ does)
        self._process = subprocess.Popen(
            [str(python), "-m", "bench.peers.worker", library, variant],
            cwd=ROOT, env=_variables(one_thread), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
        )  # fmt: skip
        self._answer()

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request; return its answer. Raises RuntimeError if the process is gone."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            raise RuntimeError(f"the worker is gone:\n{self._errors.read()[-2000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._errors.close()
