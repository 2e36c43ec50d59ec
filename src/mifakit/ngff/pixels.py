"""What the writer needs of any source of pixels."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from mifakit.readers.base import Region


class Pixels(Protocol):
    """A lazy array with named axes: an image or a label image."""

    @property
    def axes(self) -> str:
        """Letters of `tczyx`, in that order."""
        ...

    @property
    def shape(self) -> tuple[int, ...]:
        """One length an axis."""
        ...

    @property
    def dtype(self) -> np.dtype:
        """The type that is written."""
        ...

    def read(self, region: Region) -> npt.NDArray[np.generic]:
        """Return the pixels of one region, axes in order."""
        ...
