from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.records.conftest import RECORDS

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.mifa import Study
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.credit import annotators, citation, creators, dataset_address, dataset_doi, people


def test_people_are_named_once_in_the_order_of_credit(full_sheet: StudySheet) -> None:
    assert [one.last_name for one in creators(full_sheet)] == ["Carberry", "Skłodowska–Curie"]
    assert [(one.last_name, one.roles) for one in annotators(full_sheet)] == [
        ("Grayson", ["data annotation"]),
        ("Skłodowska–Curie", ["curation"]),
    ]
    assert [one.last_name for one in people(full_sheet)] == ["Carberry", "Skłodowska–Curie", "Grayson"]


def test_two_people_of_one_name_are_told_apart_by_orcid(full_sheet: StudySheet) -> None:
    twin = full_sheet.authors[0].model_copy(update={"orcid": "0000-0001-5109-3700"})
    full_sheet.authors.append(twin)
    assert len(creators(full_sheet)) == 3


@pytest.mark.parametrize(
    ("accession", "doi"),
    [("S-BIAD634", "10.6019/S-BIAD634"), ("BIAD634", None), ("S-BIAD634 ", "10.6019/S-BIAD634"), (None, None)],
)
def test_only_an_accession_number_gives_a_doi(accession: str | None, doi: str | None) -> None:
    study = Study(accession=accession)
    assert dataset_doi(study) == doi
    assert bool(dataset_address(study)) == bool(doi)


def test_the_citation(full_sheet: StudySheet) -> None:
    assert citation(full_sheet) == (
        "Josiah Carberry, Marie Skłodowska–Curie (2026). Nuclei in a human skin cell line, annotated. Version 1.0. "
        "BioImage Archive, S-BIAD634. https://doi.org/10.6019/S-BIAD634"
    )
    assert citation(StudySheet.model_validate({"version": {"version": "1"}})) == ""


def test_every_record_renders_the_same_bytes_and_no_address_of_people(variant: Dataset) -> None:
    for record in RECORDS:
        files = record.render(variant)
        assert files == record.render(variant)
        if record.name not in ("mifa_documents", "ro_crate"):  # these have fields for them
            assert not [path for path, content in files.items() if b"@example.com" in content]


def test_records_agree(make_dataset: Callable[..., Dataset], full_sheet: StudySheet) -> None:
    full_sheet.study.title = "A title that is nowhere else, with 25 letters"
    dataset = make_dataset(full_sheet)
    files = {path: content.decode() for record in RECORDS for path, content in record.render(dataset).items()}
    about = [path for path in files if not path.startswith("records/mifa/") and path != "file_list.tsv"]
    assert len(about) == 8
    for path in about:
        assert str(full_sheet.study.title) in files[path], path
    for path in set(about) - {"ro-crate-metadata.json"}:
        assert "10.6019/S-BIAD634" in files[path], path
