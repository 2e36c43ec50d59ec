"""The study sheet: everything that people say about a dataset, in one file."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from mifakit.metadata.fields import Need, SheetModel, as_list, declare
from mifakit.metadata.identifiers import Moment, refuse
from mifakit.metadata.image_formats import IMAGE_FORMATS
from mifakit.metadata.mifa import AnnotationProtocol, Author, Study, Text, TextList, Version
from mifakit.metadata.rembi import Acquisition, Biosample, ImageAnalysis, ImageCorrelation, Specimen
from mifakit.metadata.vocabularies import AnnotationTypeField
from mifakit.metadata.wells import FORMATS

SHEET_FORMAT = "mifakit study sheet 1"


def parse_axes(value: object) -> str | None:
    """Return axes in lower case: y and x, and t, c, z at most once each, outermost first."""
    axes = str(value or "").strip().lower()
    if not axes:
        return None
    if not re.fullmatch(r"[tczyx]+", axes) or len(set(axes)) != len(axes) or not {"x", "y"} <= set(axes):
        raise refuse("MIFA105", f"{value!r} must hold y and x, and t, c, z at most once each")
    return axes


def parse_series(value: object) -> str | None:
    """Return the axes that a series of files lies along, in canonical order."""
    axes = "".join(str(value or "").lower().replace(",", " ").split())
    if not axes:
        return None
    if len(set(axes)) != len(axes) or not set(axes) <= set("tczyx"):
        raise refuse("MIFA105", f"{value!r} must be letters of t c z y x, each at most once")
    return "".join(axis for axis in "tczyx" if axis in axes)


SeriesAxes = Annotated[str | None, BeforeValidator(parse_series)]
Axes = Annotated[str | None, BeforeValidator(parse_axes)]
Length = Annotated[float, Field(gt=0, lt=1e6, allow_inf_nan=False)]


def _parse_well_count(value: object) -> object:
    if value is not None and value not in FORMATS:
        raise refuse("MIFA105", f"{value!r} is not one of {', '.join(map(str, FORMATS))}")
    return value


WellCount = Annotated[int, AfterValidator(_parse_well_count)]


class PixelSize(SheetModel):
    """Distance between pixels, in micrometres."""

    x: Length | None = declare(Need.OPTIONAL, "Micrometres from a pixel to its right neighbour.", 0.325)
    y: Length | None = declare(Need.OPTIONAL, "Micrometres from a pixel to the one below.", 0.325)
    z: Length | None = declare(Need.OPTIONAL, "Micrometres from a plane to the next.", 1.0)


class Plate(SheetModel):
    """How file names tell where an image was taken on a multi-well plate."""

    name: Text = declare(
        Need.OPTIONAL,
        "The field of files: that names the plate; left out, all images are of one plate, called as this set.",
        "plate",
    )
    well: Text = declare(Need.OPTIONAL, "The field that names the well, as in A01, B12 or A-1.", "well")
    row: Text = declare(
        Need.OPTIONAL, "Instead of well: the field that is its row, letters or a number; row 1 is A.", "row"
    )
    column: Text = declare(Need.OPTIONAL, "With row: the field that is its column, a number.", "column")
    field: Text = declare(
        Need.OPTIONAL,
        "The field that numbers the images of a well, its fields of view; left out, each well has one.",
        "site",
    )
    well_count: WellCount | None = declare(
        Need.OPTIONAL, "How many wells the plates have; left out, 96, 384 or 1536: the first that holds all images.", 96
    )
    conditions: Text = declare(
        Need.OPTIONAL,
        "A table (CSV) in the lab folder: its column well names wells, plate their plate if the same wells of several "
        "plates differ; every other column is a condition, and becomes a column of the manifest.",
        "conditions.csv",
    )


class ImageSet(SheetModel):
    """Images that were made the same way: a study component."""

    name: Text = declare(
        Need.ARCHIVE, "What these images are called together.", "Nuclei", source="Study Component.Name"
    )
    description: Text = declare(
        Need.ARCHIVE,
        "What they show.",
        "DAPI images of two conditions.",
        source="Study Component.Description",
    )
    files: TextList = declare(
        Need.MIFA_REQUIRED,
        "Which files of the lab folder they are. {name} stands for any text without a slash, and the same field "
        "has the same value in an image's and its annotation's path; * is any text, ** any folders.",
        ["images/{name}.tif"],
        default=list,
    )
    exclude: TextList = declare(Need.OPTIONAL, "Files to leave out.", ["images/test_*.tif"], default=list)
    scenes: TextList = declare(
        Need.OPTIONAL,
        "Which images of files that hold several, by their names there; fields in braces as in files. All, if empty.",
        ["Series*"],
        default=list,
    )
    series: SeriesAxes = declare(
        Need.OPTIONAL,
        "For images in several files: which fields of files: are axes, letters of t c z (y and x for tiles without "
        "overlap). pos{p}_t{t:03d}_c{c}.tif with series: tc makes one image of each position.",
        "tc",
    )
    plate: Plate | None = declare(
        Need.OPTIONAL, "For fields of view of multi-well plates: one OME-Zarr a plate holds all its images."
    )
    biosample: Text = declare(Need.ARCHIVE, "Title of the biosample.", source="Associations.Biosample")
    specimen: Text = declare(Need.ARCHIVE, "Title of the specimen.", source="Associations.Specimen")
    acquisition: Text = declare(Need.ARCHIVE, "Title of the acquisition.", source="Associations.Image acquisition")
    image_analyses: TextList = declare(
        Need.OPTIONAL, "Titles of the image analyses.", source="Associations.Image analysis", default=list
    )
    image_correlations: TextList = declare(
        Need.OPTIONAL, "Titles of the image correlations.", source="Associations.Image correlation", default=list
    )
    pixel_size: PixelSize | None = declare(Need.OPTIONAL, "Micrometres, where the files do not say or say it wrong.")
    time_step: Length | None = declare(Need.OPTIONAL, "Seconds between time points, where the files do not say.", 60.0)
    axes: Axes = declare(
        Need.OPTIONAL, "The files' axes, outermost first, where they do not say: letters of t c z y x.", "zyx"
    )
    channels: TextList = declare(
        Need.OPTIONAL, "Channel names in order, where the files do not say.", ["DAPI", "actin"], default=list
    )
    alpha: Literal["drop", "keep"] = declare(
        Need.OPTIONAL,
        "What to do with an alpha channel: drop it (it must be fully opaque) or keep it.",
        "drop",
        default="drop",
    )


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


Fraction = Annotated[float, Field(ge=0, le=1)]


class Splits(SheetModel):
    """How samples are divided for training, validation and testing."""

    train: Fraction = declare(Need.OPTIONAL, "Share for training.", 0.7, default=0.7)
    val: Fraction = declare(Need.OPTIONAL, "Share for validation.", 0.15, default=0.15)
    test: Fraction = declare(Need.OPTIONAL, "Share for testing.", 0.15, default=0.15)
    seed: int = declare(Need.OPTIONAL, "Another seed gives another division.", 0, default=0)
    group_by: Text = declare(
        Need.OPTIONAL,
        "A field of the patterns: samples with the same value (patient, plate) stay together.",
        "patient",
    )
    from_field: Text = declare(
        Need.OPTIONAL,
        "A field of the patterns that already says train, val or test; the shares are then not used.",
        "split",
    )

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        total = self.train + self.val + self.test
        if abs(total - 1) > 1e-6:
            raise refuse("MIFA105", f"the shares add up to {round(total, 6)}, not to 1")
        return self


def _parse_side(value: object) -> object:
    if value is not None and value not in _SIDES:
        raise refuse("MIFA105", f"{value!r} is not one of {', '.join(map(str, _SIDES))}")
    return value


_LARGEST_CHUNK = 2**24
_SIDES = (32, 64, 128, 256, 512, 1024, 2048)
Side = Annotated[int | None, AfterValidator(_parse_side)]


class ChunkSize(SheetModel):
    """Lengths of a chunk, in pixels."""

    z: Annotated[int, Field(ge=1, le=64)] | None = declare(Need.OPTIONAL, "Planes; 1 for flat tiles.", 16)
    y: Side = declare(Need.OPTIONAL, "Rows: a power of two from 32 to 2048.", 128)
    x: Side = declare(Need.OPTIONAL, "Columns: a power of two from 32 to 2048.", 128)

    @model_validator(mode="after")
    def _fits_a_codec(self) -> Self:
        if (self.z or 1) * (self.y or 1) * (self.x or 1) > _LARGEST_CHUNK:
            raise refuse("MIFA105", f"{self.z} x {self.y} x {self.x} is more than {_LARGEST_CHUNK:,} pixels")
        return self


class StorageChoice(SheetModel):
    """How pixels are stored."""

    ngff: Literal["0.5", "0.4"] = declare(
        Need.OPTIONAL,
        "Version of OME-Zarr: 0.5 (Zarr v3, few files), or 0.4 (Zarr v2) for tools that read nothing newer.",
        "0.5",
        default="0.5",
    )
    codec: Literal["zstd", "lz4", "none"] = declare(
        Need.OPTIONAL, "Compression: lz4 is faster to read and larger.", "zstd", default="zstd"
    )
    level: Annotated[int, Field(ge=1, le=9)] = declare(
        Need.OPTIONAL, "1 is fast; 9 takes many times longer, for files that are little smaller.", 1, default=1
    )
    chunk: ChunkSize | None = declare(
        Need.OPTIONAL, "Size of a chunk; left out, tiles of 512 x 512, or bricks of 16 x 128 x 128 for stacks."
    )
    labels: Literal["mode", "stride"] = declare(
        Need.OPTIONAL,
        "How labels are made coarser: mode keeps the most frequent object of each window, stride its first pixel.",
        "mode",
        default="mode",
    )


class StudySheet(SheetModel):
    """The study sheet, whole."""

    format: Literal["mifakit study sheet 1"] = declare(
        Need.OPTIONAL, "The version of this sheet's layout.", SHEET_FORMAT, default=SHEET_FORMAT
    )
    lab_folder: Text = declare(
        Need.OPTIONAL,
        "Where the files are; relative to this sheet. It is only read, and stays out of the dataset.",
        "~/scope/nuclei",
    )
    study: Study = declare(Need.MIFA_REQUIRED, "The study.", default=Study)
    authors: list[Author] = declare(
        Need.MIFA_RECOMMENDED,
        "The people who made the dataset, in the order of credit.",
        source="Study.authors",
        default=list,
    )
    version: Version = declare(Need.MIFA_REQUIRED, "The version.", default=Version)
    biosamples: list[Biosample] = declare(Need.ARCHIVE, "What was imaged.", source="Biosample", default=list)
    specimens: list[Specimen] = declare(Need.ARCHIVE, "How it was prepared.", source="Specimen", default=list)
    acquisitions: list[Acquisition] = declare(
        Need.ARCHIVE, "How the images were taken.", source="Image acquisition", default=list
    )
    image_analyses: list[ImageAnalysis] = declare(
        Need.OPTIONAL, "How results were taken from the images.", source="Image analysis", default=list
    )
    image_correlations: list[ImageCorrelation] = declare(
        Need.OPTIONAL,
        "How images of different instruments were aligned.",
        source="Image correlation",
        default=list,
    )
    images: list[ImageSet] = declare(Need.MIFA_REQUIRED, "The images.", default=list)
    annotations: list[AnnotationSet] = declare(
        Need.MIFA_RECOMMENDED, "The annotations; without any the dataset is a collection of images.", default=list
    )
    splits: Splits | None = declare(Need.AI_READY, "Division into train, val and test; leave empty for none.")
    storage: StorageChoice | None = declare(Need.OPTIONAL, "How pixels are stored; leave empty for what serves most.")

    @property
    def people(self) -> list[Author]:
        """Everybody whom the sheet names: authors and annotators."""
        return [*self.authors, *(author for entry in self.annotations for author in entry.authors)]

    def public(self) -> Self:
        """Return the sheet without the e-mail addresses of those who did not agree to publish them."""
        private = {author.email.casefold() for author in self.people if author.email and author.email_public == "no"}
        if not private:
            return self
        copy = self.model_copy(deep=True)
        for author in copy.people:
            if author.email and author.email.casefold() in private:
                author.email = None
        return copy
