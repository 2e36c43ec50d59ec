"""TIFF and what is built on it: OME-TIFF, ImageJ hyperstacks, slides, Zeiss LSM, MetaMorph stacks."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

from mifakit.errors import MifaError
from mifakit.readers.base import Carries, Format, ImageSource
from mifakit.readers.tiff.file import check_contents, open_tiff
from mifakit.readers.tiff.image import TiffImage
from mifakit.readers.tiff.ome_files import find_ome_files

_SLIDE = frozenset({Carries.PIXEL_SIZE, Carries.INSTRUMENT, Carries.OBJECTIVE})


class TiffReader:
    """Opens files of the TIFF family."""

    name: ClassVar[str] = "tiff"
    formats: ClassVar[tuple[Format, ...]] = (
        Format("OME-TIFF", (".ome.tif", ".ome.tiff", ".ome.btf"), frozenset(Carries)),
        Format(
            "TIFF, BigTIFF, ImageJ",
            (".tif", ".tiff", ".btf", ".tf8"),
            frozenset({Carries.PIXEL_SIZE, Carries.TIME_STEP, Carries.CHANNELS, Carries.COLORS, Carries.SCENES}),
        ),
        Format("Aperio SVS", (".svs",), _SLIDE | {Carries.DATE}),
        Format("Hamamatsu NDPI", (".ndpi",), _SLIDE | {Carries.DATE}),
        Format("Leica SCN", (".scn",), _SLIDE | {Carries.DATE, Carries.SCENES}),
        Format("PerkinElmer and Akoya QPTIFF", (".qptiff",), _SLIDE | {Carries.CHANNELS, Carries.COLORS}),
        Format("Zeiss LSM", (".lsm",), frozenset(Carries) - {Carries.SCENES}),
        Format("MetaMorph STK", (".stk",), frozenset({Carries.PIXEL_SIZE, Carries.TIME_STEP, Carries.DATE})),
    )
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open a TIFF; see `mifakit.readers.base.Reader.open`.

        An OME-TIFF in several files opens by any of them.
        """
        with ExitStack() as failing:
            # What was opened and then found broken is closed as well.
            opened = failing.enter_context(ExitStack())
            file, contents = open_tiff(path, opened)
            ome = find_ome_files(path, str(file.pages.first.description), _description_of)
            # Before tifffile opens them: it goes on with what is left of broken ones.
            parts = [check_contents(path.parent / name) for name in (ome.document.others if ome else ())]
            if ome and (ome.xml or ome.root != path):
                file, contents = open_tiff(ome.root, opened, ome.xml)
            if ome and not file.is_ome:
                raise MifaError("MIFA202", "its OME-XML is cut off", str(path))
            image = TiffImage(path, file, [contents, *parts], ome, axes, scene, opened)
            failing.pop_all()
            return image


def _description_of(path: Path) -> str:
    with ExitStack() as stack:
        return str(open_tiff(path, stack)[0].pages.first.description)
