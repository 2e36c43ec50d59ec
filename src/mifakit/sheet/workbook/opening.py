"""The file of a workbook, which may be a stranger's -> openpyxl's workbook, within budgets."""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from mifakit.errors import MifaError
from mifakit.sources.archives import open_archive
from mifakit.sources.bounded import read_bounded
from mifakit.sources.limits import MAX_SHEET_BYTES, MAX_WORKBOOK_BYTES, MAX_WORKBOOK_CELLS

if TYPE_CHECKING:
    from openpyxl import Workbook

SUFFIXES = (".xlsx", ".xlsm")
_OTHERS = {
    ".xls": "is a workbook of Excel 97", ".xlsb": "is a binary workbook", ".ods": "is a workbook of LibreOffice",
    ".numbers": "is a workbook of Numbers", ".csv": "is a single table", ".tsv": "is a single table",
    ".docx": "is a text of Word", ".odt": "is a text of LibreOffice",
}  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "open it in your spreadsheet program and save it as Excel workbook (.xlsx)"
_SMALLER = "a study sheet is small: is this the right file? Clear what was formatted far below and beside the tables"

_SPAN = re.compile(rb"""<(?:\w+:)?(?:mergeCell|hyperlink)\s[^<>]*?\bref\s*=\s*["']([^"'<>]*)""")
"""Cells that are one, or one link: openpyxl makes each of them, so that a few letters can ask for a billion."""


def refuse_other_programs(path: Path) -> None:
    """Refuse a file whose name says that another program wrote it.

    Raises
    ------
    MifaError
        MIFA109.
    """
    said = _OTHERS.get(path.suffix.casefold())
    if said:
        raise MifaError("MIFA109", f"{said}, which is not read", str(path), _SAVE)


def open_workbook(path: Path) -> Workbook:
    """Open a workbook, with its formulas instead of what they came to.

    Raises
    ------
    MifaError
        MIFA001 when it is missing, MIFA008 when it is a folder, MIFA109 when it cannot be read.
    """
    import openpyxl

    data = _read(path)
    if data.startswith(_OLE):
        hint = "remove the password, or " + _SAVE
        raise MifaError("MIFA109", "has a password, or is a workbook of Excel 97 with a new name", str(path), hint)
    _check_parts(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions, which do not matter here
            return openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    except Exception as error:  # openpyxl answers damage in nearly every way there is
        said = str(error)[:200] or type(error).__name__
        raise MifaError("MIFA109", f"is damaged: {said}", str(path), _SAVE) from error


def _read(path: Path) -> bytes:
    if not path.exists():
        raise MifaError("MIFA001", "there is no such file", str(path))
    if path.is_dir():
        raise MifaError("MIFA008", "is a folder, not a study sheet", str(path), "name the sheet, e.g. mifa.xlsx")
    try:
        return read_bounded(path, MAX_SHEET_BYTES)
    except MifaError as error:
        hint = _SMALLER if error.code == "MIFA226" else None
        raise MifaError("MIFA109", error.finding.message, str(path), hint) from error


def _check_parts(path: Path) -> None:
    """Refuse what would take more time and memory than a study sheet can need, before it is parsed."""
    try:
        with open_archive(path, MAX_WORKBOOK_BYTES) as members:
            parts = {member.name: member.read() for member in members if member.name.endswith((".xml", ".rels"))}
    except MifaError as error:
        hint = _SMALLER if error.code == "MIFA226" else _SAVE
        raise MifaError("MIFA109", f"is no workbook: {error.finding.message}", str(path), hint) from error
    if "workbook.xml" not in parts:
        raise MifaError("MIFA109", "is an archive, and no workbook", str(path), _SAVE)
    if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part for part in parts.values()):
        raise MifaError("MIFA109", "declares entities of XML, as no spreadsheet program does", str(path), _SAVE)
    cells = sum(part.count(b"<c ") + part.count(b"<row") + _spanned(part) for part in parts.values())
    if cells > MAX_WORKBOOK_CELLS:
        message = f"has {cells:,} cells and rows, more than {MAX_WORKBOOK_CELLS:,}"
        raise MifaError("MIFA109", message, str(path), _SMALLER)


def _spanned(part: bytes) -> int:
    """Return how many cells a part makes by naming their first and last; what names none is more than any may."""
    from openpyxl.utils import range_boundaries

    count = 0
    for span in _SPAN.findall(part):
        try:
            left, top, right, bottom = (edge or 0 for edge in range_boundaries(span.decode()))
        except ValueError:
            left = top = right = bottom = 0
        odd = not (0 < left <= right and 0 < top <= bottom)  # whole rows or columns, or no cells
        count += MAX_WORKBOOK_CELLS + 1 if odd else (right - left + 1) * (bottom - top + 1)
    return count
