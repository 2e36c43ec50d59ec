"""Wells of a plate by name: A01, b12, A-1. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

FORMATS = {6: (2, 3), 12: (3, 4), 24: (4, 6), 48: (6, 8), 96: (8, 12), 384: (16, 24), 1536: (32, 48)}
"""Rows and columns of the plates that are sold, by their number of wells (ANSI/SLAS 4 for the larger ones)."""

_ROWS, _COLUMNS = FORMATS[1536]
_WELL = re.compile(r"([A-Za-z]{1,2})[-_ ]?([0-9]{1,3})")


class Well(NamedTuple):
    """A well by row and column, both from 1."""

    row: int
    column: int

    @property
    def letters(self) -> str:
        """The row as it is named: A to Z, then AA to AF."""
        return row_letters(self.row)

    @property
    def name(self) -> str:
        """As people write it: A01."""
        return f"{self.letters}{self.column:02d}"


def row_letters(row: int) -> str:
    """Return the letters of a row, from 1.

    Examples
    --------
    >>> row_letters(1), row_letters(27)
    ('A', 'AA')
    """
    return chr(64 + row) if row <= 26 else f"A{chr(64 + row - 26)}"


_LETTERS = {row_letters(row): row for row in range(1, _ROWS + 1)}


def parse_well(text: str) -> Well | None:
    """Return the well of this name, or None: rows are A to AF, columns 1 to 48.

    Examples
    --------
    >>> parse_well("B-3")
    Well(row=2, column=3)
    """
    found = _WELL.fullmatch(text.strip())
    return well_at(found[1], found[2]) if found else None


def well_at(row: str, column: str) -> Well | None:
    """Return the well at a row and a column, or None; rows are letters or numbers, row 1 is A.

    Examples
    --------
    >>> well_at("02", "03") == well_at("B", "3") == Well(2, 3)
    True
    """
    well = Well(_LETTERS.get(row.strip().upper()) or whole_number(row) or 0, whole_number(column) or 0)
    return well if 1 <= well.row <= _ROWS and 1 <= well.column <= _COLUMNS else None


def whole_number(text: str) -> int | None:
    """Return a number of at most nine ASCII digits, or None."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text.strip()) else None


def usual_format(wells: Iterable[Well]) -> int:
    """Return how many wells the smallest plate of screens has that holds all of these: 96, 384 or 1536."""
    reached = list(wells)
    rows, columns = max(well.row for well in reached), max(well.column for well in reached)
    return next(size for size in (96, 384, 1536) if rows <= FORMATS[size][0] and columns <= FORMATS[size][1])
