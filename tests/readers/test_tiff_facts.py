"""What TIFF files say about themselves; values read by hand from their XML, tags and dialogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from mifakit.errors import MifaError
from mifakit.readers.base import Channel, ImageFacts, Spacing
from mifakit.readers.tiff.reader import TiffReader

RGB = (Channel("Red", "FF0000"), Channel("Green", "00FF00"), Channel("Blue", "0000FF"))
GREY = np.arange(48, dtype=np.uint8).reshape(6, 8)

RealFile = Callable[[str], Path]


def facts_of(path: Path, axes: str | None = None) -> ImageFacts:
    with TiffReader().open(path, axes) as image:
        return image.facts


def micrometers(facts: ImageFacts) -> dict[str, float]:
    assert all(facts.spacing[axis].unit == "micrometer" for axis in facts.spacing if axis != "t")
    return {axis: spacing.value for axis, spacing in facts.spacing.items()}


def codes(facts: ImageFacts) -> list[str]:
    return [finding.code for finding in facts.findings]


# Real files


def test_imagej_hyperstack(real_file: RealFile) -> None:
    facts = facts_of(real_file("neubias/xyzc_16bit__dna_conf_wf.tif"))
    assert (facts.axes, facts.shape, facts.native_axes) == ("czyx", (2, 45, 130, 133), "ZCYX")
    assert facts.dtype == np.uint16
    # unit=micron, spacing=0.4994126016284111, XResolution=YResolution=1953591/1000000
    assert micrometers(facts) == {"z": 0.4994126016284111, "y": 1000000 / 1953591, "x": 1000000 / 1953591}
    assert facts.channels == (Channel(None, "FF00FF"), Channel(None, "00FF00"))
    assert (facts.interleaved, facts.has_alpha, facts.findings) == (False, False, ())


def test_imagej_movie(real_file: RealFile) -> None:
    facts = facts_of(real_file("neubias/xyt_calibrated_16bit__golgi_bfa_sum_projection.tif"))
    assert (facts.axes, facts.shape, facts.dtype) == ("tcyx", (30, 1, 137, 147), np.float32)
    assert facts.spacing["t"] == Spacing(59.86, "second")
    assert "z" not in facts.spacing  # spacing=0.3876 is there, but no z
    assert facts.spacing["x"].value == 1000000 / 2845474


def test_imagej_colour(real_file: RealFile) -> None:
    facts = facts_of(real_file("neubias/xyc_16bit__hela-cells.tif"))
    assert (facts.axes, facts.shape, facts.native_axes) == ("cyx", (3, 512, 672), "YXS")
    assert (facts.channels, facts.interleaved, facts.has_alpha) == (RGB, True, False)
    assert facts.dtype == np.uint16
    assert facts.spacing["y"].value == 1000000 / 19420064  # unit=\u00B5m, escaped


def test_imagej_channels(real_file: RealFile) -> None:
    facts = facts_of(real_file("neubias/xyc_16bit__cell_dna_mts_actin.tif"))
    assert (facts.axes, facts.shape) == ("cyx", (3, 350, 350))
    assert [channel.color for channel in facts.channels] == ["00FFFF", "FF00FF", "FFFF00"]


def test_imagej_without_calibration(real_file: RealFile) -> None:
    facts = facts_of(real_file("lif/expected-outputs/c0t0.tif"))  # unit=pixel
    assert (facts.shape, dict(facts.spacing), codes(facts)) == ((1, 128, 128), {}, ["MIFA205"])
    assert "pixel" in facts.findings[0].message


@pytest.mark.parametrize(
    ("name", "axes", "shape"),
    [
        ("cells-2c.ome.tif", "cyx", (2, 131, 93)),
        ("cells-2t.ome.tif", "tcyx", (2, 1, 131, 93)),
        ("cells-2z.ome.tif", "czyx", (1, 2, 131, 93)),
    ],
)
def test_ome_palette_images_keep_their_indices(
    real_file: RealFile, name: str, axes: str, shape: tuple[int, ...]
) -> None:
    facts = facts_of(real_file(f"ome_tiff/{name}"))
    assert (facts.axes, facts.shape, facts.dtype) == (axes, shape, np.uint8)
    # PhysicalSizeX=PhysicalSizeY="0.25" µm, PhysicalSizeZ="1.0" µm, TimeIncrement="0.0": none
    expected = {"y": 0.25, "x": 0.25} | ({"z": 1.0} if "z" in axes else {})
    assert micrometers(facts) == expected
    assert (facts.channels, facts.findings) == ((), ())


def test_ome_planar_colour(real_file: RealFile) -> None:
    facts = facts_of(real_file("ome_tiff/test_image.ome.tif"))
    assert (facts.axes, facts.shape, facts.native_axes) == ("cyx", (3, 513, 639), "SYX")
    assert (facts.channels, facts.interleaved) == (RGB, False)
    assert micrometers(facts) == {"y": 1.0, "x": 1.0}


def test_a_screen_resolution_is_no_pixel_size(real_file: RealFile) -> None:
    folder = "kromp_nuclear/dataset_singlecellgroundtruth/Ganglioneuroma/images"
    facts = facts_of(real_file(f"{folder}/Ganglioneuroma_4.tif"))
    assert (facts.shape, facts.channels, facts.interleaved) == ((3, 914, 1225), RGB, True)
    assert (dict(facts.spacing), codes(facts)) == ({}, ["MIFA205"])
    assert "96 dpi" in facts.findings[0].message
    assert facts.findings[0].place is not None
    assert facts.findings[0].place.path.endswith("Ganglioneuroma_4.tif")


def test_alpha(real_file: RealFile) -> None:
    facts = facts_of(real_file("omnipose_bacteria/Sample000306.tiff"))
    assert (facts.shape, facts.has_alpha, facts.interleaved) == ((4, 396, 390), True, True)
    assert facts.channels == (*RGB, Channel("Alpha"))


# Written files


def write(path: Path, pixels: np.ndarray[Any, Any] = GREY, **options: Any) -> Path:
    tifffile.imwrite(path, pixels, **options)
    return path


@pytest.mark.parametrize(
    ("unit", "x", "y", "spacing"),
    [
        ("CENTIMETER", 40_000, 20_000, {"y": 0.5, "x": 0.25}),
        ("CENTIMETER", 40_000, 28, {"x": 0.25}),
        ("INCH", 300, 254_000, {"y": 0.1}),
        ("INCH", 72, 72, {}),
        ("NONE", 40_000, 40_000, {}),
    ],
)
def test_resolution_tags_are_read_one_by_one(
    tmp_path: Path, unit: str, x: float, y: float, spacing: dict[str, float]
) -> None:
    facts = facts_of(write(tmp_path / "a.tif", resolution=(x, y), resolutionunit=unit, metadata=None))
    assert micrometers(facts) == pytest.approx(spacing)
    assert codes(facts) == ([] if len(spacing) == 2 else ["MIFA205"])


@pytest.mark.parametrize(
    ("metadata", "resolution", "expected"),
    [
        ({"unit": "um"}, (4, 8), {"y": 0.125, "x": 0.25}),
        ({"unit": "nm"}, (0.01, 0.02), {"y": 0.05, "x": 0.1}),
        ({"unit": "mm", "yunit": "um"}, (4000, 8), {"y": 0.125, "x": 0.25}),
        ({"unit": "inch"}, (72, 72), {}),
        ({"unit": "pixel"}, (1, 1), {}),
        ({}, (1, 1), {}),
    ],
)
def test_imagej_units(
    tmp_path: Path, metadata: dict[str, str], resolution: tuple[float, float], expected: dict[str, float]
) -> None:
    path = write(tmp_path / "a.tif", imagej=True, resolution=resolution, metadata=metadata)
    facts = facts_of(path)
    assert micrometers(facts) == pytest.approx(expected)
    assert codes(facts) == ([] if expected else ["MIFA205"])


def test_imagej_time_and_depth(tmp_path: Path) -> None:
    stack = np.zeros((3, 4, 6, 8), np.uint8)
    metadata = {"axes": "TZYX", "unit": "um", "spacing": 0.7, "finterval": 250, "tunit": "ms"}
    facts = facts_of(write(tmp_path / "a.tif", stack, imagej=True, resolution=(2, 2), metadata=metadata))
    assert facts.spacing["z"] == Spacing(0.7, "micrometer")
    assert facts.spacing["t"] == Spacing(0.25, "second")
    metadata |= {"finterval": 0, "spacing": -1.0}
    facts = facts_of(write(tmp_path / "b.tif", stack, imagej=True, resolution=(2, 2), metadata=metadata))
    assert set(facts.spacing) == {"y", "x"}
    assert "along z: -1 um" in facts.findings[0].message


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["DAPI", "GFP"] * 3, ["DAPI", "GFP"]),
        ([f"c:{c}/2 z:{z}/3 - {name}" for z in "123" for c, name in ((1, "DAPI"), (2, "GFP"))], ["DAPI", "GFP"]),
        ([f"slice {k}" for k in range(6)], None),
        (["same", "same"] * 3, None),
        (["DAPI", "GFP"], None),
    ],
)
def test_imagej_labels_name_channels_only_when_they_are_theirs(
    tmp_path: Path, labels: list[str], names: list[str] | None
) -> None:
    stack = np.zeros((3, 2, 6, 8), np.uint8)
    path = write(tmp_path / "a.tif", stack, imagej=True, metadata={"axes": "ZCYX", "Labels": labels})
    assert facts_of(path).channels == tuple(Channel(name) for name in names or ())
    assert facts_of(path, "zcyx").channels == tuple(Channel(name) for name in names or ())
    assert facts_of(path, "tzyx").channels == ()  # the sheet says that it is no channel


def ome(path: Path, pixels: np.ndarray[Any, Any], **metadata: Any) -> ImageFacts:
    return facts_of(write(path, pixels, ome=True, metadata=metadata))


def test_ome_units_channels_and_time(tmp_path: Path) -> None:
    facts = ome(
        tmp_path / "a.ome.tif",
        np.zeros((3, 2, 6, 8), np.uint16),
        axes="TCYX",
        PhysicalSizeX=65,
        PhysicalSizeXUnit="nm",
        PhysicalSizeY=0.13,
        TimeIncrement=500,
        TimeIncrementUnit="ms",
        Channel={"Name": ["DAPI", "GFP"], "Color": [-16776961, 16711935]},
    )
    assert facts.spacing["x"] == Spacing(0.065, "micrometer")
    assert facts.spacing["y"] == Spacing(0.13, "micrometer")
    assert facts.spacing["t"] == Spacing(0.5, "second")
    # Signed 32-bit RGBA: -16776961 is FF0000FF, 16711935 is 00FF00FF.
    assert facts.channels == (Channel("DAPI", "FF0000"), Channel("GFP", "00FF00"))


@pytest.mark.parametrize(("size", "unit"), [(0, "µm"), (-1, "µm"), ("NaN", "µm"), (1, "pixel"), ("wide", "µm")])
def test_ome_sizes_that_are_none(tmp_path: Path, size: object, unit: str) -> None:
    facts = ome(tmp_path / "a.ome.tif", GREY, PhysicalSizeX=size, PhysicalSizeXUnit=unit, PhysicalSizeY=1)
    assert micrometers(facts) == {"y": 1.0}
    assert codes(facts) == ["MIFA205"]


def test_samples_with_and_without_alpha(tmp_path: Path) -> None:
    def samples(count: int, name: str, **options: Any) -> ImageFacts:
        return facts_of(write(tmp_path / name, np.zeros((6, 8, count), np.uint8), metadata=None, **options))

    assert samples(4, "a.tif", photometric="rgb", extrasamples=["unassalpha"]).has_alpha
    assert samples(4, "b.tif", photometric="rgb").has_alpha
    grey = samples(2, "c.tif", photometric="minisblack", planarconfig="contig", extrasamples=["assocalpha"])
    assert (grey.has_alpha, grey.channels, grey.shape) == (True, (), (2, 6, 8))
    more = samples(5, "d.tif", photometric="minisblack", planarconfig="contig")
    assert (more.has_alpha, more.channels, more.shape, more.interleaved) == (False, (), (5, 6, 8), True)


def test_pages_without_metadata_need_the_sheet(tmp_path: Path) -> None:
    stack = np.arange(5 * 48, dtype=np.uint8).reshape(5, 6, 8)
    path = write(tmp_path / "a.tif", stack, metadata=None)
    with pytest.raises(MifaError) as caught:
        facts_of(path)
    assert caught.value.code == "MIFA206"
    assert "IYX of shape 5×6×8" in caught.value.finding.message
    assert caught.value.finding.hint == "set axes: zyx in the sheet (or tyx, cyx)"
    with TiffReader().open(path, "zyx") as image:
        assert (image.facts.axes, image.facts.shape) == ("czyx", (1, 5, 6, 8))
        part = image.read((slice(0, 1), slice(1, 4), slice(0, 6), slice(2, 5)))
    np.testing.assert_array_equal(part[0], stack[1:4, :, 2:5])
    with pytest.raises(MifaError, match="MIFA206"):
        facts_of(path, "yx")


@pytest.mark.parametrize("dtype", [np.complex64, np.float16])
def test_types_that_images_cannot_have(tmp_path: Path, dtype: type) -> None:
    with pytest.raises(MifaError, match=f"MIFA202: has {np.dtype(dtype)} pixels") as caught:
        facts_of(write(tmp_path / "a.tif", np.zeros((6, 8), dtype), photometric="minisblack"))
    assert caught.value.finding.hint is not None
    assert "32-bit float" in caught.value.finding.hint
