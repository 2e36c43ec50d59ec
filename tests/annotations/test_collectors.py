"""Masks become runs of pixels, exactly, and budgets hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mifakit.annotations import collectors
from mifakit.annotations.collectors import LayerCollector, MaskCollector, PointCollector
from mifakit.annotations.left_out import UnusableError
from mifakit.annotations.model import Masks
from mifakit.errors import MifaError

FILE = Path("a.xml")


def drawn(masks: Masks, height: int, width: int) -> list[npt.NDArray[np.bool_]]:
    images = [np.zeros((height, width), bool) for _ in range(masks.objects.count)]
    for owner, row, start, stop in zip(masks.owners, masks.rows, masks.starts, masks.stops, strict=True):
        assert start < stop
        images[owner][row, start:stop] = True
    return images


def counts_of(inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    flat = np.concatenate([[False], inside.ravel()])
    changes = np.flatnonzero(np.diff(flat)) if len(flat) > 1 else np.empty(0, int)
    return np.diff(np.concatenate([[0], changes, [inside.size]])).astype(np.int64)


@given(arrays.arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12))), st.integers(0, 5), st.integers(0, 5))
def test_pixels_and_counts_are_the_same_mask(inside: npt.NDArray[np.bool_], left: int, top: int) -> None:
    height, width = inside.shape
    collector = MaskCollector(FILE)
    collector.pixels(inside, left, top, name="a")
    collector.row_counts(counts_of(inside), left, top, width, height, name="b")
    masks = collector.collected()
    assert masks.objects.name == ["a", "b"]
    assert (np.diff(masks.owners) >= 0).all()
    expected = np.zeros((20, 20), bool)
    expected[top : top + height, left : left + width] = inside
    for found in drawn(masks, 20, 20):
        np.testing.assert_array_equal(found, expected)


@settings(deadline=None)
@given(arrays.arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_pixels_in_blocks_are_the_same_mask(inside: npt.NDArray[np.bool_]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collectors, "_PIXELS_AT_ONCE", 25)
        collector = MaskCollector(FILE)
        collector.pixels(inside, 0, 0)
    (found,) = drawn(collector.collected(), *inside.shape)
    np.testing.assert_array_equal(found, inside)


@pytest.mark.parametrize(
    ("counts", "width", "height", "reason"),
    [
        ([3, 2], 2, 2, "whose runs do not fill its frame"),
        ([1, 2], 2, 2, "whose runs do not fill its frame"),
        ([-1, 5], 2, 2, "whose runs do not fill its frame"),
        ([2**62, 2**62, 2**62, 2**62, 4], 2, 2, "whose runs do not fill its frame"),
        ([], 2, 2, "whose runs do not fill its frame"),
        ([0], 0, 2, "whose frame has no area"),
        ([4], -2, -2, "whose frame has no area"),
        ([0, 10**9], 1, 10**9, "whose frame has more than"),
    ],
)
def test_counts_that_make_no_mask(counts: list[int], width: int, height: int, reason: str) -> None:
    collector = MaskCollector(FILE)
    with pytest.raises(UnusableError, match=reason):
        collector.row_counts(np.array(counts, np.int64), 0, 0, width, height)
    assert len(collector) == 0


def test_runs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collectors, "MAX_RUNS", 10)
    collector = MaskCollector(FILE)
    collector.row_counts(np.array([0, 10]), 0, 0, 1, 10)
    with pytest.raises(MifaError, match="MIFA226"):
        collector.row_counts(np.array([0, 1]), 0, 0, 1, 1)
    with pytest.raises(MifaError, match="MIFA226"):
        collector.pixels(np.ones((1, 1), bool), 0, 0)


def test_points_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collectors, "MAX_OBJECTS", 2)
    collector = PointCollector(FILE)
    collector.add(np.array([[1.0, 2.0], [3.0, 4.0]]), name="a")
    assert collector.collected().objects.name == ["a", "a"]
    with pytest.raises(MifaError, match="MIFA226"):
        collector.add(np.array([[1.0, 2.0]]))


def test_nothing_is_no_layer() -> None:
    assert LayerCollector(FILE).collected() == ()
    assert len(PointCollector(FILE).collected()) == 0
    assert MaskCollector(FILE).collected().objects.count == 0
