"""What the XML in a CZI says about its images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from mifakit.readers.base import Acquisition, Channel
from mifakit.readers.optics import hex_color, iso_date, objective_name, wavelength
from mifakit.readers.units import Reading, duration, length
from mifakit.sources.xml_text import parse_xml

_IMAGE = "./Metadata/Information/Image"
_INSTRUMENT = "./Metadata/Information/Instrument"


@dataclass(frozen=True)
class CziMetadata:
    """What the XML says, of all scenes together.

    Attributes
    ----------
    readings
        By axis: x, y, z in micrometres, t in seconds.
    channels
        In the order of the file's channels.
    acquisition
        Instrument, objective and date.
    scene_names
        By the scene's number.
    """

    readings: Mapping[str, Reading]
    channels: tuple[Channel, ...]
    acquisition: Acquisition
    scene_names: Mapping[int, str]

    def name_of(self, scene: int | None) -> str | None:
        """Return what a scene is called, if anything."""
        return None if scene is None else self.scene_names.get(scene)


def read_metadata(path: Path, xml: str) -> CziMetadata:
    """Read the XML of a CZI.

    Raises
    ------
    MifaError
        MIFA202 when it is malformed.
    """
    root = parse_xml(path, xml, "XML")
    readings: dict[str, Reading] = {
        item.get("Id", "").lower(): length(_micrometres(item.findtext("Value")), "µm")
        for item in root.iterfind("./Metadata/Scaling/Items/Distance")
    }
    interval = _number(root.findtext(f"{_IMAGE}/Dimensions/T/Positions/Interval/Increment"))
    if interval is not None:
        readings["t"] = duration(interval, "s")
    scenes = root.findall(f"{_IMAGE}/Dimensions/S/Scenes/Scene")
    return CziMetadata(readings, _channels(root), _acquisition(root), dict(map(_scene_name, scenes)))


def _channels(root: ElementTree.Element) -> tuple[Channel, ...]:
    shown = root.findall("./Metadata/DisplaySetting/Channels/Channel")
    shown_as = {one.get("Id"): one for one in shown}
    channels = []
    for channel in root.iterfind(f"{_IMAGE}/Dimensions/Channels/Channel"):
        display = shown_as.get(channel.get("Id"))
        color = channel.findtext("Color") or (display.findtext("Color") if display is not None else None)
        channels.append(
            Channel(
                _first(channel.get("Name"), display.get("Name") if display is not None else None),
                hex_color(color),
                wavelength(channel.findtext("ExcitationWavelength")),
                wavelength(channel.findtext("EmissionWavelength")),
            )
        )
    return tuple(channels)


def _acquisition(root: ElementTree.Element) -> Acquisition:
    microscope = root.find(f"{_INSTRUMENT}/Microscopes/Microscope")
    instrument = None
    if microscope is not None:
        instrument = _first(microscope.findtext("System"), microscope.get("Name"))
    if instrument and "zeiss" not in instrument.lower():
        instrument = f"Zeiss {instrument}"
    used = root.find(f"{_IMAGE}/ObjectiveSettings/ObjectiveRef")
    objectives = root.findall(f"{_INSTRUMENT}/Objectives/Objective")
    if used is not None:
        objectives = [one for one in objectives if one.get("Id") == used.get("Id")] or objectives
    objective = None
    if objectives:
        (found, *_) = objectives
        objective = objective_name(
            _first(found.findtext("Manufacturer/Model"), found.get("Name")),
            _number(found.findtext("NominalMagnification")),
            _number(found.findtext("LensNA")),
        )
    taken = root.findtext(f"{_IMAGE}/AcquisitionDateAndTime")
    return Acquisition(
        instrument, objective, iso_date(taken or root.findtext("./Metadata/Information/Document/CreationDate"))
    )


def _scene_name(scene: ElementTree.Element) -> tuple[int, str]:
    """Return a scene's number, and its well and name: `B2 P1`."""
    shape = scene.find("Shape")
    parts: Sequence[str | None] = (shape.get("Name") if shape is not None else None, scene.get("Name"))
    index = scene.get("Index", "")
    return int(index) if index.isdecimal() else -1, " ".join(dict.fromkeys(part.strip() for part in parts if part))


def _first(*texts: str | None) -> str | None:
    return next((" ".join(text.split()) for text in texts if text and text.strip()), None)


def _micrometres(metres: str | None) -> float:
    """Return what a number of metres is in micrometres, to the digit: 1e-7 is 0.1."""
    try:
        return float(Decimal(metres or "").scaleb(6))
    except ArithmeticError:
        return float("nan")


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return float("nan")
