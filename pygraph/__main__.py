"""`python -m pygraph info` and `python -m pygraph demo`."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def info_lines(build: Mapping[str, object]) -> list[str]:
    """What there is to know of this installation, aligned."""
    available = build["isas_available"]
    others = ", ".join(map(str, available)) if isinstance(available, Sequence) else str(available)
    rows = {
        "pygraph": build["version"],
        "Python": f"{platform.python_version()} ({platform.machine()})",
        "compiler": build["compiler"],
        "instructions": f"{build['isa']} (this machine can run: {others})",
        "BLAS": build["blas"],
        "threads": build["threads"],
        "installed in": Path(__file__).parent,
    }
    width = max(map(len, rows))
    return [f"{name:<{width}}  {value}" for name, value in rows.items()]


def info() -> int:
    """Print what this installation is made of."""
    from pygraph import _core

    print("\n".join(info_lines(_core.build_info())))
    return 0


def demo(options: argparse.Namespace) -> int:
    """Run the demo."""
    from pygraph.demo import show

    if options.plot is not None and not options.plot.absolute().parent.is_dir():
        print(f"--plot: there is no folder {options.plot.absolute().parent}", file=sys.stderr)
        return 2
    return show.run(options.plot, options.quick)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    main_parser = argparse.ArgumentParser(
        prog="python -m pygraph", description="what is installed, and what it can do"
    )
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("info", help="version, compiler, instruction set, BLAS, threads")
    demo_parser = commands.add_parser(
        "demo", help="three real jobs, checked and timed against NumPy and Python"
    )
    demo_parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="write the picture to this PNG file"
    )
    demo_parser.add_argument("--quick", action="store_true", help="smaller jobs, fewer samples")
    return main_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the process's exit code."""
    options = parser().parse_args(arguments)
    return info() if options.command == "info" else demo(options)


if __name__ == "__main__":
    sys.exit(main())
