from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mifakit.records.pagetab.forms import FormName, form_data, read_section

RULES = {
    "name", "display", "controlType", "fieldTypes", "tableTypes", "columnTypes", "sectionTypes", "allowNewAttribute",
    "allowCustomCols", "disableCustomSubsection", "minRequired", "minlength", "limitDatePast", "limitDateFuture",
    "multiple", "values", "enableValueAdd", "createOption", "ontology", "section_type", "field_name",
}  # fmt: skip


def without_help(node: Any) -> Any:
    """Return a part of a form without what is written for people; a value and what qualifies it stays whole."""
    if isinstance(node, list):
        return [without_help(item) for item in node]
    if isinstance(node, dict) and "value" not in node:
        return {key: without_help(value) for key, value in node.items() if key in RULES}
    return node


@pytest.mark.parametrize("name", FormName)
def test_forms_are_those_of_the_archive_without_help(name: FormName, reference: Callable[[str], Path]) -> None:
    theirs = json.loads(reference(f"biostudies/{name}.json").read_text("utf-8"))
    expected = {**{key: theirs[key] for key in ("name", "title")}, "sectionType": without_help(theirs["sectionType"])}
    assert form_data(name) == expected


def test_a_form_is_read() -> None:
    study = read_section(form_data(FormName.IMAGES)["sectionType"])
    assert study.closed and not study.open_fields
    assert study.fields["Title"].shortest == 25
    assert study.fields["License"].values["CC0"] == {
        "URL": "https://creativecommons.org/publicdomain/zero/1.0/legalcode"
    }
    assert len(study.sections["Annotation"].fields["Annotation Type"].values) == 11
    assert study.sections["Study Component"].sections["Associations"].fields["Specimen"].refers_to == "Specimen"
    assert study.sections["Publication"].open_fields  # it takes columns of one's own
    assert study.sections["Contact"].fields["Role"].values == {}  # the list only suggests
    annotations_alone = read_section(form_data(FormName.ANNOTATIONS)["sectionType"])
    assert "submitter" in annotations_alone.sections["Contact"].fields["Role"].values
