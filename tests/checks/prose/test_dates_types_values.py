"""Dates, types and values of masks, as stated and as found."""

from __future__ import annotations

import pytest
from tests.checks.prose.told import contents, found, pictures

from mifakit.checks.prose.dates import check_acquired
from mifakit.checks.prose.types import check_types
from mifakit.checks.prose.values import check_values


@pytest.mark.parametrize(
    ("acquired", "expected"),
    [
        ("2026-01-05T10:00:00", []),
        ("2026-02-02T10:00:00", [("MIFA353", "annotations[0].created")]),
        ("2026-04-02", [("MIFA138", "version.timestamp"), ("MIFA353", "annotations[0].created")]),
        ("2026-02-01T20:00:00-05:00", []),  # the next day in Greenwich, and no more than a day
        ("some day", []),
        (None, []),
    ],
)
def test_images_newer_than_what_was_made_of_them(acquired: str | None, expected: list[tuple[str, str]]) -> None:
    stated = {
        "version": {"timestamp": "2026-03-31T12:00:00+00:00"},
        "annotations": [{"name": "nuclei", "created": "2026-02-01T08:00:00Z"}],
    }
    assert found(check_acquired, stated, pictures(2, 2, acquired=acquired)) == expected
    assert found(check_acquired, {}, pictures(2, 2, acquired=acquired)) == []


@pytest.mark.parametrize(
    ("stated", "there", "whole", "expected"),
    [
        (["segmentation_mask"], ["segmentation_mask"], True, 0),
        (["bounding_boxes"], ["segmentation_mask"], True, 2),
        (["bounding_boxes"], ["segmentation_mask"], False, 1),  # boxes may come in a file that was not looked at
        (["segmentation_mask"], [], True, 0),
        ([], ["segmentation_mask"], True, 0),
    ],
)
def test_types(stated: list[str], there: list[str], whole: bool, expected: int) -> None:
    sheet = {"annotations": [{"name": "nuclei", "types": stated}]}
    codes = found(check_types, sheet, pictures(2, 2), sets=contents(*there, whole=whole))
    assert codes == [("MIFA358", "annotations[0].types")] * expected


def mask(images: int = 3, values: tuple[int, ...] = (1, 2), named: bool = False, **protocol: object) -> bool:
    sheet = {"annotations": [{"name": "nuclei", "types": ["segmentation_mask"], **protocol}]}
    there = contents("segmentation_mask", values=values, named=named)
    codes = found(check_values, sheet, pictures(images, images), sets=there)
    assert codes in ([], [("MIFA365", "annotations[0].classes")])
    return bool(codes)


def test_values_that_nobody_explains() -> None:
    assert mask()
    assert mask(images=1, values=(), types=["segmentation_mask", "class_labels"])


@pytest.mark.parametrize(
    "protocol",
    [
        {"classes": {1: "tumour", 2: "stroma"}},
        {"criteria": "1 is tumour, 2 is stroma."},
        {"overview": "Masks: class 1 = tumour, class 2 = stroma"},
        {"format": "colour mask", "legend": {"#ff0000": "tumour"}},
        {"columns": {"label": "id", "class": "kind"}},
        {"values": (1,)},
        {"values": ()},
        {"images": 2},
        {"named": True},
    ],
)
def test_values_that_somebody_explains_or_that_number_objects(protocol: dict[str, object]) -> None:
    assert not mask(**protocol)  # type: ignore[arg-type]
