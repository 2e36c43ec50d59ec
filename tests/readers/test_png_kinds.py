"""PNG: sixteen bits of everything, palettes with transparency, and interlaced rows."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mifakit.readers.base import full_region
from mifakit.readers.png import PngReader

Pixels = np.ndarray[Any, Any]

# First row and column, and steps, of each pass: table 8 of the PNG specification.
ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_PALETTE = 3


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels: Pixels, *extra: bytes, interlaced: bool = False, colour: int | None = None) -> bytes:
    """Return a PNG of height × width × samples."""
    height, width, samples = pixels.shape
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    big = pixels.astype(pixels.dtype.newbyteorder(">"))
    parts = [big[row::down, column::right] for row, column, down, right in passes]
    data = b"".join(b"\0" + line.tobytes() for part in parts if part.size for line in part)
    colour = COLOUR_TYPES[samples] if colour is None else colour
    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.itemsize, colour, 0, 0, interlaced)
    chunks = chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND")
    return b"\x89PNG\r\n\x1a\n" + chunks


def read(path: Path, content: bytes) -> Pixels:
    path.write_bytes(content)
    with PngReader().open(path) as image:
        return np.moveaxis(image.read(full_region(image.facts.shape)), 0, -1)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("samples", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(8, 8), (13, 11), (1, 1), (3, 2)])
def test_pixels_come_back(tmp_path: Path, size: tuple[int, int], samples: int, dtype: Any, interlaced: bool) -> None:
    pixels = np.random.default_rng(1).integers(0, np.iinfo(dtype).max, (*size, samples), dtype, endpoint=True)
    found = read(tmp_path / "a.png", png(pixels, interlaced=interlaced))
    np.testing.assert_array_equal(found, pixels, strict=True)


def test_a_palette_with_transparency(tmp_path: Path) -> None:
    palette = np.random.default_rng(2).integers(0, 256, (256, 3), np.uint8)
    opacity = bytes(range(200))  # entries beyond it are opaque
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    content = png(pixels, chunk(b"PLTE", palette.tobytes()), chunk(b"tRNS", opacity), colour=_PALETTE)
    found = read(tmp_path / "a.png", content)
    expected = np.column_stack([palette, np.append(np.arange(200), np.full(56, 255)).astype(np.uint8)])
    np.testing.assert_array_equal(found, expected.reshape(16, 16, 4), strict=True)
    with Image.open(tmp_path / "a.png") as image:
        np.testing.assert_array_equal(found, np.asarray(image.convert("RGBA")))


def test_a_transparent_colour_of_sixteen_bits(tmp_path: Path) -> None:
    pixels = np.array([[[1, 2, 3], [0x0100, 0x0200, 0x0300]]], np.uint16)
    found = read(tmp_path / "a.png", png(pixels, chunk(b"tRNS", struct.pack(">3H", 1, 2, 3))))
    np.testing.assert_array_equal(found, [[[1, 2, 3, 0], [0x0100, 0x0200, 0x0300, 65_535]]])
