"""A sheet of YAML and a workbook that say the same -> what must be written so that they do again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.locations import format_location
from mifakit.sheet.merging import merge
from mifakit.sheet.reading import Sheet
from mifakit.sheet.rewriting import rewrite
from mifakit.sheet.workbook.opening import SUFFIXES
from mifakit.sheet.workbook.writing import render_workbook
from mifakit.sources.yaml_text import Location


@dataclass(frozen=True)
class Synced:
    """What must be written.

    Attributes
    ----------
    sheet, workbook
        The new content of either file; None where it may stay as it is.
    findings
        Where both were changed differently; then nothing must be written.
    """

    sheet: str | None = None
    workbook: bytes | None = None
    findings: tuple[Finding, ...] = ()


def check_partners(sheet: Path, workbook: Path) -> None:
    """Refuse two files that cannot say the same.

    Raises
    ------
    MifaError
        MIFA149.
    """
    if workbook.suffix.casefold() != ".xlsx" or sheet.suffix.casefold() in SUFFIXES:
        hint = "mifa sync mifa.yaml mifa.xlsx"
        raise MifaError("MIFA149", "one must be YAML and the other an .xlsx workbook", str(workbook), hint)
    if sheet.resolve().parent != workbook.resolve().parent:
        hint = "lab_folder is told from where the sheet lies: put both into one folder"
        raise MifaError("MIFA149", f"does not lie beside {sheet}", str(workbook), hint)


def sync_sheets(sheet: Sheet, workbook: Sheet) -> Synced:
    """Carry to each of two sheets what was changed in the other since the workbook was last written.

    Raises
    ------
    MifaError
        MIFA149 when a change cannot be carried over.
    """
    base = workbook.memory.sheet
    merged, conflicts = merge(base, sheet.model, workbook.model)
    if conflicts:
        return Synced(findings=tuple(_conflict(location, sheet, workbook) for location in conflicts))
    text = book = None
    if merged != sheet.model:
        text = rewrite(sheet.text, sheet.model, merged, str(sheet.path))
    if merged != workbook.model or merged != base:
        book = render_workbook(merged, _still_true(workbook, merged), workbook.memory.seen)
    return Synced(text, book)


def _still_true(workbook: Sheet, merged: StudySheet) -> dict[Location, str]:
    """Return the notes beside values that are as they were."""
    before = workbook.memory
    return {
        location: text
        for location, text in before.notes.items()
        if _value(before.sheet, location) == _value(merged, location)
    }


def _value(value: object, location: Sequence[str | int]) -> object:
    for part in location:
        if isinstance(part, str):
            value = getattr(value, part, None)
        else:
            value = value[part] if isinstance(value, list) and part < len(value) else None
    return value


def _conflict(location: Location, sheet: Sheet, workbook: Sheet) -> Finding:
    here, there = sheet.place(*location), workbook.place(*location)
    shown = [_shown(_value(one.model, location)) for one in (sheet, workbook)]
    message = f"{format_location(location)}: {shown[0]} here, {shown[1]} in {there}"
    return Finding.of("MIFA145", message, here)


def _shown(value: object) -> str:
    if isinstance(value, list) and value and not isinstance(value[0], str):
        return f"{len(value)} entries"
    return f"{str(value)[:60]!r}" if value else "nothing"
