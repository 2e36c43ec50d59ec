"""Coordinates as files write them: text."""

from __future__ import annotations

import math
import re

import numpy as np
import numpy.typing as npt

from mifakit.annotations.left_out import UnusableError
from mifakit.annotations.model import Numbers

_BETWEEN = re.compile(r"[\s,;]+")
_LARGEST = 2**31
_ENDLESS = 1e18
"""Larger coordinates are no place in any image, and reckoning with them would overflow."""


def digits(text: str | None) -> int | None:
    """Return a whole number that is written in digits, or None for all else."""
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else None


def number(text: str | None, what: str) -> float:
    """Return a number.

    Raises
    ------
    UnusableError
        When there is none, or it is NaN or without end; the reason calls it `what`.
    """
    if text is None or not text.strip():
        raise UnusableError(f"without {what}")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) < _ENDLESS:
        raise UnusableError(f"whose {what} is not a number", "MIFA361")
    return value


def whole_number(text: str | None, what: str) -> int:
    """Return a whole number.

    Raises
    ------
    UnusableError
        When it is none, or larger than any image.
    """
    value = number(text, what)
    if value != int(value) or abs(value) > _LARGEST:
        raise UnusableError(f"whose {what} is not a whole number")
    return int(value)


def words(text: str | None) -> list[str]:
    """Return what stands between commas, semicolons and blanks, as SVG, OME and CVAT write coordinates."""
    return _BETWEEN.split(text.strip()) if text and text.strip() else []


def vertices(values: npt.ArrayLike, least: int) -> Numbers:
    """Return numbers, or the text of numbers, x and y by turns, as (n, 2).

    Raises
    ------
    UnusableError
        When there are fewer than `least` vertices, or one is NaN or without end.
    """
    try:
        numbers = np.asarray(values, np.float64)
    except ValueError:
        numbers = np.array(np.nan)
    if not (np.abs(numbers) < _ENDLESS).all():
        raise UnusableError("whose vertices are not numbers", "MIFA361")
    if numbers.size % 2:
        raise UnusableError("with an x without y")
    if numbers.size < 2 * least:
        raise UnusableError(f"of fewer than {least} vertices")
    return numbers.reshape(-1, 2)


def outline(values: npt.ArrayLike) -> Numbers:
    """Return the vertices of an area, the first not said twice; see `vertices`.

    Raises
    ------
    UnusableError
        As `vertices`, and when there are fewer than three.
    """
    ring = vertices(values, 3)
    closed = bool((ring[0] == ring[-1]).all())
    return vertices(ring[:-1], 3) if closed else ring
