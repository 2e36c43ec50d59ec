"""JPEG, with a check that libjpeg decoded it to the end and made nothing up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, ClassVar

import imagecodecs
import numpy as np

from mifakit.errors import MifaError
from mifakit.readers.axes import map_axes
from mifakit.readers.base import Format, ImageFacts, ImageSource, check_scene
from mifakit.readers.decoded import DecodedImage, Pixels
from mifakit.readers.guard import guarded, open_image_file
from mifakit.readers.samples import RGB
from mifakit.readers.units import weigh
from mifakit.sources.limits import check_pixel_budget

_START = b"\xff\xd8\xff"
_END = b"\xff\xd9"
_STANDALONE = {0x01, *range(0xD0, 0xD9)}
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_DECODABLE = {0xC0, 0xC1, 0xC2, 0xC3}  # baseline, extended, progressive, lossless; all Huffman
_BLOCK = 1 << 20
# No byte of this can be a marker, and as Huffman codes it is anything but an empty block.
_NOISE = bytes(range(1, 255)) * 4


@dataclass(frozen=True)
class _Header:
    height: int
    width: int
    samples: int
    bits: int

    @property
    def dtype(self) -> np.dtype:
        return np.dtype(np.uint8 if self.bits <= 8 else np.uint16)


class JpegReader:
    """Opens JPEG images, grey or colour.

    The print resolution that cameras write is no pixel size and is not read, nor is the
    orientation: pixels come as stored.
    """

    name: ClassVar[str] = "jpeg"
    formats: ClassVar[tuple[Format, ...]] = (Format("JPEG", (".jpg", ".jpeg")),)
    reads_folders: ClassVar[bool] = False

    def open(self, path: Path, axes: str | None = None, scene: int = 0) -> ImageSource:
        """Open a JPEG; see `mifakit.readers.base.Reader.open`."""
        check_scene(scene)
        with open_image_file(path, "JPEG", (_START,)) as file, guarded(path, "its header cannot be read"):
            header = _read_header(path, file)
        mapped = map_axes(path, "YXS", (header.height, header.width, header.samples), axes)
        check_pixel_budget(path, mapped.shape, header.dtype)
        spacing, findings = weigh(path, {}, mapped)
        facts = ImageFacts(
            axes=mapped.axes,
            shape=mapped.shape,
            dtype=header.dtype,
            native_axes=mapped.native,
            spacing=spacing,
            channels=RGB if header.samples == 3 and mapped.dim("c") == 2 else (),
            whole=True,
            interleaved=header.samples > 1,
            findings=findings,
        )
        return DecodedImage(path, facts, mapped, partial(_decode, path))


def _read_header(path: Path, file: BinaryIO) -> _Header:
    """Read the markers up to the pixels, and look for the end of the image.

    Raises
    ------
    MifaError
        MIFA203 when the file ends too early, MIFA202 when its kind of JPEG is not read.
    """
    header: _Header | None = None
    file.seek(2)
    while True:
        marker = _next_marker(path, file)
        if marker in _STANDALONE:
            continue
        if marker == _END_OF_IMAGE:
            raise MifaError("MIFA202", "holds no pixels", str(path))
        length = int.from_bytes(_take(path, file, 2), "big")
        if length < 2:
            raise MifaError("MIFA202", "has a malformed marker", str(path))
        if marker == _START_OF_SCAN:
            break
        data = _take(path, file, length - 2)
        if marker in _FRAMES:
            header = _frame(path, marker, data)
    if header is None:
        raise MifaError("MIFA202", "does not say how large it is", str(path))
    _find_end(path, file)
    return header


def _next_marker(path: Path, file: BinaryIO) -> int:
    if _take(path, file, 1) != b"\xff":
        raise MifaError("MIFA202", f"is damaged at byte {file.tell() - 1:,}", str(path))
    while (code := _take(path, file, 1)) == b"\xff":  # padding
        pass
    return code[0]


def _take(path: Path, file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise MifaError("MIFA203", "ends within its header: all pixels are missing", str(path))
    return data


def _frame(path: Path, marker: int, data: bytes) -> _Header:
    if len(data) < 6:
        raise MifaError("MIFA202", "has a malformed header", str(path))
    header = _Header(
        height=int.from_bytes(data[1:3], "big"),
        width=int.from_bytes(data[3:5], "big"),
        samples=data[5],
        bits=data[0],
    )
    if marker not in _DECODABLE:
        raise MifaError("MIFA202", "is an arithmetic or hierarchical JPEG", str(path), "save it as PNG or TIFF")
    if header.samples == 4:
        message = "is a CMYK JPEG, made for print"
        raise MifaError("MIFA202", message, str(path), "save it as RGB, in TIFF or PNG")
    if header.samples not in (1, 3) or not header.width or not header.height:
        shape = f"{header.height}×{header.width} pixels of {header.samples} samples"
        raise MifaError("MIFA202", f"declares {shape}", str(path))
    return header


def _find_end(path: Path, file: BinaryIO) -> None:
    """Look, from the back, for the end marker; it cannot occur within the pixels."""
    start, stop = file.tell(), path.stat().st_size
    tail = b""
    while stop > start:
        begin = max(start, stop - _BLOCK)
        file.seek(begin)
        block = file.read(stop - begin) + tail
        if _END in block:
            return
        stop, tail = begin, block[:1]
    raise MifaError("MIFA203", "breaks off: its end marker is missing, and some of its pixels", str(path))


def _decode(path: Path) -> Pixels:
    """Return all pixels, height × width × samples.

    libjpeg fills what is missing with grey and only warns, where nobody hears it. So the image
    is decoded twice, the second time with noise behind its data: a decoder that was done before
    the data ended never sees the noise, one that was not takes it for pixels.
    """
    with open_image_file(path, "JPEG", (_START,)) as file, guarded(path, "its pixels cannot be read"):
        data = file.read()
        pixels = imagecodecs.jpeg8_decode(data)
        end = data.rindex(_END)
        again = imagecodecs.jpeg8_decode(data[:end] + _NOISE + _END)
    if not np.array_equal(pixels, again):
        raise MifaError("MIFA203", "its pixel data break off before the image is complete", str(path))
    return pixels.reshape(*pixels.shape[:2], -1)
