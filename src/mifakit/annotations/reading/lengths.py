"""Coordinates that are lengths, and times -> pixels, and frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mifakit.annotations.base import MICROMETRES, Grid
from mifakit.annotations.model import Numbers
from mifakit.errors import MifaError

_PIXELS = ("", "pixel")
FRAMES = ("", "frame")
"""Units of time points that are counted."""
_SECONDS = {"microsecond": 1e-6, "millisecond": 1e-3, "second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}


def in_pixels(values: Numbers, axis: str, unit: str, grid: Grid, path: Path) -> Numbers:
    """Return places or lengths along an axis in pixels.

    Parameters
    ----------
    values
        In the unit.
    axis
        x, y or z.
    unit
        micrometer, nanometer ... ; pixel or empty for what is in pixels already.
    grid
        The image.
    path
        The file, for messages.

    Raises
    ------
    MifaError
        MIFA227 when the unit, or the distance between pixels, is not known.
    """
    if unit in _PIXELS:
        return values
    spacing = grid.micrometres(axis)
    if unit not in MICROMETRES or spacing is None or not spacing > 0:
        message = f"has coordinates in {unit}s, and how many of them a pixel has along {axis} is not known"
        raise MifaError("MIFA227", message, str(path), "set pixel_size in the sheet, or unit: pixel if they are pixels")
    return values / (spacing / MICROMETRES[unit])


def in_frames(values: Numbers, unit: str, grid: Grid, path: Path) -> Numbers:
    """Return times as time points, to the nearest whole one.

    Parameters
    ----------
    values
        In the unit.
    unit
        second, minute ... ; frame or empty for what is time points already.
    grid
        The image.
    path
        The file, for messages.

    Raises
    ------
    MifaError
        MIFA227 when the unit, or the time between frames, is not known.
    """
    if unit in FRAMES:
        return values
    step = grid.spacing.get("t")
    if unit not in _SECONDS or step is None or not step.value * _SECONDS.get(step.unit, 0.0) > 0:
        message = f"has times in {unit}s, and how many of them are between frames is not known"
        raise MifaError("MIFA227", message, str(path), "set the time between frames in the sheet")
    return np.round(values * _SECONDS[unit] / (step.value * _SECONDS[step.unit]))
