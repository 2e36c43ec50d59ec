"""Runs of pixels in rows, against painted pictures."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from tests.annotations.layers import painted, runs_apart

from mifakit.annotations.base import Annotation
from mifakit.annotations.model import Masks, Objects
from mifakit.annotations.raster.runs import Runs
from mifakit.testing.annotations import check_annotation

PICTURES = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12))


@given(PICTURES, st.integers(0, 3), st.integers(0, 3))
def test_runs_of_a_small_picture(picture: np.ndarray, top: int, left: int) -> None:
    runs = Runs.of_pixels(picture, left, top)
    masks = Masks(*runs, Objects(1))
    check_annotation(Annotation((masks,)))
    assert runs_apart(masks)
    assert (painted(masks, 0, (20, 20))[top : top + len(picture), left : left + picture.shape[1]] == picture).all()
    assert painted(masks, 0, (20, 20)).sum() == picture.sum()


def test_no_batches() -> None:
    assert [column.tolist() for column in Runs.joined([])] == [[], [], [], []]
