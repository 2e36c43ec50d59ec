"""Masks become runs of pixels, exactly, and budgets hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mifakit.annotations.model import Classes, Counts, Masks
from mifakit.annotations.raster.runs import Runs
from mifakit.annotations.reading import collectors
from mifakit.annotations.reading.collectors import LayerCollector, MaskCollector, PointCollector
from mifakit.errors import MifaError

FILE = Path("a.xml")


def drawn(masks: Masks, height: int, width: int) -> list[npt.NDArray[np.bool_]]:
    images = [np.zeros((height, width), bool) for _ in range(masks.objects.count)]
    for owner, row, start, stop in zip(masks.owners, masks.rows, masks.starts, masks.stops, strict=True):
        assert start < stop
        images[owner][row, start:stop] = True
    return images


@settings(deadline=None)
@given(arrays.arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_pixels_in_blocks_are_the_same_mask(inside: npt.NDArray[np.bool_]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collectors, "_PIXELS_AT_ONCE", 25)
        collector = MaskCollector(FILE)
        collector.pixels(inside, 0, 0)
    (found,) = drawn(collector.collected(), *inside.shape)
    np.testing.assert_array_equal(found, inside)


def test_runs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collectors, "MAX_RUNS", 10)
    collector = MaskCollector(FILE)
    collector.pixels(np.ones((10, 1), bool), 0, 0)
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


def test_masks_of_several_runs() -> None:
    one = Runs(np.array([0, 0]), np.array([1, 2]), np.array([0, 0]), np.array([3, 4]))
    collector = MaskCollector(FILE)
    collector.add(one, name="a")
    collector.extend(Runs.joined([one._replace(owners=one.owners + 1), one._replace(owners=one.owners + 2)]), [{}] * 3)
    collector.add(one, name="c")
    masks = collector.collected()
    assert masks.owners.tolist() == [0, 0, 2, 2, 3, 3, 4, 4]
    assert masks.objects.name == ["a", None, None, None, "c"]


def test_what_is_said_of_the_image() -> None:
    collector = LayerCollector(FILE)
    collector.image_class("sharp", t=1)
    collector.count(3, name="cells")
    classes, counts = collector.collected()
    assert isinstance(classes, Classes) and isinstance(counts, Counts)
    assert (classes.objects.name, counts.values.tolist(), counts.objects.name) == (["sharp"], [3], ["cells"])
