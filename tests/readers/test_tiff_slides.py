"""Slides of Aperio, Hamamatsu, Leica and Akoya, written here the way their scanners do."""

from __future__ import annotations

import io
import re
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from mifakit.errors import MifaError
from mifakit.readers.base import Acquisition, Channel, ImageFacts, full_region
from mifakit.readers.tiff.directories import read_directories
from mifakit.readers.tiff.reader import TiffReader
from mifakit.testing import ReaderContract

Pixels = np.ndarray[Any, Any]
Refusal = Callable[..., MifaError]


def tissue(height: int, width: int) -> Pixels:
    """Return a smooth picture, which JPEG keeps nearly as it is."""
    y, x = np.mgrid[:height, :width]
    return np.stack([200 + 50 * np.sin(x / 9), 120 + 60 * np.cos(y / 7), 160 + 40 * np.sin((x + y) / 11)], -1).astype(
        np.uint8
    )


SLIDE = tissue(96, 128)


def read(path: Path, scene: int = 0) -> tuple[ImageFacts, Pixels]:
    with TiffReader().open(path, scene=scene) as image:
        return image.facts, image.read(full_region(image.facts.shape))


# Aperio

APERIO = (
    "Aperio Image Library v11.2.1 \r\n128x96 [0,0 128x96] (32x32) JPEG/RGB Q=70|AppMag = 20|StripeWidth = 2040|"
    "ScanScope ID = SS1302|ScannerType = AT2|Filename = secret|Title = Patient 7|Date = 12/29/09|Time = 09:59:15|"
    "User = b414003d-95c6-48b0-9369-8010ed517ba7|MPP = 0.4990|Left = 25.6"
)


def write_svs(path: Path) -> Path:
    options: dict[str, Any] = {"photometric": "rgb", "metadata": None}
    with tifffile.TiffWriter(path) as file:
        file.write(SLIDE, tile=(32, 32), compression="jpeg", description=APERIO, **options)
        file.write(SLIDE[::4, ::4], compression="jpeg", description="Aperio Image Library v11.2.1", **options)
        file.write(SLIDE[::2, ::2], tile=(32, 32), compression="jpeg", description="Aperio", **options)
        file.write(SLIDE[:40, :40], subfiletype=1, compression="lzw", description="Aperio\r\nlabel 40x40", **options)
        file.write(SLIDE[:50, :60], subfiletype=9, compression="jpeg", description="Aperio\r\nmacro 60x50", **options)
    return path


def test_aperio(tmp_path: Path) -> None:
    path = write_svs(tmp_path / "a.svs")
    facts, found = read(path)
    assert (facts.axes, facts.shape, facts.scenes, facts.interleaved) == ("cyx", (3, 96, 128), (), True)
    assert {axis: one.value for axis, one in facts.spacing.items()} == {"y": 0.499, "x": 0.499}
    assert facts.acquisition == Acquisition("Aperio AT2", "20x", "2009-12-29T09:59:15")
    assert [channel.name for channel in facts.channels] == ["Red", "Green", "Blue"]
    with tifffile.TiffFile(path) as file:
        np.testing.assert_array_equal(found, np.moveaxis(file.pages[0].asarray(), -1, 0), strict=True)
    assert np.abs(found.astype(int) - np.moveaxis(SLIDE, -1, 0)).mean() < 3
    assert "7" not in str(facts.acquisition).replace("2009", "")
    assert "SS1302" not in str(facts)


@pytest.mark.parametrize(
    ("fields", "acquired"),
    [
        ("Date = 04/25/2013|Time = 13:01:02|Time Zone = GMT-0500", "2013-04-25T13:01:02-05:00"),
        ("Date = 04/25/2013|Time = 13:01:02|Time Zone = GMT+01:00", "2013-04-25T13:01:02+01:00"),
        ("Date = 25.4.2013|Time = 13:01:02", None),
        ("Date = 04/25/2013", None),
    ],
)
def test_aperio_dates(tmp_path: Path, fields: str, acquired: str | None) -> None:
    path = tmp_path / "a.svs"
    description = f"Aperio Image Library v1|AppMag = |MPP = 0|{fields}"
    tifffile.imwrite(path, SLIDE, tile=(32, 32), description=description, metadata=None, photometric="rgb")
    facts, _ = read(path)
    assert facts.acquisition == Acquisition("Aperio", None, acquired)
    assert [finding.code for finding in facts.findings] == ["MIFA205"]


def test_a_region_of_a_slide_does_not_cost_the_slide(tmp_path: Path) -> None:
    path = tmp_path / "a.svs"
    tile = SLIDE[:64, :64]
    tifffile.imwrite(
        path,
        (tile for _ in range(64 * 64)),
        shape=(4096, 4096, 3),
        dtype=np.uint8,
        tile=(64, 64),
        compression="jpeg",
        photometric="rgb",
        description=APERIO,
        metadata=None,
    )
    with TiffReader().open(path) as image:
        tracemalloc.start()
        try:
            found = image.read((slice(0, 3), slice(2000, 2100), slice(3000, 3100)))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert not image.facts.whole
    assert peak < 4_000_000 < image.facts.nbytes / 10
    offset = np.add.outer(np.arange(2000, 2100) % 64 * 64, np.arange(3000, 3100) % 64).ravel()
    reference = found[:, 48:, 8:][:, :52, :64]
    assert offset.size == 100 * 100
    assert np.abs(reference.astype(int) - np.moveaxis(tile[:52, :64], -1, 0)).mean() < 3


# Hamamatsu


def jpeg(pixels: Pixels, blocks: int) -> bytes:
    out = io.BytesIO()
    options = {"restart_marker_blocks": blocks} if blocks else {}
    Image.fromarray(pixels).save(out, "jpeg", quality=95, subsampling=0, **options)
    return out.getvalue()


def restarts(data: bytes) -> list[int]:
    """Return where the parts of a JPEG begin that can be decoded alone."""
    scan = data.index(b"\xff\xda")
    (length,) = struct.unpack_from(">H", data, scan + 2)
    begin = scan + 2 + length
    return [begin, *(begin + match.end() for match in re.finditer(rb"\xff[\xd0-\xd7]", data[begin:]))]


def write_ndpi(path: Path, *, blocks: int = 4) -> Path:
    """Write as NanoZoomers do: each level one JPEG with restart markers, 64-bit positions in classic TIFF."""
    out = bytearray(b"II*\0" + bytes(8))
    link = 4

    def put(value: bytes) -> int:
        out.extend(value)
        return len(out) - len(value)

    for pixels, power in ((SLIDE, 20.0), (SLIDE[::2, ::2], 10.0), (SLIDE[:40, :120], -1.0)):
        data = jpeg(np.ascontiguousarray(pixels), blocks if power > 0 else 0)
        start = len(out)
        out += data

        height, width, _ = pixels.shape
        tags: list[tuple[int, int, int, int]] = [
            (256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, put(struct.pack("<3H", 8, 8, 8))), (259, 3, 1, 7),
            (262, 3, 1, 6), (271, 2, 10, put(b"Hamamatsu\0")), (272, 2, 7, put(b"C9600\0\0")), (273, 4, 1, start),
            (277, 3, 1, 3), (278, 4, 1, height), (279, 4, 1, len(data)),
            (282, 5, 1, put(struct.pack("<II", 21_861, 1))), (283, 5, 1, put(struct.pack("<II", 21_861, 1))),
            (296, 3, 1, 3), (306, 2, 20, put(b"2009:12:31 09:11:46\0")), (65420, 4, 1, 1),
            (65421, 11, 1, struct.unpack("<I", struct.pack("<f", power))[0]),
        ]  # fmt: skip
        if blocks and power > 0:
            starts = restarts(data)
            tags.append((65426, 4, len(starts), put(struct.pack(f"<{len(starts)}I", *starts))))
        tags.append((65442, 2, 12, put(b"SERIAL12345\0")))
        struct.pack_into("<Q", out, link, len(out))
        out += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
        link = len(out)
        out += bytes(8 + 4 * len(tags))
    path.write_bytes(out)
    return path


def test_hamamatsu(tmp_path: Path) -> None:
    facts, found = read(write_ndpi(tmp_path / "a.ndpi"))
    assert (facts.axes, facts.shape, facts.scenes) == ("cyx", (3, 96, 128), ())
    assert facts.spacing["x"].value == facts.spacing["y"].value == pytest.approx(10_000 / 21_861)
    assert facts.acquisition == Acquisition("Hamamatsu C9600", "20x", "2009-12-31T09:11:46")
    assert (facts.whole, facts.whole_rows) == (False, False)
    with Image.open(io.BytesIO(jpeg(SLIDE, 4))) as picture:  # the oracle knows no TIFF
        np.testing.assert_array_equal(found, np.moveaxis(np.asarray(picture), -1, 0), strict=True)
    assert "SERIAL" not in str(facts)


def test_hamamatsu_without_restart_markers_is_decoded_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_ndpi(tmp_path / "a.ndpi", blocks=0)
    facts, found = read(path)
    assert (facts.whole, facts.shape) == (True, (3, 96, 128))
    with Image.open(io.BytesIO(jpeg(SLIDE, 0))) as picture:
        np.testing.assert_array_equal(found, np.moveaxis(np.asarray(picture), -1, 0), strict=True)
    monkeypatch.setattr("mifakit.readers.tiff.planes.MAX_SEGMENT_BYTES", 30_000)
    with pytest.raises(MifaError, match=r"MIFA214: has strips or tiles of 36,864 bytes, of which no part") as caught:
        TiffReader().open(path)
    assert caught.value.finding.hint == "export it in tiles of some hundred pixels"


def test_positions_beyond_4_gb(tmp_path: Path, refusal: Refusal) -> None:
    """The upper half of a position lies behind the directory."""
    path = write_ndpi(tmp_path / "a.ndpi")
    content = bytearray(path.read_bytes())
    (ifd,) = struct.unpack_from("<Q", content, 4)
    (count,) = struct.unpack_from("<H", content, ifd)
    codes = [struct.unpack_from("<H", content, ifd + 2 + 12 * number)[0] for number in range(count)]
    with path.open("rb") as file:
        before = read_directories(path, file)
    struct.pack_into("<I", content, ifd + 2 + 12 * count + 8 + 4 * codes.index(273), 3)
    path.write_bytes(content)
    with path.open("rb") as file:
        after = read_directories(path, file)
    assert after[0].start == before[0].start + 3 * 2**32
    assert after[1:] == before[1:]
    assert refusal(path).code in {"MIFA202", "MIFA203"}


# Leica


def write_scn(path: Path) -> Path:
    def image(name: str, size: tuple[int, int], view: tuple[int, int], ifd: int, power: str) -> str:
        dimensions = "".join(
            f'<dimension sizeX="{size[0] >> r}" sizeY="{size[1] >> r}" r="{r}" ifd="{ifd + r}"/>' for r in range(2)
        )
        return (
            f'<image name="{name}"><creationDate>2012-05-04T10:11:12.34Z</creationDate>'
            f'<device model="Leica SCN400;Leica SCN" version="1.4.0"/>'
            f'<pixels sizeX="{size[0]}" sizeY="{size[1]}">{dimensions}</pixels>'
            f'<view sizeX="{view[0]}" sizeY="{view[1]}" offsetX="0" offsetY="0"/><scanSettings><objectiveSettings>'
            f"<objective>{power}</objective></objectiveSettings></scanSettings></image>"
        )

    xml = (
        '<?xml version="1.0"?><scn xmlns="http://www.leica-microsystems.com/scn/2010/10/01">'
        '<collection name="slide" sizeX="26000000" sizeY="75000000"><barcode>UEFUSUVOVDc=</barcode>'
        + image("macro", (60, 40), (26_000_000, 75_000_000), 0, "0.6")
        + image("region", (128, 96), (64_000, 48_000), 2, "20")
        + image("region", (64, 64), (32_000, 32_000), 4, "20")
        + "</collection></scn>"
    )
    with tifffile.TiffWriter(path, bigtiff=True) as file:
        for number, pixels in enumerate((SLIDE[:40, :60], SLIDE, SLIDE[:64, :64])):
            options: dict[str, Any] = {"tile": (32, 32), "photometric": "rgb", "metadata": None, "compression": "zlib"}
            file.write(pixels, description=xml if number == 0 else None, **options)
            file.write(pixels[::2, ::2], subfiletype=1, **options)
    return path


def test_leica(tmp_path: Path) -> None:
    path = write_scn(tmp_path / "a.scn")
    for scene, pixels in enumerate((SLIDE, SLIDE[:64, :64])):
        facts, found = read(path, scene)
        assert facts.scenes == ("region", "region (2)")
        assert facts.spacing["x"].value == facts.spacing["y"].value == 0.5
        assert facts.acquisition == Acquisition("Leica SCN400", "20x", "2012-05-04T10:11:12+00:00")
        np.testing.assert_array_equal(found, np.moveaxis(pixels, -1, 0), strict=True)


# Akoya


def write_qptiff(path: Path) -> Path:
    def xml(name: str, biomarker: str, color: str) -> str:
        return (
            '<?xml version="1.0" encoding="utf-8"?><PerkinElmer-QPI-ImageDescription><DescriptionVersion>5'
            "</DescriptionVersion><ComputerName>LAB-PC</ComputerName><OperatorName>A. Person</OperatorName>"
            f"<Name>{name}</Name><Biomarker>{biomarker}</Biomarker><Color>{color}</Color><Objective>20x</Objective><InstrumentType>"
            "Vectra Polaris</InstrumentType></PerkinElmer-QPI-ImageDescription>"
        )

    channels = (("DAPI", "", "0,0,255"), ("Opal 520", "CD8", "0,255,0"))
    options: dict[str, Any] = {"photometric": "minisblack", "metadata": None, "tile": (32, 32), "compression": "lzw"}
    options |= {"software": "PerkinElmer-QPI", "resolution": (20_000, 20_000), "resolutionunit": "CENTIMETER"}
    with tifffile.TiffWriter(path) as file:
        for c, said in enumerate(channels):
            file.write(SLIDE[..., c], description=xml(*said), **options)
        file.write(SLIDE[::4, ::4], photometric="rgb", subfiletype=1, metadata=None, description=xml("", "", ""))
        for c, said in enumerate(channels):
            file.write(SLIDE[::2, ::2, c], description=xml(*said), subfiletype=1, **options)
    return path


def test_akoya(tmp_path: Path) -> None:
    facts, found = read(write_qptiff(tmp_path / "a.qptiff"))
    assert (facts.axes, facts.shape, facts.scenes) == ("cyx", (2, 96, 128), ())
    assert facts.channels == (Channel("DAPI", "0000FF"), Channel("CD8", "00FF00"))
    assert facts.spacing["x"].value == 0.5
    assert facts.acquisition == Acquisition("Vectra Polaris", "20x", None)
    np.testing.assert_array_equal(found, np.moveaxis(SLIDE[..., :2], -1, 0), strict=True)
    assert "Person" not in str(facts)


# All of them

SLIDES: dict[str, Callable[[Path], Path]] = {
    "a.svs": write_svs,
    "a.ndpi": write_ndpi,
    "a.scn": write_scn,
    "a.qptiff": write_qptiff,
}


class TestSlides(ReaderContract):
    @pytest.fixture(params=SLIDES)
    def image_file(self, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
        return SLIDES[request.param](tmp_path / request.param)

    @pytest.fixture
    def reader(self) -> TiffReader:
        return TiffReader()


@pytest.mark.parametrize("name", SLIDES)
def test_a_slide_cut_anywhere(tmp_path: Path, name: str, cut_everywhere: Callable[..., list[MifaError]]) -> None:
    refusals = cut_everywhere(SLIDES[name](tmp_path / name), lambda path: read(path)[1])
    assert {error.code for error in refusals} == {"MIFA203"}
    assert len(refusals) > 90


@pytest.mark.parametrize("name", ["a.scn", "a.qptiff"])
def test_a_document_type_is_refused(tmp_path: Path, refusal: Refusal, name: str) -> None:
    path = SLIDES[name](tmp_path / name)
    content = path.read_bytes()
    start = content.index(b"<?xml")
    path.write_bytes(content[:start] + b"<!DOCTYPE a>".ljust(21) + content[start + 21 :])
    with pytest.raises(MifaError, match="MIFA202: its description declares a document type"):
        TiffReader().open(path)
