"""Files that hold an image and its annotation: what is offered for them without a sheet."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

import mifakit
from mifakit.inventory.conventions import says_annotation, set_name
from mifakit.inventory.inventory import ImageFile
from mifakit.inventory.proposing import Proposal, propose_scenes
from mifakit.inventory.scanning import scan_folder
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.image_sets import ImageSet
from mifakit.readers.origin import Origin

PIXELS = np.arange(20 * 30, dtype=np.uint16).reshape(20, 30)


def write_hdf5(path: Path, *names: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for name in names:
            file[name] = PIXELS


def images(**files: list[str]) -> list[ImageFile]:
    return [ImageFile(Origin(f"{file}.h5", 0, name), 0, {}, "p") for file, names in files.items() for name in names]


PROPOSAL = Proposal((ImageSet(files=["{name}.h5"]),), (), (), {})


@pytest.mark.parametrize(
    ("files", "scenes", "sets"),
    [
        ({"a": ["label", "raw"], "b": ["label", "raw"]}, ["raw"], {"label": "label"}),
        ({"a": ["image", "labels/b", "labels/C"]}, ["image"], {"b": "labels/b", "c": "labels/C"}),
        ({"a": ["label", "raw"], "b": ["one", "two"]}, ["one", "raw", "two"], {"label": "label"}),
    ],
)  # fmt: skip
def test_annotations_among_the_images_of_a_file(
    files: dict[str, list[str]], scenes: list[str], sets: dict[str, str]
) -> None:
    proposed = propose_scenes(PROPOSAL, images(**files))
    assert proposed is not None
    assert proposed.images[0].scenes == scenes
    assert {one.name: one.scenes for one in proposed.annotations} == {name: [scene] for name, scene in sets.items()}
    assert len(proposed.reasons) == len(sets)


@pytest.mark.parametrize(
    "files",
    [{"a": ["one", "two"]}, {"a": ["one", "two", "label"]}, {"a": ["label", "mask"]}, {}],
    ids=["no annotation", "two images", "no image", "nothing"],
)
def test_what_is_not_plain_is_not_offered(files: dict[str, list[str]]) -> None:
    assert propose_scenes(PROPOSAL, images(**files)) is None


def test_names() -> None:
    names = ("raw", "label", "labels/x", "nuclei_mask", "t00000/s00/cells")
    assert [name for name in names if says_annotation(name)] == ["label", "labels/x", "nuclei_mask"]
    assert set_name("labels/My Nuclei") == "my_nuclei"


def test_a_scan_pairs_them_and_a_file_without_annotation_is_said(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_hdf5(tmp_path / "lab" / f"{name}.h5", "raw", "label")
    write_hdf5(tmp_path / "lab" / "c.h5", "raw", "more")
    found = mifakit.scan(tmp_path / "lab")
    assert [(one.image, one.files) for one in found.pairings] == [
        ("a.h5 [raw]", ("a.h5 [label]",)),
        ("b.h5 [raw]", ("b.h5 [label]",)),
    ]
    assert [image.key for image in found.images] == ["a.h5 [raw]", "b.h5 [raw]", "c.h5 [more]", "c.h5 [raw]"]
    without = sorted(str(one.place) for one in found.findings if one.code == "MIFA207")
    assert without == ["c.h5 (more)", "c.h5 (raw)"]
    assert not [one for one in found.findings if one.is_error]


def test_a_name_that_no_file_holds_is_an_error(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "a.h5", "raw", "label")
    images, annotations = ImageSet(scenes=["raw"]), AnnotationSet(name="n", scenes=["lable"])
    images.files = annotations.files = ["{name}.h5"]
    found = scan_folder(tmp_path, [images], [annotations])
    assert [(one.code, one.message) for one in found.findings if one.is_error] == [
        ("MIFA223", "holds label, raw, not lable")
    ]
