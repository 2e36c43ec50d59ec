"""The blocks of a sheet -> their rows. Fields are found by name: columns may be moved, rows inserted and sorted."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from mifakit.findings import Finding, Place
from mifakit.sheet.workbook.assembling import FoundRow
from mifakit.sheet.workbook.layout import EXAMPLE, FORM_HEADER, Block, Column, columns_by_label, fold
from mifakit.sheet.workbook.sections import Line, Section, sections_of
from mifakit.sheet.workbook.values import Cell, read_value, text_of
from mifakit.sources.yaml_text import Location


class SheetReader:
    """Reads one sheet.

    Attributes
    ----------
    rows
        Of each block that was found.
    tops
        Where each block begins, by what it holds.
    findings
        What cannot be told.
    """

    def __init__(self, sheet: Any, path: str, blocks: Sequence[Block]) -> None:
        self.rows: dict[Block, list[FoundRow]] = {}
        self.tops: dict[Location, str] = {}
        self.findings: list[Finding] = []
        self._sheet, self._path = sheet, path
        sections = list(sections_of(sheet, blocks))
        missing = [block.title for block in blocks if block not in [one.block for one in sections]]
        for section in sections:
            self._read(section, missing)

    def _read(self, section: Section, missing: Sequence[str]) -> None:
        block = section.block
        if block is None:
            self._read_unknown(section, missing)
        elif block in self.rows:
            self._say("MIFA108", f"{block.title!r} stands twice", section.row, 1)
        else:
            self.tops.setdefault(block.path, self._at(section.row, 1))
            self.rows[block] = self._form(block, section, missing) if block.is_form else self._table(block, section)

    def _read_unknown(self, section: Section, missing: Sequence[str]) -> None:
        for line in section.lines:
            if section.title:  # a table that lost its name, all of it
                break
            if fold(line.head) != fold(FORM_HEADER[0]):
                self._unread(line, line.cells)
        if section.title:
            said = "a table has no title" if not section.title[1:] else f"there is no table {section.title!r}"
            self._say("MIFA110", said, section.row, 1, _meant(section.title, missing))

    def _form(self, block: Block, section: Section, missing: Sequence[str]) -> list[FoundRow]:
        known, row = columns_by_label(block), dict[tuple[str | int, ...], Cell]()
        for line in section.lines:
            column = known.get(fold(line.head))
            if column is None and 2 in line.cells:
                hint = _meant(line.head, [one.label for one in known.values()])
                self._say("MIFA103", f"there is no field {line.head!r}", line.row, 1, hint)
            elif column is None and (hint := _meant(line.head, missing)):
                self._say("MIFA110", f"there is no table {line.head!r}", line.row, 1, hint)
            elif column is not None and column.path in row:
                self._say("MIFA108", f"{line.head!r} stands twice", line.row, 1)
            elif column is not None:
                row[column.path] = self._value(line, 2, column)
                self._unread(line, [number for number in line.cells if number > len(FORM_HEADER)])
        return [row]

    def _table(self, block: Block, section: Section) -> list[FoundRow]:
        header, *lines = section.lines or [Line(section.row + 1, {})]
        if not header.is_header:
            if any(line.cells.keys() - {1} for line in section.lines):
                self._say("MIFA110", f"the table {block.title!r} has lost its header", section.row, 1)
            return []
        lines = [line for line in lines if fold(line.head) != EXAMPLE]
        columns = self._columns(block, header, lines)
        rows: list[FoundRow] = []
        seen: dict[str, int] = {}
        for line in lines:
            row = {column.path: self._value(line, number, column) for number, column in columns.items()}
            rows.append(row)
            strays = [number for number in line.cells if number > 1 and number not in header.cells]
            self._unread(line, strays if line.head.isdigit() or not line.head else [1, *strays])
            said = repr([cell.value for cell in row.values()])
            if not all(cell.is_blank for cell in row.values()):
                if said in seen:
                    self._say("MIFA148", f"says the same as row {seen[said]}", line.row, 1)
                seen.setdefault(said, line.row)
        return rows

    def _columns(self, block: Block, header: Line, lines: Sequence[Line]) -> dict[int, Column]:
        """Return the columns that a header names. What it names otherwise is no matter while nothing stands below."""
        known, columns = columns_by_label(block), dict[int, Column]()
        used = {*chain.from_iterable(line.cells for line in lines)}
        labels = {number: text_of(cell) for number, cell in header.cells.items() if number > 1}
        for number, label in labels.items():
            column = known.get(fold(label))
            if column is None and number in used:
                left = [one.label for one in known.values() if fold(one.label) not in map(fold, labels.values())]
                self._say("MIFA103", f"there is no field {label!r}", header.row, number, _meant(label, left))
            elif column is not None and column in columns.values():
                self._say("MIFA108", f"{label!r} stands twice", header.row, number)
            elif column is not None:
                columns[number] = column
        return columns

    def _value(self, line: Line, number: int, column: Column) -> Cell:
        at = self._at(line.row, number)
        return read_value(line.cells[number], column.info, at) if number in line.cells else Cell(None, at)

    def _unread(self, line: Line, numbers: Iterator[int] | Sequence[int] | Any) -> None:
        for number in numbers:
            shown = text_of(line.cells[number])[:40]
            self._say("MIFA144", f"{shown!r} stands where nothing is read", line.row, number)

    def _say(self, code: str, message: str, row: int, column: int, hint: str | None = None) -> None:
        self.findings.append(Finding.of(code, message, Place(self._path, cell=self._at(row, column)), hint))

    def _at(self, row: int, column: int) -> str:
        from openpyxl.utils import get_column_letter

        return f"{self._sheet.title}!{get_column_letter(column)}{row}"


def _meant(text: str, names: Sequence[str]) -> str | None:
    near = difflib.get_close_matches(fold(text), [fold(name) for name in names], n=1)
    return next((f"did you mean {name}?" for name in names if [fold(name)] == near), None)
