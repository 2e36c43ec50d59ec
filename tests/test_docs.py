"""The docs are true: the tutorial runs, what is generated is up to date, links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

import mifakit

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def _blocks(page: Path) -> list[tuple[str, str]]:
    return re.findall(r"^```(bash|python)\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_the_tutorial_runs(tmp_path: Path, run_block: Callable[[str, str, Path], str]) -> None:
    blocks = _blocks(DOCS / "tutorial.md")
    assert len(blocks) >= 8
    transcript = [run_block(language, code, tmp_path) for language, code in blocks]
    assert "10 samples; 6 for training" in transcript[-1]
    assert "('DAPI', 'Phalloidin') (2, 388, 488) uint16 0.325 µm per pixel" in transcript[-1]
    assert "48 nuclei; the largest id is 48" in transcript[-1]
    sheet = (tmp_path / "nuclei.yaml").read_text(encoding="utf-8")
    shown = re.search(r"```yaml\n(.*?)```", (DOCS / "tutorial.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown
    for line in shown[1].splitlines():
        assert line in sheet.splitlines(), "the tutorial shows a line that mifa init does not write"


def test_a_workbook_alone_leads_from_a_folder_to_a_dataset(
    tmp_path: Path, run_block: Callable[[str, str, Path], str]
) -> None:
    page = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    run_block("bash", "mifa demo example && mifa init example/lab --xlsx", tmp_path)
    book = load_workbook(tmp_path / "mifa.xlsx")
    typed = re.findall(r"^\| (\w+) \| ([^|]+) \| ([^|]+) \|$", page.partition("| sheet | cell |")[2], re.MULTILINE)
    assert len(typed) > 10
    for sheet, label, value in typed:
        _cell(book[sheet], label).value = value
    book.save(tmp_path / "mifa.xlsx")
    printed = run_block("bash", "mifa check mifa.xlsx && mifa build mifa.xlsx -o dataset", tmp_path)
    assert "error[" not in printed
    built = mifakit.open(tmp_path / "dataset")
    assert len(built) == 10
    assert built.sheet.study.title == {label: value for _, label, value in typed}["Title"]
    assert built.sheet.annotations[0].authors[0].last_name == "Carberry"
    run_block("bash", "mifa validate dataset", tmp_path)


def _cell(sheet: Worksheet, label: str) -> Cell | MergedCell:
    """Return the cell that a person finds by its label: beside a field of a form, or in the row 1 of a table."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == label:
                return cell.offset(0, 1) if cell.column == 1 else cell.offset(2, 0)
    raise AssertionError(f"{sheet.title} has no {label!r}")


def test_generated_pages_are_up_to_date(tmp_path: Path) -> None:
    generator = [sys.executable, str(DOCS / "generate.py"), str(tmp_path)]
    subprocess.run(generator, check=True, capture_output=True)
    made = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert made
    for path in made:
        there = ROOT / path.relative_to(tmp_path)
        assert there.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), f"{there}: run make docs"


PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
