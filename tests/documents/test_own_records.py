"""What mifakit itself writes of a dataset is read back as it was said: MIFA documents and RO-Crate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.records.conftest import FULL_SHEET, make_dataset, own_records  # noqa: F401

from mifakit.dataset.dataset import Dataset
from mifakit.documents.combining import combine
from mifakit.documents.registry import read_document
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.writing import write_records


@pytest.fixture
def dataset(make_dataset: Callable[..., Dataset], own_records: None) -> Dataset:  # noqa: F811
    made = make_dataset(StudySheet.model_validate(FULL_SHEET))
    write_records(made)
    return made


def said(model: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(model, name) for name in names}


def test_mifa_documents(dataset: Dataset) -> None:
    paths = sorted((dataset.path / "records" / "mifa").glob("*.yaml"))
    sheet, findings = combine([read_document(path) for path in paths])
    assert findings == []
    full = dataset.sheet
    fields = set(type(full.study).model_fields) - {"accession", "release_date", "publications", "links"}
    assert said(sheet.study, *fields) == said(full.study, *fields)
    assert [(one.url, one.description) for one in sheet.study.links] == [
        (one.url, one.description) for one in full.study.links
    ]
    assert sheet.study.publications == full.study.publications[:1], "one without DOI has no place in a MIFA document"
    assert sheet.version == full.version
    of_sets = ("overview", "types", "method", "criteria", "coverage", "confidence_level", "transformations", "created")
    ours, theirs = ({one.name: one for one in model.annotations} for model in (sheet, full))
    assert ours.keys() == theirs.keys()
    for name, one in ours.items():
        assert said(one, *of_sets) == said(theirs[name], *of_sets)
        assert one.authors == (theirs[name].authors or full.authors)


def test_ro_crate(dataset: Dataset) -> None:
    reading = read_document(dataset.path / "ro-crate-metadata.json")
    sheet, full = reading.model, dataset.sheet
    fields = ("title", "keywords", "license", "acknowledgements", "grants", "accession", "release_date")
    assert said(sheet.study, *fields) == said(full.study, *fields)
    assert [one.doi for one in sheet.study.publications] == [one.doi for one in full.study.publications]
    assert [(one.full_name, one.orcid, one.email) for one in sheet.authors[:2]] == [
        (one.full_name, one.orcid, one.email) for one in full.authors
    ]
    assert sheet.specimens == full.specimens
    assert [said(one, "title", "instrument", "parameters") for one in sheet.acquisitions] == [
        said(one, "title", "instrument", "parameters") for one in full.acquisitions
    ]
    of_sets = ("name", "description", "specimen", "acquisition")
    assert [said(one, *of_sets) for one in sheet.images] == [said(one, *of_sets) for one in full.images]
    assert [said(one, "name", "overview", "types", "criteria", "coverage") for one in sheet.annotations] == [
        said(one, "name", "overview", "types", "criteria", "coverage") for one in full.annotations
    ]
    pairs = {(one.annotation, one.image) for entry in sheet.annotations for one in entry.pairs}
    assert pairs == {
        (path, sample.row.image)
        for sample in dataset
        for name in sample.row.annotations
        for path in sample.row.annotation_paths(name)
    }
    assert not [one for one in reading.findings if one.is_error]
