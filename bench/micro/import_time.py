"""The cost of ``import pygraph`` beyond ``import numpy``."""

from __future__ import annotations

import subprocess
import sys

from bench.measure import Measurement, compare, report


def _import(module: str) -> None:
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)


def main() -> None:
    """Compare fresh processes that import NumPy, and NumPy and pygraph."""
    rows: dict[str, Measurement] = compare(
        {
            "pygraph": lambda: _import("numpy, pygraph"),
            "NumPy": lambda: _import("numpy"),
        }
    )
    report("import time: a fresh process", {"import": rows})
    print(f"    beyond NumPy: {(rows['pygraph'].median - rows['NumPy'].median) * 1e3:.0f} ms")
