"""Numbers as files write them, most of them in text."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from mifakit.annotations.model import Numbers
from mifakit.annotations.reading.left_out import UnusableError
from mifakit.annotations.reading.vertices import ENDLESS

_BETWEEN = re.compile(r"[\s,;]+")
_LARGEST = 2**31


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
    if not abs(value) < ENDLESS:
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


def numbers(texts: Sequence[str]) -> Numbers:
    """Return the numbers of several texts.

    Raises
    ------
    UnusableError
        MIFA361 when one is none.
    """
    try:
        return np.array(texts, np.float64)
    except ValueError:
        raise UnusableError("whose coordinates are not numbers", "MIFA361") from None


def pixels(value: float | None) -> int | None:
    """Return the length of an image's side; None when it is stated as none that can be."""
    return int(value) if value is not None and value >= 1 else None
