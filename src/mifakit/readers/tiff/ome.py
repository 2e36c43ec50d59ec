"""What OME-XML says: which images there are, in which files, and what is known of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from mifakit.errors import MifaError
from mifakit.readers.base import Acquisition, Channel, Spacing
from mifakit.readers.description import Description, known, phrase
from mifakit.readers.optics import iso_date, objective_name, wavelength
from mifakit.readers.samples import RGB
from mifakit.readers.units import Reading, duration, length
from mifakit.sources.xml_text import named, parse_xml

_HEAD = 4_096
_NO_WORDS = {"", "other", "unknown"}
_IMMERSIONS = {
    "oil": "Oil",
    "water": "Water",
    "waterdipping": "Water Dipping",
    "glycerol": "Glycerol",
    "multi": "Multi",
}


@dataclass(frozen=True)
class OmeImage:
    """One image that OME-XML describes.

    Attributes
    ----------
    name
        As people called it, or empty.
    description
        Distances, channels, acquisition.
    """

    name: str
    description: Description


@dataclass(frozen=True)
class OmeDocument:
    """What the OME-XML in a TIFF describes.

    Attributes
    ----------
    images
        Those that have pixels, in order.
    files
        All files that it puts pixels into, as it lists them; empty when it names none.
    others
        The UUID of each of them that is not the file that holds the XML.
    """

    images: tuple[OmeImage, ...]
    files: tuple[str, ...]
    others: Mapping[str, str]


def looks_like_ome(description: str) -> bool:
    """Whether a TIFF's description is OME-XML, even one that is cut off."""
    start = description[:_HEAD]
    return "<OME" in start or ":OME " in start


def own_uuid(description: str) -> str | None:
    """Return the UUID that OME-XML gives the file it is in, or None."""
    found = re.search(r'<(?:\w+:)?OME\b[^>]*?\bUUID="([^"]*)"', description[:_HEAD])
    return found[1] if found else None


def metadata_file(path: Path, xml: str) -> str | None:
    """Return the file that describes the image which this one is a part of, or None when this one does.

    Raises
    ------
    MifaError
        MIFA202 when the XML is malformed or names a file elsewhere.
    """
    if "BinaryOnly" not in xml:
        return None
    for elsewhere in named(parse_xml(path, xml, "OME-XML"), "BinaryOnly"):
        return _beside(path, elsewhere.get("MetadataFile", ""))
    return None


def read_ome(path: Path, xml: str, *, holder: str | None = None) -> OmeDocument:
    """Read OME-XML, before anything else acts on it.

    Parameters
    ----------
    path
        The file that was opened, for messages.
    xml
        The text.
    holder
        Name of the TIFF that holds it; None when it is a companion file.

    Raises
    ------
    MifaError
        MIFA202 when it is malformed, describes no image, or names files elsewhere.
    """
    root = parse_xml(path, xml, "OME-XML")
    pixels = [
        (image, found)
        for image in named(root, "Image")
        for found in named(image, "Pixels")
        if next(named(found, "TiffData"), None) is not None
    ]
    if not pixels:
        raise MifaError("MIFA202", "its OME-XML describes no image", str(path))
    files, others = _files(path, root, [found for _, found in pixels], holder)
    images = tuple(
        OmeImage((image.get("Name") or "").strip(), _description(root, image, found)) for image, found in pixels
    )
    return OmeDocument(images, files, others)


def _first(parent: ElementTree.Element, name: str) -> ElementTree.Element | None:
    return next(named(parent, name), None)


def _beside(path: Path, name: str) -> str:
    """Return a file name that OME-XML gives, if it stays within the file's folder."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\\" in name or ":" in name or not name.isprintable():
        raise MifaError("MIFA202", f"its OME-XML points out of its folder, to {name!r}", str(path))
    return name


def _files(
    path: Path, root: ElementTree.Element, pixels: list[ElementTree.Element], holder: str | None
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return all files that pixels are put into, and those that are not the holder; by UUID, as the field does."""
    own = root.get("UUID") if holder else None
    files: dict[str, None] = {}
    others: dict[str, str] = {}
    for data in (data for found in pixels for data in named(found, "TiffData")):
        uuid = _first(data, "UUID")
        if uuid is None:
            continue
        name = uuid.get("FileName", "")
        if holder and own is None and name.lower() == holder.lower():
            own = uuid.text
        if holder and own is not None and uuid.text == own:
            files[holder] = None  # under whatever name it was written
        else:
            others[_beside(path, name)] = uuid.text or ""
            files[name] = None
    return tuple(files), others


def _description(root: ElementTree.Element, image: ElementTree.Element, pixels: ElementTree.Element) -> Description:
    readings = {axis: _size(pixels, f"PhysicalSize{axis.upper()}") for axis in "xyz"}
    return Description({**readings, "t": _interval(pixels)}, _channels(pixels), _acquisition(root, image))


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def _size(pixels: ElementTree.Element, name: str) -> Reading:
    value = pixels.get(name)
    return None if value is None else length(_number(value), pixels.get(f"{name}Unit", "µm"))


def _interval(pixels: ElementTree.Element) -> Reading:
    value = pixels.get("TimeIncrement")
    return None if value is None else duration(_number(value), pixels.get("TimeIncrementUnit", "s"))


def _channels(pixels: ElementTree.Element) -> tuple[Channel, ...]:
    channels: list[Channel] = []
    for channel in named(pixels, "Channel"):
        samples = channel.get("SamplesPerPixel", "1")
        if samples == "3":
            channels += RGB
        else:
            found = Channel(
                (channel.get("Name") or "").strip() or None,
                _color(channel.get("Color")),
                _wavelength(channel, "ExcitationWavelength"),
                _wavelength(channel, "EmissionWavelength"),
            )
            channels += [found] * (int(samples) if samples.isdecimal() and len(samples) < 4 else 1)
    return known(*channels)


def _color(text: str | None) -> str | None:
    """Turn OME's signed 32-bit RGBA into RRGGBB."""
    try:
        return None if text is None else f"{(int(text) & 0xFFFFFFFF) >> 8:06X}"
    except ValueError:
        return None


def _wavelength(channel: ElementTree.Element, name: str) -> float | None:
    """Return a wavelength in nanometres, which is also OME's default unit."""
    reading = length(_number(channel.get(name)), channel.get(f"{name}Unit", "nm"))
    return wavelength(round(reading.value * 1_000, 6)) if isinstance(reading, Spacing) else None


def _acquisition(root: ElementTree.Element, image: ElementTree.Element) -> Acquisition:
    reference = _first(image, "InstrumentRef")
    instruments = {instrument.get("ID"): instrument for instrument in named(root, "Instrument")}
    instrument = None if reference is None else instruments.get(reference.get("ID"))
    acquired = _first(image, "AcquisitionDate")
    return Acquisition(
        None if instrument is None else _microscope(instrument),
        None if instrument is None else _objective(instrument, image),
        iso_date(acquired.text if acquired is not None else None),
    )


def _word(element: ElementTree.Element, name: str) -> str | None:
    text = (element.get(name) or "").strip()
    return None if text.lower() in _NO_WORDS else text


def _microscope(instrument: ElementTree.Element) -> str | None:
    microscope = _first(instrument, "Microscope")
    return None if microscope is None else phrase(_word(microscope, "Manufacturer"), _word(microscope, "Model"))


def _objective(instrument: ElementTree.Element, image: ElementTree.Element) -> str | None:
    """Name the objective that the image was taken with: its settings say which, if there are several."""
    objectives = list(named(instrument, "Objective"))
    settings = next((found for name in ("ObjectiveSettings", "ObjectiveRef") for found in named(image, name)), None)
    if settings is not None:
        objectives = [one for one in objectives if one.get("ID") == settings.get("ID")]
    if len(objectives) != 1:
        return None
    (only,) = objectives
    if model := _word(only, "Model"):
        return phrase(_word(only, "Manufacturer"), model)
    powers = [_number(only.get(name)) for name in ("NominalMagnification", "CalibratedMagnification")]
    name = objective_name(None, next((power for power in powers if power > 0), None), _number(only.get("LensNA")))
    return name and phrase(name, _IMMERSIONS.get((only.get("Immersion") or "").lower()))
