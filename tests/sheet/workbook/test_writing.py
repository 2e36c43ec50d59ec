"""What a spreadsheet program finds in the workbook: colours, dropdowns, notes, text that stays text."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from mifakit.errors import MifaError
from mifakit.example_lab.example import filled_sheet
from mifakit.metadata.fields import Need
from mifakit.metadata.image_sets import ImageSet
from mifakit.metadata.mifa import Study
from mifakit.metadata.study_sheet import StudySheet
from mifakit.metadata.vocabularies import AnnotationType, License
from mifakit.sheet.workbook.layout import BLOCKS, SHEETS
from mifakit.sheet.workbook.palette import COLOURS
from mifakit.sheet.workbook.writing import render_workbook


@pytest.fixture(scope="module")
def blank() -> Workbook:
    return load_workbook(io.BytesIO(render_workbook(StudySheet())))


def under(book: Workbook, sheet: str, label: str) -> Any:
    """Return the first cell to fill in below a table's label, or beside a form's."""
    for row in book[sheet].iter_rows():
        for cell in row:
            if cell.value == label:
                return cell.offset(0, 1) if cell.column == 1 else cell.offset(2, 0)
    raise AssertionError(label)


def offered(book: Workbook, sheet: str, label: str) -> list[Any]:
    """Return what the dropdown of a cell offers, as a spreadsheet program would look it up."""
    cell = under(book, sheet, label)
    for one in book[sheet].data_validations.dataValidation:
        if cell.coordinate in one.cells:
            page, _, cells = str(one.formula1).lstrip("=").replace("'", "").rpartition("!")
            return [inner.value for row in book[page][cells.replace("$", "")] for inner in row]
    return []


def test_the_sheets_stand_in_the_order_of_work(blank: Workbook) -> None:
    assert [sheet.title for sheet in blank if sheet.sheet_state == "visible"] == ["Start", *SHEETS]
    assert SHEETS[:6] == ("Study", "Authors", "Biosamples", "Acquisition", "Annotations", "Files")
    assert {sheet.title for sheet in blank if sheet.sheet_state != "visible"} == {"Lists", "_mifa"}


@pytest.mark.parametrize(
    ("sheet", "label", "need"),
    [
        ("Study", "Title", Need.MIFA_REQUIRED),
        ("Study", "Acknowledgements", Need.MIFA_RECOMMENDED),
        ("Study", "Release date", Need.ARCHIVE),
        ("Study", "Accession", Need.OPTIONAL),
        ("Study", "Grant ID", Need.OPTIONAL),  # required of a grant, but nobody needs a grant
        ("Authors", "First name", Need.MIFA_REQUIRED),
        ("Authors", "Organisation 2 name", Need.OPTIONAL),
    ],
)
def test_cells_are_coloured_by_who_needs_them(blank: Workbook, sheet: str, label: str, need: Need) -> None:
    fill = under(blank, sheet, label).fill
    colour = fill.start_color.rgb[2:] if fill.fill_type else "FFFFFF"
    assert colour == COLOURS[need]


def test_every_label_has_a_note_and_every_text_cell_stays_text(blank: Workbook) -> None:
    assert "REQUIRED by MIFA" in under(blank, "Study", "Title").comment.text
    assert blank["Authors"]["B2"].comment.text.startswith("REQUIRED by MIFA. Given name.")
    for sheet, label in (("Study", "Version"), ("Study", "Timestamp"), ("Authors", "ORCID"), ("Files", "Files")):
        assert under(blank, sheet, label).number_format == "@", label
    assert under(blank, "Files", "Pixel size x").number_format == "General"


def test_dropdowns(blank: Workbook) -> None:
    assert offered(blank, "Study", "License") == [one.value for one in License]
    assert offered(blank, "Annotations", "Types") == [one.value for one in AnnotationType]
    assert offered(blank, "Authors", "E-mail public") == ["yes", "no"]
    assert "data annotation" in offered(blank, "Authors", "Roles")
    assert "Danio rerio" in offered(blank, "Biosamples", "Organism scientific name")
    assert "confocal microscopy" in offered(blank, "Acquisition", "Method name")
    assert offered(blank, "Study", "Title") == []
    filled = load_workbook(io.BytesIO(render_workbook(filled_sheet())))
    assert offered(filled, "Biosamples", "Biosample")[0] == "Adherent cells"
    assert offered(filled, "Files", "Specimen")[0] == "Cells on glass, DAPI and phalloidin"
    assert offered(filled, "Authors", "Annotated")[0] == "nuclei"


def test_headers_stay_in_sight(blank: Workbook) -> None:
    assert blank["Authors"].freeze_panes == "C4"
    assert blank["Study"].freeze_panes == "A2"
    for title in SHEETS:
        assert all(10 <= one.width <= 70 for one in blank[title].column_dimensions.values())


def test_notes_and_files_that_were_seen() -> None:
    sheet = StudySheet(images=[ImageSet(files=["a"])])
    seen = [["image", "axes"], ["=evil.tif", "yx"]]
    book = load_workbook(io.BytesIO(render_workbook(sheet, {("images", 0, "files"): "Seen: 3 files."}, seen)))
    assert "Seen: 3 files." in under(book, "Files", "Files").comment.text
    (cell,) = [cell for row in book["Files"].iter_rows() for cell in row if cell.value == "=evil.tif"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_a_text_that_no_cell_can_hold() -> None:
    with pytest.raises(MifaError) as error:
        render_workbook(StudySheet(study=Study(description="x" * 32_768)))
    assert error.value.code == "MIFA149"
    assert "study.description" in str(error.value)


def test_titles_are_told_from_each_other() -> None:
    assert len({block.title for block in BLOCKS}) == len(BLOCKS)


def test_the_first_sheet_is_the_one_that_opens(tmp_path: Path, blank: Workbook) -> None:
    assert blank.active is not None and blank.active.title == "Start"
    text = "\n".join(str(cell.value) for row in blank["Start"].iter_rows() for cell in row if cell.value)
    assert [cell.hyperlink.location for cell in blank["Start"]["A"] if cell.hyperlink] == [
        f"'{title}'!A1" for title in SHEETS
    ]
    assert "mifa check" in text and "MIFA requires it" in text
