"""A sheet of the workbook that is filled from its top: cells of text that no program takes for anything else."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from mifakit.metadata.fields import Need
from mifakit.sheet.workbook.palette import BANNER, COLOURS, Look, Type, paint
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
        self.sheet: Any = sheet
        self.row = 1
        sheet.sheet_view.showGridLines = False
        self._widths: dict[int, float] = {}
        self._styles: dict[Look, Any] = {}

    def put(self, column: int, value: Any, look: Look = Look()) -> Any:  # noqa: B008 - it is a tuple
        """Write a value into this row and return its cell. Text stays text, whatever it begins with."""
        cell = self.sheet.cell(self.row, column)
        if isinstance(value, str):
            cell.value = escape(value)
            cell.data_type = "s"  # or `=1+1` were a formula, now ...
            look = look._replace(quoted=value.startswith(("=", "+", "-", "@")))  # ... and when it is typed again
        else:
            cell.value = value
        if look not in self._styles:
            paint(cell, look)
            self._styles[look] = cell._style
        cell._style = copy(self._styles[look])  # to look up five parts of it for each cell takes seconds
        return cell

    def put_field(self, column: int, value: Any, need: Need, number_format: str = "@") -> Any:
        """Write what people may change; as text, unless it is told otherwise."""
        return self.put(column, value, Look(colour=COLOURS[need], bordered=True, number_format=number_format))

    def put_label(self, column: int, text: str, need: Need) -> Any:
        """Write the name of a field."""
        return self.put(column, text, Look(Type.LABEL, COLOURS[need], bordered=True))

    def banner(self, title: str, meaning: str, width: int) -> None:
        """Write what stands above a block, over so many columns."""
        for column in range(1, width + 1):
            self.put(column, None, Look(colour=BANNER))
        self.put(1, title, Look(Type.TITLE, BANNER, wrapped=False))
        if meaning:
            self.put(2, meaning, Look(Type.SUBTITLE, BANNER, wrapped=False))
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
