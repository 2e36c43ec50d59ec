"""Display ranges: percentiles of what the coarsest level shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mifakit.ngff.display import _counted, display_windows, shared
from mifakit.ngff.metadata import Window


def test_percentiles_of_the_coarsest_level_by_channel(write: Any, tmp_path: Path) -> None:
    ramp = np.arange(100_000, dtype=np.float32).reshape(1, 250, 400)
    pixels = np.concatenate([ramp, ramp * 2 - 50])
    pixels[0, 0, :2] = np.nan, np.inf
    image, _ = write(tmp_path / "a", "cyx", pixels)
    for window, low, high in zip(display_windows(image), (102, 150), (99_899, 199_748), strict=True):
        assert window.start == pytest.approx(low, abs=3)
        assert window.end == pytest.approx(high, abs=3)
    image, _ = write(tmp_path / "b", "cyx", np.tile([0, 100], (1, 40, 20)).astype("u1"), [(1, 2, 2)])
    assert [(window.start, window.end) for window in display_windows(image)] == [(50, 51)]


@pytest.mark.parametrize(("axes", "shape"), [("tcyx", (2, 1, 1, 1)), ("czyx", (1, 2, 1, 1))])
def test_all_time_points_and_planes_are_looked_at(write: Any, tmp_path: Path, axes: str, shape: tuple) -> None:
    values = np.array([10, 500], np.uint16).reshape(shape)
    image, _ = write(tmp_path, axes, values * np.ones((30, 30), np.uint16))
    assert [(window.start, window.end) for window in display_windows(image)] == [(10, 500)]


@pytest.mark.parametrize("value", [0, 7, 2**60])
def test_a_flat_image_has_a_window_that_is_not_empty(write: Any, tmp_path: Path, value: int) -> None:
    image, _ = write(tmp_path, "cyx", np.full((1, 4, 5), value, np.uint64))
    (window,) = display_windows(image)
    assert window.end > window.start == value


def test_an_image_without_a_finite_pixel_has_a_window(write: Any, tmp_path: Path) -> None:
    image, _ = write(tmp_path, "cyx", np.full((1, 4, 5), np.nan, np.float32))
    (window,) = display_windows(image)
    assert (window.start, window.end) == (0, 1)


@pytest.mark.parametrize("dtype", ["bool", "int8", "float16", "float64"])
def test_windows_of_noise_are_finite(write: Any, noise: Any, tmp_path: Path, dtype: str) -> None:
    image, _ = write(tmp_path, "cyx", noise((3, 40, 40), dtype))
    for window in display_windows(image):
        assert np.isfinite([window.start, window.end]).all()
        assert window.start < window.end


def test_a_long_deep_movie_is_sampled_over_time_and_depth(write: Any, tmp_path: Path) -> None:
    """Brightness may drift over time, and fade with depth."""
    pixels = np.zeros((40, 1, 80, 2, 2), np.uint16)
    pixels += np.arange(40, dtype=np.uint16).reshape(-1, 1, 1, 1, 1) * 100
    image, _ = write(tmp_path / "time", "tczyx", pixels)
    (window,) = display_windows(image)
    assert window.end >= 3000
    image, _ = write(tmp_path / "depth", "tczyx", pixels.transpose(2, 1, 0, 3, 4).copy())
    (window,) = display_windows(image)
    assert window.end >= 3000


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("size", [1, 2, 3, 500, 501, 1500, 2501, 65536])
def test_counting_finds_what_ranking_finds(noise: Any, dtype: str, size: int) -> None:
    values = noise((size,), dtype) // 3
    np.testing.assert_array_equal(_counted(values), np.percentile(values, (0.1, 99.9), method="nearest"))


def test_colours_of_a_picture_share_a_range_from_black() -> None:
    assert shared((Window(50, 240), Window(20, 250), Window(90, 190))) == (Window(0, 250),) * 3
