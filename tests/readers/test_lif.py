"""Leica LIF: a real file against exported TIFFs and its XML read by eye; series and damage that tests write."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import tifffile
from tests.readers.vendor_contract import Pixels, VendorContract

from mifakit.errors import MifaError
from mifakit.readers.base import Acquisition, Channel, full_region
from mifakit.readers.lif.reader import LifReader

REAL = "lif/xz-example.lif"
DIMENSIONS = {"X": 1, "Y": 2, "Z": 3, "T": 4, "λ": 5, "M": 10}
RNG = np.random.default_rng(6)


def read(path: Path, scene: int = 0, axes: str | None = None) -> Pixels:
    with LifReader().open(path, axes, scene) as image:
        return image.read(full_region(image.facts.shape))


def by_hand(path: Path, scene: int) -> Pixels:
    """Return a series of the real file, from offsets read by eye; each block ends where the next one's head begins."""
    offset, shape, order = (
        (91161, (20, 2, 128, 1, 128), (0, 1, 2, 3, 4)),  # T C Z Y X, of one line
        (746565, (23, 2, 128, 128), (1, 2, 0, 3)),  # Y C Z X
        (1500275, (2, 512, 1, 512), (0, 1, 2, 3)),  # C Z Y X, of one line
    )[scene]
    stored = np.frombuffer(path.read_bytes(), np.uint8, int(np.prod(shape)), offset)
    return stored.reshape(shape).transpose(order)


class TestRealFile(VendorContract):
    kind = LifReader

    @pytest.fixture
    def held(self, real_file: Callable[[str], Path]) -> tuple[Path, Pixels]:
        return real_file(REAL), by_hand(real_file(REAL), 0)


@pytest.mark.parametrize(("name", "channel", "time"), [("c0t0", 0, 0), ("c1t8", 1, 8)])
def test_frames_are_those_of_the_expected_tiffs(
    real_file: Callable[[str], Path], name: str, channel: int, time: int
) -> None:
    expected = tifffile.imread(real_file(f"lif/expected-outputs/{name}.tif"))
    np.testing.assert_array_equal(read(real_file(REAL))[time, channel, :, 0], expected, strict=True)


@pytest.mark.parametrize("scene", [0, 1, 2])
def test_every_series_is_its_bytes_in_the_file(real_file: Callable[[str], Path], scene: int) -> None:
    np.testing.assert_array_equal(read(real_file(REAL), scene), by_hand(real_file(REAL), scene), strict=True)


def test_the_real_file_says_what_its_xml_says(real_file: Callable[[str], Path]) -> None:
    with LifReader().open(real_file(REAL)) as image:
        facts = image.facts
    assert (facts.axes, facts.shape, facts.native_axes) == ("tczyx", (20, 2, 128, 1, 128), "TCZX")
    assert facts.spacing["t"].value == pytest.approx(10.07 / 19)
    assert facts.spacing["z"].value == pytest.approx(17.81540 / 127)
    assert facts.spacing["x"].value == pytest.approx(17.81554 / 127)
    assert facts.channels == (Channel("FITC", "00FF00"), Channel("TRITC", "FF0000"))
    assert facts.acquisition == Acquisition(
        "Leica TCS SP8", "HC PL APO CS2 63x/1.30 GLYC", "2021-03-04T16:39:17"
    )  # fmt: skip
    assert facts.scenes == ("xzt", "xzy", "xz")
    assert [finding.message for finding in facts.findings] == ["the pixel size is not given along y"]
    with LifReader().open(real_file(REAL), scene=1) as image:
        assert (image.facts.axes, image.facts.shape, image.facts.findings) == ("czyx", (2, 128, 23, 128), ())


@dataclass
class Series:
    """One image to write: pixels as stored, outermost dimension first."""

    name: str
    dims: str
    pixels: Pixels
    luts: tuple[str, ...] = ()
    folder: str = ""
    unit: str = "m"
    padding: int = 0

    @property
    def xml(self) -> str:
        strides = self.pixels.strides
        bits = 8 * self.pixels.itemsize
        kind = int(self.pixels.dtype.kind == "f")
        channels = dimensions = ""
        for axis, size, stride in zip(self.dims, self.pixels.shape, strides, strict=True):
            if axis in "CS":
                tags = (3, 2, 1) if axis == "S" else (0,) * size  # LAS X stores blue first
                for number in range(size):
                    channels += (
                        f'<ChannelDescription DataType="{kind}" ChannelTag="{tags[number]}" Resolution="{bits}" '
                        f'NameOfMeasuredQuantity="" Min="0" Max="255" Unit="" IsLUTInverted="0" '
                        f'LUTName="{(self.luts + ("",) * size)[number]}" BytesInc="{number * stride}" BitInc="0"/>'
                    )
            else:
                unit = {"T": "s", "M": ""}.get(axis, self.unit)
                dimensions = (
                    f'<DimensionDescription DimID="{DIMENSIONS[axis]}" NumberOfElements="{size}" Origin="0" '
                    f'Length="{(size - 1) * (2.5 if axis == "T" else -2e-7)}" Unit="{unit}" BitInc="0" '
                    f'BytesInc="{stride}"/>' + dimensions
                )
        if not channels:
            channels = (
                f'<ChannelDescription DataType="{kind}" ChannelTag="0" Resolution="{bits}" NameOfMeasuredQuantity="" '
                'Min="0" Max="255" Unit="" IsLUTInverted="0" LUTName="Gray" BytesInc="0" BitInc="0"/>'
            )
        return (
            f'<Element Name="{self.name}"><Data><Image><ImageDescription><Channels>{channels}</Channels>'
            f"<Dimensions>{dimensions}</Dimensions></ImageDescription></Image></Data>"
            f'<Memory Size="{self.pixels.nbytes}" MemoryBlockID="Mem_{id(self)}"/></Element>'
        )


def write(path: Path, *series: Series, lost: int = 0, head: str = "") -> Path:
    """Write a LIF; the last `lost` images without their pixels."""
    elements = ""
    for one in series:
        start = f'<Element Name="{one.folder}"><Data><Collection/></Data><Children>'
        elements += f"{start}{one.xml}</Children></Element>" if one.folder else one.xml
    xml = f'{head}<LMSDataContainerHeader Version="2"><Element Name="a"><Children>{elements}</Children></Element>'
    text = f"{xml}</LMSDataContainerHeader>"
    units = text.encode("utf-16-le")
    data = struct.pack("<IIBI", 0x70, len(units) + 5, 0x2A, len(units) // 2) + units
    for one in series[: len(series) - lost]:
        name = f"Mem_{id(one)}".encode("utf-16-le")
        size = one.pixels.nbytes + one.padding
        data += struct.pack("<IIBQBI", 0x70, 0, 0x2A, size, 0x2A, len(name) // 2) + name
        data += one.pixels.tobytes() + bytes(one.padding)
    path.write_bytes(data)
    return path


def noise(*shape: int, dtype: type = np.uint8) -> Pixels:
    return RNG.integers(1, 250, shape).astype(dtype)


def movie(path: Path) -> tuple[Path, Pixels]:
    pixels = noise(3, 2, 4, 12, 14, dtype=np.uint16)
    first = Series("one", "TCZYX", pixels, ("Green", "Glow"), folder="plate")
    return write(path, first, Series("one", "YX", noise(9, 8), folder="dish")), pixels


def colour(path: Path) -> tuple[Path, Pixels]:
    pixels = noise(2, 12, 16, 3)
    return write(path, Series("he", "ZYXS", pixels)), pixels[..., ::-1].transpose(3, 0, 1, 2)


def real_numbers(path: Path) -> tuple[Path, Pixels]:
    pixels = noise(20, 30, dtype=np.float32)
    return write(path, Series("lifetime", "YX", pixels)), pixels[np.newaxis]


class TestWrittenFiles(VendorContract):
    kind = LifReader

    @pytest.fixture(params=[movie, colour, real_numbers])
    def held(self, request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Pixels]:
        return request.param(tmp_path / "a.lif")


def test_a_movie(tmp_path: Path) -> None:
    path, _ = movie(tmp_path / "a.lif")
    with LifReader().open(path) as image:
        facts = image.facts
    assert facts.scenes == ("plate/one", "dish/one")
    assert {axis: round(spacing.value, 9) for axis, spacing in facts.spacing.items()} == {
        "t": 2.5,
        "z": 0.2,
        "y": 0.2,
        "x": 0.2,
    }
    assert facts.channels == (Channel(None, "00FF00"), Channel(None, None))
    assert facts.acquisition == Acquisition()


def test_colours_are_red_green_and_blue(tmp_path: Path) -> None:
    with LifReader().open(colour(tmp_path / "a.lif")[0]) as image:
        assert [channel.name for channel in image.facts.channels] == ["Red", "Green", "Blue"]
        assert image.facts.interleaved


@pytest.mark.parametrize(
    ("dims", "message"), [("MYX", "M: tiles of a mosaic that was not merged"), ("λYX", "λ: bands of emission")]
)
def test_dimensions_that_are_no_axis_are_named(tmp_path: Path, dims: str, message: str) -> None:
    pixels = noise(5, 12, 14)
    path = write(tmp_path / "a.lif", Series("one", dims, pixels))
    with pytest.raises(MifaError, match="MIFA206") as caught:
        LifReader().open(path)
    assert message in caught.value.finding.message
    np.testing.assert_array_equal(read(path, axes="tyx")[:, 0], pixels)


def test_a_unit_that_is_no_length_is_no_pixel_size(tmp_path: Path) -> None:
    with LifReader().open(write(tmp_path / "a.lif", Series("one", "YX", noise(9, 8), unit="pixel"))) as image:
        assert dict(image.facts.spacing) == {}
        assert [finding.code for finding in image.facts.findings] == ["MIFA205"]


def test_images_without_pixels_are_missed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.lif", Series("one", "YX", noise(9, 8)), Series("two", "YX", noise(9, 8)), lost=1)
    with pytest.raises(MifaError, match="MIFA203: the pixels of 1 of its 2 images are missing"):
        LifReader().open(path)


def test_series_of_one_name_are_not_lost(tmp_path: Path) -> None:
    """The library would give the second of them only."""
    path = write(tmp_path / "a.lif", Series("one", "YX", noise(9, 8)), Series("one", "YX", noise(9, 8)))
    with pytest.raises(MifaError, match="MIFA202: has 1 series that share their names"):
        LifReader().open(path)


def test_a_block_that_is_too_small_is_refused(tmp_path: Path) -> None:
    small, large = Series("one", "YX", noise(9, 8)), Series("one", "YX", noise(9, 80))
    path = write(tmp_path / "a.lif", small)
    text, other = small.xml, large.xml.replace(f"Mem_{id(large)}", f"Mem_{id(small)}")
    data = path.read_bytes().replace(text.encode("utf-16-le"), other.encode("utf-16-le"))
    count = (len(data) - len(small.pixels.tobytes()) - 13 - 22 - 2 * len(f"Mem_{id(small)}")) // 2
    path.write_bytes(data[:9] + struct.pack("<I", count) + data[13:])
    with pytest.raises(MifaError, match="MIFA203: an image holds 72 of its 720 bytes"):
        LifReader().open(path)


def test_planes_that_lie_apart_are_not_guessed(tmp_path: Path) -> None:
    """A gap between slices would be taken for channels."""
    one = Series("one", "ZYX", noise(4, 6, 8), padding=4 * 6 * 8)
    path = write(tmp_path / "a.lif", one)
    text = path.read_bytes()
    old, new = ('BytesInc="48"'.encode("utf-16-le"), 'BytesInc="96"'.encode("utf-16-le"))
    assert old in text
    path.write_bytes(text.replace(old, new))
    with pytest.raises(MifaError, match=r"MIFA202: .* in a way that is not known"):
        LifReader().open(path)


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    path = write(tmp_path / "a.lif", Series("one", "YX", noise(9, 8)), head=bomb)
    with pytest.raises(MifaError, match=r"MIFA202: .* document type"):
        LifReader().open(path)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.lif", Series("one", "YX", noise(9, 8)))
    old, new = 'NumberOfElements="9"'.encode("utf-16-le"), 'NumberOfElements="999999999"'.encode("utf-16-le")
    data = path.read_bytes().replace(old, new)
    (count,) = struct.unpack_from("<I", data, 9)
    path.write_bytes(data[:9] + struct.pack("<I", count + 8) + data[13:])
    with pytest.raises(MifaError, match=r"MIFA2(03|14)"):
        LifReader().open(path)
