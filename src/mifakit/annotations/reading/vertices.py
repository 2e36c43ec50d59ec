"""Numbers that files give as coordinates -> vertices, where they can be such."""

from __future__ import annotations

from typing import Any

import numpy as np

from mifakit.annotations.model import Numbers
from mifakit.annotations.reading.left_out import UnusableError

MIN_LINE = 2
MIN_OUTLINE = 3
ENDLESS = 1e18
"""Larger coordinates are no place in any image, and reckoning with them would overflow."""


def finite(values: Any) -> Numbers:
    """Return numbers as an array.

    Raises
    ------
    UnusableError
        MIFA361 when one of them is missing, NaN or without end; MIFA359 when lists of them are not equally long.
    """
    try:
        numbers = np.array(values, np.float64)
    except (ValueError, TypeError, OverflowError):
        raise UnusableError("whose coordinates do not come in pairs") from None
    if not (np.abs(numbers) < ENDLESS).all():
        raise UnusableError("whose coordinates are not numbers", "MIFA361")
    return numbers


def vertices(values: Any, least: int = 1) -> Numbers:
    """Return (n, 2): x, y of each vertex.

    Parameters
    ----------
    values
        Pairs, or x and y by turns; of more than two numbers, those behind the second are left out.
    least
        How many there must be.

    Raises
    ------
    UnusableError
        When there are fewer, or they are no pairs; MIFA361 when one of them is no number.
    """
    numbers = finite(values)
    if numbers.size == 0:
        raise UnusableError("without coordinates")
    if numbers.ndim == 1 and numbers.size % 2 == 0:
        numbers = numbers.reshape(-1, 2)
    if numbers.ndim != 2 or numbers.shape[1] < 2:
        raise UnusableError("whose coordinates do not come in pairs")
    if len(numbers) < least:
        raise UnusableError(f"of fewer than {least} vertices")
    return numbers[:, :2]


def line(values: Any) -> Numbers:
    """Return the vertices of a line; see `vertices`."""
    return vertices(values, MIN_LINE)


def outline(values: Any) -> Numbers:
    """Return the vertices of an area, the first of them once; see `vertices`."""
    return vertices(opened(vertices(values, MIN_OUTLINE)), MIN_OUTLINE)


def opened(ring: Numbers) -> Numbers:
    """Return an outline without the last vertex, if that is the first again."""
    return ring[:-1] if len(ring) > 1 and ring[0].tolist() == ring[-1].tolist() else ring
