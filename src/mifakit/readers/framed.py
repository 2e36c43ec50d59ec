"""Images that a library gives frame by frame, or region by region."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import product
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from mifakit.errors import MifaError
from mifakit.readers.axes import AxisMap, region_bounds
from mifakit.readers.base import ImageFacts, Region
from mifakit.readers.guard import guarded

Pixels = npt.NDArray[np.generic]
Bounds = tuple[tuple[int, int], ...]
ReadFrame = Callable[[tuple[int, ...], Bounds], Pixels]


class FramedImage:
    """An image of stored dimensions of which the innermost make a frame, and the outer ones count frames.

    Reads are locked: most vendors' libraries share one file position between threads.

    Parameters
    ----------
    path
        The file, for messages.
    facts
        What the file says.
    mapped
        Which stored dimension each canonical axis is.
    outer
        Lengths of the dimensions that count frames, outermost first; those of a frame follow in the file.
    frame
        Lengths of a frame's dimensions.
    read_frame
        Takes an index a dimension of `outer`, and bounds within the frame; returns these pixels.
    close
        Closes the file.
    """

    def __init__(
        self,
        path: Path,
        facts: ImageFacts,
        mapped: AxisMap,
        outer: tuple[int, ...],
        frame: tuple[int, ...],
        read_frame: ReadFrame,
        close: Callable[[], object],
    ) -> None:
        self._path = path
        self._facts = facts
        self._dims = mapped.dims
        self._outer = outer
        self._frame = frame
        self._read_frame = read_frame
        self._close = close
        self._closed = False
        self._lock = threading.Lock()

    @property
    def facts(self) -> ImageFacts:
        """What the file says about its image."""
        return self._facts

    def read(self, region: Region) -> Pixels:
        """Read one region; see `mifakit.readers.base.ImageSource.read`."""
        bounds = region_bounds(region, self._facts.shape)
        lengths = [stop - start for start, stop in bounds]
        if self._closed:
            raise ValueError(f"{self._path} is closed")
        if 0 in lengths:
            return np.empty(lengths, self._facts.dtype)
        stored = [(0, 1)] * (len(self._outer) + len(self._frame))
        for dim, bound in zip(self._dims, bounds, strict=True):
            if dim is not None:
                stored[dim] = bound
        outer, inner = stored[: len(self._outer)], tuple(stored[len(self._outer) :])
        block: Pixels = np.empty([stop - start for start, stop in stored], self._facts.dtype)
        for index in product(*(range(*bound) for bound in outer)):
            place = tuple(at - start for at, (start, _) in zip(index, outer, strict=True))
            block[place] = self._checked(index, inner, block[place].shape)
        used = [dim for dim in self._dims if dim is not None]
        rest = [dim for dim in range(block.ndim) if dim not in used]
        return block.transpose(*used, *rest).reshape(lengths)

    def close(self) -> None:
        """Close the file. May be called twice."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._read_frame = _read_nothing  # and let go of what it holds, such as a memory map
                self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _checked(self, index: tuple[int, ...], inner: Bounds, shape: tuple[int, ...]) -> Pixels:
        """Read part of a frame, and hold the library to what the header promised."""
        with self._lock, guarded(self._path, "its pixels cannot be read"):
            found = self._read_frame(index, inner)
        if found.shape != shape or found.dtype != self._facts.dtype:
            sizes = "×".join(map(str, found.shape))
            message = f"gives {sizes} pixels of {found.dtype}, which its header does not say"
            raise MifaError("MIFA202", message, str(self._path))
        return found


def _read_nothing(index: tuple[int, ...], inner: Bounds) -> Pixels:
    raise ValueError("the file was closed while it was read")
