"""Tables from strangers: CSV as spreadsheets save it, within budgets. Values stay as they were typed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.findings import Place
from mifakit.sources.limits import MAX_TABLE_BYTES, MAX_TABLE_COLUMNS

_DELIMITERS = ",;\t"
"""Spreadsheets of countries with a decimal comma save `;`."""


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    columns
        Its headers.
    rows
        The cells of each row by header, with the row's 1-based line. Blank rows are left out.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


def read_table(path: Path, place: str) -> Table:
    """Read a CSV file: UTF-8, with commas, semicolons or tabs, whichever its header has most of.

    Parameters
    ----------
    path
        The file.
    place
        How findings call it.

    Raises
    ------
    MifaError
        MIFA230 when it is no such table.
    """
    lines = _lines(_text(path, place), place)
    _, header = next(lines, (1, []))
    while header and not header[-1]:  # spreadsheets save empty columns too
        header.pop()
    if not header or len(header) > MAX_TABLE_COLUMNS:
        raise MifaError("MIFA230", f"it has {len(header)} columns", Place(place, 1))
    for name, count in Counter(header).items():
        if not name or not name.isprintable() or count > 1:
            said = f"{count} columns are called {name!r}" if count > 1 else f"a column is called {name!r}"
            raise MifaError("MIFA230", said, Place(place, 1))
    rows = []
    for line, cells in lines:
        if len(cells) < len(header) or any(cells[len(header) :]):
            raise MifaError("MIFA230", f"it has {len(cells)} cells, the header {len(header)}", Place(place, line))
        rows.append((line, dict(zip(header, cells, strict=False))))
    return Table(tuple(header), tuple(rows))


def _text(path: Path, place: str) -> str:
    try:
        if not path.is_file():
            raise MifaError("MIFA230", "there is no such file in the lab folder", place)
        with path.open("rb") as stream:
            data = stream.read(MAX_TABLE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise MifaError("MIFA230", str(error), place) from error
    if len(data) > MAX_TABLE_BYTES:
        raise MifaError("MIFA230", f"is larger than {MAX_TABLE_BYTES:,} bytes", place)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise MifaError("MIFA230", "is not UTF-8 text", Place(place, line), "save it as CSV UTF-8") from error


def _lines(text: str, place: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number and the stripped cells of each row that says something."""
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begin = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield begin, stripped
            begin = reader.line_num + 1
    except csv.Error as error:
        raise MifaError("MIFA230", str(error), Place(place, begin)) from error
