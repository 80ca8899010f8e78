"""Measures works with all libraries: samples in turn, so that what disturbs one disturbs all."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.measure import RESULTS, machine
from bench.peers import references
from bench.peers.environments import Process, ask_fresh, interpreter, version
from bench.peers.libraries import COMPILERS, VARIANTS
from bench.peers.work import WORK, Work

FILE = RESULTS / "peers.json"
SAMPLES = 7
SECONDS = 0.2
SETTLE = (
    0.15  # seconds for the threads of the process before to go to sleep: OpenBLAS's wait for 0.1
)
SLOW = 2.0  # seconds; a program that takes longer is sampled three times


def run(names: list[str], *, one_thread: bool, mode: str, again: bool) -> dict[str, Any]:
    """Measure the works named (all, if none is); what the file of results has already is kept."""
    results = load()
    section = results.setdefault("one thread" if one_thread else "default threads", {})
    table = section.setdefault(mode, {})
    results["machine"] = machine()
    installed = [library for library in VARIANTS if interpreter(library) is not None]
    results.setdefault("versions", {}).update({name: version(name) for name in installed})
    wanted = [
        work
        for work in WORK
        if (not names or any(work.name.startswith(name) for name in names))
        and (again or work.name not in table)
    ]
    variants = [(library, variant) for library in installed for variant in VARIANTS[library]]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        processes = {
            variant: stack.enter_context(Process(library, variant, one_thread=one_thread))
            for library, variant in variants
        }
        for index, work in enumerate(wanted):
            _show(index, len(wanted), work.name)
            if work.figure:
                table[work.name] = _measure_fresh(work, variants, mode, one_thread)
            else:
                table[work.name] = _measure(work, processes, folder, mode)
            RESULTS.mkdir(exist_ok=True)
            FILE.write_text(json.dumps(results, indent=1) + "\n")
    _show(len(wanted), len(wanted), "done")
    print(file=sys.stderr)
    return results


def load() -> dict[str, Any]:
    """Return the results so far."""
    data: dict[str, Any] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return data


def _measure(work: Work, processes: dict[str, Process], folder: Path, mode: str) -> dict[str, Any]:
    path = references.store(work, folder)
    rows: dict[str, Any] = {}
    repeats: dict[str, int] = {}
    for variant, process in processes.items():
        answer = process.ask(do="prepare", name=work.name, mode=mode, reference=str(path))
        if "error" in answer:
            rows[variant] = answer
        elif "absent" not in answer:
            rows[variant] = {"first": answer["first"], "samples": []}
            repeats[variant] = _repeats(process)
    for _ in range(SAMPLES):
        for variant, count in repeats.items():
            samples = rows[variant]["samples"]
            if len(samples) < 3 or sum(samples) / len(samples) < SLOW:
                time.sleep(SETTLE)
                answer = processes[variant].ask(do="time", repeats=count)
                samples.append(answer["seconds"] / count)
    return rows


def _measure_fresh(
    work: Work, variants: list[tuple[str, str]], mode: str, one_thread: bool
) -> dict[str, Any]:
    """Measure in fresh processes, in turn; only what compiles, and each installation once."""
    rows: dict[str, Any] = {}
    for _ in range(SAMPLES):
        for library, variant in variants:
            row = rows.setdefault(variant, {"samples": []})
            samples = row.get("samples")
            if variant not in COMPILERS or samples is None:
                continue
            if len(samples) >= 3 and not work.in_bytes and sum(samples) / len(samples) > SLOW:
                continue
            answer = ask_fresh(library, variant, work.name, mode, one_thread=one_thread)
            if "error" in answer:
                rows[variant] = answer
            elif "absent" not in answer:
                samples.append(answer["value"])
    return {variant: row for variant, row in rows.items() if "error" in row or row["samples"]}


def _repeats(process: Process) -> int:
    """Return how many calls fill a sample, from one call and then from a few."""
    once = process.ask(do="time", repeats=1)["seconds"]
    if once > SECONDS:
        return 1
    few = max(1, int(0.05 * SECONDS / max(once, 1e-7)))
    each = process.ask(do="time", repeats=few)["seconds"] / few
    return max(1, int(SECONDS / max(each, 1e-8)))


def _show(done: int, total: int, name: str) -> None:
    width = 30
    filled = width * done // max(total, 1)
    bar = "#" * filled + "." * (width - filled)
    print(f"\r[{bar}] {done}/{total} {name:<20}", end="", file=sys.stderr, flush=True)
