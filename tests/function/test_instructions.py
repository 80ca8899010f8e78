"""How many instructions a cached call takes must not grow."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
# By number of arguments. Measured: 2,190, 2,900 and 8,060; the rest is room for other compilers.
BOUNDS = {"1": 2_800, "4": 3_700, "20": 10_500}


@pytest.mark.slow
@pytest.mark.unsanitized
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="counting needs valgrind")
def test_cached_calls_stay_within_their_bounds() -> None:
    code = (
        "import json; from bench.micro.call_instructions import count_instructions\n"
        "print(json.dumps(count_instructions()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    counts = json.loads(done.stdout)
    assert counts.keys() == BOUNDS.keys()
    for arguments, bound in BOUNDS.items():
        assert 0 < counts[arguments] <= bound, f"{arguments} arguments: {counts[arguments]}"
