"""Who gets credit: everybody once, annotators too, and people who share a name stay two."""

from __future__ import annotations

from typing import Any

import pytest

from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.credit import credited_people, dataset_credit

JOSIAH = {"first_name": "Josiah", "last_name": "Carberry", "orcid": "0000-0002-1825-0097"}
NAMESAKE = {**JOSIAH, "orcid": "0000-0001-5109-3700"}
WITHOUT_ORCID = {"first_name": "Josiah", "last_name": "Carberry"}
MARRIED = {**JOSIAH, "last_name": "Grayson"}


@pytest.mark.parametrize(
    ("annotators", "credited"),
    [
        ([JOSIAH], 1),
        ([WITHOUT_ORCID], 1),
        ([MARRIED], 1),
        ([NAMESAKE], 2),
        ([{"first_name": "Truman"}, {"orcid": NAMESAKE["orcid"]}], 2),
        ([NAMESAKE, NAMESAKE, {}], 2),
    ],
)
def test_everybody_once(annotators: list[dict[str, Any]], credited: int) -> None:
    sheet = StudySheet.model_validate({"authors": [JOSIAH], "annotations": [{"name": "a", "authors": annotators}]})
    people = credited_people(sheet)
    assert len(people) == credited
    assert people[0].orcid == JOSIAH["orcid"]


def test_of_nothing_nothing_is_cited() -> None:
    assert dataset_credit(StudySheet()) == ""
