"""Masks that are packed into text: base64 of bits or bytes, compressed or not."""

from __future__ import annotations

import binascii
import bz2
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mifakit.annotations.reading.left_out import UnusableError
from mifakit.annotations.reading.run_lengths import check_frame
from mifakit.errors import MifaError
from mifakit.sources.limits import MAX_ARCHIVE_BYTES


class BitMasks:
    """Unpacks the masks of one file; all of them together have a budget.

    Parameters
    ----------
    path
        The file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._left = path, MAX_ARCHIVE_BYTES

    def unpack(self, text: str, compression: str, width: int, height: int) -> npt.NDArray[np.bool_]:
        """Return (height, width) pixels.

        Bits go row by row without padding, highest bit first, as `numpy.packbits` writes them; rows that are padded to
        whole bytes, and one byte a pixel, are told by their length.

        Parameters
        ----------
        text
            base64.
        compression
            `none`, `zlib` or `bzip2`.
        width, height
            Of the mask.

        Raises
        ------
        UnusableError
            When it is no such mask.
        MifaError
            MIFA226 when the masks of this file unpack to too much.
        """
        check_frame(width, height)
        data = _decompressed(_bytes(text), compression, width * height)
        self._left -= len(data)
        if self._left < 0:
            raise MifaError("MIFA226", f"unpacks to more than {MAX_ARCHIVE_BYTES:,} bytes", str(self._path))
        values = np.frombuffer(data, np.uint8)
        row = -(-width // 8)
        if len(data) == -(-width * height // 8):
            bits = np.unpackbits(values, count=width * height).reshape(height, width)
        elif len(data) == width * height:
            bits = values.reshape(height, width)
        elif len(data) == row * height:
            bits = np.unpackbits(values.reshape(height, row), axis=1, count=width)
        else:
            raise UnusableError("whose mask is larger or smaller than its frame")
        return bits.astype(bool)


def _bytes(text: str) -> bytes:
    try:
        return binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except ValueError:
        raise UnusableError("whose mask is not base64") from None


def _decompressed(data: bytes, compression: str, most: int) -> bytes:
    """Return what data unpack to, or a little more than `most` bytes of it."""
    try:
        match compression:
            case "none":
                return data
            case "zlib":
                return zlib.decompressobj().decompress(data, most + 1)
            case "bzip2":
                return bz2.BZ2Decompressor().decompress(data, most + 1)
    except (zlib.error, OSError, ValueError):
        raise UnusableError("whose mask is damaged") from None
    raise UnusableError(f"whose mask is compressed as {compression[:20]!r}")
