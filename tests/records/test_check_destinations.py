"""The checks of records that are for destinations other than the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mifakit.checks.citation import check_accession, check_citation
from mifakit.checks.datacite import check_datacite
from mifakit.checks.gallery import check_gallery
from mifakit.checks.schema_org import check_schema_org
from mifakit.checks.zenodo import check_zenodo
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.metadata.study_sheet import StudySheet
from mifakit.records.writing import write_records

Check = Callable[[Dataset], Iterator[Finding]]
CHECKS: dict[str, Check] = {
    "CITATION.cff": check_citation,
    "records/datacite.json": check_datacite,
    "records/zenodo.json": check_zenodo,
    "records/dataset.jsonld": check_schema_org,
    "records/gallery.html": check_gallery,
}


def found(dataset: Dataset, path: str) -> list[tuple[str, str | None]]:
    return [(one.code, one.place.item if one.place else None) for one in CHECKS[path](dataset)]


@pytest.mark.parametrize("path", CHECKS)
def test_records_as_they_are_written_have_no_finding(described: Dataset, path: str) -> None:
    assert found(described, path) == []
    assert [*check_accession(described)] == []


@pytest.mark.parametrize("path", CHECKS)
def test_a_record_that_is_not_there_is_another_checks(described: Dataset, path: str) -> None:
    (described.path / path).unlink()
    assert found(described, path) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "item"),
    [
        ("CITATION.cff", "type: dataset", "type: images", "$.type"),
        ("CITATION.cff", "date-released: '2026-12-01'", "date-released: '1 December'", "$['date-released']"),
        ("records/datacite.json", '"DataCurator"', '"Annotator"', "$.contributors[0].contributorType"),
        ("records/datacite.json", '"publicationYear": "2026"', '"publicationYear": 2026', "$.publicationYear"),
        ("records/zenodo.json", '"cc-by-4.0"', '"cc-by-nc"', "$.license"),
        ("records/zenodo.json", '"isDescribedBy"', '"describedIn"', "$.related_identifiers[1].relation"),
        ("records/dataset.jsonld", "1.0-RELEASE", "0.3-RELEASE", "$.conformsTo['@id']"),
    ],
)
def test_what_breaks_a_schema_is_told_with_its_place(
    described: Dataset, path: str, old: str, new: str, item: str
) -> None:
    file = described.path / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    assert set(found(described, path)) == {("MIFA540", item)}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("CITATION.cff", b"a: &a [1]\nb: *a\n"),
        ("CITATION.cff", b"\xff\xfe\xfa"),
        ("records/datacite.json", b"{"),
        ("records/datacite.json", b"[" * 200_000),
        ("records/zenodo.json", b"[]"),
        ("records/dataset.jsonld", b"\xff"),
    ],
)
def test_what_cannot_be_read_is_told(described: Dataset, path: str, content: bytes) -> None:
    (described.path / path).write_bytes(content)
    assert [code for code, _ in found(described, path)] == ["MIFA540"]


def test_what_only_people_can_say_is_asked_for(make_dataset: Callable[..., Dataset], own_records: object) -> None:
    dataset = make_dataset(StudySheet(), {"a": ()})
    write_records(dataset)
    asked = {path: [item for code, item in found(dataset, path) if code == "MIFA541"] for path in CHECKS}
    assert asked == {
        "CITATION.cff": ["title", "authors"],
        "records/datacite.json": ["creators", "titles", "publicationYear"],
        "records/zenodo.json": ["title", "creators", "description", "publication_date", "license"],
        "records/dataset.jsonld": ["name", "description", "keywords", "license"],
        "records/gallery.html": [],
    }
    assert sum(map(len, asked.values())) == sum(len(found(dataset, path)) for path in CHECKS), "and nothing else"


def test_an_accession_number_of_no_archive_is_told(make_dataset: Callable[..., Dataset]) -> None:
    sheet = StudySheet.model_validate({"study": {"accession": "BIAD634"}})
    (finding,) = check_accession(make_dataset(sheet, {"a": ()}))
    assert (finding.code, finding.message) == (
        "MIFA542", "'BIAD634' is not an accession number of the BioImage Archive"
    )  # fmt: skip


def test_a_picture_that_is_gone_is_told(described: Dataset) -> None:
    (described.path / "previews" / "nuclei" / "0001.jpg").unlink()
    assert found(described, "records/gallery.html") == [("MIFA543", "../previews/nuclei/0001.jpg")]


def test_a_card_that_leads_out_of_the_dataset_is_told(described: Dataset) -> None:
    (described.path / "records" / "gallery.html").write_text('<img src="../../%2e%2e/secret.jpg">', "utf-8")
    assert found(described, "records/gallery.html") == [("MIFA543", "../../%2e%2e/secret.jpg")]
