"""How fast outlines are drawn, measured and written: `python -m benchmarks.raster`, into RASTER.md."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np

from benchmarks import measure, measurers, outline_writers
from benchmarks.rasterisers import MIFAKIT, PROGRAMS, Plane, Polygons, mifakit
from benchmarks.report import machine, markdown

HERE = Path(__file__).parent
TARGET = 1.5
"""Times as long as the fastest exact one."""
EXACT = 1e-3
"""An area that differs by less from that of the outlines."""
LIBRARIES = ("mifakit", "geopandas", "numpy", "pycocotools", "rasterio", "scikit-image", "scipy")


class Drawn(NamedTuple):
    """How one program drew; the shortest of its turns."""

    name: str
    wall: float
    cpu: float
    area: float
    differing: int


class Ran(NamedTuple):
    """How one program ran in a process of its own; its shortest turn."""

    name: str
    cost: measure.Cost
    objects: str


def main() -> int:
    """Draw, measure, write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.raster", description=__doc__)
    parser.add_argument("--polygons", type=int, default=100_000)
    parser.add_argument("--vertices", type=int, default=32)
    parser.add_argument("--size", type=int, default=12_680, help="edge of the image that is drawn on")
    parser.add_argument("--objects", type=int, default=50_000, help="in the mask that is measured")
    parser.add_argument("--edge", type=int, default=2**14, help="edge of that mask")
    parser.add_argument("--outlines", type=int, default=1_000_000, help="that are written")
    parser.add_argument("--repeat", type=int, default=3, help="turns of each program (default: 3)")
    parser.add_argument("--timeout", type=float, default=1200, help="seconds for one measurement (default: 1200)")
    parser.add_argument("--folder", type=Path, default=HERE / ".work" / "raster", help="for the mask")
    parser.add_argument("--output", type=Path, default=HERE / "RASTER.md", help="where the report goes")
    options = parser.parse_args()
    polygons = cells(options.polygons, options.vertices, options.size)
    drawn = draw_in_turns(polygons, options.size, options.repeat)
    mask = make_mask(options.folder.resolve(), options.objects, options.edge)
    measured = run_in_turns(measurers, [mask], options)
    written = run_in_turns(outline_writers, [options.outlines, options.folder.resolve() / "written"], options)
    report = render(drawn, measured, written, options, os.getloadavg()[0])
    options.output.write_text(report, encoding="utf-8")
    print(report)
    return 0


def cells(count: int, vertices: int, size: int) -> Polygons:
    """Return polygons in rows and columns that fill an image and do not overlap."""
    random = np.random.default_rng(0)
    across = int(np.ceil(np.sqrt(count)))
    pitch = size / across
    rows, columns = np.divmod(np.arange(count), across)
    turn = np.linspace(0, 2 * np.pi, vertices, endpoint=False) + random.uniform(0, 1, (count, 1))
    radius = pitch / 2 * random.uniform(0.75, 1, (count, vertices))
    x = (columns[:, None] + 0.5) * pitch + radius * np.cos(turn)
    y = (rows[:, None] + 0.5) * pitch + radius * np.sin(turn)
    return np.stack([x, y], axis=2)


def draw_in_turns(polygons: Polygons, size: int, repeat: int) -> list[Drawn]:
    """Let every program draw into the same memory, in turns."""
    plane: Plane = np.ones((size, size), np.uint32)
    draws = {name: make(polygons, size) for name, make in PROGRAMS.items()}
    walls: dict[str, list[float]] = {name: [] for name in draws}
    cpus: dict[str, list[float]] = {name: [] for name in draws}
    areas, differing = {}, {}
    ours = None
    for turn in range(repeat):
        for name, draw in draws.items():
            plane[:] = 0
            wall, cpu = time.perf_counter(), time.process_time()
            draw(plane)
            walls[name].append(time.perf_counter() - wall)
            cpus[name].append(time.process_time() - cpu)
            say(f"{name}: {walls[name][-1]:.2f} s")
            if turn == 0:
                ours = plane.copy() if ours is None else ours
                areas[name], differing[name] = np.count_nonzero(plane) / area(polygons), np.count_nonzero(plane != ours)
    return [Drawn(name, min(walls[name]), min(cpus[name]), areas[name], differing[name]) for name in draws]


def area(polygons: Polygons) -> float:
    """Return the area of all polygons."""
    (x, y), (after_x, after_y) = np.moveaxis(polygons, 2, 0), np.moveaxis(np.roll(polygons, -1, axis=1), 2, 0)
    return float(np.abs((x * after_y - after_x * y).sum(axis=1)).sum() / 2)


def make_mask(folder: Path, objects: int, edge: int) -> Path:
    """Draw a label image into a file, unless it is there."""
    path = folder / f"{objects}-in-{edge}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        plane = np.zeros((edge, edge), np.uint16)
        mifakit(cells(objects, 32, edge), edge)(plane)
        np.save(folder / "partial.npy", plane)
        (folder / "partial.npy").rename(path)
    return path


def run_in_turns(programs: ModuleType, arguments: Sequence[object], options: argparse.Namespace) -> list[Ran]:
    """Let every program of a script do its work in a process of its own, in turns."""
    best: dict[str, Ran] = {}
    for _ in range(options.repeat):
        for name in programs.PROGRAMS:
            log = options.folder.resolve() / f"{name}.log"
            command = [sys.executable, str(programs.__file__), name, *map(str, arguments)]
            cost = measure.run(command, log, options.timeout)
            one = Ran(name, cost, "" if cost.error else log.read_text(encoding="utf-8").strip())
            say(f"{name}: {cost.error or f'{cost.wall:.2f} s'}")
            if name not in best or cost.wall < best[name].cost.wall:
                best[name] = one
    return list(best.values())


def render(
    drawn: list[Drawn], measured: list[Ran], written: list[Ran], options: argparse.Namespace, load: float
) -> str:
    """Return the report."""
    exact = [one for one in drawn if abs(one.area - 1) < EXACT]
    peers = [one for one in exact if not one.name.startswith(MIFAKIT)]
    fastest = min(peers, key=lambda one: one.wall)
    ours = next(one for one in drawn if one.name == MIFAKIT)
    ratio = ours.wall / fastest.wall
    verdict = "reached" if ratio <= TARGET else "**not reached**"
    rows = [
        (
            one.name,
            f"{one.wall:.2f}",
            f"{one.cpu:.2f}",
            f"{one.wall / fastest.wall:.2f}",
            f"{100 * (one.area - 1):+.3f} %" + ("" if one in exact else ", **not exact**"),
            f"{one.differing:,}",
        )
        for one in drawn
    ]
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    outlines = f"{options.polygons:,} polygons of {options.vertices} vertices that do not overlap"
    mask = f"{options.objects:,} objects on {options.edge:,} × {options.edge:,} pixels of uint16"
    return "\n\n".join(
        (
            "# From outlines to label images, and measuring these",
            "Written by `python -m benchmarks.raster`. Programs take turns; reported is the shortest of "
            f"{options.repeat} turns.\nAbsolute times hold for this machine only: read the ratios.",
            f"{machine()}\n{versions}. Load of the machine when it was done: {load:.1f}.",
            "## Drawing",
            f"{outlines}, onto {options.size:,} × {options.size:,} pixels of uint32,\n"
            "in memory that was in use before. "
            "Each library is handed the polygons in the form that it takes; making it is not timed.",
            f"Target: {TARGET} times the fastest that is exact, which is {fastest.name}: {ratio:.2f} times, {verdict}.",
            markdown(("program", "wall s", "CPU s", f"× {fastest.name}", "area", "pixels unlike ours"), rows),
            "## Measuring",
            f"{mask} ({2 * options.edge**2 / 1e6:.0f} MB), mapped from a file; each time a process of its own.\n"
            "All find areas, bounding boxes and centroids; mifakit also the ids, and the pieces of each object.\n"
            "Memory is the peak of anonymous memory.",
            figures(measured),
            "## Writing",
            f"{options.outlines:,} outlines of {outline_writers.VERTICES} vertices as GeoParquet; "
            "making up the outlines is included.",
            f"{figures(written)}\n",
        )
    )


def figures(ran: list[Ran]) -> str:
    """Return what programs took, as a table."""
    rows = [
        (
            one.name,
            f"{one.cost.wall:.2f}",
            f"{one.cost.cpu:.2f}",
            f"{one.cost.memory / 1e6:.0f}",
            one.objects,
            one.cost.error,
        )
        for one in ran
    ]
    return markdown(("program", "wall s", "CPU s", "memory MB", "objects", ""), rows)


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
