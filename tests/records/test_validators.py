"""The table of validators: none is forgotten, and each sees what is wrong with its record."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.records.validators import VALIDATORS, faults

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.registry import load_records
from mifakit.records.writing import write_records


@pytest.fixture
def whole(make_dataset: Callable[..., Dataset], full_sheet: StudySheet) -> Dataset:
    """A dataset of which everything is said, with every record that is installed."""
    dataset: Dataset = make_dataset(full_sheet)
    write_records(dataset)
    return dataset


def test_every_registered_record_has_a_validator() -> None:
    assert sorted(record.name for record in load_records()[0]) == sorted(VALIDATORS)


def test_a_dataset_of_which_everything_is_said_is_green(whole: Dataset) -> None:
    assert faults(whole) == {}


@pytest.mark.parametrize(
    ("record", "path", "old", "new"),
    [
        ("bioimageio", "records/bioimageio/bioimageio.yaml", "type: dataset", "type: model"),
        ("biostudies", "records/biostudies/pagetab.json", '"BioImages.v5"', '"BioImages.v4"'),
        ("citation", "CITATION.cff", "message:", "massage:"),
        ("citation", "records/citation.bib", "@dataset{", "@dataset("),
        ("croissant", "croissant.json", '"cr:FileObject"', '"cr:FileObjekt"'),
        ("datacite", "records/datacite.json", '"DataCurator"', '"Annotator"'),
        ("dataset_card", "README.md", "pretty_name:", "prettty_name:"),
        ("gallery", "records/gallery.html", "</section>", ""),
        ("invenio_rdm", "records/invenio-rdm.json", '"isdescribedby"', '"aboutit"'),
        ("mifa_documents", "records/mifa/study.yaml", "license: CC_BY", "license: CC-BY-4.0"),
        ("ro_crate", "ro-crate-metadata.json", '"bia:Study"', '"bia:Studie"'),
        ("ro_crate", "file_list.tsv", "images/0001.ome.zarr\t", "images/0009.ome.zarr\t"),
        ("schema_org", "records/dataset.jsonld", '"description"', '"describtion"'),
        ("zenodo", "records/zenodo.json", '"cc-by-4.0"', '"cc-by-nc"'),
    ],
)
def test_a_broken_record_is_red(whole: Dataset, record: str, path: str, old: str, new: str) -> None:
    text = (whole.path / path).read_text("utf-8")
    assert old in text
    (whole.path / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert VALIDATORS[record](whole)
