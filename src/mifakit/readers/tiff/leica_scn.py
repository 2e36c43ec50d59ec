"""What Leica's slide scanners (SCN) write about the images of a slide, as XML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from mifakit.readers.base import Acquisition
from mifakit.readers.description import Description, phrase
from mifakit.readers.optics import iso_date, objective_name
from mifakit.readers.units import Reading, length
from mifakit.sources.xml_text import parse_xml


@dataclass(frozen=True)
class ScnImage:
    """One image of a slide.

    Attributes
    ----------
    is_overview
        Whether it shows the whole slide at low magnification: the macro.
    description
        Pixel size, scanner, objective, date.
    """

    is_overview: bool
    description: Description


def read_scn(path: Path, xml: str) -> tuple[ScnImage, ...]:
    """Read the images that have pixels, in order.

    Raises
    ------
    MifaError
        MIFA202 when it is malformed.
    """
    root = parse_xml(path, xml.strip("\0 \r\n\t"), "description")
    return tuple(
        _image(collection, image, pixels)
        for collection in root.iterfind("{*}collection")
        for image in collection.iterfind("{*}image")
        for pixels in image.iterfind("{*}pixels")
        if pixels.find("{*}dimension") is not None
    )


def _image(collection: ElementTree.Element, image: ElementTree.Element, pixels: ElementTree.Element) -> ScnImage:
    view = image.find("{*}view")
    readings: dict[str, Reading] = {}
    is_overview = False
    if view is not None:
        readings = {
            axis: _pixel_size(view.get(name), pixels.get(name)) for axis, name in (("x", "sizeX"), ("y", "sizeY"))
        }
        whole = [collection.get(name) for name in ("sizeX", "sizeY")]
        is_overview = None not in whole and [view.get(name) for name in ("sizeX", "sizeY")] == whole
    device = image.find("{*}device")
    power = image.findtext("{*}scanSettings/{*}objectiveSettings/{*}objective") or ""
    acquisition = Acquisition(
        phrase(*(device.get("model", "").split(";")[:1] if device is not None else ())),
        objective_name(None, float(power), None) if power.replace(".", "", 1).isdecimal() else None,
        iso_date(image.findtext("{*}creationDate")),
    )
    return ScnImage(is_overview, Description(readings, acquisition=acquisition))


def _pixel_size(extent: str | None, pixels: str | None) -> Reading:
    """Divide an extent in nanometres by its pixels."""
    try:
        return length(float(extent or "nan") / float(pixels or "nan"), "nm")
    except (ValueError, ZeroDivisionError):
        return None
