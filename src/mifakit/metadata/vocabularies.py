"""The controlled values: MIFA's annotation types and licences, and how people spell them."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator

from mifakit.metadata.identifiers import refuse


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


class License(StrEnum):
    """The two licences that MIFA and the BioImage Archive take (LinkML enum `LicenseType`)."""

    CC0 = "CC0"
    CC_BY = "CC_BY"

    @property
    def spdx(self) -> str:
        """The SPDX identifier."""
        return {"CC0": "CC0-1.0", "CC_BY": "CC-BY-4.0"}[self.value]

    @property
    def full_name(self) -> str:
        """Its name, written out."""
        names = {
            "CC0": "Creative Commons Zero 1.0 Universal",
            "CC_BY": "Creative Commons Attribution 4.0 International",
        }
        return names[self.value]

    @property
    def url(self) -> str:
        """The licence's own page."""
        path = {"CC0": "publicdomain/zero/1.0", "CC_BY": "licenses/by/4.0"}[self.value]
        return f"https://creativecommons.org/{path}/"


_LICENSE_SPELLINGS = {
    "cc0": License.CC0,
    "cc010": License.CC0,
    "cczero": License.CC0,
    "creativecommonsorgpublicdomainzero10": License.CC0,
    "cc010universal": License.CC0,
    "creativecommonszero10universal": License.CC0,
    "creativecommonsorgpublicdomainzero10legalcode": License.CC0,
    "creativecommonsorgpublicdomainzero10deeden": License.CC0,
    "ccby": License.CC_BY,
    "creativecommonsattribution40international": License.CC_BY,
    "creativecommonsorglicensesby40legalcode": License.CC_BY,
    "creativecommonsorglicensesby40deeden": License.CC_BY,
    "ccby40": License.CC_BY,
    "creativecommonsorglicensesby40": License.CC_BY,
}


def parse_license(value: object) -> License | None:
    """Return the licence; every usual spelling of the two is understood, no other is guessed."""
    text = str(value).strip() if value is not None else ""
    if not text:
        return None
    key = re.sub(r"^https?://(www\.)?", "", text.lower())
    key = re.sub(r"[^a-z0-9]", "", key)
    if key not in _LICENSE_SPELLINGS:
        raise refuse("MIFA104", f"{text!r} is not a licence that MIFA allows: CC0 or CC_BY")
    return _LICENSE_SPELLINGS[key]


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
        raise refuse("MIFA104", f"{text!r} is not an annotation type: {allowed}")
    return spellings[key]


def as_list(value: Any) -> Any:
    """Read a scalar where a list is declared, and drop blank items: BIA's own documents do both."""
    if value is None:
        return []
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    return [item for item in items if item is not None and str(item).strip() != ""]


LicenseField = Annotated[License | None, BeforeValidator(parse_license)]
AnnotationTypeField = Annotated[AnnotationType, BeforeValidator(parse_annotation_type)]
