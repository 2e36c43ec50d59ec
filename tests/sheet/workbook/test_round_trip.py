"""Any study sheet goes into a workbook and comes back the same."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from mifakit.example_lab.example import filled_sheet
from mifakit.metadata.annotation_sets import AnnotationSet, FileValues, Pair
from mifakit.metadata.image_sets import ImageSet
from mifakit.metadata.mifa import Author, Organisation
from mifakit.metadata.study_sheet import StudySheet
from mifakit.sheet.reading import read_sheet
from mifakit.sheet.workbook.notation import join_items, join_pairs, split_items, split_pairs
from mifakit.sheet.workbook.writing import render_workbook


def written(folder: Path, sheet: StudySheet) -> Path:
    path = folder / "mifa.xlsx"
    path.write_bytes(render_workbook(sheet))
    return path


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_any_study_sheet_comes_back(
    tmp_path_factory: pytest.TempPathFactory, sheets: st.SearchStrategy[StudySheet], data: st.DataObject
) -> None:
    sheet = data.draw(sheets)
    read = read_sheet(written(tmp_path_factory.mktemp("sheet"), sheet))
    assert read.model == sheet
    assert {finding.code for finding in read.findings} <= {"MIFA146", "MIFA148"}  # quotes and twins that were drawn


def test_the_example_comes_back(tmp_path: Path) -> None:
    read = read_sheet(written(tmp_path, filled_sheet()))
    assert read.model == filled_sheet()
    assert read.findings == ()


def test_sets_without_a_name_or_with_the_same_one(tmp_path: Path) -> None:
    bob = Author(first_name="Bob", organisations=[Organisation(name="A, B"), Organisation(ror="02catss52")])
    ann = Author(first_name="Ann")
    pairs = [Pair(annotation="m.tif", image="a.tif"), Pair(annotation="n.tif")]
    sets = [
        AnnotationSet(files=["a.tif"], authors=[bob, ann]),
        AnnotationSet(name="n", pairs=pairs),
        AnnotationSet(name="n", authors=[ann, bob, bob], file_values=[FileValues(annotation="a", types=["tracks"])]),
        AnnotationSet(name="m", overview="x"),
    ]
    sheet = StudySheet(authors=[ann, bob], annotations=sets, images=[ImageSet(files=["a"])])
    assert read_sheet(written(tmp_path, sheet)).model == sheet


@pytest.mark.parametrize("size", [0.325, 0.1 + 0.2, 256216.82401594668, 1e-9])
def test_numbers_come_back_to_their_last_digit(tmp_path: Path, size: float) -> None:
    sheet = StudySheet.model_validate({"images": [{"files": ["a"], "pixel_size": {"x": size}}]})
    assert read_sheet(written(tmp_path, sheet)).model == sheet


def test_what_looks_like_a_formula_is_text(tmp_path: Path, awkward: list[str]) -> None:
    texts = ["=1+1", "+49 123", "-1", "@home", '=HYPERLINK("http://evil.example")', "\tx", *awkward]
    sheet = StudySheet.model_validate({"study": {"title": "=cmd|' /C calc'!A0", "keywords": texts}})
    path = written(tmp_path, sheet)
    for page in load_workbook(path).worksheets:
        for row in page.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix, "typed again it would become a formula"
    assert read_sheet(path).model == sheet


@given(st.lists(st.text("ab,;\n\"' 19é", min_size=1, max_size=6).map(str.strip).filter(bool), max_size=5))
def test_lists_in_a_cell(items: list[str]) -> None:
    assert split_items(join_items(items)) == items


@given(
    st.dictionaries(st.from_regex(r"[0-9A-F]{6}", fullmatch=True), st.text('ab,;:=\n" 19', max_size=6).map(str.strip))
)
def test_mappings_in_a_cell(pairs: dict[str, str]) -> None:
    assert split_pairs(join_pairs(pairs)) == pairs


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("nuclei, segmentation", ["nuclei", "segmentation"]),
        ("nuclei;segmentation", ["nuclei", "segmentation"]),
        ("nuclei\nsegmentation\n", ["nuclei", "segmentation"]),
        ("1,5 µM, 3 µM", ["1,5 µM", "3 µM"]),
        ("488, 561", ["488", "561"]),
        ('"Smith, J."; Doe', ["Smith, J.", "Doe"]),
        ('5" disc, 3" disc', ['5" disc', '3" disc']),
        (" , ", []),
        ("{a}_{b}.tif", ["{a}_{b}.tif"]),
    ],
)
def test_lists_as_people_type_them(text: str, items: list[str]) -> None:
    assert split_items(text) == items


def test_no_two_workbooks_of_one_sheet_differ_in_their_cells() -> None:
    def cells(data: bytes) -> list[object]:
        return [list(page.values) for page in load_workbook(io.BytesIO(data)).worksheets]

    assert cells(render_workbook(filled_sheet())) == cells(render_workbook(filled_sheet()))
