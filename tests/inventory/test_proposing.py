"""Layouts as labs have them: the patterns that are proposed, and where they lead when the folder is scanned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifakit.inventory.inventory import Inventory
from mifakit.inventory.proposing import Proposal, propose
from mifakit.inventory.scanning import scan_folder
from mifakit.inventory.walk import walk_files
from mifakit.readers.registry import find_reader

Fill = Callable[[Path, Iterable[str]], Path]


def images_of(proposal: Proposal) -> list[str]:
    return [pattern for one in proposal.images for pattern in one.files]


def sets_of(proposal: Proposal) -> dict[str, tuple[str, list[str]]]:
    return {str(one.name): (one.format, one.files) for one in proposal.annotations}


def scan(folder: Path) -> Inventory:
    proposal = propose([path for path in walk_files(folder) if find_reader(path)])
    return scan_folder(folder, proposal.images, proposal.annotations)


def pairs_of(inventory: Inventory) -> dict[str, str]:
    """Return the image of each annotation file."""
    return {file: pairing.image for pairing in inventory.pairings for file in pairing.files}


@pytest.mark.parametrize(
    ("name", "images", "annotations"),
    [
        (
            "kromp_nuclear",
            ["dataset_singlecellgroundtruth/{folder}/images/{name}.tif",
             "dataset_train_val_test/{folder}/normal/images/{name}.tif"],
            {"masks": (None, ["dataset_singlecellgroundtruth/{folder}/masks/{name}singlemask.tif"])},
        ),
        (
            "omnipose_bacteria",
            ["{name}.png", "{name}.tif", "{name}.tiff"],
            {"masks": (None, ["masks/{name}_cp_masks.tif"])},
        ),
        (
            "dsb2018_per_object",
            ["stage1_train/{name}/images/{name}.png"],
            {"masks": ("file per object", ["stage1_train/{name}/masks/*.png"])},
        ),
        ("neubias", ["{name}.tif"], {}),
    ],
)  # fmt: skip
def test_real_lab_folders(
    real_data: Callable[[str], Path], name: str, images: list[str], annotations: dict[str, tuple[str, list[str]]]
) -> None:
    folder = real_data(name)
    proposal = propose([path for path in walk_files(folder) if find_reader(path)])
    assert sorted(images_of(proposal)) == images
    assert sets_of(proposal) == annotations
    assert not proposal.ambiguous


@pytest.mark.parametrize(
    ("name", "images", "files"),
    [("kromp_nuclear", 7, 3), ("omnipose_bacteria", 7, 7), ("dsb2018_per_object", 30, 1105), ("neubias", 7, 0)],
)
def test_real_lab_folders_scanned(real_data: Callable[[str], Path], name: str, images: int, files: int) -> None:
    inventory = scan(real_data(name))
    assert len(inventory.images) == images
    assert not inventory.unsettled
    assert {finding.code for finding in inventory.findings} <= {"MIFA207"}
    pairs = pairs_of(inventory)
    assert len(pairs) == files
    for file, image in pairs.items():
        if name == "dsb2018_per_object":
            assert PurePosixPath(file).parts[1] == PurePosixPath(image).parts[1]
        else:
            assert PurePosixPath(file).stem.startswith(PurePosixPath(image).stem)


@pytest.mark.parametrize(
    ("paths", "images", "annotations"),
    [
        (["images/a.tif", "images/b.tif", "masks/a.png", "masks/b.png"], ["images/{name}.tif"],
         {"masks": (None, ["masks/{name}.png"])}),
        (["a.tif", "a_mask.tif", "b.tif", "b_mask.tif"], ["{name}.tif"],
         {"mask": (None, ["{name}_mask.tif"])}),
        (["1/images/a.tif", "2/images/b.tif", "1/labels/a.tif", "2/labels/b.tif"], ["{folder}/images/{name}.tif"],
         {"labels": (None, ["{folder}/labels/{name}.tif"])}),
        (["p/w1/img/a.tif", "q/w2/img/a.tif", "p/w1/gt/a_gt.tif", "q/w2/gt/a_gt.tif"],
         ["{folder}/{folder2}/img/{name}.tif"], {"gt": (None, ["{folder}/{folder2}/gt/{name}_gt.tif"])}),
        (["01/t.tif", "02/t.tif", "01/masks/x.png", "02/masks/x.png", "02/masks/y.png"], ["{folder}/{name}.tif"],
         {"masks": ("file per object", ["{folder}/masks/*.png"])}),
        (["a.tif", "a_cp_masks.png", "a_seg.tif"], ["{name}.tif"],
         {"cp_masks": (None, ["{name}_cp_masks.png"]), "seg": (None, ["{name}_seg.tif"])}),
        (["a.tif", "b.png"], ["{name}.png", "{name}.tif"], {}),
        (["labels/a.tif", "labels/b.tif"], ["labels/{name}.tif"], {}),
        ([], [], {}),
    ],
)  # fmt: skip
def test_layouts_by_hand(paths: list[str], images: list[str], annotations: dict) -> None:
    proposal = propose(paths)
    assert sorted(images_of(proposal)) == images
    assert sets_of(proposal) == annotations
    assert len(proposal.reasons) == len(proposal.annotations)


STEMS = st.sampled_from(["a", "b", "ab", "a1", "img 1", "B", "a.b", "x-y", "µ"])
SUFFIX = st.sampled_from(["_mask", "_masks", "_cp_masks", "-labels", ".seg", " gt", "_nuclei_mask"])


def layout(kind: str, folders: Sequence[str], stems: Sequence[str], suffix: str) -> dict[str, str | None]:
    """Return each path with the image that it annotates; None for an image."""
    made: dict[str, str | None] = {}
    for folder in folders:
        for stem in stems:
            image, mask = {
                "beside": (f"{folder}/{stem}.png", f"{folder}/{stem}{suffix}.png"),
                "folders": (f"{folder}/images/{stem}.png", f"{folder}/masks/{stem}.png"),
                "both": (f"{folder}/raw/{stem}.png", f"{folder}/labels/{stem}{suffix}.png"),
                "below": (f"{folder}/{stem}.png", f"{folder}/gt/{stem}{suffix}.png"),
            }[kind]
            made |= {image: None, mask: image}
    return made


KIND = st.sampled_from(["beside", "folders", "both", "below"])
# Equally deep: see BUG_LITERAL for folders that are not.
FOLDERS = st.sampled_from([["p", "q", "p 1"], ["x/p", "x/q", "y/p"]]).flatmap(
    lambda folders: st.lists(st.sampled_from(folders), min_size=1, unique=True)
)


@settings(max_examples=60, deadline=None)
@given(KIND, FOLDERS, st.lists(STEMS, min_size=1, max_size=4, unique=True), SUFFIX)
def test_whole_layouts_are_paired_as_they_were_made(
    tmp_path_factory: pytest.TempPathFactory, fill: Fill, kind: str, folders: list[str], stems: list[str], suffix: str
) -> None:
    truth = layout(kind, folders, stems, suffix)
    inventory = scan(fill(tmp_path_factory.mktemp("lab"), truth))
    assert pairs_of(inventory) == {path: image for path, image in truth.items() if image}
    assert {image.key for image in inventory.images} == {path for path, image in truth.items() if not image}
    assert not inventory.others
    assert {finding.code for finding in inventory.findings} <= {"MIFA205"}


@settings(max_examples=60, deadline=None)
@given(KIND, FOLDERS, st.lists(STEMS, min_size=3, max_size=5, unique=True), SUFFIX, st.randoms(use_true_random=False))
def test_no_mask_is_ever_paired_with_an_image_of_another_stem(
    tmp_path_factory: pytest.TempPathFactory,
    fill: Fill,
    kind: str,
    folders: list[str],
    stems: list[str],
    suffix: str,
    random: object,
) -> None:
    """Files are missing here and there; what is left must stay with its own image, or alone."""
    truth = layout(kind, folders, stems, suffix)
    kept = [path for path in sorted(truth) if random.random() < 0.7]  # type: ignore[attr-defined]
    inventory = scan(fill(tmp_path_factory.mktemp("lab"), kept))
    layouts = {str(one.name): one.format for one in propose(kept).annotations}
    for pairing in inventory.pairings:
        if layouts[pairing.annotation_set] is None:
            for file in pairing.files:
                own = truth[file]
                assert own is not None, "an image was taken for a mask"
                assert PurePosixPath(pairing.image).stem == PurePosixPath(own).stem


@pytest.mark.parametrize(
    "truth",
    [
        {"x.png": None, "x_cell.png": None, "x_cell_mask.png": "x_cell.png", "x_mask.png": "x.png"},
        {"1_nuclei.png": None, "2_nuclei.png": None, "1_nuclei_mask.png": "1_nuclei.png",
         "2_nuclei_mask.png": "2_nuclei.png"},
        {"p/a.png": None, "p/masks/a_mask.png": "p/a.png", "p/masks/b_label.png": ""},
        {"s/1.png": None, "s/masks/10.png": "s/1.png", "s/masks/20.png": "s/1.png"},
        {"a.ome.png": None, "b.ome.png": None, "a_mask.png": "a.ome.png", "b_mask.png": "b.ome.png"},
        {"exp{1}/a.png": None, "exp{1}/a_mask.png": "exp{1}/a.png"},
        {"images/p/1.png": None, "images/q/1.png": None, "masks/p/1.png": "images/p/1.png",
         "masks/q/1.png": "images/q/1.png"},
        {"control/images/1.png": None, "treated/images/1.png": None,
         "control/masks/1.png": "control/images/1.png"},
        {"control/1.png": None, "treated/2.png": None, "control/1_mask.png": "control/1.png",
         "control/2_mask.png": ""},
        {"p/a.png": None, "x/q/a.png": None, "p/a_mask.png": "p/a.png", "x/q/a_mask.png": "x/q/a.png"},
    ],
)  # fmt: skip
def test_layouts_that_once_went_wrong(tmp_path: Path, fill: Fill, truth: dict[str, str | None]) -> None:
    """The image of each mask; an empty one for masks whose image is not there."""
    inventory = scan(fill(tmp_path, truth))
    assert pairs_of(inventory) == {path: image for path, image in truth.items() if image}
    assert {image.key for image in inventory.images} == {path for path, image in truth.items() if image is None}


def test_a_mask_without_its_image_is_no_image(tmp_path: Path, fill: Fill) -> None:
    inventory = scan(fill(tmp_path, ["a.png", "a_mask.png", "b_label.png"]))
    assert [image.key for image in inventory.images] == ["a.png"]


def test_a_stem_that_two_images_share_is_left_to_people() -> None:
    proposal = propose(["a.png", "a.tif", "b.png", "a_mask.png", "b_mask.png"])
    assert proposal.ambiguous == {"a_mask.png": ("a.png", "a.tif")}
    (masks,) = proposal.annotations
    assert [(pair.annotation, pair.image) for pair in masks.pairs] == [("a_mask.png", None)]


def test_the_image_that_shares_most_folders_is_meant() -> None:
    proposal = propose(["x/p/a.tif", "x/q/a.tif", "x/q/masks/a.tif"])
    assert not proposal.ambiguous
    assert [pattern for _, files in sets_of(proposal).values() for pattern in files if "{folder" in pattern]


def test_sets_of_one_name_get_numbers() -> None:
    proposal = propose(["a.tif", "b.tif", "masks/a.tif", "masks/b_mask.tif"])
    assert sorted(sets_of(proposal)) == ["masks", "masks_2"]
    assert proposal.reasons == (
        "1 files paired: same stem, folder masks/",
        "1 files paired: stem ends in _mask, folder masks/",
    )


def test_reasons_are_words() -> None:
    assert propose(["a.tif", "a_mask.tif"]).reasons == ("1 files paired: stem ends in _mask",)
    assert propose(["1/a.tif", "1/Masks/x.tif"]).reasons == (
        "1 files paired: one file per object in masks/, beside the only image",
    )
