"""What the peers' scripts share. It runs in their environments, which have tifffile but not mifakit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tifffile


class Job(NamedTuple):
    """One file to convert."""

    file: Path
    target: Path
    levels: int
    labels: bool


def jobs() -> Iterator[Job]:
    """Yield every file of the lab folder that was named on the command line."""
    lab, out, levels = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    for kind in ("images", "masks"):
        for file in sorted((lab / kind).glob("*.tif")):
            target = out / kind / f"{file.name.split('.')[0]}.ome.zarr"
            target.parent.mkdir(parents=True, exist_ok=True)
            yield Job(file, target, levels, kind == "masks")


def axes_of(file: Path) -> str:
    """Return an image's axes in the order of `read`: czyx, cyx or yx."""
    with tifffile.TiffFile(file) as tiff:
        axes = str(tiff.series[0].axes).lower()
    return "cyx" if axes == "yxs" else axes


def read(file: Path) -> np.ndarray:
    """Return an image, channels first; mapped where its pixels lie in the file as they are."""
    try:
        pixels = tifffile.memmap(file, mode="r")
    except ValueError:
        pixels = tifffile.imread(file)
    return pixels.transpose(2, 0, 1) if pixels.ndim == 3 and pixels.shape[-1] == 3 else pixels
