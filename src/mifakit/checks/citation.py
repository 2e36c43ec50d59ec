"""Whether the dataset can be cited: CITATION.cff keeps its schema, and the accession number gives a DOI."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.checks.record_files import Destination, check_record
from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place
from mifakit.records.bundled import bundled_schema
from mifakit.records.credit import is_accession

ASKED = {"title": "study.title", "authors": "authors"}


def check_citation(dataset: Dataset) -> Iterator[Finding]:
    """Yield what is wrong with CITATION.cff, and what it lacks."""
    schema = bundled_schema("citation-file-format-1.2.0")
    yield from check_record(dataset, Destination("the Citation File Format", layout.CITATION, schema, ASKED))


def check_accession(dataset: Dataset) -> Iterator[Finding]:
    """Yield an accession number that the archive did not give: no address and no DOI can be made of it."""
    accession = dataset.sheet.study.accession
    if accession and not is_accession(accession):
        message = f"{accession!r} is not an accession number of the BioImage Archive"
        yield Finding.of("MIFA542", message, Place(layout.SHEET, item="study.accession"))
