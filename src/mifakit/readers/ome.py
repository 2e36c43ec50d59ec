"""What OME-XML in a TIFF says about its image: distances, channels, and where the pixels are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree

from mifakit.errors import MifaError
from mifakit.readers.base import Channel
from mifakit.readers.units import Reading, duration, length

_RGB = (Channel("Red", "FF0000"), Channel("Green", "00FF00"), Channel("Blue", "0000FF"))


@dataclass(frozen=True)
class OmeImage:
    """The one image that an OME-TIFF describes.

    Attributes
    ----------
    readings
        By axis: x, y, z in micrometres, t in seconds.
    channels
        One a channel, samples counted; empty when none has a name or colour.
    """

    readings: Mapping[str, Reading]
    channels: tuple[Channel, ...]


def looks_like_ome(description: str) -> bool:
    """Whether a TIFF's description is OME-XML, even one that is cut off."""
    start = description[:4_096]
    return "<OME" in start or ":OME " in start


def read_ome(path: Path, xml: str) -> OmeImage:
    """Read OME-XML, before anything else acts on it.

    Raises
    ------
    MifaError
        MIFA202 when it is malformed or the image is spread over several files that are here,
        MIFA203 when those files are not here, MIFA215 when it describes several images.
    """
    root = _parse(path, xml)
    for elsewhere in _named(root, "BinaryOnly"):
        name = elsewhere.get("MetadataFile", "another file")
        raise MifaError(
            "MIFA202",
            f"is one part of an OME-TIFF that {name} describes",
            str(path),
            "export it as one OME-TIFF",
        )
    pixels = [
        found
        for image in _named(root, "Image")
        for found in _named(image, "Pixels")
        if next(_named(found, "TiffData"), None) is not None
    ]
    if not pixels:
        raise MifaError("MIFA202", "its OME-XML describes no image", str(path))
    _refuse_other_files(path, root, pixels)
    if len(pixels) > 1:
        raise MifaError("MIFA215", f"its OME-XML describes {len(pixels)} images", str(path))
    (only,) = pixels
    readings = {axis: _size(only, f"PhysicalSize{axis.upper()}") for axis in "xyz"}
    return OmeImage({**readings, "t": _interval(only)}, _channels(only))


def _parse(path: Path, xml: str) -> ElementTree.Element:
    # Entities are the one dangerous thing in XML, and OME-XML has no use for them.
    if "<!DOCTYPE" in xml or "<!ENTITY" in xml:
        raise MifaError("MIFA202", "its OME-XML has a DOCTYPE, which is not read", str(path))
    try:
        return ElementTree.fromstring(xml)  # noqa: S314
    except (ElementTree.ParseError, ValueError) as error:
        raise MifaError("MIFA202", f"its OME-XML is malformed: {error}", str(path)) from error


def _named(parent: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """Yield the children called `name`, in whichever OME namespace."""
    return (child for child in parent if isinstance(child.tag, str) and child.tag.rpartition("}")[2] == name)


def _refuse_other_files(path: Path, root: ElementTree.Element, pixels: list[ElementTree.Element]) -> None:
    """Refuse pixels in other files; tifffile would open them, or make them up as zeros."""
    own = root.get("UUID")
    others: dict[str, None] = {}
    for data in (data for image in pixels for data in _named(image, "TiffData")):
        for uuid in _named(data, "UUID"):
            name = uuid.get("FileName", "")
            if own is None and name.lower() == path.name.lower():
                own = uuid.text
            elif uuid.text != own:
                others[PureWindowsPath(name).name or "a file without name"] = None
            break
    if not others:
        return
    shown = ", ".join(list(others)[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
    absent = [name for name in others if not (path.parent / name).is_file()]
    if absent:
        message = f"its OME-XML puts pixels into other files, which are not beside it: {shown}"
        raise MifaError("MIFA203", message, str(path), "export it as one OME-TIFF, or copy the other files too")
    message = f"its OME-XML puts pixels into other files: {shown}"
    raise MifaError("MIFA202", message, str(path), "export it as one OME-TIFF")


def _number(text: str) -> float:
    try:
        return float(text)
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
    for channel in _named(pixels, "Channel"):
        samples = channel.get("SamplesPerPixel", "1")
        if samples == "3":
            channels += _RGB
        else:
            found = Channel(channel.get("Name") or None, _color(channel.get("Color")))
            channels += [found] * (int(samples) if samples.isdecimal() and len(samples) < 4 else 1)
    return tuple(channels) if any(channel.name or channel.color for channel in channels) else ()


def _color(text: str | None) -> str | None:
    """Turn OME's signed 32-bit RGBA into RRGGBB."""
    try:
        return None if text is None else f"{(int(text) & 0xFFFFFFFF) >> 8:06X}"
    except ValueError:
        return None
