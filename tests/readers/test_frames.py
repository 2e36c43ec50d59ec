"""Frames of a library become regions; what it gives is held to what the header said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mifakit.readers.base import Region
from mifakit.readers.frames import Frames

PIXELS = np.arange(2 * 3 * 4 * 5, dtype=np.uint16).reshape(2, 3, 4, 5)
ALL = tuple(slice(0, length) for length in PIXELS.shape)


def frame(index: tuple[int, ...], region: Region) -> np.ndarray[Any, Any]:
    return PIXELS[index][region]


@pytest.mark.parametrize("counted", range(5))
def test_a_region_is_put_together_from_parts_of_frames(counted: int) -> None:
    region = (slice(0, 2), slice(1, 3), slice(1, 2), slice(0, 5))
    found = Frames(counted, PIXELS.dtype, frame).take(region)
    np.testing.assert_array_equal(found, PIXELS[region], strict=True)


def test_only_the_frames_of_a_region_are_read() -> None:
    asked = []

    def noted(index: tuple[int, ...], region: Region) -> np.ndarray[Any, Any]:
        asked.append(index)
        return frame(index, region)

    Frames(2, PIXELS.dtype, noted).take((slice(1, 2), slice(0, 2), *ALL[2:]))
    assert asked == [(1, 0), (1, 1)]


@pytest.mark.parametrize(
    "given", [PIXELS[0, 0, :1], PIXELS[0, 0].astype(np.float32)], ids=["a-row-that-would-spread", "type"]
)
def test_other_pixels_than_promised_are_refused(given: np.ndarray[Any, Any]) -> None:
    with pytest.raises(ValueError, match="which the header does not say"):
        Frames(2, PIXELS.dtype, lambda _, __: given).take(ALL)


def test_nothing_is_read_once_it_is_released() -> None:
    closed = []
    frames = Frames(2, PIXELS.dtype, frame, lambda: closed.append(True))
    frames.release()
    frames.release()
    assert closed == [True]
    with pytest.raises(ValueError, match="was closed"):
        frames.take(ALL)
