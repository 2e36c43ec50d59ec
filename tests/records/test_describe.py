"""A dataset gets its accession number: the sheet keeps every comment, and every record has it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
import yaml
from typer.testing import CliRunner

import mifakit
from mifakit.api import NothingBuiltError
from mifakit.cli.app import app
from mifakit.errors import MifaError

SHEET = """\
# What we know.
lab_folder: lab
study:
  # 25 letters or more
  title: Three nuclei in one image, to be archived
  description: An image.  # and no more
  keywords: [nuclei]
  license: CC0
  funding_statement: Funded by nobody.
  links:
    - url: https://example.org
version:
  version: 1.0
  timestamp: 2026-03-31T12:00:00+00:00
images:
  - name: Images
    files: ["{name}.tif"]
annotations:
  - name: nuclei
    files: ["masks/{name}.tif"]
    overview: Masks.
    types: [segmentation_mask]
    method: By hand.
"""


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("lab")
    (home / "lab" / "masks").mkdir(parents=True)
    mask = np.zeros((32, 32), np.uint8)
    mask[3:9, 3:9], mask[20:25, 4:9], mask[12:16, 20:30] = 1, 2, 3
    tifffile.imwrite(home / "lab" / "a.tif", np.random.default_rng(0).integers(0, 99, (32, 32), np.uint16))
    tifffile.imwrite(home / "lab" / "masks" / "a.tif", mask)
    (home / "mifa.yaml").write_text(SHEET, encoding="utf-8")
    mifakit.build(home / "mifa.yaml", home / "dataset")
    return home / "dataset"


@pytest.fixture
def built(_built: Path, tmp_path: Path) -> Path:
    """A dataset that was built from a small sheet."""
    return Path(shutil.copytree(_built, tmp_path / "dataset"))


def crate_study(dataset: Path) -> dict[str, object]:
    graph = json.loads((dataset / "ro-crate-metadata.json").read_text("utf-8"))["@graph"]
    found: dict[str, object] = next(entity for entity in graph if entity["@id"] == "./")
    return found


def errors(dataset: Path) -> list[str]:
    return [f"{one.code} {one.message}" for one in mifakit.validate(dataset) if one.is_error]


def test_the_number_is_in_every_record(built: Path) -> None:
    assert crate_study(built)["accessionId"] == "S-BIADxxxx"
    before = (built / "mifa.yaml").read_text("utf-8").splitlines()
    written = mifakit.describe(built, "S-BIAD634")
    assert {"records/biostudies/pagetab.json", "ro-crate-metadata.json"} <= set(written)
    after = (built / "mifa.yaml").read_text("utf-8").splitlines()
    study = before.index("version:")
    assert after[: study + 1] == [*before[:study], '  accession: "S-BIAD634"']
    assert [line for line in after if line != '  accession: "S-BIAD634"'] == before
    assert yaml.safe_load("\n".join(after))["study"]["accession"] == "S-BIAD634"
    assert crate_study(built)["accessionId"] == "S-BIAD634"
    assert json.loads((built / "records/biostudies/pagetab.json").read_text("utf-8"))["accno"] == "S-BIAD634"
    assert (built / "records/biostudies/pagetab.tsv").read_text("utf-8").startswith("Submission\tS-BIAD634\n")
    assert not [path for path in built.rglob("*") if path.is_file() and b"S-BIADxxxx" in path.read_bytes()]
    assert errors(built) == []


def test_a_second_number_replaces_the_first(built: Path) -> None:
    mifakit.describe(built, "S-BIAD634")
    mifakit.describe(built, "https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD635")
    text = (built / "mifa.yaml").read_text("utf-8")
    assert text.count("accession") == 1
    assert '"S-BIAD635"' in text
    assert errors(built) == []


@pytest.mark.parametrize("number", ["S-BIADxxxx", "634", "BIAD634", "S-BIAD0", "10.5281", " ", "S-BIAD634 (draft)"])
def test_a_malformed_number_is_refused_and_nothing_changes(built: Path, number: str) -> None:
    before = (built / "mifa.yaml").read_bytes()
    with pytest.raises(MifaError, match="MIFA513"):
        mifakit.describe(built, number)
    assert (built / "mifa.yaml").read_bytes() == before


@pytest.mark.parametrize("number", ["S-BSST265", "S-BIAA12", "EMPIAR-10311", "10.5281/zenodo.6028097"])
def test_numbers_of_other_archives(built: Path, number: str) -> None:
    mifakit.describe(built, number)
    assert crate_study(built)["accessionId"] == number


def test_a_malformed_number_in_the_sheet_is_mended(built: Path) -> None:
    sheet = built / "mifa.yaml"
    sheet.write_text(sheet.read_text("utf-8").replace("  license: CC0", "  license: CC0\n  accession: soon"))
    with pytest.raises(NothingBuiltError):
        mifakit.describe(built)
    mifakit.describe(built, "S-BIAD634")
    assert errors(built) == []


def test_at_the_command_line(built: Path) -> None:
    done = CliRunner().invoke(app, ["describe", str(built), "--accession", "s-biad634"])
    assert done.exit_code == 0
    assert "records/biostudies/pagetab.tsv" in done.stdout.splitlines()
    refused = CliRunner().invoke(app, ["describe", str(built), "--accession", "soon"])
    assert refused.exit_code == 1
    assert "MIFA513" in str(refused.exception)
