"""How many instructions a cached call takes, by its arguments: counted by callgrind.

Counts vary little between machines and runs, so that a test can hold them to a bound.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import pygraph as pg
from bench.measure import RESULTS
from pygraph import _hot

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


def nested(tree):  # type: ignore[no-untyped-def]
    """Add two of the twenty arrays of a nested dict."""
    return tree["layer0"]["a0"] + tree["layer3"]["a4"]


def cases() -> dict[str, tuple[Any, list[tuple[Any, ...]]]]:
    """Return by name a function, and the arguments of calls that are made in turn."""
    argument = pg.asarray(np.ones(4, np.float32))
    tree = {f"layer{i}": {f"a{j}": argument for j in range(5)} for i in range(4)}
    return {
        "1 argument": (one, [(argument,)]),
        "4 arguments": (four, [(argument,) * 4]),
        "20 arguments": (twenty, [(argument,) * 20]),
        "a nested dict of 20": (nested, [(tree,)]),
        "one of eight shapes": (one, [(pg.asarray(np.ones(n, np.float32)),) for n in range(1, 9)]),
    }


def workload() -> None:
    """Call each function; a call of set_run_eagerly tells callgrind that another one begins."""
    for python_function, calls in cases().values():
        function = pg.function(python_function, autograph=False)
        for _ in range(2):
            for arguments in calls:
                function(*arguments)
        _hot.set_run_eagerly(False)
        for i in range(CALLS):
            function(*calls[i % len(calls)])
        _hot.set_run_eagerly(False)


def count_instructions() -> dict[str, int]:
    """Return the instructions of one call, by case."""
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
        totals = [_total(part) for part in parts]
    # Each case warms up, and then makes a part of its own.
    return {name: totals[2 * i + 1] // CALLS for i, name in enumerate(cases())}


def _part_number(path: Path) -> int:
    # The last part, written at the end, has no number.
    return int(path.suffix[1:]) if path.suffix[1:].isdigit() else sys.maxsize


def _total(path: Path) -> int:
    found = re.search(r"^(?:totals|summary): (\d+)", path.read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def main() -> None:
    """Count, print and write to bench/results/."""
    counts = count_instructions()
    for name, instructions in counts.items():
        print(f"{name:<20} {instructions} instructions a call")
    RESULTS.mkdir(exist_ok=True)
    data = {"question": "instructions of a cached call", "instructions": counts}
    (RESULTS / "call_instructions.json").write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
