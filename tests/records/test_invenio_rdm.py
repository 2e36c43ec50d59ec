from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from jsonschema import Draft7Validator

from mifakit.dataset.dataset import Dataset
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.bundled import bundled_schema
from mifakit.records.invenio_rdm import InvenioRdm

MakeDataset = Callable[..., Dataset]


def metadata(dataset: Dataset) -> dict[str, Any]:
    (content,) = InvenioRdm().render(dataset).values()
    found: dict[str, Any] = json.loads(content)["metadata"]
    return found


def test_only_what_nobody_said_is_missing(variant: Dataset) -> None:
    validator = Draft7Validator(bundled_schema("invenio-rdm"), format_checker=Draft7Validator.FORMAT_CHECKER)
    errors = [error.message for error in validator.iter_errors(metadata(variant))]
    demanded = () if variant.sheet.study.title else ("title", "creators", "publication_date")
    assert errors == [f"{key!r} is a required property" for key in demanded]


def test_what_a_repository_shows(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    found = metadata(make_dataset(full_sheet))
    assert found["creators"][0] == {
        "person_or_org": {
            "type": "personal",
            "family_name": "Carberry",
            "given_name": "Josiah",
            "identifiers": [{"scheme": "orcid", "identifier": "0000-0002-1825-0097"}],
        },
        "affiliations": [{"id": "02catss52"}, {"name": "A lab without ROR"}],
    }
    assert found["contributors"][0]["role"] == {"id": "datacurator"}
    assert found["rights"] == [{"id": "cc-by-4.0"}]
    assert found["related_identifiers"][0] == {
        "identifier": "10.6019/S-BIAD634",
        "scheme": "doi",
        "relation_type": {"id": "isidenticalto"},
        "resource_type": {"id": "dataset"},
    }
    assert found["funding"][1] == {"funder": {"name": "EMBO"}, "award": {"title": {"en": "840767"}, "number": "840767"}}


def test_a_person_of_one_name_has_a_family_name(make_dataset: MakeDataset, full_sheet: StudySheet) -> None:
    full_sheet.authors[0].last_name = None
    assert metadata(make_dataset(full_sheet))["creators"][0]["person_or_org"]["family_name"] == "Josiah"
