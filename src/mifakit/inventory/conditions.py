"""What stood in each well: a table of the lab folder, whose rows are wells and whose columns are conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.metadata.wells import Well, parse_well
from mifakit.sources.tables import Table, read_table

_SHOWN = 3


@dataclass(frozen=True)
class Conditions:
    """What a table says about wells.

    Attributes
    ----------
    path
        The table, relative to the lab folder.
    names
        Of the conditions, in the order of its columns.
    wells
        The conditions by plate and well; the plate is None where the table has no column for it: then it speaks of
        every plate.
    """

    path: str
    names: tuple[str, ...]
    wells: Mapping[tuple[str | None, Well], Mapping[str, str]]

    def of(self, plate: str, well: Well) -> Mapping[str, str] | None:
        """Return the conditions of a well; empty cells say nothing. None when the table lacks the well."""
        return self.wells.get((normalize("NFC", plate), well), self.wells.get((None, well)))

    def compare(self, imaged: Sequence[tuple[str, Well]]) -> Iterator[Finding]:
        """Yield where the table and the wells that have images do not cover each other."""
        known = {(normalize("NFC", plate), well) for plate, well in imaged}
        anywhere = {(None, well) for _, well in imaged}
        idle = [key for key in self.wells if key not in known | anywhere]
        if idle:
            yield Finding.of("MIFA232", f"no image is of {_listed(idle)}", Place(self.path))
        unsaid = [key for key in sorted(known) if self.of(*key) is None]
        if unsaid:
            yield Finding.of("MIFA233", f"has no row for {_listed(unsaid)}", Place(self.path))


def read_conditions(folder: Path, path: str) -> Conditions:
    """Read a table of conditions.

    Parameters
    ----------
    folder
        The lab folder.
    path
        Relative to it.

    Raises
    ------
    MifaError
        MIFA230 when it is no table with a column `well` and at least one condition, MIFA231 when a row names no
        well, or one that another row has named.
    """
    try:
        inside = (folder / path).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError) as error:  # too long, no text, links in a circle
        raise MifaError("MIFA230", str(error), path) from error
    if not inside:
        raise MifaError("MIFA230", "lies outside the lab folder", path)
    return _conditions(read_table(folder / path, path), path)


def _conditions(table: Table, path: str) -> Conditions:
    columns = {name.casefold(): name for name in table.columns}
    if "well" not in columns:
        raise MifaError("MIFA230", f"none of its columns is called well: {', '.join(table.columns)}", Place(path, 1))
    names = tuple(name for name in table.columns if name.casefold() not in ("well", "plate"))
    if not names:
        raise MifaError("MIFA230", "it has no column but those that name wells", Place(path, 1))
    wells: dict[tuple[str | None, Well], dict[str, str]] = {}
    for line, cells in table.rows:
        stated = cells[columns["well"]]
        well = parse_well(stated)
        if well is None:
            raise MifaError("MIFA231", f"{stated!r} is no well", Place(path, line))
        key = normalize("NFC", cells[columns["plate"]]) if "plate" in columns else None, well
        if key in wells:
            raise MifaError("MIFA231", f"{_listed([key])} stands twice", Place(path, line))
        wells[key] = {name: cells[name] for name in names if cells[name]}
    return Conditions(path, names, wells)


def _listed(wells: Sequence[tuple[str | None, Well]]) -> str:
    """Return the names of a few wells, and how many more there are."""
    named = [f"{plate} {well.name}" if plate else well.name for plate, well in wells[:_SHOWN]]
    more = f" and {len(wells) - _SHOWN} more" if len(wells) > _SHOWN else ""
    return ", ".join(named) + more
