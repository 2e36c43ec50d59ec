"""A mask in one file, laid on the axes of its image."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mifakit.annotations.raster.label_file import read_label_file
from mifakit.errors import MifaError
from mifakit.findings import Place
from mifakit.readers.base import ImageFacts

PLACE = Place("masks/a.tif")


def image(axes: str, *shape: int) -> ImageFacts:
    return ImageFacts(axes, shape, np.dtype("u2"), axes.upper())


def whole(labels: Any) -> np.ndarray:
    return labels.read(tuple(slice(0, size) for size in labels.shape))


@pytest.mark.parametrize(
    ("mask_axes", "mask_shape", "image_axes", "image_shape"),
    [
        ("cyx", (1, 4, 6), "cyx", (3, 4, 6)),
        ("czyx", (1, 5, 4, 6), "czyx", (2, 5, 4, 6)),
        ("cyx", (1, 4, 6), "tczyx", (1, 2, 1, 4, 6)),  # the image has axes of length 1 that the mask lacks
        ("tczyx", (1, 1, 1, 4, 6), "cyx", (2, 4, 6)),  # and the other way round
        ("tczyx", (2, 1, 3, 4, 6), "tczyx", (2, 2, 3, 4, 6)),
    ],
)
def test_labels_have_the_images_axes_without_c(
    source: Any, mask_axes: str, mask_shape: tuple, image_axes: str, image_shape: tuple
) -> None:
    array = np.random.default_rng(0).integers(0, 300, mask_shape).astype(np.int32)
    labels = read_label_file(source(mask_axes, array), image(image_axes, *image_shape), PLACE)
    sizes = dict(zip(image_axes, image_shape, strict=True))
    assert labels.axes == image_axes.replace("c", "")
    assert labels.shape == tuple(sizes[axis] for axis in labels.axes)
    assert labels.dtype == np.uint16
    np.testing.assert_array_equal(whole(labels).ravel(), array.ravel())
    region = tuple(slice(size // 2, size) for size in labels.shape)
    np.testing.assert_array_equal(labels.read(region), whole(labels)[region])


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_colour_pictures_are_refused(source: Any, channels: int) -> None:
    with pytest.raises(MifaError, match=f"{channels} channels") as error:
        read_label_file(source("cyx", np.zeros((channels, 4, 6), np.uint8)), image("cyx", 1, 4, 6), PLACE)
    assert (error.value.code, error.value.finding.place) == ("MIFA305", PLACE)


@pytest.mark.parametrize(
    ("array", "code"),
    [
        (np.zeros((1, 6, 4), np.uint8), "MIFA302"),
        (np.full((1, 4, 6), 0.5, np.float32), "MIFA303"),
        (np.full((1, 4, 6), np.nan, np.float32), "MIFA303"),
        (np.full((1, 4, 6), 1e300), "MIFA303"),
        (np.full((1, 4, 6), -1.0), "MIFA304"),
        (np.zeros((1, 4, 6), np.complex64), "MIFA303"),
        (np.full((1, 4, 6), -1, np.int16), "MIFA304"),
    ],
)
def test_other_masks_that_are_refused(source: Any, array: np.ndarray, code: str) -> None:
    with pytest.raises(MifaError) as error:
        read_label_file(source("cyx", array), image("cyx", 1, 4, 6), PLACE)
    assert (error.value.code, error.value.finding.place) == (code, PLACE)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_whole_numbers_that_are_stored_as_decimal_ones(source: Any, dtype: str) -> None:
    array = np.array([[[0, 1, 300], [2, 0, 1024]]], dtype)
    labels = read_label_file(source("cyx", array), image("cyx", 1, 2, 3), PLACE)
    assert labels.dtype == np.uint16
    np.testing.assert_array_equal(whole(labels), array[0].astype(int))
    assert [finding.code for finding in labels.findings] == ["MIFA362"]


def test_a_mask_for_each_plane_of_a_stack_is_not_spread_over_it(source: Any) -> None:
    with pytest.raises(MifaError, match="4×6"):
        read_label_file(source("cyx", np.ones((1, 4, 6), np.uint8)), image("czyx", 1, 3, 4, 6), PLACE)


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([0, 0], ["MIFA309"]),
        ([0, 1], ["MIFA311"]),
        ([0, 255], ["MIFA311"]),
        ([1, 1], ["MIFA311"]),
        ([0, 2], []),
        ([1, 2], []),
        ([1, 255], []),
    ],
)
def test_remarks_on_masks_that_may_not_be_what_they_seem(source: Any, values: list[int], codes: list[str]) -> None:
    mask = source("cyx", np.array([[values]], np.uint8))
    labels = read_label_file(mask, image("cyx", 1, 1, 2), PLACE)
    assert [finding.code for finding in labels.findings] == codes
    assert all(finding.place == PLACE for finding in labels.findings)
