"""The time step of a series, from the times that were measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mifakit.readers.units import Reading, duration

_JITTER = 0.1
"""How far a step may lie from the mean for the series to be regular, as a share of the mean."""


def measured_step(seconds: Sequence[float]) -> Reading:
    """Return the mean step of times that are evenly apart; nothing when they are not."""
    steps = np.diff(np.asarray(seconds, dtype=np.float64))
    if not steps.size or not np.isfinite(steps).all() or (steps <= 0).any():
        return None
    mean = float(steps.mean())
    return duration(mean, "s") if (np.abs(steps - mean) <= _JITTER * mean).all() else None
