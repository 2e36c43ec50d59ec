"""Do the MIFA documents keep BIA's strict schema, and do they name what is in the dataset?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place
from mifakit.records.mifa_model import annotations_path, document_classes, strict_schema


def check_mifa_documents(dataset: Dataset) -> Iterator[Finding]:
    """Yield every place at which a MIFA document breaks BIA's strict JSON Schema."""
    from jsonschema import Draft7Validator

    for path, class_name in document_classes(dataset.annotation_sets).items():
        if not (dataset.path / path).is_file():
            yield Finding.of("MIFA504", f"there is no {path}", Place(path))
            continue
        try:
            document = _read(dataset, path)
        except ValueError as error:
            yield Finding.of("MIFA501", f"it cannot be read: {error}", Place(path))
            continue
        validator = Draft7Validator(strict_schema(class_name), format_checker=Draft7Validator.FORMAT_CHECKER)
        for error in sorted(validator.iter_errors(document), key=lambda error: error.json_path):
            yield Finding.of("MIFA501", error.message, Place(path, item=error.json_path))


def check_mifa_files(dataset: Dataset) -> Iterator[Finding]:
    """Yield every label image that its MIFA document does not name with its image, or names in vain."""
    for name in dataset.annotation_sets:
        path = annotations_path(name)
        try:
            rows = _read(dataset, path).get("file_metadata", [])
            stated = {(row["annotation_id"], row["source_image_id"]) for row in rows}
        except (OSError, ValueError, AttributeError, KeyError, TypeError):  # check_mifa_documents says what is wrong
            continue
        found = {(sample.row.labels[name].label, sample.row.image) for sample in dataset if name in sample.row.labels}
        for label, image in sorted(found - stated):
            yield Finding.of("MIFA501", f"does not name {label} as the annotation of {image}", Place(path))
        for label, image in sorted(stated - found):
            yield Finding.of("MIFA501", f"names {label} as the annotation of {image}, which it is not", Place(path))


def _read(dataset: Dataset, path: str) -> Any:
    """Return a document as it is typed, for the strict schema. Aliases are refused: a few grow to billions."""
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
