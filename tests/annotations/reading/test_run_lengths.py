"""Run lengths become runs of pixels in rows, as pycocotools reads them, and as pictures show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as coco_mask
from tests.annotations.layers import painted, runs_apart

from mifakit.annotations.base import Annotation
from mifakit.annotations.model import Masks, Objects
from mifakit.annotations.reading import run_lengths as module
from mifakit.annotations.reading.left_out import UnusableError
from mifakit.annotations.reading.run_lengths import check_counts, coco_counts, runs_along_rows, runs_down_columns
from mifakit.testing.annotations import check_annotation

PICTURES = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12))
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools and NumPy 2


def masks_down_columns(counts: list[np.ndarray], height: int, width: int) -> Masks:
    runs = runs_down_columns(counts, height, width)
    assert runs is not None
    return Masks(*runs, Objects(len(counts)))


@given(PICTURES)
def test_masks_as_pycocotools_writes_them(picture: np.ndarray) -> None:
    text = coco_mask.encode(np.asfortranarray(picture.astype(np.uint8)))["counts"].decode()
    counts = coco_counts(text)
    check_counts(counts, picture.size)
    masks = masks_down_columns([counts], *picture.shape)
    assert (painted(masks, 0, picture.shape) == picture).all()


@given(st.data())
def test_run_lengths_as_pycocotools_reads_them(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))
    edges = sorted(data.draw(st.lists(st.integers(0, height * width), max_size=60)))
    lengths = np.diff(np.array(edges, np.int64), prepend=0, append=height * width)
    theirs = coco_mask.frPyObjects({"size": [height, width], "counts": lengths.tolist()}, height, width)
    assert coco_counts(theirs["counts"].decode()).tolist() == lengths.tolist()
    check_counts(lengths, height * width)
    masks = masks_down_columns([lengths], height, width)
    assert (painted(masks, 0, (height, width)) == coco_mask.decode(theirs)).all()


@given(st.lists(st.integers(0, 2**28), max_size=50))
def test_long_run_lengths(lengths: list[int]) -> None:
    """Longer ones break pycocotools: it makes room for six characters each."""
    theirs = coco_mask.frPyObjects({"size": [1, 1], "counts": lengths}, 1, 1)
    assert coco_counts(theirs["counts"].decode()).tolist() == lengths


@given(st.integers(1, 9).flatmap(lambda side: st.lists(arrays(bool, (side, 7)), max_size=5)))
def test_objects_do_not_mix(pictures: list[np.ndarray]) -> None:
    height = len(pictures[0]) if pictures else 3
    texts = [coco_mask.encode(np.asfortranarray(one.astype(np.uint8)))["counts"].decode() for one in pictures]
    masks = masks_down_columns([coco_counts(text) for text in texts], height, 7)
    check_annotation(Annotation((masks,)))
    assert runs_apart(masks)
    for place, picture in enumerate(pictures):
        assert (painted(masks, place, picture.shape) == picture).all()


def test_a_mask_as_large_as_its_image_takes_no_picture() -> None:
    side = 2_000_000
    masks = masks_down_columns([np.array([0, side * 3])], side, 3)
    assert len(masks.rows) == side
    assert (masks.starts == 0).all() and (masks.stops == 3).all()


def test_runs_of_no_pixels() -> None:
    masks = masks_down_columns([np.array([2] + [0] * 1000 + [3, 1])], 2, 3)
    assert (painted(masks, 0, (2, 3)) == [[0, 1, 1], [0, 1, 0]]).all()
    masks = masks_down_columns([np.array([2] + [0] * 999 + [4])], 2, 3) and not len(masks.rows)


def test_more_runs_than_memory_should_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = [np.array([0, 6, 6, 6, 6])]
    monkeypatch.setattr(module, "MAX_RUNS", 12)
    assert runs_down_columns(counts, 6, 4) is not None
    monkeypatch.setattr(module, "MAX_RUNS", 11)
    assert runs_down_columns(counts, 6, 4) is None
    monkeypatch.setattr(module, "MAX_RUNS", 4)
    assert runs_down_columns([np.array([24, 0, 0, 0, 0])], 6, 4) is None


@pytest.mark.parametrize("text", ["P", "0P", "/", "p", "é", "\x00", "oooooooo0", "0" * 11])
def test_text_that_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RUNS", 10)
    with pytest.raises(UnusableError, match="not compressed as COCO does"):
        coco_counts(text)


@given(st.text(alphabet=[chr(code) for code in range(48, 112)], max_size=40))
def test_any_text_is_refused_or_read(text: str) -> None:
    try:
        counts = coco_counts(text)
        check_counts(counts, 100)
    except UnusableError:
        return
    assert counts.min() >= 0 and counts.sum() == 100


@pytest.mark.parametrize("lengths", [[], [99], [101], [-1, 101], [2**40, 0], [100, 1], [50, 25, 24]])
def test_run_lengths_that_are_refused(lengths: list[int]) -> None:
    with pytest.raises(UnusableError):
        check_counts(np.array(lengths, np.int64), 100)


def counts_of(inside: np.ndarray) -> np.ndarray:
    flat = np.concatenate([[False], inside.ravel()])
    changes = np.flatnonzero(np.diff(flat)) if len(flat) > 1 else np.empty(0, int)
    return np.diff(np.concatenate([[0], changes, [inside.size]])).astype(np.int64)


@given(PICTURES, st.integers(0, 5), st.integers(0, 5))
def test_run_lengths_along_rows(picture: np.ndarray, left: int, top: int) -> None:
    height, width = picture.shape
    runs = runs_along_rows(counts_of(picture), left, top, width, height)
    masks = Masks(*runs, Objects(1))
    check_annotation(Annotation((masks,)))
    expected = np.zeros((20, 20), bool)
    expected[top : top + height, left : left + width] = picture
    assert (painted(masks, 0, (20, 20)) == expected).all()


@pytest.mark.parametrize(
    ("counts", "width", "height", "reason"),
    [
        ([3, 2], 2, 2, "whose run lengths do not fill its frame"),
        ([1, 2], 2, 2, "whose run lengths do not fill its frame"),
        ([-1, 5], 2, 2, "whose run lengths do not fill its frame"),
        ([2**62, 2**62, 2**62, 2**62, 4], 2, 2, "whose run lengths do not fill its frame"),
        ([], 2, 2, "whose run lengths do not fill its frame"),
        ([0], 0, 2, "whose frame has no area"),
        ([4], -2, -2, "whose frame has no area"),
        ([0, 10**9], 1, 10**9, "whose frame has more than"),
    ],
)
def test_counts_that_make_no_mask(counts: list[int], width: int, height: int, reason: str) -> None:
    with pytest.raises(UnusableError, match=reason):
        runs_along_rows(np.array(counts, np.int64), 0, 0, width, height)


def test_more_runs_along_rows_than_memory_should_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RUNS", 9)
    assert len(runs_along_rows(np.array([1, 9]), 0, 0, 1, 10).rows) == 9
    with pytest.raises(UnusableError, match="of more than 9 runs"):
        runs_along_rows(np.array([0, 10]), 0, 0, 1, 10)
