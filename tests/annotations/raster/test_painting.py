"""Painting runs, and finding which overlap: against what pixel by pixel gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.annotations.drawings import boxes, pixels_of

from mifakit.annotations.raster.painting import depth_of, overlaps_of, paint
from mifakit.annotations.raster.rasterising import runs_of
from mifakit.annotations.raster.runs import Runs

WHOLE = (slice(0, 12), slice(0, 15))


def some_runs(seed: int, count: int) -> tuple[Runs, np.ndarray]:
    """Return the runs of boxes on 12 x 15 pixels, and which pixels each covers."""
    random = np.random.default_rng(seed)
    corners = np.sort(random.integers(0, 13, (count, 2, 2)), axis=1).reshape(count, 4)
    masks = runs_of(boxes(*corners), 15, 12)
    return Runs(masks.owners, masks.rows, masks.starts, masks.stops), pixels_of(masks, 15, 12).astype(bool)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 9))
def test_later_runs_lie_on_top(seed: int, count: int) -> None:
    runs, pixels = some_runs(seed, count)
    plane = np.zeros((12, 15), np.uint8)
    paint(plane, runs, runs.owners + 1, WHOLE)
    expected = np.zeros((12, 15), int)
    for number, inside in enumerate(pixels, start=1):
        expected[inside] = number
    np.testing.assert_array_equal(plane, expected)


def test_batches_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    runs, _ = some_runs(3, 9)
    whole, parts = np.zeros((2, 12, 15), np.uint16)
    paint(whole, runs, runs.owners + 1, WHOLE)
    monkeypatch.setattr("mifakit.annotations.raster.painting._PIXELS_AT_ONCE", 5)
    paint(parts, runs, runs.owners + 1, WHOLE)
    np.testing.assert_array_equal(parts, whole)


def test_a_window_has_its_own_corner() -> None:
    window = (slice(10, 13), slice(20, 24))
    plane = np.zeros((3, 4), np.uint8)
    paint(plane, Runs(*np.array([[0], [11], [21], [24]])), np.array([7]), window)
    assert plane.tolist() == [[0, 0, 0, 0], [0, 7, 7, 7], [0, 0, 0, 0]]


def test_a_copy_is_never_painted_in_place_of_the_plane() -> None:
    with pytest.raises(ValueError, match="contiguous"):
        paint(np.zeros((4, 4), np.uint8)[:, :3], Runs(*np.array([[0], [0], [0], [1]])), np.array([7]), WHOLE)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 9), st.integers(1, 20))
def test_overlaps_are_those_of_the_pixels(seed: int, count: int, at_once: int) -> None:
    runs, pixels = some_runs(seed, count)
    found: dict[tuple[int, int], int] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mifakit.annotations.raster.painting._PAIRS_AT_ONCE", at_once)
        for pairs, shared in overlaps_of(runs):
            for (one, other), size in zip(pairs.tolist(), shared.tolist(), strict=True):
                assert one < other
                found[one, other] = found.get((one, other), 0) + size
    sizes = {
        (one, other): int((pixels[one] & pixels[other]).sum())
        for one in range(count)
        for other in range(one + 1, count)
    }
    assert depth_of(runs) == pixels.sum(axis=0).max(initial=0)
    assert found == {pair: size for pair, size in sizes.items() if size}


def test_objects_that_touch_do_not_overlap() -> None:
    masks = runs_of(boxes((0, 0, 5, 5), (5, 0, 9, 5), (0, 5, 9, 8)), 15, 12)
    assert list(overlaps_of(Runs(masks.owners, masks.rows, masks.starts, masks.stops))) == []
