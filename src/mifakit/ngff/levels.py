"""The levels of a multiscale image: how many, how large, and how a finer makes a coarser. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Factors = tuple[int, ...]
Downsample = Callable[[Array, Factors], Array]

SMALLEST_LEVEL = 256
"""Levels are made until x and y are no longer than this, in pixels."""


def plan_steps(axes: str, shape: tuple[int, ...], spacing: Mapping[str, float]) -> list[Factors]:
    """Return the factors, 1 or 2 an axis, from each level to the next coarser.

    x and y are halved in each step. z is halved once it is no longer the coarser axis, which
    keeps voxels from growing longer than they are; where the spacing is unknown z is kept.

    Parameters
    ----------
    axes
        Letters of `tczyx`.
    shape
        Full-resolution lengths.
    spacing
        Physical distance by axis, in one unit, for the axes where it is known.
    """
    sizes = dict(zip(axes, shape, strict=True))
    current = dict(spacing)
    steps: list[Factors] = []
    while max(sizes["x"], sizes["y"]) > SMALLEST_LEVEL:
        halved = {axis for axis in "xy" if sizes[axis] > 1}
        lateral = max(current.get("x", 0), current.get("y", 0))
        if sizes.get("z", 1) > 1 and lateral and current.get("z", np.inf) <= lateral:
            halved.add("z")
        steps.append(tuple(2 if axis in halved else 1 for axis in axes))
        for axis in halved:
            sizes[axis] = -(-sizes[axis] // 2)
            if axis in current:
                current[axis] *= 2
    return steps


def level_shapes(shape: tuple[int, ...], steps: list[Factors]) -> list[tuple[int, ...]]:
    """Return the shape of every level, the finest first. An odd pixel at the edge makes its own."""
    shapes = [shape]
    for step in steps:
        shapes.append(tuple(-(-size // factor) for size, factor in zip(shapes[-1], step, strict=True)))
    return shapes


def _windows(block: Array, factors: Factors) -> list[Array]:
    """Return one array for each place in the window; an incomplete window repeats its edge."""
    odd = [(0, size % factor) for size, factor in zip(block.shape, factors, strict=True)]
    padded = np.pad(block, odd, mode="edge") if any(after for _, after in odd) else block
    places = product(*(range(factor) for factor in factors))
    return [
        padded[tuple(slice(start, None, factor) for start, factor in zip(place, factors, strict=True))]
        for place in places
    ]


def downsample_mean(block: Array, factors: Factors) -> Array:
    """Return window means: integers exactly, halves rounded up; NaN left out; bool by majority."""
    windows = _windows(block, factors)
    count = len(windows)
    if count == 1:
        return block
    kind, width = block.dtype.kind, block.dtype.itemsize
    if kind == "b":
        votes = sum(window.astype(np.uint8) for window in windows)
        return np.asarray(2 * votes >= count)
    if kind == "f":
        return _mean_of_floats(windows).astype(block.dtype)
    if width < 8:
        sums = np.zeros(windows[0].shape, dtype=np.dtype(f"{kind}{min(8, 2 * width)}"))
        for window in windows:
            sums += window
        return ((sums + count // 2) // count).astype(block.dtype)
    # 64-bit sums could overflow: add quotients and remainders apart.
    quotient = sum(window // count for window in windows)
    remainder = sum(window % count for window in windows)
    return np.asarray(quotient + (remainder + count // 2) // count).astype(block.dtype)


def _mean_of_floats(windows: list[Array]) -> Array:
    # Twice as wide, so that sums of the largest numbers stay finite; long double where there is one.
    wide = [window.astype(np.longdouble if window.dtype.itemsize == 8 else np.float64) for window in windows]
    valid = sum((~np.isnan(window)).astype(np.uint8) for window in wide)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        total = sum(np.where(np.isnan(window), 0, window) for window in wide)
        return np.asarray(total / valid)


def downsample_mode(block: Array, factors: Factors) -> Array:
    """Return the most frequent value of each window, the first of equals: ids are never mixed."""
    windows = _windows(block, factors)
    best, best_count = windows[0], np.zeros(windows[0].shape, dtype=np.uint8)
    for candidate in windows:
        count = sum((candidate == other).astype(np.uint8) for other in windows)
        better = count > best_count
        best = np.where(better, candidate, best)
        best_count = np.where(better, count, best_count)
    return np.ascontiguousarray(best)
