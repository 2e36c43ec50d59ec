"""Zeiss CZI: a real file against czifile and its XML read by eye; mosaics, scenes and damage that tests write."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import czifile
import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylibCZIrw.czi import create_czi
from tests.readers.vendor_contract import Pixels, VendorContract

from mifakit.errors import MifaError
from mifakit.readers.base import Acquisition, Channel, Spacing, full_region
from mifakit.readers.czi.directory import Scene, read_directory
from mifakit.readers.czi.directory import Tile as CziTile
from mifakit.readers.czi.metadata import read_metadata
from mifakit.readers.czi.reader import CziReader

REAL = "czi/xyz__multiple_images.czi"
RNG = np.random.default_rng(3)
TILE = RNG.poisson(300, (20, 30)).astype(np.uint16)


class Tile(NamedTuple):
    pixels: Pixels
    left: int = 0
    top: int = 0
    plane: dict[str, int] = {}  # noqa: RUF012
    scene: int = 0
    compression: str = "uncompressed:"


def write(path: Path, tiles: Iterable[Tile], **metadata: Any) -> Path:
    path.unlink(missing_ok=True)
    with create_czi(str(path)) as file:
        for tile in tiles:
            pixels = tile.pixels if tile.pixels.ndim == 3 else tile.pixels[..., np.newaxis]
            file.write(
                np.ascontiguousarray(pixels),
                location=(tile.left, tile.top),
                plane=tile.plane,
                scene=tile.scene,
                compression_options=tile.compression,
            )
        file.write_metadata(**{"document_name": "test", "scale_x": 1e-7, "scale_y": 2e-7, "scale_z": 3e-7, **metadata})
    return path


def read(path: Path, axes: str | None = None, scene: int = 0) -> Pixels:
    with CziReader().open(path, axes, scene) as image:
        return image.read(full_region(image.facts.shape))


def _segment(name: bytes, data: bytes) -> bytes:
    return struct.pack("<16sqq", name, len(data), len(data)) + data


def stack(path: Path) -> tuple[Path, Pixels]:
    """Write two channels of three slices, each of a plain and a compressed tile."""
    pixels = RNG.poisson(300, (2, 3, 20, 60)).astype(np.uint16)
    tiles = []
    for channel, z in np.ndindex(2, 3):
        plane, where = pixels[channel, z], {"C": channel, "Z": z, "T": 0}
        tiles.append(Tile(plane[:, :30], 0, 0, where))
        tiles.append(Tile(plane[:, 30:], 30, 0, where, compression="zstd1:ExplicitLevel=2"))
    return write(path, tiles, channel_names={0: "DAPI", 1: "GFP"}), pixels


def colour(path: Path) -> tuple[Path, Pixels]:
    pixels = RNG.integers(0, 256, (24, 32, 3), np.uint8)
    write(path, [Tile(pixels[..., ::-1])])  # CZI stores blue first
    return path, np.moveaxis(pixels, 2, 0)


def two_scenes(path: Path) -> tuple[Path, Pixels]:
    real = RNG.normal(size=(16, 18)).astype(np.float32)
    return write(path, [Tile(real, 5, -7), Tile(real[:9], 500, 80, scene=1)]), real[np.newaxis]


def jpeg_xr(path: Path) -> tuple[Path, Pixels]:
    """Write one tile as JPEG XR, which libCZI reads only: it is added to the file, and the directory points there."""
    write(path, [Tile(TILE)])
    data = bytearray(path.read_bytes())
    (directory,) = struct.unpack_from("<q", data, 32 + 52)
    entry = directory + 32 + 128
    (length,) = struct.unpack_from("<i", data, entry + 28)
    where, pixels = len(data), imagecodecs.jpegxr_encode(TILE, level=1.0)
    struct.pack_into("<q", data, entry + 6, where)
    struct.pack_into("<i", data, entry + 18, 4)
    copied = bytes(data[entry : entry + 32 + 20 * length])
    head = (struct.pack("<iiq", 0, 0, len(pixels)) + copied).ljust(256, b"\0")
    path.write_bytes(data + _segment(b"ZISRAWSUBBLOCK", head + pixels))
    return path, TILE[np.newaxis]


class TestWrittenFiles(VendorContract):
    kind = CziReader

    @pytest.fixture(params=[stack, colour, two_scenes, jpeg_xr])
    def held(self, request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Pixels]:
        return request.param(tmp_path / "a.czi")


class TestRealFile(VendorContract):
    kind = CziReader

    @pytest.fixture
    def held(self, real_file: Callable[[str], Path]) -> tuple[Path, Pixels]:
        return real_file(REAL), by_czifile(real_file(REAL), 0)


def by_czifile(path: Path, scene: int) -> Pixels:
    """Return a scene of the real file, subblock by subblock, as czifile decodes them."""
    planes = {}
    with czifile.CziFile(path) as file:
        for entry in file.filtered_subblock_directory:
            if hasattr(entry, "scene_index"):  # czifile of 2026, for Python 3.12 and later
                where = {**dict(zip(entry.dims, entry.start, strict=True)), "S": entry.scene_index}
                segment = entry.read_segment_data(file)
            else:
                where = dict(zip(entry.axes, entry.start, strict=True))
                segment = entry.data_segment()
            if where["S"] == scene:
                planes[where["C"], where["Z"]] = np.squeeze(segment.data())
    shape = tuple(max(key[axis] for key in planes) + 1 for axis in (0, 1))
    return np.stack([planes[key] for key in np.ndindex(*shape)]).reshape(*shape, *planes[0, 0].shape)


@pytest.mark.parametrize("scene", [0, 1])
def test_each_scene_is_what_czifile_decodes(real_file: Callable[[str], Path], scene: int) -> None:
    np.testing.assert_array_equal(read(real_file(REAL), scene=scene), by_czifile(real_file(REAL), scene), strict=True)


def test_the_real_file_says_what_its_xml_says(real_file: Callable[[str], Path]) -> None:
    with CziReader().open(real_file(REAL)) as image:
        facts = image.facts
    assert (facts.axes, facts.shape, facts.dtype, facts.native_axes) == ("czyx", (1, 2, 251, 251), np.uint16, "ZYX")
    assert dict(facts.spacing) == {
        "x": Spacing(0.19564437607395324, "micrometer"),
        "y": Spacing(0.19564437607395324, "micrometer"),
        "z": Spacing(0.3, "micrometer"),
    }
    assert facts.channels == (Channel("ChA", "FFFFFF", 561.0, 578.617841),)
    assert facts.acquisition == Acquisition(
        "Zeiss LSM 880, AxioObserver", "Plan-Apochromat 40x/1.4 Oil DIC M27", "2020-09-06T11:30:42"
    )
    assert facts.scenes == ("Scene 1", "Scene 2")
    assert facts.findings == ()


def test_a_stack(tmp_path: Path) -> None:
    with CziReader().open(stack(tmp_path / "a.czi")[0]) as image:
        facts = image.facts
    assert (facts.axes, facts.shape, facts.scenes) == ("czyx", (2, 3, 20, 60), ())
    assert [channel.name for channel in facts.channels] == ["DAPI", "GFP"]
    assert {axis: spacing.value for axis, spacing in facts.spacing.items()} == {"x": 0.1, "y": 0.2, "z": 0.3}


def test_a_mosaic_with_a_hole_says_so(tmp_path: Path) -> None:
    """Three of four places are imaged; where two tiles overlap, the later one is seen."""
    path = write(tmp_path / "a.czi", [Tile(TILE + 1), Tile(TILE + 1000, 25, 0), Tile(TILE + 1, 0, 20)])
    with CziReader().open(path) as image:
        facts = image.facts
        found = image.read(full_region(facts.shape))
    expected = np.zeros((1, 40, 55), np.uint16)
    expected[0, :20, :30] = expected[0, 20:, :30] = TILE + 1
    expected[0, :20, 25:] = TILE + 1000
    np.testing.assert_array_equal(found, expected, strict=True)
    (finding,) = facts.findings
    assert finding.code == "MIFA225"
    assert f"{25 * 20 / (55 * 40):.2%} of its pixels" in finding.message


def test_a_mosaic_without_holes_says_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.czi", [Tile(TILE), Tile(TILE, 25, 0), Tile(TILE, 0, 15), Tile(TILE, 25, 15)])
    with CziReader().open(path) as image:
        assert image.facts.findings == ()


@given(st.lists(st.tuples(*[st.integers(-4, 9)] * 2, *[st.integers(1, 6)] * 2), min_size=1, max_size=9))
def test_the_share_of_holes_is_that_of_pixels_without_a_tile(boxes: list[tuple[int, int, int, int]]) -> None:
    tiles = [CziTile(None, (0,) * 8, box, 0, 0, 0) for box in boxes]
    scene = Scene.of(Path("a.czi"), None, tiles)
    left, top, width, height = scene.box
    seen = np.zeros((height, width), bool)
    for x, y, across, down in boxes:
        seen[y - top : y - top + down, x - left : x - left + across] = True
    assert scene.uncovered() == pytest.approx(1 - seen.mean())


def test_a_scene_that_lacks_planes_spoils_itself_alone(tmp_path: Path) -> None:
    planes = [(0, 0), (0, 1), (1, 0)]
    tiles = [Tile(TILE, plane={"C": c, "Z": z}, scene=1) for c, z in planes] + [Tile(TILE, plane={"C": 0, "Z": 0})]
    path = write(tmp_path / "a.czi", tiles)
    np.testing.assert_array_equal(read(path)[0], TILE)
    with pytest.raises(MifaError, match="MIFA203"):
        CziReader().open(path, scene=1)


def test_only_the_tiles_of_a_region_are_read(tmp_path: Path) -> None:
    """A tile that is damaged spoils what it covers, and nothing else."""
    path = write(tmp_path / "a.czi", [Tile(TILE), Tile(TILE + 7, 30, 0)])
    with path.open("rb") as file:
        (tiles,) = read_directory(path, file).tiles.values()
    (tile,) = (one for one in tiles if one.box[0] == 30)
    data = bytearray(path.read_bytes())
    data[tile.position + 32 + 8] ^= 16  # its pixels take less than they must
    path.write_bytes(data)
    with CziReader().open(path) as image:
        np.testing.assert_array_equal(image.read((slice(0, 1), slice(0, 20), slice(0, 30)))[0], TILE)
        with pytest.raises(MifaError, match="MIFA202: a tile at byte"):
            image.read((slice(0, 1), slice(0, 1), slice(29, 31)))


@pytest.mark.parametrize(
    ("at", "value"),
    [(28, 0x7F000008), (2, 0), (18, 6), (32 + 20 + 4, 31), (-16, 2**30)],
    ids=["dimensions", "pixel-type", "compression", "width", "metadata"],
)
def test_a_tile_must_be_what_the_directory_says(tmp_path: Path, at: int, value: int) -> None:
    """libCZI goes by the tile's own copy of its entry: it crashes on the first of these."""
    path = write(tmp_path / "a.czi", [Tile(TILE)])
    data = bytearray(path.read_bytes())
    copy = data.index(b"ZISRAWSUBBLOCK") + 32 + 16
    assert data[copy : copy + 2] == b"DV"
    struct.pack_into("<i", data, copy + at, value)
    path.write_bytes(data)
    with pytest.raises(MifaError, match="MIFA202"):
        read(path)


@pytest.mark.parametrize(
    ("tiles", "code", "message"),
    [
        ([Tile(TILE, plane={"C": c, "Z": z}) for c, z in [(0, 0), (0, 1), (1, 0)]], "MIFA203", "3 of the 4 planes"),
        ([Tile(TILE, plane={"C": 0}), Tile(TILE.astype(np.uint8), plane={"C": 1})], "MIFA215", "Gray8, Gray16"),
    ],
    ids=["planes-missing", "two-types"],
)
def test_what_is_no_image_is_said(tmp_path: Path, tiles: list[Tile], code: str, message: str) -> None:
    with pytest.raises(MifaError) as caught:
        CziReader().open(write(tmp_path / "a.czi", tiles))
    assert caught.value.code == code
    assert message in caught.value.finding.message


def test_phases_are_not_taken_for_anything_else_unless_the_sheet_says_so(tmp_path: Path) -> None:
    """libCZI writes no phases: time points are renamed in the file."""
    path = write(tmp_path / "a.czi", [Tile(TILE + phase, plane={"T": phase}) for phase in (0, 1, 2)])
    path.write_bytes(path.read_bytes().replace(b"T\0\0\0", b"H\0\0\0"))
    with pytest.raises(MifaError, match="MIFA206") as caught:
        CziReader().open(path)
    assert "H: phases, as of SIM or raw Airyscan" in caught.value.finding.message
    np.testing.assert_array_equal(read(path, "cyx"), np.stack([TILE, TILE + 1, TILE + 2]), strict=True)


@pytest.mark.parametrize(
    ("stamps", "step"),
    [
        ((0.0, 2.0, 4.1), Spacing(2.05, "second")),
        ((7202.7, 7203.2, 7203.7), Spacing(0.5, "second")),
        ((0.0, 2.0, 9.0), None),
        ((0.0, 2.0), None),
        ((44_000.0, 44_000.5, 44_001.0), None),
    ],
    ids=["regular", "since-zen-started", "irregular", "too-few", "dates"],
)
def test_time_steps_from_the_time_stamps(tmp_path: Path, stamps: tuple[float, ...], step: Spacing | None) -> None:
    path = write(tmp_path / "a.czi", [Tile(TILE, plane={"T": time}) for time in range(3)])
    data = bytearray(path.read_bytes())
    entry = struct.pack("<2s10xqi16s8s80s", b"A1", len(data), 0, b"", b"CZTIMS", b"TimeStamps")
    times = struct.pack(f"<ii{len(stamps)}d", 8 + 8 * len(stamps), len(stamps), *stamps)
    attachment = struct.pack("<i12x", len(times)) + entry + bytes(112) + times
    directory = len(data) + len(_segment(b"ZISRAWATTACH", attachment))
    data += _segment(b"ZISRAWATTACH", attachment) + _segment(b"ZISRAWATTDIR", struct.pack("<i", 1) + bytes(252) + entry)
    struct.pack_into("<q", data, 32 + 72, directory)
    path.write_bytes(data)
    with CziReader().open(path) as image:
        found = image.facts.spacing.get("t")
    assert (found and replace(found, value=round(found.value, 6))) == step
    with czifile.CziFile(path) as file:
        assert len(list(file.attachments())) == 1


@pytest.mark.parametrize(
    ("at", "value", "code", "message"),
    [
        (32 + 48, 1, "MIFA202", "is part 2 of a CZI"),
        (32 + 68, 1, "MIFA203", "was not finished"),
        (32 + 52, 0, "MIFA203", "was not finished"),
        (32 + 52, 100, "MIFA202", "is damaged at byte 100"),
        (32 + 52, 1_000_000, "MIFA203", "bytes are missing"),
    ],
)
def test_damaged_headers(tmp_path: Path, at: int, value: int, code: str, message: str) -> None:
    path, _ = colour(tmp_path / "a.czi")
    data = bytearray(path.read_bytes())
    struct.pack_into("<i", data, at, value)
    path.write_bytes(data)
    with pytest.raises(MifaError) as caught:
        CziReader().open(path)
    assert caught.value.code == code
    assert message in caught.value.finding.message


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.czi", [Tile(TILE), Tile(TILE, 2_000_000, 2_000_000)])
    with pytest.raises(MifaError, match="MIFA214"):
        CziReader().open(path)


def _xml(image: str, rest: str = "") -> str:
    return (
        f"<ImageDocument><Metadata><Information><Image>{image}</Image></Information>{rest}</Metadata></ImageDocument>"
    )


def test_scenes_have_the_names_of_wells_and_positions() -> None:
    scenes = (
        '<Scene Index="0" Name="P1"><Shape Name="B2"/></Scene><Scene Index="1" Name="P2"><Shape Name="B2"/></Scene>'
        '<Scene Index="2" Name="P3"/>'
    )
    found = read_metadata(Path("a.czi"), _xml(f"<Dimensions><S><Scenes>{scenes}</Scenes></S></Dimensions>"))
    assert [found.name_of(number) for number in (0, 1, 2, 3, None)] == ["B2 P1", "B2 P2", "P3", None, None]


@pytest.mark.parametrize(
    ("xml", "message"),
    [("<ImageDocument>", "cannot be read"), ('<!DOCTYPE x [<!ENTITY a "b">]><ImageDocument/>', "document type")],
)
def test_xml_that_is_refused(xml: str, message: str) -> None:
    with pytest.raises(MifaError, match=message) as caught:
        read_metadata(Path("a.czi"), xml)
    assert caught.value.code == "MIFA202"


def test_nonsense_is_no_pixel_size(tmp_path: Path) -> None:
    path = write(tmp_path / "a.czi", [Tile(TILE)], scale_x=0.0, scale_y=-1.0)
    with CziReader().open(path) as image:
        assert dict(image.facts.spacing) == {}
        assert [finding.code for finding in image.facts.findings] == ["MIFA205"]
