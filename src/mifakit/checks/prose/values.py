"""Values of masks: whether anybody says what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mifakit.checks.facts import Facts
from mifakit.findings import Finding
from mifakit.metadata.annotation_sets import AnnotationSet
from mifakit.metadata.image_formats import LABEL_IMAGE
from mifakit.metadata.vocabularies import AnnotationType
from mifakit.sheet.reading import Sheet

_SEVERAL = 3
"""Images in which the same values show that they are classes; in fewer it may be chance."""
_SAID = re.compile(r"\b(?:values? |class(?:es)? |labels? )?\d+ ?(?:=|:|is\b|are\b|stands? for\b|means?\b|for\b)", re.I)


def check_values(sheet: Sheet, facts: Facts) -> Iterator[Finding]:
    """Yield sets of label images whose values are classes that nobody names (MIFA365)."""
    for index, protocol in enumerate(sheet.model.annotations):
        found = facts.sets.get(str(protocol.name))
        if not found or found.named or AnnotationType.SEGMENTATION_MASK not in found.types or _is_said(protocol):
            continue
        place = sheet.place("annotations", index, "classes")
        images = sum(protocol.name in one.annotated_by for one in facts.pictures)
        if AnnotationType.CLASS_LABELS in protocol.types and found.types == (AnnotationType.SEGMENTATION_MASK,):
            yield Finding.of("MIFA365", f"set {protocol.name} has class_labels, and no classes", place)
        elif len(found.values) > 1 and images >= _SEVERAL:
            values = ", ".join(map(str, found.values))
            yield Finding.of("MIFA365", f"all {images} masks of set {protocol.name} have the values {values}", place)


def _is_said(protocol: AnnotationSet) -> bool:
    if protocol.classes or protocol.legend or protocol.columns or protocol.format not in (None, LABEL_IMAGE):
        return True
    return any(_SAID.search(text or "") for text in (protocol.criteria, protocol.overview, protocol.method))
