"""What may be wrong with a workbook beside its values: merged cells, hidden parts, sheets that came and went."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mifakit.findings import Finding, Place
from mifakit.sheet.workbook.dropdowns import SHEET as LISTS
from mifakit.sheet.workbook.layout import SHEETS
from mifakit.sheet.workbook.memory import SHEET as MEMORY
from mifakit.sheet.workbook.start import TITLE as START

if TYPE_CHECKING:
    from openpyxl import Workbook


def check_surroundings(book: Workbook, path: str) -> Iterator[Finding]:
    """Yield what may be wrong with a workbook beside its values."""
    pages = {sheet.title: sheet for sheet in book.worksheets}
    missing = [title for title in SHEETS if title not in pages]
    others = [title for title in book.sheetnames if title not in {*SHEETS, LISTS, MEMORY, START}]
    for title in missing:
        near = difflib.get_close_matches(title.casefold(), [other.casefold() for other in others], n=1)
        renamed = next((other for other in others if [other.casefold()] == near), None)
        hint = f"call the sheet {renamed!r} {title!r} again" if renamed else None
        yield Finding.of("MIFA110", f"there is no sheet {title!r}", Place(path), hint)
    for title in others:
        if title not in pages or pages[title]._cells:  # a chart, or a sheet with something on it
            yield Finding.of("MIFA144", f"the sheet {title!r} is not read", Place(path, cell=title))
    for title in SHEETS:
        if title in pages:
            yield from _check_sheet(pages[title], path)


def _check_sheet(sheet: Any, path: str) -> Iterator[Finding]:
    for merged in sheet.merged_cells.ranges:
        cell = f"{sheet.title}!{merged.coord}"
        yield Finding.of("MIFA142", "these cells are merged: one value for all of them", Place(path, cell=cell))
    if sheet.sheet_state != "visible":
        yield Finding.of("MIFA143", f"the sheet {sheet.title!r} is hidden, and read", Place(path, cell=sheet.title))
    hidden = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    for row in sorted({row for row, _ in sheet._cells if row in hidden and _says(sheet, row)}):
        yield Finding.of("MIFA143", "this row is hidden, and read", Place(path, cell=f"{sheet.title}!{row}:{row}"))
    for letter, column in sheet.column_dimensions.items():
        columns = range(column.min or 0, (column.max or 0) + 1)
        if column.hidden and any(at in columns and cell.value is not None for (_, at), cell in sheet._cells.items()):
            place = Place(path, cell=f"{sheet.title}!{letter}:{letter}")
            yield Finding.of("MIFA143", "this column is hidden, and read", place)


def _says(sheet: Any, row: int) -> bool:
    """Whether a row holds more than its number."""
    return any(at == row and column > 1 and cell.value is not None for (at, column), cell in sheet._cells.items())
