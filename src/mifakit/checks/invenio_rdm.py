"""Whether a repository on InvenioRDM would take the draft: the rules that its documentation states."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.checks.record_files import Destination, check_record
from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.records.bundled import bundled_schema

ASKED = {"title": "study.title", "creators": "authors", "publication_date": "study.release_date"}


def check_invenio_rdm(dataset: Dataset) -> Iterator[Finding]:
    """Yield where the record breaks InvenioRDM's rules, and what it lacks."""
    schema = bundled_schema("invenio-rdm")
    yield from check_record(dataset, Destination("InvenioRDM", layout.INVENIO_RDM, schema, ASKED, part="metadata"))
