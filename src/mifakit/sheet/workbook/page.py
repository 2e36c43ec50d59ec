"""A sheet of the workbook that is filled from its top: cells of text that no program takes for anything else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mifakit.metadata.fields import Need
from mifakit.sheet.workbook import palette
from mifakit.sheet.workbook.values import escape

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_NOTE_LETTERS_A_LINE = 44


class Page:
    """A sheet, and the row that is written next.

    Attributes
    ----------
    sheet
        Of openpyxl.
    row
        The next row, from 1.
    """

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet, self.row = sheet, 1
        sheet.sheet_view.showGridLines = False
        self._widths: dict[int, float] = {}

    def put(self, column: int, value: Any, font: Any = None, colour: str | None = None) -> Any:
        """Write a value into this row and return its cell. Text stays text, whatever it begins with."""
        cell = self.sheet.cell(self.row, column)
        if isinstance(value, str):
            cell.value = escape(value)
            cell.data_type = "s"  # or `=1+1` were a formula
            cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
        else:
            cell.value = value
        cell.alignment = palette.wrapped()
        if font:
            cell.font = font
        if colour:
            cell.fill = palette.fill(colour)
        return cell

    def put_field(self, column: int, value: Any, need: Need, *, as_text: bool = True) -> Any:
        """Write what people may change."""
        cell = self.put(column, value, colour=palette.COLOURS[need])
        cell.border = palette.thin_border()
        cell.number_format = "@" if as_text else "General"
        return cell

    def banner(self, title: str, meaning: str, width: int) -> None:
        """Write what stands above a block, over so many columns."""
        for column in range(1, width + 1):
            self.put(column, None, colour=palette.BANNER)
        self.put(1, title, palette.banner_font()).alignment = palette.on_one_line()
        if meaning:
            self.put(2, meaning, palette.banner_help_font()).alignment = palette.on_one_line()
        self.sheet.row_dimensions[self.row].height = 22
        self.row += 1

    def widen(self, widths: Sequence[float]) -> None:
        """Make the columns at least as wide as that."""
        from openpyxl.utils import get_column_letter

        for number, width in enumerate(widths, start=1):
            self._widths[number] = max(width, self._widths.get(number, 0))
            self.sheet.column_dimensions[get_column_letter(number)].width = self._widths[number]

    def freeze(self, cell: str) -> None:
        """Keep in sight what is above and left of a cell."""
        self.sheet.freeze_panes = cell


def add_note(cell: Any, text: str) -> None:
    """Put a note on a cell, below those that are there, large enough for its text."""
    from openpyxl.comments import Comment

    text = f"{cell.comment.text}\n\n{text}" if cell.comment else text
    lines = sum(1 + len(line) // _NOTE_LETTERS_A_LINE for line in text.splitlines())
    cell.comment = Comment(escape(text), "mifakit", height=30 + 18 * lines, width=320)
