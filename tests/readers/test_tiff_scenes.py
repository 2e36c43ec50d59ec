"""Several images in one TIFF: each a scene; levels of pyramids, thumbnails, labels and macros are none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from mifakit.errors import MifaError
from mifakit.readers.base import ImageFacts, Reader, full_region
from mifakit.readers.tiff.reader import TiffReader
from mifakit.testing import ReaderContract

Pixels = np.ndarray[Any, Any]

RNG = np.random.default_rng(11)
STACK = RNG.integers(0, 60_000, (4, 40, 56), np.uint16)
FIELD = RNG.integers(0, 256, (2, 33, 21), np.uint8)
SMALL = RNG.integers(0, 60_000, (30, 20), np.uint16)


def read(path: Path, scene: int, axes: str | None = None) -> tuple[ImageFacts, Pixels]:
    with TiffReader().open(path, axes, scene) as image:
        return image.facts, image.read(full_region(image.facts.shape))


def write_ome(path: Path, *images: tuple[Pixels, dict[str, Any]], **options: Any) -> Path:
    with tifffile.TiffWriter(path, ome=True) as file:
        for pixels, metadata in images:
            file.write(pixels, metadata=metadata, **options)
    return path


def write_pages(path: Path, *images: Pixels, **options: Any) -> Path:
    with tifffile.TiffWriter(path) as file:
        for pixels in images:
            file.write(pixels, photometric="minisblack", **options)
    return path


def ome_scenes(path: Path) -> Path:
    return write_ome(
        path,
        (STACK, {"axes": "ZYX", "Name": "Position 1", "PhysicalSizeX": 0.1, "PhysicalSizeY": 0.1, "PhysicalSizeZ": 2}),
        (FIELD, {"axes": "CYX", "Name": "Overview", "Channel": {"Name": ["DAPI", "GFP"]}}),
        (SMALL, {"axes": "YX", "Name": "Position 1"}),
        (SMALL[:9], {"axes": "YX", "Name": " "}),
        compression="zlib",
    )


def test_ome_images(tmp_path: Path) -> None:
    path = ome_scenes(tmp_path / "a.ome.tif")
    expected = (STACK[np.newaxis], FIELD, SMALL[np.newaxis], SMALL[np.newaxis, :9])
    for scene, pixels in enumerate(expected):
        facts, found = read(path, scene)
        assert facts.scenes == ("Position 1", "Overview", "Position 1 (2)", "series-04")
        np.testing.assert_array_equal(found, pixels, strict=True)
        with tifffile.TiffFile(path) as file:  # the oracle, through another way into tifffile
            np.testing.assert_array_equal(found.squeeze(), file.series[scene].asarray().squeeze())
    assert read(path, 0)[0].spacing["z"].value == 2
    assert [channel.name for channel in read(path, 1)[0].channels] == ["DAPI", "GFP"]
    assert read(path, 2)[0].channels == ()
    assert [finding.code for finding in read(path, 2)[0].findings] == ["MIFA205"]
    with pytest.raises(IndexError):
        TiffReader().open(path, scene=4)
    with pytest.raises(IndexError):
        TiffReader().open(path, scene=-1)


def test_pages_of_different_shapes(tmp_path: Path) -> None:
    path = write_pages(tmp_path / "a.tif", STACK[0], SMALL, FIELD[0], metadata=None)
    for scene, pixels in enumerate((STACK[0], SMALL, FIELD[0])):
        facts, found = read(path, scene)
        assert facts.scenes == ("series-01", "series-02", "series-03")
        np.testing.assert_array_equal(found[0], pixels, strict=True)


def test_series_with_names_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path, shaped=True) as file:
        file.write(STACK, photometric="minisblack", metadata={"axes": "ZYX", "name": "cells"})
        file.write(SMALL, photometric="minisblack", metadata={"axes": "YX"})
    facts, found = read(path, 0)
    assert (facts.scenes, facts.axes) == (("cells", "series-02"), "czyx")
    np.testing.assert_array_equal(found[0], STACK)
    np.testing.assert_array_equal(read(path, 1)[1][0], SMALL)


def test_axes_go_for_the_scene_that_is_opened(tmp_path: Path) -> None:
    path = write_pages(tmp_path / "a.tif", STACK[0], STACK[1], SMALL, metadata=None)
    with pytest.raises(MifaError, match="MIFA206"):
        read(path, 0)
    np.testing.assert_array_equal(read(path, 0, "zyx")[1][0], STACK[:2])
    np.testing.assert_array_equal(read(path, 1)[1][0], SMALL)


def test_what_is_no_scene(tmp_path: Path) -> None:
    big = RNG.integers(0, 256, (64, 64), np.uint8)
    with tifffile.TiffWriter(tmp_path / "thumbnail.tif") as file:
        file.write(big, metadata=None)
        file.write(big[:30, :20], subfiletype=1, metadata=None)
    with tifffile.TiffWriter(tmp_path / "levels.ome.tif", ome=True) as file:
        for _ in range(2):
            file.write(big, subifds=2, tile=(16, 16), metadata={"axes": "YX"})
            file.write(big[::2, ::2], subfiletype=1, tile=(16, 16))
            file.write(big[::4, ::4], subfiletype=1, tile=(16, 16))
    with tifffile.TiffWriter(tmp_path / "pages.tif") as file:
        for step in (1, 2, 4):
            file.write(big[::step, ::step], tile=(16, 16), subfiletype=int(step > 1), metadata=None)
    for name, scenes in (("thumbnail.tif", ()), ("levels.ome.tif", ("Image0", "Image1")), ("pages.tif", ())):
        facts, found = read(tmp_path / name, 0)
        assert facts.scenes == scenes, name
        np.testing.assert_array_equal(found[0], big)


def test_an_image_of_half_the_size_is_a_level_only_where_pyramids_are_tiled(tmp_path: Path) -> None:
    half = np.ascontiguousarray(STACK[0, ::2, ::2])
    path = write_pages(tmp_path / "a.tif", STACK[0], half, metadata=None)
    assert read(path, 0)[0].scenes == ("series-01", "series-02")
    np.testing.assert_array_equal(read(path, 1)[1][0], half, strict=True)
    path = write_pages(tmp_path / "b.tif", STACK[0], half, metadata=None, tile=(16, 16))
    assert read(path, 0)[0].scenes == ()


class TestOmeScenes(ReaderContract):
    @pytest.fixture
    def image_file(self, tmp_path: Path) -> Path:
        return ome_scenes(tmp_path / "scenes.ome.tif")

    @pytest.fixture
    def reader(self) -> Reader:
        return TiffReader()

    @pytest.fixture
    def pixels(self) -> Pixels:
        return STACK[np.newaxis]


class TestPagesOfDifferentShapes(ReaderContract):
    @pytest.fixture
    def image_file(self, tmp_path: Path) -> Path:
        return write_pages(tmp_path / "pages.tif", SMALL, STACK[0], FIELD[0], metadata=None, compression="lzw")

    @pytest.fixture
    def reader(self) -> Reader:
        return TiffReader()

    @pytest.fixture
    def pixels(self) -> Pixels:
        return SMALL[np.newaxis]


@pytest.mark.parametrize(
    "write",
    [ome_scenes, lambda path: write_pages(path, STACK[0], SMALL, FIELD[0], metadata=None)],
    ids=["ome", "pages"],
)
def test_a_cut_file_never_has_fewer_scenes_or_other_pixels(
    tmp_path: Path, write: Callable[[Path], Path], cut_everywhere: Callable[..., list[MifaError]]
) -> None:
    names = read(write(tmp_path / "a.ome.tif"), 0)[0].scenes

    def pixels_of(path: Path, scene: int) -> Pixels:
        facts, pixels = read(path, scene)
        assert facts.scenes == names
        return pixels

    for scene in range(len(names)):
        path = write(tmp_path / "a.ome.tif")
        assert len(cut_everywhere(path, lambda path, scene=scene: pixels_of(path, scene))) > 20


def test_names_of_side_images_mean_nothing_where_people_give_names(tmp_path: Path) -> None:
    path = write_ome(tmp_path / "a.ome.tif", (STACK, {"axes": "ZYX", "Name": "cells"}), (SMALL, {"Name": "Label"}))
    assert read(path, 1)[0].scenes == ("cells", "Label")
    np.testing.assert_array_equal(read(path, 1)[1][0], SMALL)


def test_ome_images_of_which_one_is_not_there(tmp_path: Path, refusal: Callable[..., MifaError]) -> None:
    path = write_ome(tmp_path / "a.ome.tif", (STACK, {"axes": "ZYX"}), (FIELD, {"axes": "CYX"}))
    data = path.read_bytes()
    # The second image claims planes behind the last one.
    assert data.count(b'<TiffData IFD="4" PlaneCount="2"/>') == 1
    path.write_bytes(data.replace(b'<TiffData IFD="4" PlaneCount="2"/>', b'<TiffData IFD="8" PlaneCount="2"/>'))
    assert refusal(path).code in {"MIFA202", "MIFA203", "MIFA215"}
    # And a plane that no image claims.
    path.write_bytes(data.replace(b'<TiffData IFD="4" PlaneCount="2"/>', b'<TiffData IFD="4" PlaneCount="1"/>'))
    assert refusal(path).code in {"MIFA202", "MIFA203", "MIFA215"}
