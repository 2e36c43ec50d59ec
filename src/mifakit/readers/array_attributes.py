"""What people write beside arrays that have no image format of their own: names of axes, distances. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mifakit.readers.base import Channel
from mifakit.readers.units import Reading, duration, length

UNKNOWN = "Q"
_LETTERS = {
    **dict.fromkeys(("t", "time", "frame"), "T"),
    **dict.fromkeys(("c", "ch", "channel", "channels"), "C"),
    **dict.fromkeys(("s", "sample", "samples", "rgb"), "S"),
    **{letter: letter.upper() for letter in "zyx"},
}


@dataclass(frozen=True)
class Described:
    """An array's axes, as `map_axes` takes them, with what is said of them.

    Attributes
    ----------
    native
        One letter a dimension.
    readings
        By axis of `tzyx`.
    channels
        One a channel, in order; empty when nothing tells them apart.
    """

    native: str
    readings: Mapping[str, Reading] = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()


def axis_letter(name: object) -> str:
    """Return the letter of an axis by what people call it: `Time` is T."""
    return _LETTERS.get(str(name).strip().lower(), UNKNOWN)


def unnamed_axes(count: int) -> str:
    """Return the axes of an array that nothing is said about: the last two are rows and columns."""
    return UNKNOWN * (count - 2) + "YX"


def read_distance(axis: str, value: float, unit: str | None) -> Reading:
    """Read a distance, or an interval along t. A length of 1 without a unit says nothing."""
    if unit is None and value == 1:
        return None
    return duration(value, unit or "") if axis == "t" else length(value, unit or "")


def describe_array(attributes: Mapping[str, Any], dimension_names: Sequence[object], count: int) -> Described:
    """Read what is said about an array.

    Parameters
    ----------
    attributes
        Of these, `element_size_um` (ilastik, PlantSeg: z, y, x in micrometres), `_ARRAY_DIMENSIONS` (xarray), and
        `resolution` or `voxel_size` with `units` (funlib) are known.
    dimension_names
        What the format itself calls the dimensions; empty when it does not.
    count
        How many dimensions there are.
    """
    names = dimension_names or attributes.get("_ARRAY_DIMENSIONS") or attributes.get("axis_names") or ()
    native = "".join(map(axis_letter, names)) if len(names) == count else unnamed_axes(count)
    size = attributes.get("element_size_um")
    if isinstance(size, list) and len(size) == 3:
        if count == 3 and not names:
            native = "ZYX"
        return Described(native, {axis: length(float(value), "µm") for axis, value in zip("zyx", size, strict=True)})
    size, units = attributes.get("resolution") or attributes.get("voxel_size"), attributes.get("units")
    if isinstance(size, list) and isinstance(units, list) and len(size) == len(units) == count:
        stated = zip(native.lower(), size, units, strict=True)
        readings = {
            axis: read_distance(axis, float(value), str(unit)) for axis, value, unit in stated if axis in "tzyx"
        }
        return Described(native, readings)
    return Described(native)
