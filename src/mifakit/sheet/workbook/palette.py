"""How the workbook looks: colours by who needs a field, fonts, widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mifakit.metadata.fields import Need

if TYPE_CHECKING:
    from openpyxl.styles import Alignment, Border, Font, PatternFill

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

BANNER, HEADER, HELP = "1F4E5F", "E7ECEE", "6B7780"


def fill(colour: str) -> PatternFill:
    """Return a plain fill."""
    from openpyxl.styles import PatternFill

    return PatternFill("solid", start_color=colour, end_color=colour)


def banner_font() -> Font:
    """Return the font of what stands above a block."""
    from openpyxl.styles import Font

    return Font(bold=True, size=13, color="FFFFFF")


def banner_help_font() -> Font:
    """Return the font of what is said beside it."""
    from openpyxl.styles import Font

    return Font(italic=True, color="D5E4EA")


def header_font() -> Font:
    """Return the font of headers and of fields' names."""
    from openpyxl.styles import Font

    return Font(bold=True, color="1B2B33")


def link_font() -> Font:
    """Return the font of a link to another sheet."""
    from openpyxl.styles import Font

    return Font(bold=True, underline="single", color="1F4E9F")


def help_font() -> Font:
    """Return the font of what is help, and is not read."""
    from openpyxl.styles import Font

    return Font(italic=True, color=HELP)


def wrapped() -> Alignment:
    """Return the alignment of all text."""
    from openpyxl.styles import Alignment

    return Alignment(wrap_text=True, vertical="top")


def on_one_line() -> Alignment:
    """Return the alignment of what may run over the cells beside it."""
    from openpyxl.styles import Alignment

    return Alignment(vertical="center")


def thin_border() -> Border:
    """Return the border of cells to fill in."""
    from openpyxl.styles import Border, Side

    side = Side(style="thin", color="B8C4C9")
    return Border(left=side, right=side, top=side, bottom=side)
