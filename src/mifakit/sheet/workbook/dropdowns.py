"""Dropdowns: their lists stand on a hidden sheet, or are a column that people fill in on another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mifakit.sheet.workbook.choices import choices_of
from mifakit.sheet.workbook.kinds import Kind, kind_of
from mifakit.sheet.workbook.layout import REFERENCES, Block, Column, schema_path

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SHEET = "Lists"


class Dropdowns:
    """Remembers where which fields stand, and writes all dropdowns at the end."""

    def __init__(self) -> None:
        self._fields: list[tuple[Worksheet, str, Block, Column]] = []

    def add(self, sheet: Worksheet, cells: str, block: Block, column: Column) -> None:
        """Remember that a field stands in these cells, such as `B4:B12`."""
        self._fields.append((sheet, cells, block, column))

    def write(self, book: Workbook) -> None:
        """Write the dropdowns of all fields that have one."""
        from openpyxl.worksheet.datavalidation import DataValidation

        lists = _Lists(book)
        columns = {
            schema_path(block, column.path): _absolute(sheet, cells) for sheet, cells, block, column in self._fields
        }
        for sheet, cells, block, column in self._fields:
            path = schema_path(block, column.path)
            if path in REFERENCES:
                above, name = REFERENCES[path]
                source = columns[(*above, name)]
            elif choices := choices_of(block, column):
                source = lists.range_of(choices)
            else:
                continue
            offered = DataValidation("list", source, allow_blank=True)
            # Several, and other words than those of a vocabulary, are typed: the check says what is wrong.
            offered.showErrorMessage = False
            if kind_of(column.info) is Kind.LIST:
                offered.promptTitle, offered.prompt = "Several?", "Pick one, or type several with commas between them."
                offered.showInputMessage = True
            offered.add(cells)
            sheet.add_data_validation(offered)


class _Lists:
    """The hidden sheet: a column a list."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.create_sheet(SHEET)
        self._sheet.sheet_state = "hidden"
        self._known: dict[tuple[str, ...], str] = {}

    def range_of(self, choices: Sequence[str]) -> str:
        key = tuple(choices)
        if key not in self._known:
            number = len(self._known) + 1
            for row, choice in enumerate(key, start=1):
                cell = self._sheet.cell(row, number, choice)
                cell.data_type, cell.number_format = "s", "@"
            letter = self._sheet.cell(1, number).column_letter
            self._known[key] = f"{SHEET}!${letter}$1:${letter}${len(key)}"
        return self._known[key]


def _absolute(sheet: Worksheet, cells: str) -> str:
    first, _, last = cells.partition(":")
    return f"'{sheet.title}'!{_fixed(first)}:{_fixed(last or first)}"


def _fixed(cell: str) -> str:
    letters = cell.rstrip("0123456789")
    return f"${letters}${cell[len(letters) :]}"
