"""Images of which a file gives any region without the rest."""

from __future__ import annotations

from collections.abc import Callable
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


class SlicedImage:
    """An image that is read by regions of its stored dimensions.

    Parameters
    ----------
    path
        The file, for messages.
    facts
        What its header says.
    mapped
        Which stored dimension each canonical axis is.
    take
        Returns a region of the stored dimensions, as an array of its own. Several threads may call it at once.
    release
        Closes what `take` reads from. May be called twice.
    """

    def __init__(
        self,
        path: Path,
        facts: ImageFacts,
        mapped: AxisMap,
        take: Callable[[Region], Pixels],
        release: Callable[[], None] = lambda: None,
    ) -> None:
        self._path = path
        self._facts = facts
        self._mapped = mapped
        self._take = take
        self._release = release
        self._closed = False

    @property
    def facts(self) -> ImageFacts:
        """What the file says about its image."""
        return self._facts

    def read(self, region: Region) -> Pixels:
        """Read one region; see `mifakit.readers.base.ImageSource.read`."""
        bounds = region_bounds(region, self._facts.shape)
        if self._closed:
            raise ValueError(f"{self._path} is closed")
        shape = tuple(stop - start for start, stop in bounds)
        if 0 in shape:
            return np.empty(shape, self._facts.dtype)
        with guarded(self._path, "its pixels cannot be read"):
            found = self._mapped.arrange(self._take(self._mapped.locate(bounds)))
        if (found.shape, found.dtype) != (shape, self._facts.dtype):
            raise MifaError("MIFA202", "gives other pixels than its header says", str(self._path))
        return found

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._closed = True
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
