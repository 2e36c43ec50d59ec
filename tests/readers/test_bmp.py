"""BMP: pixels as Pillow gives them."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mifakit.errors import MifaError
from mifakit.readers.base import Spacing, full_region
from mifakit.readers.bmp import BmpReader
from mifakit.testing import ReaderContract

Pixels = np.ndarray[Any, Any]

COLOUR = np.random.default_rng(3).integers(0, 256, (31, 45, 3), np.uint8)
GREY = COLOUR[..., 0]


def bmp(image: Image.Image, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "BMP", **options)
    return stream.getvalue()


def masked(alpha: bool) -> bytes:
    """Return a 32-bit BMP of bit masks, with alpha or without, which Pillow does not write; top row first."""
    pixels = np.dstack([COLOUR, GREY]).astype(np.uint8)
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000 if alpha else 0)
    header = struct.pack("<IiiHHIIiiII", 108, 45, -31, 1, 32, 3, pixels.size, 0, 0, 0, 0) + masks + bytes(52)
    start = 14 + len(header)
    return struct.pack("<2sIII", b"BM", start + pixels.size, 0, start) + header + pixels.tobytes()


KINDS = {
    "grey": bmp(Image.fromarray(GREY)),
    "colour": bmp(Image.fromarray(COLOUR)),
    "two": bmp(Image.fromarray(GREY > 100)),
    "palette": bmp(Image.fromarray(COLOUR).quantize(16)),
    "padded": bmp(Image.fromarray(np.dstack([COLOUR, GREY]))),
    "masks": masked(alpha=False),
    "alpha": masked(alpha=True),
}


def pillow(content: bytes) -> Pixels:
    with Image.open(io.BytesIO(content)) as image:
        shown = image.convert({"1": "L", "P": "RGB"}.get(image.mode, image.mode))
    return np.moveaxis(np.atleast_3d(np.asarray(shown)), -1, 0)


class TestBmp(ReaderContract):
    @pytest.fixture
    def reader(self) -> BmpReader:
        return BmpReader()

    @pytest.fixture(params=KINDS)
    def kind(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def image_file(self, kind: str, tmp_path: Path) -> Path:
        path = tmp_path / f"{kind}.bmp"
        path.write_bytes(KINDS[kind])
        return path

    @pytest.fixture
    def pixels(self, kind: str) -> Pixels:
        return pillow(KINDS[kind])


@pytest.mark.parametrize(
    ("kind", "samples"), [("grey", 1), ("colour", 3), ("two", 1), ("palette", 3), ("padded", 3), ("alpha", 4)]
)
def test_facts(tmp_path: Path, kind: str, samples: int) -> None:
    path = tmp_path / "a.bmp"
    path.write_bytes(KINDS[kind])
    with BmpReader().open(path) as image:
        facts = image.facts
    assert (facts.shape, facts.has_alpha) == ((samples, 31, 45), samples == 4)
    names = [channel.name for channel in facts.channels]
    assert names == ["Red", "Green", "Blue", "Alpha"][: samples if samples > 1 else 0]
    assert [finding.code for finding in facts.findings] == ["MIFA205"]


def test_a_resolution_that_is_a_pixel_size(tmp_path: Path) -> None:
    path = tmp_path / "a.bmp"
    path.write_bytes(bmp(Image.fromarray(GREY), dpi=(101_600, 50_800)))
    with BmpReader().open(path) as image:
        assert dict(image.facts.spacing) == {
            "x": Spacing(pytest.approx(0.25), "micrometer"),
            "y": Spacing(pytest.approx(0.5), "micrometer"),
        }


def header(at: int, kind: str, value: int) -> bytes:
    """Return a BMP with a number of its header changed."""
    content = bytearray(KINDS["grey"])
    struct.pack_into(kind, content, at, value)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (KINDS["grey"][:-1], "MIFA203", "1 bytes are missing"),
        (KINDS["grey"][:30], "MIFA203", "ends within its header"),
        (header(18, "<i", 100_000), "MIFA203", "bytes are missing"),
        (header(18, "<i", 0), "MIFA202", "declares 31×0 pixels"),
        (header(30, "<I", 1), "MIFA202", "is a compressed or very old BMP"),
        (header(14, "<I", 12), "MIFA202", "is a compressed or very old BMP"),
        (header(28, "<H", 7), "MIFA202", "is a compressed or very old BMP"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "MIFA204", "it looks like a PNG image"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, content: bytes, code: str, message: str) -> None:
    path = tmp_path / "a.bmp"
    path.write_bytes(content)
    with pytest.raises(MifaError, match=code) as caught, BmpReader().open(path) as image:
        image.read(full_region(image.facts.shape))
    assert message in caught.value.finding.message
