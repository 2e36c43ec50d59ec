"""Image sets: which files they are, where they lie on plates, and what the files do not say themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mifakit.metadata.axes import Axes, SeriesAxes
from mifakit.metadata.fields import Need, SheetModel, declare
from mifakit.metadata.identifiers import refuse
from mifakit.metadata.mifa import Text, TextList
from mifakit.metadata.wells import FORMATS

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
