"""How many instructions a cached call takes, by number of arguments: counted by callgrind.

Counts vary little between machines and runs, so that a test can hold them to a bound.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import pygraph as pg
from bench.measure import RESULTS
from pygraph import _hot

ARGUMENTS = (1, 4, 20)
CALLS = 500
ROOT = Path(__file__).parent.parent.parent


def one(a):  # type: ignore[no-untyped-def]
    """Add one to the only argument."""
    return a + 1


def four(a, b, c, d):  # type: ignore[no-untyped-def]
    """Add one to the first of four arguments."""
    return a + 1


def twenty(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t):  # type: ignore[no-untyped-def]  # noqa: E741
    """Add one to the first of twenty arguments."""
    return a + 1


def workload() -> None:
    """Call each function; a call of set_run_eagerly tells callgrind that another one begins."""
    argument = pg.asarray(np.ones(4, np.float32))
    functions = [pg.function(f, autograph=False) for f in (one, four, twenty)]
    for function, count in zip(functions, ARGUMENTS, strict=True):
        function(*[argument] * count)
    for function, count in zip(functions, ARGUMENTS, strict=True):
        arguments = [argument] * count
        _hot.set_run_eagerly(False)
        for _ in range(CALLS):
            function(*arguments)


def count_instructions() -> dict[int, int]:
    """Return the instructions of one call, by number of arguments."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            "valgrind",
            "--tool=callgrind",
            f"--callgrind-out-file={folder}/out",
            "--toggle-collect=__pyx_f_7pygraph_4_hot_call_function*",
            "--dump-before=*set_run_eagerly*",
            sys.executable,
            "-c",
            "from bench.micro import call_instructions; call_instructions.workload()",
        ]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        parts = sorted(Path(folder).glob("out*"), key=_part_number)
        totals = [total for total in map(_total, parts) if total > 0]
    return {
        count: total // CALLS
        for count, total in zip(ARGUMENTS, totals[-len(ARGUMENTS) :], strict=True)
    }


def _part_number(path: Path) -> int:
    # The last part, written at the end, has no number.
    return int(path.suffix[1:]) if path.suffix[1:].isdigit() else sys.maxsize


def _total(path: Path) -> int:
    found = re.search(r"^(?:totals|summary): (\d+)", path.read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def main() -> None:
    """Count, print and write to bench/results/."""
    counts = count_instructions()
    for count, instructions in counts.items():
        print(f"{count:>3} arguments: {instructions} instructions a call")
    RESULTS.mkdir(exist_ok=True)
    data = {"question": "instructions of a cached call", "instructions": counts}
    (RESULTS / "call_instructions.json").write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
