"""Workbooks from strangers, as Excel and others save them in XLSX, within budgets: one sheet, by column."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, time
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from mifakit.errors import MifaError
from mifakit.findings import Finding
from mifakit.sources.archives import open_archive
from mifakit.sources.bounded import read_bounded
from mifakit.sources.columns import Columns, check_size, put_together
from mifakit.sources.limits import MAX_ANNOTATION_BYTES, MAX_CELLS

_SHOWN = 5


def read_workbook(path: Path, wanted: Sequence[str]) -> Columns:
    """Read a sheet of a workbook: the first whose first row has all headers that are wanted, or its first.

    Formulas give the results that were saved with them; dates are written as ISO 8601.

    Parameters
    ----------
    path
        The file.
    wanted
        Headers.

    Raises
    ------
    MifaError
        MIFA202 when it cannot be read, MIFA204 when it is no workbook, MIFA226 when it is over budget.
    """
    data = read_bounded(path)
    with open_archive(path, MAX_ANNOTATION_BYTES) as members:
        parts = {member.name: member for member in members}
        if "workbook.xml" not in parts:
            raise MifaError("MIFA204", "is an archive, and no workbook (XLSX)", str(path))
        calculated = any(b"<f" in part.read() for name, part in parts.items() if name.startswith("sheet"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which do not matter here
            return _from_sheets(path, data, wanted, calculated)
    except MifaError:
        raise
    except Exception as error:  # openpyxl answers damage in nearly every way there is
        message = f"cannot be read as a workbook: {str(error)[:200] or type(error).__name__}"
        raise MifaError("MIFA202", message, str(path)) from error


def _from_sheets(path: Path, data: bytes, wanted: Sequence[str], calculated: bool) -> Columns:
    import pyarrow as pa

    place, findings = str(path), []
    sheets = _sheets(data, data_only=True)
    heads = {title: [_text(cell) or "" for cell in next(_rows(path, sheet), ())] for title, sheet in sheets.items()}
    title = next((title for title, head in heads.items() if {*wanted} <= {*head}), next(iter(heads)))
    if others := [repr(other) for other, head in heads.items() if head and other != title]:
        message = f"its sheet {title!r} is read, and not {', '.join(others[:_SHOWN])}"
        findings.append(Finding.of("MIFA359", message, place))
    if calculated and (lost := _uncached(data, title)):
        hint = "open it in a spreadsheet program and save it again"
        message = f"{lost:,} cells of sheet {title!r} are formulas without a result, and empty here"
        findings.append(Finding.of("MIFA359", message, place, hint))
    width = len(heads[title])
    check_size(path, width, 0)
    if not width:
        raise MifaError("MIFA204", "is no table: it is empty", place)
    rows = _rows(path, sheets[title])
    next(rows)
    cells: list[list[str | None]] = [[] for _ in range(width)]
    for row in rows:
        for column, cell in zip(cells, chain(row, repeat(None)), strict=False):
            column.append(_text(cell))
    return put_together(path, heads[title], [pa.array(column, pa.string()) for column in cells], findings, False)


def _sheets(data: bytes, data_only: bool) -> dict[str, Any]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what it says of its size may be anything
    return {sheet.title: sheet for sheet in book.worksheets}


def _rows(path: Path, sheet: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the rows that say something. Some that are not there are counted too: a file may claim a billion."""
    count = 0
    for row in sheet.iter_rows(values_only=True):
        count += len(row) + 1
        if count > MAX_CELLS:
            raise MifaError("MIFA226", f"has more than {MAX_CELLS:,} cells", str(path))
        if any(cell is not None for cell in row):
            yield row


def _uncached(data: bytes, title: str) -> int:
    """Return how many formulas have no result beside them, as programs that do not calculate write them."""
    results, formulas = (_sheets(data, data_only)[title].iter_rows(values_only=True) for data_only in (True, False))
    return sum(
        result is None and isinstance(formula, str) and formula.startswith("=")
        for row, written in zip(results, formulas, strict=False)
        for result, formula in zip(row, written, strict=False)
    )


def _text(cell: Any) -> str | None:
    match cell:
        case None:
            return None
        case bool():
            return str(cell).lower()
        case date() | time():  # date and time together are a date
            return cell.isoformat()
        case _:
            return str(cell).strip()
