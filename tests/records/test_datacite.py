from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datacite
import pytest
from datacite import schema45

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records import bundled
from mifakit.records.datacite import DataCite

MakeDataset = Callable[..., Dataset]


def record(dataset: Dataset) -> dict[str, Any]:
    (content,) = DataCite().render(dataset).values()
    loaded: dict[str, Any] = json.loads(content)
    return loaded


def test_the_schema_is_an_unchanged_copy() -> None:
    ours = Path(bundled.__file__).parent / "schemas" / "datacite-4.5.schema.json"
    theirs = Path(datacite.__file__).parent / "schemas" / "datacite-v4.5.json"
    assert ours.read_bytes() == theirs.read_bytes()


def test_only_what_nobody_said_is_missing(variant: Dataset) -> None:
    errors = [error.message for error in schema45.validator.iter_errors(record(variant))]
    if variant.sheet.study.title:
        assert errors == []
    else:
        demanded = ("creators", "titles", "publicationYear")
        assert sorted(errors) == sorted(f"{key!r} is a required property" for key in demanded)


def test_datacites_own_library_makes_xml_of_it(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    xml = schema45.tostring(record(make_dataset(full_sheet)))
    assert "<publicationYear>2026</publicationYear>" in xml
    assert '<identifier identifierType="DOI">10.6019/S-BIAD634</identifier>' in xml
    assert 'schemeURI="https://orcid.org/">https://orcid.org/0000-0002-1825-0097' in xml


def test_people_get_credit(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    found = record(make_dataset(full_sheet))
    assert [person["name"] for person in found["creators"]] == ["Carberry, Josiah", "Skłodowska–Curie, Marie"]
    assert found["creators"][0]["affiliation"][0]["affiliationIdentifier"] == "https://ror.org/02catss52"
    assert [(person["name"], person["contributorType"]) for person in found["contributors"]] == [
        ("Grayson, Truman", "DataCurator"),
        ("Skłodowska–Curie, Marie", "DataCurator"),
    ]


def test_what_is_related_is_named_once(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    full_sheet.version.previous_version = "https://doi.org/10.6019/S-BIAD599"
    related = record(make_dataset(full_sheet))["relatedIdentifiers"]
    assert [(entry["relationType"], entry["relatedIdentifier"]) for entry in related] == [
        ("IsDescribedBy", "10.1242/jcs.033340"),
        ("IsSourceOf", "https://bioimage.io/#/?id=10.5281%2Fzenodo.6028097"),
        ("IsNewVersionOf", "10.6019/S-BIAD599"),
        ("References", "https://github.com/example/code"),
        ("References", "https://example.org/lab"),
    ]


def test_licence_funding_and_subjects(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    found = record(make_dataset(full_sheet))
    assert found["rightsList"][0]["rightsIdentifier"] == "CC-BY-4.0"
    assert found["fundingReferences"] == [
        {"funderName": "EMBO", "awardNumber": "ALTF 1234-567"},
        {"funderName": "EMBO", "awardNumber": "840767"},
    ]
    assert found["subjects"][-2:] == [
        {
            "subject": "Homo sapiens",
            "subjectScheme": "NCBI Taxonomy",
            "valueUri": "http://purl.obolibrary.org/obo/NCBITaxon_9606",
        },
        {
            "subject": "fluorescence microscopy",
            "subjectScheme": "FBbi",
            "valueUri": "http://purl.obolibrary.org/obo/FBbi_00000246",
        },
    ]


@pytest.mark.parametrize(("accession", "publisher"), [("S-BIAD634", "BioImage Archive"), (None, ":tba")])
def test_the_publisher_is_known_with_the_accession_number(
    make_dataset: MakeDataset, full_sheet: StudySheet, accession: str | None, publisher: str
) -> None:
    full_sheet.study.accession = accession
    found = record(make_dataset(full_sheet))
    assert found["publisher"]["name"] == publisher
    assert ("doi" in found) == ("url" in found) == bool(accession)
