"""Runs of pixels in rows, against pycocotools and against painted pictures."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as coco_mask
from tests.annotations.layers import painted

from mifakit.annotations import runs as module
from mifakit.annotations.base import Annotation
from mifakit.annotations.model import Masks
from mifakit.annotations.refusals import RefusedError
from mifakit.annotations.runs import Runs, check_counts, coco_counts, masks_of, runs_down_columns, runs_of_pixels
from mifakit.testing.annotations import check_annotation

PICTURES = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12))
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools and NumPy 2


def runs_apart(masks: Masks) -> bool:
    """Whether runs are in order and none touches the next."""
    places = list(
        zip(masks.owners.tolist(), masks.rows.tolist(), masks.starts.tolist(), masks.stops.tolist(), strict=True)
    )
    same = [(one, other) for one, other in itertools.pairwise(places) if one[:2] == other[:2]]
    return places == sorted(places) and all(one[3] < other[2] for one, other in same)


@given(PICTURES)
def test_masks_as_pycocotools_writes_them(picture: np.ndarray) -> None:
    text = coco_mask.encode(np.asfortranarray(picture.astype(np.uint8)))["counts"].decode()
    counts = coco_counts(text)
    check_counts(counts, picture.size)
    masks = runs_down_columns([counts], *picture.shape)
    assert masks is not None
    assert (painted(masks, 0, picture.shape) == picture).all()


@given(st.data())
def test_run_lengths_as_pycocotools_reads_them(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))
    edges = sorted(data.draw(st.lists(st.integers(0, height * width), max_size=60)))
    lengths = np.diff(np.array(edges, np.int64), prepend=0, append=height * width)
    theirs = coco_mask.frPyObjects({"size": [height, width], "counts": lengths.tolist()}, height, width)
    assert coco_counts(theirs["counts"].decode()).tolist() == lengths.tolist()
    check_counts(lengths, height * width)
    masks = runs_down_columns([lengths], height, width)
    assert masks is not None
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
    masks = runs_down_columns([coco_counts(text) for text in texts], height, 7)
    assert masks is not None
    check_annotation(Annotation((masks,)))
    assert runs_apart(masks)
    for place, picture in enumerate(pictures):
        assert (painted(masks, place, picture.shape) == picture).all()


def test_a_mask_as_large_as_its_image_takes_no_picture() -> None:
    side = 2_000_000
    masks = runs_down_columns([np.array([0, side * 3])], side, 3)
    assert masks is not None
    assert len(masks.rows) == side
    assert (masks.starts == 0).all() and (masks.stops == 3).all()


def test_runs_of_no_pixels() -> None:
    masks = runs_down_columns([np.array([2] + [0] * 1000 + [3, 1])], 2, 3)
    assert masks is not None
    assert (painted(masks, 0, (2, 3)) == [[0, 1, 1], [0, 1, 0]]).all()
    masks = runs_down_columns([np.array([2] + [0] * 999 + [4])], 2, 3)
    assert masks is not None and not len(masks.rows)


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
    with pytest.raises(RefusedError, match="not compressed as COCO does"):
        coco_counts(text)


@given(st.text(alphabet=[chr(code) for code in range(48, 112)], max_size=40))
def test_any_text_is_refused_or_read(text: str) -> None:
    try:
        counts = coco_counts(text)
        check_counts(counts, 100)
    except RefusedError:
        return
    assert counts.min() >= 0 and counts.sum() == 100


@pytest.mark.parametrize("lengths", [[], [99], [101], [-1, 101], [2**40, 0], [100, 1], [50, 25, 24]])
def test_run_lengths_that_are_refused(lengths: list[int]) -> None:
    with pytest.raises(RefusedError):
        check_counts(np.array(lengths, np.int64), 100)


@given(PICTURES, st.integers(0, 3), st.integers(0, 3))
def test_runs_of_a_small_picture(picture: np.ndarray, top: int, left: int) -> None:
    runs = runs_of_pixels(picture, top, left)
    masks = masks_of([runs], [{"name": "cell"}])
    check_annotation(Annotation((masks,)))
    assert runs_apart(masks)
    assert (painted(masks, 0, (20, 20))[top : top + len(picture), left : left + picture.shape[1]] == picture).all()
    assert painted(masks, 0, (20, 20)).sum() == picture.sum()


def test_objects_of_several_runs() -> None:
    nothing = runs_of_pixels(np.zeros((2, 2), bool))
    one = Runs(np.array([1, 2]), np.array([0, 0]), np.array([3, 4]))
    masks = masks_of([one, nothing, one], [{"name": "a"}, {"name": "b"}, {"name": "c"}])
    assert masks.owners.tolist() == [0, 0, 2, 2]
    assert masks.objects.name == ["a", "b", "c"]
    assert masks_of([], []).objects.count == 0
