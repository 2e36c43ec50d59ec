"""Titles, descriptions, placeholders, people, lists and dates of a sheet, in order and not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.checks.prose.told import sheet_of

from mifakit.catalogue import Level
from mifakit.checks import sheet_dates, sheet_lists, sheet_people, sheet_texts
from mifakit.findings import Finding
from mifakit.sheet.reading import Sheet

Rule = Callable[[Sheet], Iterator[Finding]]


def items(rule: Rule, said: dict[str, Any]) -> list[str]:
    """Return the fields that a rule has something to say of."""
    return [(one.place.item or "") if one.place else "" for one in rule(sheet_of(said))]


def test_titles() -> None:
    assert items(sheet_texts.check_title, {"study": {"title": "a" * 24}}) == ["study.title"]
    assert items(sheet_texts.check_title, {"study": {"title": "a" * 25}}) == []
    assert items(sheet_texts.check_title, {}) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Images of nuclei.", True),
        ("Pictures that were taken in the basement last week with the big microscope.", True),
        ("Annotated images of nuclei in a human skin cell line, to train nuclear segmentation.", False),
        ("The number of cells in an embryo at early stages can be used to understand its viability.", False),
        ("TBD", False),  # MIFA162 says so
        (None, False),
    ],
)
def test_descriptions(text: str | None, told: bool) -> None:
    assert bool(items(sheet_texts.check_description, {"study": {"description": text}})) is told


@pytest.mark.parametrize(
    "text",
    [
        "TBD",
        "tbd.",
        "n/a",
        "N.A.",
        "None",
        "?",
        "???",
        "-",
        "xxx",
        "to be added",
        "Lorem ipsum dolor",
        "Test",
        "TODO: x",
    ],
)
def test_placeholders(text: str) -> None:
    said = {"study": {"funding_statement": text, "acknowledgements": text}, "acquisitions": [{"instrument": text}]}
    findings = list(sheet_texts.check_placeholders(sheet_of(said)))
    assert [(one.place and one.place.item, one.level) for one in findings] == [
        ("study.funding_statement", Level.MIFA_REQUIRED),
        ("acquisitions[0].instrument", Level.ARCHIVE),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "No funding was needed.",
        "Nothing was paid.",
        "None of the funders had a say.",
        "The NA was 1.4.",
        "Testing agency",
    ],
)
def test_sentences_are_no_placeholders(text: str) -> None:
    assert items(sheet_texts.check_placeholders, {"study": {"funding_statement": text}}) == []


def test_names_and_patterns_are_no_placeholders() -> None:
    said = {"images": [{"name": "test", "files": ["*"]}], "authors": [{"first_name": "Na", "last_name": "Bar"}]}
    assert items(sheet_texts.check_placeholders, said) == []


def test_the_example_of_the_form_is_a_placeholder() -> None:
    text = "Two biologists outlined each nucleus in Fiji 1.54f in May 2025; a third settled disagreements."
    assert items(sheet_texts.check_placeholders, {"annotations": [{"method": text}]}) == ["annotations[0].method"]
    assert items(sheet_texts.check_placeholders, {"annotations": [{"method": f"{text} Really."}]}) == []
    assert items(sheet_texts.check_placeholders, {"annotations": [{"coverage": "All images were annotated."}]}) == []


A = {"first_name": "Ada", "last_name": "A", "email": "a@example.com", "orcid": "0000-0002-1825-0097"}
B = {"first_name": "Bo", "last_name": "B", "email": "A@example.com"}


def test_emails() -> None:
    assert items(sheet_people.check_emails, {"authors": [A, B]}) == ["authors[1].email"]
    assert items(sheet_people.check_emails, {"authors": [A], "annotations": [{"authors": [B]}]}) == [
        "annotations[0].authors[0].email"
    ]
    assert items(sheet_people.check_emails, {"authors": [A], "annotations": [{"authors": [A]}]}) == []
    assert items(sheet_people.check_emails, {"authors": [A, {**B, "email": None}]}) == []


def test_people() -> None:
    assert items(sheet_people.check_people, {"authors": [A, B, {**A, "email": None}]}) == ["authors[2]"]
    assert items(sheet_people.check_people, {"authors": [A, {"first_name": "ada", "last_name": "A"}]}) == ["authors[1]"]
    namesake = {**A, "orcid": "0000-0001-5109-3700"}
    assert items(sheet_people.check_people, {"authors": [A, namesake]}) == []
    assert items(sheet_people.check_people, {"authors": [A], "annotations": [{"authors": [A]}]}) == []


@pytest.mark.parametrize(
    ("keywords", "torn"),
    [
        (["nuclei (DAPI", "48 h)"], True),
        (["Images of nuclei", "stained with DAPI", "in human cells."], True),
        (["cells", "and nuclei"], True),
        (["images of", "nuclei"], True),
        (["about 1", "200 nuclei"], True),
        (["Nuclei", "segmentation", "deep learning"], False),
        (["Homo sapiens", "time-lapse", "E. coli", "S. sp."], False),
        (["nuclei (DAPI)", "actin (phalloidin)"], False),
        (["writing - original draft", "writing - review and editing"], False),
        (["2D", "3D", "16-bit"], False),
        (["DMSO, 48 h", "CDK4/6 inhibitor 1 µM, 48 h"], False),
        (["one"], False),
        ([], False),
    ],
)
def test_lists(keywords: list[str], torn: bool) -> None:
    assert bool(items(sheet_lists.check_split_sentences, {"study": {"keywords": keywords}})) is torn


TODAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("release", "made", "accession", "told"),
    [
        ("2026-12-01", "2026-03-31", None, False),
        ("2026-04-01", "2026-03-31", None, False),
        ("2025-12-01", "2026-03-31", None, True),
        ("2025-12-01", "2026-03-31", "S-BIAD1", False),
        ("2026-04-01", None, None, True),
        ("2028-05-01", "2026-03-31", None, False),
        ("2028-05-02", "2026-03-31", None, True),
        (None, "2026-03-31", None, False),
    ],
)
def test_release_dates(release: str | None, made: str | None, accession: str | None, told: bool) -> None:
    said = {"study": {"release_date": release, "accession": accession}, "version": {"timestamp": made}}
    found = list(sheet_dates.check_release_date(sheet_of(said), TODAY))
    assert [one.code for one in found] == (["MIFA136"] if told else [])


def test_the_last_day_of_february_has_a_limit_too() -> None:
    said = {"study": {"release_date": "2026-02-28"}, "version": {"timestamp": "2024-02-01"}}
    assert list(sheet_dates.check_release_date(sheet_of(said), date(2024, 2, 29))) == []


def test_dates_that_have_not_come_yet() -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    said = {
        "version": {"timestamp": "2026-05-02T10:00:00+00:00"},
        "annotations": [{"name": "a", "created": "2026-06-01"}, {"name": "b", "created": "2026-04-01"}],
    }
    found = [one.place and one.place.item for one in sheet_dates.check_future_dates(sheet_of(said), now)]
    assert found == ["annotations[0].created"]
