"""PNG, with its chunks checked before libpng sees them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, ClassVar

import imagecodecs
import numpy as np

from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.readers.axes import map_axes
from mifakit.readers.base import Carries, Format, ImageFacts, ImageSource, check_scene
from mifakit.readers.decoded import DecodedImage, Pixels
from mifakit.readers.guard import guarded, open_image_file
from mifakit.readers.samples import ALPHA, RGB
from mifakit.readers.units import Reading, resolution, weigh
from mifakit.sources.limits import check_pixel_budget

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOUR, _PALETTE, _GREY_ALPHA, _COLOUR_ALPHA = 0, 2, 3, 4, 6
_DEPTHS = {
    _GREY: {1, 2, 4, 8, 16},
    _COLOUR: {8, 16},
    _PALETTE: {1, 2, 4, 8},
    _GREY_ALPHA: {8, 16},
    _COLOUR_ALPHA: {8, 16},
}
_SAMPLES = {_GREY: 1, _COLOUR: 3, _PALETTE: 3, _GREY_ALPHA: 2, _COLOUR_ALPHA: 4}
_BULKY = {b"IDAT", b"fdAT"}


@dataclass
class _Header:
    """What a PNG's chunks say, all but the pixels."""

    width: int
    height: int
    depth: int
    colour: int
    transparent: bool = False
    frames: int = 1
    readings: dict[str, Reading] = field(default_factory=dict)

    @property
    def has_alpha(self) -> bool:
        return self.transparent or self.colour in (_GREY_ALPHA, _COLOUR_ALPHA)

    @property
    def samples(self) -> int:
        return _SAMPLES[self.colour] + self.transparent

    @property
    def dtype(self) -> np.dtype:
        return np.dtype(np.uint16 if self.depth == 16 else np.uint8)


class PngReader:
    """Opens PNG images.

    Palettes become the colours they stand for, a transparent colour becomes an alpha channel.
    Grey of 1, 2 or 4 bits keeps its values (0 and 1 for 1 bit), as 8-bit whole numbers. Of an
    animation the still image is read, and a finding says so.
    """

    name: ClassVar[str] = "png"
    formats: ClassVar[tuple[Format, ...]] = (Format("PNG", (".png",), frozenset({Carries.PIXEL_SIZE})),)
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open a PNG; see `mifakit.readers.base.Reader.open`."""
        check_scene(scene)
        with open_image_file(path, "PNG", (_SIGNATURE,)) as file, guarded(path, "its header cannot be read"):
            header = _read_header(path, file)
        colour = header.samples > 2
        native, shape = ("YXS", (header.height, header.width, header.samples))
        mapped = map_axes(path, native, shape, axes)
        check_pixel_budget(path, mapped.shape, header.dtype)
        spacing, findings = weigh(path, header.readings, mapped)
        if header.frames > 1:
            message = f"is an animation of {header.frames} frames; only its still image is read"
            findings += (Finding.of("MIFA215", message, str(path)),)
        sampled = mapped.dim("c") == native.index("S")
        has_alpha = header.has_alpha and sampled
        facts = ImageFacts(
            axes=mapped.axes,
            shape=mapped.shape,
            dtype=header.dtype,
            native_axes=mapped.native,
            spacing=spacing,
            channels=(*RGB, *((ALPHA,) if has_alpha else ())) if colour and sampled else (),
            whole=True,
            interleaved=header.samples > 1,
            has_alpha=has_alpha,
            findings=findings,
        )
        return DecodedImage(path, facts, mapped, partial(_decode, path, header))


def _read_header(path: Path, file: BinaryIO) -> _Header:
    """Walk the chunks; read all but the pixels.

    Raises
    ------
    MifaError
        MIFA203 when the file ends before its chunks do, MIFA202 when they are malformed.
    """
    header: _Header | None = None
    pixels = False
    for kind, data in _chunks(path, file, skip=_BULKY):
        if header is None:
            if kind != b"IHDR" or len(data) != 13:
                raise MifaError("MIFA202", "does not begin with a PNG header", str(path))
            header = _Header(*struct.unpack(">IIBB", data[:10]))
            if not (header.width and header.height and header.depth in _DEPTHS.get(header.colour, ())):
                raise MifaError("MIFA202", "has a malformed PNG header", str(path))
        elif kind == b"tRNS":
            header.transparent = header.colour in (_GREY, _COLOUR, _PALETTE)
        elif kind == b"acTL" and len(data) == 8:
            header.frames = struct.unpack(">I", data[:4])[0]
        elif kind == b"pHYs" and len(data) == 9:
            x, y, unit = struct.unpack(">IIB", data)
            name = "m" if unit == 1 else ""
            header.readings = {"x": resolution(x, 1, name), "y": resolution(y, 1, name)}
        pixels = pixels or kind == b"IDAT"
    if header is None or not pixels:
        raise MifaError("MIFA202", "holds no pixels", str(path))
    return header


def _chunks(path: Path, file: BinaryIO, skip: set[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and data of each chunk; of those in `skip`, no data.

    Raises
    ------
    MifaError
        MIFA203 when the file ends before the last chunk, MIFA202 when a checksum does not match.
    """
    size = path.stat().st_size
    position = len(_SIGNATURE)
    kind = b""
    while kind != b"IEND":
        file.seek(position)
        head = file.read(8)
        end = position + 12 + (int.from_bytes(head[:4], "big") if len(head) == 8 else 0)
        kind = head[4:]
        if len(head) == 8 and not (kind.isalpha() and kind.isascii()):
            raise MifaError("MIFA202", f"is damaged at byte {position:,}", str(path))
        if end > size:
            more = "at least " if kind != b"IEND" else ""
            raise MifaError("MIFA203", f"{more}{end - size:,} bytes are missing", str(path))
        data = b""
        if kind not in skip:
            data = file.read(end - position - 12)
            if zlib.crc32(kind + data) != int.from_bytes(file.read(4), "big"):
                raise MifaError("MIFA202", f"the checksum of its {kind.decode()} data does not match", str(path))
        yield kind, data
        position = end


def _decode(path: Path, header: _Header) -> Pixels:
    """Return all pixels, height × width × samples."""
    with open_image_file(path, "PNG", (_SIGNATURE,)) as file, guarded(path, "its pixels cannot be read"):
        # libpng stops at a missing end and at some damage, and makes up for other: check all of it.
        for _ in _chunks(path, file, skip=set()):
            pass
        file.seek(0)
        try:
            pixels = imagecodecs.png_decode(file.read())
        except imagecodecs.PngError as error:
            if "Not enough image data" in str(error):
                raise MifaError("MIFA203", "its pixel data break off", str(path)) from error
            raise
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    if header.colour == _GREY and header.depth < 8:
        pixels[..., 0] //= 255 // (2**header.depth - 1)  # libpng stretches them to 0-255
    return pixels
