"""Metadata of multi-well plates as plain data, by the letter of the specification, 0.5 or 0.4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mifakit.metadata.wells import FORMATS, Well, row_letters
from mifakit.ngff.metadata import Json, attributes, ome_attributes
from mifakit.ngff.storage import NgffVersion


def plate_group(name: str, wells: Mapping[Well, Sequence[int]], size: int, ngff: NgffVersion) -> Json:
    """Return the attributes of a plate's group.

    Parameters
    ----------
    name
        What the plate is called.
    wells
        The numbers of its images by well; wells without any are left out.
    size
        How many wells the plate has: the specification wants all its rows and columns named.
    ngff
        The version of the specification.
    """
    rows, columns = FORMATS[size]
    plate = {
        "name": name,
        "rows": [{"name": row_letters(row)} for row in range(1, rows + 1)],
        "columns": [{"name": str(column)} for column in range(1, columns + 1)],
        "wells": [
            {"path": well_path(well), "rowIndex": well.row - 1, "columnIndex": well.column - 1}
            for well in sorted(wells)
        ],
        "field_count": max(map(len, wells.values())),
    }
    return attributes({"plate": plate}, ngff)


def well_group(fields: Sequence[int], ngff: NgffVersion) -> Json:
    """Return the attributes of a well's group; its images are called by their numbers."""
    return attributes({"well": {"images": [{"path": str(number)} for number in sorted(fields)]}}, ngff)


def well_path(well: Well) -> str:
    """Return where a well is in its plate."""
    return f"{well.letters}/{well.column}"


def listed(group: Path) -> list[str]:
    """Return what a group on disk lists, by path in it: a plate its wells, a well its images; by zarr-python."""
    import zarr

    said = ome_attributes(zarr.open_group(group, mode="r").attrs)
    entries = said["plate"]["wells"] if "plate" in said else said["well"]["images"]
    return [str(entry["path"]) for entry in entries]
