"""What a result is compared with before it is timed: NumPy in float64, or plain Python."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from bench.peers import bodies, loops
from bench.peers.libraries import map_leaves
from bench.peers.libraries.numpy import PROGRAMS
from bench.peers.work import Work

_NAMES = ("exp", "log", "sqrt", "tanh", "matmul", "maximum", "max", "sum", "mean")
_XP = SimpleNamespace(
    **{name: getattr(np, name) for name in _NAMES}, erf=np.vectorize(math.erf, otypes=[float])
)


def reference(work: Work) -> list[np.ndarray[Any, Any]]:
    """Return the arrays that are the right result of a work."""
    inputs = map_leaves(_widened, work.inputs())
    if work.program in bodies.STRAIGHT:
        program = bodies.over(_XP)[work.program]
    elif work.program in PROGRAMS:
        program = PROGRAMS[work.program]()
    else:
        program = getattr(loops, work.program)
        inputs = map_leaves(_number, inputs)
    return leaves([program(*arguments) for arguments in work.calls(inputs)])


def leaves(result: Any) -> list[np.ndarray[Any, Any]]:
    """Return the arrays of a result, in order."""
    if isinstance(result, (tuple, list)):
        return [array for part in result for array in leaves(part)]
    return [np.asarray(result)]


def _widened(array: Any) -> Any:
    return np.asarray(array, np.float64) if array.dtype.kind == "f" else np.array(array)


def _number(array: Any) -> Any:
    return array.item() if array.ndim == 0 else array


def store(work: Work, folder: Path) -> Path:
    """Write the reference of a work to a file, unless it is there; return the file."""
    path = folder / f"{work.name.replace(' ', '_')}.npz"
    if not path.exists():
        np.savez(path, *reference(work))
    return path


def check(result: Any, path: Path, tolerance: float) -> None:
    """Raise AssertionError where a result is not the reference, to a relative tolerance."""
    with np.load(path) as file:
        expected = [file[name] for name in file.files]
    found = leaves(result)
    assert len(found) == len(expected), f"{len(found)} results in place of {len(expected)}"
    for one, other in zip(found, expected, strict=True):
        scale = float(np.max(np.abs(other))) if other.size else 0.0
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance * scale)
