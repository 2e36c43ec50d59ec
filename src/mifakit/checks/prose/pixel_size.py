"""Pixel sizes: whether a sentence says another one than the files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mifakit.checks.facts import Facts
from mifakit.checks.prose.numbers import DECIMAL, clauses, decimal
from mifakit.checks.prose.statements import statements
from mifakit.findings import Finding
from mifakit.sheet.reading import Sheet

_UNITS = {"nm": 1e-3, "\u03bcm": 1.0, "um": 1.0, "mm": 1e3, "\u00e5": 1e-4}
"""Micrometres by symbol; case folded, of the two signs for micro the Greek letter is left."""
_UNIT = (
    "(?P<unit>nm|[\u00b5\u03bcu]m|mm|[\u00e5\u212b]|nanomet(?:er|re)s?|micromet(?:er|re)s?|microns?|"
    r"millimet(?:er|re)s?|[a\u00e5]ngstr[o\u00f6]ms?)(?!\w)"
)
_LENGTHS = (
    rf"(?P<lengths>{DECIMAL}(?: ?(?:[\u00b5\u03bcun]m)? ?[x\u00d7] ?\d{{1,6}}(?:[.,]\d{{1,9}})?){{0,2}}) ?{_UNIT}"
)
_SIZES = (
    re.compile(rf"{_LENGTHS} ?(?:/|per|a) ?(?:pixels?|px|voxels?)\b", re.IGNORECASE),
    re.compile(rf"{_LENGTHS} (?:lateral )?(?:pixels?|voxels?)(?: sizes?)?\b", re.IGNORECASE),
    re.compile(
        r"\b(?:pixel|voxel) (?:sizes?|spacings?|dimensions?|width)(?: of| was| were| is| are| =|:|=|,)*"
        rf"(?: about| \()? ?{_LENGTHS}",
        re.IGNORECASE,
    ),
)
_OF_THE_CAMERA = re.compile(r"\b(?:camera|sensor|detector|e?m?ccd|s?cmos|chip|physical)\b", re.IGNORECASE)
_MAGNIFICATION = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d+)?) ?[x\u00d7](?!\w)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_CLOSE = 0.02
"""Of the stated size: 0.325 and 0.3225 are one objective."""


def check_stated_pixel_sizes(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    """Yield pixel sizes in sentences of which none is that of an image (MIFA174)."""
    for one in statements(sheet.model, facts):
        said = [size for clause in clauses(one.text) for size in _stated(clause)]
        there = {value for picture in one.pictures for value in picture.spacing.values()}
        lenses = [1.0, *(float(found) for found in _MAGNIFICATION.findall(one.text))]  # a camera's pixels, seen through
        through = {value * lens for value in there for lens in lenses}
        if not said or not there or any(_fits(text, factor, through) for _, texts, factor in said for text in texts):
            continue
        shown, texts, factor = said[0]
        seen = sorted({picture.spacing["x"] for picture in one.pictures if "x" in picture.spacing} or there)
        message = f"{shown!r}: the images have {' or '.join(f'{value:.4g}' for value in seen[:3])} µm"
        hint = None
        if any(_fits(texts[0], factor * slip, there) for slip in (1e-3, 1e3, 1e-4, 1e4)):
            hint = "check the unit: nm or µm?"
        yield Finding.of("MIFA174", message, sheet.place(*one.location), hint)


def _stated(clause: str) -> Iterator[tuple[str, list[str], float]]:
    """Yield what stands for a size, its numbers, and how many micrometres its unit has."""
    if _OF_THE_CAMERA.search(clause):
        return
    for pattern in _SIZES:
        for found in pattern.finditer(clause):
            yield found[0], _NUMBER.findall(found["lengths"]), _micrometres(found["unit"])


def _micrometres(unit: str) -> float:
    spelt = unit.casefold()
    for start, factor in (("nano", 1e-3), ("micro", 1.0), ("milli", 1e3), ("angs", 1e-4), ("\u00e5ngs", 1e-4)):
        if spelt.startswith(start):
            return factor
    return _UNITS[spelt]


def _fits(text: str, factor: float, there: set[float]) -> bool:
    """Whether a size is one that is there, as far as its digits go."""
    digits = len(re.split("[.,]", text)[1]) if re.search("[.,]", text) else 0
    stated = decimal(text) * factor
    allowed = max(0.5 * 10**-digits * factor, _CLOSE * stated) if stated else 0
    return any(abs(value - stated) <= allowed for value in there)
