"""What is found in annotation files -> MIFA's types of annotation. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from mifakit.annotations.model import Kind
from mifakit.metadata.vocabularies import AnnotationType

_TYPES = {
    Kind.LABELS: AnnotationType.SEGMENTATION_MASK,
    Kind.MASKS: AnnotationType.SEGMENTATION_MASK,
    Kind.SHAPES: AnnotationType.GEOMETRICAL_ANNOTATIONS,
    Kind.BOXES: AnnotationType.BOUNDING_BOXES,
    Kind.POINTS: AnnotationType.POINT_ANNOTATIONS,
    Kind.TRACKS: AnnotationType.TRACKS,
    Kind.GRAPHS: AnnotationType.GRAPHS,
    Kind.CLASSES: AnnotationType.CLASS_LABELS,
    Kind.COUNTS: AnnotationType.COUNTS,
}
_BY_PEOPLE = {AnnotationType.WEAK_ANNOTATIONS, AnnotationType.DERIVED_ANNOTATIONS, AnnotationType.OTHER}
"""What files cannot show: how annotations came about."""
_ALSO = {
    AnnotationType.GEOMETRICAL_ANNOTATIONS: {AnnotationType.SEGMENTATION_MASK, AnnotationType.BOUNDING_BOXES},
    AnnotationType.BOUNDING_BOXES: {AnnotationType.GEOMETRICAL_ANNOTATIONS},
    AnnotationType.SEGMENTATION_MASK: {AnnotationType.GEOMETRICAL_ANNOTATIONS},
    AnnotationType.TRACKS: {AnnotationType.GRAPHS},
    AnnotationType.POINT_ANNOTATIONS: {AnnotationType.COUNTS},
}
"""What people may as well call it: an outline is a mask to who trains on it, points are counted."""


def types_of(kinds: Iterable[Kind]) -> list[AnnotationType]:
    """Return MIFA's types of what was found, in MIFA's order."""
    found = {_TYPES[kind] for kind in kinds if kind in _TYPES}
    return [kind for kind in AnnotationType if kind in found]


def undeclared(found: Iterable[AnnotationType], stated: Iterable[AnnotationType]) -> list[AnnotationType]:
    """Return the types that were found and that the sheet does not state, under this or a kindred name."""
    said = set(stated)
    return [kind for kind in found if not said & ({kind} | _ALSO.get(kind, set()) | _BY_PEOPLE)]


def unfounded(found: Iterable[AnnotationType], stated: Iterable[AnnotationType]) -> list[AnnotationType]:
    """Return the types that the sheet states and that nothing of what was found can be."""
    possible = {name for kind in found for name in {kind} | _ALSO.get(kind, set())}
    classes = {AnnotationType.CLASS_LABELS}  # objects of any kind may have classes
    return [kind for kind in stated if kind not in possible | _BY_PEOPLE | classes]
