"""Numbers of images and objects in descriptions."""

from __future__ import annotations

import pytest
from tests.checks.prose.told import contents, found, pictures

from mifakit.checks.prose.counts import check_counts
from mifakit.checks.prose.numbers import clauses, whole


def said(text: str, images: int = 40, objects: int | None = None, **lengths: int) -> bool:
    there = pictures(images, min(images, 38), **lengths)
    codes = found(check_counts, {"study": {"description": text}}, there, sets=contents(objects=objects))
    assert codes in ([], [("MIFA176", "study.description")])
    return bool(codes)


@pytest.mark.parametrize(
    "text",
    [
        "41 images of nuclei.",
        "A set of 41 fluorescence images of nuclei.",
        "We provide forty-one images and 12 micrographs.",
        "Twelve annotated images, to train segmentation.",
        "1,041 images.",
        "364 images were taken, of which 39 are here.",
        "364 images of 40 patients.",
        "The data set has 41 images, taken in 2020.",
    ],
)
def test_images_that_there_are_not(text: str) -> None:
    assert said(text)


@pytest.mark.parametrize(
    "text",
    [
        "40 images of nuclei.",
        "Forty images.",
        "38 annotated images and two images without annotation.",
        "40 images, of which 30 images are for training.",
        "364 images were taken, of which 40 are here.",
        "364 images were taken; 40 of them make up this dataset.",
        "Of 364 images 40 were deposited.",
        "About 50 images.",
        "More than 30 images.",
        "30-50 images",
        "5 images per well.",
        "Each plate has 12 images.",
        "12 images were excluded.",
        "Crops of 64 x 64 pixels, images of nuclei.",
        "Images of two conditions.",
        "Two fields of view.",
        "Taken with 20x images.",
        "Images of 3 channels.",
        "In 2020 images were taken.",
        "1 200 images",
        "Version 1.2 images.",
        "one image",
        "A subset of 10 images.",
        "Three conditions, ten pictures each.",
        "",
    ],
)
def test_images_that_there_are_or_may_be(text: str) -> None:
    assert not said(text)


def test_planes_and_frames_may_be_what_was_counted() -> None:
    assert not said("Movies of 25 images.", images=2, t=25)
    assert not said("50 images in all.", images=2, t=25)
    assert said("51 images in all.", images=2, t=25)


@pytest.mark.parametrize(
    ("text", "objects", "wrong"),
    [
        ("1,200 nuclei were outlined.", 1187, False),
        ("1,200 nuclei were outlined.", 900, True),
        ("1,187 nuclei", 1187, False),
        ("1,187 nuclei", 1188, True),
        ("1\u202f187 annotated nuclei", 1200, True),
        ("20 nuclei per image", 1187, False),
        ("More than 1,000 nuclei", 1187, False),
        ("1,187 nuclei", None, False),
        ("1,187 cells were seeded", 5, False),
        ("Nuclei of 12 patients", 5, False),
        ("two nuclei are fused in 5 objects", 5, False),
    ],
)
def test_objects(text: str, objects: int | None, wrong: bool) -> None:
    assert said(text, objects=objects) is wrong


def test_what_an_image_set_says_is_of_its_own_images() -> None:
    stated = {"images": [{"name": "a", "description": "3 images."}, {"name": "b", "description": "5 images."}]}
    there = pictures(3, component=0) + pictures(4, component=1)
    assert found(check_counts, stated, there) == [("MIFA176", "images[1].description")]


@pytest.mark.parametrize(("text", "number"), [("1,200", 1200), ("twelve", 12), ("41", 41), ("1'200", 1200)])
def test_numbers(text: str, number: int) -> None:
    assert whole(text) == number


def test_clauses_end_where_sentences_do() -> None:
    assert clauses("At 1.5 µm. All:\n of them; too.") == ["At 1.5 µm", "All: of them", "too"]
