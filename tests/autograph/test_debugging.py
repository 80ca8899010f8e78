"""``breakpoint()`` in a function that is traced: the debugger shows the user's program alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """\
import pdb

import pygraph as pg


def helper(v):
    w = v + 1
    if w > 3:
        w = w * 2
    return w


@pg.function
def f(x, n):
    s = 0
    {stop}
    for i in pg.range(n):
        if i > 2:
            s += x * i
        s = s + helper(i)
    return s


print("result", f(pg.asarray(2), pg.asarray(5)).item())
"""


def debugged(folder: Path, stop: str, *commands: str, **variables: str) -> list[str]:
    """Run the program with a debugger's commands, from the line behind the stop; the answers."""
    # Since Python 3.13 a debugger stops at the line that calls it.
    first = ["n"] if commands and sys.version_info >= (3, 13) else []
    file = folder / "program.py"
    file.write_text(PROGRAM.replace("{stop}", stop))
    done = subprocess.run(
        [sys.executable, str(file)],
        input="\n".join([*first, *commands]) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
    )
    assert done.returncode == 0, done.stderr
    assert "/pygraph/" not in done.stdout.replace(str(folder), "")
    return done.stdout.replace(str(file), "program.py").split("(Pdb) ")[len(first) :]


def shown(answer: str) -> str:
    """Return the source line that an answer ends with."""
    return answer.rstrip().rpartition("-> ")[2]


@pytest.mark.parametrize("stop", ["breakpoint()", "pdb.set_trace()"])
def test_next_stays_in_the_function(tmp_path: Path, stop: str) -> None:
    answers = debugged(tmp_path, stop, *["n"] * 4, "p x, n, i, s", "w", "c")
    lines = ["for i in pg.range(n):", "if i > 2:", "s += x * i", "s = s + helper(i)"]
    assert [shown(answer) for answer in answers[:4]] == lines
    assert answers[5].count("SymbolicTensor") == 4
    # The function stands there once, at the line in the loop's body.
    assert answers[6].count("program.py") == 2
    assert answers[6].index("<module>") < answers[6].index("f()")
    assert answers[-1] == "result 38\n"


def test_next_leaves_the_loop_and_the_function(tmp_path: Path) -> None:
    answers = debugged(tmp_path, "breakpoint()", *["n"] * 12, "c")
    lines = [shown(answer) for answer in answers]
    after = lines.index("return s")
    assert "--Return--" in answers[after + 1]
    assert any("result 38" in answer for answer in answers[after:])


def test_step_goes_into_the_users_functions_alone(tmp_path: Path) -> None:
    answers = debugged(tmp_path, "breakpoint()", *["s"] * 5, "w", "r", "c")
    assert "--Call--" in answers[4]
    assert shown(answers[4]) == "def helper(v):"
    assert shown(answers[5]) == "w = v + 1"
    assert answers[6].count("program.py") == 3
    assert "--Return--" in answers[7]
    assert shown(answers[7]) == "return w"
    assert answers[-1] == "result 38\n"


def test_a_breakpoint_in_a_helper(tmp_path: Path) -> None:
    answers = debugged(tmp_path, "breakpoint()", "b helper", "c", "n", "n", "p v, w", "c", "c", "c")
    assert shown(answers[2]) == "w = v + 1"
    assert shown(answers[4]) == "w = w * 2"
    assert answers[5].count("SymbolicTensor") == 2
    assert answers[-1] == "result 38\n"


def test_a_debugger_of_the_users_choice_stays(tmp_path: Path) -> None:
    (tmp_path / "own_debugger.py").write_text("def stop(): print('stopped')")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    chosen = {"PYTHONBREAKPOINT": "own_debugger.stop", "PYTHONPATH": path}
    (answer,) = debugged(tmp_path, "breakpoint()", **chosen)
    assert answer == "stopped\nresult 38\n"
    (answer,) = debugged(tmp_path, "breakpoint()", PYTHONBREAKPOINT="0")
    assert answer == "result 38\n"
