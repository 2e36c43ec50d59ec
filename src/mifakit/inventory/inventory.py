"""The inventory: what is there, which annotation goes with which image, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mifakit.findings import Finding
from mifakit.inventory.conditions import Conditions
from mifakit.metadata.image_formats import IMAGE_FORMATS, LABEL_IMAGE
from mifakit.readers.base import ImageFacts
from mifakit.readers.origin import Origin


@dataclass(frozen=True)
class ImageFile:
    """An image of the lab folder.

    Attributes
    ----------
    origin
        The file or files that it is in.
    component
        Index of the image set in the sheet.
    fields
        What the patterns' fields stand for in its path and in its name there.
    pattern
        The pattern that matched.
    facts
        What the file says; None when it could not be read.
    reader
        Name of the reader.
    """

    origin: Origin
    component: int
    fields: Mapping[str, str]
    pattern: str
    facts: ImageFacts | None = None
    reader: str | None = None

    @property
    def key(self) -> str:
        """How people name it."""
        return self.origin.key


@dataclass(frozen=True)
class AnnotationFile:
    """What an annotation file says of one image; attributes as in `ImageFile`.

    Attributes
    ----------
    annotation_set
        Name of its set in the sheet.
    format
        Name of its format; one of image files, such as `label image`, or of an annotation format.
    names
        What the file calls the image that it speaks of; empty when it does not say.
    alone
        Whether it speaks of no other image.
    facts
        What an image file says; None when it could not be read, or is none.
    broken
        Whether it is an annotation file that could not be read.
    """

    origin: Origin
    annotation_set: str
    fields: Mapping[str, str]
    pattern: str
    format: str = LABEL_IMAGE
    names: str = ""
    alone: bool = True
    facts: ImageFacts | None = None
    broken: bool = False

    @property
    def in_image_file(self) -> bool:
        """Whether its pixels are read as those of images are."""
        return self.format in IMAGE_FORMATS

    @property
    def readable(self) -> bool:
        """Whether it could be read, as far as a scan tells."""
        return self.facts is not None if self.in_image_file else not self.broken

    @property
    def key(self) -> str:
        """How people name it."""
        return self.origin.key


@dataclass(frozen=True)
class Pairing:
    """The annotation files of one set that belong to one image, by their keys, and why they do."""

    image: str
    annotation_set: str
    files: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Inventory:
    """What a lab folder holds.

    Attributes
    ----------
    folder
        The lab folder.
    images, annotations, pairings
        In order of their keys.
    unsettled
        Images that an annotation may or may not belong to: people must say.
    others
        Files that no pattern of the sheet matches.
    findings
        Unreadable files, files without their partner, pairs that people must settle.
    conditions
        What stood in the wells, by image set; none of a set whose table cannot be read.
    """

    folder: Path
    images: tuple[ImageFile, ...]
    annotations: tuple[AnnotationFile, ...]
    pairings: tuple[Pairing, ...]
    unsettled: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    conditions: Mapping[int, Conditions] = field(default_factory=dict)

    def to_record(self) -> dict[str, Any]:
        """Return a JSON-ready record, without the lab folder's own path."""
        return {
            "images": [_image_record(image) for image in self.images],
            "annotations": [
                {
                    "path": file.key,
                    "set": file.annotation_set,
                    "format": file.format,
                    "fields": dict(file.fields),
                    "names": file.names or None,
                }
                for file in self.annotations
            ],
            "pairings": [
                {
                    "image": pair.image,
                    "set": pair.annotation_set,
                    "files": list(pair.files),
                    "reason": pair.reason,
                }
                for pair in self.pairings
            ],
            "others": list(self.others),
            "findings": [finding.to_record() for finding in self.findings],
        }


def _image_record(image: ImageFile) -> dict[str, Any]:
    record: dict[str, Any] = {"path": image.key, "fields": dict(image.fields), "reader": image.reader}
    if image.origin.series:
        record["files"] = list(image.origin.files)
    if image.facts:
        facts = image.facts
        record |= {
            "axes": facts.axes,
            "shape": list(facts.shape),
            "dtype": facts.dtype.name,
            "spacing": {axis: {"value": s.value, "unit": s.unit} for axis, s in facts.spacing.items()},
            "channels": [channel.name for channel in facts.channels],
            "acquisition": asdict(facts.acquisition),
        }
    return record
