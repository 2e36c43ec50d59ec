"""Workbooks: cells as their authors see them, and no more than the budgets."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mifakit.errors import MifaError
from mifakit.sources import workbooks
from mifakit.sources.columns import Columns
from mifakit.sources.workbooks import read_workbook

SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.xlsx"


def write(path: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def replace_part(path: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts[name] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)


def cells(table: Columns) -> dict[str, list[str | None]]:
    return {name: table.texts(name) for name in table.names}


def code_of(path: Path) -> str:
    with pytest.raises(MifaError) as caught:
        read_workbook(path, ())
    return caught.value.code


def test_values(path: Path) -> None:
    write(
        path,
        cells=[
            ["id", "x", "when", "day", "hour", "ok", None, "text"],
            [1, 2.5, datetime(2024, 1, 2, 3, 4), date(2024, 1, 2), time(3, 4), True, "lost", " a "],
            [None] * 8,
            ["007", None, None, None, None, False, None, "#N/A"],
        ],
    )
    table = read_workbook(path, ())
    assert table.findings == ()
    assert cells(table) == {
        "id": ["1", "007"],
        "x": ["2.5", None],
        "when": ["2024-01-02T03:04:00", None],
        "day": ["2024-01-02T00:00:00", None],
        "hour": ["03:04:00", None],
        "ok": ["true", "false"],
        "text": ["a", "#N/A"],
    }


def test_the_sheet_that_has_what_is_wanted(path: Path) -> None:
    write(path, notes=[["hello"]], cells=[["x", "y"], [1, 2]], more=[["x", "y"]], empty=[])
    assert read_workbook(path, ()).names == ("hello",)
    table = read_workbook(path, ("y", "x"))
    assert cells(table) == {"x": ["1"], "y": ["2"]}
    assert [finding.message for finding in table.findings] == ["its sheet 'cells' is read, and not 'notes', 'more'"]
    assert read_workbook(path, ("z",)).names == ("hello",)


def test_rows_of_any_length_under_a_title_that_is_blank(path: Path) -> None:
    write(path, cells=[[], [None, "x", "y"], [None, 1], [0, 2, 3, 4]])
    assert cells(read_workbook(path, ())) == {"x": ["1", "2"], "y": [None, "3"]}


def test_formulas_without_a_result(path: Path) -> None:
    write(path, cells=[["x", "y"], [1, "=A2+1"], [2, "=A3+1"]])
    table = read_workbook(path, ())
    assert cells(table) == {"x": ["1", "2"], "y": [None, None]}
    assert [finding.code for finding in table.findings] == ["MIFA359"]
    assert "2 cells of sheet 'cells' are formulas without a result" in table.findings[0].message


def test_formulas_with_a_result(path: Path) -> None:
    write(path, cells=[["x"], [1]])
    sheet = f'<worksheet {NAMESPACE}><sheetData><row r="1"><c r="A1" t="str"><v>x</v></c></row>'
    sheet += '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row></sheetData></worksheet>'
    replace_part(path, SHEET, sheet.encode())
    table = read_workbook(path, ())
    assert cells(table) == {"x": ["2"]}
    assert table.findings == ()


def test_a_bomb(path: Path) -> None:
    write(path, cells=[["x"], [1]])
    replace_part(path, SHEET, b" " * (80 * 1024**2))
    assert code_of(path) == "MIFA226"


def test_a_sheet_that_claims_a_billion_rows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_CELLS", 10_000)
    write(path, cells=[["x"], [1]])
    sheet = f'<worksheet {NAMESPACE}><dimension ref="A1:XFD1000000000"/><sheetData><row r="1"><c r="A1"><v>1</v></c>'
    sheet += '</row><row r="1000000000"><c r="A1000000000"><v>1</v></c></row></sheetData></worksheet>'
    replace_part(path, SHEET, sheet.encode())
    assert code_of(path) == "MIFA226"


def test_a_sheet_that_says_it_is_smaller(path: Path) -> None:
    write(path, cells=[["x"], [1]])
    sheet = f'<worksheet {NAMESPACE}><dimension ref="A1"/><sheetData><row r="1"><c r="A1" t="str"><v>x</v></c></row>'
    sheet += '<row r="2"><c r="A2"><v>5</v></c></row></sheetData></worksheet>'
    replace_part(path, SHEET, sheet.encode())
    assert cells(read_workbook(path, ())) == {"x": ["5"]}


def test_entities_are_refused(path: Path) -> None:
    write(path, cells=[["x"], [1]])
    bomb = f'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet {NAMESPACE}><sheetData><row r="1">'
    bomb += '<c r="A1" t="str"><v>&b;</v></c></row></sheetData></worksheet>'
    replace_part(path, SHEET, bomb.encode())
    assert code_of(path) == "MIFA202"


@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"])
def test_damaged_parts(path: Path, name: str) -> None:
    write(path, cells=[["x"], [1]])
    replace_part(path, name, b"<oops>")
    assert code_of(path) == "MIFA202"


def test_archives_of_other_things(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "hello")
    assert code_of(path) == "MIFA204"
    path.write_bytes(b"x,y\n1,2\n")
    assert code_of(path) == "MIFA202"
    write(path, cells=[])
    assert code_of(path) == "MIFA204"
