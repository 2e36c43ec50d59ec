"""Zarr folders: which images there are, and what is said of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from mifakit.errors import MifaError
from mifakit.readers.base import Channel, ImageFacts, Spacing, full_region
from mifakit.readers.registry import open_image
from mifakit.readers.zarr.reader import ZarrReader

Pixels = np.ndarray[Any, Any]
Json = dict[str, Any]

PIXELS = np.arange(1, 2 * 3 * 4 * 5 * 6 + 1, dtype=np.uint16).reshape(2, 3, 4, 5, 6)


def axes(*names: str, **units: str) -> list[Json]:
    types = {"t": "time", "c": "channel"}
    return [
        {"name": name, "type": types.get(name, "space"), **({"unit": units[name]} if name in units else {})}
        for name in names
    ]


def scale(*factors: float) -> list[Json]:
    return [{"type": "scale", "scale": list(factors)}]


def write_array(path: Path, pixels: Pixels = PIXELS, **options: Any) -> None:
    chunks = options.pop("chunks", tuple(max(1, length // 2) for length in pixels.shape))
    zarr.create_array(str(path), data=pixels, chunks=chunks, **options)


def write_image(path: Path, multiscale: Json, pixels: Pixels = PIXELS, version: str = "0.4", **more: Any) -> None:
    """Write an image of one level, by the letter of the specification."""
    multiscale = {"datasets": [{"path": "0"}], "version": version, **multiscale}
    group = zarr.open_group(str(path), mode="w", zarr_format=3 if version == "0.5" else 2)
    attributes = {"multiscales": [multiscale], **more}
    group.attrs.update({"ome": attributes} if version == "0.5" else attributes)
    write_array(path / "0", pixels, zarr_format=group.metadata.zarr_format)


def facts_of(path: Path, scene: int = 0, stated: str | None = None) -> ImageFacts:
    with ZarrReader().open(path, stated, scene) as image:
        return image.facts


def read(path: Path, scene: int = 0, stated: str | None = None) -> Pixels:
    with ZarrReader().open(path, stated, scene) as image:
        return image.read(full_region(image.facts.shape))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.ome.zarr"


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_scales_of_level_and_image_multiply_and_units_are_converted(path: Path, version: str) -> None:
    multiscale = {
        "axes": axes("t", "c", "z", "y", "x", t="minute", z="nanometer", y="millimeter", x="micrometer"),
        "datasets": [{"path": "0", "coordinateTransformations": scale(1, 1, 300, 0.25, 0.5)}],
        "coordinateTransformations": scale(2, 1, 1, 0.001, 0.5),
    }
    write_image(path, multiscale, version=version)
    facts = facts_of(path)
    assert (facts.axes, facts.shape, facts.findings) == ("tczyx", PIXELS.shape, ())
    expected = {"t": (120, "second"), "z": (0.3, "micrometer"), "y": (0.25, "micrometer"), "x": (0.25, "micrometer")}
    assert dict(facts.spacing) == {
        axis: Spacing(pytest.approx(value), unit) for axis, (value, unit) in expected.items()
    }


@pytest.mark.parametrize(
    ("x", "unit", "said"),
    [
        (1, None, "is not given along y and x"),
        (0.5, None, "is not believable along x and y: 0.5 (no unit)"),
        (1, "pixel", "is not believable along x and y: 1 pixel"),
        (0, "micrometer", "is not believable along x and y: 0 micrometer"),
        (-1, "micrometer", "is not believable along x and y: -1 micrometer"),
        (float("nan"), "micrometer", "is not believable along x and y: nan micrometer"),
    ],
)
def test_nonsense_is_no_pixel_size(path: Path, x: float, unit: str | None, said: str) -> None:
    units = {} if unit is None else {"y": unit, "x": unit}
    datasets = [{"path": "0", "coordinateTransformations": scale(x, x)}]
    write_image(path, {"axes": axes("y", "x", **units), "datasets": datasets}, PIXELS[0, 0, 0])
    facts = facts_of(path)
    assert not facts.spacing
    assert [finding.code for finding in facts.findings] == ["MIFA205"]
    assert said.replace("y and x", "x and y") in facts.findings[0].message


def test_axes_are_put_in_order_by_their_names(path: Path) -> None:
    write_image(path, {"axes": axes("z", "c", "t", "x", "y")})
    facts = facts_of(path)
    assert (facts.native_axes, facts.axes, facts.shape) == ("ZCTXY", "tczyx", (4, 3, 2, 6, 5))
    np.testing.assert_array_equal(read(path), PIXELS.transpose(2, 1, 0, 4, 3), strict=True)


def test_axes_of_other_names_are_known_by_their_types(path: Path) -> None:
    named = [{"name": "frames", "type": "time"}, {"name": "stains", "type": "channel"}, *axes("z", "y", "x")]
    write_image(path, {"axes": named})
    assert facts_of(path).native_axes == "TCZYX"


@pytest.mark.parametrize(
    ("version", "names", "shape", "native"),
    [
        ("0.1", None, (2, 3, 4, 5, 6), "TCZYX"),
        ("0.2", None, (2, 3, 4, 5, 6), "TCZYX"),
        ("0.3", ["c", "z", "y", "x"], (3, 4, 5, 6), "CZYX"),
        ("0.1", None, (5, 6), "YX"),
    ],
)
def test_old_versions(path: Path, version: str, names: list[str] | None, shape: tuple[int, ...], native: str) -> None:
    pixels = PIXELS.ravel()[: np.prod(shape)].reshape(shape)
    write_image(path, {"axes": names} if names else {}, pixels, version)
    assert facts_of(path).native_axes == native


@pytest.mark.parametrize(
    ("multiscale", "pixels"),
    [
        ({}, PIXELS[0]),  # of 0.1, and of four dimensions
        ({"version": "0.4"}, PIXELS),  # 0.4 must name its axes
        ({"axes": axes("q", "c", "z", "y", "x")}, PIXELS),
        ({"axes": axes("z", "z", "c", "y", "x")}, PIXELS),
    ],
)
def test_axes_are_not_guessed(path: Path, multiscale: Json, pixels: Pixels) -> None:
    write_image(path, {"version": "0.1", **multiscale}, pixels)
    with pytest.raises(MifaError, match="MIFA206") as caught:
        ZarrReader().open(path)
    assert "set axes: " in str(caught.value.finding.hint)
    stated = "tczyx"[-pixels.ndim :]
    assert facts_of(path, stated=stated).axes == stated


def test_channels(path: Path) -> None:
    entries = [{"label": " DAPI ", "color": "0000ff"}, {"label": "", "color": "blue"}, {"color": "#00FF00"}]
    write_image(path, {"axes": axes("t", "c", "z", "y", "x")}, omero={"channels": entries})
    assert facts_of(path).channels == (Channel("DAPI", "0000FF"), Channel(), Channel(None, "00FF00"))
    # What the sheet calls channels, the file does not.
    assert facts_of(path, stated="ctzyx").channels == ()
    write_image(path, {"axes": axes("t", "c", "z", "y", "x")}, omero={"channels": entries[:2]})
    assert facts_of(path).channels == ()


def test_a_single_channel_needs_no_axis(path: Path) -> None:
    write_image(path, {"axes": axes("y", "x")}, PIXELS[0, 0, 0], omero={"channels": [{"label": "GFP"}]})
    assert facts_of(path).channels == (Channel("GFP"),)


def test_labels_come_after_the_image(path: Path) -> None:
    write_image(path, {"axes": axes("y", "x")}, PIXELS[0, 0, 0])
    zarr.open_group(str(path / "labels"), zarr_format=2).attrs["labels"] = ["b", "a"]
    for name, value in (("a", 3), ("b", 4)):
        write_image(path / "labels" / name, {"axes": axes("y", "x")}, np.full((5, 6), value, np.uint8))
    assert facts_of(path).scenes == ("image", "labels/b", "labels/a")
    assert (read(path, 1) == 4).all()
    assert (read(path, 2) == 3).all()


@pytest.fixture
def plate(path: Path) -> Path:
    """Return a plate with wells A/2 and B/10, of two fields each; A/2/0 has labels."""
    wells = [{"path": "A/2"}, {"path": "B/10"}]
    zarr.open_group(str(path), mode="w", zarr_format=2).attrs["plate"] = {"wells": wells}
    for number, well in enumerate(wells):
        group = zarr.open_group(str(path / well["path"]), mode="w", zarr_format=2)
        group.attrs["well"] = {"images": [{"path": "0"}, {"path": "1"}]}
        for field in range(2):
            pixels = np.full((5, 6), 10 * number + field + 1, np.uint8)
            write_image(path / well["path"] / str(field), {"axes": axes("y", "x")}, pixels)
    labels = path / "A/2/0/labels"
    zarr.open_group(str(labels), zarr_format=2).attrs["labels"] = ["nuclei"]
    write_image(labels / "nuclei", {"axes": axes("y", "x")}, np.full((5, 6), 77, np.uint8))
    return path


def test_a_plate(plate: Path) -> None:
    scenes = facts_of(plate).scenes
    assert scenes == ("A/2/0", "A/2/1", "B/10/0", "B/10/1", "A/2/0/labels/nuclei")
    assert [int(read(plate, number).max()) for number in range(5)] == [1, 2, 11, 12, 77]


def test_what_a_plate_names_and_is_not_there_is_an_error_of_its_own(plate: Path) -> None:
    shutil.rmtree(plate / "B/10/1")
    (plate / "B/10/0/.zattrs").write_text("{")
    scenes = facts_of(plate).scenes
    assert scenes[:4] == ("A/2/0", "A/2/1", "B/10/0", "B/10/1")
    for number, code in ((2, "MIFA202"), (3, "MIFA203")):
        with pytest.raises(MifaError, match=code) as caught:
            ZarrReader().open(plate, scene=number)
        assert str(plate / scenes[number]) in str(caught.value.finding.place)
    assert (read(plate, 1) == 2).all()


def test_a_well_that_is_gone_stands_for_its_images(plate: Path) -> None:
    shutil.rmtree(plate / "B")
    assert facts_of(plate).scenes == ("A/2/0", "A/2/1", "B/10", "A/2/0/labels/nuclei")
    with pytest.raises(MifaError, match="MIFA203: should be there by the metadata, and is not"):
        ZarrReader().open(plate, scene=2)


def test_what_is_named_twice_is_one_image(plate: Path) -> None:
    attributes = json.loads((plate / ".zattrs").read_text())
    attributes["plate"]["wells"] *= 2
    (plate / ".zattrs").write_text(json.dumps(attributes))
    assert len(facts_of(plate).scenes) == 5


def test_the_registry_knows_folders(path: Path) -> None:
    write_image(path, {"axes": axes("y", "x")}, PIXELS[0, 0, 0])
    with open_image(path) as image:
        assert image.facts.shape == (1, 5, 6)


@pytest.mark.parametrize("listed", [True, False])
def test_a_series_of_bioformats2raw(path: Path, listed: bool) -> None:
    zarr.open_group(str(path), mode="w", zarr_format=2).attrs["bioformats2raw.layout"] = 3
    for number in (0, 2, 10):
        write_image(path / str(number), {"axes": axes("y", "x")}, np.full((5, 6), number + 1, np.uint8))
    series = zarr.open_group(str(path / "OME"), zarr_format=2)
    (path / "OME" / "METADATA.ome.xml").write_text("<OME/>")
    if listed:
        series.attrs["series"] = ["10", "0"]
    expected = ("10", "0") if listed else ("0", "2", "10")
    assert facts_of(path).scenes == expected
    assert (read(path) == int(expected[0]) + 1).all()


def test_one_image_in_a_series_has_no_name(path: Path) -> None:
    zarr.open_group(str(path), mode="w", zarr_format=2).attrs["bioformats2raw.layout"] = 3
    write_image(path / "0", {"axes": axes("y", "x")}, PIXELS[0, 0, 0])
    assert facts_of(path).scenes == ()


def test_several_multiscales_are_told(path: Path) -> None:
    write_image(path, {"axes": axes("y", "x")}, PIXELS[0, 0, 0])
    attributes = json.loads((path / ".zattrs").read_text())
    attributes["multiscales"] *= 2
    (path / ".zattrs").write_text(json.dumps(attributes))
    assert [finding.code for finding in facts_of(path).findings] == ["MIFA205", "MIFA215"]


def test_tables_and_lists_are_no_images(path: Path) -> None:
    """As in SpatialData: images, labels, and tables of AnnData."""
    zarr.open_group(str(path), mode="w")
    zarr.open_group(str(path / "images"), mode="w")
    write_image(path / "images" / "raw", {"axes": axes("y", "x")}, PIXELS[0, 0, 0], "0.5")
    zarr.open_group(str(path / "tables" / "table"), mode="w").attrs["encoding-type"] = "anndata"
    write_array(path / "tables" / "table" / "X", np.ones((4, 4)))
    write_array(path / "ids", np.arange(1, 9))
    (path / "points" / "points.parquet").mkdir(parents=True)
    (path / "points" / "points.parquet" / "part.0.parquet").write_bytes(b"PAR1")
    assert facts_of(path).scenes == ()
    np.testing.assert_array_equal(read(path), PIXELS[0, 0, :1])


@pytest.mark.parametrize("names", ["01", ("s0", "s1")])
def test_levels_that_nobody_describes_are_one_image(path: Path, names: tuple[str, str]) -> None:
    zarr.open_group(str(path), mode="w")
    for name, step in zip(names, (1, 2), strict=True):
        write_array(path / name, PIXELS[0, 0, 0, ::step, ::step])
    assert facts_of(path).scenes == ()
    np.testing.assert_array_equal(read(path), PIXELS[0, 0, :1])


def test_arrays_of_one_size_are_images_each(path: Path) -> None:
    zarr.open_group(str(path), mode="w")
    for name in ("0", "1"):
        write_array(path / name, PIXELS[0, 0, 0])
    assert facts_of(path).scenes == ("0", "1")


@pytest.mark.parametrize(
    ("attributes", "options", "native", "spacing"),
    [
        ({"element_size_um": [3, 2, 1]}, {}, "ZYX", {"z": 3, "y": 2, "x": 1}),
        ({"_ARRAY_DIMENSIONS": ["channel", "y", "x"]}, {"zarr_format": 2}, "CYX", {}),
        ({}, {"dimension_names": ["time", "y", "x"]}, "TYX", {}),
        ({"axis_names": ["z", "y", "x"], "resolution": [8, 4, 4], "units": ["nm"] * 3}, {}, "ZYX", {"z": 0.008}),
    ],
)
def test_plain_arrays_that_say_what_they_are(
    path: Path, attributes: Json, options: Json, native: str, spacing: dict[str, float]
) -> None:
    write_array(path, PIXELS[0, 0], attributes=attributes, **options)
    facts = facts_of(path)
    assert facts.native_axes == native
    assert {axis: facts.spacing[axis].value for axis in spacing} == spacing


def test_plain_arrays_that_do_not_are_asked_for(path: Path) -> None:
    write_array(path, PIXELS[0, 0])
    with pytest.raises(MifaError, match="MIFA206: has axes QYX of shape 4×5×6") as caught:
        ZarrReader().open(path)
    assert caught.value.finding.hint == "set axes: zyx in the sheet (or tyx, cyx)"
    np.testing.assert_array_equal(read(path, stated="tyx"), PIXELS[0, :1].swapaxes(0, 1))


def test_plantseg(real_data: Callable[[str], Path]) -> None:
    path = real_data("plantseg_ovule") / "3d.zarr"
    facts = facts_of(path)
    assert (facts.scenes, facts.axes, facts.shape) == (("raw", "raw_2"), "czyx", (1, 10, 10, 10))
    assert [facts.spacing[axis].value for axis in "zyx"] == [0.235, 0.15, 0.15]
    for number, name in enumerate(facts.scenes):
        np.testing.assert_array_equal(read(path, number)[0], zarr.open_array(path / name, mode="r")[:])


@pytest.mark.parametrize("dtype", ["bool", "int8", "<u2", ">u2", ">f4", "f2", "f8", "uint64"])
@pytest.mark.parametrize("version", [2, 3])
def test_types(path: Path, dtype: str, version: int) -> None:
    pixels = np.array([[0, 1, 2], [3, 4, 5]]).astype(dtype)
    write_array(path, pixels, zarr_format=version, config={"write_empty_chunks": True})
    expected = pixels.astype(np.uint8 if dtype == "bool" else pixels.dtype.newbyteorder("="))
    np.testing.assert_array_equal(read(path)[0], expected, strict=True)


@pytest.mark.parametrize("separator", [".", "/"])
@pytest.mark.parametrize("encoding", ["v2", "default"])
def test_names_of_chunks(path: Path, encoding: str, separator: str) -> None:
    """All of which version 3 allows; chunks of another naming would be missing."""
    write_array(path, PIXELS[0, 0, 0], chunk_key_encoding={"name": encoding, "separator": separator})
    assert [finding.code for finding in facts_of(path).findings] == ["MIFA205"]
    np.testing.assert_array_equal(read(path)[0], PIXELS[0, 0, 0])


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ((1, 1, 5, 6), (False, True, False)),
        ((3, 1, 5, 3), (True, False, False)),
        ((1, 1, 2, 2), (False, False, False)),
        ((3, 4, 5, 6), (True, True, True)),
        ((9, 9, 9, 9), (True, True, True)),
    ],
)
def test_what_a_read_costs(path: Path, chunks: tuple[int, ...], expected: tuple[bool, ...]) -> None:
    write_array(path, PIXELS[0], chunks=chunks, dimension_names=list("czyx"))
    facts = facts_of(path)
    assert (facts.interleaved, facts.whole_rows, facts.whole) == expected
