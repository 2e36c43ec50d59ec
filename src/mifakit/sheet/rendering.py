"""A study sheet -> the bytes of a file: YAML, or a workbook, as the file's name says."""

from __future__ import annotations

from pathlib import Path

from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.template import Notes, render_sheet
from mifakit.sheet.workbook.memory import Seen
from mifakit.sheet.workbook.opening import SUFFIXES, refuse_other_programs
from mifakit.sheet.workbook.writing import render_workbook


def render_file(path: Path, sheet: StudySheet, notes: Notes | None = None, seen: Seen = ()) -> bytes:
    """Return a new file.

    Parameters
    ----------
    path
        What it will be called.
    sheet
        The values that are known; all other fields stand empty.
    notes
        What is said beside single fields, by location.
    seen
        The files of the lab folder, a header and a row a file; shown in a workbook.

    Raises
    ------
    MifaError
        MIFA109 when its name asks for another program's file, MIFA149 when a text is too long for a workbook.
    """
    refuse_other_programs(path)
    if path.suffix.casefold() in SUFFIXES:
        return render_workbook(sheet, notes, seen)
    return render_sheet(sheet, notes).encode()
