"""Label images in pieces or without background, tables of other objects, annotations older than their image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.annotations.inspection.findings import PLACE, said

from mifakit.annotations.inspection.objects import in_pieces, older_than_image, rows_and_objects, without_background
from mifakit.annotations.model import Objects
from mifakit.annotations.raster.label_image import LabelImage
from mifakit.annotations.raster.label_properties import properties_of
from mifakit.findings import Finding


def looked_at(values: object, axes: str = "yx") -> Iterator[Finding]:
    array = np.array(values, np.uint8)
    labels = LabelImage(axes, array.shape, lambda region: array[region], array.dtype, PLACE)
    properties = properties_of(labels)
    yield from in_pieces(properties, PLACE)
    yield from without_background(labels, properties, PLACE)


def test_an_object_in_several_pieces() -> None:
    assert said(looked_at([[1, 0, 1, 0, 1], [0, 0, 0, 0, 0], [2, 2, 0, 0, 0]])) == {
        "MIFA354": ["1 of 2 objects are in several pieces: 1 in 3"]
    }
    assert said(looked_at([[[1, 0, 0]], [[1, 0, 1]]], "tyx")) == {
        "MIFA354": ["1 of 2 objects are in several pieces: 1 at t 1 in 2"]
    }
    assert said(looked_at([[1, 0, 0], [0, 1, 0]])) == {}


def test_a_mask_without_background() -> None:
    assert said(looked_at([[1, 1, 2], [2, 2, 2]])) == {
        "MIFA357": ["every pixel belongs to one of 2 objects; there is no background"]
    }
    assert said(looked_at([[1, 1, 2], [2, 2, 0]])) == {}
    assert said(looked_at([[[1, 1]], [[0, 1]]], "tyx")) == {}
    assert said(looked_at([[0, 0]])) == {}


def test_rows_and_objects_are_compared_by_label() -> None:
    rows = Objects(4, label=np.array([1, 2, 2, 9]), source_id=["a", "b", "c", "d"])
    objects = Objects(3, label=np.array([1, 2, 3]), source_id=["x", "y", "z"])
    assert said(rows_and_objects(rows, objects, PLACE)) == {
        "MIFA355": ["1 of 4 rows are of objects that are not there: d"],
        "MIFA356": ["1 of 3 objects have no row in the table: z"],
    }
    assert said(rows_and_objects(objects, objects, PLACE)) == {}


def test_rows_and_objects_are_compared_by_id() -> None:
    rows, objects = Objects(2, source_id=["a", "b"]), Objects(3, source_id=["b", "c", None])
    assert said(rows_and_objects(rows, objects, PLACE)) == {
        "MIFA355": ["1 of 2 rows are of objects that are not there: a"],
        "MIFA356": ["2 of 3 objects have no row in the table: c and #3"],
    }
    assert said(rows_and_objects(Objects(2), objects, PLACE)) == {}
    assert said(rows_and_objects(rows, Objects(2, label=np.array([1, 2])), PLACE)) == {}


@pytest.mark.parametrize(
    ("created", "acquired", "older"),
    [
        ("2024-05-01", "2024-05-03", True),
        ("2024-05-01T10:00:00", "2024-05-01T10:00:01", False),  # time zones may differ
        ("2024-05-01T10:00:00+00:00", "2024-05-01T10:00:01Z", True),
        ("2024-05-01T10:00:00+00:00", "2024-05-01T10:00:01+02:00", False),
        ("2024-05-01", "2024-05-01T23:00:00", False),
        ("2024-05-01T10:00:00Z", "2024-05-03T10:00:00", True),
        ("2024-05-09", "2024-05-03", False),
        ("yesterday", "2024-05-03", False),
        ("2024-05-01", "a while ago", False),
        ("2024-05-01", None, False),
        (None, "2024-05-03", False),
    ],
)
def test_annotations_older_than_their_image(created: str | None, acquired: str | None, older: bool) -> None:
    objects = Objects(2, created=[None, created])
    expected = {"MIFA353": [f"1 of 2 objects are older than their image of {acquired}: #2 of {created}"]}
    assert said(older_than_image(objects, acquired, PLACE)) == (expected if older else {})
    assert said(older_than_image(Objects(2), acquired, PLACE)) == {}
