"""Programs that write outlines as GeoParquet and count them: `python outline_writers.py NAME COUNT FOLDER`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

VERTICES = 32
Outlines = npt.NDArray[np.float64]
"""(outlines, vertices, 2)"""


def mifakit(outlines: Outlines, folder: Path) -> Path:
    """Write them as a build does: a part for the sample, then the table."""
    from mifakit.annotations.model import Objects, Shapes
    from mifakit.conversion.annotation_columns import shape_rows
    from mifakit.dataset import layout
    from mifakit.dataset.annotation_tables import part_path, write_part, write_tables

    count = len(outlines)
    each = np.arange(count + 1)
    shapes = Shapes(np.zeros(count, np.uint8), each, each, each * VERTICES, outlines.reshape(-1, 2), Objects(count))
    write_part(folder / "parts", part_path("image", "cells", "shapes"), shape_rows("image", shapes))
    write_tables(folder, folder / "parts", ["image"], ["cells"])
    return folder / layout.table_path("cells", "shapes")


def geopandas(outlines: Outlines, folder: Path) -> Path:
    """Write them as geometries, with their number."""
    import shapely
    from geopandas import GeoDataFrame

    folder.mkdir(parents=True, exist_ok=True)
    frame = GeoDataFrame({"id": np.arange(len(outlines))}, geometry=shapely.polygons(outlines))
    frame.to_parquet(folder / "shapes.parquet", compression="zstd")
    return folder / "shapes.parquet"


PROGRAMS: dict[str, Callable[[Outlines, Path], Path]] = {"mifakit": mifakit, "geopandas": geopandas}


def main() -> int:
    """Write, and count what was written."""
    from pyarrow.parquet import ParquetFile

    name, count, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    middles = np.random.default_rng(0).uniform(0, 10_000, (count, 1, 2))
    turn = np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
    outlines = middles + 5 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    print(ParquetFile(PROGRAMS[name](outlines, folder)).metadata.num_rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
