"""A lab folder, and the dataset that samples of it are written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from mifakit.conversion.workbench import Workbench


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    (folder / "m").mkdir(parents=True)
    return folder


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "dataset"
    folder.mkdir()
    return folder


@pytest.fixture
def bench(lab: Path, dataset: Path) -> Workbench:
    return Workbench(lab, dataset)
