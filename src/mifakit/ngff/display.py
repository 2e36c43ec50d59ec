"""The display range of each channel, from what the coarsest level shows."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.ngff.metadata import Window
from mifakit.ngff.writing import Multiscale

_PERCENTILES = (0.1, 99.9)
_SHORT = (np.uint8, np.uint16)
_PLANES = 16
"""About as many planes are looked at for each channel, spread over time points and depth."""


def display_windows(image: Multiscale) -> tuple[Window, ...]:
    """Return the range of each channel: nearly all pixels, but not the few brightest and darkest."""
    pyramid = image.pyramid
    sizes = dict(zip(pyramid.axes, pyramid.shapes[pyramid.top], strict=True))
    times, depth = sizes.get("t", 1), sizes.get("z", 1)
    planes = min(depth, max(_PLANES // times, isqrt(_PLANES)))
    steps = {"t": -(-times // min(times, _PLANES // planes)), "z": -(-depth // planes)}
    windows = []
    for c in range(sizes["c"]):
        region = tuple(
            slice(c, c + 1) if axis == "c" else slice(0, sizes[axis], steps.get(axis, 1)) for axis in pyramid.axes
        )
        windows.append(_window(image.read(pyramid.top, region)))
    return tuple(windows)


def shared(windows: Sequence[Window]) -> tuple[Window, ...]:
    """Return the range that the colours of a picture share, from black: with one each, its hues would shift."""
    return (Window(0.0, max(window.end for window in windows)),) * len(windows)


def _window(values: npt.NDArray[np.generic]) -> Window:
    numbers: npt.NDArray[Any] = values.ravel()
    if numbers.dtype.kind not in "ui":
        with np.errstate(invalid="ignore"):  # a signalling NaN
            numbers = numbers.astype(np.float64)
        numbers = numbers[np.isfinite(numbers)]
    if not numbers.size:
        return Window(0.0, 1.0)
    # Values that are there, not ones between two: integers need not be converted.
    start, end = map(float, _counted(numbers) if numbers.dtype in _SHORT else _ranked(numbers))
    return Window(start, end if end > start else max(start + 1.0, float(np.nextafter(start, np.inf))))


def _ranked(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.asarray(np.percentile(numbers, _PERCENTILES, method="nearest"))


def _counted(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the same as `_ranked`, several times as fast: of few different numbers it suffices to count each."""
    ranks = np.rint((numbers.size - 1) * (np.array(_PERCENTILES) / 100))
    return np.asarray(np.searchsorted(np.cumsum(np.bincount(numbers)), ranks, side="right"))
