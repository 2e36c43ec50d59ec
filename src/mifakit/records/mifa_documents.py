"""MIFA documents: the study, each annotation set and the version, as BIA's LinkML model writes them."""

from __future__ import annotations

from mifakit.dataset.dataset import Dataset
from mifakit.records.base import Record
from mifakit.records.mifa_content import document_texts


class MifaDocuments(Record):
    """`records/mifa/study.yaml`, `annotations-<set>.yaml` and `version.yaml`."""

    name = "mifa_documents"

    def render(self, dataset: Dataset) -> dict[str, bytes]:
        """Return the documents."""
        return {path: text.encode() for path, text in document_texts(dataset).items()}
