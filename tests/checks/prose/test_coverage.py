"""Sentences about coverage, true and false; what is not understood is let be."""

from __future__ import annotations

import pytest
from tests.checks.prose.told import found, pictures

from mifakit.checks.prose.coverage import check_coverage


def said(text: str, annotated: int, total: int, unread: int = 0) -> bool:
    stated = {"annotations": [{"name": "nuclei", "coverage": text}]}
    codes = found(check_coverage, stated, pictures(total, annotated), unread=unread)
    assert codes in ([], [("MIFA170", "annotations[0].coverage")])
    return bool(codes)


@pytest.mark.parametrize(
    ("text", "annotated", "total"),
    [
        ("All images were annotated.", 38, 41),
        ("all images", 0, 3),
        ("All images in the dataset were annotated", 2, 3),
        ("All images of the study.", 2, 3),
        ("All images, and all of each.", 2, 3),
        ("Every image was annotated by two experts.", 9, 10),
        ("Each image.", 9, 10),
        ("All of the images; 3 % of their pixels.", 9, 10),
        ("All 12 images were annotated.", 10, 10),
        ("All movies and all frames.", 1, 2),
        ("All fields of view.", 1, 2),
        ("9 of 10 images were annotated; treated_05 is still to do.", 8, 10),
        ("9 of 10 images", 10, 10),
        ("9 out of 10 were annotated", 9, 11),
        ("Nine of the ten images.", 8, 10),
        ("50 % of the images", 9, 10),
        ("50%", 10, 10),
        ("About 50 % of images", 7, 10),
        ("100 % of the images", 40, 41),
        ("100% annotated", 40, 41),
        ("12.5 per cent of the dataset", 2, 8),
        ("Half of the images were annotated", 2, 8),
    ],
)  # fmt: skip
def test_false(text: str, annotated: int, total: int) -> None:
    assert said(text, annotated, total)


@pytest.mark.parametrize(
    ("text", "annotated", "total"),
    [
        ("All images were annotated.", 41, 41),
        ("All 41 images", 41, 41),
        ("All forty-one images", 41, 41),
        ("Not all images were annotated.", 38, 41),
        ("Almost all images", 38, 41),
        ("All images but three", 38, 41),
        ("All images except blank ones", 38, 41),
        ("All images of the test set", 10, 41),
        ("All images from patient 3.", 10, 41),
        ("All images that show mitosis.", 10, 41),
        ("All images with nuclei.", 10, 41),
        ("All nuclei in the annotated images.", 10, 41),
        ("Single nuclei of the images in dataset_singlecellgroundtruth.", 10, 41),
        ("Images: image_1, image_2 and image_3 were not annotated.", 38, 41),
        ("9 of 10 images were annotated; treated_05 is still to do.", 9, 10),
        ("1 of 10 images was not annotated.", 9, 10),
        ("Nine of ten images", 9, 10),
        ("2 of 3 annotators agreed", 9, 10),
        ("50 % of the images", 5, 10),
        ("33 % of images", 1, 3),
        ("About 50 % of the images", 21, 40),
        ("100 % of the images", 10, 10),
        ("About 3 % of their pixels.", 10, 10),
        ("All images; about 3 % of their pixels.", 10, 10),
        ("95 % of the nuclei", 10, 10),
        ("Half of the images", 4, 8),
        ("Whole images.", 3, 8),
        ("Everything in focus.", 3, 8),
        ("", 3, 8),
    ],
)  # fmt: skip
def test_true_or_not_understood(text: str, annotated: int, total: int) -> None:
    assert not said(text, annotated, total)


def test_images_that_could_not_be_read_are_given_the_benefit_of_the_doubt() -> None:
    assert not said("9 of 10 images", 8, 9, unread=1)
    assert said("9 of 10 images", 7, 9, unread=1)
    assert not said("All 10 images", 9, 9, unread=1)


def test_coverage_is_of_the_image_sets_that_are_annotated_at_all() -> None:
    stated = {"images": [{"name": "a"}, {"name": "b"}], "annotations": [{"name": "nuclei", "coverage": "All images."}]}
    there = pictures(3, 3, component=0) + pictures(4, 0, component=1)
    assert found(check_coverage, stated, there) == []
    assert found(check_coverage, stated, pictures(3, 2, component=0) + there[3:])
