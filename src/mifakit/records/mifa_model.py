"""BIA's model of MIFA: the strict schema, and the documents that a dataset holds to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mifakit.dataset import layout
from mifakit.records.bundled import bundled_schema

FOLDER = f"{layout.RECORDS}/mifa"
STUDY = f"{FOLDER}/study.yaml"
VERSION = f"{FOLDER}/version.yaml"


def annotations_path(annotation_set: str) -> str:
    """Return the path of an annotation set's document."""
    return f"{FOLDER}/annotations-{annotation_set}.yaml"


def document_classes(annotation_sets: Iterable[str]) -> dict[str, str]:
    """Return the MIFA documents of a dataset: path -> class of the schema."""
    annotations = {annotations_path(name): "Annotations" for name in annotation_sets}
    return {STUDY: "Study", **annotations, VERSION: "Version"}


def strict_schema(class_name: str) -> dict[str, Any]:
    """Return the JSON Schema of one class: Study, Annotations or Version."""
    schema = bundled_schema("bia_mifa_models")
    return {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": f"#/$defs/{class_name}"}
