"""What the workbook remembers, on a hidden sheet: the values at the last sync, notes, files that were seen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from mifakit.metadata.study_sheet import StudySheet
from mifakit.sources.yaml_text import Location

if TYPE_CHECKING:
    from openpyxl import Workbook

SHEET = "_mifa"
Seen = Sequence[Sequence[str]]
"""A header, and a row a file."""
_PIECE = 30_000


@dataclass(frozen=True)
class Memory:
    """What a workbook remembers.

    Attributes
    ----------
    sheet
        The values when it was written.
    notes
        What is said beside single cells, by location.
    seen
        The files of the lab folder.
    """

    sheet: StudySheet = field(default_factory=StudySheet)
    notes: Mapping[Location, str] = field(default_factory=dict)
    seen: Seen = ()


def write_memory(book: Workbook, memory: Memory) -> None:
    """Write it, in pieces that a cell can hold."""
    record = {
        "sheet": memory.sheet.model_dump(mode="json", exclude_unset=True),
        "notes": [[list(location), text] for location, text in memory.notes.items()],
        "seen": [list(row) for row in memory.seen],
    }
    text = json.dumps(record)
    sheet = book.create_sheet(SHEET)
    sheet.sheet_state = "veryHidden"
    for row, at in enumerate(range(0, len(text), _PIECE), start=1):
        cell = sheet.cell(row, 1, text[at : at + _PIECE])
        cell.data_type = "s"


def read_memory(book: Workbook) -> Memory:
    """Return what a workbook remembers; nothing when that was removed, or somebody changed it."""
    if SHEET not in book.sheetnames:
        return Memory()
    pieces = [str(row[0] or "") for row in book[SHEET].iter_rows(max_col=1, values_only=True)]
    try:
        record: Any = json.loads("".join(pieces))
        return Memory(
            StudySheet.model_validate(record["sheet"]),
            {tuple(location): str(text) for location, text in record["notes"]},
            [[str(value) for value in row] for row in record["seen"]],
        )
    except (ValueError, ValidationError, KeyError, TypeError, RecursionError):
        return Memory()
