"""The first sheet of the workbook: how to fill in the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mifakit.metadata.fields import Need
from mifakit.sheet.workbook.page import Page
from mifakit.sheet.workbook.palette import MEANINGS, Look, Type

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "Start"

_STEPS = (
    ("1", "Go through the sheets below from left to right, and fill in the coloured cells. What the files tell stands "
     "there already: correct it where it is wrong."),
    ("2", "Let the mouse rest on a cell with a red corner: a note says what is meant. Rows of examples are not read."),
    ("3", "Some cells have an arrow: pick a value, or type your own. Several values in one cell: commas between them."),
    ("4", "One row an author, a sample, a set. Need more rows? Insert them. Leave empty what does not apply."),
    ("5", "Save, close, and run:  mifa check FILE.xlsx   Each finding names the sheet and the cell."),
)  # fmt: skip
_SHEETS = (
    ("Study", "What the data are, who paid, on what terms others may use them."),
    ("Authors", "Who made images and annotations."),
    ("Biosamples", "What was imaged, and how it was prepared."),
    ("Acquisition", "With which microscope, and how."),
    ("Annotations", "What was annotated, how, and how far it can be trusted."),
    ("Files", "Which files are images and which annotations. Usually right already."),
    ("Conversion", "Training, validation and test; how pixels are stored. May stay empty."),
)


def write_start(sheet: Worksheet) -> None:
    """Write the first sheet."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    page = Page(sheet)
    sheet.title = TITLE
    page.widen((16, 96))
    page.banner("Study sheet", "what people know about these images and annotations", 2)
    page.row += 1
    for number, text in _STEPS:
        page.put(1, number, Look(Type.LABEL))
        page.put(2, text)
        page.row += 1
    page.row += 1
    page.banner("Colours", "", 2)
    for need in Need:
        page.put_field(1, None, need)
        page.put(2, MEANINGS[need])
        page.row += 1
    page.row += 1
    page.banner("Sheets", "", 2)
    for title, text in _SHEETS:
        cell = page.put(1, title, Look(Type.LINK))
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!A1")
        page.put(2, text)
        page.row += 1
