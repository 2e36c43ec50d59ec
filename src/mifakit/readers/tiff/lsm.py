"""What Zeiss LSM files say about their image, as tifffile decodes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from mifakit.readers.base import Acquisition, Channel
from mifakit.readers.description import Description, known, phrase
from mifakit.readers.optics import wavelength
from mifakit.readers.units import Reading, duration, length

_DAY_ZERO = datetime(1899, 12, 30)


def describe_lsm(metadata: Mapping[str, Any]) -> Description:
    """Read voxel size, time step, channels and objective; who took the image stays behind.

    Parameters
    ----------
    metadata
        `CZ_LSMINFO` and the records that it points to.
    """
    readings: dict[str, Reading] = {
        axis: length(float(size), "m") for axis in "xyz" if (size := metadata.get(f"VoxelSize{axis.upper()}"))
    }
    if step := metadata.get("TimeIntervall"):
        readings["t"] = duration(float(step), "s")
    scan = metadata.get("ScanInformation") or {}
    acquisition = Acquisition("Zeiss LSM", phrase(scan.get("Objective")), _date(scan.get("Sample0time")))
    return Description(readings, _channels(metadata, scan), acquisition)


def _channels(metadata: Mapping[str, Any], scan: Mapping[str, Any]) -> tuple[Channel, ...]:
    shown = metadata.get("ChannelColors") or {}
    names, colors = shown.get("ColorNames") or [], shown.get("Colors") or []
    count = int(metadata.get("DimensionChannels", 0))
    lines = list(_excitations(scan))
    lines = lines if len(lines) == count else [None] * count
    if not len(names) == len(colors) == count:
        return known(*(Channel(excitation=line) for line in lines))
    return known(
        *(
            Channel(phrase(name), "".join(f"{int(part):02X}" for part in color[:3]), excitation=line)
            for name, color, line in zip(names, colors, lines, strict=True)
        )
    )


def _excitations(scan: Mapping[str, Any]) -> Iterator[float | None]:
    """Yield the laser line of each channel; None where several lines shone at once."""
    for track in scan.get("Tracks") or []:
        if track.get("Acquire"):
            lights = track.get("IlluminationChannels") or []
            lines = [
                light.get("Wavelength") for light in lights if light.get("Aquire")
            ]  # as its specification spells it
            for channel in track.get("DataChannels") or []:
                if channel.get("Acquire"):
                    yield wavelength(lines[0]) if len(lines) == 1 else None


def _date(days: Any) -> str | None:
    """Turn days since the end of 1899 into a date and time."""
    try:
        return (_DAY_ZERO + timedelta(days=float(days))).isoformat(timespec="seconds") if days else None
    except (OverflowError, ValueError):
        return None
