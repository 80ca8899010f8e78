"""How many instructions a cached call takes must not grow."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
# Measured: 1,123, 1,366, 2,662, 4,651 and 1,208; the rest is room for other compilers.
BOUNDS = {
    "1 argument": 1300,
    "4 arguments": 1600,
    "20 arguments": 3000,
    "a nested dict of 20": 5200,
    "one of eight shapes": 1400,
}


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
    for case, bound in BOUNDS.items():
        assert 0 < counts[case] <= bound, f"{case}: {counts[case]}"
