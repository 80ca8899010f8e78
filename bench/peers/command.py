"""``python -m bench peers``: installs the libraries, measures, writes the tables."""

from __future__ import annotations

import argparse

from bench.peers import environments, tables
from bench.peers.run import load, run


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench peers", description=__doc__)
    parser.add_argument("work", nargs="*", help="names of rows, or how they begin: W5 'W12 64'")
    parser.add_argument(
        "--install", action="store_true", help="make the environments of the libraries"
    )
    parser.add_argument("--run", action="store_true", help="measure what has no result yet")
    parser.add_argument("--again", action="store_true", help="measure also what has one")
    parser.add_argument(
        "--one-thread", action="store_true", help="hold every library to one processor"
    )
    parser.add_argument("--numpy", action="store_true", help="NumPy's arrays in and out")
    options = parser.parse_args(arguments)
    if options.install:
        environments.install()
    if options.run or options.again:
        mode = "numpy" if options.numpy else "native"
        run(options.work, one_thread=options.one_thread, mode=mode, again=options.again)
    tables.write(load())
