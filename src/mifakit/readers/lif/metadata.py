"""What the XML in a LIF says about one image."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from mifakit.readers.base import Acquisition, Channel
from mifakit.readers.optics import objective_name
from mifakit.readers.units import Reading, duration, length

_DESCRIPTION = "./Data/Image/ImageDescription"
_HARDWARE = "./Data/Image/Attachment[@Name='HardwareSetting']"
_DIMENSIONS = {"1": "x", "2": "y", "3": "z", "4": "t"}
_LUTS = {
    "Red": "FF0000",
    "Green": "00FF00",
    "Blue": "0000FF",
    "Cyan": "00FFFF",
    "Magenta": "FF00FF",
    "Yellow": "FFFF00",
    "Gray": "FFFFFF",
    "Grey": "FFFFFF",
}


@dataclass(frozen=True)
class LifMetadata:
    """What the XML says.

    Attributes
    ----------
    readings
        By axis: x, y, z in micrometres, t in seconds.
    channels
        In the order in which they are stored.
    acquisition
        Instrument and objective.
    steps
        Bytes between neighbours along each dimension that is longer than 1, outermost first.
    channel_starts
        Where each channel begins, in bytes.
    """

    readings: Mapping[str, Reading]
    channels: tuple[Channel, ...]
    acquisition: Acquisition
    steps: tuple[int, ...]
    channel_starts: tuple[int, ...]


def read_metadata(element: ElementTree.Element) -> LifMetadata:
    """Read the XML element of one image.

    Raises
    ------
    ValueError, KeyError
        When it is malformed.
    """
    dimensions = element.findall(f"{_DESCRIPTION}/Dimensions/DimensionDescription")
    described = sorted(
        element.findall(f"{_DESCRIPTION}/Channels/ChannelDescription"), key=lambda one: int(one.attrib["BytesInc"])
    )
    long = sorted(int(one.attrib["BytesInc"]) for one in dimensions if int(one.attrib["NumberOfElements"]) > 1)
    return LifMetadata(
        {axis: _step(one) for one in dimensions if (axis := _DIMENSIONS.get(one.attrib["DimID"]))},
        _channels(element, described),
        _acquisition(element),
        tuple(reversed(long)),
        tuple(int(one.attrib["BytesInc"]) for one in described),
    )


def _step(dimension: ElementTree.Element) -> Reading:
    """Return the distance between neighbours: `Length` is that from the first to the last."""
    count, unit = int(dimension.attrib["NumberOfElements"]), dimension.attrib["Unit"]
    if count < 2:
        return None
    step = abs(float(dimension.attrib["Length"])) / (count - 1)
    return duration(step, unit) if dimension.attrib["DimID"] == "4" else length(step, unit)


def _channels(element: ElementTree.Element, described: list[ElementTree.Element]) -> tuple[Channel, ...]:
    names = [_property(one, "DyeName") for one in described]
    if not any(names):
        dyes = _detected_dyes(element)
        names = dyes if len(dyes) == len(described) else names
    return tuple(
        Channel(_plain(name), _LUTS.get(one.get("LUTName", ""))) for name, one in zip(names, described, strict=True)
    )


def _property(channel: ElementTree.Element, key: str) -> str | None:
    for one in channel.iterfind("ChannelProperty"):
        if one.findtext("Key") == key:
            return one.findtext("Value")
    return None


def _detected_dyes(element: ElementTree.Element) -> list[str | None]:
    """Return the dye of each active detector, in order, for recordings without sequences."""
    settings = element.findall(f"{_HARDWARE}/ATLConfocalSettingDefinition")
    if len(settings) != 1:
        return []
    bands = {one.get("Channel"): one.get("DyeName") for one in settings[0].iter("MultiBand")}
    active = [one.get("Channel") for one in settings[0].iter("Detector") if one.get("IsActive") == "1"]
    return [bands.get(channel) for channel in active]


def _plain(name: str | None) -> str | None:
    """Return a dye without the database that it comes from: `FITC` of `Leica/FITC`."""
    return " ".join((name or "").rpartition("/")[2].split()) or None


def _acquisition(element: ElementTree.Element) -> Acquisition:
    hardware = element.find(_HARDWARE)
    if hardware is None:
        return Acquisition()
    system = " ".join((hardware.get("SystemTypeName") or "").split())
    lens = next((one for one in hardware.iter() if one.get("ObjectiveName", "").strip()), None)
    objective = None
    if lens is not None:
        magnification, aperture = (_number(lens.get(name)) for name in ("Magnification", "NumericalAperture"))
        objective = objective_name(lens.get("ObjectiveName"), magnification, aperture)
    return Acquisition(f"Leica {system}" if system else None, objective)


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan
