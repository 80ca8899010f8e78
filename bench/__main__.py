"""The benchmarks.

``python -m bench [name ...]`` runs the questions of ``bench/micro``, or those named;
``python -m bench peers --install --run`` compares with other libraries.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main() -> None:
    """Run the questions named on the command line, or all."""
    if sys.argv[1:2] == ["peers"]:
        importlib.import_module("bench.peers.command").main(sys.argv[2:])
        return
    found = sorted(path.stem for path in (Path(__file__).parent / "micro").glob("[a-z]*.py"))
    for name in sys.argv[1:] or found:
        if name not in found:
            sys.exit(f"there is no benchmark named {name}; there are: {', '.join(found)}")
        importlib.import_module(f"bench.micro.{name}").main()


if __name__ == "__main__":
    main()
