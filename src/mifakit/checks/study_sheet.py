"""The study sheet inside a dataset is complete."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mifakit.checks.registry import check_sheet
from mifakit.dataset import layout
from mifakit.dataset.dataset import Dataset
from mifakit.findings import Finding, Place
from mifakit.sheet.reading import read_sheet


def check_study_sheet(dataset: Dataset) -> Iterator[Finding]:
    """Yield what is missing or wrong in the dataset's study sheet: MIFA's three levels."""
    for finding in check_sheet(read_sheet(dataset.path / layout.SHEET)):
        place = finding.place or Place(layout.SHEET)
        yield replace(finding, place=replace(place, path=layout.SHEET))
