"""A study sheet -> an Excel workbook that people fill in."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from mifakit.errors import MifaError
from mifakit.metadata.fields import Need, example_of, need_of
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.locations import format_location
from mifakit.sheet.workbook.dropdowns import Dropdowns
from mifakit.sheet.workbook.kinds import Kind, kind_of
from mifakit.sheet.workbook.layout import (
    BLOCKS,
    EXAMPLE,
    FORM_HEADER,
    NUMBER,
    SEEN_TITLE,
    SHEETS,
    Block,
    Column,
    Path,
    columns,
)
from mifakit.sheet.workbook.memory import Memory, Seen, write_memory
from mifakit.sheet.workbook.notation import join_items, join_pairs
from mifakit.sheet.workbook.page import Page, add_note
from mifakit.sheet.workbook.palette import HEADER, Look, Type
from mifakit.sheet.workbook.rows import Row, rows_of
from mifakit.sheet.workbook.start import write_start
from mifakit.sheet.workbook.values import MOST_LETTERS, escape
from mifakit.sources.yaml_text import Location

_FORM_WIDTHS = (26, 64, 60, 44)
_WIDTHS = {Kind.NUMBER: 12, Kind.DIGITS: 14, Kind.DATE: 28, Kind.LIST: 30, Kind.MAPPING: 26, Kind.TEXT: 22}
_HEADER, _EXAMPLE, _HELP = Look(Type.LABEL, HEADER), Look(Type.HELP, HEADER), Look(Type.HELP)
_LONG = 40
"""An example of so many letters makes its column wide."""
_HOW = {
    Kind.LIST: 'Several: commas between them; one that holds a comma in "quotes".',
    Kind.MAPPING: "Pairs such as in the example, commas between them.",
}
_NEEDS = {
    Need.MIFA_REQUIRED: "REQUIRED by MIFA. ",
    Need.MIFA_RECOMMENDED: "Recommended by MIFA. ",
    Need.ARCHIVE: "Required by the archive. ",
    Need.AI_READY: "Recommended for AI. ",
    Need.OPTIONAL: "",
}
_DIGITS = 15
"""A spreadsheet keeps so many of a number; one that has more is written as text."""


def render_workbook(sheet: StudySheet, notes: Mapping[Location, str] | None = None, seen: Seen = ()) -> bytes:
    """Return a workbook as the bytes of an XLSX file.

    Parameters
    ----------
    sheet
        The values that are known; all other cells stand empty.
    notes
        What is said beside single cells, by location.
    seen
        What was found in the lab folder: a header and a row a file, for people to look at.

    Raises
    ------
    MifaError
        MIFA149 when a text is too long for a cell.
    """
    from openpyxl import Workbook

    book, dropdowns, said = Workbook(), Dropdowns(), notes or {}
    write_start(book.worksheets[0])
    for title in SHEETS:
        page = Page(book.create_sheet(title))
        blocks = [block for block in BLOCKS if block.sheet == title]
        if blocks[0].is_form:
            for number, text in enumerate(FORM_HEADER, start=1):
                page.put(number, text, _HEADER)
            page.widen(_FORM_WIDTHS)
            page.row += 1
            page.freeze("A2")
        else:
            page.freeze("C4" if len(blocks) == 1 else "B1")
        for block in blocks:
            write = _write_form if block.is_form else _write_table
            write(page, block, rows_of(block, sheet), said, dropdowns)
            page.row += 1
        if title == "Files" and seen:
            _show(page, seen)
    dropdowns.write(book)
    write_memory(book, Memory(sheet, said, seen))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_form(
    page: Page, block: Block, rows: Sequence[Row], notes: Mapping[Location, str], dropdowns: Dropdowns
) -> None:
    page.banner(block.title, "", len(FORM_HEADER))
    (row,) = rows
    for column in columns(block):
        need = need_of(column.info)
        page.put_label(1, column.label, need)
        cell = page.put_field(2, _cell_value(row, column), need, _number_format(column))
        add_note(cell, _help(column))
        if text := notes.get((*row.location, *column.path)):
            add_note(cell, text)
        page.put(3, _NEEDS[need] + (column.info.description or ""), _HELP)
        page.put(4, _example(column), _HELP)
        dropdowns.add(page.sheet, cell.coordinate, block, column)
        page.row += 1


def _write_table(
    page: Page, block: Block, rows: Sequence[Row], notes: Mapping[Location, str], dropdowns: Dropdowns
) -> None:
    slots: Counter[Path] = Counter()
    for row in rows:
        for path in row.values:
            for at, part in enumerate(path):
                if isinstance(part, int):
                    slots[path[:at]] = max(slots[path[:at]], part + 1)
    fields = columns(block, slots)
    page.banner(block.title, block.meaning, len(fields) + 1)
    page.put(1, NUMBER, _HEADER)
    for number, column in enumerate(fields, start=2):
        add_note(page.put_label(number, column.label, need_of(column.info)), _help(column))
    page.row += 1
    for number, shown in enumerate([EXAMPLE, *map(_example, fields)], start=1):
        page.put(number, shown, _EXAMPLE)
    page.row += 1
    first, last = page.row, page.row + len(rows) + block.spare - 1
    for index in range(len(rows) + block.spare):
        row = rows[index] if index < len(rows) else Row((), {})
        page.put(1, index + 1, _EXAMPLE)
        for number, column in enumerate(fields, start=2):
            need = _need(block, column) if index < max(len(rows), 1) else Need.OPTIONAL
            cell = page.put_field(number, _cell_value(row, column), need, _number_format(column))
            if text := notes.get((*row.location, *column.path)):
                add_note(cell, text)
        page.row += 1
    for number, column in enumerate(fields, start=2):
        letter = page.sheet.cell(first, number).column_letter
        dropdowns.add(page.sheet, f"{letter}{first}:{letter}{last}", block, column)
    page.widen((_FORM_WIDTHS[0], *map(_width, fields)))


def _show(page: Page, seen: Seen) -> None:
    """Write what was found in the lab folder. It is not read."""
    header, *rows = seen
    page.banner(SEEN_TITLE, "for you to look at; not read", len(header) + 1)
    for number, text in enumerate(header, start=2):
        page.put(number, text, _HEADER)
    for row in rows:
        page.row += 1
        for number, text in enumerate(row, start=2):
            page.put(number, text, _HELP)
    page.row += 1


def _cell_value(row: Row, column: Column) -> Any:
    value = row.values.get(column.path)
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, (list, tuple)):
        value = join_items(item.value if isinstance(item, Enum) else item for item in value)
    elif isinstance(value, dict):
        value = join_pairs(value)
    elif isinstance(value, (int, float)) and float(f"{value:.{_DIGITS}g}") != value:
        value = repr(value)
    if isinstance(value, str) and len(escape(value)) > MOST_LETTERS:
        item = format_location((*row.location, *column.path))
        raise MifaError("MIFA149", f"{item} has {len(value):,} letters; a cell holds {MOST_LETTERS:,}")
    return value


def _need(block: Block, column: Column) -> Need:
    """Return who needs a field of an entry; nobody, if nobody needs the entry, or it is a second one in its row."""
    second = any(isinstance(part, int) and part for part in column.path)
    return Need.OPTIONAL if second or block.need is Need.OPTIONAL else need_of(column.info)


def _number_format(column: Column) -> str:
    """Return how a cell takes what is typed: as text, or a version of 1.10 were 1.1 and 1-2 a day."""
    return "General" if kind_of(column.info) is Kind.NUMBER else "@"


def _help(column: Column) -> str:
    parts = [_NEEDS[need_of(column.info)] + (column.info.description or ""), _HOW.get(kind_of(column.info), "")]
    example = _example(column)
    return "\n".join(filter(None, (*parts, example and f"Example: {example}")))


def _example(column: Column) -> str:
    if any(isinstance(part, int) and part for part in column.path):
        return ""
    example = example_of(column.info)
    if isinstance(example, list):
        return join_items(example)
    if isinstance(example, dict):
        return join_pairs(example)
    return "" if example is None else str(example)


def _width(column: Column) -> float:
    example = _example(column)
    usual = _WIDTHS[kind_of(column.info)]
    return max(usual * 2 if len(example) > _LONG else usual, len(column.label) * 0.7)
