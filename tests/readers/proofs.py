"""For each format, the files that prove that it is read: `test_proofs.py` opens them, the docs name them.

A new format gets a line here, of real files below `shared/real-data` where there are any. Together they have all
that the format claims to carry.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Real(NamedTuple):
    """A file or folder below `shared/real-data`, as a microscope or a program of the field left it."""

    path: str

    def __str__(self) -> str:
        return f"`{self.path}`"


class Written(NamedTuple):
    """A file that a library writes which the reader does not read with."""

    name: str
    by: str
    write: Callable[[Path], None]

    def __str__(self) -> str:
        return f"written by {self.by}"


class Elsewhere(NamedTuple):
    """A test, by its path from the repository's root, that reads such files and looks at what they carry."""

    test: str
    by: str

    def __str__(self) -> str:
        return f"written by {self.by}"


Proof = Real | Written | Elsewhere


def _calibrated_png(path: Path) -> None:
    from PIL import Image

    Image.new("L", (30, 20), 7).save(path, dpi=(254_000, 254_000))


def _ome_movie(path: Path) -> None:
    import tifffile

    frames = np.arange(3 * 2 * 20 * 30, dtype=np.uint16).reshape(3, 2, 20, 30)
    size = {"PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1, "TimeIncrement": 2.5}
    channels = {"Name": ["DNA", "actin"], "Color": [0x0000FFFF, 0x00FF00FF]}
    tifffile.imwrite(path, frames, ome=True, metadata={"axes": "TCYX", **size, "Channel": channels})


def _labelled_imagej(path: Path) -> None:
    import tifffile

    planes = np.arange(2 * 20 * 30, dtype=np.uint16).reshape(2, 20, 30)
    tifffile.imwrite(path, planes, imagej=True, metadata={"axes": "CYX", "Labels": ["DNA", "actin"]})


PROOFS: dict[str, tuple[Proof, ...]] = {
    "JPEG": (Real("voc_bccd/BCCD/JPEGImages/BloodImage_00007.jpg"),),
    "OME-TIFF": (
        Real("ome_tiff/cells-2z.ome.tif"),
        Written("movie.ome.tif", "tifffile", _ome_movie),
    ),
    "PNG": (
        Real("omnipose_bacteria/Sample000252.png"),
        Written("calibrated.png", "Pillow", _calibrated_png),
    ),
    "TIFF, BigTIFF, ImageJ": (
        Real("neubias/xyt_calibrated_16bit__golgi_bfa_sum_projection.tif"),
        Real("neubias/xyzc_16bit__spots.tif"),
        Written("labelled.tif", "tifffile", _labelled_imagej),
    ),
}

UNPROVEN: frozenset[str] = frozenset()
"""Formats of which we have no file."""
