"""Annotation sets: which files they are, how they are laid out, and what MIFA asks about them."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, field_validator

from mifakit.metadata.axes import Axes, SeriesAxes
from mifakit.metadata.fields import Need, SheetModel, as_list, declare
from mifakit.metadata.identifiers import Moment, refuse
from mifakit.metadata.image_formats import IMAGE_FORMATS
from mifakit.metadata.mifa import AnnotationProtocol, Text, TextList
from mifakit.metadata.vocabularies import AnnotationTypeField


def _parse_format(value: object) -> str | None:
    """Return a format's name; one of image files in lower case, however it was written."""
    text = " ".join(str(value or "").split())
    return text.casefold() if text.casefold() in IMAGE_FORMATS else text or None


def _parse_legend(value: object) -> object:
    """Return the legend with colours as RRGGBB."""
    if not isinstance(value, dict):
        return value
    legend = {}
    for color, name in value.items():
        plain = str(color).strip().lstrip("#").upper()
        if not re.fullmatch(r"[0-9A-F]{6}", plain):
            raise refuse("MIFA105", f"{color!r} is not a colour such as #ff0000")
        legend[plain] = "" if name is None else str(name)
    return legend


def _parse_first_pixel(value: object) -> int | None:
    if value in (None, ""):
        return None
    if str(value).strip() not in ("0", "1"):
        raise refuse("MIFA105", f"{value!r} is neither 0 nor 1")
    return int(str(value))


FormatName = Annotated[str | None, BeforeValidator(_parse_format)]
Legend = Annotated[dict[str, str], BeforeValidator(_parse_legend)]
FirstPixel = Annotated[int | None, BeforeValidator(_parse_first_pixel)]
ColumnRole = Literal[
    "x", "y", "z", "t", "class", "id", "label", "image", "count", "left", "top", "right", "bottom", "width", "height",
    "confidence", "annotator", "track", "parent",
]  # fmt: skip


class Pair(SheetModel):
    """An annotation file and the image it belongs to, settled by hand."""

    annotation: Text = declare(Need.OPTIONAL, "Path in the lab folder.", "masks/a.png")
    image: Text = declare(Need.OPTIONAL, "Path in the lab folder.", "images/a.tif")


class FileValues(SheetModel):
    """What is true of one annotation file, and not of the others of its set: MIFA's file level."""

    annotation: Text = declare(
        Need.OPTIONAL, "Path in the lab folder.", "masks/a.png", source="FileLevelMetadata.annotation_id"
    )
    types: Annotated[list[AnnotationTypeField], BeforeValidator(as_list)] = declare(
        Need.OPTIONAL, "Its types.", ["tracks"], source="FileLevelMetadata.annotation_type", default=list
    )
    transformations: Text = declare(
        Need.OPTIONAL,
        "What must be done to lay it on its image.",
        "Rotation_angle = 37°",
        source="FileLevelMetadata.transformations",
    )
    spatial_information: Text = declare(
        Need.OPTIONAL,
        "Where annotations that are not pixels lie.",
        "z is 5",
        source="FileLevelMetadata.spatial_information",
    )
    created: Moment = declare(
        Need.OPTIONAL,
        "When it was made.",
        "2026-02-11T11:00:15+01:00",
        source="FileLevelMetadata.annotation_creation_time",
    )

    def is_of(self, source: str) -> bool:
        """Whether this is said of a source: an annotation file, or an image in one (`path [scene]`)."""
        return bool(self.annotation) and (source == self.annotation or source.startswith(f"{self.annotation} ["))


class AnnotationFiles(SheetModel):
    """Which files a set of annotations is made of, and how they are laid out."""

    name: Text = declare(
        Need.MIFA_REQUIRED,
        "A short name: letters, digits, - and _. It names the labels in the dataset.",
        "nuclei",
    )
    files: TextList = declare(
        Need.MIFA_REQUIRED,
        "Which files they are; fields in braces pair them with images.",
        ["masks/{name}.tif"],
        default=list,
    )
    exclude: TextList = declare(Need.OPTIONAL, "Files to leave out.", default=list)
    scenes: TextList = declare(
        Need.OPTIONAL,
        "For files that hold several images: which of them are these annotations, by their names there; "
        "fields in braces pair them with images.",
        ["labels/nuclei"],
        default=list,
    )
    series: SeriesAxes = declare(
        Need.OPTIONAL, "For annotations in several files an image: which fields of files: are axes, as of images.", "t"
    )
    axes: Axes = declare(
        Need.OPTIONAL,
        "The files' axes, outermost first, where they do not say and are not those of their images.",
        "zyx",
    )
    format: FormatName = declare(
        Need.OPTIONAL,
        "What the files are, where they do not show it themselves: label image (one file an image, one value an "
        "object), file per object (one black and white file for each), colour mask (with legend), table (with "
        "columns), or a format by its name, such as COCO.",
        "label image",
    )
    pairs: list[Pair] = declare(Need.OPTIONAL, "Pairs that the patterns cannot tell.", default=list)
    file_values: list[FileValues] = declare(
        Need.OPTIONAL, "For single files: what differs from what is said of the set.", default=list
    )
    classes: dict[int, str] = declare(
        Need.OPTIONAL, "Where classes are numbers: what each means.", {1: "nucleus"}, default=dict
    )
    legend: Legend = declare(
        Need.OPTIONAL, "For colour masks: what each colour means.", {"#ff0000": "tumour"}, default=dict
    )
    columns: dict[ColumnRole, str] = declare(
        Need.OPTIONAL,
        "For tables: the header of the column that is x, y, z, t, class, id, label, image, count, left, top, right, "
        "bottom, width, height, confidence, annotator, track or parent.",
        {"x": "X", "y": "Y"},
        default=dict,
    )
    unit: Literal["pixel", "micrometer", "nanometer"] | None = declare(
        Need.OPTIONAL, "The unit of coordinates, where the format leaves it open.", "micrometer"
    )
    first_pixel: FirstPixel = declare(
        Need.OPTIONAL, "What the files call the first pixel, where writers of the format differ: 0 or 1.", 1
    )
    rasterise: Literal["no", "order", "area", "layers"] = declare(
        Need.OPTIONAL,
        "Whether shapes become label images too, and who gets the pixels that two of them claim: order (the later "
        "one), area (the smaller one), or layers (both, in a label image each).",
        "no",
        default="no",
    )

    @field_validator("name")
    @classmethod
    def _name_is_portable(cls, name: str | None) -> str | None:
        if name and re.fullmatch(r"con|prn|aux|nul|(com|lpt)[0-9]", name, re.IGNORECASE):
            raise refuse("MIFA105", f"{name!r} is a name that Windows keeps for itself")
        if name and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", name):
            raise refuse("MIFA105", f"{name!r} is not a short name of letters, digits, - and _")
        return name

    @field_validator("classes", "columns", "legend", mode="before")
    @classmethod
    def _nothing_said(cls, said: object) -> object:
        return {} if said is None else said


class AnnotationSet(AnnotationProtocol, AnnotationFiles):
    """Annotations that were made the same way: their files first, then what MIFA asks about them."""
