"""How long `mifa scan` takes for a folder of many small files: `python -m benchmarks.scan`, into SCAN.md."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tifffile

from benchmarks import measure
from benchmarks.report import machine, markdown

HERE = Path(__file__).parent
COUNTS = (1, 1000, 10_000)
"""One file is the start of the program; from 1000 to 10 000 the time of a file should not grow."""
EDGE, PIXEL_UM = 64, 0.108


class Scan(NamedTuple):
    """One scan of a folder of so many files."""

    files: int
    cost: measure.Cost


def main() -> int:
    """Make the folders, scan each, write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scan", description=__doc__)
    parser.add_argument("--counts", type=lambda text: [int(part) for part in text.split(",")], default=COUNTS)
    parser.add_argument("--timeout", type=float, default=1200, help="seconds for one run (default: 1200)")
    parser.add_argument("--folder", type=Path, default=HERE / ".work" / "scan", help="for the files")
    parser.add_argument("--output", type=Path, default=HERE / "SCAN.md", help="where the report goes")
    parser.add_argument("--mifa", type=Path, default=Path(sys.executable).with_name("mifa"), help="the mifa to measure")
    options = parser.parse_args()
    scans = []
    for count in options.counts:
        lab = make_lab(options.folder.resolve(), count)
        cost = measure.run([options.mifa, "scan", lab, "--json"], lab.with_suffix(".log"), options.timeout)
        scans.append(Scan(count, cost))
        print(f"{count} files: {cost.error or f'{cost.wall:.2f} s'}", file=sys.stderr, flush=True)
    report = render(scans, os.getloadavg()[0])
    options.output.write_text(report, encoding="utf-8")
    print(report)
    return 1 if any(scan.cost.error for scan in scans) else 0


def make_lab(folder: Path, count: int) -> Path:
    """Make a folder of TIFFs unless it is there. A scan reads headers only, so that all may hold the same pixels."""
    lab = folder / f"{count}-files"
    if lab.exists():
        return lab
    partial = folder / "partial"
    partial.mkdir(parents=True, exist_ok=True)
    first = partial / "field_00000.tif"
    noise = np.random.default_rng(0).integers(90, 4000, (EDGE, EDGE), np.uint16)
    resolution = (1 / PIXEL_UM, 1 / PIXEL_UM)
    tifffile.imwrite(first, noise, imagej=True, resolution=resolution, metadata={"unit": "um", "axes": "YX"})
    for number in range(1, count):
        (partial / f"field_{number:05}.tif").write_bytes(first.read_bytes())
    partial.rename(lab)
    return lab


def render(scans: list[Scan], load: float) -> str:
    """Return the report."""
    heads = ("files", "wall s", "files a second", "CPU s", "CPU ms a file", "memory MB", "")
    rows = [
        (
            f"{scan.files:,}",
            f"{scan.cost.wall:.2f}",
            f"{scan.files / scan.cost.wall:,.0f}" if scan.files > 1 else "",
            f"{scan.cost.cpu:.2f}",
            f"{1000 * scan.cost.cpu / scan.files:.2f}" if scan.files > 1 else "",
            f"{scan.cost.memory / 1e6:.0f}",
            scan.cost.error,
        )
        for scan in scans
    ]
    return "\n\n".join(
        (
            "# Scanning many small files",
            "Written by `python -m benchmarks.scan`: the whole command `mifa scan --json`, once a folder of TIFFs\n"
            f"of {EDGE} × {EDGE} pixels, all in the page cache. Memory is the peak of anonymous memory.",
            f"{machine()} mifakit {version('mifakit')}, tifffile {version('tifffile')}.\n"
            f"Load of the machine when it was done: {load:.1f}; where that is more than its cores, CPU time says more.",
            f"{markdown(heads, rows)}\n",
        )
    )


if __name__ == "__main__":
    sys.exit(main())
