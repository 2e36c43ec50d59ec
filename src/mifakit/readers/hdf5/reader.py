"""HDF5: arrays by their names, with the axes that ilastik and others write; BigDataViewer; Imaris."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from mifakit.readers.base import Carries, Format, ImageSource
from mifakit.readers.guard import open_image_file

_START = b"\x89HDF\r\n\x1a\n"


class Hdf5Reader:
    """Opens HDF5 files.

    Each dataset of two to five dimensions is a scene with its path for a name. BigDataViewer's time points
    become one scene a setup, Imaris' time points and channels one scene; of pyramids the finest level is read.
    """

    name: ClassVar[str] = "hdf5"
    formats: ClassVar[tuple[Format, ...]] = (
        Format(
            "HDF5 (ilastik, PlantSeg, BigDataViewer)",
            (".h5", ".hdf5", ".hdf"),
            frozenset({Carries.PIXEL_SIZE, Carries.SCENES}),
        ),
        Format(
            "Imaris",
            (".ims",),
            frozenset(
                {
                    Carries.PIXEL_SIZE,
                    Carries.TIME_STEP,
                    Carries.CHANNELS,
                    Carries.COLORS,
                    Carries.WAVELENGTHS,
                    Carries.DATE,
                }
            ),
        ),
    )
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open an HDF5 file; see `mifakit.readers.base.Reader.open`."""
        open_image_file(path, "HDF5", (_START,)).close()
        from mifakit.readers.hdf5.image import open_hdf5  # h5py takes a while to load

        return open_hdf5(path, axes, scene)
