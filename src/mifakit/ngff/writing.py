"""Pixels -> a multiscale array on disk, in one pass over the source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.ngff.chunks import choose_grid
from mifakit.ngff.digest import PixelDigest
from mifakit.ngff.levels import Downsample, Factors, level_shapes
from mifakit.ngff.metadata import Window
from mifakit.ngff.pixels import Pixels
from mifakit.ngff.store import create_array
from mifakit.readers.base import Region

_PERCENTILES = (0.1, 99.9)
Watch = Callable[[int], None]
"""Told the bytes of each region once it is written."""


@dataclass(frozen=True)
class Written:
    """What was seen while writing.

    Attributes
    ----------
    digest
        Of the pixels as the source gave them.
    windows
        Display range of each channel, from the coarsest level.
    """

    digest: str
    windows: tuple[Window, ...]


def write_multiscale(
    target: Path, pixels: Pixels, steps: list[Factors], downsample: Downsample, watch: Watch | None = None
) -> Written:
    """Write every level of `pixels` as arrays `0`, `1`, ... below `target`.

    A region is read once: it is hashed, written to level 0 and made coarser. The coarser levels of
    one time point and channel are kept until they are whole, then written: about a third of
    that volume, on top of a slab of full-resolution rows.
    """
    axes, shape, dtype = pixels.axes, pixels.shape, pixels.dtype
    shapes = level_shapes(shape, steps)
    arrays = [
        create_array(target / str(level), axes, size, dtype, choose_grid(axes, size))
        for level, size in enumerate(shapes)
    ]
    digest = PixelDigest(shape, dtype)
    samples: dict[int, list[npt.NDArray[Any]]] = {}
    for volume in _volumes(pixels):
        coarse = [np.empty(_within(volume, size, axes), dtype) for size in shapes[1:]]
        for region in _slabs(pixels, volume, steps):
            block = pixels.read(region)
            digest.update(region, block)
            pending = arrays[0][region].write(block)
            _keep_coarser(block, region, volume, steps, coarse, downsample, axes)
            if not coarse:
                _sample(samples, block, volume, axes)
            pending.result()
            if watch:
                watch(block.nbytes)
        for array, kept, size in zip(arrays[1:], coarse, shapes[1:], strict=True):
            array[_level_region(volume, size, axes)].write(kept).result()
        if coarse:
            _sample(samples, coarse[-1], volume, axes)
    return Written(digest.hexdigest(), tuple(_window(samples[c]) for c in sorted(samples)))


def _volumes(pixels: Pixels) -> Iterator[Region]:
    """Yield the parts that are written one after the other: a time point and a channel each."""
    sizes = dict(zip(pixels.axes, pixels.shape, strict=True))
    channels = sizes.get("c", 1)
    together = channels if pixels.interleaved else 1
    for t in range(sizes.get("t", 1)):
        for c in range(0, channels, together):
            part = {"t": slice(t, t + 1), "c": slice(c, c + together)}
            yield tuple(part.get(axis, slice(0, sizes[axis])) for axis in pixels.axes)


def _slabs(pixels: Pixels, volume: Region, steps: list[Factors]) -> Iterator[Region]:
    """Yield full-width slabs of a volume, cut where both the shards and the level grid are cut."""
    axes = pixels.axes
    shard = dict(zip(axes, choose_grid(axes, pixels.shape).shard, strict=True))
    sizes = dict(zip(axes, pixels.shape, strict=True))

    def stride(axis: str) -> int:
        reach = int(np.prod([step[axes.index(axis)] for step in steps], dtype=int))
        return int(np.lcm(shard[axis], reach)) if reach > 1 else shard[axis]

    planes = range(0, sizes["z"], stride("z")) if "z" in sizes else (0,)
    for z in planes:
        for y in range(0, sizes["y"], stride("y")):
            cut = {"y": slice(y, min(y + stride("y"), sizes["y"]))}
            if "z" in sizes:
                cut["z"] = slice(z, min(z + stride("z"), sizes["z"]))
            yield tuple(cut.get(axis, part) for axis, part in zip(axes, volume, strict=True))


def _keep_coarser(
    block: npt.NDArray[Any],
    region: Region,
    volume: Region,
    steps: list[Factors],
    coarse: list[npt.NDArray[Any]],
    downsample: Downsample,
    axes: str,
) -> None:
    starts = [part.start - whole.start for part, whole in zip(region, volume, strict=True)]
    for step, kept in zip(steps, coarse, strict=True):
        block = downsample(block, step)
        starts = [start // factor for start, factor in zip(starts, step, strict=True)]
        kept[tuple(slice(start, start + size) for start, size in zip(starts, block.shape, strict=True))] = block


def _within(volume: Region, size: tuple[int, ...], axes: str) -> tuple[int, ...]:
    return tuple(part.stop - part.start for part in _level_region(volume, size, axes))


def _level_region(volume: Region, size: tuple[int, ...], axes: str) -> Region:
    """Return a volume's place in a coarser level: t and c are never made coarser."""
    return tuple(
        part if axis in "tc" else slice(0, length) for axis, part, length in zip(axes, volume, size, strict=True)
    )


def _sample(samples: dict[int, list[npt.NDArray[Any]]], block: npt.NDArray[Any], volume: Region, axes: str) -> None:
    if "c" not in axes:
        return
    axis = axes.index("c")
    for index, channel in enumerate(range(volume[axis].start, volume[axis].stop)):
        samples.setdefault(channel, []).append(np.take(block, index, axis).ravel())


def _window(parts: list[npt.NDArray[Any]]) -> Window:
    """Return the display range: nearly all pixels, but not the few brightest and darkest."""
    values = np.concatenate(parts).astype(np.float64)
    values = values[np.isfinite(values)]
    if not values.size:
        return Window(0.0, 1.0)
    start, end = (float(edge) for edge in np.percentile(values, _PERCENTILES))
    return Window(start, end if end > start else max(start + 1.0, float(np.nextafter(start, np.inf))))
