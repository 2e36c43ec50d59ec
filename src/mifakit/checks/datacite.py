"""Whether a DOI can be registered: the record keeps DataCite's schema."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.checks.record_files import Destination, check_record
from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.records.bundled import bundled_schema

ASKED = {"creators": "authors", "titles": "study.title", "publicationYear": "study.release_date"}


def check_datacite(dataset: Dataset) -> Iterator[Finding]:
    """Yield where the record breaks DataCite's schema, and what it lacks."""
    yield from check_record(dataset, Destination("DataCite", layout.DATACITE, bundled_schema("datacite-4.5"), ASKED))
