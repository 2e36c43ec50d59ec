"""Coordinates as files write them, into arrays, where they are numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mifakit.annotations.model import Numbers
from mifakit.annotations.refusals import RefusedError


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


def vertices_of(values: Sequence[Any], least: int = 1) -> Numbers:
    """Return x, y of each vertex.

    Parameters
    ----------
    values
        Pairs, or x and y by turns; of more than two numbers, those behind the second are left out.
    least
        How many there must be.

    Raises
    ------
    RefusedError
        When there are fewer, or they are no pairs; MIFA361 when one of them is no number.
    """
    numbers = numbers_of(values)
    if numbers.ndim == 1 and numbers.size % 2 == 0:
        numbers = numbers.reshape(-1, 2)
    if numbers.ndim != 2 or numbers.shape[1] < 2:
        raise RefusedError("coordinates do not come in pairs")
    if len(numbers) < least:
        raise RefusedError(f"an outline has fewer than {least} vertices" if least > 2 else "there are no coordinates")
    return numbers[:, :2]
