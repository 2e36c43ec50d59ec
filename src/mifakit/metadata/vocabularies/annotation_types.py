"""MIFA's annotation types, and how people spell them."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator

from mifakit.metadata.identifiers import refuse
from mifakit.metadata.vocabularies.searching import nearest


class AnnotationType(StrEnum):
    """MIFA's eleven kinds of annotation (LinkML enum `AnnotationType`)."""

    CLASS_LABELS = "class_labels"
    BOUNDING_BOXES = "bounding_boxes"
    COUNTS = "counts"
    DERIVED_ANNOTATIONS = "derived_annotations"
    GEOMETRICAL_ANNOTATIONS = "geometrical_annotations"
    GRAPHS = "graphs"
    POINT_ANNOTATIONS = "point_annotations"
    SEGMENTATION_MASK = "segmentation_mask"
    TRACKS = "tracks"
    WEAK_ANNOTATIONS = "weak_annotations"
    OTHER = "other"


def parse_annotation_type(value: object) -> AnnotationType:
    """Return the annotation type; spaces, hyphens, case and a plural `s` do not matter."""
    text = str(value).strip()
    key = re.sub(r"[\s-]+", "_", text.lower())
    spellings: dict[str, AnnotationType] = {
        spelling: kind
        for kind in AnnotationType
        for one in (kind.value, kind.value.removesuffix("s"), kind.value.removesuffix("es"))
        for spelling in (one, f"{one}s")
    }
    if key not in spellings:
        allowed = ", ".join(kind.value for kind in AnnotationType)
        near = nearest("annotation_type", text)
        meant = f"; did you mean {near.name}?" if near else ""
        raise refuse("MIFA104", f"{text!r} is not an annotation type: {allowed}{meant}")
    return spellings[key]


AnnotationTypeField = Annotated[AnnotationType, BeforeValidator(parse_annotation_type)]
