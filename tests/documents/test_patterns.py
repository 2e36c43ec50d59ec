"""Files that a document lists become patterns that say the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mifakit.documents.patterns import lay_out, name_sets
from mifakit.inventory.scanning import scan_folder
from mifakit.metadata.study_sheet import StudySheet


def sheet_of(pairs: list[tuple[str, str | None]], images: list[list[str]] | None = None) -> StudySheet:
    sheet = StudySheet.model_validate(
        {
            "images": [{"name": f"set {number}", "files": files} for number, files in enumerate(images or [])],
            "annotations": [{"pairs": [{"annotation": path, "image": image} for path, image in pairs]}],
        }
    )
    lay_out(sheet)
    name_sets(sheet)
    return sheet


def fill(folder: Path, paths: set[str]) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"")


def paired(sheet: StudySheet, folder: Path) -> dict[str, str]:
    """Return what a scan of the folder pairs by the sheet."""
    found = scan_folder(folder, sheet.images, sheet.annotations)
    return {file: pairing.image for pairing in found.pairings for file in pairing.files}


def test_patterns_stand_for_pairs() -> None:
    sheet = sheet_of([(f"x/masks/{name}_seg.tif", f"x/images/{name}.tif") for name in "abc"])
    assert sheet.images[0].files == ["x/images/{name}.tif"]
    assert (sheet.annotations[0].name, sheet.annotations[0].files) == ("annotations", ["x/masks/{name}_seg.tif"])
    assert sheet.annotations[0].pairs == []


def test_what_patterns_do_not_tell_stays_a_pair() -> None:
    sheet = sheet_of([("m/1.png", "i/a.tif"), ("m/2.png", "i/b.tif")])
    assert [(one.annotation, one.image) for one in sheet.annotations[0].pairs] == [
        ("m/1.png", "i/a.tif"), ("m/2.png", "i/b.tif"),
    ]  # fmt: skip


def test_sets_of_one_folder_are_written_out() -> None:
    sheet = sheet_of([], [["i/a.tif", "i/b.tif"], ["i/c.tif"]])
    assert [one.files for one in sheet.images] == [["i/a.tif", "i/b.tif"], ["i/{name}.tif"]]


NAMES = st.text("ab_{}1", min_size=1, max_size=3)
PATHS = st.builds("{}/{}.tif".format, st.sampled_from(["p", "p/q"]), NAMES)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(images=st.lists(PATHS, min_size=1, max_size=4, unique=True), build=st.sampled_from(["beside", "folder", "odd"]))
def test_a_scan_pairs_what_the_document_pairs(
    images: list[str], build: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    names = {"beside": "{}_seg.tif", "folder": "masks/{}.png", "odd": "odd/{}.tif"}
    pairs = {}
    for number, image in enumerate(images):
        stem = str(number) if build == "odd" else image.removesuffix(".tif")
        pairs[names[build].format(stem)] = image
    if set(pairs) & set(images):
        return
    folder = tmp_path_factory.mktemp("lab")
    fill(folder, {*pairs, *images})
    sheet = sheet_of(list(pairs.items()))
    assert paired(sheet, folder) == pairs
