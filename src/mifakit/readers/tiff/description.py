"""What the metadata of a TIFF's image say, whichever vendor wrote them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tifffile import TiffFile

from mifakit.readers.description import Description
from mifakit.readers.tiff.akoya import describe_qptiff
from mifakit.readers.tiff.aperio import describe_aperio
from mifakit.readers.tiff.hamamatsu import describe_ndpi
from mifakit.readers.tiff.imagej import imagej_channels, imagej_readings
from mifakit.readers.tiff.lsm import describe_lsm
from mifakit.readers.tiff.metamorph import describe_stk
from mifakit.readers.tiff.scenes import Scene
from mifakit.readers.units import Reading, resolution

_PRINT_UNITS = {2: "inch", 3: "cm"}
_RESOLUTION_TAGS = {"x": 282, "y": 283}


def describe(path: Path, file: TiffFile, scene: Scene, channel_of_plane: Callable[[], Sequence[int]]) -> Description:
    """Return what is known of an image.

    Parameters
    ----------
    path
        The file, for messages.
    file
        The same, open.
    scene
        The image.
    channel_of_plane
        Returns for each plane which channel it belongs to.
    """
    tag = scene.series.keyframe.tags.valueof
    values: dict[str, Any] = {axis: tag(code) for axis, code in _RESOLUTION_TAGS.items()}
    printed = {axis: value for axis, value in values.items() if isinstance(value, tuple) and len(value) == 2}
    print_unit = _PRINT_UNITS.get(tag(296), "")
    if not scene.description and (metadata := file.imagej_metadata):
        planes = channel_of_plane()
        channels = imagej_channels(metadata, planes, max(planes, default=-1) + 1)
        return Description(imagej_readings(metadata, printed, print_unit), channels)
    own = scene.description or _vendor(path, file, scene)
    plain: dict[str, Reading] = {axis: resolution(*value, print_unit) for axis, value in printed.items()}
    return replace(own, readings=plain | {axis: reading for axis, reading in own.readings.items() if reading})


def _vendor(path: Path, file: TiffFile, scene: Scene) -> Description:
    key = scene.series.keyframe
    match scene.series.kind:
        case "svs":
            return describe_aperio(key.description)
        case "ndpi":
            return describe_ndpi(key.tags.valueof)
        case "lsm":
            return describe_lsm(file.lsm_metadata or {})
        case "stk":
            return describe_stk(file.stk_metadata or {})
        case "qpi":
            return describe_qptiff(path, [page.aspage().description for page in scene.pages if page])
        case _:
            return Description()
