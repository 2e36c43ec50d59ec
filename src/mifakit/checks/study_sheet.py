"""The study sheet inside a dataset is complete."""

from __future__ import annotations

from collections.abc import Iterator

from mifakit.checks.registry import check_sheet
from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding
from mifakit.sheet.reading import read_sheet


def check_study_sheet(dataset: Dataset) -> Iterator[Finding]:
    """Yield what is missing or wrong in the dataset's study sheet: MIFA's three levels."""
    yield from check_sheet(read_sheet(dataset.path / layout.SHEET))
