"""Images that their codec decodes only as a whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from mifakit.errors import MifaError
from mifakit.readers.axes import AxisMap, region_bounds
from mifakit.readers.base import ImageFacts, Region

Pixels = npt.NDArray[np.generic]


class DecodedImage:
    """An image that is decoded on the first read and kept until it is closed.

    Parameters
    ----------
    path
        The file, for messages.
    facts
        What its header says.
    mapped
        Which stored axis each canonical axis is.
    decode
        Returns all pixels in the file's order. It opens the file and closes it again.
    """

    def __init__(self, path: Path, facts: ImageFacts, mapped: AxisMap, decode: Callable[[], Pixels]) -> None:
        self._path = path
        self._facts = facts
        self._mapped = mapped
        self._decode = decode
        self._pixels: Pixels | None = None
        self._closed = False
        self._lock = threading.Lock()

    @property
    def facts(self) -> ImageFacts:
        """What the file says about its image."""
        return self._facts

    def read(self, region: Region) -> Pixels:
        """Read one region; see `mifakit.readers.base.ImageSource.read`."""
        bounds = region_bounds(region, self._facts.shape)
        return self._all()[tuple(slice(*bound) for bound in bounds)].copy()

    def close(self) -> None:
        """Drop the pixels. May be called twice."""
        with self._lock:
            self._pixels = None
            self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _all(self) -> Pixels:
        with self._lock:
            if self._closed:
                raise ValueError(f"{self._path} is closed")
            if self._pixels is None:
                self._pixels = self._arranged(self._decode())
            return self._pixels

    def _arranged(self, stored: Pixels) -> Pixels:
        """Give decoded pixels their canonical axes, if they are what the header promised."""
        shape = self._facts.shape
        if (
            stored.dtype != self._facts.dtype
            or stored.size != np.prod(shape, dtype=np.int64)
            or any(
                dim is not None and stored.shape[dim : dim + 1] != (length,)
                for dim, length in zip(self._mapped.dims, shape, strict=True)
            )
        ):
            found = f"{'×'.join(map(str, stored.shape))} pixels of {stored.dtype}"
            raise MifaError("MIFA202", f"decodes to {found}, which its header does not say", str(self._path))
        return self._mapped.arrange(stored)
