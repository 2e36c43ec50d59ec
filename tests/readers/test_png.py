"""PNG: every kind of pixel against Pillow, and chunks that are broken or missing."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mifakit.errors import MifaError
from mifakit.readers.base import Channel, Spacing, full_region
from mifakit.readers.png import PngReader

SIGNATURE = b"\x89PNG\r\n\x1a\n"
NAMES = ["Red", "Green", "Blue", "Alpha"]
PALETTE = bytes([0, 0, 0, 255, 0, 0, 0, 255, 0, 9, 8, 7])

Refusal = Callable[..., MifaError]
Pixels = np.ndarray[Any, Any]


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(size: tuple[int, int], depth: int, colour: int, rows: list[bytes], *extra: bytes) -> bytes:
    """Return a PNG of unfiltered rows."""
    width, height = size
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return SIGNATURE + header + b"".join(extra) + pixels + chunk(b"IEND")


GREY = png((4, 2), 8, 0, [bytes([1, 2, 3, 4]), bytes([5, 6, 7, 8])])


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def written(content: bytes) -> Path:
        path = tmp_path / "a.png"
        path.write_bytes(content)
        return path

    return written


def pillow(path: Path, mode: str | None = None) -> Pixels:
    with Image.open(path) as image:
        return np.asarray(image.convert(mode) if mode else image)


@pytest.mark.parametrize(("depth", "stretch"), [(1, 255), (2, 85), (4, 17)])
def test_few_bits_of_grey_keep_their_values(
    file: Callable[[bytes], Path], read_all: Callable[..., Pixels], depth: int, stretch: int
) -> None:
    """libpng and Pillow stretch them to 0-255, so that label 3 of 4 bits would become label 51."""
    row = bytes(range(0, 256, 5))
    values = np.unpackbits(np.frombuffer(row, np.uint8)).reshape(-1, depth) @ (1 << np.arange(depth)[::-1])
    path = file(png((len(values), 1), depth, 0, [row]))
    found = read_all(path)
    np.testing.assert_array_equal(found, values.astype(np.uint8).reshape(1, 1, -1), strict=True)
    np.testing.assert_array_equal(found[0] * np.uint8(stretch), pillow(path, "L"))


def test_sixteen_bits_of_colour_stay(file: Callable[[bytes], Path], read_all: Callable[..., Pixels]) -> None:
    path = file(png((1, 1), 16, 2, [bytes([1, 2, 3, 4, 5, 6])]))
    np.testing.assert_array_equal(read_all(path).ravel(), np.array([258, 772, 1286], np.uint16), strict=True)


@pytest.mark.parametrize("depth", [2, 8])
def test_a_palette_becomes_its_colours(
    file: Callable[[bytes], Path], read_all: Callable[..., Pixels], depth: int
) -> None:
    row = b"\x1b" if depth == 2 else bytes([0, 1, 2, 3])
    path = file(png((4, 1), depth, 3, [row], chunk(b"PLTE", PALETTE)))
    found = read_all(path)
    np.testing.assert_array_equal(np.moveaxis(found, 0, -1), pillow(path, "RGB"), strict=True)


@pytest.mark.parametrize(
    ("content", "shape", "names"),
    [
        (png((1, 1), 8, 4, [bytes([7, 128])]), (2, 1, 1), []),
        (png((1, 1), 8, 6, [bytes([7, 8, 9, 128])]), (4, 1, 1), NAMES),
        (png((1, 1), 8, 2, [bytes([7, 8, 9])], chunk(b"tRNS", bytes([0, 7, 0, 8, 0, 9]))), (4, 1, 1), NAMES),
        (png((1, 1), 8, 3, [b"\1"], chunk(b"PLTE", PALETTE), chunk(b"tRNS", b"\0\x80")), (4, 1, 1), NAMES),
        (png((2, 1), 4, 0, [b"\x12"], chunk(b"tRNS", b"\0\1")), (2, 1, 2), []),
    ],
    ids=["grey-alpha", "colour-alpha", "colour-key", "palette-key", "grey-key"],
)
def test_alpha(file: Callable[[bytes], Path], content: bytes, shape: tuple[int, ...], names: list[str]) -> None:
    with PngReader().open(file(content)) as image:
        facts = image.facts
        found = image.read(full_region(facts.shape))
    assert (facts.has_alpha, facts.shape, found.shape) == (True, shape, shape)
    assert [channel.name for channel in facts.channels] == names
    if shape == (2, 1, 2):
        assert found.ravel().tolist() == [1, 2, 0, 255]  # values as stored, alpha in full range


def test_facts(file: Callable[[bytes], Path]) -> None:
    with PngReader().open(file(png((1, 1), 8, 2, [bytes(3)]))) as image:
        facts = image.facts
    assert (facts.axes, facts.native_axes, facts.interleaved, facts.has_alpha) == ("cyx", "YXS", True, False)
    assert facts.channels == (Channel("Red", "FF0000"), Channel("Green", "00FF00"), Channel("Blue", "0000FF"))
    with PngReader().open(file(GREY)) as image:
        facts = image.facts
    assert (facts.shape, facts.native_axes, facts.interleaved, facts.channels) == ((1, 2, 4), "YX", False, ())


@pytest.mark.parametrize(
    ("x", "y", "unit", "spacing"),
    [
        (4_000_000, 2_000_000, 1, {"x": 0.25, "y": 0.5}),
        (2835, 2835, 1, {}),
        (11811, 4_000_000, 1, {"y": 0.25}),
        (4_000_000, 4_000_000, 0, {}),
    ],
)
def test_physical_pixels(file: Callable[[bytes], Path], x: int, y: int, unit: int, spacing: dict[str, float]) -> None:
    row = bytes([1, 2, 3, 4])
    with PngReader().open(file(png((4, 1), 8, 0, [row], chunk(b"pHYs", struct.pack(">IIB", x, y, unit))))) as image:
        facts = image.facts
    assert dict(facts.spacing) == {axis: Spacing(value, "micrometer") for axis, value in spacing.items()}
    assert [finding.code for finding in facts.findings] == ([] if len(spacing) == 2 else ["MIFA205"])


def test_of_an_animation_the_still_image_is_read_and_a_finding_says_so(
    tmp_path: Path, read_all: Callable[..., Pixels]
) -> None:
    path = tmp_path / "a.png"
    frames = [Image.fromarray(np.full((4, 5), value, np.uint8)) for value in (10, 20, 30)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    with PngReader().open(path) as image:
        assert [finding.code for finding in image.facts.findings] == ["MIFA205", "MIFA215"]
        assert "3 frames" in image.facts.findings[1].message
    assert (read_all(path) == 10).all()


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (GREY[:-12], "MIFA203", "at least 12 bytes are missing"),
        (GREY[:-1], "MIFA203", "1 bytes are missing"),
        (GREY[:-20], "MIFA203", "bytes are missing"),
        (GREY[:20], "MIFA203", "bytes are missing"),
        (SIGNATURE, "MIFA203", "bytes are missing"),
        (SIGNATURE[:5], "MIFA203", "ends after 5 bytes"),
        (GREY.replace(b"IEND", b"IE\0D"), "MIFA202", "is damaged at byte"),
        (GREY.replace(b"IHDR", b"IHDr"), "MIFA202", "checksum"),
        (SIGNATURE + chunk(b"IEND"), "MIFA202", "does not begin with a PNG header"),
        (png((4, 2), 3, 0, [bytes(2)] * 2), "MIFA202", "malformed PNG header"),
        (png((0, 2), 8, 0, [b"", b""]), "MIFA202", "malformed PNG header"),
        (png((4, 9), 8, 0, [bytes(4)] * 2), "MIFA203", "its pixel data break off"),
        (b"<html><body>Please log in</body></html>", "MIFA204", "it looks like an HTML page"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "MIFA204", "it looks like a JPEG image"),
        (bytes(100), "MIFA204", "it looks like a file of zeros"),
        (b"version https://git-lfs.github.com/spec/v1\n", "MIFA204", "it looks like a Git LFS pointer"),
        (png((60_000, 60_000), 8, 0, [bytes(4)]), "MIFA214", "60000×60000"),
    ],
)
def test_what_is_wrong_is_said(
    file: Callable[[bytes], Path], refusal: Refusal, content: bytes, code: str, message: str
) -> None:
    error = refusal(file(content))
    assert error.code == code
    assert message in error.finding.message


def test_every_flipped_bit_of_the_pixels_is_found(file: Callable[[bytes], Path], refusal: Refusal) -> None:
    start = GREY.index(b"IDAT") + 4
    for position in range(start, len(GREY) - 16):
        content = bytearray(GREY)
        content[position] ^= 16
        assert refusal(file(bytes(content))).code == "MIFA202"


def test_truncation_is_found_when_opening(file: Callable[[bytes], Path]) -> None:
    with pytest.raises(MifaError, match="MIFA203"):
        PngReader().open(file(GREY[:-20]))


def test_the_sheet_may_name_axes(file: Callable[[bytes], Path], refusal: Refusal) -> None:
    path = file(png((1, 2), 8, 2, [bytes([1, 2, 3]), bytes([4, 5, 6])]))
    with PngReader().open(path, "yc") as image:
        assert image.facts.axes == "cyx"
    assert refusal(path, "tzyx").code == "MIFA206"
