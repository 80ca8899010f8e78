"""The results as tables, in Markdown, and as one plot per table."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from bench.measure import RESULTS, readable
from bench.peers.work import BY_NAME

OURS = "pygraph"


def write(results: dict[str, Any]) -> None:
    """Write ``peers.md`` and, where Matplotlib is installed, a plot per table."""
    lines = [
        "# Side by side with other libraries",
        "",
        "Written by `python -m bench peers --run`. Each cell is the median of at least 7 samples",
        "of at least 0.2 s (3, where a call takes over 2 s), and in brackets what part of it",
        "pygraph takes: the median and the range of the ratios of samples taken one after the",
        "other. With 7 samples that range is an interval of 98 % for the median.",
        "",
        f"Machine: {results['machine']}.",
        "Versions: " + ", ".join(f"{k} {v}" for k, v in results["versions"].items()) + ".",
    ]
    for threads in ("default threads", "one thread"):
        for mode, title in (
            ("native", "the library's own tensors"),
            ("numpy", "NumPy's arrays in and out"),
        ):
            table = results.get(threads, {}).get(mode)
            if table:
                lines += ["", f"## {threads.capitalize()}, {title}", "", *_table(table)]
                _plot(
                    table, RESULTS / f"peers_{threads.split()[0]}_{mode}.svg", f"{threads}, {title}"
                )
    (RESULTS / "peers.md").write_text("\n".join(lines) + "\n")


def _table(table: dict[str, Any]) -> list[str]:
    lines = ["| work | pygraph | others, best first |", "|---|---|---|"]
    for name in BY_NAME:
        if name not in table:
            continue
        rows = table[name]
        ours = rows.get(OURS, {})
        cells = []
        show = _bytes if BY_NAME[name].in_bytes else _time
        timed = {variant: row["samples"] for variant, row in rows.items() if "samples" in row}
        for variant, samples in sorted(timed.items(), key=lambda item: statistics.median(item[1])):
            if variant != OURS:
                cells.append(f"{variant} {show(samples)}{_ratio(ours.get('samples'), samples)}")
        failed = [f"{variant}: failed" for variant, row in rows.items() if "error" in row]
        mine = show(ours["samples"]) if "samples" in ours else "failed"
        lines.append(f"| {name}: {BY_NAME[name].title} | {mine} | {'; '.join(cells + failed)} |")
    return lines


def _time(samples: list[float]) -> str:
    return readable(statistics.median(samples))


def _bytes(samples: list[float]) -> str:
    middle = statistics.median(samples)
    for unit, scale in (("kB", 1e3), ("MB", 1e6)):
        if abs(middle) < 1000 * scale:
            return f"{middle / scale:.3g} {unit}"
    return f"{middle / 1e9:.3g} GB"


def _ratio(ours: list[float] | None, theirs: list[float]) -> str:
    if not ours:
        return ""
    ratios = [one / other for one, other in zip(ours, theirs, strict=False) if other > 0]
    if not ratios:
        return ""
    return f" ({statistics.median(ratios):.2g}; {min(ratios):.2g} to {max(ratios):.2g})"


def _plot(table: dict[str, Any], path: Path, title: str) -> None:
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "pygraph"
    from matplotlib import pyplot

    names = [
        name
        for name, work in BY_NAME.items()
        if "samples" in table.get(name, {}).get(OURS, {}) and not work.in_bytes
    ]
    figure, axes = pyplot.subplots(figsize=(8, 0.28 * len(names) + 1.2), layout="constrained")
    variants = sorted({v for name in names for v, row in table[name].items() if "samples" in row})
    for variant in variants:
        points = [
            (
                statistics.median(table[name][variant]["samples"])
                / statistics.median(table[name][OURS]["samples"]),
                i,
            )
            for i, name in enumerate(names)
            if "samples" in table[name].get(variant, {})
        ]
        x, y = zip(*points, strict=True)
        axes.scatter(x, y, label=variant, s=40 if variant == OURS else 14)
    axes.set_xscale("log")
    axes.axvline(1, color="0.7", linewidth=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel("time, in units of pygraph's")
    axes.set_title(title)
    axes.legend(fontsize=7)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
