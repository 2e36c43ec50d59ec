"""Coordinates that are lengths -> pixels."""

from __future__ import annotations

from pathlib import Path

from mifakit.annotations.base import Grid
from mifakit.annotations.model import Numbers
from mifakit.errors import MifaError

_IN_A_MICROMETER = {"micrometer": 1.0, "nanometer": 1000.0}


def in_pixels(values: Numbers, axis: str, unit: str, grid: Grid, path: Path) -> Numbers:
    """Return places or lengths along an axis in pixels.

    Parameters
    ----------
    values
        In the unit.
    axis
        x, y or z.
    unit
        micrometer or nanometer; pixel or empty for what is in pixels already.
    grid
        The image.
    path
        The file, for messages.

    Raises
    ------
    MifaError
        MIFA227 when the distance between pixels is not known.
    """
    if unit not in _IN_A_MICROMETER:
        return values
    spacing = grid.micrometres(axis)
    if spacing is None or not spacing > 0:
        message = f"has coordinates in {unit}s, and how far pixels are apart along {axis} is not known"
        raise MifaError("MIFA227", message, str(path), "set pixel_size in the sheet, or unit: pixel if they are pixels")
    return values / (spacing * _IN_A_MICROMETER[unit])
