"""Pixels -> a multiscale array on disk, in one pass over the source."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mifakit.ngff.chunks import Grid
from mifakit.ngff.digest import PixelDigest, Tiles
from mifakit.ngff.levels import Downsample
from mifakit.ngff.pixels import Pixels
from mifakit.ngff.pyramid import Block, Pyramid
from mifakit.ngff.readback import compare, files_of, read_file
from mifakit.ngff.storage import Storage
from mifakit.ngff.store import describe_array, open_array
from mifakit.readers.base import Region

Array = npt.NDArray[Any]
_PENDING = 1
"""Blocks that may be on their way to the disk while the next one is read."""

_KEPT_BYTES = 2 * 1024**2
"""Levels up to this size stay in memory: previews and display ranges need them again at once."""


@dataclass
class Multiscale:
    """The arrays `0`, `1`, ... below a folder: blocks are written to them and read from them.

    Parameters
    ----------
    folder
        Where the arrays are, or will be.
    pyramid
        How they are cut.
    storage
        How they are stored.
    verify
        Whether each block of level 0 is read back and compared.
    checksums
        The sha256 of each file of pixels that was written, by its path below the folder.
    """

    folder: Path
    pyramid: Pyramid
    storage: Storage
    verify: bool = True
    checksums: dict[str, str] = field(default_factory=dict)
    _kept: dict[int, Array] = field(default_factory=dict)
    _arrays: dict[int, Any] = field(default_factory=dict)
    _pending: deque[tuple[Any, Block, Array]] = field(default_factory=deque)

    def read(self, level: int, region: Region) -> Array:
        """Return pixels that were written before."""
        if level in self._kept:
            return self._kept[level][region]
        return np.asarray(self._array(level)[region].read().result())

    def descriptions(self) -> dict[str, str]:
        """Return the sha256 of the file that describes each array, by its path below the folder."""
        described = ((level, *describe_array(*self._design(level))) for level in range(self.pyramid.top + 1))
        return {f"{level}/{name}": sha256(text).hexdigest() for level, name, text in described}

    def write(self, block: Block, pixels: Array) -> None:
        """Begin to write a block; `pixels` must not be changed any more."""
        array = self._array(block.level)
        writing = array[self.pyramid.region(block)].write(pixels, can_reference_source_data_indefinitely=True)
        self._pending.append((writing, block, pixels))
        if pixels.nbytes <= _KEPT_BYTES and pixels.shape == self.pyramid.shapes[block.level]:
            self._kept[block.level] = pixels
        while len(self._pending) > _PENDING:
            self._finish()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Wait in the end until everything is written, also when the block fails: nobody clears up behind us.

        Raises
        ------
        ReadBackError
            When what is on disk is not what was written.
        """
        try:
            yield
            while self._pending:
                self._finish()
        finally:
            for writing, _, _ in self._pending:
                writing.exception()  # waits; the first error is on its way already
            self._pending.clear()

    def _finish(self) -> None:
        writing, block, pixels = self._pending.popleft()
        writing.result()
        region, grid = self.pyramid.region(block), self.pyramid.grid_of(block.level)
        for name, place in files_of(region, grid, self.storage):
            data = read_file(self.folder / str(block.level), name)
            self.checksums[f"{block.level}/{name}"] = sha256(data).hexdigest()
            if self.verify and block.level == 0:
                local = tuple(
                    slice(inner.start - outer.start, inner.stop - outer.start)
                    for inner, outer in zip(place, region, strict=True)
                )
                compare(data, pixels[local], grid, self.storage)

    def _array(self, level: int) -> Any:
        if level not in self._arrays:
            self._arrays[level] = open_array(self.folder / str(level), *self._design(level))
        return self._arrays[level]

    def _design(self, level: int) -> tuple[str, tuple[int, ...], np.dtype, Grid, Storage]:
        pyramid = self.pyramid
        return pyramid.axes, pyramid.shapes[level], pyramid.dtype, pyramid.grid_of(level), self.storage


def write_part(target: Multiscale, pixels: Pixels, part: Iterable[Block], downsample: Downsample) -> Tiles:
    """Write the blocks of a part with all that lies below them; each pixel of the source is read once.

    Returns
    -------
    Tiles
        Digests of the full-resolution tiles, for `PixelDigest`.
    """
    digest = PixelDigest(pixels.shape, pixels.dtype)

    def read(block: Block) -> Array:
        region = target.pyramid.region(block)
        source = np.ascontiguousarray(pixels.read(region))  # once: interleaved colours slow down all that follows
        digest.update(region, source)
        target.write(block, source)
        return source

    with target.writing():
        for block in part:
            _make(target, block, 0, read, downsample)
    return digest.tiles


def write_above(target: Multiscale, level: int, downsample: Downsample) -> None:
    """Write the levels above one that is whole."""
    if level == target.pyramid.top:
        return

    def read(block: Block) -> Array:
        return target.read(block.level, target.pyramid.region(block))

    with target.writing():
        for block in target.pyramid.blocks(target.pyramid.top):
            _make(target, block, level, read, downsample)


def _make(
    target: Multiscale, block: Block, finest: int, read: Callable[[Block], Array], downsample: Downsample
) -> Array:
    """Return a block's pixels, once it and all between it and the finest level are on their way to the disk."""
    if block.level == finest:
        return read(block)
    pyramid = target.pyramid
    made = np.empty([part.stop - part.start for part in pyramid.region(block)], pyramid.dtype)
    for child in pyramid.children(block):
        finer = _make(target, child, finest, read, downsample)
        made[pyramid.place(child, block)] = downsample(finer, pyramid.steps[child.level])
    target.write(block, made)
    return made


def write_multiscale(target: Multiscale, pixels: Pixels, downsample: Downsample) -> str:
    """Write every level.

    Returns
    -------
    str
        The pixel digest.
    """
    tiles = write_part(target, pixels, target.pyramid.blocks(target.pyramid.top), downsample)
    return PixelDigest(pixels.shape, pixels.dtype, tiles).hexdigest()
