"""Every record that describes the dataset is there."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place
from mifakit.records.registry import load_records


def check_records_present(dataset: Dataset) -> Iterator[Finding]:
    """Yield the records that were not written, or were lost."""
    records, findings = load_records()
    yield from findings
    for record in records:
        for path in record.render(dataset):
            if not (dataset.path / path).is_file():
                yield Finding.of("MIFA504", f"the record {record.name} is not there", Place(path))
