"""Whether the MIFA documents keep BIA's strict schema and name what is in the dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
            document = _read(dataset, path)
        except ValueError as error:
            yield Finding.of("MIFA501", f"it cannot be read: {error}", Place(path))
            continue
        broken = [*schema_errors(document, class_name)]
        for item, message in broken:
            yield Finding.of("MIFA501", message, Place(path, item=item))
        if path in documents and not broken:
            for item, message in file_errors(document, dataset, documents[path]):
                yield Finding.of("MIFA501", message, Place(path, item=item))


def schema_errors(document: Any, class_name: str) -> Iterator[tuple[str, str]]:
    """Yield the JSON path and the fault of every place that breaks BIA's strict JSON Schema."""
    from jsonschema import Draft7Validator

    validator = Draft7Validator(strict_schema(class_name), format_checker=Draft7Validator.FORMAT_CHECKER)
    for error in sorted(validator.iter_errors(document), key=lambda error: error.json_path):
        yield error.json_path, error.message


def file_errors(document: dict[str, Any], dataset: Dataset, name: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of annotation file and image that the document lacks, or that the dataset lacks."""
    stated = {(row["annotation_id"], row["source_image_id"]) for row in document.get("file_metadata", [])}
    annotated = [sample.row for sample in dataset if name in sample.row.annotations]
    found = {(path, row.image) for row in annotated for path in row.annotation_paths(name)}
    for label, image in sorted(found - stated):
        yield "$.file_metadata", f"does not name {label} as the annotation of {image}"
    for label, image in sorted(stated - found):
        yield "$.file_metadata", f"names {label} as the annotation of {image}, which it is not"


def _read(dataset: Dataset, path: str) -> Any:
    """Return a document with the types of its values. Aliases are refused: a few grow to billions."""
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import Composer
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import AliasEvent

    class NoAliases(Composer):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.parser.check_event(AliasEvent):
                raise ValueError("it holds an alias")
            return super().compose_node(parent, index)

    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = NoAliases
    try:
        return yaml.load((dataset.path / path).read_text("utf-8"))
    except (YAMLError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())) from error
