"""docs/guides/submit.md is true: its commands run one after the other on a built dataset, and its code too."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import yaml
from tests.conftest import REPOSITORY
from tests.conversion.samples import noise, write_lab

import mifakit
from mifakit.conversion.resources import Resources
from mifakit.metadata.study_sheet import StudySheet
from mifakit.packaging.registry import load_packages

GUIDE = (REPOSITORY / "docs" / "guides" / "submit.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)


def test_its_commands_run(tmp_path: Path, run_block: Callable[[str, str, Path], str]) -> None:
    sheet = write_lab(tmp_path, a=noise(40, 50), b=noise(30, 50))
    mifakit.build(sheet, tmp_path / "my-dataset", resources=Resources(workers=1))
    printed = [run_block(language, code, tmp_path) for language, code in BLOCKS if language != "yaml"]
    assert "a (1, 40, 50) ['nuclei']\nb (1, 30, 50) ['nuclei']\n" in printed
    assert mifakit.open(tmp_path / "submission-2").sheet.study.accession == "S-BIAD1234"
    made = {path.name for path in tmp_path.iterdir()} - {"lab", "mifa.yaml", "my-dataset"}
    assert made == {"submission", "submission-2", "submission-3", "deposit", "repository"}
    assert all((tmp_path / name / "SUBMIT.md").is_file() for name in made)


def test_it_names_every_destination() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE)) == set(load_packages()[0])


def test_its_sheet_is_one() -> None:
    (said,) = [yaml.safe_load(code) for language, code in BLOCKS if language == "yaml"]
    assert StudySheet.model_validate(said).public().authors[0].email is None
