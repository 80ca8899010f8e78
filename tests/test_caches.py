"""docs/caches.md gives the sizes that the sources have, and names what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# These look at the sources alone.
pytestmark = pytest.mark.unsanitized

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "caches.md").read_text()


@pytest.mark.parametrize(
    ("file", "constant", "size"),
    [
        ("csrc/bind/call_pattern.hpp", r"kMost = 16;", "16 patterns a Function"),
        ("csrc/exec/executable.hpp", r"kMaxPlans = 8;", "8 a graph (`Executable::kMaxPlans`)"),
        ("csrc/bind/eager_calls.hpp", r"std::array<Call, 4> calls_;", "4 an op"),
        ("csrc/bind/eager_calls.hpp", r"kMostOperands = 3;", "up to 3 operands"),
        ("csrc/exec/eager.cpp", r"kMaxPlans = 4096;", "4096 (`kMaxPlans`)"),
        ("csrc/base/buffer.cpp", r"kCacheCap = std::int64_t{1} << 29;", "512 MiB (`kCacheCap`)"),
        ("csrc/bind/hot_frames.pxi", r"MOST_INSTRUCTIONS = 256", "256 (`MOST_INSTRUCTIONS`)"),
    ],
)
def test_sizes(file: str, constant: str, size: str) -> None:
    assert constant in (ROOT / file).read_text()
    assert size in PAGE


def test_files_are_there() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    found = {name for row in rows for name in re.findall(r"`((?:csrc|pygraph)/[\w/.]+)`", row)}
    assert len(found) >= 10
    missing = sorted(name for name in found if not (ROOT / name).exists())
    assert not missing


def test_names_are_in_their_files() -> None:
    for file, name in re.findall(r"\| `([\w/.]+)`, `(?:\w+(?:\.|::))?(\w+)` \|", PAGE):
        assert name in (ROOT / file).read_text(), f"{name} is not in {file}"
