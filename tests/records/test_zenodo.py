from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from jsonschema import Draft7Validator

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.bundled import bundled_schema
from mifakit.records.zenodo import Zenodo

MakeDataset = Callable[..., Dataset]


def metadata(dataset: Dataset) -> dict[str, Any]:
    (content,) = Zenodo().render(dataset).values()
    document = json.loads(content)
    assert list(document) == ["metadata"]
    found: dict[str, Any] = document["metadata"]
    return found


def test_only_what_nobody_said_is_missing(variant: Dataset) -> None:
    validator = Draft7Validator(bundled_schema("zenodo-deposit"), format_checker=Draft7Validator.FORMAT_CHECKER)
    errors = [error.message for error in validator.iter_errors(metadata(variant))]
    if variant.sheet.study.title:
        assert errors == []
    else:
        demanded = ("title", "creators", "description", "publication_date", "license")
        assert errors == [f"{key!r} is a required property" for key in demanded]


def test_texts_are_html_that_reads_as_it_was_said(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    class Text(HTMLParser):
        text = ""

        def handle_data(self, data: str) -> None:
            self.text += f"{data}\n"

    full_sheet.study.description = "A <script>alert(1)</script> &amp; a second line:\n1 < 2"
    reader = Text()
    reader.feed(metadata(make_dataset(full_sheet))["description"])
    assert reader.text == full_sheet.study.description + "\n"


def test_what_zenodo_shows(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    found = metadata(make_dataset(full_sheet))
    assert found["upload_type"] == "dataset"
    assert found["license"] == "cc-by-4.0"
    assert found["publication_date"] == "2026-12-01"
    assert found["creators"][0] == {
        "name": "Carberry, Josiah",
        "affiliation": "EMBL-EBI; A lab without ROR",
        "orcid": "0000-0002-1825-0097",
    }
    assert found["contributors"][0]["type"] == "DataCurator"
    assert found["related_identifiers"][:2] == [
        {"identifier": "10.6019/S-BIAD634", "relation": "isIdenticalTo", "resource_type": "dataset"},
        {
            "identifier": "https://doi.org/10.1242/jcs.033340",
            "relation": "isDescribedBy",
            "resource_type": "publication-article",
        },
    ]
    assert "<p>Grants: EMBO ALTF 1234-567; EMBO 840767</p>" in found["notes"]
    assert found["method"].startswith("<p>Annotations nuclei: Masks of nuclei. Outlined in Fiji</p>")
    assert "doi" not in found, "Zenodo gives one"
