"""Which file is an annotation, and of which image: one guess at a time."""

from __future__ import annotations

import pytest

from mifakit.inventory.conventions import Convention, guess_images, image_stem, split_roles


@pytest.mark.parametrize(
    ("path", "is_annotation"),
    [
        ("masks/a.tif", True),
        ("Masks/a.tif", True),
        ("x/Ground_Truth/y/a.tif", True),
        ("a_mask.tif", True),
        ("a-labels.tif", True),
        ("a_cp_masks.png", True),
        ("a.seg.tif", True),
        ("a_GT.tif", True),
        ("Ganglioneuroma_4singlemask.tif", True),
        ("images/a.tif", False),
        ("masks.tif/a.tif", False),
        ("masked/a.tif", False),
        ("a_mask_1.tif", False),
        ("xy_16bit_labels__nuclei.tif", False),
        ("length.tif", False),
        ("weight.tif", False),
        ("x_cell.tif", False),
        ("a.tif", False),
    ],
)
def test_annotations_are_known_by_folder_or_by_the_end_of_their_name(path: str, is_annotation: bool) -> None:
    assert split_roles(["other/image.tif", path]) == (
        (["other/image.tif"], [path]) if is_annotation else (["other/image.tif", path], [])
    )


def test_a_folder_called_labels_with_nothing_to_label_holds_images() -> None:
    paths = ["labels/a.tif", "labels/b.tif"]
    assert split_roles(paths) == (paths, [])


@pytest.mark.parametrize(
    ("path", "stem"), [("x/a.tif", "a"), ("a.ome.tif", "a"), ("a.OME.tif", "a.OME"), ("a.b.tif", "a.b"), ("a", "a")]
)
def test_stems(path: str, stem: str) -> None:
    assert image_stem(path) == stem


@pytest.mark.parametrize(
    ("images", "annotation", "image", "reason"),
    [
        (["a.tif", "b.tif"], "a_mask.tif", "a.tif", "stem ends in _mask"),
        (["a.ome.tif"], "a_mask.tif", "a.ome.tif", "stem ends in _mask"),
        (["images/a.tif"], "masks/a.png", "images/a.tif", "same stem, folder masks/"),
        (["x.tif", "x_cell.tif"], "x_cell_mask.tif", "x_cell.tif", "stem ends in _mask"),
        (["x.tif"], "x_cell_mask.tif", "x.tif", "stem ends in _cell_mask"),
        (["a.tif"], "masks/a_masks.tif", "a.tif", "stem ends in _masks, folder masks/"),
        (["p/a.tif", "q/a.tif"], "q/masks/a.tif", "q/a.tif", "same stem, folder masks/"),
        (["images/p/a.tif", "images/q/a.tif"], "masks/q/a.tif", "images/q/a.tif", "same stem, folder masks/"),
        (["1/a.tif"], "1/masks/x.png", "1/a.tif", "one file per object in masks/, beside the only image"),
        (["1/images/a.tif"], "1/masks/x.png", "1/images/a.tif", "one file per object in masks/, beside the only image"),
    ],
)
def test_the_nearest_image_of_that_stem(images: list[str], annotation: str, image: str, reason: str) -> None:
    guess = guess_images(images, [annotation])[annotation]
    assert guess.images == (image,)
    assert guess.convention.reason == reason


@pytest.mark.parametrize(
    ("images", "annotation"),
    [
        (["a.tif"], "b_mask.tif"),
        (["p/a.tif"], "q/a_mask.tif"),  # beside other images: not of one elsewhere
        (["p/a.tif", "p/b.tif"], "p/masks/x.png"),  # no stem fits, and not the only image
        (["p/a.tif"], "q/masks/x.png"),
        (["a.tif"], "b_label.tif"),
        ([], "masks/a.tif"),
    ],
)
def test_no_guess_is_better_than_a_wild_one(images: list[str], annotation: str) -> None:
    assert guess_images(images, [annotation]) == {}


def test_images_as_near_as_each_other_are_all_named() -> None:
    guess = guess_images(["a.tif", "a.png"], ["a_mask.tif"])["a_mask.tif"]
    assert guess.images == ("a.tif", "a.png")


def test_a_folder_in_which_one_stem_fits_holds_no_files_per_object() -> None:
    assert list(guess_images(["p/a.tif"], ["p/masks/a.tif", "p/masks/x.tif"])) == ["p/masks/a.tif"]


@pytest.mark.parametrize(
    ("convention", "name"),
    [
        (Convention("masks", ""), "masks"),
        (Convention("ground-truth", "_x"), "ground_truth"),
        (Convention("", "_cp_masks"), "cp_masks"),
        (Convention("", ""), "annotations"),
        (Convention("", "-" * 9), "annotations"),
    ],
)
def test_names_of_sets(convention: Convention, name: str) -> None:
    assert convention.set_name == name
