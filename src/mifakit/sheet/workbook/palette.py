"""How the workbook looks: colours by who needs a field, and the looks of cells."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from mifakit.metadata.fields import Need

COLOURS = {
    Need.MIFA_REQUIRED: "FFD27F",
    Need.MIFA_RECOMMENDED: "FFF2CC",
    Need.ARCHIVE: "CFE2F3",
    Need.AI_READY: "DDEFD5",
    Need.OPTIONAL: "FFFFFF",
}
"""Of cells to fill in. What is required is strongest, also on a grey print."""

MEANINGS = {
    Need.MIFA_REQUIRED: "MIFA requires it: no dataset can be built without.",
    Need.MIFA_RECOMMENDED: "MIFA recommends it: fill it in if you can.",
    Need.ARCHIVE: "The archive will ask for it when you submit.",
    Need.AI_READY: "Who trains models with the data will want it.",
    Need.OPTIONAL: "Leave it empty if it does not apply.",
}

BANNER, HEADER, PAPER = "1F4E5F", "E7ECEE", "FFFFFF"


class Type(StrEnum):
    """Fonts by what is written in them."""

    VALUE = "value"
    TITLE = "title"
    SUBTITLE = "subtitle"
    LABEL = "label"
    HELP = "help"
    LINK = "link"


_FONTS: dict[Type, dict[str, Any]] = {
    Type.VALUE: {},
    Type.TITLE: {"bold": True, "size": 13, "color": "FFFFFF"},
    Type.SUBTITLE: {"italic": True, "color": "D5E4EA"},
    Type.LABEL: {"bold": True, "color": "1B2B33"},
    Type.HELP: {"italic": True, "color": "6B7780"},
    Type.LINK: {"bold": True, "underline": "single", "color": "1F4E9F"},
}


class Look(NamedTuple):
    """How a cell looks, and what a spreadsheet program makes of what is typed into it."""

    type: Type = Type.VALUE
    colour: str = PAPER
    bordered: bool = False
    wrapped: bool = True
    number_format: str = "General"
    quoted: bool = False


def paint(cell: Any, look: Look) -> None:
    """Make a cell look like that."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    cell.font = Font(name="Calibri", **{"size": 11, **_FONTS[look.type]})
    if look.colour != PAPER:
        cell.fill = PatternFill("solid", start_color=look.colour, end_color=look.colour)
    if look.bordered:
        side = Side(style="thin", color="B8C4C9")
        cell.border = Border(left=side, right=side, top=side, bottom=side)
    cell.alignment = Alignment(wrap_text=look.wrapped, vertical="top" if look.wrapped else "center")
    cell.number_format = look.number_format
    cell.quotePrefix = look.quoted
