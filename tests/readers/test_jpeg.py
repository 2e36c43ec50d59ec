"""JPEG: pixels as Pillow gives them, and no grey where the data end."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from mifakit.errors import MifaError
from mifakit.readers.base import Channel, full_region
from mifakit.readers.jpeg import JpegReader

Refusal = Callable[..., MifaError]
Pixels = np.ndarray[Any, Any]

PHOTO = np.sort(np.random.default_rng(5).integers(0, 256, (90, 120, 3), np.uint8), axis=1)


def jpeg(pixels: Pixels = PHOTO, mode: str | None = None, **options: Any) -> bytes:
    stream = io.BytesIO()
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(stream, "JPEG", **options)
    return stream.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def written(content: bytes) -> Path:
        path = tmp_path / "a.jpg"
        path.write_bytes(content)
        return path

    return written


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"mode": "L"},
        {"progressive": True},
        {"quality": 100, "subsampling": 0},
        {"keep_rgb": True},
        {"restart_marker_blocks": 3},
        {"optimize": True},
        {"dpi": (300, 300)},
    ],
    ids=str,
)
def test_pixels_are_those_of_pillow(
    file: Callable[[bytes], Path], oracle: Callable[[Path], Pixels], read_all: Callable[..., Pixels], options: Any
) -> None:
    path = file(jpeg(**options))
    np.testing.assert_array_equal(read_all(path), oracle(path), strict=True)


def test_facts(file: Callable[[bytes], Path]) -> None:
    with JpegReader().open(file(jpeg(dpi=(25_400, 25_400)))) as image:
        facts = image.facts
    assert (facts.axes, facts.shape, facts.native_axes) == ("cyx", (3, 90, 120), "YXS")
    assert facts.channels == (Channel("Red", "FF0000"), Channel("Green", "00FF00"), Channel("Blue", "0000FF"))
    assert (facts.interleaved, facts.has_alpha, dict(facts.spacing)) == (True, False, {})
    assert [finding.code for finding in facts.findings] == ["MIFA205"]
    with JpegReader().open(file(jpeg(mode="L"))) as image:
        assert (image.facts.shape, image.facts.channels, image.facts.interleaved) == ((1, 90, 120), (), False)


@pytest.mark.parametrize("options", [{}, {"mode": "L"}, {"progressive": True}, {"restart_marker_blocks": 3}], ids=str)
@pytest.mark.parametrize("part", [0.5, 0.8, 0.97])
def test_missing_data_are_not_made_up(
    file: Callable[[bytes], Path], refusal: Refusal, options: Any, part: float
) -> None:
    data = jpeg(quality=95, **options)
    cut = data[: int(len(data) * part)].rstrip(b"\xff")
    with pytest.raises(MifaError, match="MIFA203: breaks off"):
        JpegReader().open(file(cut))
    # With an end marker put behind it libjpeg is content, and fills the rest with grey.
    error = refusal(file(cut + b"\xff\xd9"))
    assert (error.code, error.finding.message) == ("MIFA203", "its pixel data break off before the image is complete")


def test_the_end_of_a_thumbnail_is_not_the_end(file: Callable[[bytes], Path]) -> None:
    thumbnail = jpeg(PHOTO[:16, :16])
    exif = b"Exif\0\0" + thumbnail
    data = jpeg()
    data = data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:]
    with JpegReader().open(file(data)) as image:
        assert image.facts.shape == (3, 90, 120)
    with pytest.raises(MifaError, match="MIFA203"):
        JpegReader().open(file(data[:-40]))


def test_what_follows_the_image_is_not_read(
    file: Callable[[bytes], Path], read_all: Callable[..., Pixels], oracle: Callable[[Path], Pixels]
) -> None:
    path = file(jpeg() + bytes(1 << 21))
    np.testing.assert_array_equal(read_all(path), oracle(path), strict=True)


def test_twelve_bits_and_lossless(file: Callable[[bytes], Path]) -> None:
    deep = (PHOTO[..., 0].astype(np.uint16) << 4) + 3
    with JpegReader().open(file(imagecodecs.jpeg8_encode(deep, lossless=True))) as image:
        assert image.facts.dtype == np.uint16
        np.testing.assert_array_equal(image.read(full_region(image.facts.shape))[0], deep)
    with JpegReader().open(file(imagecodecs.jpeg8_encode(deep, bitspersample=12))) as image:
        assert image.read(full_region(image.facts.shape)).max() > 255


def frame(marker: int, samples: int = 1, height: int = 8, bits: int = 8) -> bytes:
    """Return a JPEG that is a header and little else."""
    data = bytes([bits, 0, height, 0, 8, samples]) + bytes(3 * samples)
    return b"\xff\xd8\xff" + bytes([marker]) + (len(data) + 2).to_bytes(2, "big") + data + b"\xff\xda\0\2\xff\xd9"


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (jpeg(mode="CMYK"), "MIFA202", "is a CMYK JPEG"),
        (frame(0xC9), "MIFA202", "arithmetic"),
        (frame(0xC0, samples=2), "MIFA202", "2 samples"),
        (frame(0xC0, height=0), "MIFA202", "0×8 pixels"),
        (frame(0xC0), "MIFA202", "its pixels cannot be read"),
        (b"\xff\xd8\xff\xd9", "MIFA202", "holds no pixels"),
        (b"\xff\xd8\xff\xda\0\2\xff\xd9", "MIFA202", "does not say how large it is"),
        (b"\xff\xd8\xff\xe0\0\0", "MIFA202", "malformed marker"),
        (jpeg()[:2] + b"\xff\xe0\0\4ab" + b"cd", "MIFA202", "is damaged at byte"),
        (jpeg()[:30], "MIFA203", "ends within its header"),
        (b"", "MIFA203", "is empty"),
        (b"%PDF-1.4" + bytes(50), "MIFA204", "it looks like a PDF"),
        (b"II*\0" + bytes(50), "MIFA204", "it looks like a TIFF image"),
    ],
)
def test_what_is_wrong_is_said(
    file: Callable[[bytes], Path], refusal: Refusal, content: bytes, code: str, message: str
) -> None:
    error = refusal(file(content))
    assert error.code == code, error
    assert message in error.finding.message


def test_a_pixel_bomb_is_refused(file: Callable[[bytes], Path], refusal: Refusal) -> None:
    data = bytearray(jpeg(mode="L"))
    position = data.index(b"\xff\xc0") + 5
    data[position : position + 4] = b"\xff\xdc\xff\xdc"
    assert refusal(file(bytes(data))).code == "MIFA214"


def test_real_photos(real_data: Callable[[str], Path], oracle: Callable[[Path], Pixels], read_all: Any) -> None:
    """The second decoding, with noise behind the data, must not refuse what is complete."""
    for path in sorted((real_data("voc_bccd") / "BCCD" / "JPEGImages").glob("*.jpg"))[::4]:
        np.testing.assert_array_equal(read_all(path), oracle(path), strict=True)
