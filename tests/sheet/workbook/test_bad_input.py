"""Workbooks as people and programs damage them: a finding at the cell, never a wrong value."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook, load_workbook

from mifakit.errors import MifaError
from mifakit.example_lab.example import filled_sheet
from mifakit.sheet.reading import read_sheet

if TYPE_CHECKING:
    from tests.sheet.workbook.conftest import Editor


def test_a_workbook_in_order_says_nothing(editor: Editor) -> None:
    assert editor.found() == []


@pytest.mark.parametrize(
    ("sheet", "label", "row", "value", "code"),
    [
        ("Study", "Title", None, datetime(2026, 2, 1), "MIFA140"),  # 1-2 was typed
        ("Study", "Keywords", None, time(1, 2), "MIFA140"),
        ("Study", "Version", None, 1.1, "MIFA140"),  # 1.10 was typed
        ("Study", "Version", None, 1, "MIFA140"),  # 01, or 1.0
        ("Study", "Title", None, True, "MIFA140"),
        ("Study", "Title", None, "=A1", "MIFA141"),
        ("Study", "Keywords", None, '=CONCAT("a","b")', "MIFA141"),
        ("Study", "Title", None, "#REF!", "MIFA141"),
        ("Study", "License", None, "MIT", "MIFA104"),
        ("Study", "Release date", None, "1.12.2026", "MIFA115"),
        ("Study", "Title", None, "“Nuclei in small lots of cells”", "MIFA146"),
        ("Study", "Title", None, "a\x01b".replace("\x01", "_x0001_"), "MIFA147"),
        ("Authors", "ORCID", 1, "0000-0002-1825-0098", "MIFA111"),
        ("Authors", "Dataset author", 1, "maybe", "MIFA104"),
        ("Authors", "Annotated", 1, "cells", "MIFA122"),
        ("Files", "Pixel size x", 1, "0,325", "MIFA105"),
        ("Conversion", "Train", None, date(2026, 6, 1), "MIFA140"),
        ("Annotations", "Types", 1, "masks", "MIFA104"),
        ("Files", "Annotation set", 1, "cells", "MIFA122"),
        ("Files", "Classes", 1, "nucleus", "MIFA105"),
    ],
)
def test_a_slip_is_one_finding_at_its_cell(
    editor: Editor, sheet: str, label: str, row: int | None, value: Any, code: str
) -> None:
    at = editor.type(sheet, label, value, row)
    found = [one for one in editor.read().findings if one.code == code]
    assert [one.place and one.place.cell for one in found] == [at], editor.read().findings
    assert found[0].place and found[0].place.line is None
    assert "pydantic" not in found[0].message


def test_what_was_refused_is_not_called_empty(editor: Editor) -> None:
    from mifakit.checks.registry import check_sheet

    editor.type("Study", "Title", 1.5)
    assert [one.code for one in check_sheet(editor.read()) if one.is_error] == ["MIFA140"]


@pytest.mark.parametrize("value", [False, "FALSE", "False"])
def test_what_spreadsheets_make_of_no_is_no(editor: Editor, value: Any) -> None:
    editor.type("Authors", "E-mail public", value, 1)
    editor.type("Authors", "Dataset author", value, 1)
    assert editor.found() == []
    sheet = editor.read().model
    annotators = [author for one in sheet.annotations for author in one.authors]
    assert annotators
    assert "no" in {author.email_public for author in annotators}


def test_capitals_do_not_part_a_set_from_those_who_annotated_it(editor: Editor) -> None:
    before = [len(one.authors) for one in editor.read().model.annotations]
    editor.type("Authors", "Annotated", "NUCLEI", 1)
    assert editor.found() == []
    assert [len(one.authors) for one in editor.read().model.annotations] == before == [1]


def test_an_odd_word_for_no_is_one_finding(editor: Editor) -> None:
    at = editor.type("Authors", "Dataset author", "maybe", 1)
    editor.type("Authors", "Annotated", None, 1)
    assert editor.found() == [("MIFA104", at)]


def test_what_spreadsheets_tell_exactly_is_taken(editor: Editor) -> None:
    editor.type("Study", "Release date", datetime(2026, 12, 24))
    editor.type("Study", "Timestamp", datetime(2026, 3, 31, 12, 30))
    editor.type("Biosamples", "Organism NCBI taxon", 10090, 1)
    editor.type("Files", "Pixel size x", 0.1, 1)
    editor.type("Conversion", "Seed", 7.0)
    editor.type("Study", "Keywords", "\u00a0a;\u00a0b ,\nc")
    editor.type("Authors", "First name", "\u00a0 Ann \u00a0", 1)
    read = editor.read()
    assert read.findings == ()
    model = read.model
    assert model.study.release_date == "2026-12-24"
    assert model.version.timestamp == datetime(2026, 3, 31, 12, 30, tzinfo=UTC).isoformat()
    assert model.biosamples[0].organisms[0].ncbi_taxon == "10090"
    assert model.images[0].pixel_size and model.images[0].pixel_size.x == 0.1
    assert model.splits and model.splits.seed == 7
    assert model.study.keywords == ["a", "b", "c"]
    assert model.authors[0].first_name == model.annotations[0].authors[0].first_name == "Ann"


def test_rows_and_columns_may_be_moved(editor: Editor) -> None:
    editor.book["Biosamples"].insert_rows(5, 3)
    editor.book["Study"].insert_rows(1, 2)
    editor.book["Annotations"].move_range("B2:D10", cols=30)
    editor.book["Authors"].delete_cols(1)
    editor.book["Authors"].insert_cols(1)
    editor.book["Authors"]["A1"], editor.book["Authors"]["A2"] = "authors", "no."
    editor.book["Authors"]["A3"] = "Example"
    read = editor.read()
    assert read.findings == ()
    assert read.model == filled_sheet()


def test_merged_cells(editor: Editor) -> None:
    editor.book["Authors"].merge_cells("B4:B5")
    assert editor.found() == [("MIFA142", "Authors!B4:B5")]


def test_hidden_parts_are_told(editor: Editor) -> None:
    editor.book["Authors"].row_dimensions[4].hidden = True
    editor.book["Authors"].row_dimensions[9].hidden = True  # holds nothing
    editor.book["Annotations"].column_dimensions["C"].hidden = True
    editor.book["Conversion"].sheet_state = "hidden"
    assert sorted(editor.found()) == [
        ("MIFA143", "Annotations!C:C"), ("MIFA143", "Authors!4:4"), ("MIFA143", "Conversion")
    ]  # fmt: skip
    assert editor.read().model == filled_sheet()


def test_a_renamed_sheet_and_one_more(editor: Editor) -> None:
    editor.book["Authors"].title = "Author"
    editor.book.create_sheet("My notes")["A1"] = "call Bob"
    findings = {one.message: one for one in editor.read().findings}
    assert findings["there is no sheet 'Authors'"].hint == "call the sheet 'Author' 'Authors' again"
    assert findings["the sheet 'My notes' is not read"].code == "MIFA144"


def test_a_renamed_header_says_what_was_meant(editor: Editor) -> None:
    at = editor.type("Authors", "ORCID", "ORCID", -1)
    editor.book["Authors"][at.partition("!")[2]] = "ORCIDs"
    (finding,) = editor.read().findings
    assert (finding.code, str(finding.place).rpartition(":")[2], finding.hint) == (
        "MIFA103", at, "did you mean ORCID?"
    )  # fmt: skip


def test_a_renamed_field_and_table(editor: Editor) -> None:
    for row in editor.book["Study"].iter_rows(max_col=1):
        renamed = {"Title": "Titel", "Grants": "Grant"}.get(str(row[0].value))
        row[0].value = renamed or row[0].value
    found = {one.code: one for one in editor.read().findings}
    assert found["MIFA103"].hint == "did you mean Title?"
    assert found["MIFA110"].hint == "did you mean Grants?"
    assert len(found) == 2


def test_a_table_without_its_header_or_title(editor: Editor) -> None:
    editor.book["Biosamples"].delete_rows(2)
    for row in editor.book["Acquisition"].iter_rows(max_col=1):
        if row[0].value == "Acquisitions":
            editor.book["Acquisition"].delete_rows(row[0].row)
            break
    codes = {code for code, _ in editor.found()}
    assert codes == {"MIFA110"} or codes == {"MIFA110", "MIFA144"}
    assert any(one.is_error for one in editor.read().findings)


def test_the_same_twice(editor: Editor) -> None:
    page = editor.book["Authors"]
    for cell in page[4]:
        page.cell(5, cell.column, cell.value)
    editor.book["Study"].append(["Title", "Another title"])
    editor.book["Study"].append(["The study"])
    page.cell(2, 30, "ORCID")
    assert {code for code, _ in editor.found()} >= {"MIFA148", "MIFA108"}


def test_what_stands_beside_tables_is_told(editor: Editor) -> None:
    editor.book["Authors"]["AA4"] = "ask her"
    editor.book["Biosamples"]["A4"] = "mine"
    assert sorted(editor.found()) == [("MIFA144", "Authors!AA4"), ("MIFA144", "Biosamples!A4")]


def test_a_cell_a_million_rows_below(editor: Editor) -> None:
    editor.book["Study"].cell(1_048_576, 30, "oops")
    assert editor.found() == [("MIFA144", "Study!AD1048576")]


@pytest.mark.parametrize(
    "span", ["A1:XFD1048576", "$A$1:$XFD$1048576", "A1&#58;XFD1048576", "A:XFD", "1:1048576", "B9:A1"]
)
@pytest.mark.parametrize(
    "tag", ["<mergeCells><mergeCell {}/></mergeCells>", "<hyperlinks><hyperlink {}/></hyperlinks>"]
)
def test_a_few_letters_that_ask_for_a_billion_cells(editor: Editor, tag: str, span: str) -> None:
    with zipfile.ZipFile(editor.path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    page = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = page.replace(
        b"</sheetData>", f"</sheetData>{tag}".format(f'ref="{span}"').encode()
    )
    editor.path.write_bytes(zipped(parts))
    with pytest.raises(MifaError, match=r"cells and rows, more than") as caught:
        read_sheet(editor.path)
    assert caught.value.code == "MIFA109"


def test_nobody_is_lost(editor: Editor) -> None:
    at = editor.type("Authors", "Dataset author", "no", 1)
    editor.type("Authors", "Annotated", None, 1)
    assert editor.found() == [("MIFA144", at)]


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


BOMB = b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><workbook>&a;</workbook>'
CELLS = b"<worksheet><sheetData>" + b"<row>" + b'<c r="A1"/>' * 500_000 + b"</row></sheetData></worksheet>"
FILES = {
    "a password": ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
    "text": ("a.xlsx", b"study:\n  title: a\n", "no workbook"),
    "nothing": ("a.xlsx", b"", "no workbook"),
    "an archive": ("a.xlsx", zipped({"a.txt": b"a"}), "no workbook"),
    "a bomb": ("a.xlsx", zipped({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": BOMB}), "unpacks"),
    "entities": ("a.xlsx", zipped({"xl/workbook.xml": ENTITIES}), "entities"),
    "cells": ("a.xlsx", zipped({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": CELLS}), "cells"),
    "50 MB": ("a.xlsx", b"PK\x03\x04" + b"x" * 50_000_000, "larger"),
    "not XML": ("a.xlsx", zipped({"xl/workbook.xml": b"<workbook", "[Content_Types].xml": b"<"}), "damaged"),
    "Excel 97": ("a.xls", b"\xd0\xcf\x11\xe0", "Excel 97"),
    "LibreOffice": ("a.ods", b"PK", "LibreOffice"),
    "Numbers": ("a.numbers", b"PK", "Numbers"),
    "a table": ("a.csv", b"title,x\n", "table"),
}


@pytest.mark.parametrize(("name", "data", "words"), FILES.values(), ids=FILES)
def test_files_that_are_no_workbook_are_refused(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(MifaError) as error:
        read_sheet(tmp_path / name)
    assert error.value.code == "MIFA109"
    assert words in str(error.value)
    assert error.value.finding.hint


def test_a_truncated_workbook(editor: Editor) -> None:
    data = editor.path.read_bytes()
    for kept in (10, len(data) // 2, len(data) - 10):
        editor.path.write_bytes(data[:kept])
        with pytest.raises(MifaError) as error:
            read_sheet(editor.path)
        assert error.value.code == "MIFA109"


def test_another_workbook(tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(MifaError) as error:
        read_sheet(tmp_path / "other.xlsx")
    assert error.value.code == "MIFA110"


def test_macros_are_not_looked_at(editor: Editor) -> None:
    path = editor.path.with_suffix(".xlsm")
    editor.path.rename(path)
    assert read_sheet(path).model == filled_sheet()


def test_missing_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    for name, code in (("no.xlsx", "MIFA001"), ("folder.xlsx", "MIFA008")):
        with pytest.raises(MifaError) as error:
            read_sheet(tmp_path / name)
        assert error.value.code == code


def test_a_workbook_called_yaml(editor: Editor) -> None:
    path = editor.path.rename(editor.path.with_suffix(".yaml"))
    with pytest.raises(MifaError) as error:
        read_sheet(path)
    assert ".xlsx" in str(error.value.finding.hint)


def test_the_memory_may_be_lost(editor: Editor, edit: Callable[[Path], Editor]) -> None:
    del editor.book["_mifa"], editor.book["Lists"]
    assert editor.read().model == filled_sheet()
    editor.book.create_sheet("_mifa")["A1"] = '{"sheet": 5}'
    assert editor.read().findings == ()
    assert load_workbook(editor.path)["Study"].data_validations.dataValidation
