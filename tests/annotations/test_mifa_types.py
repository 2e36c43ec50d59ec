"""What files hold against what people say they hold."""

from __future__ import annotations

import pytest

from mifakit.annotations.mifa_types import types_of, undeclared, unfounded
from mifakit.annotations.model import Kind
from mifakit.metadata.vocabularies import AnnotationType as Type


def test_every_kind_but_tables_has_a_type() -> None:
    assert [kind for kind in Kind if not types_of([kind])] == [Kind.TABLE]
    assert types_of([Kind.POINTS, Kind.LABELS, Kind.MASKS]) == [Type.POINT_ANNOTATIONS, Type.SEGMENTATION_MASK]


@pytest.mark.parametrize(
    ("found", "stated", "more", "less"),
    [
        ([Type.TRACKS], [Type.TRACKS], [], []),
        ([Type.BOUNDING_BOXES], [Type.SEGMENTATION_MASK], [Type.BOUNDING_BOXES], [Type.SEGMENTATION_MASK]),
        ([Type.GEOMETRICAL_ANNOTATIONS], [Type.SEGMENTATION_MASK], [], []),
        ([Type.SEGMENTATION_MASK], [Type.WEAK_ANNOTATIONS], [], []),
        ([Type.POINT_ANNOTATIONS, Type.TRACKS], [Type.TRACKS], [Type.POINT_ANNOTATIONS], []),
        ([Type.SEGMENTATION_MASK], [Type.SEGMENTATION_MASK, Type.COUNTS], [], [Type.COUNTS]),
        ([Type.SEGMENTATION_MASK], [Type.SEGMENTATION_MASK, Type.CLASS_LABELS], [], []),
    ],
)
def test_what_is_found_and_what_is_stated(
    found: list[Type], stated: list[Type], more: list[Type], less: list[Type]
) -> None:
    assert undeclared(found, stated) == more
    assert unfounded(found, stated) == less
