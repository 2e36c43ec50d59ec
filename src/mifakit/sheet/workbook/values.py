"""The value of a cell -> what the study sheet says there, or why it cannot be told. Pure but for openpyxl's types."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from pydantic.fields import FieldInfo

from mifakit.sheet.workbook.kinds import Kind, allowed_values, kind_of
from mifakit.sheet.workbook.notation import split_items, split_pairs
from mifakit.sources.yaml_text import Tree

MOST_LETTERS = 32_767
"""In a cell; Excel cuts off the rest."""

_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f])_")
_TRUTH = {"TRUE": "yes", "FALSE": "no"}
_AS_TEXT = "give the cell the format Text, then type the value again"


class Problem(NamedTuple):
    """Why a cell's value is not taken: a code of the catalogue, what was found, and how to mend it."""

    code: str
    message: str
    hint: str | None = None


class Cell(NamedTuple):
    """What stands in a cell.

    Attributes
    ----------
    value
        As in a tree of YAML; None when it is empty or was not taken.
    at
        `Authors!C3`.
    problem
        Why it was not taken.
    """

    value: Tree
    at: str
    problem: Problem | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nobody wrote anything here."""
        return self.value is None and self.problem is None


def read_value(cell: Any, info: FieldInfo, at: str) -> Cell:
    """Return what a cell says of a field.

    Parameters
    ----------
    cell
        Of openpyxl.
    info
        The field.
    at
        What findings call the cell.
    """
    kind, value = kind_of(info), cell.value
    if value is None:
        return Cell(None, at)
    if cell.data_type == "f":
        return Cell(None, at, Problem("MIFA141", f"{_shown(value)} is a formula", "type the value itself"))
    if cell.data_type == "e":
        return Cell(None, at, Problem("MIFA141", f"{value} is what a formula could not work out", "type the value"))
    if isinstance(value, date) and kind is Kind.DATE:
        return Cell(_iso(value), at)
    if isinstance(value, (date, time, timedelta)):
        shown = _iso(value) if isinstance(value, date) else str(value)
        message = f"a date or time ({shown}), which a spreadsheet may have made of something else that was typed"
        return Cell(None, at, Problem("MIFA140", message, _AS_TEXT))
    if {"yes", "no"} <= {*allowed_values(info)} and str(value).upper() in _TRUTH:  # spreadsheets' own words for them
        return Cell(_TRUTH[str(value).upper()], at)
    if isinstance(value, str):
        return _from_text(value, kind, at)
    if isinstance(value, bool):
        return Cell(None, at, Problem("MIFA140", f"{str(value).upper()}, which is no text", _AS_TEXT))
    return _from_number(value, kind, at)


def text_of(cell: Any) -> str:
    """Return a cell's text without spaces around it, of whatever kind; empty when there is none."""
    return "" if cell is None or cell.value is None else _unescape(str(cell.value)).strip()


def escape(text: str) -> str:
    """Return text for a cell: what XML has no sign for is written as spreadsheets write it."""
    return re.sub(r"[\x00-\x08\x0b-\x1f]", lambda found: f"_x{ord(found[0]):04X}_", text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _from_text(written: str, kind: Kind, at: str) -> Cell:
    text = _unescape(written).strip()
    if not text:
        return Cell(None, at)
    if kind is Kind.LIST:
        return Cell(list(split_items(text)) or None, at)
    if kind is Kind.MAPPING:
        pairs = split_pairs(text)
        if pairs is None:
            hint = "write name: value, with commas between, as in the example"
            return Cell(None, at, Problem("MIFA105", f"{text!r} are no pairs of a name and a value", hint))
        return Cell(dict(pairs), at)
    return Cell(text, at)


def _from_number(value: float, kind: Kind, at: str) -> Cell:
    whole = isinstance(value, int) or value.is_integer()
    text = str(int(value)) if whole else repr(value)
    if kind is Kind.NUMBER or (kind is Kind.DIGITS and whole):
        return Cell(text, at)
    message = f"the number {text}, of which zeros and signs may be lost that were typed"
    return Cell(None, at, Problem("MIFA140", message, _AS_TEXT))


def _iso(value: date) -> str:
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    return value.isoformat()


def _shown(formula: Any) -> str:
    text = str(getattr(formula, "text", formula))
    return f"{text[:60]!r}"
