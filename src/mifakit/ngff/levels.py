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

_CACHED_BYTES = 256 * 1024


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


def downsample_mean(block: Array, factors: Factors) -> Array:
    """Return window means: integers exactly, halves rounded up; NaN left out; bool by majority."""
    if block.dtype.kind in "ui" and block.dtype.itemsize < 8:
        return _mean_of_integers(block, factors)
    windows = _windows(block, factors)
    count = len(windows)
    if count == 1:
        return block
    if block.dtype.kind == "b":
        votes = sum(window.astype(np.uint8) for window in windows)
        return np.asarray(2 * votes >= count)
    if block.dtype.kind == "f":
        return _mean_of_floats(windows).astype(block.dtype)
    # 64-bit sums could overflow: add quotients and remainders apart.
    quotient = sum(window // count for window in windows)
    remainder = sum(window % count for window in windows)
    return np.asarray(quotient + (remainder + count // 2) // count).astype(block.dtype)


def downsample_mode(block: Array, factors: Factors) -> Array:
    """Return the most frequent value of each window, the first of equals: ids are never mixed."""
    windows = _windows(block, factors)
    best = windows[0].copy()
    mixed = np.zeros(best.shape, bool)
    for window in windows[1:]:
        mixed |= window != best
    if mixed.any():  # few are: borders of objects
        best[mixed] = _mode([window[mixed] for window in windows])
    return best


def downsample_stride(block: Array, factors: Factors) -> Array:
    """Return the first value of each window: ids are never mixed, thin objects may vanish."""
    return np.ascontiguousarray(block[tuple(slice(None, None, factor) for factor in factors)])


def _windows(block: Array, factors: Factors) -> list[Array]:
    """Return one array for each place in the window; an incomplete window repeats its edge."""
    padded = _padded(block, factors)
    places = product(*(range(factor) for factor in factors))
    return [
        padded[tuple(slice(start, None, factor) for start, factor in zip(place, factors, strict=True))]
        for place in places
    ]


def _padded(block: Array, factors: Factors) -> Array:
    odd = [(0, size % factor) for size, factor in zip(block.shape, factors, strict=True)]
    return np.pad(block, odd, mode="edge") if any(after for _, after in odd) else block


def _mean_of_integers(block: Array, factors: Factors) -> Array:
    """Add up windows in pieces that stay in the processor's cache."""
    halvings = int(np.prod(factors)).bit_length() - 1
    if not halvings:
        return block
    padded = _padded(block, factors)
    shape = tuple(size // factor for size, factor in zip(padded.shape, factors, strict=True))
    means = np.empty(shape, block.dtype)
    rows = max(1, _CACHED_BYTES // max(1, padded.shape[-1] * block.itemsize))
    for *planes, y in product(*(range(size) for size in shape[:-2]), range(0, shape[-2], rows)):
        place: tuple[int | slice, ...] = (*planes, slice(y, y + rows))
        window = (
            *(slice(index * factor, (index + 1) * factor) for index, factor in zip(planes, factors, strict=False)),
            slice(y * factors[-2], (y + rows) * factors[-2]),
        )
        sums = _sums_of_columns(padded[window], factors[-1])
        for axis, factor in enumerate(factors[:-1]):
            if factor == 2:
                before = (slice(None),) * axis
                sums = sums[(*before, slice(0, None, 2))] + sums[(*before, slice(1, None, 2))]
        sums += (1 << halvings) // 2
        sums >>= halvings
        means[place] = sums.reshape(means[place].shape)
    return means


def _sums_of_columns(piece: Array, factor: int) -> Array:
    """Return sums of neighbours along x, in integers twice as wide."""
    wide = np.dtype(f"{piece.dtype.kind}{2 * piece.itemsize}")
    if factor == 1:
        return piece.astype(wide)
    if piece.dtype.kind == "i" or piece.strides[-1] != piece.itemsize:
        return np.add(piece[..., 0::2], piece[..., 1::2], dtype=wide)
    # Two neighbours are the halves of one wide integer: no column is picked out alone, which is slow.
    pairs, bits = piece.view(wide.newbyteorder(piece.dtype.byteorder)), 8 * piece.itemsize
    sums = pairs & wide.type(2**bits - 1)
    sums += pairs >> wide.type(bits)
    return np.asarray(sums)


def _mean_of_floats(windows: list[Array]) -> Array:
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):  # a signalling NaN speaks up when it is cast
        # Twice as wide, so that sums of the largest numbers stay finite; long double where there is one.
        wide = [window.astype(np.longdouble if window.dtype.itemsize == 8 else np.float64) for window in windows]
        valid = sum((~np.isnan(window)).astype(np.uint8) for window in wide)
        total = sum(np.where(np.isnan(window), 0, window) for window in wide)
        return np.asarray(total / valid)


def _mode(windows: list[Array]) -> Array:
    best, best_count = windows[0], np.zeros(windows[0].shape, dtype=np.uint8)
    for candidate in windows:
        count = sum((candidate == other).astype(np.uint8) for other in windows)
        better = count > best_count
        best = np.where(better, candidate, best)
        best_count = np.where(better, count, best_count)
    return best
