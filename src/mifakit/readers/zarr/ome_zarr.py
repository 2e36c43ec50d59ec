"""What OME-Zarr metadata say about an image: axes, distances, channels. Versions 0.1 to 0.5, pure.

Strangers' metadata are read by the names of the specification, and leniently: what is malformed in a way that
decides nothing is passed over, and what decides axes or distances raises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod
from typing import Any

from mifakit.readers.array_attributes import UNKNOWN, Described, axis_letter, read_distance, unnamed_axes
from mifakit.readers.base import Channel
from mifakit.readers.units import Reading

Json = dict[str, Any]

_TYPES = {"time": "T", "channel": "C"}
_IMPLIED = "TCZYX"
"""The axes of 0.1 and 0.2, which do not name them."""
_LONGEST_NAME = 100
_COLOR = re.compile(r"#?([0-9a-fA-F]{6})")


def ome_attributes(attributes: Mapping[str, Any]) -> Json:
    """Return what a group's attributes say of OME-Zarr: 0.5 keeps it in one place, the others do not."""
    ome = attributes.get("ome")
    return dict(ome if isinstance(ome, dict) else attributes)


def level_paths(multiscale: Mapping[str, Any]) -> list[str]:
    """Return where the levels of an image are, the finest first.

    Raises
    ------
    ValueError
        When it names none.
    """
    paths = [str(level["path"]) for level in multiscale["datasets"]]
    if not paths:
        raise ValueError("its multiscales name no array")
    return paths


def describe_image(ome: Mapping[str, Any], count: int) -> Described:
    """Read what a group says about the finest level of its image.

    Parameters
    ----------
    ome
        Its attributes.
    count
        How many dimensions the finest level has.

    Raises
    ------
    Exception
        Whatever malformed metadata lead to.
    """
    multiscale = ome["multiscales"][0]
    axes = multiscale.get("axes")
    version = str(multiscale.get("version", ome.get("version", "0.1")))
    if axes is None:
        native = _IMPLIED if count == len(_IMPLIED) and version in ("0.1", "0.2") else unnamed_axes(count)
        return Described(native, {}, _channels(ome))
    named = [axis if isinstance(axis, dict) else {"name": axis} for axis in axes]
    if len(named) != count:
        raise ValueError(f"its multiscales name {len(named)} axes of an array of {count}")
    native = "".join(map(_letter, named))
    return Described(native, _readings(multiscale, named, native.lower()), _channels(ome))


def _letter(axis: Json) -> str:
    letter = axis_letter(axis["name"])
    return _TYPES.get(str(axis.get("type")), letter) if letter == UNKNOWN else letter


def _readings(multiscale: Json, named: list[Json], native: str) -> dict[str, Reading]:
    """Return the distances: the scale of the finest level, times that of all levels."""
    transforms = [
        *(multiscale["datasets"][0].get("coordinateTransformations") or ()),
        *(multiscale.get("coordinateTransformations") or ()),
    ]
    scales = [one["scale"] for one in transforms if one.get("type") == "scale" and "scale" in one]
    if not scales:
        return {}
    values = [prod(map(float, factors)) for factors in zip(*scales, strict=True)]
    return {
        axis: read_distance(axis, value, entry.get("unit"))
        for axis, value, entry in zip(native, values, named, strict=True)
        if axis in "tzyx"
    }


def _channels(ome: Mapping[str, Any]) -> tuple[Channel, ...]:
    """Return names and colours; none when no channel has either."""
    omero = ome.get("omero")
    listed = omero.get("channels") if isinstance(omero, dict) else None
    entries = [entry if isinstance(entry, dict) else {} for entry in listed] if isinstance(listed, list) else []
    channels = tuple(Channel(_name(entry.get("label")), _color(entry.get("color"))) for entry in entries)
    return channels if any(channel.name or channel.color for channel in channels) else ()


def _name(label: object) -> str | None:
    text = str(label).strip() if isinstance(label, str | int) else ""
    return text if text.isprintable() and 0 < len(text) <= _LONGEST_NAME else None


def _color(color: object) -> str | None:
    matched = _COLOR.fullmatch(color) if isinstance(color, str) else None
    return matched[1].upper() if matched else None
