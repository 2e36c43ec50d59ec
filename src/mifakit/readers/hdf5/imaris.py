"""Imaris' HDF5: one dataset a resolution level, time point and channel, padded to whole chunks.

https://imaris.oxinst.com/support/imaris-file-format names the groups and attributes.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any

import h5py

from mifakit.errors import MifaError
from mifakit.readers.base import Acquisition, Channel
from mifakit.readers.hdf5.layout import Hdf5Layout
from mifakit.readers.hdf5.objects import children, find, is_image, text
from mifakit.readers.pixel_types import pixel_dtype
from mifakit.readers.units import Reading, duration, length

_LEVEL = ("DataSet", "ResolutionLevel 0")
_TIME = re.compile(r"TimePoint (\d+)")
_CHANNEL = re.compile(r"Channel (\d+)")
_NO_NAME = "(name not specified)"
_WAVELENGTHS = (100, 10_000)


def imaris_layouts(path: Path, root: h5py.Group) -> tuple[Hdf5Layout, ...]:
    """Return the image of an Imaris file; nothing when the file has another layout.

    Raises
    ------
    MifaError
        MIFA203 when a channel lacks a time point, MIFA202 when they are no image together.
    """
    level = find(path, root, *_LEVEL)
    if not isinstance(level, h5py.Group):
        return ()
    times = _numbered(path, level, _TIME)
    channels = _numbered(path, level[times[0]], _CHANNEL) if times else []
    if not channels:
        return ()
    stacks = [_stack(path, level, time, channel) for time, channel in product(times, channels)]
    first = find(path, level, times[0], channels[0])
    size = tuple(_integer(path, first, f"ImageSize{axis}") for axis in "ZYX")
    dtype = pixel_dtype(stacks[0].dtype)
    fits = all(small <= large for small, large in zip(size, stacks[0].shape, strict=True)) and min(size) > 0
    if dtype is None or not fits or len({(stack.shape, stack.dtype) for stack in stacks}) > 1:
        raise MifaError("MIFA202", "its channels and time points are no image together", str(path))
    info = find(path, root, "DataSetInfo", "TimeInfo")
    described = [find(path, root, "DataSetInfo", channel) for channel in channels]
    image = find(path, root, "DataSetInfo", "Image")
    recorded = _moment(image, "RecordingDate")
    return (
        Hdf5Layout(
            name="image",
            datasets=tuple(stack.name for stack in stacks),
            outer=(len(times), len(channels)),
            inner=size,
            dtype=dtype.newbyteorder("="),
            native="TCZYX",
            readings={**_sizes(image, size), "t": _interval(info, len(times))},
            channels=_channels(described),
            acquisition=Acquisition(acquired=recorded.isoformat() if recorded else None),
        ),
    )


def _numbered(path: Path, group: h5py.Group, pattern: re.Pattern[str]) -> list[str]:
    """Return the names of children that count from 0.

    Raises
    ------
    MifaError
        MIFA203 when a number is left out.
    """
    found = {int(match[1]): name for name, _ in children(path, group) if (match := pattern.fullmatch(name))}
    if sorted(found) != list(range(len(found))):
        raise MifaError("MIFA203", f"lacks a part of {group.name}: it has {', '.join(found.values())}", str(path))
    return [found[number] for number in sorted(found)]


def _stack(path: Path, level: h5py.Group, time: str, channel: str) -> h5py.Dataset:
    stack = find(path, level, time, channel, "Data")
    if not isinstance(stack, h5py.Dataset):
        raise MifaError("MIFA203", f"lacks {channel} of {time}", str(path))
    if not is_image(path, stack) or len(stack.shape) != 3:
        raise MifaError("MIFA202", f"has no pixels in {channel} of {time}", str(path))
    return stack


def _integer(path: Path, group: Any, name: str) -> int:
    value = text(group.attrs, name)
    if not value.isdecimal():
        raise MifaError("MIFA202", f"its attribute {name} is {value!r}, not a number", str(path))
    return int(value)


def _float(group: Any, name: str) -> float:
    try:
        return float(text(group.attrs, name))
    except ValueError:
        return float("nan")


def _sizes(image: Any, size: tuple[int, ...]) -> dict[str, Reading]:
    """Return the size of pixels, from where the image begins and ends."""
    if not isinstance(image, h5py.Group):
        return {}
    unit = text(image.attrs, "Unit")
    extents = [_float(image, f"ExtMax{index}") - _float(image, f"ExtMin{index}") for index in range(3)]
    return {
        axis: length(extent / count, unit) for axis, extent, count in zip("xyz", extents, reversed(size), strict=True)
    }


def _interval(info: Any, count: int) -> Reading:
    """Return the mean time between time points."""
    first, last = _moment(info, "TimePoint1"), _moment(info, f"TimePoint{count}")
    if count < 2 or first is None or last is None:
        return None
    return duration((last.replace(tzinfo=None) - first.replace(tzinfo=None)).total_seconds() / (count - 1), "s")


def _moment(group: Any, name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text(group.attrs, name))
    except (AttributeError, ValueError):  # no such group, or no date
        return None


def _channels(groups: list[Any]) -> tuple[Channel, ...]:
    """Return what is said of each channel; nothing when nothing is."""
    channels = [
        Channel(
            name=name if (name := text(group.attrs, "Name")) and name != _NO_NAME else None,
            color=_color(text(group.attrs, "Color")),
            excitation=_wavelength(_float(group, "LSMExcitationWavelength")),
            emission=_wavelength(_float(group, "LSMEmissionWavelength")),
        )
        if isinstance(group, h5py.Group)
        else Channel()
        for group in groups
    ]
    return tuple(channels) if any(channel != Channel() for channel in channels) else ()


def _color(values: str) -> str | None:
    """Turn `1.000 0.500 0.000` into RRGGBB."""
    try:
        parts = [round(float(value) * 255) for value in values.split()]
    except (ValueError, OverflowError):
        return None
    return (
        "".join(f"{part:02X}" for part in parts) if len(parts) == 3 and all(0 <= part < 256 for part in parts) else None
    )


def _wavelength(value: float) -> float | None:
    smallest, largest = _WAVELENGTHS
    return value if smallest < value < largest else None
