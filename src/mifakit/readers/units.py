"""How far apart pixels are: units, and whether to believe what a file says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from math import isfinite
from pathlib import Path

from mifakit.findings import Finding
from mifakit.readers.axes import AxisMap
from mifakit.readers.base import Spacing

Reading = Spacing | str | None
"""A spacing to believe, the reason to doubt what the file says, or nothing when it says nothing."""

# Micrometres in a unit as (factor, divisor): dividing keeps 65 nm at 0.065 exactly.
# Keys are NFKC, so the micro sign and the Ångström sign need no second spelling.
_LENGTHS = {
    "pm": (1, 1_000_000),
    "picometer": (1, 1_000_000),
    "Å": (1, 10_000),
    "angstrom": (1, 10_000),
    "nm": (1, 1_000),
    "nanometer": (1, 1_000),
    "nanometre": (1, 1_000),
    "μm": (1, 1),
    "um": (1, 1),
    "micron": (1, 1),
    "micrometer": (1, 1),
    "micrometre": (1, 1),
    "mm": (1_000, 1),
    "millimeter": (1_000, 1),
    "millimetre": (1_000, 1),
    "cm": (10_000, 1),
    "centimeter": (10_000, 1),
    "centimetre": (10_000, 1),
    "dm": (100_000, 1),
    "m": (1_000_000, 1),
    "meter": (1_000_000, 1),
    "metre": (1_000_000, 1),
    "km": (1_000_000_000, 1),
    "thou": (254, 10),
    "in": (25_400, 1),
    "inch": (25_400, 1),
    "inches": (25_400, 1),
}
_TIMES = {
    "ns": (1, 1_000_000_000),
    "nanosecond": (1, 1_000_000_000),
    "μs": (1, 1_000_000),
    "us": (1, 1_000_000),
    "microsecond": (1, 1_000_000),
    "ms": (1, 1_000),
    "millisecond": (1, 1_000),
    "msec": (1, 1_000),
    "s": (1, 1),
    "sec": (1, 1),
    "second": (1, 1),
    "min": (60, 1),
    "minute": (60, 1),
    "h": (3_600, 1),
    "hour": (3_600, 1),
    "d": (86_400, 1),
    "day": (86_400, 1),
}

# What cameras, scanners and image editors write when nobody calibrated anything.
_EDITOR_DPI = (
    72, 75, 90, 96, 100, 120, 144, 150, 180, 200, 240, 300, 350, 360, 400, 600, 720, 800, 1200, 2400, 4800,
)  # fmt: skip
_BELIEVABLE_UM = (1e-4, 1e3)


def length(value: float, unit: str) -> Reading:
    """Read a distance that the file states with its unit; a Spacing is in micrometres."""
    return _read(value, unit, _LENGTHS, "micrometer")


def duration(value: float, unit: str) -> Reading:
    """Read a time interval that the file states with its unit; a Spacing is in seconds."""
    return _read(value, unit, _TIMES, "second")


def resolution(pixels: float, per: float, unit: str) -> Reading:
    """Read a print resolution, `pixels` in `per` units, which is a pixel size only sometimes.

    It is believed when it gives 0.1 nm to 1 mm and is no usual setting of image editors.
    """
    if not (isfinite(pixels) and isfinite(per) and pixels > 0 and per > 0):
        return f"a resolution of {pixels:g}/{per:g}"
    spacing = length(per / pixels, unit)
    if not isinstance(spacing, Spacing):
        return f"{pixels / per:g} pixels a unit that is not named" if not unit.strip() else spacing
    dpi = 25_400 / spacing.value
    if any(abs(dpi - usual) < 1 for usual in _EDITOR_DPI):  # 28 and 118 in a centimetre are 72 and 300 dpi
        return f"{dpi:.4g} dpi, which image editors write"
    smallest, largest = _BELIEVABLE_UM
    if not smallest <= spacing.value <= largest:
        return f"{pixels / per:g} pixels per {unit}"
    return spacing


def weigh(
    path: Path, readings: Mapping[str, Reading], mapped: AxisMap
) -> tuple[dict[str, Spacing], tuple[Finding, ...]]:
    """Keep the spacings to believe, and say once what is wrong with those of pixels.

    Parameters
    ----------
    path
        The file, for the finding's place.
    readings
        By axis; of axes that the image has not, ignored, and of x and y when the sheet gives
        their names to other dimensions than the file.
    mapped
        The image's axes.

    Returns
    -------
    spacing, findings
        One MIFA205 when x or y is missing, or a length along x, y or z is not believable.
    """
    axes = mapped.axes
    if not mapped.keeps_plane:
        readings = {axis: reading for axis, reading in readings.items() if axis not in "xy"}
    spacing = {axis: reading for axis in axes if isinstance(reading := readings.get(axis), Spacing)}
    doubts: dict[str, list[str]] = {}
    for axis in "xyz":
        reading = readings.get(axis)
        if axis in axes and isinstance(reading, str):
            doubts.setdefault(reading, []).append(axis)
    silent = [axis for axis in "xy" if axis not in spacing and not isinstance(readings.get(axis), str)]
    parts = [f"not believable along {' and '.join(named)}: {reason}" for reason, named in doubts.items()]
    if silent:
        parts.append(f"not given along {' and '.join(silent)}")
    if not parts:
        return spacing, ()
    return spacing, (Finding.of("MIFA205", f"the pixel size is {'; it is '.join(parts)}", str(path)),)


def _read(value: float, unit: str, scale: Mapping[str, tuple[int, int]], canonical: str) -> Reading:
    name = _plain(unit)
    # `Mm` and `mm` differ, `Micron` and `micron` do not: short symbols are taken by the letter.
    known = scale.get(name) or scale.get(name.casefold() if len(name) > 2 else name)
    known = known or scale.get(name.casefold().removesuffix("s") if len(name) > 3 else name)
    if known is None or not isfinite(value) or value <= 0:
        return f"{value:g} {unit.strip() or '(no unit)'}"
    factor, divisor = known
    result = value * factor / divisor
    return Spacing(result, canonical) if isfinite(result) and result > 0 else f"{value:g} {unit.strip()}"


def _plain(unit: str) -> str:
    r"""Undo ImageJ's escapes (`\u00B5m`) and settle on one spelling of µ and Å."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), unit)
    return unicodedata.normalize("NFKC", text).strip()
