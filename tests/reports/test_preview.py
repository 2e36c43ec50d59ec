"""Previews: window, colours and outlines pixel by pixel, and the files as Pillow reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mifakit.dataset.dataset import open_dataset
from mifakit.dataset.manifest import LabelRow, SampleRow, write_manifest
from mifakit.ngff.levels import downsample_mean, downsample_mode
from mifakit.ngff.metadata import Window, image_group, label_color, multiscales, omero
from mifakit.ngff.store import write_group
from mifakit.ngff.writing import write_multiscale
from mifakit.readers.base import Channel
from mifakit.reports.preview import LONGEST_SIDE, outline, render, write_previews


def channel(color: str, start: float, end: float) -> dict[str, Any]:
    return {"color": color, "window": {"start": start, "end": end, "min": 0, "max": 1}}


def test_the_window_maps_to_black_and_full_colour() -> None:
    plane = np.array([[[0, 100, 150, 200, 255]]], np.uint8)
    picture = render(plane, [channel("FFFFFF", 100, 200)])
    assert picture.dtype == np.uint8
    assert picture[0, :, 0].tolist() == [0, 0, 128, 255, 255]
    assert render(plane, [channel("FF8000", 100, 200)])[0, 4].tolist() == [255, 128, 0]


def test_channels_add_up_and_saturate() -> None:
    plane = np.array([[[0, 1, 1, 1]], [[1, 0, 1, 0.5]]])
    picture = render(plane, [channel("FF00FF", 0, 1), channel("FFFF00", 0, 1)])
    assert picture[0].tolist() == [[255, 255, 0], [255, 0, 255], [255, 255, 255], [255, 128, 255]]


def test_what_is_no_number_is_black_and_infinity_is_the_brightest() -> None:
    plane = np.array([[[np.nan, -np.inf, np.inf, 0.5]]], np.float32)
    assert render(plane, [channel("FFFFFF", 0, 1)])[0, :, 1].tolist() == [0, 0, 255, 128]


@pytest.mark.parametrize("dtype", ["bool", "int16", "uint64", "float16"])
def test_every_type_is_shown(dtype: str) -> None:
    plane = np.array([[[0, 1]]], dtype)
    assert render(plane, [channel("FFFFFF", 0, 1)])[0, :, 2].tolist() == [0, 255]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_outlines_pixel_by_pixel(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 6))
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    labels = random.choice(np.array([0, 0, 1, 2, 70_000], np.uint32), (height, width))
    picture = random.integers(0, 256, (height, width, 3)).astype(np.uint8)
    found = outline(picture, labels)
    assert found.dtype == np.uint8
    for y, x in np.ndindex(height, width):
        own = labels[y, x]
        around = [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
        edge = any(labels[p] != own for p in around if 0 <= p[0] < height and 0 <= p[1] < width)
        weight = (0.9 if edge else 0.25) if own else 0.0
        expected = picture[y, x] * (1 - weight) + np.array(label_color(int(own))[:3]) * weight
        np.testing.assert_allclose(found[y, x], expected, atol=0.51)


def make(folder: Path, axes: str, pixels: np.ndarray, labels: np.ndarray | None, steps: list[tuple[int, ...]]) -> Any:
    class Source:
        interleaved = False

        def __init__(self, axes: str, array: np.ndarray) -> None:
            self.axes, self.shape, self.dtype, self.array = axes, array.shape, array.dtype, array

        def read(self, region: tuple[slice, ...]) -> np.ndarray:
            return self.array[region]

    image = folder / "images" / "s.ome.zarr"
    write_multiscale(image, Source(axes, pixels), steps, downsample_mean)
    channels = pixels.shape[axes.index("c")]
    display = omero([Channel(color="FF0000")] * channels, [Window(0, 100)] * channels, pixels.dtype)
    write_group(image, image_group(multiscales("s", axes, {}, steps, "mean"), display))
    rows = {}
    if labels is not None:
        place = axes.index("c")
        flat = [step[:place] + step[place + 1 :] for step in steps]
        write_multiscale(image / "labels" / "nuclei", Source(axes.replace("c", ""), labels), flat, downsample_mode)
        rows["nuclei"] = LabelRow("images/s.ome.zarr/labels/nuclei", 1, "uint8", "0" * 64, ("m.tif",))
    row = SampleRow("s", "images/s.ome.zarr", "c", axes, pixels.shape, pixels.dtype.name, ("a",) * channels, "s.tif",
                    "0" * 64, "0" * 64, labels=rows)  # fmt: skip
    write_manifest(folder, [row], list(rows))
    return open_dataset(folder)


def shown(folder: Path, name: str) -> np.ndarray:
    with Image.open(folder / "previews" / name) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture)


def test_a_small_image_is_shown_pixel_by_pixel(tmp_path: Path) -> None:
    pixels = np.zeros((1, 20, 30), np.uint8)
    pixels[0, 5:10, 5:10] = 100
    labels = np.zeros((20, 30), np.uint8)
    labels[5:10, 5:10] = 3
    written = write_previews(make(tmp_path, "cyx", pixels, labels, []))
    assert sorted(written) == ["previews/nuclei/s.png", "previews/s.png"]
    picture = shown(tmp_path, "s.png")
    np.testing.assert_array_equal(picture[..., 0], np.where(pixels[0], 255, 0))
    assert not picture[..., 1:].any()
    np.testing.assert_array_equal(shown(tmp_path, "nuclei/s.png"), outline(picture, labels))


def test_the_middle_plane_of_the_first_time_point_is_shown(tmp_path: Path) -> None:
    pixels = np.zeros((2, 1, 5, 8, 8), np.uint8)
    pixels[0, 0, 2], pixels[0, 0, 1], pixels[1, 0, 2] = 100, 20, 40
    labels = np.zeros((2, 5, 8, 8), np.uint8)
    labels[0, 2, :4] = 1
    write_previews(make(tmp_path, "tczyx", pixels, labels, []))
    assert (shown(tmp_path, "s.png")[..., 0] == 255).all()
    annotated = shown(tmp_path, "nuclei/s.png")
    assert (annotated[4:, :, 0] == 255).all()
    assert (annotated[:4, :, 1] != 0).any()


def test_the_picture_is_small_and_keeps_its_shape(tmp_path: Path) -> None:
    pixels = np.full((1, 1300, 650), 100, np.uint8)
    write_previews(make(tmp_path, "cyx", pixels, None, [(1, 2, 2), (1, 2, 2)]))
    picture = shown(tmp_path, "s.png")
    assert picture.shape == (LONGEST_SIDE, LONGEST_SIDE // 2, 3)
    assert (picture[..., 0] == 255).all()


def test_the_coarsest_level_that_fills_the_picture_is_read(tmp_path: Path) -> None:
    pixels = np.full((1, 1200, 40), 100, np.uint8)
    dataset = make(tmp_path, "cyx", pixels, None, [(1, 2, 2), (1, 2, 2)])
    for other in ("0", "2"):  # broken: reading them would raise
        (tmp_path / "images" / "s.ome.zarr" / other / "c").rename(tmp_path / f"gone{other}")
    write_previews(dataset)
    assert (shown(tmp_path, "s.png")[..., 0] == 255).all()


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 200, (2, 600, 50)).astype(np.uint8)
    dataset = make(tmp_path, "cyx", pixels, pixels[0] % 3, [(1, 2, 2)])
    write_previews(dataset)
    first = {path: path.read_bytes() for path in (tmp_path / "previews").rglob("*.png")}
    assert len(first) == 2
    write_previews(dataset)
    assert {path: path.read_bytes() for path in first} == first
