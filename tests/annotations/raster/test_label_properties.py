"""Measures of label images: against whole arrays and scipy's own labelling, whatever is read at once."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from mifakit.annotations.raster.label_image import LabelImage
from mifakit.annotations.raster.label_properties import LabelProperties, properties_of
from mifakit.findings import Place


def measure(array: np.ndarray, axes: str) -> LabelProperties:
    return properties_of(LabelImage(axes, array.shape, lambda region: array[region], array.dtype, Place("a.tif")))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_against_whole_arrays(data: st.DataObject) -> None:
    axes = data.draw(st.sampled_from(["yx", "zyx", "tyx", "tzyx"]))
    shape = [data.draw(st.integers(1, 4)) for _ in axes[:-2]] + [data.draw(st.integers(1, 12)) for _ in "yx"]
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    ids = np.array([0, 1, 2, 7, 300], np.uint16)[: data.draw(st.integers(1, 5))]
    array = random.choice(ids, shape)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mifakit.annotations.raster.label_properties._PIXELS_AT_ONCE", data.draw(st.integers(1, 60)))
        found = measure(array, axes)
    stacks = array.reshape([shape[0] if axes[0] == "t" else 1, shape[-3] if "z" in axes else 1, *shape[-2:]])
    expected = [(t, one) for t, stack in enumerate(stacks) for one in np.unique(stack[stack > 0])]
    assert list(zip(found.t.tolist(), found.labels.tolist(), strict=True)) == expected
    for number, (t, one) in enumerate(expected):
        inside = stacks[t] == one
        places = np.argwhere(inside)[:, ::-1]
        assert found.areas[number] == len(places)
        assert found.bounds[number].tolist() == [*places.min(axis=0), *(places.max(axis=0) + 1)]
        np.testing.assert_allclose(found.centroids[number], places.mean(axis=0) + np.array([0.5, 0.5, 0]), rtol=1e-12)
        assert found.pieces[number] == ndimage.label(inside, np.ones((3, 3, 3)))[1]


def test_a_spiral_is_one_piece_however_often_it_seems_to_be_more() -> None:
    spiral = np.array(
        [
            [1, 1, 1, 1, 1, 1, 1],
            [1, 0, 0, 0, 0, 0, 1],
            [1, 0, 1, 1, 1, 0, 1],
            [1, 0, 1, 0, 0, 0, 1],
            [1, 0, 1, 1, 1, 1, 1],
        ],
        np.uint8,
    )
    with pytest.MonkeyPatch.context() as patch:
        for pixels in (1, 7, 14, 99):
            patch.setattr("mifakit.annotations.raster.label_properties._PIXELS_AT_ONCE", pixels)
            assert measure(spiral, "yx").pieces.tolist() == [1]
            assert measure(spiral[::-1].copy(), "yx").pieces.tolist() == [1]


@pytest.mark.parametrize(
    ("array", "pieces"),
    [
        ([[1, 0], [0, 1]], 1),  # at a corner
        ([[1, 0, 1]], 2),
        ([[1], [0], [1]], 2),
        ([[0, 0, 1], [1, 0, 0]], 2),  # the end of a row is no neighbour of the next one's start
        ([[1, 2, 1], [2, 1, 2]], 1),
    ],
)
def test_what_hangs_together(array: list[list[int]], pieces: int) -> None:
    assert measure(np.array(array, np.uint8), "yx").pieces[0] == pieces


def test_pieces_meet_through_planes() -> None:
    stack = np.zeros((3, 4, 4), np.uint8)
    stack[0, 0, 0] = stack[1, 1, 1] = stack[2, 2, 2] = 5
    assert measure(stack, "zyx").pieces.tolist() == [1]
    assert measure(stack, "tyx").pieces.tolist() == [1, 1, 1]
    stack[1, 1, 1] = 0
    assert measure(stack, "zyx").pieces.tolist() == [2]
    ends = np.zeros((2, 3, 3), np.uint8)
    ends[0, 2, 1] = ends[1, 0, 1] = 1  # the last row of one plane and the first of the next
    assert measure(ends, "zyx").pieces.tolist() == [2]


def test_the_middle_of_pixels_and_planes() -> None:
    stack = np.zeros((3, 8, 8), np.uint8)
    stack[1, 2:6, 3:4] = 1
    found = measure(stack, "zyx")
    assert found.centroids.tolist() == [[3.5, 4.0, 1.0]]
    assert found.bounds.tolist() == [[3, 2, 1, 4, 6, 2]]


def test_ids_that_need_eight_bytes_stay_apart() -> None:
    large = np.array([[2**60, 2**60 + 1, 0, 2**63 + 1]], np.uint64)
    found = measure(large, "yx")
    assert found.labels.tolist() == [2**60, 2**60 + 1, 2**63 + 1]
    assert found.areas.tolist() == [1, 1, 1]


def test_no_object() -> None:
    found = measure(np.zeros((2, 3, 3), np.uint8), "tyx")
    assert [len(column) for column in found] == [0] * 6


def test_memory_does_not_grow_with_the_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mifakit.annotations.raster.label_properties._PIXELS_AT_ONCE", 2**14)
    row = np.arange(256, dtype=np.uint8)

    def peak(height: int) -> int:
        tall = LabelImage(
            "yx",
            (height, 256),
            lambda region: row[None].repeat(region[0].stop - region[0].start, 0),
            row.dtype,
            Place("a"),
        )
        tracemalloc.start()
        assert properties_of(tall).areas.tolist() == [height] * 255
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(64)
    assert peak(4096) < 1.2 * peak(512)
