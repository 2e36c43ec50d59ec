"""Whether Zenodo would take the deposit: the rules that its documentation states."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.checks.record_files import Destination, check_record
from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.records.bundled import bundled_schema

ASKED = {
    "title": "study.title",
    "creators": "authors",
    "description": "study.description",
    "publication_date": "study.release_date",
    "license": "study.license",
}


def check_zenodo(dataset: Dataset) -> Iterator[Finding]:
    """Yield where the record breaks Zenodo's rules, and what it lacks."""
    schema = bundled_schema("zenodo-deposit")
    yield from check_record(dataset, Destination("Zenodo", layout.ZENODO, schema, ASKED, part="metadata"))
