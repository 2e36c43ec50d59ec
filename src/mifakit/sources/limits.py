"""Budgets for what strangers' files may ask of this machine."""

from __future__ import annotations

from math import prod
from pathlib import Path

import numpy as np

from mifakit.errors import MifaError

MAX_SHEET_BYTES = 4 * 1024**2
MAX_DOCUMENT_BYTES = 32 * 1024**2
"""Of a document about a study, such as a submission or a crate."""
MAX_WORKBOOK_BYTES = 32 * 1024**2
"""Of what a study sheet as a workbook unpacks to; its file is no larger than `MAX_SHEET_BYTES`."""
MAX_WORKBOOK_CELLS = 400_000
MAX_TABLE_BYTES = 16 * 1024**2
MAX_TABLE_COLUMNS = 200
MAX_YAML_DEPTH = 50
MAX_YAML_NODES = 500_000
MAX_SEGMENT_BYTES = 4 * 1024**3
MAX_IMAGE_BYTES = 16 * 1024**4
MAX_COMPRESSION_RATIO = 2_000
SMALL_IMAGE_BYTES = 64 * 1024**2
MAX_ARCHIVE_MEMBERS = 10_000
MAX_HDF5_OBJECTS = 100_000
MAX_XML_BYTES = 16 * 1024**2
"""Of the XML in the header of an image."""
MAX_XML_DEPTH = 100
MAX_XML_PARTS = 20_000_000
"""Elements and attributes in one file of XML."""
MAX_XML_TOKEN_BYTES = 16 * 1024**2
"""Of one tag with its attributes, or one comment."""
MAX_ANNOTATION_BYTES = 256 * 1024**2
"""Of an annotation file that is read whole; it takes some ten times as much memory."""
MAX_ARCHIVE_BYTES = 1024**3
"""Of what an archive unpacks to."""
MAX_ARCHIVE_RATIO = 200
"""Of what an archive unpacks to, to what it takes. Text and tables shrink to a tenth or so."""
MAX_OBJECTS = 5_000_000
"""In one annotation file."""
MAX_COLUMNS = 5_000
"""Of a table of annotations: of what is measured of each object there may be thousands."""
MAX_CELLS = 50_000_000
"""Of such a table."""
MAX_JSON_VALUES = 40_000_000
"""In one JSON text, as far as its commas tell."""
MAX_RUNS = 20_000_000
"""Of pixels in rows, that the masks of one image come to."""
MAX_DRAWN_PIXELS = 2**32
"""That the objects of an annotation may cover in an image; what several cover counts as often."""
MAX_MASK_PIXELS = 256 * 1024**2
"""In the frame of one mask that is given pixel by pixel."""
MAX_TEXT_HEADER_BYTES = 1024**2


def check_object_budget(path: Path, count: int) -> None:
    """Refuse an annotation file of too many objects.

    Raises
    ------
    MifaError
        MIFA226.
    """
    if count > MAX_OBJECTS:
        raise MifaError("MIFA226", f"holds {count:,} objects, more than {MAX_OBJECTS:,}", str(path))


def check_pixel_budget(path: Path, shape: tuple[int, ...], dtype: np.dtype, stored: int | None = None) -> None:
    """Refuse an image that declares far more pixels than its file can hold (a pixel bomb).

    Real images compress less than `MAX_COMPRESSION_RATIO` fold; an all-black one is let
    through while it stays below `SMALL_IMAGE_BYTES`.

    Parameters
    ----------
    path
        The file, or the folder.
    shape, dtype
        What it declares.
    stored
        The bytes that hold it; those of the file when left out.

    Raises
    ------
    MifaError
        MIFA214, when the declared size breaks the budget.
    """
    declared = prod(shape) * dtype.itemsize
    stored = path.stat().st_size if stored is None else stored
    if declared > MAX_IMAGE_BYTES or declared > max(SMALL_IMAGE_BYTES, stored * MAX_COMPRESSION_RATIO):
        raise MifaError(
            "MIFA214",
            f"declares {'×'.join(map(str, shape))} pixels of {dtype} ({declared:,} bytes) in {stored:,} bytes",
            str(path),
        )
