"""docs/guides/from-existing-records.md is true: its commands run, and print what it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY

from mifakit.documents.registry import load_formats
from mifakit.sheet.reading import read_sheet

GUIDE = REPOSITORY / "docs" / "guides" / "from-existing-records.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_the_guide_runs(tmp_path: Path, run_block: Callable[[str, str, Path], str]) -> None:
    alone, together = [run_block("bash", code, tmp_path) for code in blocks("bash")]
    (shown,) = blocks("text")
    assert shown in alone
    cited = read_sheet(tmp_path / "cited.yaml").model
    assert (cited.version.version, cited.authors[0].orcid) == ("1.10", "0000-0002-1825-0097")
    assert cited.study.description == "Images of nuclei and their masks, to train segmentation."
    assert "'microscope/2026-03'" in together
    nuclei = read_sheet(tmp_path / "nuclei.yaml").model
    assert nuclei.study.title == cited.study.title
    (annotations,) = [one for one in nuclei.annotations if one.overview]
    assert (annotations.overview, annotations.pairs) == ("Masks of nuclei, outlined by hand", [])
    assert "masks/{name}.tif" in annotations.files


def test_the_guide_names_every_format() -> None:
    rows = [line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert len(rows) - 1 == len(load_formats()[0])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "no lab folder is named"),
        (["--from", "none.yaml"], 2, "there is no such file"),
        (["--from", "wrong.cff"], 1, "wrong.cff:5 (authors[0].orcid)"),
        (["--from", "right.cff"], 0, "mifa.yaml: filled in from 1 document; name the lab_folder in it."),
        (["--from", "right.cff", "--from", "right.cff"], 0, "from 2 documents"),
    ],
)
def test_how_the_command_ends(arguments: list[str], code: int, said: str, tmp_path: Path) -> None:
    text = "cff-version: 1.2.0\ntitle: T\nauthors:\n  - family-names: Carberry\n    orcid: 0000-0002-1825-009"
    (tmp_path / "right.cff").write_text(f"{text}7\n")
    (tmp_path / "wrong.cff").write_text(f"{text}8\n")
    command = [sys.executable, "-m", "mifakit", "init", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "mifa.yaml").exists() == ("right.cff" in arguments or "wrong.cff" in arguments)
