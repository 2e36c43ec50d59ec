"""BMP, the bitmap of Windows, as long as its pixels are not compressed."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, ClassVar

import imagecodecs
import numpy as np

from mifakit.errors import MifaError
from mifakit.readers.axes import map_axes
from mifakit.readers.base import Carries, Format, ImageFacts, ImageSource, check_scene
from mifakit.readers.decoded import DecodedImage, Pixels
from mifakit.readers.guard import guarded, open_image_file
from mifakit.readers.samples import ALPHA, RGB
from mifakit.readers.units import resolution, weigh
from mifakit.sources.limits import check_pixel_budget

_START = b"BM"
_HEAD = struct.Struct("<10xI I ii 2xH I 4x ii I 4x")
_MASKS = struct.Struct("<12xI")
_DEPTHS = {0: {1, 4, 8, 16, 24, 32}, 3: {16, 32}}
"""Bits a pixel, by how pixels are stored: plainly, or by bit masks."""
_WITH_MASKS = 3
_WITH_ALPHA = 56
"""Bytes of the shortest header that has a mask for alpha."""


@dataclass(frozen=True)
class _Header:
    width: int
    height: int
    samples: int
    per_metre: tuple[int, int]


class BmpReader:
    """Opens BMP images. Palettes become the colours they stand for; one of greys becomes grey."""

    name: ClassVar[str] = "bmp"
    formats: ClassVar[tuple[Format, ...]] = (Format("BMP", (".bmp",), frozenset({Carries.PIXEL_SIZE})),)
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open a BMP; see `mifakit.readers.base.Reader.open`."""
        check_scene(scene)
        with open_image_file(path, "BMP", (_START,)) as file, guarded(path, "its header cannot be read"):
            header = _read_header(path, file)
        mapped = map_axes(path, "YXS", (header.height, header.width, header.samples), axes)
        dtype = np.dtype(np.uint8)
        check_pixel_budget(path, mapped.shape, dtype)
        readings = {
            axis: resolution(value, 1, "m") for axis, value in zip("xy", header.per_metre, strict=True) if value
        }
        spacing, findings = weigh(path, readings, mapped)
        sampled = mapped.dim("c") == 2
        facts = ImageFacts(
            axes=mapped.axes,
            shape=mapped.shape,
            dtype=dtype,
            native_axes=mapped.native,
            spacing=spacing,
            channels=(*RGB, ALPHA)[: header.samples] if header.samples > 1 and sampled else (),
            whole=True,
            interleaved=header.samples > 1,
            has_alpha=header.samples == 4 and sampled,
            findings=findings,
        )
        return DecodedImage(path, facts, mapped, partial(_decode, path, header))


def _read_header(path: Path, file: BinaryIO) -> _Header:
    """Read all but the pixels.

    Raises
    ------
    MifaError
        MIFA203 when bytes are missing, MIFA202 when its kind of BMP is not read.
    """
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise MifaError("MIFA203", "ends within its header: all pixels are missing", str(path))
    start, length, width, height, depth, compression, x, y, colours = _HEAD.unpack(head)
    if depth not in _DEPTHS.get(compression, ()) or length < 40:
        hint = "save it as PNG or TIFF"
        raise MifaError("MIFA202", "is a compressed or very old BMP, which is not read", str(path), hint)
    if width <= 0 or not height:
        raise MifaError("MIFA202", f"declares {abs(height)}×{width} pixels", str(path))
    missing = start + (width * depth + 31) // 32 * 4 * abs(height) - path.stat().st_size
    if missing > 0:
        raise MifaError("MIFA203", f"{missing:,} bytes are missing", str(path))
    samples = 3
    if depth <= 8:
        file.seek(14 + length)
        palette = np.frombuffer(file.read(4 * (colours or 2**depth)), np.uint8).reshape(-1, 4)
        samples = 1 if (palette[:, :1] == palette[:, 1:3]).all() else 3
    elif compression == _WITH_MASKS and length >= _WITH_ALPHA:
        (alpha,) = _MASKS.unpack(file.read(_MASKS.size))
        samples = 4 if alpha else 3
    return _Header(width, abs(height), samples, (x, y))


def _decode(path: Path, header: _Header) -> Pixels:
    """Return all pixels, height × width × samples."""
    with open_image_file(path, "BMP", (_START,)) as file, guarded(path, "its pixels cannot be read"):
        pixels: Pixels = imagecodecs.bmp_decode(file.read(), asrgb=True)
    return pixels[..., : header.samples] if header.samples == 1 else pixels
