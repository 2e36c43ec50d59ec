"""`mifa validate` on the record for BioStudies: what we broke is an error, what nobody said yet a warning."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.records.pagetab.conftest import all_said

from mifakit.checks.biostudies import check_biostudies
from mifakit.dataset.dataset import Dataset
from mifakit.explanations import explanation
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.biostudies import BioStudies

MakeDataset = Callable[..., Dataset]
FOLDER = "records/biostudies"
NUCLEI = f"{FOLDER}/file_list_annotations_nuclei"


def with_record(dataset: Dataset) -> Dataset:
    (dataset.path / FOLDER).mkdir(parents=True)
    for path, content in BioStudies().render(dataset).items():
        (dataset.path / path).write_bytes(content)
    return dataset


def found(dataset: Dataset) -> list[tuple[str, str, str]]:
    return [(one.code, one.place.path if one.place else "", one.message) for one in check_biostudies(dataset)]


@pytest.fixture
def recorded(make_dataset: MakeDataset) -> Dataset:
    """A dataset with a record of which nothing is missing."""
    return with_record(make_dataset(StudySheet.model_validate(all_said()), {"a": ("nuclei", "cells"), "b": ()}))


def edit(dataset: Dataset, change: Callable[[dict[str, Any]], object]) -> None:
    path = dataset.path / FOLDER / "pagetab.json"
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def test_a_whole_record_is_quiet(recorded: Dataset) -> None:
    assert found(recorded) == []


def test_a_record_that_is_not_there_is_told_by_another_check(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    assert found(make_dataset(full_sheet, {"a": ()})) == []


def test_what_nobody_said_is_a_warning_of_the_archives(make_dataset: MakeDataset) -> None:
    sheet = StudySheet.model_validate({"images": [{"name": "Images"}], "annotations": [{"name": "nuclei"}]})
    findings = [*check_biostudies(with_record(make_dataset(sheet, {"a": ("nuclei",)})))]
    assert {one.code for one in findings} == {"MIFA511"}
    assert not any(one.is_error for one in findings)
    assert {one.level for one in findings} == {"archive"}
    messages = {one.message for one in findings}
    assert {"it lacks Title", "it lacks ReleaseDate", "it has no Biosample", "it has no Author"} <= messages


def test_what_is_broken_in_the_record_is_an_error(recorded: Dataset) -> None:
    edit(recorded, lambda page: page["section"]["subsections"][0].update(type="Sample"))
    assert ("MIFA510", f"{FOLDER}/pagetab.json", "the form has no section 'Sample'") in found(recorded)


def test_an_old_spelling_is_an_error_too(recorded: Dataset) -> None:
    edit(recorded, lambda page: page["section"]["attributes"][3].update(name="Keyword"))
    assert ("MIFA510", f"{FOLDER}/pagetab.json", "'Keyword' is spelled 'Keywords' in the form") in found(recorded)


def test_a_record_of_the_other_form_is_an_error(recorded: Dataset) -> None:
    said = all_said()
    said["study"]["images_accession"] = "S-BIAD1"
    recorded.__dict__["sheet"] = StudySheet.model_validate(said)
    assert any("its Template is 'BioImages.v5', not 'BioImages.MIFA.v1'" in one[2] for one in found(recorded))


@pytest.mark.parametrize("text", ["{", "[]", '{"section": 5}', '"\\ud800"'])
def test_what_is_no_record_is_an_error_and_no_crash(recorded: Dataset, text: str) -> None:
    (recorded.path / FOLDER / "pagetab.json").write_text(text)
    codes = {one[0] for one in found(recorded)}
    assert codes == {"MIFA510"}


def test_nested_without_end_is_an_error_and_no_crash(recorded: Dataset) -> None:
    deep = '{"type":"a","subsections":[' * 50_000
    (recorded.path / FOLDER / "pagetab.json").write_text('{"type":"submission","section":' + deep)
    assert {one[0] for one in found(recorded)} == {"MIFA510"}


def test_the_two_forms_must_say_the_same(recorded: Dataset) -> None:
    edit(recorded, lambda page: page["section"]["attributes"][2].update(value="Something else"))
    assert found(recorded) == [("MIFA510", f"{FOLDER}/pagetab.tsv", "it does not say what pagetab.json says")]


def change_list(dataset: Dataset, old: str, new: str) -> None:
    path = dataset.path / f"{NUCLEI}.tsv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Files\t", "files\t", "its first header is 'files', not 'Files'"),
        ("Source Image", "Image", "it has no column Source Image"),
        ("\timages/a.ome", "\timages/c.ome", "'images/c.ome.zarr.zip' and 1 more: named as source, but no image"),
    ],
)
def test_a_list_that_the_archive_cannot_read(recorded: Dataset, old: str, new: str, message: str) -> None:
    change_list(recorded, old, new)
    assert found(recorded) == [("MIFA512", f"{NUCLEI}.tsv", message)]


def test_a_list_that_is_not_of_this_dataset(recorded: Dataset) -> None:
    change_list(recorded, "annotations/nuclei/a.ome", "annotations/nuclei/c.ome")
    assert found(recorded) == [
        ("MIFA512", f"{NUCLEI}.json", "it does not say what file_list_annotations_nuclei.tsv says"),
        ("MIFA512", f"{NUCLEI}.tsv", "does not list annotations/nuclei/a.ome.zarr.zip"),
        (
            "MIFA512",
            f"{NUCLEI}.tsv",
            "lists annotations/nuclei/c.ome.zarr.zip, which is no file of this set",
        ),
    ]


def test_a_list_that_is_lost(recorded: Dataset) -> None:
    (recorded.path / f"{NUCLEI}.tsv").unlink()
    ((code, path, message),) = found(recorded)
    assert (code, path) == ("MIFA510", FOLDER)
    assert "cannot be read" in message
    assert str(Path(NUCLEI).name) in message


@pytest.mark.parametrize("code", ["MIFA510", "MIFA511", "MIFA512", "MIFA513"])
def test_what_it_says_is_explained(code: str) -> None:
    assert explanation(code)
