"""Whether the MIFA documents keep BIA's strict schema and name what is in the dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mifakit.checks.record_files import read_yaml, schema_errors
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place
from mifakit.records.mifa_model import annotations_path, document_classes, strict_schema


def check_mifa_documents(dataset: Dataset) -> Iterator[Finding]:
    """Yield what breaks the schema, and label images that are not named or named in vain."""
    documents = {annotations_path(name): name for name in dataset.annotation_sets}
    for path, class_name in document_classes(dataset.annotation_sets).items():
        if not (dataset.path / path).is_file():
            yield Finding.of("MIFA504", f"there is no {path}", Place(path))
            continue
        try:
            document = read_yaml(dataset, path)
        except ValueError as error:
            yield Finding.of("MIFA501", f"it cannot be read: {error}", Place(path))
            continue
        broken = [*schema_errors(document, strict_schema(class_name))]
        for item, message in broken:
            yield Finding.of("MIFA501", message, Place(path, item=item))
        if path in documents and not broken:
            for item, message in file_errors(document, dataset, documents[path]):
                yield Finding.of("MIFA501", message, Place(path, item=item))


def file_errors(document: dict[str, Any], dataset: Dataset, name: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of annotation file and image that the document lacks, or that the dataset lacks."""
    stated = {(row["annotation_id"], row["source_image_id"]) for row in document.get("file_metadata", [])}
    annotated = [sample.row for sample in dataset if name in sample.row.annotations]
    found = {(path, row.image) for row in annotated for path in row.annotation_paths(name)}
    for label, image in sorted(found - stated):
        yield "$.file_metadata", f"does not name {label} as the annotation of {image}"
    for label, image in sorted(stated - found):
        yield "$.file_metadata", f"names {label} as the annotation of {image}, which it is not"
