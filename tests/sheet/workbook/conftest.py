"""A workbook of the example, and somebody who edits it as people do: by sheet and label."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell

from mifakit.example_lab.example import filled_sheet
from mifakit.sheet.reading import Sheet, read_sheet
from mifakit.sheet.workbook.writing import render_workbook


class Editor:
    """A workbook that is open in a spreadsheet program."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book: Workbook = load_workbook(path)

    def cell(self, sheet: str, label: str, row: int | None = None, table: str = "") -> Cell:
        """Return the cell of a field of a form, or of a table's first column of that label, in its nth row."""
        page, below = self.book[sheet], not table
        for line in page.iter_rows():
            below = below or line[0].value == table
            for cell in line:
                if below and cell.value == label and (row is None) == (cell.column == 1):
                    down, right = (0, 1) if row is None else (row + 1, 0)
                    return page.cell(cell.row + down, cell.column + right)
        raise AssertionError(f"{sheet} has no {label!r}")

    def type(self, sheet: str, label: str, value: Any, row: int | None = None, table: str = "") -> str:
        """Type a value, and return where."""
        cell = self.cell(sheet, label, row, table)
        cell.value = value
        return f"{sheet}!{cell.coordinate}"

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path

    def read(self) -> Sheet:
        """Save it and read it as a study sheet."""
        return read_sheet(self.save())

    def found(self) -> list[tuple[str, str | None]]:
        """Return codes and cells of what is found in it."""
        return [(one.code, one.place and one.place.cell) for one in self.read().findings]


@pytest.fixture(scope="session")
def _example() -> bytes:
    return render_workbook(filled_sheet())


@pytest.fixture
def editor(tmp_path: Path, _example: bytes) -> Editor:
    path = tmp_path / "mifa.xlsx"
    path.write_bytes(_example)
    return Editor(path)


@pytest.fixture
def edit() -> Callable[[Path], Editor]:
    return Editor
