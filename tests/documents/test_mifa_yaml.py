"""MIFA's documents: BIA's own, the blank templates, and the ways in which people write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.documents.conftest import Read
from tests.documents.examples import MIFA_ANNOTATIONS, MIFA_STUDY

from mifakit.documents.registry import read_document
from mifakit.metadata.fields import is_empty
from mifakit.metadata.vocabularies import AnnotationType, License


def test_a_study_is_read_as_it_is_meant(read: Read) -> None:
    reading = read(yaml.safe_dump(MIFA_STUDY))
    study, (author, *others) = reading.model.study, reading.model.authors
    assert reading.findings == ()
    assert (author.full_name, author.orcid, author.roles) == (
        "Josiah Carberry",
        "0000-0002-1825-0097",
        ["data curation"],
    )
    assert [(one.name, one.ror) for one in author.organisations] == [("EMBL-EBI", "02catss52")]
    assert others == []
    assert study.license is License.CC_BY
    assert [(one.doi, one.year, one.pubmed_id) for one in study.publications] == [
        ("10.1242/jcs.033340", "2021", "PMC7274788")
    ]
    assert [(one.url, one.description) for one in study.links] == [
        ("https://example.org/a", None),
        ("https://example.org/b", "The second"),
    ]
    assert study.ai_models_trained == ["https://bioimage.io/#/?id=affable-shark"]
    assert [(one.grant_id, one.funder) for one in study.grants] == [("ALTF 1", "EMBO")]


def test_what_differs_from_file_to_file_is_said_of_files(read: Read) -> None:
    (annotations,) = read(yaml.safe_dump(MIFA_ANNOTATIONS)).model.annotations
    assert annotations.types == [AnnotationType.SEGMENTATION_MASK, AnnotationType.TRACKS]
    assert annotations.transformations == "none"
    assert annotations.spatial_information is None
    assert [(one.annotation, one.types, one.spatial_information) for one in annotations.file_values] == [
        ("masks/a.png", [AnnotationType.SEGMENTATION_MASK], "z is 5"),
        ("masks/b.png", [AnnotationType.SEGMENTATION_MASK, AnnotationType.TRACKS], "z is 6"),
    ]
    assert annotations.file_values[0].created == "2026-02-11T11:00:15+01:00"
    assert [(one.annotation, one.image) for one in annotations.pairs] == [
        ("masks/a.png", "images/a.tif"),
        ("masks/b.png", "images/b.tif"),
    ]


@pytest.mark.parametrize("name", ["Study", "Annotations"])
def test_a_blank_template_says_nothing(name: str, reference: Callable[[str], Path]) -> None:
    reading = read_document(reference(f"mifa/examples/{name}_template.yaml"))
    assert reading.findings == ()
    assert is_empty(reading.model)


def test_a_wrong_value_is_found_where_it_stands(read: Read) -> None:
    text = "title: T\ndescription: D\nauthors:\n  - author_last_name: Carberry\n    orcid_id: 0000-0002-1825-0098\n"
    reading = read(f"{text}link_url: https://example.org\nfunding_statement: none\n", "study.yaml")
    (finding,) = reading.findings
    assert (finding.code, finding.place.line, finding.place.item) == ("MIFA111", 5, "authors[0].orcid_id")
    assert reading.model.authors[0].last_name == "Carberry"
    assert reading.model.authors[0].orcid is None


def test_a_document_of_ours_names_its_set(read: Read) -> None:
    (annotations,) = read(yaml.safe_dump(MIFA_ANNOTATIONS), "annotations-nuclei.yaml").model.annotations
    assert annotations.name == "nuclei"
