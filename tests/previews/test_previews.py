"""Previews: window, colours and outlines pixel by pixel, and the JPEGs as Pillow reads them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mifakit.ngff.chunks import choose_grid
from mifakit.ngff.levels import downsample_mean, downsample_mode
from mifakit.ngff.metadata import label_color
from mifakit.ngff.pyramid import cut
from mifakit.ngff.storage import Storage
from mifakit.ngff.writing import Multiscale, write_multiscale
from mifakit.previews.picture import LONGEST_SIDE, outline, render
from mifakit.previews.sample import Drawing, write_previews

JPEG_ERROR = 12
"""How far a pixel may be off where colours are flat; chroma is not thinned out."""


def channel(color: str, start: float, end: float) -> dict[str, Any]:
    return {"color": color, "window": {"start": start, "end": end, "min": 0, "max": 1}}


def test_the_window_maps_to_black_and_full_colour() -> None:
    plane = np.array([[[0, 100, 150, 200, 255]]], np.uint8)
    picture = render(plane, [channel("FFFFFF", 100, 200)])
    assert picture.dtype == np.uint8
    assert picture[0, :, 0].tolist() == [0, 0, 128, 255, 255]
    assert render(plane, [channel("FF8000", 100, 200)])[0, 4].tolist() == [255, 128, 0]


def test_a_signalling_nan_is_black_without_a_warning() -> None:
    plane = np.array([[[0x7F800001]]], np.uint32).view(np.float32)
    assert not render(plane, [channel("FFFFFF", 0, 1)]).any()


def test_channels_add_up_and_saturate() -> None:
    plane = np.array([[[0, 1, 1, 1]], [[1, 0, 1, 0.5]]])
    picture = render(plane, [channel("FF00FF", 0, 1), channel("FFFF00", 0, 1)])
    assert picture[0].tolist() == [[255, 255, 0], [255, 0, 255], [255, 255, 255], [255, 128, 255]]


def test_what_is_no_number_is_black_and_infinity_is_the_brightest() -> None:
    plane = np.array([[[np.nan, -np.inf, np.inf, 0.5]]], np.float32)
    assert render(plane, [channel("FFFFFF", 0, 1)])[0, :, 0].tolist() == [0, 0, 255, 128]


@pytest.mark.parametrize("dtype", ["bool", "int16", "uint64", "float16"])
def test_every_type_is_shown(dtype: str) -> None:
    plane = np.array([[[0, 1]]], dtype)
    assert render(plane, [channel("FFFFFF", 0, 1)])[0, :, 0].tolist() == [0, 255]


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


def written(folder: Path, axes: str, array: np.ndarray, steps: list[tuple[int, ...]]) -> Multiscale:
    """Write pixels, and open them anew: nothing is remembered."""

    class Source:
        shape, dtype = array.shape, array.dtype

        def read(self, region: tuple[slice, ...]) -> np.ndarray:
            return array[region]

    grid = choose_grid(axes, array.shape, array.dtype)
    pyramid = cut(axes, array.shape, array.dtype, steps, grid, together=1, block_bytes=2**24)
    write_multiscale(
        Multiscale(folder, pyramid, Storage()), Source(), downsample_mean if "c" in axes else downsample_mode
    )
    return Multiscale(folder, pyramid, Storage())


def preview(
    folder: Path, axes: str, pixels: np.ndarray, labels: np.ndarray | None = None, steps: Any = ()
) -> dict[str, str]:
    """Write the previews of a sample of red channels."""
    image, sets = written(folder / "image", axes, pixels, list(steps)), {}
    if labels is not None:
        place = axes.index("c")
        flat = [step[:place] + step[place + 1 :] for step in steps]
        sets["nuclei"] = written(folder / "image" / "labels" / "nuclei", axes.replace("c", ""), labels, flat)
    channels = [channel("FF0000", 0, 100)] * pixels.shape[axes.index("c")]
    return write_previews(folder, "s", image, channels, {name: [one] for name, one in sets.items()}, {})


def shown(folder: Path, name: str) -> np.ndarray:
    with Image.open(folder / "previews" / name) as picture:
        assert (picture.format, picture.mode) == ("JPEG", "RGB")
        return np.asarray(picture).astype(int)


def test_a_small_image_is_shown_pixel_by_pixel(tmp_path: Path) -> None:
    pixels, labels = np.zeros((1, 24, 32), np.uint8), np.zeros((24, 32), np.uint8)
    pixels[0, 8:16, 8:16], labels[8:16, 16:24] = 100, 3
    paths = preview(tmp_path, "cyx", pixels, labels)
    assert sorted(paths) == ["previews/nuclei/s.jpg", "previews/s.jpg"]
    picture = render(pixels, [channel("FF0000", 0, 100)])
    assert picture.max() == 255
    np.testing.assert_allclose(shown(tmp_path, "s.jpg"), picture, atol=JPEG_ERROR)
    found, expected = shown(tmp_path, "nuclei/s.jpg"), outline(picture, labels)
    np.testing.assert_allclose(found[:, :16], expected[:, :16], atol=JPEG_ERROR)
    np.testing.assert_allclose(found[8:16, 16:24].mean((0, 1)), expected[8:16, 16:24].mean((0, 1)), atol=JPEG_ERROR)


def test_a_white_channel_is_shown_in_grey_and_its_objects_in_colours(tmp_path: Path) -> None:
    pixels = np.tile(np.arange(0, 200, 4, dtype=np.uint8), (1, 40, 1))
    labels = np.zeros((40, 50), np.uint8)
    labels[8:32, 8:32] = 7
    image = written(tmp_path / "image", "cyx", pixels, [])
    nuclei = written(tmp_path / "image" / "labels" / "nuclei", "yx", labels, [])
    digests = write_previews(tmp_path, "s", image, [channel("FFFFFF", 0, 200)], {"nuclei": [nuclei]}, {})
    assert digests == {path: sha256((tmp_path / path).read_bytes()).hexdigest() for path in digests}
    with Image.open(tmp_path / "previews" / "s.jpg") as picture:
        assert (picture.format, picture.mode) == ("JPEG", "L")
        grey = np.asarray(picture).astype(int)
    np.testing.assert_allclose(grey, pixels[0] * (255 / 200), atol=JPEG_ERROR)
    found = shown(tmp_path, "nuclei/s.jpg")
    np.testing.assert_allclose(found[:4], np.repeat(grey[:4, :, None], 3, axis=2), atol=JPEG_ERROR)
    inside = grey[16:24, 16:24, None] * 0.75 + np.array(label_color(7)[:3]) * 0.25
    np.testing.assert_allclose(found[16:24, 16:24], inside, atol=JPEG_ERROR)


def test_what_cannot_be_seen_has_no_picture_of_its_own(tmp_path: Path) -> None:
    image = written(tmp_path / "image", "cyx", np.zeros((1, 8, 8), np.uint8), [])
    point = Drawing(points=np.array([[4.5, 4.5]]))
    drawings = {"counts": Drawing(), "points": point}
    paths = write_previews(tmp_path, "s", image, [channel("FFFFFF", 0, 200)], {"counts": []}, drawings)
    assert list(paths) == ["previews/s.jpg", "previews/points/s.jpg"]


def test_a_large_grey_picture_is_made_smaller(tmp_path: Path) -> None:
    image = written(tmp_path / "image", "cyx", np.full((1, 700, 350), 100, np.uint8), [])
    write_previews(tmp_path, "s", image, [channel("FFFFFF", 0, 200)], {}, {})
    with Image.open(tmp_path / "previews" / "s.jpg") as picture:
        assert (picture.mode, picture.size) == ("L", (LONGEST_SIDE // 2, LONGEST_SIDE))
        np.testing.assert_allclose(np.asarray(picture).astype(int), 128, atol=2)


def test_the_middle_plane_of_the_first_time_point_is_shown(tmp_path: Path) -> None:
    pixels = np.zeros((2, 1, 5, 16, 8), np.uint8)
    pixels[0, 0, 2], pixels[0, 0, 1], pixels[1, 0, 2] = 100, 20, 40
    labels = np.zeros((2, 5, 16, 8), np.uint8)
    labels[0, 2, :8] = 1
    preview(tmp_path, "tczyx", pixels, labels)
    red = np.broadcast_to([255, 0, 0], (8, 8, 3))
    np.testing.assert_allclose(shown(tmp_path, "s.jpg"), np.concatenate([red, red]), atol=JPEG_ERROR)
    annotated = shown(tmp_path, "nuclei/s.jpg")
    np.testing.assert_allclose(annotated[8:], red, atol=JPEG_ERROR)
    assert (np.abs(annotated[:8] - red).max(2) > 40).all()


def test_the_picture_is_small_and_keeps_its_shape(tmp_path: Path) -> None:
    pixels = np.full((1, 1300, 650), 100, np.uint8)
    preview(tmp_path, "cyx", pixels, None, [(1, 2, 2), (1, 2, 2)])
    picture = shown(tmp_path, "s.jpg")
    assert picture.shape == (LONGEST_SIDE, LONGEST_SIDE // 2, 3)
    np.testing.assert_allclose(picture, np.broadcast_to([255, 0, 0], picture.shape), atol=JPEG_ERROR)


def test_the_coarsest_level_that_fills_the_picture_is_read(tmp_path: Path) -> None:
    image = written(tmp_path / "image", "cyx", np.full((1, 1200, 40), 100, np.uint8), [(1, 2, 2), (1, 2, 2)])
    for other in ("0", "2"):  # they would be read as black
        (tmp_path / "image" / other / "c").rename(tmp_path / f"gone{other}")
    write_previews(tmp_path, "s", image, [channel("FF0000", 0, 100)], {}, {})
    assert (shown(tmp_path, "s.jpg")[..., 0] > 255 - JPEG_ERROR).all()


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 200, (2, 600, 50)).astype(np.uint8)
    found = []
    for run in "ab":
        paths = preview(tmp_path / run, "cyx", pixels, pixels[0] % 3, [(1, 2, 2)])
        found.append([(tmp_path / run / path).read_bytes() for path in paths])
    assert len(found[0]) == 2
    assert found[0] == found[1]
