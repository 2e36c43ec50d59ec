"""CSV and TSV from strangers, within budgets, by column."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from mifakit.errors import MifaError
from mifakit.findings import Finding, Place
from mifakit.sources.bounded import read_bounded
from mifakit.sources.columns import Columns, check_size, put_together
from mifakit.sources.limits import MAX_CELLS

_DELIMITERS = ",;\t"
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_HEAD_BYTES = 1024**2
_BLOCK_BYTES = 16 * 1024**2
_SHOWN = 3
_NO_ROWS = ("Empty CSV file", "Could not skip initial")
"""What Arrow says of a header alone, with and without an end of its line."""


def read_delimited(path: Path) -> Columns:
    """Read a table whose cells are divided by commas, semicolons or tabs, whichever its header has most of.

    It is UTF-8, or UTF-16 with its mark, else Latin-1, which is said.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read, MIFA204 when it is no table, MIFA226 when it is over budget.
    """
    data, findings = as_utf8(path, read_bounded(path))
    header, lines, delimiter = _header(path, data)
    return divided(path, data, header, delimiter, findings, lines)


def divided(
    path: Path, data: bytes, header: Sequence[str], delimiter: str, findings: Sequence[Finding], lines: int = 0
) -> Columns:
    """Return the columns of rows whose cells a sign divides; rows of another length are left out, which is said.

    Parameters
    ----------
    path
        The file, for messages.
    data
        UTF-8.
    header
        One name a cell of a row.
    delimiter
        The sign.
    findings
        What was noticed so far.
    lines
        How many come before the rows.

    Raises
    ------
    MifaError
        MIFA202 when they cannot be read, MIFA226 when there are too many.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    place = str(path)
    if data.count(delimiter.encode()) > MAX_CELLS:
        raise MifaError("MIFA226", f"has more than {MAX_CELLS:,} cells", place)
    check_size(path, len(header), 0)
    odd: list[str] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        odd.append(str(row.number))
        return "skip"

    keys = [str(number) for number in range(len(header))]
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(data),
            arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES, skip_rows=lines, column_names=keys),
            arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(keys, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except pa.ArrowInvalid as error:
        if not any(words in str(error) for words in _NO_ROWS):
            raise MifaError("MIFA202", f"cannot be read as a table: {error}", place) from error
        table = pa.table({key: pa.array([], pa.string()) for key in keys})
    noticed = list(findings)
    if odd:
        rows = ", ".join(odd[:_SHOWN]) + (f" and {len(odd) - _SHOWN:,} more" if len(odd) > _SHOWN else "")
        message = f"{len(odd):,} rows are left out, which have more or fewer cells than the header: {rows}"
        noticed.append(Finding.of("MIFA359", message, place))
    return put_together(path, header, table.columns, noticed, delimiter != ",")


def as_utf8(path: Path, data: bytes) -> tuple[bytes, list[Finding]]:
    """Return text as UTF-8, and what was noticed on the way.

    Raises
    ------
    MifaError
        MIFA202 when it is not what its mark says, MIFA204 when it is no text.
    """
    place = str(path)
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            try:
                return data.decode(encoding).encode(), []
            except UnicodeError as error:
                raise MifaError("MIFA202", f"is not {encoding} text, as it says: {error}", place) from error
    if b"\0" in data[:_HEAD_BYTES]:
        raise MifaError("MIFA204", "is not text", place)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        finding = Finding.of("MIFA359", "is not UTF-8 text: signs such as µ may be wrong", Place(place, line))
        return data.decode("latin-1").encode(), [finding]
    return data, []


def _header(path: Path, data: bytes) -> tuple[list[str], int, str]:
    """Return the headers, the number of lines up to them, and the delimiter."""
    text = data[:_HEAD_BYTES].decode("utf-8", "ignore")
    first = next((line for line in text.splitlines() if line.strip()), "")
    stated = first.casefold().startswith("sep=") and len(first) == 5  # as Excel reads it
    delimiter = first[-1] if stated else max(_DELIMITERS, key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in lines:
            if any(cell.strip() for cell in cells) and not (stated and lines.line_num == 1):
                return cells, lines.line_num, delimiter
    except csv.Error as error:
        raise MifaError("MIFA202", f"cannot be read as a table: {error}", str(path)) from error
    raise MifaError("MIFA204", "is no table: it is empty", str(path))
