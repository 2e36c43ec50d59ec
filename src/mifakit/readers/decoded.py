"""Images that their codec decodes only as a whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.readers.axes import AxisMap
from mifakit.readers.base import ImageFacts, Region
from mifakit.readers.sliced import Pixels, SlicedImage

__all__ = ["DecodedImage", "Pixels"]


class DecodedImage(SlicedImage):
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
        super().__init__(path, facts, mapped, self._part, self._forget)
        self._decode = decode
        self._pixels: Pixels | None = None
        self._lock = threading.Lock()

    def _part(self, region: Region) -> Pixels:
        with self._lock:
            if self._pixels is None:
                self._pixels = self._checked(self._decode())
            return self._pixels[region].copy()

    def _forget(self) -> None:
        with self._lock:
            self._pixels = None

    def _checked(self, stored: Pixels) -> Pixels:
        """Give decoded pixels the dimensions that the header promised, if they have them but for ones."""
        promised = self._mapped.stored
        long = [length for length in stored.shape if length > 1]
        if stored.dtype != self._facts.dtype or long != [length for length in promised if length > 1]:
            found = f"{'×'.join(map(str, stored.shape))} pixels of {stored.dtype}"
            raise MifaError("MIFA202", f"decodes to {found}, which its header does not say", str(self._path))
        return stored.reshape(promised)
