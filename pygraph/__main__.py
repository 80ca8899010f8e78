"""`python -m pygraph info`, `config`, `ops` and `demo`."""

from __future__ import annotations

import argparse
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


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


def info(options: argparse.Namespace) -> int:
    """Print what this installation is made of."""
    from pygraph import _core

    print("\n".join(info_lines(_core.build_info())))
    return 0


def config(options: argparse.Namespace) -> int:
    """Print the compiler's flags for a C or C++ program that runs saved graphs."""
    package = Path(__file__).resolve().parent
    everything = not (options.cflags or options.libs)
    flags = []
    if options.cflags or everything:
        flags.append(f"-I{package / 'include'}")
    if options.libs or everything:
        library = package / "lib"
        flags += [f"-L{library}", f"-Wl,-rpath,{library}", "-lpygraph"]
    print(shlex.join(flags))
    return 0


def op_lines(table: Sequence[Mapping[str, Any]]) -> list[str]:
    """The op table as a Markdown table, aligned."""
    rows = [["op", "inputs", "dtypes", "attributes", "effects"]]
    for row in sorted(table, key=lambda row: str(row["name"])):
        attributes = ", ".join(f"{name}: {kind}" for name, kind in row["attributes"])
        inputs = f"{row['inputs']}{' or more' if row['variadic'] else ''}"
        effects = ", ".join(sorted(row["effects"])) or "pure"
        rows.append([row["name"], inputs, row["operands"], attributes, effects])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    return [
        "| " + " | ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]


def ops(options: argparse.Namespace) -> int:
    """Print the ops that graphs are made of."""
    from pygraph import _core

    print("\n".join(op_lines(_core.op_table())))
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
    info_parser = commands.add_parser(
        "info", help="version, compiler, instruction set, BLAS, threads"
    )
    info_parser.set_defaults(run=info)
    config_parser = commands.add_parser(
        "config", help="compiler and linker flags for C and C++ programs that run saved graphs"
    )
    config_parser.add_argument("--cflags", action="store_true", help="only those for compiling")
    config_parser.add_argument("--libs", action="store_true", help="only those for linking")
    config_parser.set_defaults(run=config)
    ops_parser = commands.add_parser("ops", help="the ops that graphs are made of, as a table")
    ops_parser.set_defaults(run=ops)
    demo_parser = commands.add_parser(
        "demo", help="three real jobs, checked and timed against NumPy and Python"
    )
    demo_parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="write the picture to this PNG file"
    )
    demo_parser.add_argument("--quick", action="store_true", help="smaller jobs, fewer samples")
    demo_parser.set_defaults(run=demo)
    return main_parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the process's exit code."""
    options = parser().parse_args(arguments)
    result: int = options.run(options)
    return result


if __name__ == "__main__":
    sys.exit(main())
