"""The table of ops, by name, read once."""

from __future__ import annotations

from pygraph import _core

OP_ROWS = {row["name"]: row for row in _core.op_table()}
