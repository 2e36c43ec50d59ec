"""The benchmark's own study sheet: what `make bench` builds must be what mifakit takes today."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.data import study_sheet
from benchmarks.works import Work, works_at

from mifakit.checks.registry import check_sheet
from mifakit.sheet.reading import read_sheet

WORKS = works_at(1)


@pytest.mark.parametrize("work", WORKS, ids=[work.key for work in WORKS])
def test_the_sheet_of_each_work_has_no_errors(tmp_path: Path, work: Work) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "sheet.yaml").write_text(study_sheet(work), encoding="utf-8")
    assert [finding for finding in check_sheet(read_sheet(tmp_path / "sheet.yaml")) if finding.is_error] == []
