"""RESULTS.md: what was measured, in tables."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from math import prod
from pathlib import Path

from benchmarks.peers import PEERS
from benchmarks.results import FLOOR, MIFAKIT, UNVERIFIED, Results, Summary
from benchmarks.targets import outcomes
from benchmarks.works import Work

BOUNDS = Path(__file__).with_name("bounds.md")
"""What keeps mifakit from a target, written by hand from profiles."""
OURS = (FLOOR, MIFAKIT, UNVERIFIED)
VERSIONS = ("mifakit", "numpy", "tensorstore", "tifffile", "zarr", "yaozarrs")


def render(results: Results, works: list[Work], scale: float, missing: Mapping[str, str]) -> str:
    """Return the report.

    Parameters
    ----------
    results
        All runs.
    works
        The works, in order.
    scale
        1 for the full works.
    missing
        Why a peer was not run, by its name.
    """
    run = [work for work in works if any(each.work == work.key for each in results.runs)]
    full = "" if scale == 1 else f" **A trial at scale {scale:g}: the targets are meant for the full works.**"
    blocks = [
        "# Results",
        f"Written by `make bench`; [README.md](README.md) says how it is measured.{full} {machine()}",
        "Absolute times hold for this machine only: read the ratios.",
        "## Targets",
        _targets(results, works),
        BOUNDS.read_text(encoding="utf-8").strip(),
        *(block for work in run for block in (_title(work), _table(results, work))),
        "## Peers",
        _peers(missing),
        "Versions: " + ", ".join(f"{name} {version(name)}" for name in VERSIONS) + ".",
    ]
    return "\n\n".join(blocks) + "\n"


def machine() -> str:
    """Return what it was measured on, in a line."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"Machine: {len(os.sched_getaffinity(0))} cores ({model}), {memory:.0f} GiB, {system}."


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def _targets(results: Results, works: list[Work]) -> str:
    words = {True: "reached", False: "**not reached**", None: ""}
    rows = [(f"({o.work})", o.target, o.measured or "not measured", words[o.reached]) for o in outcomes(results, works)]
    return markdown(("work", "target", "measured", ""), rows)


def _title(work: Work) -> str:
    item = 1 if work.axes == "yxs" else 2
    size = work.images * prod(work.shape) * item / 1e6
    count = "" if work.images == 1 else f"{work.images} × "
    shape = " × ".join(map(str, work.shape))
    extra = " and as many masks" if work.masks else ""
    facts = f"{count}{work.axes} {shape}{extra}; {size:.0f} MB of images; levels: {work.levels}."
    return f"## ({work.key}) {work.title}\n\n{facts}"


def _table(results: Results, work: Work) -> str:
    heads = (
        "program",
        "wall s",
        "× floor",
        "CPU s",
        "memory MB",
        "MB out",
        "files",
        "pixels",
        "coarser levels",
        "valid",
    )
    floor = results.of(work.key, FLOOR)
    rows = []
    for name in (*OURS, *(peer.name for peer in PEERS)):
        summary = results.of(work.key, name)
        if summary is None:
            continue
        if summary.trouble:
            rows.append((name, "failed", *[""] * 7, summary.trouble))
        else:
            rows.append((name, *_figures(summary, floor), *_checks(summary, work)))
    return markdown(heads, rows)


def _figures(summary: Summary, floor: Summary | None) -> Iterator[str]:
    spread = f" ({summary.walls[0]:.1f}-{summary.walls[-1]:.1f})" if len(summary.runs) > 1 else ""
    last = summary.runs[-1]
    yield f"{summary.wall:.2f}{spread}"
    yield f"{summary.wall / floor.wall:.2f}" if floor and not floor.trouble else ""
    yield f"{summary.cpu:.1f}"
    yield f"{summary.memory / 1e6:.0f}"
    yield f"{last.size / 1e6:.0f}"
    yield str(last.files)


def _checks(summary: Summary, work: Work) -> Iterator[str]:
    verdict = next((run.verdict for run in summary.runs if run.verdict and not run.verdict.comparable), None)
    verdict = verdict or summary.runs[-1].verdict
    if verdict is None:
        return
    yield "equal" if verdict.pixels else "**differ**"
    ids = "" if verdict.ids else ", **ids invented**"
    means = f"{100 * verdict.rounded:.0f} % rounded means, bias {verdict.bias:+.2f}{ids}" if work.levels > 1 else "none"
    yield means if verdict.levels else "others"
    yield verdict.valid or "yes"


def _peers(missing: Mapping[str, str]) -> str:
    rows = [
        (peer.name, peer.kind, peer.version, f"not run: {missing[peer.name]}" if peer.name in missing else peer.note)
        for peer in PEERS
    ]
    return markdown(("peer", "kind", "version", "how"), rows)


def markdown(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines)
