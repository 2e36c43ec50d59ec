"""A list of files in the three forms that BioStudies reads: TSV, JSON and XLSX.

Its reader splits TSV at tabs and knows no quotes. It takes the first sheet of a workbook, and cells as text.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from html import escape

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from mifakit.records.pagetab.file_lists import FileList

_NO_ROWS = re.compile(rb"<sheetData ?/>|<sheetData></sheetData>")
_EXTENT = re.compile(rb"<dimension[^>]*/>")
MOST_ROWS = 1_048_576
"""Of a sheet in a workbook, with its header."""


def list_files(name: str, listed: FileList) -> dict[str, bytes]:
    """Return the list in every form that has room for it, by file name."""
    made = {f"{name}.tsv": tsv(listed), f"{name}.json": as_json(listed)}
    if len(listed.rows) < MOST_ROWS:
        made[f"{name}.xlsx"] = xlsx(listed)
    return made


def tsv(listed: FileList) -> bytes:
    """Return the list as TSV."""
    return "".join("\t".join(cells) + "\n" for cells in (listed.headers, *listed.rows)).encode()


def as_json(listed: FileList) -> bytes:
    """Return the list as JSON, a line a file; blank cells are left out."""
    lines = []
    for path, *cells in listed.rows:
        said = [{"name": name, "value": value} for name, value in zip(listed.headers[1:], cells, strict=True) if value]
        lines.append(json.dumps({"path": path, "attributes": said}, ensure_ascii=False))
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def xlsx(listed: FileList) -> bytes:
    """Return the list as a workbook, the same bytes every time; all cells are text, also one that starts with `=`.

    openpyxl makes the workbook; its rows are written here, several times as fast.
    """
    empty, full = io.BytesIO(), io.BytesIO()
    Workbook().save(empty)
    with zipfile.ZipFile(empty) as old, zipfile.ZipFile(full, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part == "xl/worksheets/sheet1.xml":
                data = _EXTENT.sub(b"", _NO_ROWS.sub(lambda _: _rows(listed).encode(), data))
            elif part == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(part), data, zipfile.ZIP_DEFLATED)  # a ZipInfo's own time is 1980
    return full.getvalue()


def _rows(listed: FileList) -> str:
    columns = [get_column_letter(number) for number in range(1, len(listed.headers) + 1)]
    rows = []
    for number, cells in enumerate((listed.headers, *listed.rows), 1):
        said = (_cell(f"{column}{number}", text) for column, text in zip(columns, cells, strict=True) if text)
        rows.append(f'<row r="{number}">{"".join(said)}</row>')
    return f"<sheetData>{''.join(rows)}</sheetData>"


def _cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text, quote=False)}</t></is></c>'
