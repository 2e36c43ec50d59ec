"""A dataset's records, written again: `describe`."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from mifakit.api.opening import open_loose
from mifakit.api.paths import PathLike, writing_to
from mifakit.checks.registry import check_sheet
from mifakit.checks.sheet_files import check_names
from mifakit.dataset import layout
from mifakit.dataset.checksums import update_checksums
from mifakit.dataset.dataset import Dataset, open_dataset
from mifakit.errors import MifaError, NothingBuiltError
from mifakit.metadata.identifiers import parse_accession
from mifakit.records.writing import write_records, write_whole
from mifakit.sheet.editing import put_value
from mifakit.sheet.locations import format_location
from mifakit.sheet.reading import read_sheet
from mifakit.sources.yaml_text import Location

_ACCESSION = ("study", "accession")


def describe(dataset: PathLike, accession: str | None = None) -> list[str]:
    """Write the dataset's records again, after its study sheet was changed.

    Parameters
    ----------
    dataset
        The dataset.
    accession
        What the archive calls it now; it is written into the dataset's study sheet first, and so into all records.

    Returns
    -------
    list
        Paths of the records, in the dataset.

    Raises
    ------
    NothingBuiltError
        When the sheet has errors, or names sets that the dataset was not built with.
    MifaError
        MIFA513 when the accession number is malformed.
    """
    number = _accession(accession) if accession is not None else None
    opened = open_loose(dataset)
    check_describable(opened, replaced=_ACCESSION if number else None)
    if number:
        with writing_to(dataset):
            sheet = read_sheet(opened.path / layout.SHEET)
            write_whole(sheet.path, put_value(sheet.text, _ACCESSION, number).encode())
        opened = open_dataset(dataset)
    return describe_again(opened)


def _accession(stated: str) -> str:
    """Return an accession number as archives write it."""
    try:
        number = parse_accession(stated)
    except PydanticCustomError as error:
        raise MifaError(error.type, error.message()) from None
    if not number:
        raise MifaError("MIFA513", "is empty")
    return number


def check_describable(dataset: Dataset, replaced: Location | None = None) -> None:
    """Refuse a dataset whose sheet has errors; what it says at one place may be about to be replaced."""
    sheet = read_sheet(dataset.path / layout.SHEET)
    problems = [finding for finding in (*check_sheet(sheet), *check_names(sheet, dataset)) if finding.is_error]
    if replaced:
        problems = [one for one in problems if not (one.place and one.place.item == format_location(replaced))]
    if problems:
        raise NothingBuiltError(problems, str(dataset.path / layout.SHEET), "written")


def describe_again(dataset: Dataset) -> list[str]:
    """Write all records and bring the checksums up to date."""
    with writing_to(str(dataset.path)):
        written = write_records(dataset)
        update_checksums(dataset.path, [*written, layout.SHEET])
    return written
