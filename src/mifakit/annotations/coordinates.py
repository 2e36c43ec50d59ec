"""Coordinates as files write them, into arrays, where they are numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from mifakit.annotations.model import Numbers
from mifakit.annotations.refusals import RefusedError

MIN_RING = 3
MIN_LINE = 2


def numbers_of(values: Any) -> Numbers:
    """Return coordinates as an array.

    Raises
    ------
    RefusedError
        MIFA361 when one of them is no number.
    """
    try:
        numbers = np.array(values, np.float64)
    except (ValueError, TypeError, OverflowError):
        raise RefusedError("coordinates do not come in pairs") from None
    if not np.isfinite(numbers).all():
        raise RefusedError("a coordinate is missing, infinite or not a number", "MIFA361")
    return numbers


def vertices_of(values: Any) -> Numbers:
    """Return x, y of each vertex.

    Parameters
    ----------
    values
        Pairs, or x and y by turns; of more than two numbers, those behind the second are left out.

    Raises
    ------
    RefusedError
        When there are none, or they are no pairs; MIFA361 when one of them is no number.
    """
    numbers = numbers_of(values)
    if numbers.size == 0:
        raise RefusedError("there are no coordinates")
    if numbers.ndim == 1 and numbers.size % 2 == 0:
        numbers = numbers.reshape(-1, 2)
    if numbers.ndim != 2 or numbers.shape[1] < 2:
        raise RefusedError("coordinates do not come in pairs")
    return numbers[:, :2]


def ring_of(values: Any) -> Numbers:
    """Return the vertices of an outline, the first of them once.

    Raises
    ------
    RefusedError
        As `vertices_of`, and when there are fewer than three.
    """
    ring = opened(vertices_of(values))
    if len(ring) < MIN_RING:
        raise RefusedError(f"an outline has fewer than {MIN_RING} vertices")
    return ring


def opened(ring: Numbers) -> Numbers:
    """Return an outline without the last vertex, if that is the first again."""
    return ring[:-1] if len(ring) > 1 and ring[0].tolist() == ring[-1].tolist() else ring


def line_of(values: Any) -> Numbers:
    """Return the vertices of a line.

    Raises
    ------
    RefusedError
        As `vertices_of`, and when there is but one.
    """
    line = vertices_of(values)
    if len(line) < MIN_LINE:
        raise RefusedError(f"a line has fewer than {MIN_LINE} vertices")
    return line


def pixels_of(value: float | None) -> int | None:
    """Return the length of an image's side as a file states it; None when it states none that can be."""
    return int(value) if value is not None and value >= 1 else None
