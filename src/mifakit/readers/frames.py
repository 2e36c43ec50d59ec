"""Regions of images that a vendor's library gives frame by frame."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import product

import numpy as np

from mifakit.readers.base import Region
from mifakit.readers.sliced import Pixels

ReadFrame = Callable[[tuple[int, ...], Region], Pixels]


class Frames:
    """What a `SlicedImage` takes its regions from, for dimensions of which the innermost make a frame.

    One thread reads at a time: most vendors' libraries share one file position between threads.

    Parameters
    ----------
    counted
        How many dimensions count frames; those of a frame follow.
    dtype
        Of the pixels.
    read_frame
        Takes an index a dimension that counts, and a region of the frame; returns these pixels.
    close
        Closes what `read_frame` reads from.
    """

    def __init__(
        self, counted: int, dtype: np.dtype, read_frame: ReadFrame, close: Callable[[], object] = lambda: None
    ) -> None:
        self._counted = counted
        self._dtype = dtype
        self._read_frame: ReadFrame | None = read_frame
        self._close = close
        self._lock = threading.Lock()

    def take(self, region: Region) -> Pixels:
        """Return a region of the stored dimensions."""
        outer, inner = region[: self._counted], region[self._counted :]
        block: Pixels = np.empty([part.stop - part.start for part in region], self._dtype)
        for index in product(*(range(part.start, part.stop) for part in outer)):
            place = tuple(at - part.start for at, part in zip(index, outer, strict=True))
            block[place] = self._checked(index, inner, block.shape[self._counted :])
        return block

    def release(self) -> None:
        """Close the file, once it is not being read. May be called twice."""
        with self._lock:
            if self._read_frame:
                self._read_frame = None  # and let go of what it holds, such as a memory map
                self._close()

    def _checked(self, index: tuple[int, ...], inner: Region, shape: tuple[int, ...]) -> Pixels:
        with self._lock:
            if self._read_frame is None:
                raise ValueError("the file was closed while it was read")
            found = self._read_frame(index, inner)
        if (found.shape, found.dtype) != (shape, self._dtype):
            sizes = "×".join(map(str, found.shape))
            raise ValueError(f"the library gives {sizes} pixels of {found.dtype}, which the header does not say")
        return found
