"""What MetaMorph stacks (STK) say about their image, as tifffile decodes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mifakit.readers.base import Acquisition
from mifakit.readers.description import Description
from mifakit.readers.units import Reading, duration, length

_EVEN = 0.05
"""How much steps may differ from their mean, and still be one step."""


def describe_stk(metadata: Mapping[str, Any]) -> Description:
    """Read calibration, the distance of planes or the time between them, and the date."""
    unit = str(metadata.get("CalibrationUnits") or "")
    readings: dict[str, Reading] = {}
    if metadata.get("SpatialCalibration"):
        for axis in "xy":
            if size := metadata.get(f"{axis.upper()}Calibration"):
                readings[axis] = length(float(size), unit)
    if distance := _step(metadata.get("ZDistance")):
        readings["z"] = length(distance, unit)
    times = metadata.get("TimeCreated")
    if times is not None and (step := _step(np.diff(np.asarray(times, np.float64)))):
        readings["t"] = duration(step, "ms")
    created = metadata.get("DatetimeCreated")
    date = None if created is None or not len(created) else str(np.datetime_as_string(created[0], "s"))
    return Description(readings, acquisition=Acquisition(acquired=date))


def _step(steps: Any) -> float | None:
    """Return what all steps have in common, if they are alike."""
    values = np.abs(np.asarray([] if steps is None else steps, np.float64))
    if not values.size or not np.isfinite(values).all():
        return None
    mean = float(values.mean())
    return mean if np.abs(values - mean).max() <= _EVEN * mean else None
