"""Whatever a document says stands in the sheet or in a finding: of every value, and of fields nobody thought of."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.documents.conftest import Read
from tests.documents.examples import EXAMPLES

from mifakit.documents.reading import Reading

MARKER = re.compile(r"lost\d+x")
FORM = {
    # What PageTab and JSON-LD name and refer by; a wrong one is another document.
    "BioStudies PageTab": {"type", "name", "accno", "reference"},
    "RO-Crate": {"@id", "@type", "@context"},
}


def leaves(value: Any, form: set[str], where: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            if key not in form:
                yield from leaves(value[key], form, (*where, key))
    elif value is not None:
        yield where


def blocks(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from blocks(child)


def change(document: Any, where: tuple[Any, ...], value: str) -> None:
    *parents, last = where
    for key in parents:
        document = document[key]
    document[last] = value


def said(reading: Reading) -> set[str]:
    """Return the markers of the sheet and of the findings."""
    findings = "\n".join(finding.message for finding in reading.findings)
    return set(MARKER.findall(reading.model.model_dump_json() + findings))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_value_is_in_the_sheet_or_in_a_finding(name: str, read: Read) -> None:
    format_name, example = EXAMPLES[name]
    for where in leaves(example, FORM.get(format_name, set())):
        document = copy.deepcopy(example)
        change(document, where, "lost1x")
        reading = read(document)
        assert reading.format == format_name
        assert said(reading) == {"lost1x"}, where


@pytest.mark.parametrize("name", EXAMPLES)
def test_all_values_at_once(name: str, read: Read) -> None:
    format_name, example = EXAMPLES[name]
    document, wanted = copy.deepcopy(example), set()
    form = FORM.get(format_name, set())
    if format_name == "RO-Crate":
        form = {*form, "about", "conformsTo"}
    for number, where in enumerate(leaves(example, form)):
        change(document, where, f"lost{number}x")
        wanted.add(f"lost{number}x")
    assert wanted - said(read(document)) == set()


@pytest.mark.parametrize("name", EXAMPLES)
def test_fields_nobody_thought_of_are_named(name: str, read: Read) -> None:
    format_name, example = EXAMPLES[name]
    for number in range(len(list(blocks(example)))):
        document = copy.deepcopy(example)
        block = list(blocks(document))[number]
        if format_name == "RO-Crate" and set(block) == {"@id"}:
            continue  # a reference with more in it is another entity
        block["surprise"] = {"inner": ["lost7x"]}
        if format_name == "MIFA YAML" and name == "MIFA version":
            continue  # only its four fields tell what it is
        assert said(read(document)) == {"lost7x"}, block


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_of_it_may_be_missing_or_a_list(data: st.DataObject, read: Read) -> None:
    """Values are lists, lists are values, parts are missing: nothing breaks, and nothing is lost."""
    format_name, example = EXAMPLES[data.draw(st.sampled_from(sorted(EXAMPLES)))]
    document = copy.deepcopy(example)
    places = list(leaves(example, FORM.get(format_name, set())))
    chosen = data.draw(st.lists(st.sampled_from(places), max_size=4, unique=True))
    wanted = set()
    for number, where in enumerate(chosen):
        odd = data.draw(st.sampled_from(["list", "block", "none", "value"]))
        marker = f"lost{number}x"
        value: Any = {"list": [marker, [marker]], "block": {"odd": marker}, "none": None, "value": marker}[odd]
        change(document, where, value)
        if odd != "none":
            wanted.add(marker)
    reading = read(json.dumps(document))
    assert wanted - said(reading) == set()
