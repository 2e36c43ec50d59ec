"""What ImageJ's metadata in a TIFF say about its image: distances and channels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.readers.base import Channel
from mifakit.readers.units import Reading, duration, length, resolution

_PRINT_UNITS = ("inch", "in", "cm", "")
_MAX_LABEL = 100
_COUNTERS = re.compile(r"^(?:[czt]:\d+/\d+ )+- ")
"""What Bio-Formats puts before a label: `c:1/2 z:1/45 - `."""


def imagej_readings(
    metadata: Mapping[str, Any], resolutions: Mapping[str, tuple[float, float]], print_unit: str
) -> dict[str, Reading]:
    """Read the distances between pixels, planes and frames.

    Parameters
    ----------
    metadata
        As tifffile gives it: `unit`, `spacing`, `finterval` and so on.
    resolutions
        The resolution tags of x and y as (pixels, units); ImageJ counts in its own unit.
    print_unit
        The unit of the resolution tags, for files in which ImageJ names none; or empty.
    """
    unit = str(metadata.get("unit", ""))
    readings: dict[str, Reading] = {}
    for axis, (pixels, per) in resolutions.items():
        own = str(metadata.get(f"{axis}unit", unit)).strip()
        if own.lower() in _PRINT_UNITS or not pixels:
            # ImageJ takes inches and centimetres over from a picture's print resolution.
            readings[axis] = resolution(pixels, per, own or print_unit)
        else:
            readings[axis] = length(per / pixels, own)
    if (spacing := _number(metadata.get("spacing"))) is not None:
        readings["z"] = length(spacing, str(metadata.get("zunit", unit)))
    if interval := _number(metadata.get("finterval")):
        readings["t"] = duration(interval, str(metadata.get("tunit", "s")))
    return readings


def imagej_channels(metadata: Mapping[str, Any], channel_of_plane: Sequence[int], count: int) -> tuple[Channel, ...]:
    """Name the channels from slice labels, and colour them from lookup tables.

    Parameters
    ----------
    metadata
        As tifffile gives it: `Labels`, `LUTs`.
    channel_of_plane
        For each plane, in the file's order, which channel it belongs to.
    count
        How many channels there are.

    Returns
    -------
    tuple of Channel
        Empty unless names or colours tell the channels apart.
    """
    names = _names(metadata.get("Labels"), channel_of_plane, count)
    colors = _colors(metadata.get("LUTs"), count)
    if not names and not colors:
        return ()
    nothing = [None] * count
    return tuple(Channel(name, color) for name, color in zip(names or nothing, colors or nothing, strict=True))


def _names(labels: Any, channel_of_plane: Sequence[int], count: int) -> list[str] | None:
    """Return one label a channel, if each has one of its own throughout z and t."""
    if not isinstance(labels, list) or len(labels) != len(channel_of_plane) or count < 2:
        return None
    groups: list[set[str]] = [set() for _ in range(count)]
    for label, channel in zip(labels, channel_of_plane, strict=True):
        groups[channel].add(_COUNTERS.sub("", str(label)).strip())
    names = [group.pop() for group in groups if len(group) == 1]
    clear = len(set(names)) == count and all(0 < len(name) <= _MAX_LABEL and name.isprintable() for name in names)
    return names if clear else None


def _colors(tables: Any, count: int) -> list[str | None] | None:
    """Return one colour a channel; None for a table that is no ramp from black to a colour."""
    if not isinstance(tables, list) or len(tables) != count:
        return None
    colors = [_ramp_color(np.asarray(table)) for table in tables]
    return colors if any(colors) else None


def _ramp_color(table: npt.NDArray[Any]) -> str | None:
    if table.shape != (3, 256):
        return None
    top = table[:, -1].astype(np.float64)
    ramp = np.outer(top, np.arange(256) / 255)
    if not top.any() or np.abs(table - ramp).max() > 1:
        return None
    return "".join(f"{int(value):02X}" for value in top)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
