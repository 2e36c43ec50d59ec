"""`records/dataset.jsonld`: what search engines for datasets read."""

from __future__ import annotations

from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.records.base import Record
from mifakit.records.json_ld import dataset_document
from mifakit.records.serialisation import json_bytes


class SchemaOrg(Record):
    """`records/dataset.jsonld`."""

    name = "schema_org"

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return the record."""
        return {layout.JSON_LD: json_bytes(dataset_document(dataset))}
