"""The groups of plates and wells around images that are written: what makes one OME-Zarr of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mifakit.dataset.rows import SampleRow
from mifakit.metadata.study_sheet import StudySheet
from mifakit.metadata.wells import Well, usual_format, well_at
from mifakit.ngff.plate import plate_group, well_group, well_path
from mifakit.ngff.storage import NgffVersion
from mifakit.ngff.store import write_group


def write_plates(dataset: Path, rows: Iterable[SampleRow], sheet: StudySheet) -> None:
    """Write the groups of every plate: its own, its rows' and its wells'. The same rows give the same bytes.

    Parameters
    ----------
    dataset
        Its folder.
    rows
        All its samples: what a plate says of itself is what is there.
    sheet
        The study sheet: how many wells plates have, and the version of OME-Zarr.
    """
    ngff: NgffVersion = sheet.storage.ngff if sheet.storage else "0.5"
    sets: dict[str, list[SampleRow]] = defaultdict(list)
    for row in rows:
        if row.plate:
            sets[row.component].append(row)
    stated = {one.name or "images": one.plate.well_count for one in sheet.images if one.plate}
    for component, members in sets.items():
        size = stated.get(component) or usual_format(map(_well, members))
        plates: dict[tuple[str, str], dict[Well, list[int]]] = defaultdict(lambda: defaultdict(list))
        for row in members:
            plates[row.store, row.plate or ""][_well(row)].append(row.well_field or 0)
        for (store, name), wells in plates.items():
            _write_plate(dataset / store, name, wells, size, ngff)


def _write_plate(folder: Path, name: str, wells: Mapping[Well, Sequence[int]], size: int, ngff: NgffVersion) -> None:
    write_group(folder, plate_group(name, wells, size, ngff), ngff)
    for well, fields in wells.items():
        write_group(folder / well.letters, {}, ngff)
        write_group(folder / well_path(well), well_group(fields, ngff), ngff)


def _well(row: SampleRow) -> Well:
    well = well_at(row.well_row or "", str(row.well_column))
    assert well is not None  # noqa: S101 - the plan took no other
    return well
