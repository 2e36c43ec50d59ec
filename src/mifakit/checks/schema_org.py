"""Whether search engines for datasets would find it: what Bioschemas' Dataset profile requires."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.checks.record_files import Destination, check_record
from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.records.json_ld import PROFILE

ASKED = {
    "name": "study.title",
    "description": "study.description",
    "keywords": "study.keywords",
    "license": "study.license",
}
"""The profile requires `identifier` and `url` too: they come with the accession number, and another check says so."""

SCHEMA = {
    "type": "object",
    "required": ["@context", "@type", "conformsTo"],
    "properties": {
        "@type": {"const": "Dataset"},
        "conformsTo": {"type": "object", "properties": {"@id": {"const": PROFILE}}, "required": ["@id"]},
    },
}


def check_schema_org(dataset: Dataset) -> Iterator[Finding]:
    """Yield where the record leaves the profile, and what it lacks."""
    yield from check_record(dataset, Destination("Bioschemas", layout.JSON_LD, SCHEMA, ASKED))
