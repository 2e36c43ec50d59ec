"""The pages on findings: whole, on codes that there are, with examples that can be, wherever mifakit is installed."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from tests.conftest import REPOSITORY
from typer.testing import CliRunner

from mifakit.catalogue import CATALOGUE
from mifakit.cli.app import app
from mifakit.explanations import explanation
from mifakit.metadata.study_sheet import StudySheet
from mifakit.metadata.vocabularies import VOCABULARIES

PAGES = sorted((REPOSITORY / "src" / "mifakit" / "explanations").glob("*.md"))


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert {page.stem for page in PAGES} == set(CATALOGUE)
    assert all(explanation(code) for code in CATALOGUE)
    assert explanation("MIFA999") is None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_says_what_why_and_how(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    title, _, rest = text.partition("\n")
    means, why, mend = re.split(r"^## (?:Why it matters|How to mend it)$", rest, flags=re.MULTILINE)
    assert title == f"# {page.stem}: {CATALOGUE[page.stem].title}"
    assert means.strip() and why.strip() and mend.strip()
    assert set(re.findall(r"MIFA\d{3}", text)) <= set(CATALOGUE)
    examples = re.findall(r"^```(\w+)\n(.*?)^```$", mend, re.DOTALL | re.MULTILINE)
    assert examples, "show how"
    for language, code in examples:
        if language == "yaml":
            StudySheet.model_validate(yaml.safe_load(code))
        elif language == "python":
            compile(code, page.name, "exec")


def test_explain_prints_the_page() -> None:
    shown = CliRunner().invoke(app, ["explain", "mifa340"]).stdout
    assert shown.splitlines()[0] == "MIFA340: shapes lie outside the image (warning)"
    assert shown.partition("\n")[2].strip() == str(explanation("MIFA340")).partition("\n")[2].strip()


def test_a_wheel_carries_the_pages_and_the_vocabularies(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = tmp_path.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"mifakit/explanations/{page.name}" for page in PAGES} <= names
    tables = (*(f"{vocabulary}.tsv" for vocabulary in VOCABULARIES), "NOTICE.md")
    assert {f"mifakit/metadata/vocabularies/{table}" for table in tables} <= names
