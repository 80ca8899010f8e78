"""numexpr: expressions given as text."""

from __future__ import annotations

from typing import Any

import numexpr

from bench.peers.libraries import Variant


def _activation(x: Any, a: Any, b: Any) -> Any:
    return numexpr.evaluate("tanh(x * a + b) / (1 + exp(-x)) - exp(-x * x)")


VARIANTS = {"numexpr": Variant({"activation": lambda: _activation})}
